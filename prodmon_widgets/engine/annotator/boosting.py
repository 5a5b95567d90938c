"""Boosting: gradient boosting as the correctness model, with categories ranked by their share of good.

A rank makes of a category a number whose splits are those that trees would try first. What was learned becomes
``trees`` of our own over the codes; rows are predicted in parts, one a processor.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from prodmon_widgets.engine.annotator.trees import MISSING, Splits, Trees

Matrix = NDArray[np.float32]
PRIOR = 20.0
"""A category's share of good counts so many samples of the whole set, so that rare ones come in the middle."""
ROWS_OF_PART = 25_000


class Boosting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """P(good) from a matrix of numbers.

    ``categorical`` are the columns of codes; ``rising`` is 1 or −1 where a column only helps or only harms, else 0.
    """

    categorical: list[int]
    rising: list[int]
    seed: int
    trees_: Trees

    def __init__(self, categorical: list[int], rising: list[int], seed: int) -> None:
        self.categorical = categorical
        self.rising = rising
        self.seed = seed

    def fit(self, matrix: Matrix, good: NDArray[np.int64]) -> Boosting:
        """Learn from (n, columns) numbers, NaN where missing, and 1 or 0."""
        rank = {int(column): _rank(matrix[:, column], good) for column in self.categorical}
        learned = HistGradientBoostingClassifier(
            max_iter=40,
            max_leaf_nodes=12,
            learning_rate=0.1,
            min_samples_leaf=50,
            l2_regularization=5.0,
            max_features=0.5,
            early_stopping=False,
            monotonic_cst=list(self.rising) if any(self.rising) else None,
            random_state=self.seed,
        ).fit(_ranked(matrix, rank), good)
        made = Trees.of(learned)
        splits = tuple(_of_codes(split, rank[split.column]) if split.column in rank else split for split in made.splits)
        self.trees_ = replace(made, splits=splits)
        return self

    @property
    def n_columns(self) -> int:
        """Columns of the matrix that it reads."""
        return self.trees_.n_columns

    @property
    def classes_(self) -> NDArray[np.int64]:
        """Bad and good."""
        return np.array([0, 1])

    def predict_proba(self, matrix: Matrix) -> NDArray[np.float64]:
        """P(bad), P(good), (n, 2)."""
        if len(matrix) <= ROWS_OF_PART:
            return self.trees_.predict_proba(matrix)
        parts = [matrix[low : low + ROWS_OF_PART] for low in range(0, len(matrix), ROWS_OF_PART)]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return np.concatenate(list(pool.map(self.trees_.predict_proba, parts)))


def _ranked(matrix: Matrix, ranks: Mapping[int, NDArray[np.float32]]) -> Matrix:
    """Codes as their ranks, what is missing as NaN."""
    ranked = matrix.copy()
    for column, rank in ranks.items():
        known = np.isfinite(matrix[:, column])
        ranked[known, column] = rank[matrix[known, column].astype(np.int64)]
    return ranked


def _of_codes(split: Splits, rank: NDArray[np.float32]) -> Splits:
    """What is asked of ranks, asked of the codes themselves; a code without a rank is missing."""
    of_code = split.left[split.rows(rank)]
    left = np.concatenate([of_code, split.left[[MISSING, MISSING]]])
    return Splits(split.column, True, np.arange(len(rank), dtype=np.float64), left)


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
