"""What has to hold of the parts of an annotator that come from a file: shapes, ranges and counts that fit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator.abstention import Thresholds
from prodmon_widgets.engine.annotator.annotations import Annotations
from prodmon_widgets.engine.annotator.density import Density
from prodmon_widgets.engine.annotator.foreign import Foreign
from prodmon_widgets.engine.annotator.known import Known
from prodmon_widgets.engine.annotator.reader import Reader
from prodmon_widgets.engine.annotator.signals import Signals
from prodmon_widgets.engine.annotator.steps import Steps
from prodmon_widgets.engine.annotator.support import Support
from prodmon_widgets.engine.annotator.text import N_WORDS, TextDirections
from prodmon_widgets.engine.annotator.trees import MOST_LEAVES, Splits, Trees
from prodmon_widgets.engine.work.plain import Check

Array = NDArray[np.generic]


def same(what: str, came: object, expected: object) -> None:
    """Raise ValueError where a shape or a count isn't what the rest asks for."""
    if came != expected:
        raise ValueError(f"{what}: {came}, where the rest has {expected}")


def within(what: str, values: Array | float, low: float, high: float) -> None:
    """Raise ValueError where a number lies outside of [low, high], or is none."""
    numbers = np.asarray(values, dtype=np.float64)
    if not ((numbers >= low) & (numbers <= high)).all():
        raise ValueError(f"{what}: expected numbers from {low:g} to {high:g}")


def _steps(steps: Steps) -> None:
    same("knots", steps.y.shape, (len(steps.x),))
    if not len(steps.x) or not np.isfinite(steps.x).all() or (np.diff(steps.x) < 0).any():
        raise ValueError("the knots of a curve don't rise")
    within("a curve", steps.y, 0, 1)


def _splits(splits: Splits) -> None:
    if splits.cuts.ndim != 1 or np.isnan(splits.cuts).any() or (np.diff(splits.cuts) <= 0).any():
        raise ValueError("the cuts of a column don't rise")
    same("rows of a column's table", (splits.left.ndim, len(splits.left)), (2, len(splits.cuts) + 2))


def _trees(trees: Trees) -> None:
    if trees.values.ndim != 2 or not 1 <= trees.values.shape[1] <= MOST_LEAVES:
        raise ValueError(f"leaves of trees have shape {trees.values.shape}")
    if not np.isfinite(trees.values).all() or not np.isfinite(trees.baseline):
        raise ValueError("a leaf has a value that is no number")
    for splits in trees.splits:
        same("trees of a column's table", splits.left.shape[1], len(trees.values))
        within("columns of trees", splits.column, 0, trees.n_columns - 1)


def _foreign(foreign: Foreign) -> None:
    same("medians", foreign.medians_.shape, (len(foreign.columns),))


def _density(density: Density) -> None:
    if density.weight.ndim != 1 or not density.weight.sum() > 0:
        raise ValueError("weights of a block add up to nothing")
    within("weights of a block", density.weight, 0, 1e12)
    within("an AUC", density.auc, 0, 1)
    within("effective samples", density.effective_n, 0, 1e15)
    within("a prior", density.prior, 0, 1e12)


def _known(known: Known) -> None:
    n = len(known.good)
    same("dimensions of the reference", known.matrix.ndim, 2)
    for name in ("raw", "kind", "good", "score"):
        same(f"{name} of the reference", getattr(known, name).shape, (len(known.matrix),))
    within("samples of the evaluation set", known.n, max(n, 1), 1 << 60)
    for name in ("good", "score", "mean", "stretch_auc", "missed"):
        within(f"{name} of the reference", getattr(known, name), 0, 1)
    within("the backtest", known.backtest, 0, 1)
    within("the growth of errors", known.ageing.rate, 0, 1)
    within("the length of a stretch", known.ageing.length, 0, 1e300)
    within("the middle of the evaluation set", known.ageing.middle, -1e300, 1e300)


def _reader(reader: Reader) -> None:
    if len(set(reader.columns_)) != len(reader.columns_) or not set(reader.levels_) <= set(reader.columns_):
        raise ValueError("columns that are read occur twice, or have levels without being read")


def _text(text: TextDirections) -> None:
    if text.columns_:
        same("words of a text", (text.rarity_.shape, text.directions_.shape[:1]), ((N_WORDS,), (N_WORDS,)))
        same("directions of a text", text.directions_.ndim, 2)


def _signals(signals: Signals) -> None:
    n = len(signals.names_)
    same("signals", (len(signals.up_), len(signals.steps_)), (n, n))
    same("weights of signals", signals.weights_.shape, (max(n, 1),))
    within("the share of good", signals.mean_, 0, 1)


def _support(support: Support) -> None:
    if any(len(ends) != 2 or not ends[0] <= ends[1] for ends in support.ranges_.values()):
        raise ValueError("a range has no two ends")


def _annotations(given: Annotations) -> None:
    for name in ("state", "supported", "reason"):
        same(f"{name} of annotations", getattr(given, name).shape, (len(given.score),))
    within("scores", given.score, 0, 1)
    within("states", given.state, 0, 2)
    within("reasons", given.reason, 0, len(given.reasons) - 1)


def _thresholds(thresholds: Thresholds) -> None:
    within("thresholds", np.array([thresholds.low, thresholds.high]), -1, 2)


CHECKS: dict[type, Check] = {
    Annotations: _annotations,
    Density: _density,
    Foreign: _foreign,
    Known: _known,
    Reader: _reader,
    Signals: _signals,
    Splits: _splits,
    Steps: _steps,
    Support: _support,
    TextDirections: _text,
    Thresholds: _thresholds,
    Trees: _trees,
}
