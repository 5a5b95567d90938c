"""Estimated quality from additive sums: a score, its band, its bounds, and whether it can be trusted.

Every figure is a function of sums over time bins, so a window of any length costs the same, and the browser
computes the same figures from the same sums (``statistics.ts``; both sides share golden vectors).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

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
    """What is known of each time bin beyond its sums; arrays of shape (T,), constant within a block.

    Each speaks of the bin's samples that nobody labelled: the others have no error. ``calibration`` is the standard
    deviation of the error of their mean score (score units). ``offset`` is added to it by labels of drawn samples,
    ``offset_variance`` is the variance of that correction, and the middle of the band lies by ``lean`` beside it, where
    those labels alone would have it; ``corrected`` is the share that the draws speak for, whatever their support.
    ``spoken`` is the share that lies beyond a number's range while its confidence doesn't, in a block whose error
    ``calibration`` bounds: that is known of the bin as a whole, so a segment of it, which may lie beyond the range
    throughout, has nothing of it. ``whole``: whether the sums are of all samples of the bin and not of a segment.
    ``apart``, ``wide``, ``judged``: why a bin isn't estimable (:class:`Doubt`).
    """

    calibration: Floats
    offset: Floats
    offset_variance: Floats
    estimable: NDArray[np.bool_]
    corrected: Floats
    spoken: Floats
    lean: Floats
    whole: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    wide: NDArray[np.bool_]
    judged: NDArray[np.bool_]

    @classmethod
    def neutral(cls, n_bins: int, calibration: float = 0.0) -> BlockTerms:
        """No correction, the same calibration everywhere, everything estimable."""
        zeros = np.zeros(n_bins)
        everything = np.ones(n_bins, dtype=bool)
        rest: dict[str, NDArray[Any]] = {
            name: zeros.copy() for name in ("offset", "offset_variance", "lean", "corrected", "spoken")
        }
        rest |= {"whole": everything.copy(), "apart": ~everything, "wide": ~everything, "judged": ~everything}
        return cls(calibration=np.full(n_bins, calibration), estimable=everything, **rest)

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
            lean=mean(self.lean),
            estimable=mean(self.estimable) > MOSTLY_UNSUPPORTED,
            corrected=mean(self.corrected),
            spoken=mean(self.spoken),
            whole=mean(self.whole) > MOSTLY_UNSUPPORTED,
            apart=mean(self.apart) > MOSTLY_UNSUPPORTED,
            wide=mean(self.wide) > MOSTLY_UNSUPPORTED,
            judged=mean(self.judged) > MOSTLY_UNSUPPORTED,
        )

    def part(self, low: int, high: int) -> BlockTerms:
        """The terms of the bins [low, high)."""
        return BlockTerms(**{name: values[low:high] for name, values in vars(self).items()})

    def of_segment(self, error: float = 0.0) -> BlockTerms:
        """The terms of a segment: what is spoken for in a bin as a whole says nothing of it.

        ``error``: standard deviation by which the annotator is wrong about the segment beyond its blocks' calibration.
        """
        return replace(
            self,
            calibration=np.hypot(self.calibration, error),
            spoken=np.zeros_like(self.spoken),
            whole=np.zeros_like(self.whole),
        )


class Doubt(IntEnum):
    """Why a set of samples isn't estimable."""

    NONE = 0
    EMPTY = 1
    UNSUPPORTED = 2
    APART = 3
    WIDE = 4
    JUDGED = 5


REASONS = {
    Doubt.NONE: None,
    Doubt.EMPTY: "there are no samples",
    Doubt.UNSUPPORTED: "most samples lie where the evaluation set says nothing",
    Doubt.APART: "the samples are told apart from the evaluation set by their properties together",
    Doubt.WIDE: "the estimate may be off by more than 20 points",
    Doubt.JUDGED: "only a judge's scores moved: judge or product, which labels alone can tell",
}


