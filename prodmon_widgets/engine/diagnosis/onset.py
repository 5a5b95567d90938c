"""When a decline began: a change point with an interval, and whether it came at once or little by little.

Two shapes are fitted by weighted least squares to a series of means – a step, and a level that turns into a slope – for
every place where they may begin. The better shape's best place is the onset; its interval holds the places that fit
about as well (profile likelihood, widened where days scatter more than their samples explain).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shape = Literal["abrupt", "gradual", "none"]

FEWEST_BINS = 5
CERTAIN = 12.0
"""Twice the log-likelihood that a change must gain over none, over all places tried: about 3.5 standard errors."""

WITHIN = 3.84
"""Twice the log-likelihood that a place may lack beside the best one and still be in the 95 % interval."""

LEAST_SPREAD = 0.02


@dataclass(frozen=True)
class Onset:
    """Where a series of means changes: bins ``at`` in [``low``, ``high``], levels ``before`` and ``after``.

    ``after`` is the level of a step, and of a slope its last value. Shape "none": no change is beyond chance, and the
    places are −1.
    """

    shape: Shape
    at: int
    low: int
    high: int
    before: float
    after: float


def onset(n: Floats, s: Floats) -> Onset:
    """The onset in a series of T bins with ``n`` samples and sums ``s`` of a score, or of membership, in [0, 1].

    Bins without samples are no evidence. It cannot see a second change, nor one before the first bin.

    >>> n = np.full(30, 200.0)
    >>> found = onset(n, n * np.where(np.arange(30) < 20, 0.9, 0.7))
    >>> found.shape, found.at, round(found.before, 2), round(found.after, 2)
    ('abrupt', 20, 0.9, 0.7)
    """
    used = np.flatnonzero(n > 0)
    if len(used) < FEWEST_BINS:
        return _none(n, s)
    y = s[used] / n[used]
    overall = s.sum() / n.sum()
    weight = n[used] / max(overall * (1 - overall), LEAST_SPREAD)
    at = used.astype(np.float64)
    flat = float(weight @ (y - weight @ y / weight.sum()) ** 2)
    steps = flat - _gains(weight, y, (at >= at[1:, None]).astype(np.float64))
    slopes = flat - _gains(weight, y, np.maximum(at - at[:-2, None], 0.0))
    best = min(steps.min(), slopes.min())
    scatter = max(1.0, best / max(len(used) - 3, 1))
    if (flat - best) / scatter < CERTAIN + 2 * np.log(len(used)):
        return _none(n, s)
    if steps.min() <= slopes.min():
        return _found("abrupt", steps, used[1:], scatter, (weight, y, at))
    return _found("gradual", slopes, used[:-2], scatter, (weight, y, at))


def _found(
    shape: Shape, residuals: Floats, places: NDArray[np.intp], scatter: float, series: tuple[Floats, Floats, Floats]
) -> Onset:
    weight, y, at = series
    near = places[(residuals - residuals.min()) / scatter <= WITHIN]
    place = int(places[residuals.argmin()])
    moved = (at >= place).astype(np.float64) if shape == "abrupt" else np.maximum(at - place, 0.0)
    level, change = _fit(weight, y, moved)
    after = level + change * float(moved[-1])
    return Onset(shape, place, int(near.min()), int(near.max()), min(max(level, 0.0), 1.0), min(max(after, 0.0), 1.0))


def _none(n: Floats, s: Floats) -> Onset:
    level = float(s.sum() / n.sum()) if n.sum() else float("nan")
    return Onset("none", -1, -1, -1, level, level)


def _fit(weight: Floats, y: Floats, moved: Floats) -> tuple[float, float]:
    """Level and change of the weighted least squares line through ``moved``."""
    x = moved - weight @ moved / weight.sum()
    change = float((weight * x) @ y / (weight @ x**2))
    return float(weight @ (y - change * moved) / weight.sum()), change


def _gains(weight: Floats, y: Floats, moved: Floats) -> Floats:
    """How much of the weighted sum of squares each row of (K, T) changes explains."""
    x = moved - (moved @ weight / weight.sum())[:, None]
    gains: Floats = (x @ (weight * y)) ** 2 / np.maximum(x**2 @ weight, 1e-300)
    return gains
