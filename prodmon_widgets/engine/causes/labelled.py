"""What labels alone say of a drop, and how much of that its items don't tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodmon_widgets.engine.labels.labels import ByLabels


@dataclass(frozen=True)
class LabelledDrop:
    """A drop by people's labels alone, from ``score_before`` to ``score``, with its 95 % band ``low, high``.

    ``rest``: what of it no segment of the causes carries: what no property shows. Score points of [0, 1], positive
    where the score fell. ``n``, ``n_before``: labels on either side. It cannot see what nobody labelled or drew.
    """

    drop: float
    low: float
    high: float
    rest: float
    score: float
    score_before: float
    n: int
    n_before: int


def labelled_drop(before: ByLabels | None, after: ByLabels | None, carried: float) -> LabelledDrop | None:
    """The drop between two sides; None where labels say nothing of one. ``carried``: by the causes' segments."""
    if before is None or after is None:
        return None
    drop, half = before.score - after.score, float(np.hypot(before.half, after.half))
    return LabelledDrop(drop, drop - half, drop + half, drop - carried, after.score, before.score, after.n, before.n)