@dataclass(frozen=True)
class Estimate:
    """Estimated quality of one or more sets of samples; arrays share one shape (a scalar array for one set).

    ``score``, ``low``, ``high``: mean probability of good with its nominal 95 % band; a sample that people labelled
    counts as it is, and where all are labelled that is the share of good. ``estimated``: the score without what drawn
    labels say of other samples. ``worst``, ``best``: the score if every unsupported sample were bad, or good, and no
    nearer than the band. ``coverage``: share annotated good or bad. ``supported``: share of samples where the
    evaluation set, or a label, has something to say. All in [0, 1]; NaN where there is no sample. ``doubt``: why it
    isn't estimable, a :class:`Doubt`; ``why`` says so in words, None where it is estimable.

    A segment's band holds whatever its unsupported samples may be; that of everything holds them as long as they are
    the lesser part.
    The band assumes that P(good | properties) is as it was on the evaluation set, and cannot see a change of that,
    but where drawn labels correct it: those assume nothing.
    """

    n: NDArray[np.int64]
    score: Floats
    low: Floats
    high: Floats
    estimated: Floats
    worst: Floats
    best: Floats
    coverage: Floats
    supported: Floats
    estimable: NDArray[np.bool_]
    doubt: NDArray[np.int64]

    @property
    def why(self) -> str | None:
        """Why one set of samples isn't estimable, in words; None where it is."""
        return REASONS[Doubt(int(self.doubt))]

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

    @classmethod
    def of(cls, sums: Mapping[str, NDArray[np.int64]], n_known: int, n_good: int) -> EvaluationScore:
        """Of the sums of the evaluation set, or of a segment of it; people found ``n_good`` of ``n_known`` good.

        Here the truth is known, so that the band is at least as wide as the estimate is wrong.
        """
        got = estimate(sums, BlockTerms.neutral(1, error_of(sums, n_known, n_good)))
        true = n_good / n_known if n_known else float("nan")
        return cls(float(got.score), float(got.low), float(got.high), true, n_known)

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
    of = _Means(sums)
    with np.errstate(divide="ignore", invalid="ignore"):
        spoken = terms.spoken if of.n.ndim == 0 else np.zeros_like(terms.spoken)
        doubtful = of.unsupported - of.open(terms.corrected + spoken)
        mostly_unsupported = doubtful > MOSTLY_UNSUPPORTED
        trusted = of.open(terms.estimable.astype(np.float64)) + 1.0 - of.unlabelled
        score = of.possible(of.score + of.open(terms.offset))
        middle, half = score + of.open(terms.lean), Z * np.sqrt(of.variance(terms))
        worst, best = of.supported_score, of.supported_score + of.unsupported
        anything = _anything(of, doubtful, terms)
        low = of.possible(middle + anything * np.minimum(worst - score, 0.0) - half)
        high = of.possible(middle + anything * np.maximum(best - score, 0.0) + half)
        low = np.minimum(np.where(mostly_unsupported, worst, low), score)
        high = np.maximum(np.where(mostly_unsupported, best, high), score)
        estimable = np.asarray((of.n > 0) & ~mostly_unsupported & (trusted > MOSTLY_UNSUPPORTED))
        apart, wide, judged = (of.open(each.astype(np.float64)) for each in (terms.apart, terms.wide, terms.judged))
        return Estimate(
            n=of.n.astype(np.int64),
            score=score,
            low=low,
            high=high,
            estimated=of.score,
            # labels may say what no annotation of the unsupported samples could
            worst=np.minimum(worst, low),
            best=np.maximum(best, high),
            coverage=sums["annotated"].sum(axis=0) / of.n,
            supported=1.0 - of.unsupported,
            estimable=estimable,
            doubt=np.select(
                [estimable, of.n == 0, mostly_unsupported, judged > np.maximum(apart, wide), apart >= wide],
                [Doubt.NONE, Doubt.EMPTY, Doubt.UNSUPPORTED, Doubt.JUDGED, Doubt.APART],
                Doubt.WIDE,
            ),
        )


def _anything(of: _Means, doubtful: Floats, terms: BlockTerms) -> Floats:
    """Share of the unsupported samples that may be anything, for a segment may consist of them; of everything none."""
    if of.n.ndim == 0 and terms.whole.all():
        return np.zeros(())
    return np.where(of.unsupported > 0, np.clip(doubtful / of.unsupported, 0.0, 1.0), 0.0)


def error_of(sums: Mapping[str, NDArray[np.int64]], n_known: int, n_good: int) -> float:
    """Standard deviation by which estimates are wrong of samples that people found good or bad, beyond sampling.

    >>> sums = {"n": np.array([400]), "score": np.array([360 * SCALE]), "variance": np.array([36 * SCALE])}
    >>> round(error_of(sums, 400, 300), 3), error_of(sums, 400, 356)
    (0.149, 0.0)
    """
    n = float(sums["n"].sum())
    if not n or not n_known:
        return 0.0
    error = n_good / n_known - float(sums["score"].sum()) / SCALE / n
    return float(np.sqrt(max(0.0, error**2 - float(sums["variance"].sum()) / SCALE / n**2)))


class _Means:
    """Sums as means over all of their samples; NaN without a sample."""

    def __init__(self, sums: Mapping[str, NDArray[np.int64]]) -> None:
        none = np.zeros_like(sums["n"])
        known, known_good = sums.get("known", none), sums.get("known_good", none)
        self.n = sums["n"].sum(axis=0).astype(np.float64)
        self._open = (sums["n"] - known).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.unlabelled = self._open.sum(axis=0) / self.n
            self.unsupported = sums["unsupported"].sum(axis=0) / self.n
            self.score = sums["score"].sum(axis=0) / SCALE / self.n
            self.supported_score = sums["supported_score"].sum(axis=0) / SCALE / self.n
            self._least = known_good.sum(axis=0) / self.n
            self._sampling = sums["variance"].sum(axis=0) / SCALE / self.n**2

    def open(self, term: Floats) -> Floats:
        """The mean of a term of the bins, which speaks of the samples that nobody labelled."""
        result: Floats = np.tensordot(term, self._open, axes=(0, 0)) / self.n
        return result

    def possible(self, score: Floats) -> Floats:
        """Within what the known samples leave possible."""
        result: Floats = np.clip(score, self._least, self._least + self.unlabelled)
        return result

    def variance(self, terms: BlockTerms) -> Floats:
        """Of a mean score: sampling, calibration (taken as fully correlated) and label correction."""
        correction = np.tensordot(terms.offset_variance, self._open**2, axes=(0, 0)) / self.n**2
        result: Floats = self._sampling + self.open(terms.calibration) ** 2 + correction
        return result
