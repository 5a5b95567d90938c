"""Ageing: how much farther an estimate may be off, the farther in time from the evaluation set it is made.

What the model meets changes with time in ways that no property shows. How fast is read off the evaluation set: the
longer two of its stretches lie apart, the more the errors of their estimates differ. The growth goes on at that rate
beyond its end, and stops where nothing that old tells anything any more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_STRETCHES, FEWEST_IN_STRETCH = 10, 50
OLDEST = 20.0
"""Stretches from the evaluation set's middle, twice its own length, from where on errors grow no more."""
WITHIN = 0.98
"""The evaluation set's length is that of this central share of its times: a stray date doesn't lengthen it."""


@dataclass(frozen=True)
class Ageing:
    """``rate``: growth of the squared error of a mean score a stretch of the evaluation set, in score units squared.

    ``middle`` of its time and the ``length`` of a stretch are in the units of the times it was learned from, or in
    rows; a length of 0 tells no time.
    """

    rate: float
    middle: float
    length: float

    @classmethod
    def of(cls, good: Floats, score: Floats, time: Floats | None) -> Ageing:
        """Learn from out-of-fold scores, (n,), and the times of the samples; None: rows are in order of time."""
        when = np.arange(len(good), dtype=np.float64) if time is None else time
        low, middle, high = np.nanquantile(when, [(1 - WITHIN) / 2, 0.5, (1 + WITHIN) / 2])
        length = float(high - low) / WITHIN / N_STRETCHES
        rate = growth((good - score)[np.argsort(when, kind="stable")]) if length > 0 else 0.0
        return cls(rate, float(middle), length)

    def variance(self, at: float | None) -> float:
        """Added to the squared error of an estimate made ``at`` a time; None: right after the evaluation set."""
        if self.length <= 0:
            return 0.0
        far = N_STRETCHES / 2 if at is None or np.isnan(at) else abs(at - self.middle) / self.length
        return self.rate * min(far, OLDEST)


def n_stretches(n: int) -> int:
    """How many stretches so many samples make."""
    return min(N_STRETCHES, max(2, n // FEWEST_IN_STRETCH))


def growth(error: Floats) -> float:
    """Slope, a stretch of distance, of half the mean squared difference between the mean errors of two stretches.

    Sampling is taken off; the slope goes through nothing at no distance and is raised by its own standard error, since
    too narrow a band costs more than too wide a one. It counts as far as it is more than sampling makes of no growth.

    >>> rng = np.random.default_rng(0)
    >>> noise, drift = rng.normal(0, 0.4, 5000), np.linspace(-0.1, 0.1, 5000)
    >>> growth(noise) < 1e-4 < growth(noise + drift)
    True
    """
    count = n_stretches(len(error))
    length = len(error) // count
    sums = np.concatenate([[0.0], np.cumsum(error)])
    means = (sums[length:] - sums[:-length]) / length
    sampling = float(error.var()) / length
    lags = np.arange(1, max(2, count // 2 + 1))
    apart = np.array([np.mean((means[lag * length :] - means[: -lag * length]) ** 2) / 2 - sampling for lag in lags])
    pairs = count - lags
    weight = pairs * lags / (pairs * lags**2).sum()
    slope = float((weight * apart).sum())
    by_chance, off = (_error(weight, each, pairs) for each in (np.full(len(lags), sampling), sampling + apart.clip(0)))
    return slope**2 / (slope**2 + by_chance**2) * (slope + off) if slope > 0 else 0.0


def _error(weight: Floats, variance: Floats, pairs: NDArray[np.int64]) -> float:
    """Standard error of a weighted sum of mean squares, each over so many independent pairs."""
    return float(np.sqrt((weight**2 * 2 * variance**2 / pairs).sum()))
