"""What a sample of a column's values says about it: enough to tell a category from an id or free text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prodmon_widgets.engine.properties import LIST_TEXT, Form, form_of

PROFILE_ROWS = 20_000
"""Rows of each side that a profile looks at."""

FEW = 20
"""Below so many values nothing is called an id: all may differ by chance."""

SEPARATORS = ("|", ";", ",")


@dataclass(frozen=True)
class Facts:
    """A column's sampled values on both sides together.

    ``n`` values that aren't missing, ``distinct`` of them, mean length of its text in words and characters, whether
    whole numbers count on by one, smallest and largest number, and the distinct values as text, sorted.
    """

    form: Form
    n: int = 0
    distinct: int = 0
    words: float = 0.0
    characters: float = 0.0
    counts_on: bool = False
    low: float = float("nan")
    high: float = float("nan")
    values: tuple[str, ...] = ()

    @property
    def unique(self) -> bool:
        """Nearly every value occurs once, and there are enough to tell."""
        return self.n >= FEW and self.distinct > 0.9 * self.n

    @property
    def is_text(self) -> bool:
        """Free text: several words, seldom the same twice."""
        if self.form != "string":
            return False
        wordy = self.words >= 3 and self.distinct > 0.5 * self.n and self.characters > 12
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
    if not forms:
        return Facts("null")
    form = _common(forms)
    if form in ("nested", "time", "duration"):
        return Facts(form, n=sum(len(c) - c.null_count for c in columns))
    if form in ("integer", "number"):
        return _number_facts(form, _numbers(columns))
    return _text_facts(form, [text for c in columns for text in _texts(c)])


def _common(forms: set[Form]) -> Form:
    if len(forms) == 1:
        return next(iter(forms))
    if forms <= {"integer", "number"}:
        return "number"
    if forms <= {"string", "levels"}:
        return "levels"
    return "string" if forms <= {"integer", "number", "boolean", "string", "levels"} else "nested"


def _numbers(columns: Sequence[pa.ChunkedArray]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    parts = [c.cast(pa.float64(), safe=False).to_numpy() for c in columns if not pa.types.is_null(c.type)]
    values = np.concatenate(parts).astype(np.float64)
    return values[~np.isnan(values)]


def _number_facts(form: Form, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Facts:
    if not len(values):
        return Facts(form)
    distinct = np.unique(values)
    steps = np.diff(values)
    return Facts(
        form,
        n=len(values),
        distinct=len(distinct),
        # evenly spaced samples of a running number rise evenly, but for the change of sides
        counts_on=bool(len(steps) and np.mean(steps > 0) > 0.99 and distinct[-1] - distinct[0] < 1e9 and _even(steps)),
        low=float(distinct[0]),
        high=float(distinct[-1]),
        values=tuple(_spelled(v) for v in distinct[:1000]),
    )


def _even(steps: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """All but a few steps within one of the usual one."""
    return bool(np.mean(np.abs(steps - np.median(steps)) <= 1) > 0.9)


def _spelled(value: float) -> str:
    return str(int(value)) if value == np.floor(value) and abs(value) < 1e15 else repr(float(value))


def _texts(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_null(column.type):
        return []
    if form_of(column.type) == "list":
        column = pc.list_flatten(column)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if form_of(column.type) in ("integer", "number"):
        return [_spelled(v) for v in _numbers([column])]
    if pa.types.is_boolean(column.type):
        return [str(v) for v in column.to_pylist() if v is not None]
    return [v for v in column.to_pylist() if v]


def _text_facts(form: Form, texts: list[str]) -> Facts:
    distinct = sorted(set(texts))
    n = len(texts)
    return Facts(
        form,
        n=n,
        distinct=len(distinct),
        words=sum(len(t.split()) for t in texts) / max(n, 1),
        characters=sum(map(len, texts)) / max(n, 1),
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
        return None
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


def profiles(samples: Mapping[str, Sequence[pa.ChunkedArray]]) -> dict[str, Facts]:
    """Column → its facts."""
    return {name: facts_of(columns) for name, columns in samples.items()}
