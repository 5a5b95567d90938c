"""Folds: stretches of time of about equal size, so that what is held out is as new as production will be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

N_FOLDS = 5


def folds(good: NDArray[np.float64], time: NDArray[np.float64] | None, n_folds: int = N_FOLDS) -> NDArray[np.int64]:
    """Fold of each sample, (n,), contiguous in ``time`` (row order without one; NaT rows come last).

    Where leaving a stretch out would leave samples of one kind only, the kinds are dealt out in turn instead.

    >>> folds(np.array([1.0, 0, 1, 0, 1, 0, 1, 0, 1, 0]), None)
    array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    """
    n = len(good)
    order = np.arange(n) if time is None else np.argsort(time, kind="stable")
    fold = np.empty(n, dtype=np.int64)
    fold[order] = np.arange(n) * n_folds // n
    if all(len(np.unique(good[fold != held])) == 2 for held in range(n_folds)):
        return fold
    for kind in (0.0, 1.0):
        mine = np.flatnonzero(good == kind)
        fold[mine] = np.arange(len(mine)) % n_folds
    return fold
