"""Annotations: what the annotator says of samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GOOD, BAD, UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class Annotations:
    """Estimates of n samples: ``score`` in [0, 1], ``state`` 0 good, 1 bad, 2 unknown, ``supported``, ``reason``.

    ``reason`` indexes ``reasons``, which only ever grows: a code means the same in every batch.
    """

    score: NDArray[np.float32]
    state: NDArray[np.uint8]
    supported: NDArray[np.bool_]
    reason: NDArray[np.uint16]
    reasons: list[str]
