"""Annotator: learned on the evaluation set, it says how likely a sample is good – or that it can't tell.

Three estimates are kept apart: the calibrated confidence, the same with the evaluation set weighted to look like a
block of time, and a model of correctness from all properties. Their plain mean says how good a block is; within it,
the correctness model says how samples differ, where they are supported. Elsewhere it doesn't speak.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from prodmon_widgets.engine.annotator import storage
from prodmon_widgets.engine.annotator.abstention import Thresholds
from prodmon_widgets.engine.annotator.annotations import BAD, GOOD, UNKNOWN, Annotations
from prodmon_widgets.engine.annotator.blocks import Block, deviation, is_estimable, no_blocks
from prodmon_widgets.engine.annotator.estimators import CALIBRATED, MODEL, WEIGHTED, Estimators, Roles, combined
from prodmon_widgets.engine.annotator.judging import only_judges_moved
from prodmon_widgets.engine.annotator.known import Known
from prodmon_widgets.engine.annotator.learned import Learned
from prodmon_widgets.engine.annotator.levels import level_of, moved
from prodmon_widgets.engine.annotator.rulefile import rules_of
from prodmon_widgets.engine.annotator.rules import NO_RULE, Rule, Rules
from prodmon_widgets.engine.annotator.signals import named_signals
from prodmon_widgets.engine.annotator.support import Support
from prodmon_widgets.engine.quality.estimate import MOSTLY_UNSUPPORTED, Z
from prodmon_widgets.errors import InputError, NotFittedError

__all__ = ["BAD", "GOOD", "UNKNOWN", "Annotations", "Annotator"]

Floats = NDArray[np.float64]
BY_PROPERTIES, TOO_CLOSE = "by its properties", "too close to call"
UNLIKE = "told apart from the evaluation set by its properties together"
ANYTHING = 12**-0.5
"""Standard deviation of a mean that may be anything between 0 and 1: of unsupported samples without a signal."""
ADAPT_ROWS = 5000
"""At most so many samples of a window are read to refit its estimates."""


class Annotator(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Probability of good from properties; abstains where it can't tell, and says why.

    Parameters
    ----------
    model
        Any object with ``fit`` and ``predict_proba`` for the correctness model; it reads a DataFrame of numbers, a
        category as the rank of its frequency, the median for what is missing. None: gradient boosting.
    target_error
        Bound, with 95 % confidence, of the error of given annotations on held-out evaluation samples, in (0, 1).
    text
        Whether columns of text are read.
    rules
        Annotation rules tried before the model: :class:`Rules`, a list of rules, YAML text or a path to it.
    judges
        Names of numeric properties that are somebody's score of a sample: an LLM judge's, a user's feedback, a
        relevance heuristic. They may speak where the evaluation set has nothing like a sample. None: those that alone
        tell good evaluation samples from bad ones.
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
        judges: Sequence[str] | None = None,
        random_state: int = 0,
    ) -> None:
        self.model = model
        self.target_error = target_error
        self.text = text
        self.rules = rules
        self.judges = judges
        self.random_state = random_state

    # --- learning ------------------------------------------------------------------------------------------------

    def fit(  # noqa: PLR0913  column roles are the contract's and travel beside X
        self,
        X: pd.DataFrame,
        y: Floats,
        *,
        time: Floats | None = None,
        confidence: str | None = None,
        prediction: str | None = None,
        judges: Sequence[str] = (),
        text_columns: Sequence[str] = (),
        sets: Mapping[str, Sequence[str]] | None = None,
        unread: Mapping[str, str] | None = None,
    ) -> Annotator:
        """Learn from labelled samples; ``y`` is 1 good, 0 bad, NaN not labelled (left out); ``time`` any number.

        ``confidence``, ``prediction`` and ``judges`` name columns of X (the annotator's own ``judges`` win); ``sets``
        names the boolean columns of each set property; ``unread`` columns, each with the reason, say nothing of quality
        or support: only rules read them. Raises InputError for a target error outside (0, 1), labels of
        one kind only, and judges that are no numeric property.
        """
        good = np.asarray(y, dtype=np.float64)
        self._check(good)
        self.classes_ = np.array([0, 1])
        signals = named_signals(X, confidence, judges if self.judges is None else self.judges)
        self.sets_ = {name: list(columns) for name, columns in (sets or {}).items()}
        self.rules_ = rules_of(self.rules)
        self.reasons_ = [BY_PROPERTIES, TOO_CLOSE, *self.rule_reasons, UNLIKE]
        labelled = ~np.isnan(good)
        when = None if time is None else np.asarray(time, dtype=np.float64)[labelled]
        self.estimators_ = Estimators(
            self.model, Roles(signals, prediction, tuple(text_columns), confidence), self.random_state
        )
        self.timed_ = when is not None
        self._learn(X[labelled].reset_index(drop=True), good[labelled], when, dict(unread or {}))
        self._freeze_evaluation(X, labelled)
        self.blocks_: pd.DataFrame = no_blocks()
        self.found_: dict[int, Block] = {}
        return self

    @property
    def rule_reasons(self) -> list[str]:
        """The reasons of samples that a rule annotated, in the order of the rules."""
        return [f"rule '{rule.name}'" for rule in self.rules_.rules]

    @property
    def plain_reasons(self) -> list[str]:
        """The reasons that name no value, no property and no rule."""
        return [BY_PROPERTIES, TOO_CLOSE, UNLIKE]

    def _check(self, y: Floats) -> None:
        if not 0 < self.target_error < 1:
            raise InputError(f"target_error is {self.target_error!r}; expected a share between 0 and 1.")
        if (y == 1).sum() < 2 or (y == 0).sum() < 2:
            raise InputError(
                f"{int((y == 1).sum())} good and {int((y == 0).sum())} bad samples; both are needed, twice."
            )

    def _learn(self, frame: pd.DataFrame, good: Floats, time: Floats | None, unread: dict[str, str]) -> None:
        read = frame.drop(columns=[name for name in unread if name in frame])
        learned = self.estimators_.fit(read, good, time, read_text=self.text)
        self.level_ = learned.level
        self.left_out_ = self.estimators_.reader_.left_out_ | unread
        self.support_ = Support().fit(
            read.drop(columns=list(self.estimators_.roles.text)), self.estimators_.reader_.columns_, self.sets_
        )
        self.rule_scores_ = self.rules_.scores(self.rules_.annotate(frame, self.sets_), good)
        self.thresholds_ = Thresholds.fit(learned.score, good, self.target_error)
        self.outside_thresholds_ = Thresholds.fit(learned.pooled, good, self.target_error)
        self.known_ = Known.of(learned, time, self.estimators_.categorical(), self.random_state)
        self._learned = learned

    def _freeze_evaluation(self, X: pd.DataFrame, labelled: NDArray[np.bool_]) -> None:
        """Out-of-fold annotations of all evaluation samples; unlabelled ones get the fitted model's."""
        learned: Learned = self.__dict__.pop("_learned")
        score = np.empty(len(X))
        score[labelled] = learned.score
        if not labelled.all():
            score[~labelled] = self._mean(X[~labelled], None)[0]
        nowhere = np.zeros(len(X), dtype=np.uint16)
        self.evaluation_ = self._given(X, score, nowhere, nowhere == 0)

    def watch(self, name: str, value: str) -> None:
        """A column that was constant until now is a property: the evaluation set knows one value of it."""
        self.support_.seen_[name] = [value]
        self.left_out_[name] = "never varies on the evaluation set"

    # --- adapting to production ------------------------------------------------------------------------------------

    def adapt(self, X: pd.DataFrame, block: NDArray[np.int64], time: Floats | None = None) -> Annotator:
        """Learn how each block of time differs from the evaluation set, from a bounded sample of its rows.

        ``time`` of each row, in the units that ``fit`` was given (without them in rows, the evaluation set's first
        being 0): the farther from the evaluation set, the wider the band. None: right after it.
        ``blocks_`` then has block, n, auc (of telling the block from the evaluation set), effective_n, estimable,
        calibration (standard deviation of the error of the block's mean score, score units) and spoken: the share of
        the block that lies beyond a number's range, but whose signals the evaluation set knows; 0 where the block isn't
        estimable; apart and judged: whether that is because it is told apart from the evaluation set, or only a judge
        moved. Blocks that were adapted to before keep what they got.
        """
        self._fitted()
        when = np.full(len(X), np.nan) if time is None else time
        rows = [self._adapt(int(each), X[block == each], _mean_of(when[block == each])) for each in np.unique(block)]
        fresh = pd.DataFrame(rows, columns=list(no_blocks().columns))
        kept = self.blocks_[~self.blocks_["block"].isin(fresh["block"])]
        self.blocks_ = pd.concat([kept, fresh], ignore_index=True) if len(kept) else fresh
        return self

    def _adapt(self, block: int, frame: pd.DataFrame, at: float | None) -> tuple[object, ...]:
        made, sd, estimable = self._block(frame, self.estimators_.apart(frame), at)
        self.found_[block] = made
        spoken = float(self._spoken(frame).mean()) if estimable else 0.0
        return (
            block,
            len(frame),
            made.density.auc,
            made.density.effective_n,
            estimable,
            sd,
            spoken,
            made.stepped,
            made.judged,
        )

    def _block(
        self, frame: pd.DataFrame, apart: dict[str, Floats], at: float | None = None
    ) -> tuple[Block, float, bool]:
        """The block that these rows are, the deviation of its mean score, and whether it is estimable.

        Adds to ``apart`` what weighting changes.
        """
        own = self.estimators_
        rows = np.random.default_rng(self.random_state).permutation(len(frame))[:ADAPT_ROWS]
        matrix = own.matrix(frame.iloc[rows])
        raw, kind = own.raw(frame, apart[MODEL]), own.kind(frame)
        made = Block.learn(self.known_, matrix, raw, kind, self.random_state)
        apart[WEIGHTED] = apart[CALIBRATED] + made.shift(raw, kind)
        outside = self._outside(frame) != 0
        mean = combined(apart, made.told_apart(own.matrix(frame)))[~outside]
        made = replace(
            made, level=level_of(apart[MODEL][~outside], float(mean.mean()) if len(mean) else self.known_.mean)
        )
        unheard = float((outside & ~self._heard(frame)).mean())
        means = np.array([values.mean() for values in apart.values()])
        sd = float(np.hypot(deviation(self.known_, made.density, means, at), ANYTHING * unheard))
        if only_judges_moved(self.known_.matrix, matrix, own.judged(), self.random_state):
            # judge or product: the band reaches from what the judge says to no change
            apart_from_known = abs(float(means.mean()) - self.known_.mean)
            return replace(made, judged=True), float(np.hypot(sd, apart_from_known / Z)), False
        return made, sd, is_estimable(self.known_, made.density, sd)

    # --- annotating ------------------------------------------------------------------------------------------------

    def annotate(self, X: pd.DataFrame, block: NDArray[np.int64] | None = None) -> Annotations:
        """Score, annotation, support and reason of each sample; ``block`` is the block of time of each row.

        A row's result depends on the row and its block alone, never on the batch it came in.
        """
        self._fitted()
        score, reason = self._mean(X, block)
        return self._given(X, score, reason, reason == 0)

    def estimates(self, X: pd.DataFrame, n: int | None = None, at: float | None = None) -> pd.DataFrame:
        """The estimates side by side for these samples as one window, refitted for it; ``n``: how many it stands for.

        ``at``: its time, as in :meth:`adapt`.

        Columns: estimate, score (mean over all samples; the correctness model's own word also outside support), low,
        high (95 % band of ``combined``, NaN of the others). ``.attrs``: auc, effective_n, supported (share), estimable.
        """
        self._fitted()
        apart = self.estimators_.apart(X)
        made, sd, estimable = self._block(X, apart, at)
        outside = (self._outside(X) != 0) | made.told_apart(self.estimators_.matrix(X))
        score = combined(apart, outside)
        rows = {"no change": self.known_.mean} | {name: float(v.mean()) for name, v in apart.items()}
        rows["combined"] = float(score.mean())
        frame = pd.DataFrame({"estimate": list(rows), "score": list(rows.values())})
        half = Z * np.sqrt((score * (1 - score)).mean() / (n or len(X)) + sd**2)
        last = frame["estimate"] == "combined"
        frame["low"] = np.where(last, np.clip(rows["combined"] - half, 0.0, 1.0), np.nan)
        frame["high"] = np.where(last, np.clip(rows["combined"] + half, 0.0, 1.0), np.nan)
        silent = outside & ~(self._spoken(X) & estimable)
        if silent.mean() > MOSTLY_UNSUPPORTED:
            worst = float((score * ~outside).mean())
            frame.loc[last, ["low", "high"]] = worst, worst + float(outside.mean())
        frame.attrs |= {
            "auc": made.density.auc,
            "effective_n": made.density.effective_n,
            "supported": float(1 - outside.mean()),
            "estimable": bool(estimable and silent.mean() <= MOSTLY_UNSUPPORTED),
            "assumption": "P(good | properties) is as it was on the evaluation set",
        }
        return frame

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """P(bad), P(good), (n, 2), in [0, 1]. Raises NotFittedError before ``fit``."""
        score = self.annotate(X).score.astype(np.float64)
        return np.column_stack([1 - score, score])

    def predict(self, X: pd.DataFrame) -> NDArray[np.int64]:
        """1 good, 0 bad, −1 unknown, (n,). Raises NotFittedError before ``fit``."""
        result: NDArray[np.int64] = np.array([1, 0, -1])[self.annotate(X).state]
        return result

    def save(self, folder: str | Path) -> None:
        """Write the fitted annotator to a folder, made where there is none; without pickle. Raises NotFittedError."""
        self._fitted()
        storage.save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path, *, trusted: Collection[str | type] = ()) -> Annotator:
        """The annotator saved in a folder.

        ``trusted`` names every type that a model of your own is made of, exactly; loading such a model runs their code.
        Raises InputError where there is none or it is damaged, and names the types of a model that are not trusted.
        """
        result: Annotator = storage.load(Path(folder), cls, trusted)
        return result

    def _mean(self, X: pd.DataFrame, block: NDArray[np.int64] | None) -> tuple[Floats, NDArray[np.uint16]]:
        reason, own = self._outside(X), self.estimators_
        outside, apart = reason != 0, own.apart(X)
        level, unlike = np.full(len(X), self.level_), np.zeros(len(X), dtype=bool)
        raw, kind = own.raw(X, apart[MODEL]), own.kind(X)
        for each in [] if block is None else np.unique(block):
            mine, found = block == each, self.found_.get(int(each))
            if found is not None:
                apart[WEIGHTED][mine] += found.shift(raw[mine], kind[mine])
                level[mine] = found.level
                unlike[mine] = found.told_apart(own.matrix(X[mine])) if found.stepped else False
        reason[unlike & ~outside] = self.reasons_.index(UNLIKE)
        score = np.clip(np.where(outside, combined(apart, outside), moved(apart[MODEL], level)), 0.0, 1.0)
        # where nothing may speak, what is known is how good samples are in general
        score[outside & ~self._heard(X)] = self.known_.mean
        return score, reason

    def _given(
        self,
        X: pd.DataFrame,
        score: Floats,
        reason: NDArray[np.uint16],
        supported: NDArray[np.bool_],
    ) -> Annotations:
        state = np.where(supported, self.thresholds_.state(score), self.outside_thresholds_.state(score))
        state[~supported & ~self._heard(X)] = UNKNOWN
        reason = np.where(supported & (state == UNKNOWN), 1, reason).astype(np.uint16)
        met = self.rules_.annotate(X, self.sets_)
        ruled = met != NO_RULE
        if ruled.any():
            score = np.where(ruled, self.rule_scores_[met], score)
            state[ruled], reason[ruled] = self.rules_.states()[met[ruled]], met[ruled] + 2
        return Annotations(score.astype(np.float32), state.astype(np.uint8), supported, reason, list(self.reasons_))

    def _heard(self, X: pd.DataFrame) -> NDArray[np.bool_]:
        """Rows that have a signal, and none beyond what the evaluation set knows."""
        return self.support_.within(X, self.estimators_.signals_.names_)

    def _spoken(self, X: pd.DataFrame) -> NDArray[np.bool_]:
        """Rows beyond a number's range, with no value that is unseen, whose signals the evaluation set knows."""
        unseen, beyond = self.support_.unseen_or_beyond(X)
        return beyond & ~unseen & self._heard(X)

    def _outside(self, X: pd.DataFrame) -> NDArray[np.uint16]:
        """0 where supported, else the index of the reason."""
        reason = np.zeros(len(X), dtype=np.uint16)
        for words, rows in self.support_.outside(X):
            if words not in self.reasons_:
                self.reasons_.append(words)
            reason[rows & (reason == 0)] = self.reasons_.index(words)
        return reason

    def _fitted(self) -> None:
        if not hasattr(self, "evaluation_"):
            raise NotFittedError("this annotator is not fitted; call fit first.")


def _mean_of(time: Floats) -> float | None:
    known = time[~np.isnan(time)]
    return float(known.mean()) if len(known) else None
