"""How much of a drop a segment carries, and how: mix, within, or new.

After Kitagawa (1955), with the segment compared with everything else ("the rest") before (0) and after (1). The same
formulas rank segments in the browser while a window is brushed (``contribution.ts``; both share golden vectors).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIX, WITHIN, NEW = 0, 1, 2
KINDS = ("mix", "within", "new")

LEAST_SPREAD = 0.02
"""Variance of a score is m(1 − m), the most that a score in [0, 1] can have, but never less than this."""

FEW_BEFORE = 40
"""A segment with fewer samples before, and several times the share after, is new."""


@dataclass(frozen=True)
class Cells:
    """Samples and score sums before and after: of segments, or of what they are parts of. Arrays broadcast."""

    n0: Floats
    s0: Floats
    n1: Floats
    s1: Floats

    def part(self, at: tuple[Any, ...]) -> Cells:
        """Some of the cells."""
        return Cells(self.n0[at], self.s0[at], self.n1[at], self.s1[at])


@dataclass(frozen=True)
class Parts:
    """Contributions in score points (positive lowers the score) and their sizes in standard errors; 0 where unknown."""

    mix: Floats
    within: Floats
    new: Floats
    z_mix: Floats
    z_within: Floats
    z_new: Floats
    is_new: NDArray[np.bool_]


def parts(cells: Cells, whole: Cells) -> Parts:
    """What segments contribute to the drop of a whole.

    mix = (p1 − p0)·gap with gap = [(k0 − m0) + (k1 − m1)]/2; within = (p0 + p1)/2·[(m0 − m1) − (k0 − k1)]; new =
    (p1 − p0)·(k1 − m1), with shares p, means m and means k of the rest. mix + within is the drop that goes away if the
    segment is taken out of both sides. A mix is a product, as sure as the less sure of its factors (joint significance,
    MacKinnon et al. 2002): the share that moved, and the gap.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rest0, rest1 = whole.n0 - cells.n0, whole.n1 - cells.n1
        p0, p1 = cells.n0 / whole.n0, cells.n1 / whole.n1
        m0, m1 = cells.s0 / cells.n0, cells.s1 / cells.n1
        k0, k1 = (whole.s0 - cells.s0) / rest0, (whole.s1 - cells.s1) / rest1
        grown, share = p1 - p0, (p0 + p1) / 2
        gap = ((k0 - m0) + (k1 - m1)) / 2
        after = spread(m1) / cells.n1 + spread(k1) / rest1
        both = after + spread(m0) / cells.n0 + spread(k0) / rest0
        of_p1 = p1 * (1 - p1) / whole.n1
        of_shares = of_p1 + p0 * (1 - p0) / whole.n0
        mix, within, new = grown * gap, share * ((m0 - m1) - (k0 - k1)), grown * (k1 - m1)
        return Parts(
            mix=_known(mix),
            within=_known(within),
            new=_known(new),
            z_mix=_known(np.sign(mix) * np.minimum(abs(grown) / np.sqrt(of_shares), abs(2 * gap) / np.sqrt(both))),
            z_within=_known(within / (share * np.sqrt(both))),
            z_new=_known(new / np.sqrt((k1 - m1) ** 2 * of_p1 + grown**2 * after)),
            is_new=np.asarray((cells.n0 < FEW_BEFORE) & (p1 > 5 * p0 + 0.001)),
        )


def contribution(
    n0: Floats, s0: Floats, total0: tuple[float, float], n1: Floats, s1: Floats, total1: tuple[float, float]
) -> dict[str, Floats]:
    """How much of a drop segments carry, from counts ``n`` and score sums ``s`` before (0) and after (1).

    ``total0``, ``total1``: (samples, score sum) of everything. Returns arrays ``mix``, ``within``, ``new``,
    ``contribution`` (score points, positive lowers the score), ``z`` (its size in standard errors) and ``kind``
    (0 mix, 1 within, 2 new). It cannot see a decline that all segments share.

    >>> n, s = np.array([1000.0]), np.array([500.0])
    >>> found = contribution(n, s, (20000, 16000), n, np.array([100.0]), (20000, 15600))
    >>> KINDS[int(found["kind"][0])], float(found["contribution"][0].round(6))
    ('within', 0.02)
    """
    whole = Cells(*(np.asarray(x, dtype=np.float64) for x in (*total0, *total1)))
    got = parts(Cells(n0, s0, n1, s1), whole)
    kind = np.where(got.is_new, NEW, np.where(np.abs(got.z_mix) >= np.abs(got.z_within), MIX, WITHIN))
    return {
        "mix": got.mix,
        "within": got.within,
        "new": got.new,
        "contribution": np.where(got.is_new, got.new, got.mix + got.within),
        "z": np.choose(kind, [got.z_mix, got.z_within, got.z_new]),
        "kind": kind.astype(np.float64),
    }


def spread(mean: Floats) -> Floats:
    """The largest variance that scores in [0, 1] of this mean can have, and no less than LEAST_SPREAD."""
    return np.maximum(mean * (1 - mean), LEAST_SPREAD)


def _known(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)
