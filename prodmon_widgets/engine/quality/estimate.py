"""Estimated quality from additive sums: a score, its band, its bounds, and whether it can be trusted.

Every figure is a function of sums over time bins, so a window of any length costs the same, and the browser
computes the same figures from the same sums (``statistics.ts``; both sides share golden vectors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SCALE = 1 << 20
"""Fixed point: a score of 1 is stored as 2**20, so that sums are integers and merging is exact."""

Z = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""

MOSTLY_UNSUPPORTED = 0.5
"""Above this share of unsupported samples the band is the hard bounds, and nothing is called estimable."""


@dataclass(frozen=True)
class BlockTerms:
    """What the annotator knows of each time bin beyond its sums; arrays of shape (T,), constant within a block.

    ``calibration`` is the standard deviation of the error of the bin's mean score (score units). ``offset`` is added
    to the mean score by labels that people gave, ``offset_variance`` is the variance of that correction; ``corrected``
    is the share of the bin's samples that labels cover, whatever their support. ``spoken`` is the share that lies
    beyond a number's range while its confidence doesn't, in a block whose error ``calibration`` bounds: that is known
    of the bin as a whole, so a segment of it, which may lie beyond the range throughout, has nothing of it.
    """

    calibration: Floats
    offset: Floats
    offset_variance: Floats
    estimable: NDArray[np.bool_]
    corrected: Floats
    spoken: Floats

    @classmethod
    def neutral(cls, n_bins: int, calibration: float = 0.0) -> BlockTerms:
        """No correction, the same calibration everywhere, everything estimable."""
        zeros = np.zeros(n_bins)
        everything = np.ones(n_bins, dtype=bool)
        return cls(np.full(n_bins, calibration), zeros, zeros.copy(), everything, zeros.copy(), zeros.copy())

    def gathered(self, starts: NDArray[np.int64], n: NDArray[np.int64]) -> BlockTerms:
        """The terms of longer bins, each from ``starts[i]`` to the next: means weighted by the ``n`` of each bin."""
        # bins without samples still have terms
        weights = n + 1e-9

        def mean(term: NDArray[np.float64] | NDArray[np.bool_]) -> Floats:
            gathered: Floats = np.add.reduceat(term * weights, starts) / np.add.reduceat(weights, starts)
            return gathered

        return BlockTerms(
            calibration=mean(self.calibration),
            offset=mean(self.offset),
            offset_variance=mean(self.offset_variance),
            estimable=mean(self.estimable) > MOSTLY_UNSUPPORTED,
            corrected=mean(self.corrected),
            spoken=mean(self.spoken),
        )

    def part(self, low: int, high: int) -> BlockTerms:
        """The terms of the bins [low, high)."""
        return BlockTerms(**{name: values[low:high] for name, values in vars(self).items()})

    def of_segment(self) -> BlockTerms:
        """The terms of a segment: what is spoken for in a bin as a whole says nothing of it."""
        return replace(self, spoken=np.zeros_like(self.spoken))


@dataclass(frozen=True)
class Estimate:
    """Estimated quality of one or more sets of samples; arrays share one shape (a scalar array for one set).

    ``score``, ``low``, ``high``: mean probability of good with its nominal 95 % band. ``worst``, ``best``: the score
    if every unsupported sample were bad, or good, and at least as far out as a score that labels corrected.
    ``coverage``: share annotated good or bad. ``supported``: share of samples where the evaluation set has something
    to say. All in [0, 1]; NaN where there is no sample.
    The band assumes that P(good | properties) is as it was on the evaluation set; it cannot see a change of that.
    """

    n: NDArray[np.int64]
    score: Floats
    low: Floats
    high: Floats
    worst: Floats
    best: Floats
    coverage: Floats
    supported: Floats
    estimable: NDArray[np.bool_]

    def __repr__(self) -> str:
        if np.ndim(self.n):
            return f"Estimate(of {np.size(self.n)} sets, {int(np.sum(self.n)):,} samples)"
        if not self.n:
            return "Estimate(no samples)"
        trust = "" if self.estimable else ", not estimable from this evaluation set"
        return (
            f"Estimate({self.score:.3f} [{self.low:.3f}, {self.high:.3f}], bounds [{self.worst:.3f}, {self.best:.3f}], "
            f"coverage {self.coverage:.1%}, supported {self.supported:.1%}, n={self.n:,}{trust})"
        )


@dataclass(frozen=True)
class EvaluationScore:
    """The benchmark line: the annotator's out-of-fold estimate on the evaluation set, and the true score beside it.

    ``score, low, high``: estimate with its 95 % band; ``true``: share of good among the ``n`` samples that people
    annotated. All in [0, 1], higher is better; NaN where there is no sample.
    """

    score: float
    low: float
    high: float
    true: float
    n: int

    def __repr__(self) -> str:
        band = f"{self.score:.3f} [{self.low:.3f}, {self.high:.3f}]"
        return f"EvaluationScore({band} estimated, {self.true:.3f} true, n={self.n:,})"


def estimate(sums: Mapping[str, NDArray[np.int64]], terms: BlockTerms) -> Estimate:
    """Quality of the samples counted in ``sums``: measure → array of shape (T,) or (T, K) over the terms' bins.

    The K columns are segments: see :meth:`BlockTerms.of_segment`, which a single one needs.

    >>> sums = {m: np.array([v]) for m, v in dict(n=100, annotated=80, unsupported=0, score=90 * SCALE,
    ...         variance=9 * SCALE, supported_score=90 * SCALE).items()}
    >>> e = estimate(sums, BlockTerms.neutral(1))
    >>> float(e.score), float(e.low.round(3)), float(e.high.round(3)), float(e.coverage)
    (0.9, 0.841, 0.959, 0.8)
    """
    n_bins = sums["n"].astype(np.float64)
    n = n_bins.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.clip(sums["score"].sum(axis=0) / SCALE / n + _weighted(terms.offset, n_bins) / n, 0.0, 1.0)
        unsupported = sums["unsupported"].sum(axis=0) / n
        known_score = sums["supported_score"].sum(axis=0) / SCALE / n
        deviation = _deviation(sums["variance"].sum(axis=0) / SCALE, n_bins, terms)
        spoken = terms.spoken if n.ndim == 0 else np.zeros_like(terms.spoken)
        known = _weighted(terms.corrected + spoken, n_bins) / n
        trusted = _weighted(terms.estimable.astype(np.float64), n_bins) / n
    # labels may say what no annotation of the unsupported samples could
    worst, best = np.minimum(known_score, score), np.maximum(known_score + unsupported, score)
    mostly_unsupported = unsupported - known > MOSTLY_UNSUPPORTED
    return Estimate(
        n=n.astype(np.int64),
        score=score,
        low=np.where(mostly_unsupported, worst, np.clip(score - Z * deviation, 0.0, 1.0)),
        high=np.where(mostly_unsupported, best, np.clip(score + Z * deviation, 0.0, 1.0)),
        worst=worst,
        best=best,
        coverage=_share(sums["annotated"], n),
        supported=1.0 - unsupported,
        estimable=np.asarray((n > 0) & ~mostly_unsupported & (trusted > MOSTLY_UNSUPPORTED)),
    )


def _deviation(variance: Floats, n_bins: Floats, terms: BlockTerms) -> Floats:
    """Standard deviation of a mean score: sampling, calibration (taken as fully correlated) and label correction."""
    n = n_bins.sum(axis=0)
    sampling = variance / n**2
    calibration = (_weighted(terms.calibration, n_bins) / n) ** 2
    correction = _weighted(terms.offset_variance, n_bins**2) / n**2
    result: Floats = np.sqrt(sampling + calibration + correction)
    return result


def _weighted(term: Floats, n_bins: Floats) -> Floats:
    result: Floats = np.tensordot(term, n_bins, axes=(0, 0))
    return result


def _share(part: NDArray[np.int64], n: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = part.sum(axis=0) / n
    return result
