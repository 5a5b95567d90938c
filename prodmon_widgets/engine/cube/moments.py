"""Sums of numbers: finite count, Σx and Σx², per time bin and per value bin.

They are added up in float64 over rows once and over time bins for each window. A prefix sum would not do: one value of
1e18 would spoil every later difference.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.valuebins import ValueBins

Floats = NDArray[np.float64]


class TimeRuns:
    """Sums per time bin of many columns of the same rows; runs of equal bins are summed as runs."""

    def __init__(self, time: NDArray[np.int16], n_bins: int) -> None:
        self._n_bins = n_bins
        self._timed = None if (time >= 0).all() else np.flatnonzero(time >= 0)
        self._time = (time if self._timed is None else time[self._timed]).astype(np.intp)
        in_order = bool((self._time[1:] >= self._time[:-1]).all())
        self._starts = np.flatnonzero(np.diff(self._time, prepend=-1)) if in_order else None

    def sums(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n_bins, 3): finite count, Σx, Σx² of the values in each time bin."""
        if self._timed is not None:
            x = x[self._timed]
        finite = np.isfinite(x)
        if not finite.all():
            x = np.where(finite, x, 0.0)
        return np.stack([self._sum(finite), self._sum(x), self._sum(x * x)], axis=1)

    def _sum(self, x: NDArray[Any]) -> NDArray[np.float64]:
        if self._starts is None:
            return np.bincount(self._time, x, self._n_bins).astype(np.float64)
        summed = np.zeros(self._n_bins)
        if len(x):
            summed[self._time[self._starts]] = np.add.reduceat(x, self._starts, dtype=np.float64)
        return summed


def sums_by_code(codes: NDArray[Any], x: Floats, size: int) -> Floats:
    """(size, 3): finite count, Σx, Σx² of the values of each code."""
    finite = np.isfinite(x)
    if not finite.all():
        codes, x = codes[finite], x[finite]
    return np.stack([np.bincount(codes, weights, size) for weights in (None, x, x * x)], axis=1).astype(np.float64)


def centered(x: Floats, bins: object) -> Floats:
    """The values less the center of their property."""
    center = bins.center if isinstance(bins, ValueBins) else 0.0
    return x - center if center else x


def typical(by_code: Floats) -> Floats:
    """What one sample of each code adds: finite count 1, mean, mean square; nothing where none was seen."""
    n = by_code[:, :1]
    return np.divide(by_code, n, out=np.zeros_like(by_code), where=n > 0)
