"""Segments: samples that meet a conjunction of conditions on properties, by name, by dict and by row.

A segment is a value: it compares and hashes by its conditions, and its text is canonical, so that the browser and the
kernel mean the same samples by the same text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.valuebins import MISSING, Levels, ValueBins
from prodmon_widgets.engine.table.canonical import boolean_of
from prodmon_widgets.engine.table.writing import without_point
from prodmon_widgets.errors import InputError, unknown


@dataclass(frozen=True)
class Condition:
    """One condition on a property: one of ``values`` (a set property contains one), or in [low, high), or missing."""

    name: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    missing: bool = False

    def __str__(self) -> str:
        if self.missing:
            return f"{self.name} is missing"
        if self.values:
            one = len(self.values) == 1
            return f"{self.name} = {self.values[0]}" if one else f"{self.name} in {{{', '.join(self.values)}}}"
        if self.low is None:
            return f"{self.name} < {_number(self.high)}"
        if self.high is None:
            return f"{self.name} ≥ {_number(self.low)}"
        return f"{_number(self.low)} ≤ {self.name} < {_number(self.high)}"

    @property
    def wanted(self) -> object:
        """The condition as the value of a ``where``."""
        if self.missing:
            return None
        if self.values:
            return self.values[0] if len(self.values) == 1 else list(self.values)
        return (-np.inf if self.low is None else self.low, np.inf if self.high is None else self.high)

    def to_json(self) -> dict[str, Any]:
        """As the browser reads it."""
        if self.missing:
            return {"property": self.name, "missing": True}
        if self.values:
            return {"property": self.name, "values": list(self.values)}
        return {"property": self.name, "low": self.low, "high": self.high}


class Segment:
    """A conjunction of conditions, from ``{property: value | [any of] | (low, high) half-open | None for missing}``.

    On a set property a value means "contains", and ``{"all": [values]}`` that it contains each of them.

    >>> segment = Segment({"n_predictions": (3, None), "device": "tablet"})
    >>> str(segment)
    'device = tablet & n_predictions ≥ 3'
    >>> Segment.from_json(segment.to_json()) == segment
    True
    """

    def __init__(self, where: Mapping[str, Any]) -> None:
        if not isinstance(where, Mapping):
            raise InputError(f"where is {where!r}; expected a dict like {{'device': 'tablet', 'age': (20, 30)}}.")
        by_name = {str(name): where[name] for name in where}
        self.conditions = tuple(each for name in sorted(by_name) for each in _conditions(name, by_name[name]))

    @classmethod
    def from_json(cls, conditions: Sequence[Mapping[str, Any]]) -> Segment:
        """From the browser's conditions; nothing in them is taken for more than names, numbers and values."""
        return cls.of([_condition(str(each["property"]), _wanted(each)) for each in conditions])

    @classmethod
    def of(cls, conditions: Sequence[Condition]) -> Segment:
        """The conjunction of these conditions, in canonical order."""
        segment = cls({})
        segment.conditions = tuple(sorted(set(conditions), key=lambda each: (each.name, each.values)))
        return segment

    @property
    def where(self) -> dict[str, object]:
        """The dict that makes this segment."""
        by_name: dict[str, list[object]] = {}
        for each in self.conditions:
            by_name.setdefault(each.name, []).append(each.wanted)
        return {name: each[0] if len(each) == 1 else {"all": each} for name, each in by_name.items()}

    def to_json(self) -> list[dict[str, Any]]:
        """The conditions as the browser reads them."""
        return [each.to_json() for each in self.conditions]

    def __str__(self) -> str:
        return " & ".join(str(each) for each in self.conditions)

    def __repr__(self) -> str:
        return f"Segment({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Segment) and self.conditions == other.conditions

    def __hash__(self) -> int:
        return hash(self.conditions)

    def mask(self, codes: CodeTable) -> NDArray[np.bool_]:
        """Which samples are in the segment, (n_rows,). A border inside a bin is compared with the kept values.

        Raises InputError for a property that isn't there, and for a border inside a bin where no values are kept.
        """
        result = np.ones(codes.n_rows, dtype=bool)
        for each in self.conditions:
            result &= _meets(replace(each, name=codes.called(each.name)), codes)
        return result


def _conditions(name: str, wanted: Any) -> list[Condition]:
    if not isinstance(wanted, Mapping):
        return [_condition(name, wanted)]
    if set(wanted) != {"all"} or not wanted["all"]:
        raise InputError(f"where {name!r} is {wanted!r}; expected {{'all': [values]}}, a value, a list or (low, high).")
    found = {_condition(name, [value] if isinstance(value, str) else value) for value in wanted["all"]}
    return sorted(found, key=lambda each: each.values)


