"""Reader: a DataFrame of properties as one matrix of numbers, without the columns that can only mislead.

Categories become the codes of those that the evaluation set has; an unseen or missing one is NaN. Columns that name
samples (ids), tell the time, or never vary are left out and named with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

Matrix = NDArray[np.float32]
MOST_CATEGORIES = 250
"""Rarer ones are read as missing."""
TIME_LIKE = 0.98


class Reader:
    """What of X the annotator reads; ``columns_``, ``left_out_`` (column → reason), ``levels_`` (column → values)."""

    columns_: list[str]
    left_out_: dict[str, str]
    levels_: dict[str, list[str]]

    def fit(self, X: pd.DataFrame, text: Sequence[str], time: NDArray[np.float64] | None) -> Reader:
        """Decide on the columns of the evaluation set."""
        self.left_out_ = {}
        self.levels_ = {}
        self.columns_ = []
        order = np.arange(len(X), dtype=np.float64) if time is None else time
        for name in X.columns:
            if name in text:
                continue
            reason = self._against(X[name], order)
            if reason:
                # a member of a set that nobody has is no column of the user's
                self.left_out_ |= {} if X[name].dtype == bool else {name: reason}
            else:
                self.columns_.append(name)
        return self

    @property
    def categorical(self) -> NDArray[np.bool_]:
        """Which columns of the matrix hold codes."""
        return np.array([name in self.levels_ for name in self.columns_], dtype=bool)

    def matrix(self, X: pd.DataFrame) -> Matrix:
        """(n, columns) float32, NaN where missing or unseen."""
        result = np.empty((len(X), len(self.columns_)), dtype=np.float32)
        for index, name in enumerate(self.columns_):
            column = X[name]
            result[:, index] = (
                codes_of(column, self.levels_[name]) if name in self.levels_ else column.to_numpy(np.float32)
            )
        return result

    def _against(self, column: pd.Series[str], order: NDArray[np.float64]) -> str | None:
        """Why a column is left out, None where it is read; notes the levels of a categorical one."""
        n_values = column.nunique()
        if n_values < 2:
            return "never varies on the evaluation set"
        if column.dtype == bool:
            return None
        if isinstance(column.dtype, pd.CategoricalDtype) or not pd.api.types.is_numeric_dtype(column):
            if n_values > max(50, len(column) // 2):
                return "names samples: nearly every value occurs once"
            counts = column.astype("str").where(column.notna()).value_counts()
            self.levels_[str(column.name)] = [str(v) for v in counts.index[:MOST_CATEGORIES]]
            return None
        return self._time_like(column, order)

    @staticmethod
    def _time_like(column: pd.Series[str], order: NDArray[np.float64]) -> str | None:
        known = column.notna().to_numpy() & ~np.isnan(order)
        if known.sum() < 20 or column.nunique() < 0.1 * known.sum():
            return None
        if abs(spearmanr(column[known], order[known]).statistic) < TIME_LIKE:
            return None
        return "tells the time: it rises or falls with it"


def codes_of(column: pd.Series[Any], levels: list[str]) -> NDArray[np.float32]:
    """Position of each value in ``levels``, NaN where it is missing or not there."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return codes_of(column.astype("str").where(column.notna()).astype("category"), levels)
    position = {value: float(i) for i, value in enumerate(levels)}
    of_category = [position.get(str(c), np.nan) for c in column.cat.categories]
    result: NDArray[np.float32] = np.array([*of_category, np.nan], dtype=np.float32)[column.cat.codes.to_numpy()]
    return result
