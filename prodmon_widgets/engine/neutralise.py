"""What found segments carry of a drop, when they are neutralised one after the other, and how sure that is.

Rows that lie in the same found segments are alike here, so they are summed by day and membership once; a replay, and a
bootstrap over whole days of both sides, then work on a few sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from prodmon_widgets.engine.contribution import LEAST_SPREAD, MIX, NEW, WITHIN

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

N_DRAWS = 400
FEWEST_DAYS = 5
"""Days on a side below which there is no band."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows by membership in K segments: ``members`` (S, K), and per side (days, S, 2) counts and score sums.

    ``days_known``: whether a side's first axis is days; a side whose time is unknown has one entry.
    """

    members: Masks
    before: Floats
    after: Floats
    days_known: tuple[bool, bool]

    @property
    def fewest_days(self) -> int:
        """Days on the shorter of the sides whose days are known; enough where neither is."""
        return min(
            (len(s) for s, known in zip((self.before, self.after), self.days_known, strict=True) if known),
            default=FEWEST_DAYS,
        )


def grouped(
    masks: tuple[Sequence[Masks], Sequence[Masks]],
    scores: tuple[Floats, Floats],
    days: tuple[NDArray[np.int64] | None, NDArray[np.int64] | None],
) -> Groups:
    """Sum both sides' rows: for each side the (n,) mask of every segment, scores, and days (None: unknown)."""
    n_before = len(scores[0])
    bits = [
        np.packbits(np.stack(m), axis=0).T if m else np.zeros((len(s), 1), np.uint8)
        for m, s in zip(masks, scores, strict=True)
    ]
    unique, group = np.unique(np.concatenate(bits), axis=0, return_inverse=True)
    group = group.ravel()
    members = np.unpackbits(unique, axis=1)[:, : len(masks[0])].astype(bool)
    before = _by_day(group[:n_before], len(unique), scores[0], days[0])
    after = _by_day(group[n_before:], len(unique), scores[1], days[1])
    return Groups(members, before, after, (days[0] is not None, days[1] is not None))


def _by_day(group: NDArray[np.intp], n_groups: int, score: Floats, days: NDArray[np.int64] | None) -> Floats:
    day = np.zeros(len(group), dtype=np.intp) if days is None else np.unique(days, return_inverse=True)[1]
    n_days = int(day.max(initial=0)) + 1
    key, size = day * n_groups + group, n_days * n_groups
    sums = [np.bincount(key, minlength=size).astype(np.float64), np.bincount(key, weights=score, minlength=size)]
    return np.stack(sums, axis=-1).reshape(n_days, n_groups, 2)


@dataclass(frozen=True, eq=False)
class Replay:
    """Contributions (…, K) of the segments, of a decline ``everywhere`` (…), and what is left ``unexplained`` (…)."""

    contributions: Floats
    everywhere: Floats
    unexplained: Floats


def replay(members: Masks, before: Floats, after: Floats, kinds: Sequence[int], *, everywhere: bool = False) -> Replay:
    """Neutralise the segments in turn, on sums (…, S, 2); a contribution is the drop before minus the drop after.

    A decline ``everywhere`` is what the samples outside of declining and new segments lost; it is taken out first, and
    the declining segments then carry what they lost beyond it.
    """
    if not everywhere:
        parts, left = _both_ways(members, before, after, kinds)
        return Replay(parts, np.zeros(left.shape), left)
    shift = left_over(members, before, after, kinds)[0]
    shifted = after.copy()
    shifted[..., 1] += shift[..., None] * after[..., 0]
    parts, left = _both_ways(members, before, shifted, kinds)
    return Replay(parts, drop_of(before, after) - drop_of(before, shifted), left)


