"""The estimates kept apart: calibrated signals, the same weighted for a block of time, and the correctness model.

The level of a block is their plain mean; where a sample is unsupported the correctness model doesn't speak. Why a plain
mean, and why of blocks: `docs/decisions/estimation.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator import correctness
from prodmon_widgets.engine.annotator.boosting import Boosting
from prodmon_widgets.engine.annotator.folds import folds
from prodmon_widgets.engine.annotator.foreign import Foreign
from prodmon_widgets.engine.annotator.learned import Codes, Floats, Learned
from prodmon_widgets.engine.annotator.reader import Reader, codes_of
from prodmon_widgets.engine.annotator.signals import Signals
from prodmon_widgets.engine.annotator.steps import Calibrator
from prodmon_widgets.engine.annotator.text import TextDirections

CALIBRATED, WEIGHTED, MODEL = "calibrated confidence", "weighted for the block", "correctness model"


@dataclass(frozen=True)
class Roles:
    """What the columns of X are: ``signals`` (confidence and judges' scores), the predicted class, texts."""

    signals: tuple[str, ...] = ()
    prediction: str | None = None
    text: tuple[str, ...] = ()
    confidence: str | None = None


class Estimators:
    """What is learned of P(good); every method takes a frame of properties and returns one number a row."""

    roles: Roles
    seed: int
    reader_: Reader
    text_: TextDirections
    signals_: Signals
    levels_: list[str]
    correctness_: correctness.Correctness
    calibrator_: Calibrator

    def __init__(self, model: Any, roles: Roles, seed: int) -> None:
        self.model, self.roles, self.seed = model, roles, seed

    def fit(self, X: pd.DataFrame, good: Floats, time: Floats | None, *, read_text: bool) -> Learned:
        """Learn from labelled samples, cross-fitted over stretches of time."""
        roles = self.roles
        self.reader_ = Reader().fit(X, roles.text, time)
        self.text_ = TextDirections().fit(X, roles.text if read_text else [], self.seed)
        self.signals_ = Signals().fit(X, roles.signals, good)
        self.levels_ = _levels(X, roles.prediction)
        fold = folds(good, time)
        matrix = self.matrix(X)
        self.correctness_, model = correctness.learn(self._model(), matrix, good, fold, self.seed)
        raw, kind = self.raw(X, model), self.kind(X)
        self.calibrator_ = Calibrator.fit(raw, kind, good)
        calibrated, pooled = _held_out(raw, kind, good, fold)
        return Learned(matrix, raw, kind, good, calibrated, pooled, model)

    def _model(self) -> Any:
        n_text = len(self.categorical()) - len(self.reader_.columns_)
        names = [*self.reader_.columns_, *(f"text {i + 1}" for i in range(n_text))]
        if self.model is not None:
            return Foreign(self.model, names)
        rising = dict(zip(self.signals_.names_, self.signals_.up_, strict=True))
        signs = [0 if name not in rising else 1 if rising[name] else -1 for name in names]
        return Boosting(np.flatnonzero(self.categorical()).tolist(), signs, self.seed)

    def apart(self, X: pd.DataFrame) -> dict[str, Floats]:
        """The estimates kept apart, each (n,); what weighting for a block changes is not in them yet."""
        model = self.correctness_(self.matrix(X))
        raw, kind = self.raw(X, model), self.kind(X)
        calibrated = self.calibrator_(raw, kind)
        return {CALIBRATED: calibrated, WEIGHTED: calibrated.copy(), MODEL: model}

    def matrix(self, X: pd.DataFrame) -> NDArray[np.float32]:
        """Properties and text as numbers, (n, columns)."""
        matrix = self.reader_.matrix(X)
        return np.hstack([matrix, self.text_.numbers(X)]) if self.text_.columns_ else matrix

    def judged(self) -> list[int]:
        """Which columns of the matrix are judges' scores."""
        judges = set(self.signals_.names_) - {self.roles.confidence}
        return [at for at, name in enumerate(self.reader_.columns_) if name in judges]

    def categorical(self) -> NDArray[np.bool_]:
        """Which columns of the matrix hold codes."""
        n_text = self.text_.directions_.shape[1] if self.text_.columns_ else 0
        return np.concatenate([self.reader_.categorical, np.zeros(n_text, dtype=bool)])

    def raw(self, X: pd.DataFrame, model: Floats) -> Floats:
        """What is calibrated: the signals; without one, or where all are missing, the correctness model."""
        values = self.signals_(X)
        return np.where(np.isnan(values), model, values)

    def kind(self, X: pd.DataFrame) -> Codes:
        """Code of the predicted class, −1 where it is missing, unseen or a set."""
        if self.roles.prediction is None or not self.levels_:
            return np.full(len(X), -1)
        return np.nan_to_num(codes_of(X[self.roles.prediction], self.levels_), nan=-1).astype(np.int64)


def combined(apart: Mapping[str, Floats], outside: NDArray[np.bool_]) -> Floats:
    """The plain mean of the estimates; without the correctness model where it has no support."""
    rest = (apart[CALIBRATED] + apart[WEIGHTED]) / 2
    return np.where(outside, rest, (2 * rest + apart[MODEL]) / 3)


def _held_out(raw: Floats, kind: Codes, good: Floats, fold: Codes) -> tuple[Floats, Floats]:
    """By class, and pooled over classes."""
    by_class, pooled = np.empty(len(good)), np.empty(len(good))
    for held in np.unique(fold):
        mine = fold == held
        made = Calibrator.fit(raw[~mine], kind[~mine], good[~mine])
        by_class[mine], pooled[mine] = made(raw[mine], kind[mine]), made.pooled(raw[mine])
    return by_class, pooled


def _levels(frame: pd.DataFrame, prediction: str | None) -> list[str]:
    """The predicted classes; none where the prediction is a set (its members are columns) or a number."""
    if prediction is None or prediction not in frame or pd.api.types.is_numeric_dtype(frame[prediction]):
        return []
    return [str(v) for v in frame[prediction].dropna().unique()]
