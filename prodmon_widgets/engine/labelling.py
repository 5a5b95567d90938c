"""Labelling: which samples people are asked about, and how what they say reaches the samples of production."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.draws import Draw, choose, foreseen
from prodmon_widgets.engine.labels import frame_of
from prodmon_widgets.engine.performance import Z
from prodmon_widgets.engine.reading.arrow import arrow_table
from prodmon_widgets.engine.reading.rows import ArrowRows
from prodmon_widgets.engine.samples import SampleSet
from prodmon_widgets.engine.state import State, Where, named
from prodmon_widgets.engine.table import Table, good
from prodmon_widgets.engine.windows import Window
from prodmon_widgets.errors import InputError, check_count
from prodmon_widgets.schema import USUAL_NAMES


def to_label(state: State, n: int, window: Window, where: Where | None, seed: int | None) -> pd.DataFrame:
    """Draw ``n`` samples and remember the draw in the state's labels; see ``Monitor.to_label``.

    Raises InputError where ``n`` is no count from 1 on, or nothing is left to draw.
    """
    check_count("n", n, least=1)
    side, labels = state.production, state.labels
    frame = frame_of(state.cube.time, state.bins(window), where)
    everyone = frame.mask(side.codes)
    left = everyone.copy()
    left[labels.drawn()] = False
    rows = np.flatnonzero(left)
    if not len(rows):
        raise InputError(f"no sample is left to draw in {named(window, where)}.")
    at, probability = choose(*_scores(side, rows), int(n), len(labels.draws) if seed is None else seed)
    drawn = rows[at]
    n_labels = labels.n_of(frame.key) + len(drawn)
    labels.draws.append(Draw(frame.key, drawn, probability, len(rows)))
    now = state.score(window, where)
    asked = state.annotated(side.take(drawn), drawn).assign(probability=probability)
    if "id" not in asked.columns:
        asked.insert(0, "id", side.ids()[drawn])
    asked.attrs["width"] = float(now.high - now.low)
    asked.attrs["expected_width"] = _expected_width(side, np.flatnonzero(everyone), n_labels)
    return asked


def _scores(side: SampleSet, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Score and support of these rows."""
    return side.score(rows), side.estimates(rows)["supported"].astype(bool)


def _expected_width(side: SampleSet, rows: NDArray[np.int64], n_labels: int) -> float:
    """Width of the band of these rows' score that so many drawn labels can be expected to leave."""
    score, supported = _scores(side, rows)
    sampling = float((score * (1 - score)).mean()) / len(rows)
    return float(min(1.0, 2 * Z * np.sqrt(sampling + foreseen(score, supported, n_labels) ** 2)))


def as_annotations(given: object, side: SampleSet) -> pd.DataFrame:
    """Labels as ``Labels.take`` reads them: ``id, annotation``, whatever the schema calls them.

    A frame of true labels instead of annotations is held against the predictions of its samples, of several classes all
    must be right; a line without a label says nothing. Raises InputError for what is no DataFrame, and where a
    prediction can't be right or wrong.
    """
    if not isinstance(given, pd.DataFrame):
        raise InputError(f"labels are a {type(given).__name__}; expected a DataFrame with id and annotation.")
    schema = side.tables[0].plan.schema
    names = {"id": _first(given, ["id", schema.id]), "annotation": _first(given, ["annotation", schema.annotation])}
    frame = given.rename(columns={name: word for word, name in names.items() if name is not None})
    label = _first(frame, [schema.label, *USUAL_NAMES["label"]])
    if "annotation" in frame.columns or "id" not in frame.columns or label is None:
        return frame
    frame = frame[frame[label].notna()]
    ids = frame["id"].astype(str)
    known = ids.isin(side.row_of.keys()).to_numpy()
    said = np.full(len(frame), np.nan)
    rows = np.array([side.row_of[each] for each in ids[known]], dtype=np.int64)
    said[known] = _held_against(side, rows, frame.loc[known, label], label)
    return frame.assign(annotation=np.select([said == 1, said == 0], ["good", "bad"], "unknown"))


def _first(frame: pd.DataFrame, names: Iterable[str | None]) -> str | None:
    return next((name for name in names if name is not None and name in frame.columns), None)


def _held_against(side: SampleSet, rows: NDArray[np.int64], labels: pd.Series, name: str) -> NDArray[np.float64]:
    """1.0 where the prediction of a row is its label, else 0.0."""
    plan = side.tables[0].plan
    if plan.prediction is None or plan.prediction.kind not in ("class", "set"):
        what = "there is no prediction" if plan.prediction is None else f"{plan.prediction.column!r} is no class"
        raise InputError(f"label {name!r} can't say what is good: {what}. Give annotations: good, bad or unknown.")
    predicted = side.take(rows, [plan.prediction.column])
    both = arrow_table(predicted.assign(**{name: labels.to_numpy()}), "labels")
    schema = plan.schema.filled({"good": None, "annotation": None, "label": name}, {}, ())
    return good(Table("production", ArrowRows(both), replace(plan, schema=schema), tuple(both.column_names)))
