"""What one side's sample of a column holds, whatever dtype it came in; and the form that both sides have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.table.canonical import boolean_of, spelled
from prodmon_widgets.engine.table.epochs import Epoch, epoch_of
from prodmon_widgets.engine.table.properties import Form, form_of
from prodmon_widgets.engine.table.separators import listed_in, parts, separator_in
from prodmon_widgets.engine.table.writing import (
    AS_IT_CAME,
    MISSING_WORDS,
    Written,
    are_booleans,
    are_durations,
    are_times,
    has_fraction,
    have_points,
    numbers_in,
    without_point,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """One side's sample of a column. ``form`` is that of its values, so texts that are numbers are numbers here."""

    column: pa.ChunkedArray = field(repr=False)
    form: Form
    written: Written = AS_IT_CAME
    came: Form = "string"
    verbatim: bool = False

    @property
    def is_text(self) -> bool:
        """Whether the values came as text."""
        return form_of(self.column.type) in ("string", "levels")

    @property
    def holds_numbers(self) -> bool:
        """Whether every value is a number, or the text of one."""
        return self.form in ("integer", "number") or form_of(self.column.type) in ("integer", "number")

    @property
    def n(self) -> int:
        """Values that aren't missing."""
        return len(self.column) - int(self.column.null_count)

    @cached_property
    def distinct(self) -> list[str]:
        """The distinct texts, stripped; none where the values are no texts."""
        if not self.is_text:
            return []
        return sorted({text.strip() for text in pc.unique(self.column).to_pylist() if text and text.strip()})

    def as_text(self) -> Side:
        """The same where texts are texts: the other side's aren't what these are."""
        return replace(self, form=self.came) if self.is_text else self

    def settled(self, form: Form, known: Collection[str] = ()) -> Side:
        """The same with how it writes values of the form that both sides have in common."""
        if not self.is_text or self.form == "nested":
            return self
        written = self.written
        if form in ("string", "levels"):
            written = Written(points=not self.verbatim and have_points(self.distinct))
        if form == "list":
            written = replace(Written(), separator=separator_in(self.distinct, known))
        return replace(self, written=written)

    def numbers(self) -> Floats:
        """The numbers, missing ones left out."""
        if pa.types.is_null(self.column.type):
            return np.empty(0)
        if self.is_text:
            parsed = {text: self.written.numbers.parsed(text) for text in pc.unique(self.column).to_pylist() if text}
            found = [parsed.get(text) for text in self.column.to_pylist()]
            return np.array([number for number in found if number is not None], dtype=np.float64)
        values: Floats = self.column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
        return values[~np.isnan(values)]

    def booleans(self) -> list[str]:
        """``True`` and ``False``, whether booleans, numbers or words."""
        return [word for cell in self.column.to_pylist() if (word := boolean_of(cell)) is not None]

    def texts(self) -> list[str]:
        """Every value's one spelling; of lists, every member's."""
        if self.is_text and self.written.separator is not None:
            return [part for cell in self.column.to_pylist() if cell for part in parts(cell, self.written.separator)]
        found = [text for cell in self._cells() if cell is not None and (text := spelled(cell))]
        return [without_point(text) for text in found] if self.written.points else found

    def members(self) -> set[str]:
        """The distinct texts of :meth:`texts`."""
        return set(self.texts())

    def _cells(self) -> list[object]:
        column = self.column
        if form_of(column.type) == "list":
            column = pc.list_flatten(column)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_floating(column.type):
            column = column.filter(pc.invert(pc.is_nan(column)))
        return list(column.to_pylist())


def side_of(column: pa.ChunkedArray, verbatim: bool = False) -> Side:
    """What a sample of a column holds; texts are looked through for numbers, booleans, times and lists."""
    form = form_of(column.type)
    if pa.types.is_dictionary(column.type):
        # a category of numbers is a category, whatever its values look like
        form = "levels" if form in ("integer", "number") else form
        column = column.cast(column.type.value_type)
    if len(column) == column.null_count:
        return Side(column, "null")
    side = Side(column, form, came=form, verbatim=verbatim)
    if side.is_text:
        return side if verbatim and side.distinct else _of_texts(side)
    if form == "list" and _are_vectors(column):
        return replace(side, form="nested")
    if form in ("integer", "number"):
        return replace(side, written=Written(epoch=_epoch(side)))
    return side


def _of_texts(side: Side) -> Side:
    texts = side.distinct
    if not texts:
        return replace(side, form="null")
    if are_booleans(texts):
        return replace(side, form="boolean", written=Written(boolean=True))
    found = numbers_in(texts)
    if found is not None:
        style, numbers, unread = found
        side = replace(side, form="number", written=Written(numbers=style, unread=unread))
        whole = all(float(number).is_integer() for number in numbers)
        side = replace(side, written=replace(side.written, epoch=_epoch(side)))
        return replace(side, form="integer" if whole else "number")
    if set(texts) <= {*MISSING_WORDS}:
        return replace(side, form="null", written=Written(unread=tuple(texts)))
    if are_durations(texts):
        return replace(side, form="duration", written=Written(durations=True))
    if are_times(texts):
        return replace(side, form="time")
    listed = listed_in(texts)
    if listed is None:
        return side
    members = {member for text in texts for member in parts(text, listed)}
    form: Form = "nested" if any(has_fraction(member) for member in members) else "list"
    return replace(side, form=form, written=Written(separator=listed))


def _epoch(side: Side) -> Epoch | None:
    numbers = side.numbers()
    numbers = numbers[np.isfinite(numbers)]
    return epoch_of(float(np.median(numbers))) if len(numbers) else None


def _are_vectors(column: pa.ChunkedArray) -> bool:
    """Lists of numbers with fractions: vectors, no sets."""
    members = pc.unique(pc.list_flatten(column))
    if not (pa.types.is_floating(members.type) or pa.types.is_decimal(members.type)):
        return False
    values = members.cast(pa.float64()).drop_null().to_numpy()
    values = values[~np.isnan(values)]
    return bool((values != np.floor(values)).any())


def common_form(sides: Sequence[Side]) -> Form:
    """The form of a column from the forms of its sides; each of them has values."""
    forms: set[Form] = {side.form for side in sides}
    if "levels" in forms and forms <= {"integer", "number", "string", "levels"}:
        return "levels"
    if len(forms) == 1:
        return next(iter(forms))
    if "boolean" in forms and all(_could_be_boolean(side) for side in sides):
        return "boolean"
    if forms <= {"boolean", "integer", "number"}:
        return "number"
    if forms <= {"integer", "number", "duration"} and not any(side.is_text for side in sides):
        return "duration"
    if "time" in forms and forms <= {"time", "string", "levels", "integer", "number"}:
        return "time"
    if "list" in forms and forms <= {"list", "string", "levels", "integer", "number", "boolean"}:
        return "list"
    if not forms <= {"boolean", "integer", "number", "string", "levels", "time"}:
        return "nested"
    return "levels" if any(side.came == "levels" for side in sides) else "string"


def _could_be_boolean(side: Side) -> bool:
    if side.form == "boolean":
        return True
    if side.is_text:
        return are_booleans(side.distinct, beside_booleans=True)
    return side.holds_numbers and bool(np.isin(side.numbers(), [0.0, 1.0]).all())
