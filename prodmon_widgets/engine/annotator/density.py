"""Density ratio of a block of time to the evaluation set, by a cross-fitted domain classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from prodmon_widgets.engine.annotator.trees import Trees

Matrix = NDArray[np.float32]
HIGHEST_QUANTILE = 0.99
MOST_COMPARED, MOST_OF_BLOCK = 4000, 2000
"""So many samples of each side teach the classifier; more of the evaluation set are only weighted by it."""


@dataclass(frozen=True)
class Density:
    """``weight`` of each reference sample (mean about 1), how well the two can be told apart, effective samples.

    ``ratio`` tells of any sample how much more frequent its like is in the block.
    """

    weight: NDArray[np.float64]
    auc: float
    effective_n: float
    model: Trees | None = None
    prior: float = 1.0

    def ratio(self, matrix: Matrix) -> NDArray[np.float64]:
        """How many times more frequent samples like these are in the block than on the evaluation set, (n,)."""
        if self.model is None:
            return np.ones(len(matrix))
        chance = np.clip(self.model.predict_proba(matrix)[:, 1], 1e-6, 1 - 1e-6)
        result: NDArray[np.float64] = chance / (1 - chance) * self.prior
        return result


def density(reference: Matrix, block: Matrix, seed: int) -> Density:
    """How much more frequent each reference sample is in ``block``; AUC 0.5: no difference, 1: no overlap.

    The rows of ``reference`` come in random order. Codes of categories are read as numbers: they are in the order of
    frequency, and a handful of splits takes any of them out.
    """
    asked, block = reference[:MOST_COMPARED], block[:MOST_OF_BLOCK]
    both = np.concatenate([asked, block])
    is_block = np.repeat([0, 1], [len(asked), len(block)])
    half = np.random.default_rng(seed).random(len(both)) < 0.5
    if both.shape[1] == 0 or min(np.bincount(is_block[half], minlength=2).min(), len(block) // 4) < 5:
        return Density(np.ones(len(reference)), 0.5, float(len(reference)))
    chance, rest = np.empty(len(both)), np.zeros(len(reference) - len(asked))
    for learn in (half, ~half):
        model = Trees.of(_classifier(seed).fit(both[learn], is_block[learn]))
        chance[~learn] = model.predict_proba(both[~learn])[:, 1]
        if len(rest):
            rest += model.predict_proba(reference[len(asked) :])[:, 1] / 2
    known = np.clip(np.concatenate([chance[: len(asked)], rest]), 1e-4, 1 - 1e-4)
    weight = known / (1 - known)
    weight = np.minimum(weight, np.quantile(weight, HIGHEST_QUANTILE))
    weight /= weight.mean()
    auc = float(roc_auc_score(is_block, chance))
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    return Density(weight, max(auc, 0.5), effective, model, len(asked) / len(block))


def _classifier(seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=15,
        max_leaf_nodes=8,
        learning_rate=0.25,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
