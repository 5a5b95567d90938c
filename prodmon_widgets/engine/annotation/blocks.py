"""A block of production: how the evaluation set is weighted to look like it, and how far its estimate can be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.annotation.density import Density, density
from prodmon_widgets.engine.annotation.known import Known
from prodmon_widgets.engine.annotation.steps import Calibrator

Floats = NDArray[np.float64]

ESTIMABLE_DEVIATION = 0.08
"""A mean score whose own error has a larger standard deviation says too little to be called an estimate."""
OF_SPREAD, OF_CHANGE = 1.0, 0.3
"""Shares of the estimates' spread and of the estimated change that count as a standard deviation of the error."""


@dataclass(frozen=True)
class Block:
    """``plain`` and ``weighted`` calibrate the reference as it is, and weighted by the block's density."""

    n: int
    density: Density
    plain: Calibrator
    weighted: Calibrator

    @classmethod
    def learn(cls, known: Known, matrix: NDArray[np.float32], categorical: NDArray[np.bool_], seed: int) -> Block:
        """Compare samples of a block with the reference."""
        found = density(known.matrix, matrix, categorical, seed)
        plain = Calibrator.fit(known.raw, known.kind, known.good)
        weighted = Calibrator.fit(known.raw, known.kind, known.good, found.weight)
        return cls(len(matrix), found, plain, weighted)

    def shift(self, raw: Floats, kind: NDArray[np.int64]) -> Floats:
        """What weighting changes at each sample; the reference's own sampling error cancels."""
        return self.weighted(raw, kind) - self.plain(raw, kind)


def deviation(known: Known, found: Density, means: Floats) -> float:
    """Standard deviation of a block's mean score: calibration, backtest, spread of the estimates, change.

    ``means``: the block's mean of each estimate that is kept apart. Sampling within the block isn't in it.
    """
    error = known.good - known.score
    of_all = len(error) / known.n
    calibration = (found.weight**2 * error**2).sum() / found.weight.sum() ** 2 * of_all
    spread = float(means.max() - means.min()) if len(means) > 1 else 0.0
    change = float(means.mean()) - known.mean
    separable = 2 * max(0.0, found.auc - 0.5)
    shift = (OF_SPREAD * spread) ** 2 + (OF_CHANGE * separable * change) ** 2
    return float(np.sqrt(calibration + known.backtest**2 + shift))


def is_estimable(sd: float) -> bool:
    """Whether the evaluation set has something to say of the block."""
    return sd <= ESTIMABLE_DEVIATION
