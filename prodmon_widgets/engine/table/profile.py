"""What a sample of a column's values says about it: enough to tell a category from an id or free text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.table.canonical import spelled
from prodmon_widgets.engine.table.properties import Form
from prodmon_widgets.engine.table.side import Side, common_form, side_of
from prodmon_widgets.engine.table.writing import MISSING_WORDS

Floats = NDArray[np.float64]

PROFILE_ROWS = 20_000
"""Rows of each side that a profile looks at."""

MEASURED = 2_000
"""Texts of each side whose words and characters are counted."""

FEW = 20
"""Below so many values nothing is called an id: all may differ by chance."""

MOST_EXACT = 2.0**53
"""Whole numbers beyond aren't told from their neighbours."""


@dataclass(frozen=True)
class Facts:
    """A column's sampled values on both sides together.

    ``n`` values that aren't missing and ``n_missing`` that are, ``distinct`` of them, ``repeated`` the share that
    occurred before on the same side, mean length of text in words and characters, whether whole numbers count on
    evenly, smallest and largest number, and the distinct values as text, sorted; of numbers in their order. ``sides``
    is each side's own sample, ``blanks`` what means missing among texts that are numbers.
    """

    form: Form
    n: int = 0
    n_missing: int = 0
    distinct: int = 0
    repeated: float = 0.0
    words: float = 0.0
    characters: float = 0.0
    counts_on: bool = False
    low: float = float("nan")
    high: float = float("nan")
    values: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    are_numbers: bool = False
    """Every value is a number, or the text of one, also where they are levels."""
    sides: tuple[Side, ...] = field(default=(), repr=False, compare=False)

    @property
    def unique(self) -> bool:
        """Nearly every value occurs once, and there are enough to tell."""
        return self.n >= FEW and self.repeated < 0.1

    @property
    def is_text(self) -> bool:
        """Free text: several words, seldom the same twice."""
        if self.form != "string":
            return False
        wordy = self.words >= 3 and self.repeated < 0.5 and self.characters > 12
        return (wordy and (self.n >= FEW or self.words >= 8)) or (self.words >= 8 and self.distinct > FEW)

    @property
    def is_identifier(self) -> bool:
        """One value a sample, and not a measurement."""
        if self.form == "integer":
            return self.unique and (self.counts_on or self.are_texts)
        return self.unique and self.form in ("string", "levels")

    @property
    def is_boolean(self) -> bool:
        """Booleans, or numbers and words for them beside booleans."""
        return self.form == "boolean"

    @property
    def are_texts(self) -> bool:
        """Whether the values came as text from every side that has any."""
        return all(side.is_text for side in self.sides if side.form != "null")


def facts_of(columns: Sequence[pa.ChunkedArray], verbatim: bool = False) -> Facts:
    """Facts of one column from its samples on one or both sides; ``verbatim`` where its texts are what they are.

    >>> f = facts_of([pa.chunked_array([["a b", "c", None]]), pa.chunked_array([["c"]])])
    >>> f.form, f.n, f.distinct, round(f.words, 2)
    ('string', 3, 2, 1.33)
    >>> facts_of([pa.chunked_array([[1, 0]]), pa.chunked_array([["yes", "no"]])]).form
    'string'
    >>> facts_of([pa.chunked_array([[True, False]]), pa.chunked_array([["yes", "no"]])]).form
    'boolean'
    """
    sides = [side_of(column, verbatim) for column in columns]
    voting = [side for side in sides if side.form != "null"]
    n_rows = sum(len(c) for c in columns)
    if not voting:
        return Facts("null", n_missing=n_rows, sides=tuple(sides))
    form = common_form(voting)
    are_numbers = all(side.holds_numbers for side in voting)
    texts_alone = form in ("string", "levels") and len(voting) > 1
    voting = [side.as_text() if texts_alone else side for side in voting]
    facts = _facts(form, [side.settled(form) for side in voting])
    unread = {word for side in sides for word in side.written.unread}
    return replace(
        facts,
        n_missing=max(n_rows - facts.n, 0),
        blanks=tuple(sorted(unread & {*MISSING_WORDS})) if form in ("integer", "number") else (),
        are_numbers=are_numbers,
        sides=tuple(side.settled(form) for side in sides),
    )


def _facts(form: Form, sides: Sequence[Side]) -> Facts:
    if form in ("integer", "number"):
        return _number_facts(form, [side.numbers() for side in sides])
    if form == "time":
        numbers = [side.numbers() for side in sides if side.form in ("integer", "number")]
        return replace(_number_facts(form, numbers), n=sum(side.n for side in sides))
    if form in ("nested", "duration"):
        return Facts(form, n=sum(side.n for side in sides))
    if form == "boolean":
        return _text_facts(form, [side.booleans() for side in sides])
    return _text_facts(form, [side.texts() for side in sides])


def _number_facts(form: Form, sides: Sequence[Floats]) -> Facts:
    values = np.concatenate([np.empty(0), *sides])
    if not len(values):
        return Facts(form)
    distinct = np.unique(values)
    return Facts(
        form,
        n=len(values),
        distinct=len(distinct),
        repeated=1 - sum(len(np.unique(side)) for side in sides) / len(values),
        counts_on=all(_counts_on(side) for side in sides),
        low=float(distinct[0]),
        high=float(distinct[-1]),
        values=tuple(spelled(v) for v in distinct[:1000]),
    )


def _counts_on(values: Floats) -> bool:
    """Rises evenly from row to row, as a row number does (a sample of it may leap a few times), or never turns back."""
    steps = np.diff(values[np.abs(values) < MOST_EXACT])
    if not len(steps) or (len(steps) >= FEW - 1 and ((steps > 0).all() or (steps < 0).all())):
        return True
    return bool(np.mean((steps > 0) & (np.abs(steps - np.median(steps)) <= 1)) > 0.9)


def _text_facts(form: Form, sides: Sequence[list[str]]) -> Facts:
    distinct = sorted(set().union(*sides))
    n = sum(map(len, sides))
    read = [text for side in sides for text in side[:: -(-len(side) // MEASURED) or 1]]
    return Facts(
        form,
        n=n,
        distinct=len(distinct),
        repeated=1 - sum(len(set(side)) for side in sides) / max(n, 1),
        words=sum(len(text.split()) for text in read) / max(len(read), 1),
        characters=sum(len(text) for text in read) / max(len(read), 1),
        values=tuple(distinct),
    )
