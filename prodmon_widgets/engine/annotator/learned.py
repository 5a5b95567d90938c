"""Learned: the labelled samples as the estimators see them, with what each says of them out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator.levels import level_of, moved

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Learned:
    """The labelled samples as the estimators see them, (n,) each: matrix of properties, raw signal, class, estimates.

    Out of fold: ``calibrated``, the signals' word; ``pooled``, the same whatever the class; ``model``, the correctness
    model's.
    """

    matrix: NDArray[np.float32]
    raw: Floats
    kind: Codes
    good: Floats
    calibrated: Floats
    pooled: Floats
    model: Floats

    @cached_property
    def level(self) -> float:
        """Takes the model's estimates to the mean of all; weighting for the evaluation set itself changes nothing."""
        return level_of(self.model, float((2 * self.calibrated + self.model).mean() / 3))

    @cached_property
    def score(self) -> Floats:
        """What a sample would have got."""
        return moved(self.model, self.level)
