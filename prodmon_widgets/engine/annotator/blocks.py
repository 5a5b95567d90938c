"""A block of production: how the evaluation set is weighted to look like it, and how far its estimate can be off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from prodmon_widgets.engine.annotator.density import Density, density
from prodmon_widgets.engine.annotator.known import Known
from prodmon_widgets.engine.annotator.steps import Calibrator

Floats = NDArray[np.float64]

APART = 0.9
"""From this domain AUC on a block isn't estimable, unless stretches of the evaluation set are told apart as well."""
ESTIMABLE_DEVIATION = 0.1
"""A mean score whose own error has a larger standard deviation says too little to be called an estimate."""
TOLD_APART = 20.0
"""In a block that steps out, samples are unsupported whose like is so many times more frequent there."""
NEAR, FAR = 0.65, 0.98
"""Domain AUCs beyond which distances aren't told apart: below, hardly anything differs; above, hardly any overlaps."""


@dataclass(frozen=True)
class Block:
    """``plain`` and ``weighted`` calibrate the reference as it is, and weighted by the block's density.

    ``trust`` in [0, 1]: how much of what weighting changes is more than its own sampling error. ``stepped``: the block
    is told apart from the evaluation set better than its own stretches are from one another. ``level``: what is added
    to the correctness model's log odds of every sample of the block. ``judged``: only a judge's scores moved.
    """

    n: int
    density: Density
    plain: Calibrator
    weighted: Calibrator
    trust: float
    stepped: bool
    level: float = 0.0
    judged: bool = False

    @classmethod
    def learn(
        cls,
        known: Known,
        matrix: NDArray[np.float32],
        raw: Floats,
        kind: NDArray[np.int64],
        seed: int,
    ) -> Block:
        """Compare samples of a block, in random order, with the reference."""
        found = density(known.matrix, matrix, seed)
        weighted = Calibrator.fit(known.raw, known.kind, known.good, found.weight)
        shift = float((weighted(raw, kind) - known.plain(raw, kind)).mean())
        noise = _error_of_weighting(known, found) ** 2
        trust = shift**2 / (shift**2 + noise) if shift else 0.0
        return cls(len(matrix), found, known.plain, weighted, trust, steps_out(known, found))

    def shift(self, raw: Floats, kind: NDArray[np.int64]) -> Floats:
        """What weighting changes at each sample; the reference's own sampling error cancels."""
        return self.trust * (self.weighted(raw, kind) - self.plain(raw, kind))

    def told_apart(self, matrix: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which samples of a block that stepped out the evaluation set has next to nothing like, (n,)."""
        if not self.stepped:
            return np.zeros(len(matrix), dtype=bool)
        return self.density.ratio(matrix) > TOLD_APART


def no_blocks() -> pd.DataFrame:
    """The table of blocks before any was compared; see ``Annotator.adapt`` for its columns."""
    columns = ("block", "n", "auc", "effective_n", "estimable", "calibration", "spoken", "apart", "judged")
    return pd.DataFrame({name: [] for name in columns})


def deviation(known: Known, found: Density, means: Floats, at: float | None = None) -> float:
    """Standard deviation of a block's mean score; sampling within the block isn't in it.

    Calibration: sampling error of the weighted reference. Backtest: the error of stretches of the evaluation set, as
    much larger as the block is farther away than they are from one another. Disagreement: the standard error of the
    mean of the estimates (``means``). Change: the share of differences that estimates get wrong on the evaluation set.
    Ageing: what errors grow by until ``at``, the block's time.
    """
    error = known.good - known.score
    calibration = (found.weight**2 * error**2).sum() / found.weight.sum() ** 2 * (len(error) / known.n)
    farther = max(1.0, distance(found.auc) / distance(known.stretch_auc))
    disagreement = float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else 0.0
    change = known.missed * (float(means.mean()) - known.mean)
    ageing = known.ageing.variance(at)
    return float(np.sqrt(calibration + (farther * known.backtest) ** 2 + disagreement**2 + change**2 + ageing))


def distance(auc: float) -> float:
    """How far apart two normal distributions lie, in standard deviations, that are told apart with this AUC."""
    return float(np.sqrt(2) * norm.ppf(np.clip(auc, NEAR, FAR)))


def is_estimable(known: Known, found: Density, sd: float) -> bool:
    """Whether the evaluation set has something to say of the block."""
    return not steps_out(known, found) and sd <= ESTIMABLE_DEVIATION


def steps_out(known: Known, found: Density) -> bool:
    """Whether the block is told apart from the evaluation set better than its own stretches are from one another.

    Their backtest then says nothing of such a step.
    """
    return found.auc > APART and known.stretch_auc <= APART


def _error_of_weighting(known: Known, found: Density) -> float:
    """Standard error of the difference between the weighted and the plain mean of the reference's errors."""
    error = known.good - known.score
    share = found.weight / found.weight.sum() - 1 / len(error)
    return float(np.sqrt((share**2 * error**2).sum()))
