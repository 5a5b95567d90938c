"""Learned: the labelled samples as the estimators see them, with what each says of them out of fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Learned:
    """The labelled samples as the estimators see them, (n,) each: matrix of properties, raw signal, class, estimates.

    Out of fold: ``calibrated``, the signals' word; ``pooled``, the same whatever the class; ``model``, the correctness
    model's; ``score``, what a supported sample would have got.
    """

    matrix: NDArray[np.float32]
    raw: Floats
    kind: Codes
    good: Floats
    calibrated: Floats
    pooled: Floats
    model: Floats

    @property
    def score(self) -> Floats:
        """The mean of the estimates; weighting for the evaluation set itself changes nothing."""
        return (2 * self.calibrated + self.model) / 3
