"""What a sample of a column's values says about it: enough to tell a category from an id or free text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.table.properties import LIST_TEXT, Form, form_of

Floats = NDArray[np.float64]

PROFILE_ROWS = 20_000
"""Rows of each side that a profile looks at."""

MEASURED = 2_000
"""Texts of each side whose words and characters are counted."""

FEW = 20
"""Below so many values nothing is called an id: all may differ by chance."""

MOST_EXACT = 2.0**53
"""Whole numbers beyond aren't told from their neighbours."""

SEPARATORS = ("|", ";", ",")

MISSING_WORDS = ("", "#N/A", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
"""What means missing in a CSV file, as pandas reads it, and among texts that are otherwise numbers."""


@dataclass(frozen=True)
class Facts:
    """A column's sampled values on both sides together.

    ``n`` values that aren't missing and ``n_missing`` that are, ``distinct`` of them, ``repeated`` the share that
    occurred before on the same side, mean length of text in words and characters, whether whole numbers count on
    evenly, smallest and largest number, and the distinct values as text, sorted. ``written`` is the separator of the
    side that holds text where the other one holds lists, ``blanks`` what means missing among texts that are numbers.
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
    written: str | None = None
    blanks: tuple[str, ...] = ()

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
        return self.unique and (self.form in ("string", "levels") or (self.form == "integer" and self.counts_on))

    @property
    def is_boolean(self) -> bool:
        """Booleans, or text that says true and false."""
        words = {v.lower() for v in self.values}
        return self.form == "boolean" or (self.form == "string" and bool(words) and words <= {"true", "false"})


def facts_of(columns: Sequence[pa.ChunkedArray]) -> Facts:
    """Facts of one column from its samples on one or both sides.

    >>> f = facts_of([pa.chunked_array([["a b", "c", None]]), pa.chunked_array([["c"]])])
    >>> f.form, f.n, f.distinct, round(f.words, 2)
    ('string', 3, 2, 1.33)
    """
    forms: set[Form] = {form_of(c.type) for c in columns} - {"null"}
    n_rows = sum(len(c) for c in columns)
    if not forms:
        return Facts("null", n_missing=n_rows)
    form = _common(forms)
    blanks = _blanks(columns) if forms <= {"integer", "number", "string", "levels"} else ()
    if blanks:
        return replace(facts_of([_parsed(c) for c in columns]), blanks=blanks)
    if form in ("integer", "number"):
        facts = _number_facts(form, [_numbers(c) for c in columns])
    elif form == "time":
        numbers = [_numbers(c) for c in columns if form_of(c.type) in ("integer", "number")]
        facts = replace(_number_facts(form, numbers), n=sum(len(c) - c.null_count for c in columns))
    elif form in ("nested", "duration"):
        facts = Facts(form, n=sum(len(c) - c.null_count for c in columns))
    else:
        facts = _text_facts(form, [_texts(c) for c in columns])
    written = separator_of(facts_of(_written(columns))) if form == "list" and forms != {"list"} else None
    return replace(facts, n_missing=max(n_rows - facts.n, 0), written=written)


def _written(columns: Sequence[pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    """Those that hold text."""
    return [c for c in columns if form_of(c.type) in ("string", "levels")]


def _blanks(columns: Sequence[pa.ChunkedArray]) -> tuple[str, ...]:
    """The words for missing values in columns of texts that are numbers but for these; none where others occur."""
    written = _written(columns)
    words = {text for c in written for text in pc.unique(_plain(c)).to_pylist() if text}
    odd = {word for word in words if np.isnan(_number(word))}
    numbers = odd < words or any(form_of(c.type) in ("integer", "number") for c in columns)
    return tuple(sorted(odd)) if odd <= {*MISSING_WORDS} and numbers else ()


def _parsed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers of a column of numbers, or of texts that are."""
    if form_of(column.type) not in ("string", "levels"):
        return column
    values = pa.array([_number(text or "") for text in _plain(column).to_pylist()], pa.float64(), from_pandas=True)
    whole = all(value.is_integer() for value in values.drop_null().to_pylist())
    return pa.chunked_array([values.cast(pa.int64(), safe=False) if whole else values])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts of a dictionary of them."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _common(forms: set[Form]) -> Form:
    if len(forms) == 1:
        return next(iter(forms))
    if forms <= {"integer", "number"}:
        return "number"
    if forms <= {"string", "levels"}:
        return "levels"
    if "time" in forms and forms <= {"time", "string", "integer", "number"}:
        return "time"
    if "list" in forms and forms <= {"list", "string", "levels"}:
        return "list"
    return "string" if forms <= {"integer", "number", "boolean", "string", "levels"} else "nested"


def _numbers(column: pa.ChunkedArray) -> Floats:
    if pa.types.is_null(column.type):
        return np.empty(0)
    values: Floats = column.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    return values[~np.isnan(values)]


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
        values=tuple(_spelled(v) for v in distinct[:1000]),
    )


def _counts_on(values: Floats) -> bool:
    """Rises evenly from row to row, as a row number does (a sample of it may leap a few times), or never turns back."""
    steps = np.diff(values[np.abs(values) < MOST_EXACT])
    if not len(steps) or (len(steps) >= FEW - 1 and ((steps > 0).all() or (steps < 0).all())):
        return True
    return bool(np.mean((steps > 0) & (np.abs(steps - np.median(steps)) <= 1)) > 0.9)


def _spelled(value: float) -> str:
    return str(int(value)) if value == np.floor(value) and abs(value) < 1e15 else repr(float(value))


def _texts(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_null(column.type):
        return []
    if form_of(column.type) == "list":
        column = pc.list_flatten(column)
    column = _plain(column)
    if form_of(column.type) in ("integer", "number"):
        return [_spelled(v) for v in _numbers(column)]
    if pa.types.is_boolean(column.type):
        return [str(v) for v in column.to_pylist() if v is not None]
    return [v for v in column.to_pylist() if v]


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


def separator_of(facts: Facts) -> str | None:
    """What separates several classes in one string; None where each string is one class.

    ``|`` and ``;`` always do. A comma does only if the parts recur: ``Portland, OR`` is one class.

    >>> separator_of(Facts("string", values=("Action,Drama", "Drama", "Action")))
    ','
    >>> separator_of(Facts("string", values=("Portland, OR", "Salem, OR"))) is None
    True
    """
    if facts.form not in ("string", "levels") or not facts.values:
        return facts.written
    if all(re.fullmatch(r"\s*[\[({].*[\])}]\s*", v, re.DOTALL) for v in facts.values):
        return LIST_TEXT
    for separator in SEPARATORS:
        several = [v for v in facts.values if separator in v]
        if several and (separator != "," or _parts_recur(facts.values)):
            return separator
    return None


def _parts_recur(values: Sequence[str]) -> bool:
    alone = {v.strip() for v in values if "," not in v}
    parts = {part.strip() for v in values for part in v.split(",")}
    return (bool(alone) and len(parts) <= max(len(values), len(alone))) or 2 * len(parts) < len(values)
