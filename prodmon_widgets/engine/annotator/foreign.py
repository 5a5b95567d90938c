"""Foreign: a classifier of the user's own as the correctness model, given what most classifiers can read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from prodmon_widgets.errors import InputError

Matrix = NDArray[np.float32]


class Foreign(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Any object with ``fit`` and ``predict_proba``: it gets a DataFrame of numbers with named columns.

    A category is the rank of its frequency. What is missing is the median of its column, since most classifiers refuse
    NaN. Its answer may have one column a class (as ``classes_`` says, else bad then good) or be P(good) alone.
    """

    columns: list[str]
    medians_: Matrix

    def __init__(self, model: Any, columns: list[str]) -> None:
        self.model = model
        self.columns = columns

    def fit(self, matrix: Matrix, good: NDArray[np.int64]) -> Foreign:
        """Learn P(good) from (n, columns) numbers and 1 or 0."""
        known = np.isfinite(matrix).any(axis=0)
        self.medians_ = np.zeros(matrix.shape[1], dtype=np.float32)
        self.medians_[known] = np.nanmedian(matrix[:, known], axis=0)
        copied = clone(self.model, safe=False)
        # fit of a foreign object need not return it
        copied.fit(self._frame(matrix), good)
        self.model_ = copied
        return self

    @property
    def n_columns(self) -> int:
        """Columns of the matrix that it reads."""
        return len(self.columns)

    @property
    def classes_(self) -> NDArray[np.int64]:
        """Bad and good."""
        return np.array([0, 1])

    def predict_proba(self, matrix: Matrix) -> NDArray[np.float64]:
        """P(bad), P(good), (n, 2). Raises InputError where the object's answer is neither."""
        given = np.asarray(self.model_.predict_proba(self._frame(matrix)), dtype=np.float64)
        chance = given[:, self._good_column(given.shape[1])] if given.ndim == 2 and given.shape[1] else given
        if chance.shape != (len(matrix),) or not ((chance >= 0) & (chance <= 1)).all():
            raise InputError(
                f"predict_proba of {type(self.model).__name__} returned shape {given.shape} for {len(matrix)} samples; "
                "expected one column a class (bad, good), or the probability of good, all between 0 and 1."
            )
        return np.column_stack([1 - chance, chance])

    def _good_column(self, n_columns: int) -> int:
        classes = list(getattr(self.model_, "classes_", range(n_columns)))
        return classes.index(1) if 1 in classes and len(classes) == n_columns else -1

    def _frame(self, matrix: Matrix) -> pd.DataFrame:
        filled = np.where(np.isfinite(matrix), matrix, self.medians_)
        return pd.DataFrame(filled, columns=list(self.columns))
