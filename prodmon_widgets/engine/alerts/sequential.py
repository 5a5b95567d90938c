"""A change of level that is told early and valid at every look: a likelihood ratio of "changed lately" against "never".

A period's value is a level of its weekday, plus a day's own wobble that fades (autocorrelated), plus sampling noise. A
Kalman filter predicts each value from all before it, with everything that is not known yet in its variance: the level,
the weekdays, how much days wobble (a mixture). A shift since period t moves the filter's errors by known amounts, so
that the likelihood ratio of "a shift since t, of unknown size" is a formula; the evidence is its sum over all recent t
(Shiryaev 1963; Roberts 1966, doi:10.1080/00401706.1966.10490374), with the size integrated out (Robbins 1970).

What it can't see: a change slower than ``RECENT`` periods, and one that a wobble of days could make as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WOBBLES = np.array([0.005, 0.01, 0.02, 0.035, 0.06, 0.1])
"""Standard deviations that the mean of a day may have beyond its samples'."""

WOBBLE_SHARES = np.array([0.1, 0.2, 0.3, 0.2, 0.15, 0.05])
"""How likely each is before anything is seen."""

FADING = 0.7
"""What is left of a day's wobble the next day."""

WEEKDAY = 0.03
"""Standard deviation of a weekday's level around the level of all."""

SIZE = 0.05
"""Typical size of a shift that somebody wants to know of."""

RECENT = 35
"""Periods since which a shift is looked for."""

CERTAIN = 9.0
"""Log evidence that raises an alarm: reached by less than one of fifty drift-free streams in a year of daily looks."""

ACCEPTED = 28
"""Periods after which a change that is no loss counts as the new level."""

BACK = 7
"""Periods whose mean tells that a level is back."""


@dataclass(frozen=True, eq=False)
class Series:
    """Shares over periods, one row a series. ``values, noise``: (S, T), a value and the variance of its samples' mean.

    ``seen``: (T,), whether the period has samples. ``season``: periods until a weekday comes again, 1 for none.
    ``line, line_sd``: (S,), the level to be expected before anything is seen, and how far it may be off.
    """

    values: Floats
    noise: Floats
    seen: NDArray[np.bool_]
    line: Floats
    line_sd: Floats
    season: int = 1

    def part(self, row: int, start: int, line: float, line_sd: float) -> Series:
        """One row from a period on, with another level to expect."""
        rows = slice(row, row + 1)
        one = (np.array([line]), np.array([line_sd]))
        return Series(self.values[rows, start:], self.noise[rows, start:], self.seen[start:], *one, self.season)


@dataclass(frozen=True, eq=False)
class Evidence:
    """``log``: (S, T), log evidence of a shift within the last periods; ``since``: (S, T), the likeliest first period.

    ``size``: (S, T), how large that shift is; ``level``: (S, T), the value that the past lets expect.
    """

    log: Floats
    since: Integers
    size: Floats
    level: Floats


class _Filter:
    """The state of all series under each wobble: levels of the weekdays and today's wobble, with their covariance."""

    def __init__(self, series: Series) -> None:
        n, kinds, season = len(series.values), len(WOBBLES), series.season
        self.season = season
        self.state = np.zeros((n, kinds, season + 1))
        self.state[..., :season] = series.line[:, None, None]
        self.spread = np.zeros((n, kinds, season + 1, season + 1))
        self.spread[..., :season, :season] = (series.line_sd**2)[:, None, None, None]
        if season > 1:
            self.spread[..., :season, :season] += np.eye(season) * WEEKDAY**2
        self.spread[..., season, season] = WOBBLES**2
        self.moved = np.zeros((n, kinds, RECENT, season + 1))
        self.sums = np.zeros((2, n, kinds, RECENT))
        self.log = np.log(WOBBLE_SHARES) + np.zeros((n, 1))

    def next_period(self) -> None:
        """Let the wobble fade."""
        at = self.season
        self.state[..., at] *= FADING
        self.moved[..., at] *= FADING
        self.spread[..., at, :] *= FADING
        self.spread[..., :, at] *= FADING
        self.spread[..., at, at] += (1 - FADING**2) * WOBBLES**2

    def begin(self, slot: int) -> None:
        """Forget the shift that was kept in this place: a new one begins."""
        self.moved[:, :, slot] = 0.0
        self.sums[..., slot] = 0.0

    def read(self, at: int, values: Floats, noise: Floats) -> None:
        """Take the values of a period, (S,), and correct everything by how far they are off."""
        reads = np.zeros(self.season + 1)
        reads[[at % self.season, self.season]] = 1.0
        off = values[:, None] - self.state @ reads
        spread = self.spread @ reads
        variance = spread @ reads + noise[:, None]
        gain = spread / variance[..., None]
        left = 1.0 - self.moved @ reads
        self.sums[0] += left * (off / variance)[..., None]
        self.sums[1] += left * left / variance[..., None]
        self.log -= 0.5 * (np.log(variance) + off * off / variance)
        self.state += gain * off[..., None]
        self.moved += gain[:, :, None] * left[..., None]
        self.spread -= gain[..., :, None] * spread[..., None, :]

    def weights(self) -> Floats:
        """How likely each wobble is by now, (S, K)."""
        likely: Floats = np.exp(self.log - logsumexp(self.log, axis=1, keepdims=True))
        return likely

    def ratios(self, sign: float) -> Floats:
        """Log likelihood ratio of a shift since each of the recent periods, (S, RECENT); ``sign`` 0 is either way."""
        pull, weight = self.sums
        shrunk = 1 + SIZE**2 * weight
        ratio = -0.5 * np.log(shrunk) + (pull * SIZE) ** 2 / (2 * shrunk)
        if sign:
            ratio += log_ndtr(sign * pull * SIZE / np.sqrt(shrunk)) + np.log(2.0)
        likely = self.log - logsumexp(self.log, axis=1, keepdims=True)
        together: Floats = logsumexp(likely[..., None] + ratio, axis=1)
        return together

    def sizes(self) -> Floats:
        """Size of a shift since each of the recent periods, (S, RECENT), were there one."""
        pull, weight = self.sums
        found: Floats = np.einsum("sk,skw->sw", self.weights(), pull / (weight + 1 / SIZE**2))
        return found


