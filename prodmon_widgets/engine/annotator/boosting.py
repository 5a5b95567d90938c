"""Boosting: gradient boosting as the correctness model, with categories ranked by their share of good.

A rank makes of a category a number whose splits are those that trees would try first. The ensemble then needs no
conversion before each prediction, which takes as long as its trees; rows are predicted in parts that stay in the cache.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

Matrix = NDArray[np.float32]
PRIOR = 20.0
"""A category's share of good counts so many samples of the whole set, so that rare ones come in the middle."""
ROWS_OF_PART = 25_000


class Boosting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """P(good) from a matrix of numbers.

    ``categorical`` are the columns of codes; ``rising`` is 1 or −1 where a column only helps or only harms, else 0.
    """

    def __init__(self, categorical: Sequence[int], rising: Sequence[int], seed: int) -> None:
        self.categorical = categorical
        self.rising = rising
        self.seed = seed

    def fit(self, matrix: Matrix, good: NDArray[np.int64]) -> Boosting:
        """Learn from (n, columns) numbers, NaN where missing, and 1 or 0."""
        self.classes_ = np.array([0, 1])
        self.rank_ = {int(column): _rank(matrix[:, column], good) for column in self.categorical}
        self.trees_ = HistGradientBoostingClassifier(
            max_iter=40,
            max_leaf_nodes=12,
            learning_rate=0.1,
            min_samples_leaf=50,
            l2_regularization=5.0,
            max_features=0.5,
            early_stopping=False,
            monotonic_cst=list(self.rising) if any(self.rising) else None,
            random_state=self.seed,
        ).fit(self._ranked(matrix), good)
        return self

    def predict_proba(self, matrix: Matrix) -> NDArray[np.float64]:
        """P(bad), P(good), (n, 2)."""
        if len(matrix) <= ROWS_OF_PART:
            return self._chance(matrix)
        parts = [matrix[low : low + ROWS_OF_PART] for low in range(0, len(matrix), ROWS_OF_PART)]
        with ThreadPoolExecutor(os.cpu_count() or 1, initializer=_one_thread_each) as pool:
            return np.concatenate(list(pool.map(self._chance, parts)))

    def _chance(self, matrix: Matrix) -> NDArray[np.float64]:
        result: NDArray[np.float64] = self.trees_.predict_proba(self._ranked(matrix))
        return result

    def _ranked(self, matrix: Matrix) -> Matrix:
        if not self.rank_:
            return matrix
        ranked = matrix.copy()
        for column, rank in self.rank_.items():
            code = matrix[:, column]
            known = (code >= 0) & (code < len(rank))
            ranked[:, column] = np.where(known, rank[np.where(known, code, 0).astype(np.int64)], np.nan)
        return ranked


def _rank(code: NDArray[np.float32], good: NDArray[np.int64]) -> NDArray[np.float32]:
    """Position of each code in the order of its share of good, (codes,)."""
    known = np.isfinite(code)
    if not known.any():
        return np.empty(0, dtype=np.float32)
    of_row = code[known].astype(np.int64)
    n, n_good = np.bincount(of_row), np.bincount(of_row, good[known])
    share = (n_good + PRIOR * good.mean()) / (n + PRIOR)
    result: NDArray[np.float32] = np.argsort(np.argsort(share, kind="stable")).astype(np.float32)
    return result


def _one_thread_each() -> None:
    """Threads share the rows; the trees then need none of their own."""
    threadpool_limits(limits=1, user_api="openmp")
