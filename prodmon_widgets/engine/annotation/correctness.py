"""The correctness model: probability of good from all properties, learned and judged on different stretches of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier

from prodmon_widgets.engine.annotation.steps import Steps

MOST_ROWS = 25_000
"""Of one stretch, at most so many rows teach: more cost time and hardly change a mean."""


@dataclass
class Correctness:
    """``model`` learned on all evaluation samples, ``steps`` calibrated on ``held_out``, its out-of-fold scores."""

    model: Any
    steps: Steps
    held_out: NDArray[np.float64]

    def __call__(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of good, (n,)."""
        return self.steps(_chance(self.model, matrix))


def learn(
    model: Any, matrix: NDArray[np.float32], good: NDArray[np.float64], fold: NDArray[np.int64], seed: int
) -> Correctness:
    """Cross-fit over ``fold``, calibrate on what was held out, then learn on everything."""
    raw = np.empty(len(good))
    for held in np.unique(fold):
        mine = fold == held
        raw[mine] = _chance(_fitted(model, matrix[~mine], good[~mine], seed), matrix[mine])
    steps = Steps.fit(raw, good)
    return Correctness(_fitted(model, matrix, good, seed), steps, steps(raw))


def boosting(categorical: NDArray[np.bool_], seed: int) -> HistGradientBoostingClassifier:
    """The model used where the user gives none."""
    return HistGradientBoostingClassifier(
        max_iter=80,
        max_leaf_nodes=15,
        learning_rate=0.06,
        early_stopping=False,
        categorical_features=categorical if categorical.any() else None,
        random_state=seed,
    )


def _fitted(model: Any, matrix: NDArray[np.float32], good: NDArray[np.float64], seed: int) -> Any:
    rows = np.arange(len(good))
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    return clone(model).fit(matrix[rows], good[rows].astype(np.int64))


def _chance(model: Any, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    """P(good): the last column, since the classes are 0 and 1."""
    result: NDArray[np.float64] = np.asarray(model.predict_proba(matrix), dtype=np.float64)[:, -1]
    return result
