"""What is kept of the evaluation set: a bounded number of samples that every block of production is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_REFERENCE = 4000
N_STRETCHES = 10


@dataclass(frozen=True)
class Known:
    """Reference samples (matrix, raw confidence, class, good, out-of-fold score), and facts of all ``n`` samples.

    ``mean``: share of good. ``backtest``: standard deviation of the error that stretches of the evaluation set show
    when their quality is estimated from the others, beyond what sampling explains.
    """

    matrix: NDArray[np.float32]
    raw: Floats
    kind: NDArray[np.int64]
    good: Floats
    score: Floats
    n: int
    mean: float
    backtest: float


def reference_rows(n: int, seed: int) -> NDArray[np.int64]:
    """A seeded choice of at most MOST_REFERENCE of n rows, in order."""
    if n <= MOST_REFERENCE:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MOST_REFERENCE, replace=False))


def backtest(good: Floats, score: Floats, order: NDArray[np.int64]) -> float:
    """Standard deviation of the mean error over consecutive stretches, with the sampling variance taken off."""
    error = (good - score)[order]
    stretches = np.array_split(error, min(N_STRETCHES, max(2, len(error) // 50)))
    excess = [s.mean() ** 2 - s.var() / max(len(s), 1) for s in stretches if len(s)]
    return float(np.sqrt(max(0.0, float(np.mean(excess)))))
