"""Labels that arrive later: a frame of ids with an annotation or a true label, joined to the rows of production."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.table import truth
from prodmon_widgets.engine.table.rows import ArrowRows, Rows
from prodmon_widgets.engine.table.sources import open_rows
from prodmon_widgets.engine.table.table import Table, good
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import USUAL_NAMES


@dataclass(frozen=True)
class Arrived:
    """What labels say of ``rows``, each (n,): 1 good, 0 bad, NaN unknown; ``silent`` where they say nothing at all."""

    rows: NDArray[np.int64]
    said: NDArray[np.float64]
    silent: NDArray[np.bool_]
    why: list[str]


def arrived(tables: Sequence[Table], source: Any) -> Arrived:
    """The labels of ``source`` for the rows of these tables, which are numbered throughout.

    ``source`` is anything readable with the id column (or ``id``: row numbers where the tables have no ids) and an
    annotation, or the true label, which is held against the row's prediction. Of several lines with one id the last
    counts; an id that occurs on several rows reaches each of them.

    Raises
    ------
    InputError
        For a missing column, an id that no table has, or an annotation other than Good, Bad, Unknown.
    """
    given = open_rows(source, "labels")
    schema = tables[0].plan.schema
    key = _first(given, [schema.id, "id"])
    if key is None:
        raise _lacks("id", given)
    named = _ids(given, key)
    annotation = _first(given, [schema.annotation, "annotation"])
    label = None if annotation else _label(given, tables[0])
    ids = [table.ids() for table in tables]
    _refuse_strangers(named, ids)
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
    said = good(replace(table, rows=at_hand, plan=plan), "labels")
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


def _ids(given: Rows, key: str) -> pa.Array:
    named = given.take(np.arange(given.n_rows), [key]).column(0).cast(pa.string()).combine_chunks()
    if named.null_count:
        raise InputError(f"{named.null_count:,} of {len(named):,} labels have no {key!r}; nothing was taken.")
    return named


def _joined(ids: pa.ChunkedArray, named: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row of the table, line of the labels) for every row that a label names."""
    # index_in gives the first occurrence: reversed, the last line of an id
    backwards = named.take(pa.array(np.arange(len(named))[::-1]))
    found = pc.index_in(ids.cast(pa.string()), value_set=backwards)
    rows = np.flatnonzero(found.is_valid().to_numpy())
    return rows, len(named) - 1 - found.drop_null().to_numpy().astype(np.int64)


def _refuse_strangers(named: pa.Array, ids: Sequence[pa.ChunkedArray]) -> None:
    known = pa.chunked_array([chunk for each in ids for chunk in each.cast(pa.string()).chunks], type=pa.string())
    strangers = pc.unique(named.filter(pc.invert(pc.is_in(named, value_set=known.combine_chunks())))).to_pylist()
    if strangers:
        message = (
            f"{len(strangers):,} ids are not in production, such as {strangers[:5]}; expected ids like "
            f"{known[:3].to_pylist()}; nothing was taken."
        )
        raise InputError(message)