def left_over(members: Masks, before: Floats, after: Floats, kinds: Sequence[int]) -> tuple[Floats, Floats]:
    """What samples outside of declining and new segments lost beside the others, and its standard error."""
    after = after.copy()
    outside = np.ones(len(members), dtype=bool)
    for member, kind in zip(members.T, kinds, strict=True):
        if kind == MIX:
            _neutralise(member, before, after, kind)
        else:
            outside &= ~member
    n0, s0, n1, s1 = (side[..., outside, i].sum(axis=-1) for side in (before, after) for i in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        m0, m1 = s0 / n0, s1 / n1
        spread = [np.maximum(m * (1 - m), LEAST_SPREAD) for m in (m0, m1)]
        return np.nan_to_num(m0 - m1), np.sqrt(spread[0] / n0 + spread[1] / n1)


def drop_of(before: Floats, after: Floats) -> Floats:
    """Mean score before minus mean score after, of sums (…, S, 2)."""
    n0, s0, n1, s1 = (side[..., i].sum(axis=-1) for side in (before, after) for i in (0, 1))
    result: Floats = s0 / n0 - s1 / n1
    return result


def _both_ways(members: Masks, before: Floats, after: Floats, kinds: Sequence[int]) -> tuple[Floats, Floats]:
    """The mean of neutralising in the order found and in its reverse: coming first must not matter."""
    parts, left = _in_turn(members, before, after, kinds)
    reverse, other = _in_turn(members[:, ::-1], before, after, kinds[::-1])
    return (parts + reverse[..., ::-1]) / 2, (left + other) / 2


def _in_turn(members: Masks, before: Floats, after: Floats, kinds: Sequence[int]) -> tuple[Floats, Floats]:
    after = after.copy()
    parts = []
    drop = drop_of(before, after)
    for member, kind in zip(members.T, kinds, strict=True):
        _neutralise(member, before, after, kind)
        left = drop_of(before, after)
        parts.append(drop - left)
        drop = left
    return np.stack(parts, axis=-1) if parts else np.zeros((*drop.shape, 0)), drop


def _neutralise(member: Masks, before: Floats, after: Floats, kind: int) -> None:
    """Change the sums after: no weight, scores as before, or the share as before. Nothing where a side has no rows."""
    if kind == NEW:
        after[..., member, :] = 0.0
        return
    n0, s0, n1, s1 = (side[..., member, i].sum(axis=-1) for side in (before, after) for i in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        if kind == WITHIN:
            shift = np.nan_to_num(s0 / n0 - s1 / n1)
            after[..., member, 1] += shift[..., None] * after[..., member, 0]
            return
        p0, p1 = n0 / before[..., 0].sum(axis=-1), n1 / after[..., 0].sum(axis=-1)
        odds = p0 * (1 - p1) / (p1 * (1 - p0))
    after[..., member, :] *= np.where(np.isfinite(odds), odds, 1.0)[..., None, None]


def deviations(groups: Groups, kinds: Sequence[int], *, everywhere: bool, random_state: int = 0) -> Replay | None:
    """Half widths of 95 % bands, from draws of whole days with replacement; None with too few days.

    Samples of a side whose days are unknown are drawn one by one. With g days the deviation is widened by Student's t
    of g − 1 degrees and √(g/(g − 1)): a bootstrap of few blocks is too narrow.
    """
    g = groups.fewest_days
    if g < FEWEST_DAYS:
        return None
    rng = np.random.default_rng(random_state)
    before, after = (
        _drawn(side, known, rng) for side, known in zip((groups.before, groups.after), groups.days_known, strict=True)
    )
    drawn = replay(groups.members, before, after, kinds, everywhere=everywhere)
    width = stats.t.ppf(0.975, g - 1) * np.sqrt(g / (g - 1)) if any(groups.days_known) else stats.norm.ppf(0.975)
    return Replay(
        *(width * np.std(each, axis=0) for each in (drawn.contributions, drawn.everywhere, drawn.unexplained))
    )


def _drawn(side: Floats, days_known: bool, rng: np.random.Generator) -> Floats:
    """(draws, S, 2) sums."""
    if days_known:
        times = rng.multinomial(len(side), np.full(len(side), 1 / len(side)), size=N_DRAWS)
        return np.asarray(np.tensordot(times.astype(np.float64), side, axes=1))
    n, s = side[0].T
    mean = np.divide(s, n, out=np.zeros_like(s), where=n > 0)
    count = rng.poisson(n, size=(N_DRAWS, len(n))).astype(np.float64)
    noise = rng.normal(size=count.shape) * np.sqrt(count * mean * (1 - mean))
    return np.stack([count, count * mean + noise], axis=-1)
