"""Signals: what says itself how good a sample is – the model's confidence, a judge's score – read as one number.

Each is calibrated on its own, whatever the class, and a logistic regression weighs them. Where the evaluation set knows
a class, the result is calibrated again for it; where it doesn't, this is all that may speak.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from prodmon_widgets.engine.annotator.steps import Steps
from prodmon_widgets.errors import InputError

Floats = NDArray[np.float64]


def named_signals(X: pd.DataFrame, confidence: str | None, judges: Sequence[str]) -> tuple[str, ...]:
    """The columns that say themselves how good a sample is: the confidence first.

    Raises InputError for a judge that is no numeric column.
    """
    wrong = [name for name in judges if name not in X or not pd.api.types.is_numeric_dtype(X[name])]
    if wrong:
        numeric = [c for c in X if pd.api.types.is_numeric_dtype(X[c]) and X[c].dtype != bool]
        raise InputError(f"judges {wrong} are no numeric properties; there are {numeric}.")
    return tuple(dict.fromkeys([*([confidence] if confidence else []), *judges]))


class Signals:
    """``names_`` of the columns read, one calibration curve each (``up_``: whether more is better), and weights."""

    names_: list[str]
    up_: list[bool]
    steps_: list[Steps]
    mean_: float
    weights_: Floats
    constant_: float

    def fit(self, X: pd.DataFrame, names: Sequence[str], good: Floats) -> Signals:
        """Learn from labelled samples; a column that is missing throughout says nothing and is left out."""
        self.names_ = []
        self.up_ = []
        self.steps_ = []
        self.mean_ = float(good.mean())
        for name in names:
            values = X[name].to_numpy(np.float64)
            known = np.isfinite(values)
            if len(np.unique(values[known])) > 1:
                up = bool(np.corrcoef(values[known], good[known])[0, 1] >= 0)
                self.names_.append(name)
                self.up_.append(up)
                self.steps_.append(Steps.fit(values[known] if up else -values[known], good[known]))
        self.weights_, self.constant_ = np.ones(1), 0.0
        if len(self.names_) > 1:
            model = LogisticRegression().fit(self._logits(X), good.astype(np.int64))
            self.weights_, self.constant_ = np.maximum(model.coef_[0], 0.0), float(model.intercept_[0])
        return self

    def __call__(self, X: pd.DataFrame) -> Floats:
        """A number that rises with the chance of good, (n,); NaN where every signal is missing.

        A single signal is its own raw number, so that what is known of it isn't rounded.
        """
        if not self.names_:
            return np.full(len(X), np.nan)
        if len(self.names_) == 1:
            values = X[self.names_[0]].to_numpy(np.float64)
            return values if self.up_[0] else -values
        result: Floats = 1 / (1 + np.exp(-(self._logits(X) @ self.weights_ + self.constant_)))
        result[X[self.names_].isna().all(axis=1).to_numpy()] = np.nan
        return result

    def _logits(self, X: pd.DataFrame) -> Floats:
        """(n, signals); a missing one says what the mean says."""
        columns = []
        for name, up, steps in zip(self.names_, self.up_, self.steps_, strict=True):
            values = X[name].to_numpy(np.float64)
            chance = np.where(np.isnan(values), self.mean_, steps(np.nan_to_num(values if up else -values)))
            columns.append(np.log(chance / (1 - chance)))
        return np.column_stack(columns)
