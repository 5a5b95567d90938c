"""Labels that arrive later: a frame of ids with an annotation or a true label, joined to the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.reading.rows import ArrowRows, Rows
from prodmon_widgets.engine.reading.sources import open_rows
from prodmon_widgets.engine.table import Table, good
from prodmon_widgets.errors import InputError, unknown


def arrived(table: Table, source: Any) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Row positions in ``table``, the line of ``source`` that speaks of each, and what it says: 1.0, 0.0 or NaN.

    ``source`` is anything readable with the id column (or ``id``: row numbers where the table has no ids) and an
    annotation, or the true label, which is held against the table's prediction. Of several lines with one id the last
    counts; an id that occurs on several rows reaches each of them.

    Raises
    ------
    InputError
        For a missing column, an id that the table doesn't have, or an annotation other than Good, Bad, Unknown.
    """
    given = open_rows(source, "labels")
    key = _one_of(given, [table.plan.schema.id, "id"])
    rows, lines = _joined(table, given, key)
    schema = table.plan.schema
    annotation = _first(given, [schema.annotation, "annotation"])
    label = None if annotation else _one_of(given, [schema.label, "label", "y_true"])
    wanted = [name for name in (annotation, label) if name]
    told = given.take(lines, wanted)
    if label is not None and table.plan.prediction is not None:
        predicted = table.plan.prediction.column
        told = told.append_column(predicted, table.rows.take(rows, [predicted]).column(0))
    plan = replace(table.plan, schema=schema.filled({"good": None, "annotation": annotation, "label": label}, {}, ()))
    return rows, lines, good(replace(table, rows=ArrowRows(told), plan=plan))


def _first(given: Rows, names: Sequence[str | None]) -> str | None:
    return next((name for name in names if name is not None and name in given.columns), None)


def _one_of(given: Rows, names: Sequence[str | None]) -> str:
    found = _first(given, names)
    if found is None:
        wanted = next(name for name in names if name is not None)
        raise InputError(unknown("column", wanted, given.schema.names, "Labels need an id and an annotation or label."))
    return found


def _joined(table: Table, given: Rows, key: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row of the table, line of the labels) for every row that a label names."""
    ids = table.ids().cast(pa.string())
    named = given.take(np.arange(given.n_rows), [key]).column(0).cast(pa.string()).combine_chunks()
    # index_in gives the first occurrence: reversed, the last line of an id
    backwards = named.take(pa.array(np.arange(len(named))[::-1]))
    found = pc.index_in(ids, value_set=backwards)
    rows = np.flatnonzero(found.is_valid().to_numpy())
    lines = len(named) - 1 - found.drop_null().to_numpy().astype(np.int64)
    _refuse_strangers(table, named, pc.is_in(named, value_set=ids.combine_chunks()))
    return rows, lines


def _refuse_strangers(table: Table, named: pa.Array, is_known: pa.Array) -> None:
    strangers = pc.unique(named.filter(pc.invert(is_known))).to_pylist()
    if strangers:
        message = (
            f"{len(strangers):,} of the labels' ids are not in {table.name}, for instance {strangers[:5]}; "
            f"expected ids like {table.ids()[:3].to_pylist()}."
        )
        raise InputError(message)
