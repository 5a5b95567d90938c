"""The bins of a monitor: chosen once from the evaluation set and production, then fixed.

Numeric edges come from a sample of both sides, levels from all of evaluation and a sample of production. What the
sample lacks is met when production is encoded: however rare, it is known by name then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from prodmon_widgets.engine.cube.valuebins import (
    MISSING,
    MOST_BINS,
    MOST_REST,
    OTHER,
    Bins,
    Levels,
    ValueBins,
    value_bins,
)
from prodmon_widgets.engine.table.properties import Property
from prodmon_widgets.engine.table.rows import ArrowRows
from prodmon_widgets.engine.table.table import Table
from prodmon_widgets.engine.time.bins import DAY, LADDER, MOST_TIME_BINS, TimeBins

__all__ = [
    "DAY",
    "LADDER",
    "MISSING",
    "OTHER",
    "TIME",
    "Bins",
    "Levels",
    "TimeBins",
    "ValueBins",
    "bins_of",
    "fitting",
    "levels_of",
    "time_bins_of",
    "value_bins",
]

TIME = "__time"
"""A table's column of epoch milliseconds."""

MOST_BYTES = 4_000_000
"""What may travel to the browser."""

BYTES_PER_CELL = 44
"""Of a time bin: five counts of 4 bytes and three sums of 8."""

MOST_LEVELS = 200
"""Values with a code of their own, of evaluation ∪ production by their larger share in either."""

MOST_NEW = 50
"""Codes that are kept for the most frequent values that only production has."""

MANY_LEVELS = 100
"""With more values in a sample, all rows of production are counted for the most frequent ones."""

SAMPLE = 50_000
"""Rows a side that numeric edges and the values of production are taken from."""


def bins_of(evaluation: Table, production: Table) -> dict[str, Bins]:
    """Bins of every property of both tables.

    A rare value of production that a sample lacks has no code here; it gets one when it is met. Only where the sample
    shows very many values all rows are counted, so that the most frequent ones get the codes there are.
    """
    names = [p.name for p in production.properties]
    sides = [(table, _sample(table, names)) for table in (evaluation, production)] if names else []
    return {p.name: _bins_of(p, *sides) for p in production.properties}


def _bins_of(of: Property, evaluation: tuple[Table, pa.Table], production: tuple[Table, pa.Table]) -> Bins:
    if of.kind == "numeric":
        both = [sample[of.name].to_numpy().astype(np.float64) for _, sample in (evaluation, production)]
        return value_bins(of.name, np.concatenate(both), unit=of.unit)
    return levels_of(of.name, of.kind, _counts(of, *evaluation, exact=True), _counts(of, *production, exact=False))


def time_bins_of(
    production: Table, bins: Sequence[Bins], *, extra_cells: int = 0, most_bytes: int = MOST_BYTES
) -> TimeBins:
    """The finest time bins over production whose cube fits what may travel, and at most 720."""
    return fitting(production.time_bins(), bins, extra_cells=extra_cells, most_bytes=most_bytes)


def fitting(
    time_bins: TimeBins, bins: Sequence[Bins], *, extra_cells: int = 0, most_bytes: int = MOST_BYTES
) -> TimeBins:
    """The same time in bins that are coarse enough for their cube to travel.

    ``extra_cells`` are for what travels beside the properties' own cells: the series of segments.
    """
    n_cells = sum(min(each.size, MOST_BINS // 2 + 1) if isinstance(each, ValueBins) else each.size for each in bins)
    n_numeric = sum(isinstance(each, ValueBins) for each in bins)
    bytes_per_bin = BYTES_PER_CELL * (n_cells + extra_cells + 1) + 24 * n_numeric + 32
    most = min(MOST_TIME_BINS, most_bytes // bytes_per_bin - 1)
    return time_bins.coarser_to(max(2, most))


def levels_of(name: str, kind: str, evaluation: pd.Series[int], production: pd.Series[int]) -> Levels:
    """Codes for the values counted on each side: the most frequent by share, and those that only production has.

    >>> levels_of("x", "categorical", pd.Series({"a": 1, "b": 3}), pd.Series({"b": 1, "c": 1})).values
    ('b', 'c', 'a')
    """
    counts = pd.DataFrame({"evaluation": evaluation, "production": production}).fillna(0)
    share = (counts / counts.sum().clip(lower=1)).max(axis=1)
    order = counts.index[np.lexsort((counts.index.to_numpy(dtype=str), -share.to_numpy()))]
    is_new = counts["evaluation"].eq(0).reindex(order).to_numpy()
    coded = np.zeros(len(order), dtype=bool)
    coded[:MOST_LEVELS] = True
    coded[np.flatnonzero(is_new & ~coded)[: max(0, MOST_NEW - int((is_new & coded).sum()))]] = True
    return Levels(
        name,
        kind,
        tuple(order[coded]),
        n_levels=len(order),
        has_other=not coded.all(),
        new_beyond=int((is_new & ~coded).sum()),
        rest=frozenset(order[~coded]) if (~coded).sum() <= MOST_REST else None,
    )


def _counts(of: Property, table: Table, sample: pa.Table, *, exact: bool) -> pd.Series[int]:
    """How often each value occurs, in all rows or in the sample."""
    values = sample[of.name]
    found = pd.Series(pc.list_flatten(values).to_numpy() if of.kind == "set" else values.to_numpy())
    counts: pd.Series[int] = found.dropna().value_counts()
    if len(values) == table.n_rows or not (exact or (of.kind != "set" and len(counts) > MANY_LEVELS)):
        return counts
    return _all_counts(of, table)


def _all_counts(of: Property, table: Table) -> pd.Series[int]:
    column = nw.col(of.name)
    rows = table.lazy().select(column)
    if of.kind == "set":
        rows = rows.explode(of.name)
    counted = rows.filter(~column.is_null()).group_by(of.name).agg(nw.len().alias("__n")).collect("pandas").to_native()
    return pd.Series(counted["__n"].to_numpy(), index=pd.Index(counted[of.name].astype(str)))


def _sample(table: Table, names: Sequence[str]) -> pa.Table:
    """These properties of all rows, or of some that are spread evenly over a large table."""
    if table.n_rows > SAMPLE:
        table = replace(table, rows=ArrowRows(table.rows.sample(SAMPLE)))
    return pa.Table.from_batches(table.batches(names))
