"""The judge of a drop between two sides: what a segment carries of it, and what would take that away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.contribution import MIX, NEW, WITHIN, Cells, Parts, parts, spread
from prodmon_widgets.engine.causes.drifts import carried
from prodmon_widgets.engine.causes.judging import Found, Judged, Remedy

Floats = NDArray[np.float64]

CERTAIN = 4.5
"""Standard errors that a contribution has at least; what naming the segment costs may ask for more."""

INSIDE_PARENTS = 3.0
"""Standard errors by which a segment of two conditions stands out within each of them."""

LEAST_SHARE = 0.02
"""A cause carries at least so much of the drop."""

LEAST_POINTS = 0.001
"""And at least a tenth of a point, however small the drop is."""

SHRINKING = 3.0
"""Merit that a shrinking share of good samples lacks beside a growing share of bad ones, which says the same."""

STILL_CARRIED = 1 / 3
"""Part of a decline that must be left when rows are told apart by another property too."""

STILL_MOVED = 0.45
"""The same of a changed share, which a gap that another property makes follows more closely."""

FEWEST = 20
"""Samples on a side below which standard errors say little: a decline needs them on both sides."""

WORTH_PARENTS = 4.0
"""Candidates below so many standard errors are not looked at within their parents."""


@dataclass(frozen=True)
class DropJudge:
    """Judges by the recipe of Kitagawa's parts; ``drop`` is the whole one, in score points."""

    drop: float
    least_z: float = CERTAIN
    side: int = 1

    @property
    def least_effect(self) -> float:
        """The least contribution that is a cause."""
        return max(LEAST_SHARE * self.drop, LEAST_POINTS)

    def alone(self, cells: Floats, whole: Floats) -> Judged:
        """Each candidate beside everything else."""
        return _judged(parts(Cells(*cells), Cells(*whole)), cells, whole)

    def paired(self, cells: Floats, parents: tuple[Floats, Floats], whole: Floats) -> Judged:
        """Declines must stand out inside both parents; a changed share is worth its least of three."""
        shape = cells.shape[1:]
        judged = self.alone(cells, whole)
        at = np.nonzero(judged.z >= WORTH_PARENTS)
        result = Judged(np.zeros(shape), np.full(shape, -np.inf), np.zeros(shape), np.zeros(shape, dtype=np.intp))
        if not len(at[0]):
            return result
        some = _at(cells, at)
        everything, *within = (
            parts(Cells(*some), Cells(*_at(np.broadcast_to(each, cells.shape), at))) for each in (whole, *parents)
        )
        narrowed = _judged(_narrowed(everything, *within), some, _at(np.broadcast_to(whole, cells.shape), at))
        result.z[at], result.merit[at], result.effect[at] = narrowed.z, narrowed.merit, narrowed.effect
        result.kind[at] = narrowed.kind
        return result

    def confirms(self, found: Found, beside: Iterator[Floats]) -> bool:
        """Whether enough of the effect is left when rows are told apart by any other property.

        A segment may seem to matter for what another property does: as a changed share beside one that hasn't moved,
        or as a decline that only is another one's changed share.
        """
        if found.kind == WITHIN:
            return all(_is_steady(*tally.swapaxes(0, 1)) for tally in beside)
        return all(_moved_together(tally) >= STILL_MOVED * found.effect for tally in beside)

    def remedy(self, kind: int, cells: Floats, whole: Floats) -> Remedy:
        """Within: scores lost no more than the rest's. Mix: the share as before. New: no weight."""
        n0, s0, n1, s1 = cells.tolist()
        if kind == NEW:
            return Remedy(inside=0.0)
        if kind == WITHIN:
            r0, t0, r1, t1 = (whole - cells).tolist()
            return Remedy(shift=(s0 / n0 - s1 / n1) - (t0 / r0 - t1 / r1))
        p0, p1 = n0 / whole[0], n1 / whole[2]
        return Remedy(inside=float(p0 / p1), outside=float((1 - p0) / (1 - p1)))

    def left(self, kind: int, cells: Floats, whole: Floats) -> float:
        """What is left of a decline or a changed share; a new segment has no weight any more."""
        got = parts(Cells(*cells), Cells(*whole))
        return 0.0 if kind == NEW else abs(float(got.z_mix if kind == MIX else got.z_within))


def _moved_together(tally: Floats) -> float:
    """What a segment and another property take together, beside what the other one's own moves gave."""
    return carried(tally.reshape(len(tally), -1))[0] - min(carried(tally.sum(axis=1))[0], 0.0)


