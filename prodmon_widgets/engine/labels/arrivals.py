"""Labels that arrive later: a frame of ids with an annotation or a true label, joined to the rows of production."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.table import truth
from prodmon_widgets.engine.table.rows import ArrowRows, Rows
from prodmon_widgets.engine.table.sources import is_nothing, open_rows
from prodmon_widgets.engine.table.table import Table, good
from prodmon_widgets.errors import InputError, unknown
from prodmon_widgets.schema import USUAL_NAMES

UnknownIds = Literal["raise", "ignore"]


@dataclass(frozen=True)
class Arrived:
    """What labels say of ``rows``, each (n,): 1 good, 0 bad, NaN unknown; ``silent`` where they say nothing at all.

    ``n_unknown``: labels of no row, which were left.
    """

    rows: NDArray[np.int64]
    said: NDArray[np.float64]
    silent: NDArray[np.bool_]
    why: list[str]
    n_unknown: int = 0


def arrived(tables: Sequence[Table], source: Any, unknown_ids: UnknownIds = "raise") -> Arrived:
    """The labels of ``source`` for the rows of these tables, which are numbered throughout.

    ``source`` is anything readable with the id column (or ``id``: row numbers where the tables have no ids) and an
    annotation, or the true label, which is held against the row's prediction. Of several lines with one id the last
    counts; an id that occurs on several rows reaches each of them. ``unknown_ids="ignore"`` counts and leaves labels
    whose id no table has, or that have none: those of rows that aren't there yet, or no more.

    Raises
    ------
    InputError
        For a missing column, an annotation other than Good, Bad, Unknown, or another ``unknown_ids``; and where they
        are not ignored, for an id that no table has.
    """
    if unknown_ids not in get_args(UnknownIds):
        raise InputError(unknown("unknown_ids", str(unknown_ids), get_args(UnknownIds)))
    if is_nothing(source):
        return Arrived(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=bool), [])
    given = open_rows(source, "labels")
    schema = tables[0].plan.schema
    key = _first(given, [schema.id, "id"])
    if key is None:
        raise _lacks("id", given)
    named = given.take(np.arange(given.n_rows), [key]).column(0).cast(pa.string()).combine_chunks()
    annotation = _first(given, [schema.annotation, "annotation"])
    label = None if annotation else _label(given, tables[0])
    ids = [table.ids() for table in tables]
    strangers = _strangers(named, ids)
    if unknown_ids == "raise":
        _refuse(named, key, strangers, ids)
    parts = []
    for table, its_ids in zip(tables, ids, strict=True):
        rows, lines = _joined(its_ids, named)
        told = given.take(lines, given.schema.names)
        parts.append(_said(table, rows, _Told(told, annotation, label)))
    starts = np.cumsum([0, *(table.n_rows for table in tables[:-1])])
    return Arrived(
        np.concatenate([part.rows + start for part, start in zip(parts, starts, strict=True)]),
        np.concatenate([part.said for part in parts]),
        np.concatenate([part.silent for part in parts]),
        [why for part in parts for why in part.why],
        len(strangers) + named.null_count,
    )


@dataclass(frozen=True)
class _Told:
    """One line of labels a row, and which of its columns says what."""

    lines: pa.Table
    annotation: str | None
    label: str | None


def _said(table: Table, rows: NDArray[np.int64], told: _Told) -> Arrived:
    """What these lines say of these rows of one table."""
    lines, schema, prediction = told.lines, table.plan.schema, table.plan.prediction
    reason = next(
        (lines.column(name).to_pylist() for name in ("reason", "annotation_reason") if name in lines.column_names),
        [None] * len(rows),
    )
    spoken = str(told.annotation or told.label)
    lines = lines.select([spoken])
    if told.label is not None and prediction is not None and prediction.column != spoken:
        lines = lines.append_column(prediction.column, table.rows.take(rows, [prediction.column]).column(0))
    at_hand = ArrowRows(lines)
    plan = replace(
        table.plan, schema=schema.filled({"good": None, "annotation": told.annotation, "label": told.label}, {}, ())
    )
    written = {**table.written, **table.plan.writings(ArrowRows(lines.select([spoken])), told.label)}
    said = good(replace(table, rows=at_hand, plan=plan, written=written), "labels")
    silence = at_hand.relation().project(truth.is_silent(at_hand.columns[spoken])).to_arrow_table().column(0)
    silent = silence.to_numpy().astype(bool)
    why = ["" if each is None else str(each) for each in reason]
    if told.label is not None:
        # a true label that isn't known yet takes no annotation back
        spoken_of = np.flatnonzero(~silent)
        return Arrived(rows[spoken_of], said[spoken_of], silent[spoken_of], [why[i] for i in spoken_of])
    return Arrived(rows, said, silent, why)


def _label(given: Rows, table: Table) -> str:
    """The column of true labels, which a prediction of classes can be held against."""
    schema, prediction = table.plan.schema, table.plan.prediction
    name = _first(given, [schema.label, *USUAL_NAMES["label"]])
    if name is None:
        raise _lacks("annotation", given)
    by_distance = prediction is not None and prediction.kind == "number" and schema.tolerance is not None
    if prediction is None or not (by_distance or prediction.kind in ("class", "set")):
        what = "there is no prediction" if prediction is None else f"{prediction.column!r} is no class"
        raise InputError(f"label {name!r} can't say what is good: {what}. Give annotations: good, bad or unknown.")
    return name


def _first(given: Rows, names: Iterable[str | None]) -> str | None:
    return next((name for name in names if name is not None and name in given.columns), None)


def _lacks(name: str, given: Rows) -> InputError:
    return InputError(
        f"labels have no column {[name]}; they have {given.schema.names}. Expected id, and annotation (good, bad or "
        "unknown) or label (the true class)."
    )


def _joined(ids: pa.ChunkedArray, named: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row of the table, line of the labels) for every row that a label names."""
    # index_in gives the first occurrence: reversed, the last line of an id
    backwards = named.take(pa.array(np.arange(len(named))[::-1]))
    found = pc.index_in(ids.cast(pa.string()), value_set=backwards)
    rows = np.flatnonzero(found.is_valid().to_numpy())
    return rows, len(named) - 1 - found.drop_null().to_numpy().astype(np.int64)


def _strangers(named: pa.Array, ids: Sequence[pa.ChunkedArray]) -> pa.Array:
    """The ids of labels, those that are missing aside, that no row has; as often as they come."""
    left = named.drop_null()
    for each in ids:
        its = each.cast(pa.string())
        # asked of the rows' side: labels are few, rows are many
        known = its.filter(pc.is_in(its, value_set=left)).combine_chunks()
        left = left.filter(pc.invert(pc.is_in(left, value_set=known)))
    return left


def _refuse(named: pa.Array, key: str, strangers: pa.Array, ids: Sequence[pa.ChunkedArray]) -> None:
    what_to_do = "nothing was taken. Labels of rows that aren't there are left with unknown_ids='ignore'."
    if named.null_count:
        raise InputError(f"{named.null_count:,} of {len(named):,} labels have no {key!r}; {what_to_do}")
    if len(strangers):
        examples = ids[0].cast(pa.string())[:3].to_pylist()
        distinct = pc.unique(strangers).to_pylist()
        message = f"{len(distinct):,} ids are not in production, such as {distinct[:5]}; expected ids like {examples}; "
        raise InputError(message + what_to_do)
