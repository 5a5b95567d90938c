"""Annotator: learned on the evaluation set, it says how likely a sample is good – or that it can't tell.

Three estimates are kept apart: the calibrated confidence, the same with the evaluation set weighted to look like a
block of time, and a model of correctness from all properties. A sample's score is their plain mean where the sample is
supported; elsewhere the correctness model doesn't speak.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from prodmon_widgets.engine.annotation import correctness, storage
from prodmon_widgets.engine.annotation.abstention import Thresholds
from prodmon_widgets.engine.annotation.annotations import BAD, GOOD, UNKNOWN, Annotations
from prodmon_widgets.engine.annotation.blocks import Block, deviation, is_estimable
from prodmon_widgets.engine.annotation.folds import folds
from prodmon_widgets.engine.annotation.known import Known, backtest, reference_rows
from prodmon_widgets.engine.annotation.reader import Reader, codes_of
from prodmon_widgets.engine.annotation.steps import Calibrator
from prodmon_widgets.engine.annotation.support import Support
from prodmon_widgets.engine.annotation.text import TextDirections
from prodmon_widgets.engine.rules import NO_RULE, Rule, Rules
from prodmon_widgets.errors import InputError, NotFittedError

__all__ = ["BAD", "GOOD", "UNKNOWN", "Annotations", "Annotator"]

Floats = NDArray[np.float64]
BY_PROPERTIES, TOO_CLOSE = "by its properties", "too close to call"
RULE_STRENGTH = 2.0
"""A rule's own word counts as so many evaluation samples in the score of what it annotates."""


