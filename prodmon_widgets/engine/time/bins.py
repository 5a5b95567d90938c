"""Bins of time: half-open, of one step from a ladder in which each step divides the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
LADDER = tuple(MINUTE * n for n in (1, 5, 15, 30, 60, 180, 360, 720, 1440, 10080))
"""Time steps in milliseconds, 1 minute to 1 week; each divides the next, so that bins merge into coarser ones."""

UNITS = {"week": 7 * DAY, "day": DAY, "hour": 60 * MINUTE, "minute": MINUTE}
"""Unit of time → milliseconds, the longest first."""

MONDAY = 4 * DAY
"""The first Monday after the epoch: weeks start on Mondays."""

MOST_TIME_BINS = 720


@dataclass(frozen=True)
class TimeBins:
    """``count`` half-open bins of ``step`` from ``start``: epoch milliseconds UTC, or row numbers where time is none.

    >>> bins = TimeBins.cover(0, 3 * DAY, most=80)
    >>> bins.step // MINUTE, bins.count, bins.snap(90 * MINUTE, 120 * MINUTE)
    (60, 72, (1, 2))
    """

    start: int
    step: int
    count: int
    is_time: bool = True

    @classmethod
    def cover(cls, low: int, high: int, *, is_time: bool = True, most: int = MOST_TIME_BINS) -> TimeBins:
        """The finest bins of the ladder that cover [low, high) in at most ``most`` bins, two or more."""
        high = max(high, low + 1)
        for step in _steps(is_time):
            start = _floor(low, step, is_time)
            count = -(-(high - start) // step)
            if count <= most:
                return cls(start, step, count, is_time)
        raise AssertionError("the ladder has no last step")

    @classmethod
    def single(cls) -> TimeBins:
        """One bin for all rows: the evaluation set, whose time does not matter."""
        return cls(0, 1, 1, is_time=False)

    def __str__(self) -> str:
        """As people read it.

        >>> print(TimeBins(0, DAY, 3), TimeBins(0, 180 * MINUTE, 9), TimeBins(0, 8, 250, is_time=False), sep="; ")
        3 time bins of 1 day from 1970-01-01; 9 time bins of 3 hours from 1970-01-01; 250 bins of 8 rows
        """
        if not self.is_time:
            return f"{self.count:,} bins of {self.step:,} rows"
        unit, length = next((u, ms) for u, ms in UNITS.items() if self.step % ms == 0)
        step = f"{self.step // length} {unit}{'s' if self.step > length else ''}"
        start = str(pd.Timestamp(self.start, unit="ms")).removesuffix(" 00:00:00")
        return f"{self.count:,} time bins of {step} from {start}"

    @property
    def end(self) -> int:
        """Where the last bin ends."""
        return self.start + self.step * self.count

    def edges(self) -> Integers:
        """All ``count + 1`` borders."""
        return self.start + self.step * np.arange(self.count + 1, dtype=np.int64)

    def snap(self, low: int | None = None, high: int | None = None) -> tuple[int, int]:
        """The bins [first, last) that hold the window [low, high), outward to whole bins; None means no limit."""
        if low is not None and high is not None and high <= low:
            at = min(max((low - self.start) // self.step, 0), self.count)
            return at, at
        first = 0 if low is None else min(max((low - self.start) // self.step, 0), self.count)
        last = self.count if high is None else min(max(-(-(high - self.start) // self.step), 0), self.count)
        return first, max(first, last)

    def window(self, first: int, last: int) -> tuple[int, int]:
        """Where the bins [first, last) start and end."""
        return self.start + first * self.step, self.start + last * self.step

    def codes(self, at: ArrayLike) -> NDArray[np.int16]:
        """The bin of each time; −1 outside of the bins. NaT must be taken out before."""
        bins = (np.asarray(at, dtype=np.int64) - self.start) // self.step
        return np.where((bins >= 0) & (bins < self.count), bins, -1).astype(np.int16)

    def extended(self, low: int, high: int) -> TimeBins:
        """The same bins with as many more before and after as [low, high) needs."""
        before = max(0, -(-(self.start - low) // self.step))
        after = max(0, -(-(high - self.end) // self.step))
        return replace(self, start=self.start - before * self.step, count=self.count + before + after)

    def coarser(self, step: int) -> TimeBins:
        """Bins of a longer ``step`` (a multiple of this one's) over the same time."""
        start = _floor(self.start, step, self.is_time)
        return replace(self, start=start, step=step, count=-(-(self.end - start) // step))

    def first_in(self, coarse: TimeBins) -> Integers:
        """The first of these bins in each of the coarser ones."""
        return np.searchsorted((self.edges()[:-1] - coarse.start) // coarse.step, np.arange(coarse.count))

    def coarser_to(self, most: int) -> TimeBins:
        """The finest bins of the ladder, no finer than these, that are at most ``most``."""
        return next(
            bins
            for bins in (self.coarser(step) for step in _steps(self.is_time) if step % self.step == 0)
            if bins.count <= most
        )


def _steps(is_time: bool) -> Iterable[int]:
    """The ladder without an end: after a week, four weeks, sixteen …; rows in powers of two."""
    if is_time:
        yield from LADDER
        yield from (LADDER[-1] * 4**power for power in range(1, 16))
    else:
        yield from (1 << power for power in range(62))


def _floor(at: int, step: int, is_time: bool) -> int:
    origin = MONDAY if is_time and step >= LADDER[-1] else 0
    return (at - origin) // step * step + origin