def _wanted(condition: Mapping[str, Any]) -> Any:
    if condition.get("missing"):
        return None
    if "values" in condition:
        return [str(value) for value in condition["values"]]
    return condition.get("low"), condition.get("high")


def _condition(name: str, wanted: Any) -> Condition:
    if _is_missing(wanted):
        return Condition(name, missing=True)
    if isinstance(wanted, tuple) and len(wanted) == 2 and all(_is_border(border) for border in wanted):
        low, high = (None if border is None or np.isinf(float(border)) else float(border) for border in wanted)
        if (low is None and high is None) or (low is not None and high is not None and low >= high):
            raise InputError(f"where {name!r} is {wanted!r}; expected (low, high) with low < high, half-open.")
        return Condition(name, low=low, high=high)
    if isinstance(wanted, list | tuple | set | frozenset | np.ndarray | pd.Series | pd.Index):
        if any(_is_missing(value) for value in wanted):
            raise InputError(f"where {name!r} is {wanted!r}; a list holds values only, None alone is what is missing.")
        values = tuple(sorted({_text(value) for value in wanted}))
        if not values:
            raise InputError(f"where {name!r} is empty; expected a value, a list of values, (low, high) or None.")
        return Condition(name, values)
    return Condition(name, (_text(wanted),))


def _text(value: object) -> str:
    """One spelling a value: 3, 3.0 and Decimal(3) are ``3``."""
    if isinstance(value, float | np.floating | Decimal):
        return _number(float(value))
    return str(value)


def _is_missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _is_border(value: object) -> bool:
    return value is None or (isinstance(value, int | float | np.number | Decimal) and not isinstance(value, bool))


def _meets(condition: Condition, codes: CodeTable) -> NDArray[np.bool_]:
    name, bins = condition.name, codes.bins[condition.name]
    if condition.missing:
        return codes.has(name, MISSING)
    if isinstance(bins, ValueBins):
        if condition.values:
            return _equals(name, [_as_number(name, value) for value in condition.values], codes)
        return _between(condition, bins, codes)
    if not condition.values:
        raise InputError(f"property {name!r} is {bins.kind}; expected a value or a list of values, not {condition}.")
    called = {_called(value, bins) for value in condition.values}
    found = [codes.has(name, bins.code_of[value]) for value in sorted(called) if value in bins.code_of]
    if not found:
        raise InputError(unknown(f"value of {name!r}", condition.values[0], bins.values))
    result: NDArray[np.bool_] = np.logical_or.reduce(found)
    return result


def _called(value: str, bins: Levels) -> str:
    """The level that a value means: itself, without blanks around it, as a number, or as a word for a boolean."""
    stripped = value.strip()
    ways = [value, stripped, without_point(stripped)]
    if bins.kind == "boolean":
        ways.append(boolean_of(stripped) or stripped)
    return next((way for way in ways if way in bins.code_of), value)


def _between(condition: Condition, bins: ValueBins, codes: CodeTable) -> NDArray[np.bool_]:
    name, low, high = condition.name, condition.low, condition.high
    if all(border is None or border in bins.edges for border in (low, high)):
        first = 1 if low is None else int(np.searchsorted(bins.edges, low)) + 2
        last = bins.size if high is None else int(np.searchsorted(bins.edges, high)) + 2
        return np.asarray((codes.codes[name] >= first) & (codes.codes[name] < last))
    values = _values(name, codes)
    return np.asarray((values >= (-np.inf if low is None else low)) & (values < (np.inf if high is None else high)))


def _equals(name: str, wanted: list[float], codes: CodeTable) -> NDArray[np.bool_]:
    bins = codes.bins[name]
    if isinstance(bins, ValueBins) and bins.distinct is not None and all(value in bins.distinct for value in wanted):
        return np.isin(codes.codes[name], [bins.distinct.index(value) + 1 for value in wanted])
    return np.isin(_values(name, codes), np.array(wanted, dtype=np.float32))


def _values(name: str, codes: CodeTable) -> NDArray[np.float32]:
    if name not in codes.values:
        raise InputError(f"{name!r} is kept in bins only at {codes.n_rows:,} samples; use borders of its bins.")
    return codes.values[name]


def _as_number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise InputError(f"property {name!r} is numeric; expected a number or (low, high), not {value!r}.") from error


def _number(value: float | None) -> str:
    return f"{value:.12g}"
