"""When to annotate: thresholds with bounded error on held-out evaluation samples, whatever was tried to find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

Floats = NDArray[np.float64]
TRIED = 12
RISK = 0.05
NOBODY = -1.0


@dataclass(frozen=True)
class Thresholds:
    """Bad at or below ``low``, good at or above ``high``; −1 and 2 where no threshold keeps the target."""

    low: float
    high: float

    @classmethod
    def fit(cls, score: Floats, good: Floats, target_error: float) -> Thresholds:
        """The widest annotations whose error is at most ``target_error`` with 95 % confidence on these samples.

        Candidates come from the scores: for each expected error up to the target, the widest ends that have it, but
        none whose own observed error is above the target. The error of both ends together is then bounded by the
        labels, one-sided after Clopper and Pearson; the risk is shared among the candidates (Bonferroni). It holds
        for samples like these: the error in production is as good as the estimate is there.
        """
        low = high = NOBODY
        best = low, high
        for expected in np.linspace(0.0, target_error, TRIED + 1)[1:]:
            low = max(low, _end(score, good == 1, expected, target_error))
            high = max(high, _end(1 - score, good == 0, expected, target_error))
            tried = cls(low, 1 - high)
            state = tried.state(score)
            wrong = ((state == 0) != (good == 1))[state != 2]
            if error_bound(wrong, 1 - RISK / TRIED) <= target_error:
                best = low, high
        return cls(best[0], 1 - best[1])

    def state(self, score: Floats) -> NDArray[np.uint8]:
        """0 good, 1 bad, 2 unknown."""
        return np.where(score >= self.high, 0, np.where(score <= self.low, 1, 2)).astype(np.uint8)


def _end(score: Floats, wrong: NDArray[np.bool_], expected: float, target_error: float) -> float:
    """The highest score below one half with a mean of ``expected`` up to it; −1 if it is ``wrong`` too often."""
    ordered = np.sort(score[score < 0.5])
    means = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    fits = np.flatnonzero(means <= expected)
    end = float(ordered[fits[-1]]) if len(fits) else NOBODY
    return end if len(fits) and wrong[score <= end].mean() <= target_error else NOBODY


def error_bound(wrong: NDArray[np.bool_], confident: float) -> float:
    """Upper end of the one-sided interval of Clopper and Pearson for an error rate; 1 without samples.

    >>> round(error_bound(np.zeros(10, dtype=bool), 0.95), 4)
    0.2589
    """
    n, n_wrong = len(wrong), int(wrong.sum())
    return 1.0 if n_wrong == n else float(beta.ppf(confident, n_wrong + 1, n - n_wrong))