def _is_steady(inside: Floats, outside: Floats) -> bool:
    """Whether a decline beside the rest's, by (4, cells) tallies, shows within the cells of both sides too.

    Cells count as in Mantel and Haenszel (1959). Where the sides share no cell nothing speaks against the decline.
    """
    weight = np.divide(inside[0] * inside[2], inside[0] + inside[2], out=np.zeros_like(inside[0]), where=inside[0] > 0)
    weight = np.where((outside[0] > 0) & (outside[2] > 0), weight, 0.0)
    if not weight.sum():
        return True
    with np.errstate(divide="ignore", invalid="ignore"):
        within = _decline(inside) - _decline(outside)
    whole = _decline(inside.sum(axis=1)) - _decline(outside.sum(axis=1))
    return bool(np.nan_to_num(within) @ weight / weight.sum() >= STILL_CARRIED * whole)


def _decline(tally: Floats) -> Floats:
    return np.asarray(tally[1] / tally[0] - tally[3] / tally[2])


def _judged(got: Parts, cells: Floats, whole: Floats) -> Judged:
    """The kind of the largest z; shares of good samples that shrink rank a little lower."""
    many_before, many = cells[0] >= FEWEST, cells[2] >= FEWEST
    z = np.stack(
        [
            np.where(got.is_new | ~(many | many_before), 0.0, got.z_mix),
            np.where(got.is_new | ~(many & many_before), 0.0, _z_of_decline(got, cells, whole)),
            np.where(got.is_new & many, got.z_new, 0.0),
        ]
    )
    merit = np.where(z > 0, z**2 / 2, -np.inf)
    merit[MIX] -= np.where(_is_growing(cells, whole), 0.0, SHRINKING)
    kind = merit.argmax(axis=0)
    chosen = (kind, *np.indices(kind.shape))
    effect = np.stack([got.mix, got.within, got.new])
    return Judged(z[chosen], merit[chosen], effect[chosen], kind)


def _narrowed(everything: Parts, a: Parts, b: Parts) -> Parts:
    stands_out = np.minimum(a.z_within, b.z_within) > INSIDE_PARENTS
    return Parts(
        mix=np.minimum(everything.mix, np.minimum(a.mix, b.mix)),
        within=everything.within,
        new=np.minimum(everything.new, np.minimum(a.new, b.new)),
        z_mix=np.minimum(everything.z_mix, np.minimum(a.z_mix, b.z_mix)),
        z_within=np.where(stands_out, everything.z_within, 0.0),
        z_new=np.minimum(everything.z_new, np.minimum(a.z_new, b.z_new)),
        is_new=everything.is_new,
    )


def _z_of_decline(got: Parts, cells: Floats, whole: Floats) -> Floats:
    """The least of: beside the rest, the same with the variances of no change, and by itself.

    What didn't fall carries nothing of a drop, however much the rest rose; nor does a decline that was neutralised.
    """
    n0, s0, n1, s1 = cells
    with np.errstate(divide="ignore", invalid="ignore"):
        m0, m1 = s0 / n0, s1 / n1
        alone = np.nan_to_num((m0 - m1) / np.sqrt(spread(m0) / n0 + spread(m1) / n1))
    return np.asarray(np.minimum(np.minimum(got.z_within, alone), _z_if_unchanged(cells, whole)))


def _z_if_unchanged(cells: Floats, whole: Floats) -> Floats:
    """z of a decline with the variances of no change: a few samples that turn bad look surer than they are without."""
    n0, s0, n1, s1 = cells
    r0, t0, r1, t1 = whole - cells
    with np.errstate(divide="ignore", invalid="ignore"):
        decline = (s0 / n0 - s1 / n1) - (t0 / r0 - t1 / r1)
        own, rest = (s0 + s1) / (n0 + n1), (t0 + t1) / (r0 + r1)
        variance = own * (1 - own) * (1 / n0 + 1 / n1) + rest * (1 - rest) * (1 / r0 + 1 / r1)
        z: Floats = np.nan_to_num(decline / np.sqrt(variance), posinf=np.inf, neginf=0.0)
        return z


def _at(cells: Floats, at: tuple[NDArray[np.intp], ...]) -> Floats:
    return np.stack([each[at] for each in cells])


def _is_growing(cells: Floats, whole: Floats) -> NDArray[np.bool_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(cells[2] / whole[2] >= cells[0] / whole[0])
