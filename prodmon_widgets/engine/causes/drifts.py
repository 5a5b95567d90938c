"""Which properties drifted, and whether what moved lowers the score: a drift that carries nothing is harmless."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.cuts import Cut
from prodmon_widgets.engine.cube.bins import ValueBins
from prodmon_widgets.engine.drift import distances
from prodmon_widgets.engine.drift.comparison import CERTAIN, LARGE_DISTANCE, LARGE_SD, LARGE_SHARE

Floats = NDArray[np.float64]

FEWEST = 30


def has_drifted(cut: Cut, tally: Floats) -> bool:
    """Whether a property's distribution differs by much and for sure; ``tally``: (4, cells), see ``Search``.

    The same bars as the comparison's: a share by more than .02, a mean by more than .1 standard deviations, or a
    Jensen–Shannon distance of .1, each beyond three standard errors.
    """
    n0, n1 = _counts(cut, tally)
    total0, total1 = tally[0].sum(), tally[2].sum()
    if min(total0, total1) < FEWEST:
        return False
    if not cut.is_set and _is_far(n0, n1):
        return True
    if isinstance(cut.bins, ValueBins):
        return _mean_moved(n0[1:], n1[1:], cut.bins.positions)
    p0, p1 = n0 / total0, n1 / total1
    error = np.sqrt(p0 * (1 - p0) / total0 + p1 * (1 - p1) / total1)
    return bool((np.abs(p1 - p0) - CERTAIN * error > LARGE_SHARE).any())


def carried(tally: Floats) -> tuple[float, float]:
    """What the moved shares of a property's cells together take from the score, and its standard error."""
    n0, s0, n1, s1 = tally
    with np.errstate(divide="ignore", invalid="ignore"):
        p0, p1 = n0 / n0.sum(), n1 / n1.sum()
        both = np.nan_to_num((s0 + s1) / (n0 + n1))
        moved = p1 - p0
        noise = np.nan_to_num(moved**2 * both * (1 - both) / (n0 + n1)).sum()
    drawn = sum(float(p @ both**2 - (p @ both) ** 2) / n.sum() for p, n in ((p0, n0), (p1, n1)))
    return float(-(moved @ both)), float(np.sqrt(noise + max(drawn, 0.0)))


def _counts(cut: Cut, tally: Floats) -> tuple[Floats, Floats]:
    """Counts of codes; of a set property those of its members."""
    return (cut.fine.rows @ tally[0], cut.fine.rows @ tally[2]) if cut.is_set else (tally[0], tally[2])


def _is_far(n0: Floats, n1: Floats) -> bool:
    divergence = distances.jensen_shannon_divergence(n1[None], n0[None])
    mean, deviation = distances.divergence_by_chance(n1[None], n0[None])
    return bool(np.sqrt(np.maximum(divergence - mean - CERTAIN * deviation, 0.0))[0] >= LARGE_DISTANCE)


def _mean_moved(n0: Floats, n1: Floats, positions: Floats) -> bool:
    if not n0.sum() or not n1.sum():
        return False
    means = [n @ positions / n.sum() for n in (n0, n1)]
    spread = (n0 @ (positions - means[0]) ** 2 + n1 @ (positions - means[1]) ** 2) / (n0.sum() + n1.sum())
    if spread <= 0:
        return False
    return bool(abs(means[1] - means[0]) / np.sqrt(spread) - CERTAIN * np.sqrt(1 / n0.sum() + 1 / n1.sum()) > LARGE_SD)