class Annotator(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Probability of good from properties; abstains where it can't tell, and says why.

    Parameters
    ----------
    model
        Any classifier with ``fit`` and ``predict_proba`` for the correctness model; it reads a float matrix with NaN
        for what is missing or unseen. None: gradient boosting.
    target_error
        Bound, with 95 % confidence, of the error of given annotations on held-out evaluation samples, in (0, 1).
    text
        Whether columns of text are read.
    rules
        Annotation rules tried before the model: :class:`Rules`, a list of rules, YAML text or a path to it.
    random_state
        Seed of everything drawn.

    What it can't see: a change of P(good | properties). A decline that no property shows needs labels.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.random(1000)
    >>> X = pd.DataFrame({"confidence": x})
    >>> annotator = Annotator().fit(X, (rng.random(1000) < x).astype(float), confidence="confidence")
    >>> bool(abs(annotator.annotate(X).score.mean() - 0.5) < 0.05)
    True
    """

    def __init__(
        self,
        *,
        model: Any = None,
        target_error: float = 0.1,
        text: bool = True,
        rules: Rules | Sequence[Rule] | str | Path | None = None,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.target_error = target_error
        self.text = text
        self.rules = rules
        self.random_state = random_state

    # --- learning ------------------------------------------------------------------------------------------------

    def fit(  # noqa: PLR0913  column roles are the contract's and travel beside X
        self,
        X: pd.DataFrame,  # noqa: N803  scikit-learn's name
        y: Floats,
        *,
        time: Floats | None = None,
        confidence: str | None = None,
        prediction: str | None = None,
        judges: Sequence[str] = (),
        text_columns: Sequence[str] = (),
        sets: Mapping[str, Sequence[str]] | None = None,
    ) -> Annotator:
        """Learn from labelled samples; ``y`` is 1 good, 0 bad, NaN not labelled (left out); ``time`` any number.

        ``confidence``, ``prediction`` and ``judges`` name columns of X; ``sets`` names the boolean columns of each set
        property. Raises InputError for a target error outside (0, 1) and labels of one kind only.
        """
        self._check(np.asarray(y, dtype=np.float64))
        self.classes_ = np.array([0, 1])
        self.confidence_, self.prediction_ = confidence, prediction
        self.judges_ = [name for name in judges if name in X]
        self.text_columns_, self.sets_ = list(text_columns), {k: list(v) for k, v in (sets or {}).items()}
        self.rules_ = Rules.of(self.rules)
        self.reasons_ = [BY_PROPERTIES, TOO_CLOSE, *(f"rule '{rule.name}'" for rule in self.rules_.rules)]
        labelled = ~np.isnan(y)
        frame, good = X[labelled].reset_index(drop=True), np.asarray(y, dtype=np.float64)[labelled]
        self._learn(frame, good, None if time is None else np.asarray(time, dtype=np.float64)[labelled])
        self._freeze_evaluation(X, labelled)
        self.blocks_: pd.DataFrame = _no_blocks()
        self.found_: dict[int, Block] = {}
        return self

    def _check(self, y: Floats) -> None:
        if not 0 < self.target_error < 1:
            raise InputError(f"target_error is {self.target_error!r}; expected a share between 0 and 1.")
        if (y == 1).sum() < 2 or (y == 0).sum() < 2:
            raise InputError(
                f"{int((y == 1).sum())} good and {int((y == 0).sum())} bad samples; both are needed, twice."
            )

    def _learn(self, frame: pd.DataFrame, good: Floats, time: Floats | None) -> None:
        text = self.text_columns_
        self.reader_ = Reader().fit(frame, text, time)
        self.left_out_ = self.reader_.left_out_
        self.text_ = TextDirections().fit(frame, text if self.text else [], self.random_state)
        readable = frame.drop(columns=text)
        self.support_ = Support().fit(readable, self.reader_.columns_, self.sets_)
        self.levels_ = _levels(frame, self.prediction_)
        fold = folds(good, time)
        matrix = self._matrix(frame)
        model = correctness.boosting(self._categorical(), self.random_state) if self.model is None else self.model
        self.correctness_ = correctness.learn(model, matrix, good, fold, self.random_state)
        raw, kind = self._raw(frame, self.correctness_.held_out), self._kind(frame)
        self.calibrator_ = Calibrator.fit(raw, kind, good)
        confidence = _held_out(raw, kind, good, fold)
        score = confidence * (2 / 3) + self.correctness_.held_out / 3
        self._score_of_rules(frame, good)
        self.thresholds_ = Thresholds.fit(score, good, self.target_error)
        self._keep(matrix, raw, kind, good, score, time)
        self.held_out_ = score

    def _keep(
        self,
        matrix: NDArray[np.float32],
        raw: Floats,
        kind: NDArray[np.int64],
        good: Floats,
        score: Floats,
        time: Floats | None,
    ) -> None:
        rows = reference_rows(len(good), self.random_state)
        order = np.arange(len(good)) if time is None else np.argsort(time, kind="stable")
        facts = len(good), float(good.mean()), backtest(good, score, order)
        self.known_ = Known(matrix[rows], raw[rows], kind[rows], good[rows], score[rows], *facts)

    def _score_of_rules(self, frame: pd.DataFrame, good: Floats) -> None:
        """A rule's samples score as its evaluation samples were judged, with its own word as a weak start."""
        met = self.rules_.annotate(frame, self.sets_)
        word = np.array([1.0, 0.0, good.mean()])[self.rules_.states()]
        n = np.array([(met == i).sum() for i in range(len(word))])
        n_good = np.array([good[met == i].sum() for i in range(len(word))])
        self.rule_scores_ = (n_good + RULE_STRENGTH * word) / (n + RULE_STRENGTH)

    def _freeze_evaluation(self, X: pd.DataFrame, labelled: NDArray[np.bool_]) -> None:  # noqa: N803
        """Out-of-fold annotations of all evaluation samples; unlabelled ones get the fitted model's."""
        score = np.empty(len(X))
        score[labelled] = self.held_out_
        if not labelled.all():
            score[~labelled] = self._mean(X[~labelled], None)[0]
        nowhere = np.zeros(len(X), dtype=np.uint16)
        self.evaluation_ = self._given(X, score, nowhere, nowhere == 0)
        del self.held_out_

    # --- adapting to production ------------------------------------------------------------------------------------

    def adapt(self, X: pd.DataFrame, block: NDArray[np.int64]) -> Annotator:  # noqa: N803
        """Learn how each block of time differs from the evaluation set, from a bounded sample of its rows.

        ``blocks_`` then has block, n, auc (of telling the block from the evaluation set), effective_n, calibration
        (standard deviation of the error of the block's mean score, score units) and estimable. Blocks that were
        adapted to before keep what they got.
        """
        self._fitted()
        rows = [self._adapt(int(each), X[block == each]) for each in np.unique(block)]
        fresh = pd.DataFrame(rows, columns=list(_no_blocks().columns))
        kept = self.blocks_[~self.blocks_["block"].isin(fresh["block"])]
        self.blocks_ = pd.concat([kept, fresh], ignore_index=True) if len(kept) else fresh
        return self

    def _adapt(self, block: int, frame: pd.DataFrame) -> tuple[object, ...]:
        matrix = self._matrix(frame)
        self.found_[block] = made = Block.learn(self.known_, matrix, self._categorical(), self.random_state)
        apart = self._apart(frame, made)
        supported = self._outside(frame) == 0
        apart["correctness model"] = np.where(supported, apart["correctness model"], _rest(apart))
        means = np.array([values.mean() for values in apart.values()])
        sd = deviation(self.known_, made.density, means)
        found = made.density
        return block, len(frame), found.auc, found.effective_n, is_estimable(sd), sd

    # --- annotating ------------------------------------------------------------------------------------------------

    def annotate(self, X: pd.DataFrame, block: NDArray[np.int64] | None = None) -> Annotations:  # noqa: N803
        """Score, annotation, support and reason of each sample; ``block`` is the block of time of each row.

        A row's result depends on the row and its block alone, never on the batch it came in.
        """
        self._fitted()
        score, reason = self._mean(X, block)
        return self._given(X, score, reason, reason == 0)

    def estimates(self, X: pd.DataFrame) -> pd.DataFrame:  # noqa: N803
        """The estimates side by side for these samples as one window, refitted for it; best read with its band.

        Columns: estimate, score (mean over all samples; the correctness model's own word also outside support).
        ``.attrs``: auc, effective_n, supported (share), no_change (share of good on the evaluation set).
        """
        self._fitted()
        sample = X.iloc[reference_rows(len(X), self.random_state)]
        made = Block.learn(self.known_, self._matrix(sample), self._categorical(), self.random_state)
        apart = self._apart(X, made)
        outside = self._outside(X) != 0
        rows = {"no change": self.known_.mean} | {name: float(v.mean()) for name, v in apart.items()}
        rows["combined"] = float(_combined(apart, outside).mean())
        frame = pd.DataFrame({"estimate": list(rows), "score": list(rows.values())})
        facts = {
            "auc": made.density.auc,
            "effective_n": made.density.effective_n,
            "supported": float(1 - outside.mean()),
        }
        frame.attrs |= facts
        return frame

    def predict_proba(self, X: pd.DataFrame) -> Floats:  # noqa: N803
        """P(bad), P(good), shape (n, 2)."""
        score = self.annotate(X).score.astype(np.float64)
        return np.column_stack([1 - score, score])

    def predict(self, X: pd.DataFrame) -> NDArray[np.int64]:  # noqa: N803
        """1 good, 0 bad, −1 unknown."""
        result: NDArray[np.int64] = np.array([1, 0, -1])[self.annotate(X).state]
        return result

    def save(self, folder: str | Path) -> None:
        """Write the fitted annotator without pickle."""
        self._fitted()
        storage.save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> Annotator:
        """A saved annotator; refuses types that no annotator is made of."""
        result: Annotator = storage.load(Path(folder), cls)
        return result

    def _mean(self, X: pd.DataFrame, block: NDArray[np.int64] | None) -> tuple[Floats, NDArray[np.uint16]]:  # noqa: N803
        reason = self._outside(X)
        outside = reason != 0
        apart = self._apart(X, None)
        if block is not None:
            raw, kind = self._raw(X, apart["correctness model"]), self._kind(X)
            for each in np.unique(block):
                mine, found = block == each, self.found_.get(int(each))
                if found is not None:
                    apart["weighted for the block"][mine] += found.shift(raw[mine], kind[mine])
        return np.clip(_combined(apart, outside), 0.0, 1.0), reason

    def _apart(self, X: pd.DataFrame, block: Block | None) -> dict[str, Floats]:  # noqa: N803
        """The estimates kept apart, each (n,)."""
        model = self.correctness_(self._matrix(X))
        raw, kind = self._raw(X, model), self._kind(X)
        calibrated = self.calibrator_(raw, kind)
        weighted = calibrated + (block.shift(raw, kind) if block else 0.0)
        return {"calibrated confidence": calibrated, "weighted for the block": weighted, "correctness model": model}

    def _given(
        self,
        X: pd.DataFrame,  # noqa: N803
        score: Floats,
        reason: NDArray[np.uint16],
        supported: NDArray[np.bool_],
    ) -> Annotations:
        state = self.thresholds_.state(score)
        # without a confidence nothing is left to speak outside support
        silent = ~supported & (self._unheard(X) | (self.confidence_ is None))
        state[silent] = UNKNOWN
        reason = np.where(supported & (state == UNKNOWN), 1, reason).astype(np.uint16)
        met = self.rules_.annotate(X, self.sets_)
        ruled = met != NO_RULE
        if ruled.any():
            score = np.where(ruled, self.rule_scores_[met], score)
            state[ruled], reason[ruled] = self.rules_.states()[met[ruled]], met[ruled] + 2
        return Annotations(score.astype(np.float32), state, supported, reason, list(self.reasons_))

    def _unheard(self, X: pd.DataFrame) -> NDArray[np.bool_]:  # noqa: N803
        """Rows whose confidence, or a judge's score, is beyond what the evaluation set knows."""
        heard = [c for c in [self.confidence_, *self.judges_] if c in self.support_.ranges_]
        result = np.zeros(len(X), dtype=bool)
        for name in heard:
            low, high = self.support_.ranges_[name]
            values = X[name].to_numpy(np.float64)
            result |= ~((values >= low) & (values <= high))
        return result

    # --- reading -----------------------------------------------------------------------------------------------------

    def _outside(self, X: pd.DataFrame) -> NDArray[np.uint16]:  # noqa: N803
        """0 where supported, else the index of the reason."""
        reason = np.zeros(len(X), dtype=np.uint16)
        for words, rows in self.support_.outside(X):
            if words not in self.reasons_:
                self.reasons_.append(words)
            reason[rows & (reason == 0)] = self.reasons_.index(words)
        return reason

    def _matrix(self, X: pd.DataFrame) -> NDArray[np.float32]:  # noqa: N803
        return np.hstack([self.reader_.matrix(X), self.text_.numbers(X)])

    def _categorical(self) -> NDArray[np.bool_]:
        known = self.reader_.categorical
        n_text = self.text_.directions_.shape[1] if self.text_.columns_ else 0
        return np.concatenate([known, np.zeros(n_text, dtype=bool)])

    def _raw(self, X: pd.DataFrame, model: Floats) -> Floats:  # noqa: N803
        """What is calibrated: the confidence; without one, or where it is missing, the correctness model."""
        if self.confidence_ is None:
            return model
        values = X[self.confidence_].to_numpy(np.float64)
        return np.where(np.isnan(values), model, values)

    def _kind(self, X: pd.DataFrame) -> NDArray[np.int64]:  # noqa: N803
        """Code of the predicted class, −1 where it is missing, unseen or a set."""
        if self.prediction_ is None or not self.levels_:
            return np.full(len(X), -1)
        return np.nan_to_num(codes_of(X[self.prediction_], self.levels_), nan=-1).astype(np.int64)

    def _fitted(self) -> None:
        if not hasattr(self, "evaluation_"):
            raise NotFittedError("this annotator is not fitted; call fit first.")


def _combined(apart: Mapping[str, Floats], outside: NDArray[np.bool_]) -> Floats:
    """The plain mean of the estimates; without the correctness model where it has no support."""
    rest = _rest(apart)
    return np.where(outside, rest, (2 * rest + apart["correctness model"]) / 3)


def _rest(apart: Mapping[str, Floats]) -> Floats:
    return (apart["calibrated confidence"] + apart["weighted for the block"]) / 2


def _held_out(raw: Floats, kind: NDArray[np.int64], good: Floats, fold: NDArray[np.int64]) -> Floats:
    result = np.empty(len(good))
    for held in np.unique(fold):
        mine = fold == held
        result[mine] = Calibrator.fit(raw[~mine], kind[~mine], good[~mine])(raw[mine], kind[mine])
    return result


def _levels(frame: pd.DataFrame, prediction: str | None) -> list[str]:
    """The predicted classes; none where the prediction is a set (its members are columns) or a number."""
    if prediction is None or prediction not in frame or pd.api.types.is_numeric_dtype(frame[prediction]):
        return []
    return [str(v) for v in frame[prediction].dropna().unique()]


def _no_blocks() -> pd.DataFrame:
    return pd.DataFrame({name: [] for name in ("block", "n", "auc", "effective_n", "estimable", "calibration")})
