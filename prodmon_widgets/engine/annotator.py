"""Annotator: learned on the evaluation set, it says how likely a sample is good – or that it can't tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

Floats = NDArray[np.float64]

GOOD, BAD, UNKNOWN = 0, 1, 2
N_FOLDS = 5
ESTIMABLE_AUC = 0.95


@dataclass(frozen=True)
class Annotations:
    """Estimates of n samples: ``score`` in [0, 1], ``state`` 0 good, 1 bad, 2 unknown, ``supported``, ``reason``."""

    score: NDArray[np.float32]
    state: NDArray[np.uint8]
    supported: NDArray[np.bool_]
    reason: NDArray[np.uint16]
    reasons: list[str]


class Annotator(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Probability of good from properties; abstains near one half, and doesn't speak where it saw nothing.

    ``model`` is any classifier with ``fit`` and ``predict_proba``; ``target_error`` bounds the error of given
    annotations on held-out evaluation samples.
    """

    def __init__(self, *, model: Any = None, target_error: float = 0.1, random_state: int = 0) -> None:
        self.model = model
        self.target_error = target_error
        self.random_state = random_state

    def fit(
        self,
        X: pd.DataFrame,  # noqa: N803  scikit-learn's name
        y: Floats,
        *,
        time: Floats | None = None,
        confidence: str | None = None,
        prediction: str | None = None,
        text_columns: Sequence[str] = (),
        sets: Mapping[str, Sequence[str]] | None = None,
    ) -> Annotator:
        """Learn from labelled samples; ``y`` is 1 good, 0 bad, NaN not labelled."""
        self.text_columns_ = tuple(text_columns)
        self.confidence_ = confidence
        known = ~np.isnan(y)
        frame, labels = self._read(X)[known], y[known].astype(int)
        self.classes_ = np.array([0, 1])
        self.seen_ = {
            c: set(frame[c].unique()) for c in frame if frame[c].dtype == bool or frame[c].dtype == "category"
        }
        self.reference_ = frame.sample(min(len(frame), 4000), random_state=self.random_state)
        fold = _folds(len(labels), None if time is None else np.asarray(time)[known])
        raw = np.zeros(len(labels))
        for held in np.unique(fold):
            raw[fold == held] = (
                self._model().fit(frame[fold != held], labels[fold != held]).predict_proba(frame[fold == held])[:, 1]
            )
        self.model_ = self._model().fit(frame, labels)
        self.isotonic_ = IsotonicRegression(out_of_bounds="clip", y_min=0.01, y_max=0.99).fit(raw, labels)
        score = self.isotonic_.predict(raw)
        self.calibration_ = float(
            np.sqrt(np.mean([(score[fold == f].mean() - labels[fold == f].mean()) ** 2 for f in np.unique(fold)]))
        )
        self.low_, self.high_ = self._thresholds(score, labels)
        everything = np.full(len(y), labels.mean())
        everything[known] = score
        self.evaluation_ = self._given(everything, np.zeros(len(y), dtype=np.uint16), ["by its properties", *_UNKNOWN])
        return self

    def adapt(self, X: pd.DataFrame, block: NDArray[np.int64]) -> Annotator:  # noqa: N803
        """Learn how far each block of time is from the evaluation set; ``blocks_`` holds what was found."""
        rows = []
        frame = self._read(X)
        for each in np.unique(block):
            mine = frame[block == each]
            auc = self._domain_auc(mine)
            calibration = self.calibration_ * (1 + 2 * max(0.0, auc - 0.5))
            rows.append((int(each), len(mine), auc, auc < ESTIMABLE_AUC, calibration))
        self.blocks_ = pd.DataFrame(rows, columns=["block", "n", "auc", "estimable", "calibration"])
        return self

    def annotate(self, X: pd.DataFrame, block: NDArray[np.int64] | None = None) -> Annotations:  # noqa: N803
        """Score, annotation, support and reason of each sample."""
        frame = self._read(X)
        reason = np.zeros(len(frame), dtype=np.uint16)
        reasons = ["by its properties", *_UNKNOWN]
        for column, seen in self.seen_.items():
            for value in set(frame[column].unique()) - seen:
                if not pd.isna(value):
                    reasons.append(
                        f"unseen: {column}" if value is True or value is np.True_ else f"unseen: {column} = {value}"
                    )
                    reason[(frame[column] == value).to_numpy()] = len(reasons) - 1
        score = self.isotonic_.predict(self.model_.predict_proba(frame)[:, 1])
        return self._given(score, reason, reasons)

    def predict_proba(self, X: pd.DataFrame) -> Floats:  # noqa: N803
        """P(bad), P(good), shape (n, 2)."""
        score = self.annotate(X).score.astype(np.float64)
        return np.column_stack([1 - score, score])

    def predict(self, X: pd.DataFrame) -> NDArray[np.int64]:  # noqa: N803
        """1 good, 0 bad, −1 unknown."""
        result: NDArray[np.int64] = np.array([1, 0, -1])[self.annotate(X).state]
        return result

    def _model(self) -> Any:
        if self.model is not None:
            return clone(self.model)
        return HistGradientBoostingClassifier(
            categorical_features="from_dtype", max_iter=80, max_leaf_nodes=15, random_state=self.random_state
        )

    def _read(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        return X.drop(columns=list(self.text_columns_))

    def _domain_auc(self, frame: pd.DataFrame) -> float:
        both = pd.concat([self.reference_, frame]).select_dtypes(["number", "bool"]).astype(float)
        both = both.fillna(both.median()).fillna(0)
        both = (both - both.mean()) / both.std().replace(0, 1)
        is_new = np.repeat([0, 1], [len(self.reference_), len(frame)])
        half = np.arange(len(both)) % 2 == 0
        if len(np.unique(is_new[half])) < 2 or len(np.unique(is_new[~half])) < 2:
            return 0.5
        domain = LogisticRegression(max_iter=200).fit(both[half], is_new[half])
        return float(roc_auc_score(is_new[~half], domain.predict_proba(both[~half])[:, 1]))

    def _thresholds(self, score: Floats, good: NDArray[np.int64]) -> tuple[float, float]:
        tried = np.linspace(0.05, 0.5, 19)
        confident = 1 - 0.05 / (2 * len(tried))
        low = max(
            (t for t in tried if _bound(good[score <= t].sum(), (score <= t).sum(), confident) <= self.target_error),
            default=-1,
        )
        high = min(
            (
                1 - t
                for t in tried
                if _bound((1 - good[score >= 1 - t]).sum(), (score >= 1 - t).sum(), confident) <= self.target_error
            ),
            default=2,
        )
        return float(low), float(high)

    def _given(self, score: Floats, reason: NDArray[np.uint16], reasons: list[str]) -> Annotations:
        supported = reason == 0
        state = np.where(score >= self.high_, GOOD, np.where(score <= self.low_, BAD, UNKNOWN)).astype(np.uint8)
        reason = np.where(supported & (state == UNKNOWN), 1, reason).astype(np.uint16)
        return Annotations(score.astype(np.float32), state, supported, reason, reasons)


_UNKNOWN = ["too close to call"]


def _bound(n_wrong: int, n: int, confident: float) -> float:
    """Upper end of Clopper and Pearson's one-sided interval for a rate."""
    return 1.0 if n == 0 else float(beta.ppf(confident, n_wrong + 1, n - n_wrong)) if n_wrong < n else 1.0


def _folds(n: int, time: Floats | None) -> NDArray[np.int64]:
    order = np.arange(n) if time is None else np.argsort(time, kind="stable")
    fold = np.empty(n, dtype=np.int64)
    fold[order] = np.arange(n) * N_FOLDS // n
    return fold
