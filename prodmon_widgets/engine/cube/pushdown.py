"""Codes as narwhals expressions, for rows that another engine holds: only the counted cells travel.

``code_expression`` gives the codes of ``encode`` wherever narwhals goes: DuckDB, Polars, PySpark, and through Ibis a
warehouse. It doesn't learn new levels; those are counted as other. A monitor reads rows once and counts them itself;
this is for whoever holds its bins against rows that can't be moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import MISSING, OTHER, TIME, Bins, ValueBins
from prodmon_widgets.engine.time.bins import TimeBins

TIME_CODE, CODE, COUNT = "__bin", "__code", "__n"


def code_expression(bins: Bins) -> nw.Expr:
    """The code of a property's column; of a set property, of its exploded column."""
    column = nw.col(bins.name)
    if isinstance(bins, ValueBins):
        known = _number_code(column, bins.edges.tolist(), 1)
        missing = column.is_null() | column.is_nan()
    else:
        known = _level_code(column, bins.values, 2)
        missing = column.is_null()
    return nw.when(missing).then(nw.lit(MISSING)).otherwise(known)


def time_expression(time_bins: TimeBins) -> nw.Expr:
    """The time bin of the column ``__time``."""
    return (nw.col(TIME) - time_bins.start) // time_bins.step


def counted(rows: nw.LazyFrame[Any], time_bins: TimeBins, bins: Mapping[str, Bins]) -> dict[str, NDArray[np.int64]]:
    """Property → (T, codes) numbers of samples, counted by the engine that holds the prepared ``rows``."""
    timed = rows.filter((nw.col(TIME) >= time_bins.start) & (nw.col(TIME) < time_bins.end))
    timed = timed.with_columns(time_expression(time_bins).alias(TIME_CODE))
    return {name: _counted(timed, time_bins.count, each) for name, each in bins.items()}


def _counted(rows: nw.LazyFrame[Any], n_bins: int, bins: Bins) -> NDArray[np.int64]:
    cells = np.zeros((n_bins, bins.size), dtype=np.int64)
    chosen = rows.select(TIME_CODE, bins.name)
    if bins.kind == "set":
        is_empty = nw.col(bins.name).list.len().fill_null(0) == 0
        _add(cells, chosen.filter(is_empty).select(TIME_CODE, nw.lit(MISSING).alias(CODE)))
        chosen = chosen.filter(~is_empty).explode(bins.name)
    _add(cells, chosen.select(TIME_CODE, code_expression(bins).alias(CODE)))
    return cells


def _add(cells: NDArray[np.int64], coded: nw.LazyFrame[Any]) -> None:
    found = coded.group_by(TIME_CODE, CODE).agg(nw.len().alias(COUNT)).collect("pyarrow")
    at, code, n = (found.get_column(name).to_numpy().astype(np.int64) for name in (TIME_CODE, CODE, COUNT))
    np.add.at(cells, (at, code), n)


def _number_code(column: nw.Expr, edges: Sequence[float], first: int) -> nw.Expr:
    """A balanced tree of comparisons: as deep as a binary search."""
    if not edges:
        return nw.lit(first)
    middle = len(edges) // 2
    below, above = (
        _number_code(column, edges[:middle], first),
        _number_code(column, edges[middle + 1 :], first + middle + 1),
    )
    return nw.when(column < edges[middle]).then(below).otherwise(above)


def _level_code(column: nw.Expr, values: Sequence[str], first: int) -> nw.Expr:
    """A balanced tree of memberships, which unlike ``<`` mean the same in every engine's collation."""
    if not values:
        return nw.lit(OTHER)
    if len(values) == 1:
        return nw.when(column == values[0]).then(nw.lit(first)).otherwise(nw.lit(OTHER))
    middle = len(values) // 2
    lower, upper = _level_code(column, values[:middle], first), _level_code(column, values[middle:], first + middle)
    return nw.when(column.is_in(list(values[:middle]))).then(lower).otherwise(upper)
