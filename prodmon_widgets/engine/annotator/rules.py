"""Annotation rules: blocks tried one after the other, each annotating samples that no earlier block has annotated.

A block is an annotation and conditions on properties joined by AND / OR. Conditions are data, compared by the code
below and never evaluated as code, so that a rule file from elsewhere can do no more than annotate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.errors import InputError, unknown

Mask = NDArray[np.bool_]
Sets = Mapping[str, Sequence[str]]

STATES = {"good": 0, "bad": 1, "unknown": 2}
ORDERED = ("GT", "GE", "LT", "LE")
LISTED = ("IN", "NIN", "OVERLAP")
OPERATORS = (*ORDERED, "EQ", "NEQ", *LISTED)
NO_RULE = -1
STRENGTH = 2.0
"""A rule's own word counts as so many evaluation samples in the score of what it annotates."""


@dataclass(frozen=True)
class Condition:
    """``property operator value``; a sample whose property is missing meets none.

    GT GE LT LE compare numbers; EQ NEQ one value; IN NIN OVERLAP a list of values. On a set property EQ and IN mean
    that it contains (one of) the values, as OVERLAP does, and NEQ and NIN that it doesn't.

    >>> Condition("confidence", "LT", 0.2)
    Condition(property='confidence', operator='LT', value=0.2)
    >>> Condition("confidence", "BELOW", 0.2)
    Traceback (most recent call last):
    ...
    prodmon_widgets.errors.InputError: operator 'BELOW' does not exist. There are: 'GT', 'GE', 'LT', 'LE', 'EQ', 'NEQ',
    'IN', 'NIN', 'OVERLAP'.
    """

    property: str
    operator: str
    value: Any

    def __post_init__(self) -> None:
        if self.operator not in OPERATORS:
            raise InputError(unknown("operator", self.operator, OPERATORS))
        listed = isinstance(self.value, list | tuple | set | frozenset)
        if self.operator in ORDERED and not _is_number(self.value):
            raise InputError(f"{self.operator} compares with a number; value is {self.value!r}.")
        if self.operator in LISTED and not (listed and len(self.value)):
            raise InputError(f"{self.operator} needs a list of values; value is {self.value!r}.")
        if self.operator in ("EQ", "NEQ") and (listed or isinstance(self.value, dict) or self.value is None):
            raise InputError(
                f"{self.operator} compares with one value; value is {self.value!r}. A list needs IN or NIN."
            )

    def leaves(self) -> Iterator[Condition]:
        """Itself."""
        yield self

    def met(self, frame: pd.DataFrame, sets: Sets) -> Mask:
        """Which rows of ``frame`` meet it, (n,); ``sets`` names the boolean columns of each set property."""
        if self.property in sets:
            return self._met_by_set(frame, sets[self.property])
        if self.property not in frame:
            known = [c for c in frame if not any(c in columns for columns in sets.values())]
            raise InputError(unknown("property", self.property, [*known, *sets]))
        column = frame[self.property]
        if self.operator in ORDERED:
            return self._met_by_order(column)
        equal = _equal(column, self._values())
        present = column.notna().to_numpy(bool)
        return present & ~equal if self.operator in ("NEQ", "NIN") else present & equal

    def _values(self) -> list[object]:
        return list(self.value) if self.operator in LISTED else [self.value]

    def _met_by_order(self, column: pd.Series[Any]) -> Mask:
        if not pd.api.types.is_numeric_dtype(column):
            raise InputError(
                f"{self.operator} compares numbers; property {self.property!r} is {column.dtype}. "
                "Use EQ, NEQ, IN or NIN."
            )
        compare = _COMPARE[self.operator]
        # NaN compares as False, which is what missing should be
        return compare(column.to_numpy(np.float64), float(self.value))

    def _met_by_set(self, frame: pd.DataFrame, columns: Sequence[str]) -> Mask:
        if self.operator in ORDERED:
            raise InputError(f"{self.operator} compares numbers; property {self.property!r} is a set. Use OVERLAP.")
        wanted = {f"{self.property} = {value}" for value in self._values()}
        contains = _any_of(frame, [c for c in columns if c in wanted])
        return _any_of(frame, columns) & ~contains if self.operator in ("NEQ", "NIN") else contains


