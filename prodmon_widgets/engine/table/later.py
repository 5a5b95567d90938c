"""What both sides settled of a column, and how a piece that comes later writes it: appended rows, late labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from prodmon_widgets.engine.table.profile import PROFILE_ROWS, Facts
from prodmon_widgets.engine.table.properties import Column, Form, form_of
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.engine.table.side import Side, side_of
from prodmon_widgets.engine.table.writing import Written

Writings = Mapping[str, Written]
"""Column → how one side writes it, for those that hold text or numbers."""


@dataclass(frozen=True)
class Agreed:
    """The form of a column's values, settled by the first build, and the classes that were known then."""

    form: Form
    known: frozenset[str] = frozenset()
    verbatim: bool = False

    def written(self, side: Side) -> Written:
        """How this piece writes values of that form."""
        return side.settled(self.form, self.known).written


def agreed_set(sides: Sequence[Side], known: frozenset[str] = frozenset()) -> tuple[Sequence[Side], frozenset[str]]:
    """Sides of a column of several classes, each with its own separator; and all classes."""
    for _ in range(2):
        # what one side names alone tells what a comma separates on the other
        sides = [side.settled("list", known) for side in sides]
        known = known.union(*(side.members() for side in sides))
    return sides, known


def as_written(rows: Rows, written: Writings) -> dict[str, Column]:
    """The columns of rows with how they are written."""
    known = rows.columns.items()
    return {name: replace(column, written=written[name]) if name in written else column for name, column in known}


def agreed_of(facts: Facts, verbatim: bool = False) -> Agreed:
    """What is kept of a column's facts for later pieces."""
    return Agreed(facts.form, verbatim=verbatim)


def writings(rows: Rows, agreed: Mapping[str, Agreed]) -> dict[str, Written]:
    """How the columns of a piece write what was agreed of them, from a sample of it."""
    names = [name for name in agreed if name in rows.columns and _varies(rows, name)]
    if not names or not rows.n_rows:
        return {}
    sample = rows.sample(PROFILE_ROWS, names)
    return {name: agreed[name].written(side_of(sample.column(name), agreed[name].verbatim)) for name in names}


def _varies(rows: Rows, name: str) -> bool:
    """Whether the type doesn't say how values are written."""
    return form_of(rows.schema.field(name).type) in ("string", "levels", "integer", "number")
