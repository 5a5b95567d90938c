"""Levels: how good a block of samples is as a whole, shared out among them as the correctness model tells them apart.

The mean of all estimates is the best word on a block; but two of three know a sample's signals only, so that averaging
sample by sample would pull every segment to the mean. So their mean stands for the block alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from prodmon_widgets.engine.annotator.steps import LEAST

Floats = NDArray[np.float64]
MOST_MOVED = 2 * float(logit(1 - LEAST))
"""Log odds that take any estimate, which lies in [LEAST, 1 − LEAST], to any other."""


def level_of(model: Floats, mean: float) -> float:
    """What to add to the log odds of ``model``, (n,) in (0, 1), so that their mean is ``mean``; 0 without samples.

    >>> model = np.array([0.2, 0.5, 0.9])
    >>> round(float(moved(model, level_of(model, 0.6)).mean()), 6)
    0.6
    """
    if not len(model):
        return 0.0
    wanted = float(np.clip(mean, LEAST, 1 - LEAST))
    return float(brentq(lambda level: float(moved(model, level).mean()) - wanted, -MOST_MOVED, MOST_MOVED, xtol=1e-9))


def moved(model: Floats, level: float | Floats) -> Floats:
    """Probabilities with ``level`` added to their log odds, (n,)."""
    result: Floats = expit(logit(model) + level)
    return result
