"""Distances between two distributions given as counts over the same bins.

Counts are arrays of shape (k,) or (..., k): the last axis holds the bins. Zero means that the distributions are the
same; higher means further apart. NaN where either side has no samples. None of them sees a change within a bin, and all
but the bias-corrected ones grow by chance alone in small samples: about (k − 1)(1/n + 1/m) in squared terms.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

PSI_FLOOR = 1e-4
"""Share that an empty bin is taken to have, so that PSI stays finite; the field's usual value."""


def shares(counts: ArrayLike) -> Floats:
    """Counts as shares of their sum; NaN where it is 0.

    >>> shares([1, 3]).tolist()
    [0.25, 0.75]
    """
    n = np.asarray(counts, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        result: Floats = n / n.sum(axis=-1, keepdims=True)
    return result


def psi(a: ArrayLike, b: ArrayLike) -> Floats:
    """Population stability index Σ(p − q) ln(p/q), in [0, ∞); shares below 0.0001 count as 0.0001. 0.2 is a lot.

    >>> float(psi([50, 50], [50, 50])), round(float(psi([70, 30], [50, 50])), 4)
    (0.0, 0.1695)
    """
    p, q = (np.maximum(shares(each), PSI_FLOOR) for each in (a, b))
    return np.asarray(((p - q) * np.log(p / q)).sum(axis=-1))


def jensen_shannon(a: ArrayLike, b: ArrayLike) -> Floats:
    """Jensen–Shannon distance to the base 2, in [0, 1]: the root of the divergence (Endres and Schindelin 2003).

    >>> float(jensen_shannon([1, 0], [0, 1]))
    1.0
    """
    return np.asarray(np.sqrt(jensen_shannon_divergence(a, b)))


def jensen_shannon_divergence(a: ArrayLike, b: ArrayLike) -> Floats:
    """Jensen–Shannon divergence in bits, in [0, 1]."""
    p, q = shares(a), shares(b)
    middle = (p + q) / 2
    return np.asarray(np.maximum((_bits(p, middle) + _bits(q, middle)) / 2, 0.0))


def divergence_by_chance(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    """Mean and standard deviation that the divergence has if both sides have one distribution, for large samples.

    8 ln 2 · JSD / (1/n + 1/m) is then χ² with k − 1 degrees of freedom, k the bins that are not empty in both
    (Grosse et al. 2002). (0, 0) for k = 1.

    >>> [round(float(x), 6) for x in divergence_by_chance([500, 500], [500, 500])]
    [0.000361, 0.00051]
    """
    n, m = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    freedom = np.maximum(((n + m) > 0).sum(axis=-1) - 1, 0)
    with np.errstate(divide="ignore"):
        scale = (1 / n.sum(axis=-1) + 1 / m.sum(axis=-1)) / (8 * np.log(2))
    return np.asarray(freedom * scale), np.asarray(np.sqrt(2 * freedom) * scale)


def hellinger(a: ArrayLike, b: ArrayLike) -> Floats:
    """Hellinger distance √(Σ(√p − √q)² / 2), in [0, 1].

    >>> float(hellinger([1, 0], [0, 1]))
    1.0
    """
    difference = np.sqrt(shares(a)) - np.sqrt(shares(b))
    return np.asarray(np.sqrt((difference**2).sum(axis=-1) / 2))


def kolmogorov_smirnov(a: ArrayLike, b: ArrayLike) -> Floats:
    """Largest difference of the cumulated shares at a bin border, in [0, 1]; the order of the bins matters.

    With values sorted into bins it is at most the statistic of the values themselves.

    >>> float(kolmogorov_smirnov([2, 1, 1], [1, 1, 2]))
    0.25
    """
    return np.asarray(np.abs(np.cumsum(shares(a) - shares(b), axis=-1)).max(axis=-1, initial=0.0))


def wasserstein(a: ArrayLike, b: ArrayLike, positions: ArrayLike) -> Floats:
    """Earth mover's distance when each bin's samples lie at ``positions`` (k,), ascending; in their unit.

    >>> float(wasserstein([1, 0], [0, 1], [0.0, 5.0]))
    5.0
    """
    difference = np.cumsum(shares(a) - shares(b), axis=-1)[..., :-1]
    return np.asarray((np.abs(difference) * np.diff(np.asarray(positions, dtype=np.float64))).sum(axis=-1))


def cramers_v(a: ArrayLike, b: ArrayLike) -> Floats:
    """Cramér's V of the 2 × k table of side and bin, in [0, 1], without bias correction.

    >>> float(cramers_v([10, 0], [0, 10])), float(cramers_v([5, 5], [10, 10]))
    (1.0, 0.0)
    """
    n, m = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    of_n, of_m = n.sum(axis=-1, keepdims=True), m.sum(axis=-1, keepdims=True)
    both = n + m
    with np.errstate(divide="ignore", invalid="ignore"):
        # of two rows, (observed − expected)² / expected adds up to this per bin
        terms = np.where(both > 0, (n * of_m - m * of_n) ** 2 / (both * of_n * of_m), 0.0)
        chi_square = terms.sum(axis=-1)
        return np.asarray(np.sqrt(chi_square / (of_n + of_m)[..., 0]) + 0 * _known(of_n, of_m))


def _known(of_n: Floats, of_m: Floats) -> Floats:
    return np.where((of_n > 0) & (of_m > 0), 0.0, np.nan)[..., 0]


def _bits(p: Floats, q: Floats) -> Floats:
    """Kullback–Leibler divergence in bits; q is positive wherever p is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log2(p / q), np.where(np.isnan(p), np.nan, 0.0))
    result: Floats = terms.sum(axis=-1)
    return result
