"""What found segments carry of a drop, each neutralised beside all others, and how sure that is.

Rows that lie in the same found segments are alike here, so they are summed by day and membership once; a replay, and a
bootstrap over whole days of both sides, then work on a few sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from prodmon_widgets.engine.causes.contribution import LEAST_SPREAD, MIX, NEW, WITHIN, Cells, parts

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

N_DRAWS = 400
MOST_ROUNDS, MOST_ROUNDS_ONCE = 200, 5000
"""Of fitting the weights of segments that overlap: for the draws of a band, and for the figures themselves."""

FEWEST_ROUNDS = 20
"""Before which a fit isn't given up."""

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
    """Contributions (…, K) of the segments, of a decline ``everywhere`` (…), and what is left ``unexplained`` (…).

    ``interplay`` (…): how much more of the drop goes away with all segments at once than one by one; it is part of
    what is unexplained. A segment that grows takes samples out of one that declines, so that either hides the other.
    """

    contributions: Floats
    everywhere: Floats
    unexplained: Floats
    interplay: Floats


def replay(members: Masks, before: Floats, after: Floats, kinds: Sequence[int], *, everywhere: bool = False) -> Replay:
    """Neutralise the segments, on sums (…, S, 2); a contribution is the drop before minus the drop after.

    Each remedy is a change of the sums that leaves their count, fitted jointly with all others and made beside them as
    they are: what goes away if this cause alone is switched off. So no order matters, changes add up, and the rest is
    the drop of the sums with all of them made. A decline ``everywhere`` is what the samples outside of declining and
    new segments lost; it is taken out first, and the declining segments then carry what they lost beyond it.
    """
    raised = after
    if everywhere:
        raised = after.copy()
        raised[..., 1] += left_over(members, before, after, kinds)[0][..., None] * after[..., 0]
    remedies = Remedies.fitted(members, before, raised, kinds)
    changes = [remedies.change(k, raised) for k in range(len(kinds))]
    drop = drop_of(before, raised)
    carried = [drop - drop_of(before, raised + change) for change in changes]
    left = drop_of(before, raised + sum(changes)) if changes else drop
    return Replay(
        contributions=np.stack(carried, axis=-1) if carried else np.zeros((*drop.shape, 0)),
        everywhere=drop_of(before, after) - drop,
        unexplained=left,
        interplay=left - drop_of(before, remedies.all_at_once(raised)),
    )


@dataclass(frozen=True, eq=False)
class Remedies:
    """What undoes K segments: ``factors`` (…, K) of the weights of mix segments, ``shifts`` (…, K) of the scores of
    declining ones, 1 and 0 for others. New ones get no weight."""

    members: Masks
    kinds: Sequence[int]
    factors: Floats
    shifts: Floats

    @classmethod
    def fitted(cls, members: Masks, before: Floats, after: Floats, kinds: Sequence[int]) -> Remedies:
        """Fitted to all segments together: what two of them share is told apart by what they don't."""
        of_kind = {kind: [k for k, each in enumerate(kinds) if each == kind] for kind in (MIX, WITHIN, NEW)}
        known = ~members[:, of_kind[NEW]].any(axis=1)
        factors = np.ones((*after.shape[:-2], len(kinds)))
        shifts = np.zeros_like(factors)
        some = members[known]
        factors[..., of_kind[MIX]] = _raked(some[:, of_kind[MIX]], before[..., known, 0], after[..., known, 0])
        shifts[..., of_kind[WITHIN]] = _declines(some[:, of_kind[WITHIN]], before[..., known, :], after[..., known, :])
        return cls(members, kinds, factors, shifts)

    @property
    def _known(self) -> Masks:
        """The rows (S,) that are in no new segment: shares are restored among them, new ones came on top."""
        new = [k for k, kind in enumerate(self.kinds) if kind == NEW]
        return np.asarray(~self.members[:, new].any(axis=1))

    def change(self, k: int, after: Floats) -> Floats:
        """(…, S, 2) what the k-th remedy changes of the sums, their count as a whole left as it is."""
        result: Floats = self._applied([k], after) - after
        return result

    def all_at_once(self, after: Floats) -> Floats:
        """(…, S, 2) the sums with all remedies made one upon the other."""
        return self._applied(range(len(self.kinds)), after)

    def _applied(self, chosen: Sequence[int], after: Floats) -> Floats:
        after = after.copy()
        known = self._known
        for k in chosen:
            if self.kinds[k] == WITHIN:
                mine = self.members[:, k]
                after[..., mine, 1] += self.shifts[..., k, None] * after[..., mine, 0]
        mixes = [k for k in chosen if self.kinds[k] == MIX]
        if mixes:
            weight = np.ones(after.shape[:-1])
            for k in mixes:
                weight[..., self.members[:, k]] *= self.factors[..., k, None]
            after[..., known, :] = _weighted(after[..., known, :], weight[..., known])
        gone = self.members[:, [k for k in chosen if self.kinds[k] == NEW]].any(axis=1)
        return _weighted(after, np.broadcast_to(1.0 - gone, after.shape[:-1])) if gone.any() else after


def _weighted(sums: Floats, weight: Floats) -> Floats:
    """Sums (…, S, 2) weighted by (…, S), with as many samples as before."""
    count = sums[..., 0].sum(axis=-1)
    changed = sums * weight[..., None]
    left = changed[..., 0].sum(axis=-1)
    scale = np.divide(count, left, out=np.ones_like(count), where=left > 0)
    return np.where((left > 0)[..., None, None], changed * scale[..., None, None], sums)


