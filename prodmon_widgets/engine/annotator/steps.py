"""Isotonic calibration as two arrays: knots and the share of good at each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float64]
FEWEST_OF_A_CLASS = 100
LEAST = 0.005
MOST_SAMPLES = 50_000
"""Of more samples every k-th shapes a curve: its steps are fine enough."""


@dataclass(frozen=True)
class Steps:
    """A function that never falls, linear between ``x`` and constant beyond."""

    x: Floats
    y: Floats

    @classmethod
    def fit(cls, raw: Floats, good: Floats, weight: Floats | None = None) -> Steps:
        """Calibrate ``raw`` (any scale, higher is better) on ``good`` (1/0)."""
        part = slice(None, None, -(-len(raw) // MOST_SAMPLES))
        model = IsotonicRegression(y_min=LEAST, y_max=1 - LEAST)
        model.fit(raw[part], good[part], sample_weight=None if weight is None else weight[part])
        return cls(model.X_thresholds_.astype(np.float64), model.y_thresholds_.astype(np.float64))

    def __call__(self, raw: Floats) -> Floats:
        """Share of good, (n,) in (0, 1)."""
        return np.interp(raw, self.x, self.y)


@dataclass(frozen=True)
class Calibrator:
    """Confidence to probability of good: one isotonic curve a predicted class, one pooled over all."""

    pooled: Steps
    by_class: dict[int, Steps]

    @classmethod
    def fit(cls, raw: Floats, kind: NDArray[np.int64], good: Floats, weight: Floats | None = None) -> Calibrator:
        """Curves of classes with at least FEWEST_OF_A_CLASS samples; the others use the pooled one."""
        weight = np.ones(len(raw)) if weight is None else weight
        by_class = {}
        for each in np.unique(kind):
            mine = kind == each
            if mine.sum() >= FEWEST_OF_A_CLASS and weight[mine].sum() > 0:
                by_class[int(each)] = Steps.fit(raw[mine], good[mine], weight[mine])
        return cls(Steps.fit(raw, good, weight), by_class)

    def __call__(self, raw: Floats, kind: NDArray[np.int64]) -> Floats:
        """Probability of good, (n,)."""
        score = self.pooled(raw)
        for each, steps in self.by_class.items():
            mine = kind == each
            score[mine] = steps(raw[mine])
        return score
