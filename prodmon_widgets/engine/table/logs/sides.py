"""Both sides of a monitor out of exports: flat tables, the schema with the roles that they tell, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from prodmon_widgets.engine.table.kept import ALL_TYPED, Kept
from prodmon_widgets.engine.table.logs.log import Log, with_roles
from prodmon_widgets.engine.table.logs.reading import log_facts, log_of
from prodmon_widgets.errors import InputError, unknown
from prodmon_widgets.schema import Schema

NAMES = ("evaluation", "production")


@dataclass(frozen=True)
class Sides:
    """The sources of both sides, which may be tables made of exports, and what is known of each."""

    sources: tuple[Any, Any]
    logs: Mapping[str, Log | None]

    def schema(self, given: Schema, columns: Mapping[str, Any]) -> Schema:
        """The user's schema with the roles that the exports tell."""
        return with_roles(given, self.logs, columns)

    @property
    def notes(self) -> list[str]:
        """What is to be said of the reading."""
        return [note for name, log in self.logs.items() if log is not None for note in log.notes(name)]


def sides_of(evaluation: Any, production: Any, scores: Any = None, spelled: Kept = ALL_TYPED) -> Sides:
    """Both sources read, where they are exports; ``scores``: a second table for both, or one a side by its name."""
    told = _scores(scores)
    sources = [log_of(s, n, told[n], spelled) for s, n in zip((evaluation, production), NAMES, strict=True)]
    logs = {name: log_facts(source) for name, source in zip(NAMES, sources, strict=True)}
    if scores is not None and not isinstance(scores, Mapping):
        # a score of the other side's is lost on neither
        logs = {name: None if log is None else replace(log, n_lost_scores=0) for name, log in logs.items()}
    return Sides((sources[0], sources[1]), logs)


def _scores(given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        return dict.fromkeys(NAMES, given)
    strange = [name for name in given if name not in NAMES]
    if strange:
        raise InputError(unknown("scores of", strange[0], NAMES))
    return {name: given.get(name) for name in NAMES}


def split(table: pa.Table, good: Any) -> tuple[pa.Table, pa.Table]:
    """One log as two tables: the rows of which people said whether they are good, and the others.

    Raises
    ------
    InputError
        Where people said nothing, or of all rows.
    """
    annotated = ~np.isnan(good)
    n = int(annotated.sum())
    if n in (0, len(annotated)):
        which = "no row is annotated" if n == 0 else f"all {n:,} rows are annotated"
        raise InputError(
            f"one log is split into its annotated rows, the evaluation set, and the others, production; {which}. Name "
            "the column in Schema(annotation=...), or give two files: Monitor(evaluation, production)."
        )
    log = Log.of(table) or Log("table")
    parts = [
        replace(log, split=name).on(table.filter(pa.array(rows)))
        for name, rows in (("evaluation", annotated), ("production", ~annotated))
    ]
    return parts[0], parts[1]


def completed(source: Any, known: pa.Schema) -> Any:
    """A table made of an export with the columns that the rows before had and it lacks, empty."""
    if not isinstance(source, pa.Table) or Log.of(source) is None:
        return source
    for field in known:
        if field.name not in source.column_names:
            source = source.append_column(field, pa.nulls(source.num_rows, field.type))
    return source
