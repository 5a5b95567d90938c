"""Support: whether a sample lies where the evaluation set has something to say, and if not, why.

Unseen classes and categories, and numbers beyond what was seen (with a margin, since the largest of a sample is not the
largest there is). It can't see a new combination of values that are each known; the domain classifier does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
MARGIN = 0.1
"""A number is outside when it lies beyond the range seen by more than this share of the middle 98 %."""


class Support:
    """Values and ranges of the evaluation set; ``seen_``, ``ranges_``, ``absent_`` (boolean columns never true)."""

    seen_: dict[str, list[str]]
    ranges_: dict[str, list[float]]
    absent_: list[str]

    def fit(self, X: pd.DataFrame, columns: Sequence[str], sets: Mapping[str, Sequence[str]]) -> Support:
        """Learn from the evaluation set; ``columns`` are those that are read, a category of any column counts."""
        members = {column for names in sets.values() for column in names}
        self.seen_ = {}
        self.ranges_ = {}
        self.absent_ = []
        for name in X.columns:
            column = X[name]
            if column.dtype == bool:
                if name in members and not column.any():
                    self.absent_.append(name)
            elif isinstance(column.dtype, pd.CategoricalDtype):
                if name in columns or len(column.dropna().unique()) == 1:
                    self.seen_[name] = [str(v) for v in column.dropna().unique()]
            elif name in columns:
                self._range(name, column.to_numpy(np.float64))
        return self

    def _range(self, name: str, values: NDArray[np.float64]) -> None:
        values = values[np.isfinite(values)]
        if len(values):
            low, high = np.quantile(values, [0.01, 0.99])
            margin = MARGIN * (high - low)
            self.ranges_[name] = [float(values.min() - margin), float(values.max() + margin)]

    def outside(self, X: pd.DataFrame) -> list[tuple[str, Mask]]:
        """(reason, which rows) of everything that is unsupported, the plainest reason first."""
        return [*self._unseen_members(X), *self._unseen_values(X), *self._beyond(X)]

    def unseen_or_beyond(self, X: pd.DataFrame) -> tuple[Mask, Mask]:
        """Which rows have a value that the evaluation set has never seen, and which a number beyond its range."""
        unseen, beyond = np.zeros(len(X), dtype=bool), np.zeros(len(X), dtype=bool)
        for _, rows in [*self._unseen_members(X), *self._unseen_values(X)]:
            unseen |= rows
        for _, rows in self._beyond(X):
            beyond |= rows
        return unseen, beyond

    def within(self, X: pd.DataFrame, names: Sequence[str]) -> Mask:
        """Which rows have a number in one of these columns at least, and none that is beyond its range."""
        inside, present = np.ones(len(X), dtype=bool), np.zeros(len(X), dtype=bool)
        for name in names:
            low, high = self.ranges_.get(name, (-np.inf, np.inf))
            values = X[name].to_numpy(np.float64)
            present |= ~np.isnan(values)
            inside &= np.isnan(values) | ((values >= low) & (values <= high))
        return inside & present

    def _unseen_members(self, X: pd.DataFrame) -> list[tuple[str, Mask]]:
        found = []
        for column in self.absent_:
            if column in X and (there := X[column].to_numpy(bool)).any():
                name, _, value = column.partition(" = ")
                found.append((f"unseen {name} '{value}'", there))
        return found

    def _unseen_values(self, X: pd.DataFrame) -> list[tuple[str, Mask]]:
        found: list[tuple[str, Mask]] = []
        for name, seen in self.seen_.items():
            column: pd.Series[Any] = X[name].astype("category")
            known = set(seen)
            codes = column.cat.codes.to_numpy()
            there = set(np.unique(codes).tolist())
            for code, value in enumerate(column.cat.categories):
                if code in there and str(value) not in known:
                    found.append((_unseen(name, str(value)), codes == code))
        return found

    def _beyond(self, X: pd.DataFrame) -> list[tuple[str, Mask]]:
        found = []
        for name, (low, high) in self.ranges_.items():
            values = X[name].to_numpy(np.float64)
            outside = (values < low) | (values > high)
            if outside.any():
                found.append((f"outside the evaluation range of {name}", outside))
        return found


def _unseen(name: str, value: str) -> str:
    return f"unseen rare value of {name}" if value.startswith("\0") else f"unseen {name} '{value}'"
