"""When a decline began: a change point with an interval, and whether it came at once or little by little.

Changes of every start and many lengths are fitted to a series of means by weighted least squares: a step, or a ramp
that reaches a new level later, or not before the end. The best one's start is the onset; its interval holds the starts
with which some change fits about as well (profile likelihood, widened where days scatter more than their samples
explain). Where the days of a week differ for sure, each has a level of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from prodmon_widgets.engine.time.bins import DAY

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Shape = Literal["abrupt", "gradual", "none"]

FEWEST_BINS = 5
CERTAIN = 12.0
"""Twice the log-likelihood that a change must gain over none, over all places tried: about 3.5 standard errors."""

WITHIN = 3.84
"""Twice the log-likelihood that a place may lack beside the best one and still be in the 95 % interval."""

LENGTHENED = 6.0
"""Twice the log-likelihood that a ramp with an end must gain over a step and over a ramp without."""

LEAST_SPREAD = 0.02

MOST_STARTS = 180
"""Ramps begin at so many bins at most, evenly spread over a longer series; steps begin at any."""

FEWEST_WEEKS = 3
"""Weeks from which the days of a week are told apart, where they differ by chance in one of a hundred series."""


@dataclass(frozen=True)
class Onset:
    """Where a series of means changes: bins ``at`` in [``low``, ``high``], levels ``before`` and ``after``.

    ``at`` is the first bin of a step, and the last before a ramp. ``after`` is the level at the end. Shape "none": no
    change is beyond chance, and the places are −1.
    """

    shape: Shape
    at: int
    low: int
    high: int
    before: float
    after: float


def onset(n: Floats, s: Floats, period: int = 1) -> Onset:
    """The onset in a series of T bins with ``n`` samples and sums ``s`` of a score, or of membership, in [0, 1].

    Bins without samples are no evidence. ``period``: bins after which levels may repeat, 7 for days. It cannot see a
    second change, nor one before the first bin.

    >>> n = np.full(30, 200.0)
    >>> found = onset(n, n * np.where(np.arange(30) < 20, 0.9, 0.7))
    >>> found.shape, found.at, round(found.before, 2), round(found.after, 2)
    ('abrupt', 20, 0.9, 0.7)
    """
    used = np.flatnonzero(n > 0)
    if len(used) < FEWEST_BINS:
        return _none(n, s)
    y = s[used] / n[used]
    overall = s.sum() / n.sum()
    weight = n[used] / max(overall * (1 - overall), LEAST_SPREAD)
    changes = _changes(used)
    series = _Series(weight, y, _seasons(weight, y, used, period, changes))
    flat = series.residual
    left = flat - series.gains(changes.moved)
    scatter = max(1.0, left.min() / max(series.freedom - 2, 1))
    if (flat - left.min()) / scatter < CERTAIN + 2 * np.log(len(used)):
        return _none(n, s)
    left = left / scatter
    best = min(left[changes.is_step].min(), left[changes.is_endless].min())
    plain = changes.is_step | changes.is_endless
    chosen = int(np.where(plain, left, np.inf).argmin()) if left.min() > best - LENGTHENED else int(left.argmin())
    near = left <= left[chosen] + WITHIN
    level, change = series.fit(changes.moved[chosen])
    ends = [float(np.clip(x, 0.0, 1.0)) for x in (level, level + change * changes.moved[chosen, -1])]
    at = int(changes.start[chosen])
    shape: Shape = "abrupt" if changes.is_step[chosen] else "gradual"
    low, high = int(changes.earliest[near].min()), int(changes.latest[near].max())
    return Onset(shape, at, min(low, at), max(high, at), *ends)


def decline(timeline: pd.DataFrame) -> Onset | None:
    """The onset of a decline in a timeline (columns ``start, end, n, score``); None where no decline is beyond chance.

    >>> score = np.repeat([0.9, 0.7], 20)
    >>> decline(pd.DataFrame({"start": range(40), "end": range(1, 41), "n": 200, "score": score})).at
    20
    """
    is_time = len(timeline) and pd.api.types.is_datetime64_any_dtype(timeline["start"])
    step = (timeline["end"] - timeline["start"]).iloc[0] / pd.Timedelta("1ms") if is_time else 0.0
    n, score = (timeline[name].fillna(0.0).to_numpy(np.float64) for name in ("n", "score"))
    found = onset(n, n * score, cycle(step))
    return None if found.shape == "none" or found.after >= found.before else found


def cycle(step: float) -> int:
    """Bins of ``step`` milliseconds after which levels may repeat: a week of days, a day of shorter bins, else 1."""
    if step == DAY:
        return 7
    return int(DAY // step) if 0 < step < DAY and DAY % step == 0 else 1


@dataclass(frozen=True, eq=False)
class _Changes:
    """(K, T) how far each of K changes has come in each bin, 0 to 1; the bins (K,) where they start; what they are.

    ``earliest, latest``: the bins up to which a change stands for those beside it, which aren't tried.
    """

    moved: Floats
    start: Integers
    earliest: Integers
    latest: Integers
    is_step: NDArray[np.bool_]
    is_endless: NDArray[np.bool_]


def _changes(used: Integers) -> _Changes:
    """Steps at each bin but the first; ramps from MOST_STARTS on, of lengths that grow by a third, or to the end."""
    at = used.astype(np.float64)
    apart = -(-len(used) // MOST_STARTS)
    places = np.arange(0, len(used) - 2, apart)
    lengths = np.unique(np.geomspace(2, len(used), 2 + int(np.log(len(used)) / np.log(4 / 3))).astype(np.intp))
    ends = np.minimum(places[:, None] + lengths, len(used) - 1)
    first, last = np.unique(np.stack([places[:, None] + 0 * ends, ends]).reshape(2, -1), axis=1)
    start, end = at[first, None], at[last, None]
    ramps = np.clip((at - start) / (end - start), 0.0, 1.0)
    steps = (at >= at[1:, None]).astype(np.float64)
    return _Changes(
        np.concatenate([steps, ramps]),
        np.concatenate([used[1:], used[first]]),
        np.concatenate([used[1:], used[np.maximum(first - apart + 1, 0)]]),
        np.concatenate([used[1:], used[np.minimum(first + apart, len(used)) - 1]]),
        np.arange(len(steps) + len(ramps)) < len(steps),
        np.concatenate([np.zeros(len(steps), dtype=bool), last == len(used) - 1]),
    )


@dataclass(frozen=True, eq=False)
class _Series:
    """Weighted means of bins; each of ``season`` (T,) has a level of its own, that a change shifts like all others."""

    weight: Floats
    y: Floats
    season: Integers

    @property
    def freedom(self) -> int:
        """Bins beyond the levels."""
        return len(self.y) - int(self.season.max()) - 1

    @property
    def residual(self) -> float:
        """The weighted sum of squares about the levels."""
        return float(self.weight @ self._about(self.y) ** 2)

    def gains(self, moved: Floats) -> Floats:
        """How much of it each row of (K, T) changes explains."""
        of_season = self._one * self.weight[:, None]
        square = moved**2 @ self.weight - ((moved @ of_season) ** 2 / of_season.sum(axis=0)).sum(axis=1)
        gains: Floats = (moved @ (self.weight * self._about(self.y))) ** 2 / np.maximum(square, 1e-9)
        return gains

    def fit(self, moved: Floats) -> tuple[float, float]:
        """Level before a change, averaged over the seasons, and its size."""
        x = self._about(moved)
        change = float((self.weight * x) @ self.y / (self.weight @ x**2))
        return float(self.weight @ (self.y - change * moved) / self.weight.sum()), change

    def _about(self, values: Floats) -> Floats:
        """Values (T,) less the weighted means of their seasons."""
        return np.asarray(values - self._one @ ((values * self.weight) @ self._one / (self.weight @ self._one)))

    @property
    def _one(self) -> Floats:
        """(T, seasons) 0/1."""
        return np.eye(int(self.season.max()) + 1)[self.season]


def _seasons(weight: Floats, y: Floats, used: Integers, period: int, changes: _Changes) -> Integers:
    """The season of each bin where they surely differ beside the best change; else one for all."""
    same = np.zeros(len(used), dtype=np.intp)
    season = np.unique(used % period, return_inverse=True)[1]
    if period < 2 or len(used) < FEWEST_WEEKS * period:
        return same
    without, within = (_Series(weight, y, each) for each in (same, season))
    rest, left = (each.residual - each.gains(changes.moved).max() for each in (without, within))
    df = within.freedom - 2
    ratio = (rest - left) / (without.freedom - within.freedom) / max(left / df, 1e-12)
    return season if stats.f.sf(ratio, without.freedom - within.freedom, df) < 0.01 else same


def _none(n: Floats, s: Floats) -> Onset:
    level = float(s.sum() / n.sum()) if n.sum() else float("nan")
    return Onset("none", -1, -1, -1, level, level)
