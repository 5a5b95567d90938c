"""What is kept of the evaluation set: a bounded number of samples that every block of production is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator.ageing import Ageing, n_stretches
from prodmon_widgets.engine.annotator.density import MOST_COMPARED, density
from prodmon_widgets.engine.annotator.learned import Floats, Learned
from prodmon_widgets.engine.annotator.steps import Calibrator

MOST_REFERENCE = 20_000
COMPARED = (1, 5, 8)
"""Stretches that are told apart from the others: three say as much as ten."""
OVERLAPPING = 2 / 3
"""Variance of a mean square over overlapping stretches, relative to as many side by side: Σ(1 − |h|)² over shifts."""
BINS, FEWEST_OF_A_GROUP = 10, 50


@dataclass(frozen=True)
class Known:
    """Reference samples in random order (matrix, raw signal, class, good, out-of-fold score), and facts of all ``n``.

    ``plain`` calibrates the reference's raw signals as they are.

    ``mean``: share of good. ``backtest``: standard deviation of the error that stretches of the evaluation set show
    when their quality is estimated from the others, beyond what sampling explains. ``stretch_auc``: how well such a
    stretch is told apart from the others, the median. ``missed``: share, in [0, 1], of the differences between groups
    of samples that the estimates get wrong, in standard deviations. ``ageing``: how errors grow with time.
    """

    matrix: NDArray[np.float32]
    raw: Floats
    kind: NDArray[np.int64]
    good: Floats
    score: Floats
    plain: Calibrator
    n: int
    mean: float
    backtest: float
    stretch_auc: float
    missed: float
    ageing: Ageing

    @classmethod
    def of(cls, learned: Learned, time: Floats | None, categorical: NDArray[np.bool_], seed: int) -> Known:
        """Keep of the labelled samples what production is compared with."""
        n, good, score = len(learned.good), learned.good, learned.score
        order = np.arange(n) if time is None else np.argsort(time, kind="stable")
        rows = np.random.default_rng(seed).permutation(n)[:MOST_REFERENCE]
        return cls(
            matrix=learned.matrix[rows],
            raw=learned.raw[rows],
            kind=learned.kind[rows],
            good=good[rows],
            score=score[rows],
            plain=Calibrator.fit(learned.raw[rows], learned.kind[rows], good[rows]),
            n=n,
            mean=float(good.mean()),
            backtest=backtest(good, score, order),
            stretch_auc=stretch_auc(learned.matrix, order, seed),
            missed=missed(learned.matrix[rows], categorical, good[rows], score[rows]),
            ageing=Ageing.of(good, score, time),
        )


def stretches(order: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Consecutive parts of the rows in ``order``."""
    return np.array_split(order, n_stretches(len(order)))


def backtest(good: Floats, score: Floats, order: NDArray[np.int64]) -> float:
    """Standard deviation of the mean error over stretches, with what sampling explains taken off.

    Stretches begin at every sample: overlapping ones tell more than those side by side. Sampling is that within the
    stretch, and that of the samples which its estimates were learned from: the band has the latter as calibration. What
    is left is only believed as far as it is more than its own sampling error.
    """
    error = (good - score)[order]
    length = len(error) // n_stretches(len(error))
    sums = np.concatenate([[0.0], np.cumsum(error)])
    means = (sums[length:] - sums[:-length]) / length
    sampling = error.var() * (1 / length + 1 / (len(error) - length))
    excess = max(0.0, float(np.mean(means**2) - sampling))
    noise = 2 * sampling**2 * OVERLAPPING * length / len(error)
    return float(np.sqrt(excess * excess**2 / (excess**2 + noise))) if excess else 0.0


def stretch_auc(matrix: NDArray[np.float32], order: NDArray[np.int64], seed: int) -> float:
    """How well a stretch of the evaluation set can be told apart from its other stretches: what time alone does."""
    parts = stretches(order)
    found = []
    for index in sorted({min(at, len(parts) - 1) for at in COMPARED}):
        others = np.concatenate([part for at, part in enumerate(parts) if at != index])
        rng = np.random.default_rng(seed)
        reference, stretch = (matrix[rng.permutation(rows)[:MOST_COMPARED]] for rows in (others, parts[index]))
        found.append(density(reference, stretch, seed).auc)
    return float(np.median(found))


def missed(matrix: NDArray[np.float32], categorical: NDArray[np.bool_], good: Floats, score: Floats) -> float:
    """How much of the differences between groups – one value, or one tenth, of one property – is estimated wrongly.

    The error of each group's mean score, sampling taken off, relative to how far its score lies from that of all.
    """
    wrong = far = 0.0
    for column, is_code in zip(matrix.T, categorical, strict=True):
        group = column if is_code else _tenths(column)
        known = np.isfinite(group)
        _, code, n = np.unique(group[known], return_inverse=True, return_counts=True)
        error, squares, mean = (
            np.bincount(code, values[known], len(n)) / n for values in (good - score, (good - score) ** 2, score)
        )
        enough = n >= FEWEST_OF_A_GROUP
        variance = (squares - error**2) * n / np.maximum(n - 1, 1)
        wrong += float((n * error**2 - variance)[enough].sum())
        far += float((n * (mean - score.mean()) ** 2)[enough].sum())
    return float(np.sqrt(np.clip(wrong / far, 0.0, 1.0))) if far > 0 else 0.0


def _tenths(column: NDArray[np.float32]) -> NDArray[np.float64]:
    """Which tenth of its column's values each lies in; NaN where it is missing."""
    edges = np.unique(np.nanquantile(column, np.arange(1, BINS) / BINS)) if np.isfinite(column).any() else np.empty(0)
    return np.where(np.isnan(column), np.nan, np.searchsorted(edges, column, side="left").astype(np.float64))
