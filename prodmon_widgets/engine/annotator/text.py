"""Text as a few numbers: hashed words, weighted by rarity, projected on their main directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils.extmath import randomized_svd

N_DIRECTIONS = 16
N_WORDS = 2**13
MOST_TEXTS, MOST_LETTERS = 20_000, 2_000


class TextDirections:
    """TF-IDF and truncated SVD of one or more text columns; ``rarity_`` (terms,), ``directions_`` (terms, k).

    What it can't see: meaning. It is learned without labels, so it needs no cross-fitting of its own.
    """

    columns_: list[str]
    rarity_: NDArray[np.float64] = np.empty(0)
    directions_: NDArray[np.float64] = np.empty((0, 0))

    def fit(self, X: pd.DataFrame, columns: Sequence[str], seed: int) -> TextDirections:
        """Learn rarity and directions on at most MOST_TEXTS samples."""
        self.columns_ = list(columns)
        if self.columns_:
            counts = self._counts(X.iloc[:: max(1, len(X) // MOST_TEXTS)])
            present = np.bincount(counts.indices, minlength=counts.shape[1])
            self.rarity_ = np.log((1 + counts.shape[0]) / (1 + present)) + 1
            k = min(N_DIRECTIONS, counts.shape[0] - 1)
            weighted = self._weighted(counts)
            _, _, directions = randomized_svd(weighted, n_components=k, n_iter=2, random_state=seed)
            self.directions_ = directions.T
        return self

    def numbers(self, X: pd.DataFrame) -> NDArray[np.float32]:
        """(n, k) float32; no columns without text."""
        if not self.columns_:
            return np.empty((len(X), 0), dtype=np.float32)
        result: NDArray[np.float32] = (self._weighted(self._counts(X)) @ self.directions_).astype(np.float32)
        return result

    def _counts(self, X: pd.DataFrame) -> csr_matrix:
        both = X[self.columns_].fillna("").astype("str").agg(" ".join, axis=1).str.slice(0, MOST_LETTERS).tolist()
        return HashingVectorizer(n_features=N_WORDS, alternate_sign=False, norm=None).transform(both)

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        weighted = counts.multiply(self.rarity_).tocsr()
        length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        return weighted.multiply((1 / np.maximum(length, 1e-12))[:, None]).tocsr()