@dataclass(frozen=True)
class Group:
    """Conditions or groups that must all (AND), or any of which must (OR), be met."""

    join: Literal["AND", "OR"]
    parts: tuple[Condition | Group, ...]

    def __post_init__(self) -> None:
        if self.join not in ("AND", "OR"):
            raise InputError(unknown("join", self.join, ("AND", "OR")))
        if not self.parts:
            raise InputError(f"{self.join} joins no conditions; expected at least one.")

    def leaves(self) -> Iterator[Condition]:
        """Every condition within."""
        for part in self.parts:
            yield from part.leaves()

    def met(self, frame: pd.DataFrame, sets: Sets) -> Mask:
        """Which rows of ``frame`` meet it, (n,)."""
        masks = np.stack([part.met(frame, sets) for part in self.parts])
        join = np.logical_and if self.join == "AND" else np.logical_or
        return np.asarray(join.reduce(masks), dtype=bool)


@dataclass(frozen=True)
class Rule:
    """One block: samples that meet ``when`` and have no annotation yet are annotated ``annotation``."""

    name: str
    annotation: str
    when: Condition | Group

    def __post_init__(self) -> None:
        if self.annotation not in STATES:
            raise InputError(f"rule {self.name!r}: {unknown('annotation', self.annotation, STATES)}")


@dataclass(frozen=True)
class Rules:
    """Rules in the order in which they are tried.

    >>> rules = Rules((Rule("hardly sure", "bad", Condition("confidence", "LT", 0.2)),))
    >>> rules.annotate(pd.DataFrame({"confidence": [0.1, 0.9]}))
    array([ 0, -1])
    """

    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"rule name {twice[0]!r} is used twice; the reason of an annotation names its rule.")

    def annotate(self, frame: pd.DataFrame, sets: Sets | None = None) -> NDArray[np.int64]:
        """Index of the first rule that each row meets, (n,); −1 where none does. Unknown properties: InputError."""
        first = np.full(len(frame), NO_RULE)
        for index, rule in enumerate(self.rules):
            try:
                met = rule.when.met(frame, sets or {})
            except InputError as error:
                raise InputError(f"rule {rule.name!r}: {error}") from error
            first[(first == NO_RULE) & met] = index
        return first

    def scores(self, met: NDArray[np.int64], good: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score of what each rule annotates: as its samples were judged, with its own word as a weak start.

        ``met``: the rule of each judged sample, as ``annotate`` gives it; ``good``: 1 or 0.

        >>> Rules((Rule("unsure", "bad", Condition("confidence", "LT", 0.2)),)).scores(np.array([0, 0]), np.ones(2))
        array([0.5])
        """
        word = np.array([1.0, 0.0, good.mean()])[self.states()]
        n = np.array([(met == i).sum() for i in range(len(word))])
        n_good = np.array([good[met == i].sum() for i in range(len(word))])
        result: NDArray[np.float64] = (n_good + STRENGTH * word) / (n + STRENGTH)
        return result

    def states(self) -> NDArray[np.int64]:
        """State code of each rule's annotation: 0 good, 1 bad, 2 unknown."""
        return np.array([STATES[rule.annotation] for rule in self.rules], dtype=np.int64)


_COMPARE: dict[str, Callable[[NDArray[np.float64], float], Mask]] = {
    "GT": np.greater,
    "GE": np.greater_equal,
    "LT": np.less,
    "LE": np.less_equal,
}


def _any_of(frame: pd.DataFrame, columns: Sequence[str]) -> Mask:
    return np.asarray(frame[list(columns)].to_numpy(bool).any(axis=1), dtype=bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _equal(column: pd.Series[Any], values: list[object]) -> Mask:
    """Equality as people mean it: numbers by value, everything else by its text."""
    if pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
        numbers = [float(v) for v in values if isinstance(v, int | float)]
        return np.isin(column.to_numpy(np.float64), numbers)
    return np.asarray(column.astype("str").isin([str(v) for v in values]), dtype=bool)
