"""Log: what reading an export has found out – its format, which columns play which role, and what was left out.

It travels as metadata of the table's schema, so that a table which was read once needn't be recognised again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import pyarrow as pa

from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

FORMAT_KEY, LOG_KEY = b"prodmon.format", b"prodmon.log"

TABLE = "table"
"""The format of what is no tool's export: a table whose rows are samples."""


@dataclass(frozen=True)
class Log:
    """Facts of one reading.

    ``human``, ``judges``, ``unknown`` and ``expected`` are columns of scores by who gave them. ``n_records`` were read,
    of which ``n_samples`` are samples, ``n_below`` lie below one, ``n_twice`` came before, ``n_orphans`` name a parent
    that isn't there; ``n_lost_scores`` belong to no sample, ``n_timeless`` samples have no time, ``n_columns_left``
    columns were too many.
    """

    format: str
    roles: Mapping[str, str] = field(default_factory=dict)
    human: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    n_records: int = 0
    n_samples: int = 0
    n_below: int = 0
    n_twice: int = 0
    n_orphans: int = 0
    n_lost_scores: int = 0
    n_timeless: int = 0
    n_columns_left: int = 0
    split: str = ""
    """Which part of one log it is, where annotated rows became the evaluation set: evaluation or production."""

    def on(self, table: pa.Table) -> pa.Table:
        """The table with this in its metadata."""
        told = {FORMAT_KEY: self.format.encode(), LOG_KEY: json.dumps(asdict(self)).encode()}
        return table.replace_schema_metadata({**(table.schema.metadata or {}), **told})

    @classmethod
    def of(cls, source: Any) -> Log | None:
        """What the metadata of a table says; None where it says nothing that we wrote."""
        metadata = source.schema.metadata if isinstance(source, pa.Table) else None
        try:
            told = json.loads((metadata or {})[LOG_KEY])
            known = {f.name: told[f.name] for f in fields(cls) if f.name in told}
            lists = {name: tuple(map(str, value)) for name, value in known.items() if isinstance(value, list)}
            return cls(**known | lists)
        except (KeyError, ValueError, TypeError):
            return None

    def notes(self, name: str) -> Iterator[str]:
        """What the schema says of it."""
        if self.format != TABLE:
            yield f"{name} is read as an export of {self.format}"
        counts = (
            (self.n_below, "spans lie below a sample: they are counted and timed on it"),
            (self.n_twice, "records have an id that came before: the last one counts"),
            (self.n_orphans, "samples name a parent that isn't in the export"),
            (self.n_lost_scores, "scores belong to no sample of it"),
            (self.n_timeless, "samples have no time that can be read"),
            (self.n_columns_left, "columns are left out: more than a table holds, or seldom filled"),
        )
        yield from (f"{name}: {count:,} {what}" for count, what in counts if count)
        if self.unknown:
            yield (
                f"{name}: who gave {_listed(self.unknown)} isn't said, so no estimate reads it; name it in "
                "Schema(annotation=...) or Schema(judges=...)"
            )
        if self.split:
            which = "annotated" if self.split == "evaluation" else "other"
            yield (
                f"{name} is the {which} rows of one log; annotated rows were not drawn at random unless you know that "
                "they were"
            )


def with_roles(schema: Schema, logs: Mapping[str, Log | None], columns: Mapping[str, Collection[str]]) -> Schema:
    """The schema with the roles that logs know of and the user has not given; ``columns`` are those of each side.

    Raises
    ------
    InputError
        Where people gave several scores and none is named as the annotation.
    """
    known = [log for log in (logs["evaluation"], logs["production"]) if log is not None]
    taken = {column for named in schema.named().values() for column in named}
    filled: dict[str, Any] = {}
    for log in known[::-1]:
        for role, column in log.roles.items():
            both = role in ("prediction", "confidence")
            there = [column in columns[side] for side in columns]
            if getattr(schema, role, None) is None and column not in taken and (all(there) if both else any(there)):
                filled[role] = column
    if schema.judges is None:
        found = dict.fromkeys(judge for log in known for judge in log.judges)
        judges = [c for c in found if c not in taken and all(c in columns[side] for side in columns)]
        filled |= {"judges": tuple(judges)} if judges else {}
    return schema.filled(filled | {"annotation": _annotation(schema, filled, logs["evaluation"])}, {}, schema.notes)


def _annotation(schema: Schema, filled: Mapping[str, Any], evaluation: Log | None) -> Any:
    """The annotation: the user's, else the only score that people gave the evaluation set."""
    given = schema.annotation if schema.annotation is not None else filled.get("annotation")
    untold = given is None and schema.good is None and schema.label is None
    if untold and evaluation is not None and len(evaluation.human) > 1:
        raise InputError(
            f"people gave evaluation several scores, {_listed(evaluation.human)}: which one says what is good? Name it "
            f"in Schema(annotation={evaluation.human[0]!r})."
        )
    return given


def _listed(names: Collection[str]) -> str:
    return ", ".join(map(repr, list(names)[:8])) + (f", … ({len(names)} in all)" if len(names) > 8 else "")
