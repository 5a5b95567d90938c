"""Repeats: appended rows whose ids production has already are skipped, replace those before, or count again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.samples.identity import first_of_each
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.table.table import Table
from prodmon_widgets.engine.time.windows import bounds
from prodmon_widgets.errors import InputError, unknown

Duplicates = Literal["skip", "replace", "keep"]


@dataclass(frozen=True)
class Repeats:
    """What of a batch is to be added (None: nothing), the rows before that go, and how many came again, and why."""

    table: Table | None
    gone: NDArray[np.int64]
    n_again: int
    how: Duplicates

    def __str__(self) -> str:
        """As people read it.

        >>> str(Repeats(None, np.empty(0), 40, "skip"))
        '40 appended samples have an id that came before: they are skipped'
        """
        done = {
            "skip": "they are skipped",
            "replace": "they replace those before",
            "keep": "they are counted again",
        }[self.how]
        return f"{self.n_again:,} appended samples have an id that came before: {done}"


def settled(side: SampleSet, later: Table, duplicates: Duplicates | None) -> Repeats:
    """Which rows of ``later`` are to be added; ``duplicates`` None skips where ids name samples, and else keeps.

    Raises
    ------
    InputError
        For another ``duplicates``, without ids, and for "replace" where an id names several samples.
    """
    if duplicates is not None and duplicates not in get_args(Duplicates):
        raise InputError(unknown("duplicates", str(duplicates), get_args(Duplicates)))
    none, identity = np.empty(0, dtype=np.int64), side.identity()
    if identity is None:
        if duplicates in ("skip", "replace"):
            raise InputError(f"duplicates={duplicates!r} needs ids, and there are none: name them in Schema(id=...).")
        return Repeats(later, none, 0, "keep")
    how = duplicates or ("skip" if identity.unique else "keep")
    if how == "replace" and not identity.unique:
        raise InputError(
            f"duplicates='replace' needs an id a sample; in production some of {side.tables[0].plan.schema.id!r} name "
            "several. Give 'keep' or 'skip'."
        )
    keys, given = later.id_keys()
    before = np.where(given, identity.rows_of(keys), -1)
    if how == "keep":
        return Repeats(later, none, int((before >= 0).sum()), how)
    if how == "replace":
        chosen = first_of_each(keys[::-1], given[::-1])[::-1]
        gone = np.unique(before[before >= 0])
        return Repeats(_chosen(later, chosen), gone, len(gone) + int((~chosen).sum()), how)
    chosen = first_of_each(keys, given) & (before < 0)
    return Repeats(_chosen(later, chosen), none, int((~chosen).sum()), how)


def _chosen(table: Table, rows: NDArray[np.bool_]) -> Table | None:
    if not rows.any():
        return None
    return table if rows.all() else table.kept(rows)


def rows_with(side: SampleSet, ids: Sequence[object]) -> NDArray[np.bool_]:
    """Which rows have one of these ids, (n_rows,).

    Raises
    ------
    InputError
        Where there are no ids.
    """
    if not side.tables[0].has_ids:
        raise InputError("samples have no ids to be named by: name their column in Schema(id=...).")
    found = []
    for table in side.tables:
        keys, given = table.id_keys()
        found.append(given & np.isin(keys, side.tables[0].keys_of(ids)))
    return np.concatenate(found)


def rows_before(side: SampleSet, before: object) -> NDArray[np.bool_]:
    """Which rows have a time, or without a time column a number, before this one, (n_rows,)."""
    times = side.times()
    edge = bounds((_BEGINNING if times is not None else -1, before), is_time=times is not None)
    at = np.arange(side.n_rows, dtype=np.float64) if times is None else times
    return at < (edge[1] if edge else 0)


_BEGINNING = -(1 << 53)
