"""Samples drawn for labelling with known probabilities, and what their labels say of the estimate's error.

A draw has a frame – the rows of a window and segment that were not drawn before – and draws each of its rows with a
known positive probability, larger where the estimate is less certain. Each draw then gives an unbiased estimate of the
error of its frame's mean score by inverse-probability weights (Horvitz & Thompson 1952), made less variable by the
scores themselves with a tuned weight (prediction-powered inference, Angelopoulos et al. 2023, PPI++).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from prodmon_widgets.engine.quality.estimate import Z

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEAST_VARIANCE = 0.04
"""No row is drawn with less weight than one whose score has this variance: an estimate can be surely wrong."""

FEWEST = 5
"""Fewer labels than this correct nothing."""

ADDED = (0.0, 1.0)
"""One bad and one good label are added to what the band is made from, so that thirty equal answers don't look certain;
among hundreds they vanish."""

TUNED = 20
"""From so many labels on, how far the scores are trusted is tuned; below, they are not used to reduce variance."""

BEYOND = ((0.55, 0.0), (0.4, 0.1), (0.05, 0.5))
"""How likely an estimate errs by so much (one standard deviation) beyond what its band says, before labels are seen:
not at all, by as much as a judge that moved, by anything. Chosen on two worlds, see docs/decisions/labels.md."""


@dataclass(frozen=True)
class Draw:
    """Rows drawn from a frame of ``n_frame`` rows; ``probability``: of each row drawn, in (0, 1]."""

    key: str
    rows: Rows
    probability: Floats
    n_frame: int


def choose(score: Floats, supported: NDArray[np.bool_], n: int, seed: int) -> tuple[Rows, Floats]:
    """Positions of ``n`` rows drawn without repeats, and the probability that each had: systematic sampling.

    Weights are standard deviations of the scores (of one half where nothing supports them), so that labels go where
    they narrow the estimate most.

    >>> positions, p = choose(np.full(10, 0.5), np.ones(10, bool), 4, seed=0)
    >>> len(set(positions.tolist())), p.tolist()
    (4, [0.4, 0.4, 0.4, 0.4])
    """
    probability = inclusion(_weights(score, supported), n)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(score))
    ends = np.cumsum(probability[order])
    picks = np.searchsorted(ends, rng.random() + np.arange(min(n, len(score))), side="right")
    chosen = order[np.minimum(picks, len(score) - 1)]
    return np.sort(chosen), probability[np.sort(chosen)]


def _weights(score: Floats, supported: NDArray[np.bool_]) -> Floats:
    variance = np.where(supported, score * (1 - score), 0.25)
    result: Floats = np.sqrt(np.maximum(variance, LEAST_VARIANCE))
    return result


def inclusion(weight: Floats, n: int) -> Floats:
    """Probabilities proportional to ``weight``, at most 1, that add up to ``n`` (to all rows where there are fewer)."""
    probability = np.ones(len(weight))
    if n >= len(weight):
        return probability
    open_rows = np.ones(len(weight), dtype=bool)
    for _ in range(len(weight)):
        left = n - (~open_rows).sum()
        probability[open_rows] = weight[open_rows] * left / weight[open_rows].sum()
        over = open_rows & (probability >= 1)
        if not over.any():
            break
        probability[over] = 1.0
        open_rows &= ~over
    return probability


@dataclass(frozen=True)
class Correction:
    """What labels say of a frame: add ``offset`` to its mean score; ``deviation`` is the standard deviation of that.

    ``n`` labels. The deviation is already widened for few labels, so that ± 1.96 of it is a 95 % band around the
    score with ``offset + lean``: what labels alone say.
    """

    offset: float
    deviation: float
    n: int
    lean: float = 0.0

    def beside(self, deviation: float) -> Correction:
        """The score between an estimate that errs by this ``deviation`` and the labels; the band is the labels' own.

        Weighted by precision as long as they agree. The more they conflict, the likelier it is that the estimate errs
        by more than it knows, and the less it counts: the posterior mean under :data:`BEYOND`.
        """
        if not np.isfinite(deviation) or not self.deviation:
            return self
        own = self.deviation**2
        chance, more = np.array(BEYOND).T
        conflict = own + deviation**2 + more**2
        likely = np.log(chance) - (np.log(conflict) + self.offset**2 / conflict) / 2
        weight = np.average(own / conflict, weights=np.exp(likely - likely.max()))
        lean = float(np.clip(weight * self.offset, -Z * self.deviation, Z * self.deviation))
        return replace(self, offset=self.offset - lean, lean=lean)


def correct(score_of_frame: float, score: Floats, good: Floats, probability: Floats, n_frame: int) -> Correction | None:
    """The correction of a frame's mean score by ``m`` labelled rows of it; None below FEWEST.

    ``score``, ``good`` (1 or 0) and ``probability`` are of the labelled rows, shape (m,).
    """
    m = len(good)
    if m < FEWEST:
        return None
    weight = 1 / probability
    weight *= m / weight.sum()
    more = np.append(score, [score_of_frame, score_of_frame]), np.append(good, ADDED), np.append(weight, [1.0, 1.0])
    trust = _trust(*more) if m >= TUNED else 0.0
    mean = float(np.average(good - trust * score, weights=weight))
    residual, weights = more[1] - trust * more[0], more[2]
    moved = float(np.average(residual, weights=weights))
    spread = float(((weights * (residual - moved)) ** 2).sum() / (m + 1) / (m + 2))
    widened = student.ppf(0.975, m + 1) / Z
    # the labels added move the mean as well: that would bias it, so it only widens the band
    variance = spread * _left_out(m) * widened**2 + (2 * (moved - mean) / Z) ** 2
    finite = max(0.0, 1 - m / max(n_frame, m))
    offset = trust * score_of_frame + mean - score_of_frame
    return Correction(offset, float(np.sqrt(variance * finite)), m)


def foreseen(score: Floats, supported: NDArray[np.bool_], n: int) -> float:
    """The deviation that :func:`correct` should have with ``n`` labels of these rows, if their scores are right.

    Labels then vary by score · (1 − score) around the scores that they are compared with, and where they are too few
    for that comparison also as much as the scores do. Infinite below FEWEST.
    """
    n = min(n, len(score))
    if n < FEWEST:
        return np.inf
    variance = score * (1 - score) + (0.0 if n >= TUNED else float(score.var()))
    drawn = float((variance / inclusion(_weights(score, supported), n)).sum()) / len(score) ** 2
    mean = float(score.mean())
    added = sum((label - mean) ** 2 for label in ADDED)
    widened = student.ppf(0.975, n + len(ADDED) - 1) / Z
    squares = (n**2 * drawn + added) / ((n + len(ADDED) - 1) * (n + len(ADDED))) * _left_out(n)
    return float(np.sqrt(squares * (1 - n / len(score))) * widened)


def _left_out(n: int) -> float:
    """How much larger squared residuals are of labels that the two fitted numbers, level and trust, haven't seen."""
    return (1 - 2 / n) ** -2 if n >= TUNED else 1.0


def _trust(score: Floats, good: Floats, weight: Floats) -> float:
    """How far the scores are trusted, in [0, 1]: what makes the estimate vary least (PPI++, equation for λ)."""
    centered = score - np.average(score, weights=weight)
    variance = float(np.average(centered**2, weights=weight))
    if variance < 1e-6:
        return 0.0
    together = float(np.average(centered * (good - np.average(good, weights=weight)), weights=weight))
    return float(np.clip(together / variance, 0.0, 1.0))
