"""Judging the judges: whether a judge's score moved in a block while everything else held still.

Then the judge may have changed or the product: nothing in the data tells them apart, only labels do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator.density import density

Matrix = NDArray[np.float32]
HELD_STILL = 0.6
"""Up to this domain AUC the other properties of a block are as on the evaluation set."""
CERTAIN = 6.0
"""Standard errors by which a judge's mean moved, given the other properties: chance gives hardly four."""
LEAST_MOVED = 0.1
"""And standard deviations of its scores."""


def only_judges_moved(reference: Matrix, block: Matrix, judges: Sequence[int], seed: int) -> bool:
    """Whether a column of ``judges`` moved for sure from the reference to the block, and the other columns didn't.

    The reference is weighted to have the block's other properties; its rows come in random order.
    """
    others = [column for column in range(reference.shape[1]) if column not in set(judges)]
    if not judges:
        return False
    found = density(reference[:, others], block[:, others], seed)
    if found.auc > HELD_STILL:
        return False
    return any(_moved(reference[:, each], found.weight, block[:, each]) for each in judges)


def _moved(reference: NDArray[np.float32], weight: NDArray[np.float64], block: NDArray[np.float32]) -> bool:
    known, later = np.isfinite(reference), block[np.isfinite(block)].astype(np.float64)
    values, weight = reference[known].astype(np.float64), weight[known]
    if min(len(values), len(later)) < 2 or values.var() == 0:
        return False
    change = abs(float(later.mean() - values @ weight / weight.sum()))
    effective = weight.sum() ** 2 / (weight**2).sum()
    error = np.sqrt(values.var() / effective + later.var() / len(later))
    return bool(change > max(CERTAIN * error, LEAST_MOVED * values.std()))
