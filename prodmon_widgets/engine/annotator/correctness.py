"""The correctness model: probability of good from all properties, learned and judged on different stretches of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from prodmon_widgets.engine.annotator.boosting import Boosting
from prodmon_widgets.engine.annotator.foreign import Foreign
from prodmon_widgets.engine.annotator.steps import Steps

Floats = NDArray[np.float64]
MOST_ROWS = 25_000
"""Of one stretch, at most so many rows teach: more cost time and hardly change a mean."""


@dataclass
class Correctness:
    """``model`` learned on all evaluation samples, ``steps`` calibrated on its out-of-fold scores."""

    model: Boosting | Foreign
    steps: Steps

    def __call__(self, matrix: NDArray[np.float32]) -> Floats:
        """Probability of good, (n,)."""
        return self.steps(_chance(self.model, matrix))


def learn(
    model: Any, matrix: NDArray[np.float32], good: Floats, fold: NDArray[np.int64], seed: int
) -> tuple[Correctness, Floats]:
    """Cross-fit over ``fold``, calibrate on what was held out, then learn on everything.

    Returns also the out-of-fold probabilities, each calibrated on the other folds.
    """
    raw = np.empty(len(good))
    for held in np.unique(fold):
        mine = fold == held
        raw[mine] = _chance(_fitted(model, matrix[~mine], good[~mine], seed), matrix[mine])
    held_out = np.empty(len(good))
    for held in np.unique(fold):
        mine = fold == held
        held_out[mine] = Steps.fit(raw[~mine], good[~mine])(raw[mine])
    return Correctness(_fitted(model, matrix, good, seed), Steps.fit(raw, good)), held_out


def _fitted(model: Any, matrix: NDArray[np.float32], good: Floats, seed: int) -> Any:
    rows = np.arange(len(good))
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST_ROWS, replace=False))
    return clone(model).fit(matrix[rows], good[rows].astype(np.int64))


def _chance(model: Any, matrix: NDArray[np.float32]) -> Floats:
    """P(good): the last column, since the classes are 0 and 1."""
    result: Floats = np.asarray(model.predict_proba(matrix), dtype=np.float64)[:, -1]
    return result