def _raked(members: Masks, before: Floats, after: Floats) -> Floats:
    """(…, K) factors of the weights with which each segment has its share of ``before`` among counts ``after`` (…, S).

    Iterative proportional fitting (Deming and Stephan 1940); 1 where a segment has no samples on a side. Each draw ends
    when it is near enough by itself, so that no draw depends on what is drawn beside it.
    """
    lead = after.shape[:-1]
    factors = np.ones((*lead, members.shape[1]))
    fitted = after.copy()
    rounds, near = (MOST_ROUNDS, 1e-8) if after.ndim > 1 else (MOST_ROUNDS_ONCE, 1e-12)
    going, step = np.ones(lead, dtype=bool), np.full(lead, np.inf)
    for n_round in range(rounds if members.shape[1] > 1 else 1):
        last, step = step, np.zeros(lead)
        for k, mine in enumerate(members.T):
            odds = np.where(going, _odds(mine, before, fitted), 1.0)
            fitted[..., mine] *= odds[..., None]
            factors[..., k] *= odds
            step = np.maximum(step, abs(odds - 1))
        # shares that no weights have together are fitted round and round; then each has its own alone
        circling = going & (n_round > FEWEST_ROUNDS) & (step > last * (1 - 1e-5))
        if circling.any():
            single = np.stack([_odds(mine, before, after) for mine in members.T], axis=-1)
            factors = np.where(circling[..., None], single, factors)
        going &= ~circling & (step >= near)
        if not going.any():
            break
    return factors


def _odds(mine: NDArray[np.bool_], before: Floats, after: Floats) -> Floats:
    """(…) by how much the weight of a segment changes for its share of before; 1 where that can't be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p0, p1 = (n[..., mine].sum(axis=-1) / n.sum(axis=-1) for n in (before, after))
        odds = p0 * (1 - p1) / (p1 * (1 - p0))
    return np.where(np.isfinite(odds) & (odds > 0), odds, 1.0)


def _declines(members: Masks, before: Floats, after: Floats) -> Floats:
    """(…, K) declines of segments whose sum is nearest to what each group of their samples lost, by its precision."""
    inside = members.any(axis=1)
    some = members[inside].astype(np.float64)
    (n0, s0), (n1, s1) = (np.moveaxis(side[..., inside, :], -1, 0) for side in (before, after))
    both = (n0 > 0) & (n1 > 0)
    precision = np.divide(n0 * n1, n0 + n1, out=np.zeros_like(n0), where=both)
    lost = np.divide(s0, n0, out=np.zeros_like(s0), where=both) - np.divide(s1, n1, out=np.zeros_like(s1), where=both)
    normal = np.einsum("sk,...s,sl->...kl", some, precision, some)
    right = np.einsum("sk,...s->...k", some, precision * lost)
    return np.asarray((np.linalg.pinv(normal, hermitian=True) @ right[..., None])[..., 0])


def left_over(members: Masks, before: Floats, after: Floats, kinds: Sequence[int]) -> tuple[Floats, Floats]:
    """What samples outside of declining and new segments lost beside the others, and its standard error."""
    mixes = [k for k, kind in enumerate(kinds) if kind == MIX]
    others = [k for k, kind in enumerate(kinds) if kind != MIX]
    after = Remedies.fitted(members[:, mixes], before, after, [MIX] * len(mixes)).all_at_once(after)
    outside = ~members[:, others].any(axis=1)
    n0, s0, n1, s1 = (side[..., outside, i].sum(axis=-1) for side in (before, after) for i in (0, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        m0, m1 = s0 / n0, s1 / n1
        spread = [np.maximum(m * (1 - m), LEAST_SPREAD) for m in (m0, m1)]
        return np.nan_to_num(m0 - m1), np.sqrt(spread[0] / n0 + spread[1] / n1)


def standing_out(members: Masks, before: Floats, after: Floats, kinds: Sequence[int]) -> Floats:
    """(K,) standard errors of each segment's contribution, by sums (S, 2), once all others are neutralised together."""
    every = range(len(kinds))
    return np.array([_beside([j for j in every if j != k], k, members, before, after, kinds) for k in every])


def _beside(
    others: Sequence[int], k: int, members: Masks, before: Floats, after: Floats, kinds: Sequence[int]
) -> float:
    chosen = members[:, others], before, after, [kinds[j] for j in others]
    left = Remedies.fitted(*chosen).all_at_once(after)
    sides = [side[at].sum(axis=0) for side in (before, left) for at in (members[:, k], slice(None))]
    got = parts(Cells(*sides[0], *sides[2]), Cells(*sides[1], *sides[3]))
    return float((got.z_mix, got.z_within, got.z_new)[kinds[k]])


def drop_of(before: Floats, after: Floats) -> Floats:
    """Mean score before minus mean score after, of sums (…, S, 2)."""
    n0, s0, n1, s1 = (side[..., i].sum(axis=-1) for side in (before, after) for i in (0, 1))
    result: Floats = s0 / n0 - s1 / n1
    return result


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
        *(
            width * np.std(each, axis=0)
            for each in (drawn.contributions, drawn.everywhere, drawn.unexplained, drawn.interplay)
        )
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