def evidence(series: Series, sign: float) -> Evidence:
    """Evidence of a shift, period by period, from that period and all before it.

    ``sign``: −1 for a fall, 1 for a rise, 0 for either.

    >>> values = np.array([[0.8] * 30 + [0.7] * 10])
    >>> flat = Series(values, np.full((1, 40), 1e-4), np.ones(40, bool), np.array([0.8]), np.array([0.05]))
    >>> found = evidence(flat, -1.0)
    >>> bool(found.log[0, 29] < 3), bool(found.log[0, 35] > CERTAIN), int(found.since[0, 35])
    (True, True, 30)
    """
    n, length = series.values.shape
    log, size, level = (np.full((n, length), fill) for fill in (-np.inf, 0.0, np.nan))
    since = np.zeros((n, length), dtype=np.int64)
    state, began = _Filter(series), np.full(RECENT, -1)
    every = np.arange(n)
    for at in range(length):
        if at:
            state.next_period()
        state.begin(at % RECENT)
        began[at % RECENT] = at
        level[:, at] = np.einsum("sk,sk->s", state.weights(), state.state[..., at % series.season])
        if series.seen[at]:
            state.read(at, series.values[:, at], series.noise[:, at])
        ratios = np.where(began >= 0, state.ratios(sign), -np.inf)
        best = ratios.argmax(axis=1)
        log[:, at], since[:, at], size[:, at] = logsumexp(ratios, axis=1), began[best], state.sizes()[every, best]
    return Evidence(log, since, size, level)


@dataclass(frozen=True)
class Alarm:
    """A shift that was told at period ``at``, began at ``since``, of this ``size``; over at ``until`` or still open."""

    at: int
    since: int
    size: float
    until: int | None


def alarms(series: Series, row: int, found: Evidence, sign: float, limit: float, accepted: bool) -> list[Alarm]:
    """The alarms of one series, in order. ``limit``: log evidence needed; ``accepted``: see ``ACCEPTED``.

    An alarm is over once the mean of ``BACK`` periods is nearer to the level before than to the shifted one.
    """
    beyond = np.flatnonzero(found.log[row] > limit)
    if not len(beyond):
        return []
    at = int(beyond[0])
    since, size = int(found.since[row, at]), float(found.size[row, at])
    level = found.level[row, since]
    until = _end(series, row, (at, since), level + size / 2, size, accepted)
    first = Alarm(at, since, size, until)
    if until is None or until >= series.values.shape[1]:
        return [first]
    start = until - until % series.season if series.season > 1 else until
    rest = series.part(row, start, level + (size if accepted and until - since >= ACCEPTED else 0.0), 0.03)
    later = alarms(rest, 0, evidence(rest, sign), sign, limit, accepted)
    return [first, *(Alarm(a.at + start, a.since + start, a.size, a.until and a.until + start) for a in later)]


def _end(series: Series, row: int, told: tuple[int, int], half: float, size: float, accepted: bool) -> int | None:
    """The period in which an alarm is over; None while it is open."""
    at, since = told
    values = series.values[row]
    for end in range(at + 1, len(values) + 1):
        lately = np.flatnonzero(series.seen[since:end])[-BACK:] + since
        if len(lately) >= BACK and np.sign(size) * (values[lately].mean() - half) < 0:
            return end
        if accepted and end - since >= ACCEPTED:
            return end
    return None
