"""When to annotate: thresholds with bounded error on held-out evaluation samples, whatever was tried to find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

Floats = NDArray[np.float64]
TRIED = np.linspace(0.0, 0.5, 26)[1:]
RISK = 0.05


@dataclass(frozen=True)
class Thresholds:
    """Bad at or below ``low``, good at or above ``high``; −1 and 2 where no threshold keeps the target."""

    low: float
    high: float

    @classmethod
    def fit(cls, score: Floats, good: Floats, target_error: float) -> Thresholds:
        """The widest annotations whose error is at most ``target_error`` with 95 % confidence on these samples.

        One-sided Clopper–Pearson; the risk is shared among all thresholds tried on both ends (Bonferroni). It holds
        for samples like these: the error in production is as good as the estimate is there.
        """
        confident = 1 - RISK / (2 * len(TRIED))
        low = [t for t in TRIED if _bound(good[score <= t] == 1, confident) <= target_error]
        high = [1 - t for t in TRIED if _bound(good[score >= 1 - t] == 0, confident) <= target_error]
        return cls(float(max(low, default=-1.0)), float(min(high, default=2.0)))

    def state(self, score: Floats) -> NDArray[np.uint8]:
        """0 good, 1 bad, 2 unknown."""
        return np.where(score >= self.high, 0, np.where(score <= self.low, 1, 2)).astype(np.uint8)


def _bound(wrong: NDArray[np.bool_], confident: float) -> float:
    """Upper end of the one-sided interval of Clopper and Pearson for an error rate; 1 without samples."""
    n, n_wrong = len(wrong), int(wrong.sum())
    return 1.0 if n_wrong == n else float(beta.ppf(confident, n_wrong + 1, n - n_wrong))
