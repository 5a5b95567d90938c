"""A fitted annotator on disk: plain arrays and JSON, which are read field by field and checked; never pickle.

Nothing in a file names what is made of it. Only a model of the user's own lies beside it in the format of skops, and is
read for who lists its types.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator.abstention import Thresholds
from prodmon_widgets.engine.annotator.annotations import Annotations
from prodmon_widgets.engine.annotator.blocks import Block
from prodmon_widgets.engine.annotator.checks import CHECKS, same
from prodmon_widgets.engine.annotator.estimators import Estimators
from prodmon_widgets.engine.annotator.foreign import Foreign
from prodmon_widgets.engine.annotator.known import Known
from prodmon_widgets.engine.annotator.ownmodel import PlainLogistic, read_model, write_model
from prodmon_widgets.engine.annotator.rules import Rules
from prodmon_widgets.engine.annotator.support import Support
from prodmon_widgets.engine.work.documents import read_document, write_document
from prodmon_widgets.engine.work.plain import Check
from prodmon_widgets.errors import InputError

FILE, MODEL = "annotator.npz", "model.skops"
BESIDE = frozenset(["model", "rules", "blocks_"])
"""Attributes that are saved in another form."""

Numbers = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_]


@dataclass
class Fitted:
    """What a fitted annotator has: its attributes by name, ``rules_`` in place of rules, ``blocks`` as columns.

    ``model`` is a logistic regression of the user's own; ``has_model``: another lies beside.
    """

    target_error: float
    text: bool
    judges: list[str] | None
    random_state: int
    sets_: dict[str, list[str]]
    rules_: Rules
    reasons_: list[str]
    timed_: bool
    level_: float
    estimators_: Estimators
    left_out_: dict[str, str]
    support_: Support
    rule_scores_: NDArray[np.float64]
    thresholds_: Thresholds
    outside_thresholds_: Thresholds
    known_: Known
    evaluation_: Annotations
    found_: dict[int, Block]
    blocks: dict[str, Numbers]
    model: PlainLogistic | None = None
    has_model: bool = False


ATTRIBUTES = tuple(f.name for f in fields(Fitted) if f.name not in ("blocks", "model", "has_model"))


def save(annotator: Any, folder: Path) -> None:
    """Write ``annotator`` into a folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unsaved = set(vars(annotator)) - {*ATTRIBUTES, *BESIDE, "classes_"}
    if unsaved:
        raise AssertionError(f"the annotator has attributes that would be lost: {sorted(unsaved)}")
    held = {name: getattr(annotator, name) for name in ATTRIBUTES}
    blocks = {name: _column(annotator.blocks_[name]) for name in annotator.blocks_}
    own = annotator.estimators_.correctness_.model
    plain = PlainLogistic.of(own.model_) if isinstance(own, Foreign) else None
    has_model = isinstance(own, Foreign) and plain is None
    (folder / FILE).unlink(missing_ok=True)
    write_document(folder / FILE, Fitted(**held, blocks=blocks, model=plain, has_model=has_model))
    (folder / MODEL).unlink(missing_ok=True)
    if has_model:
        write_model(folder / MODEL, own.model_)


def load(folder: Path, kind: Any, trusted: Collection[str | type] = ()) -> Any:
    """The annotator in a folder.

    Raises InputError where there is none, it is damaged, or has a model of types that are not in ``trusted``.
    """
    if not (folder / FILE).exists():
        raise InputError(f"{folder} holds no saved annotator: {FILE} is missing.")
    fitted: Fitted = read_document(folder / FILE, Fitted, CHECKS | OWN_CHECKS)
    annotator = kind.__new__(kind)
    annotator.__dict__.update({name: getattr(fitted, name) for name in ATTRIBUTES})
    annotator.rules, annotator.classes_ = fitted.rules_, np.array([0, 1])
    annotator.blocks_ = pd.DataFrame(fitted.blocks)
    annotator.model = None
    own = fitted.estimators_.correctness_.model
    if isinstance(own, Foreign):
        own.model_ = fitted.model.restored() if fitted.model is not None else read_model(folder / MODEL, trusted)
        annotator.model = own.model = own.model_
    annotator.estimators_.model = annotator.model
    return annotator


def _column(values: pd.Series[Any]) -> NDArray[Any]:
    found = np.asarray(values.tolist())
    return found if found.dtype.kind in "bif" and len(found) else found.astype(np.float64)


def _check_fitted(fitted: Fitted) -> None:
    own, known = fitted.estimators_, fitted.known_
    n_columns = len(own.categorical())
    same("columns of the reference", known.matrix.shape[1], n_columns)
    same("columns of the model", own.correctness_.model.n_columns, n_columns)
    if isinstance(own.correctness_.model, Foreign) != (fitted.model is not None or fitted.has_model):
        raise ValueError("a model of the user's own is announced and isn't there, or the other way round")
    if fitted.model is not None:
        same("columns of the user's model", len(fitted.model.names), n_columns)
    same("scores of rules", fitted.rule_scores_.shape, (len(fitted.rules_.rules),))
    if len(fitted.reasons_) < len(fitted.rules_.rules) + 3:
        raise ValueError(f"{len(fitted.reasons_)} reasons for {len(fitted.rules_.rules)} rules")
    for block in fitted.found_.values():
        same("weights of a block", block.density.weight.shape, (len(known.good),))
        if block.density.model is not None:
            same("columns of a block's model", block.density.model.n_columns, n_columns)
    if len({values.shape for values in fitted.blocks.values()}) > 1 or any(v.ndim != 1 for v in fitted.blocks.values()):
        raise ValueError("the columns of blocks are not of one length")


OWN_CHECKS: dict[type, Check] = {Fitted: _check_fitted, PlainLogistic: PlainLogistic.check}
