"""Samples as small integer codes: encode once, count anywhere.

The rows are streamed once as Arrow batches and become a :class:`CodeTable`: one small integer a property, the time bin,
and exact value sums per time bin. Cubes, segments and the cause search all count these codes and never see the rows
again. ``coding.pushdown`` has the same codes as narwhals expressions, for rows that another engine holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import TIME, Bins, Levels, ValueBins
from prodmon_widgets.engine.cube.codes import MOST_VALUES, CodeTable
from prodmon_widgets.engine.cube.encoders import LevelEncoder, SetEncoder, ValueEncoder, to_float32
from prodmon_widgets.engine.cube.moments import TimeRuns, centered, sums_by_code
from prodmon_widgets.engine.table.table import Table, rest_of
from prodmon_widgets.engine.time.bins import TimeBins

__all__ = ["CodeTable", "encode"]


def encode(
    table: Table,
    time_bins: TimeBins | None,
    bins: Mapping[str, Bins],
    progress: Callable[[float], None] | None = None,
) -> CodeTable:
    """The codes of all rows in one pass; ``time_bins`` None puts all rows into one bin (the evaluation set).

    A level that ``bins`` don't know gets the next code, and stands in the result's ``bins``.
    """
    counts = {p.name: p.counts for p in table.properties if p.counts in bins}
    writer = _Writer(table.n_rows, time_bins, bins, counts)
    columns = [*([] if time_bins is None else [TIME]), *(name for name in bins if name not in counts)]
    levels = {name: b.values for name, b in bins.items() if isinstance(b, Levels) and b.kind != "set"}
    for batch in table.coded_batches(columns, levels):
        writer.read(batch)
        if progress:
            progress(writer.n_read / table.n_rows)
    return writer.result()


class _Writer:
    """Fills the columns of a code table from one batch after the other."""

    def __init__(
        self, n_rows: int, time_bins: TimeBins | None, bins: Mapping[str, Bins], counts: Mapping[str, str | None]
    ) -> None:
        self.n_read = 0
        self._counts = counts
        self._alone = time_bins is None
        self._time_bins = time_bins or TimeBins.single()
        self._time = np.zeros(n_rows, dtype=np.int16)
        self._numbers = {name: ValueEncoder(b, n_rows) for name, b in bins.items() if isinstance(b, ValueBins)}
        levels = {name: b for name, b in bins.items() if isinstance(b, Levels)}
        self._sets = {name: SetEncoder(b, n_rows) for name, b in levels.items() if b.kind == "set"}
        self._levels = {name: LevelEncoder(b, n_rows) for name, b in levels.items() if b.kind != "set"}
        self._order = list(bins)
        kept = list(self._numbers)[: MOST_VALUES // n_rows]
        self._values = {name: np.empty(n_rows, dtype=np.float32) for name in kept}
        self._by_code = {name: np.zeros((b.bins.size, 3)) for name, b in self._numbers.items() if name not in kept}
        self._sums = np.zeros((self._time_bins.count, len(self._numbers), 3))

    def read(self, batch: pa.RecordBatch) -> None:
        """Write the codes, times and sums of a batch."""
        rows = slice(self.n_read, self.n_read + batch.num_rows)
        self.n_read = rows.stop
        self._time[rows] = self._time_codes(batch)
        runs = TimeRuns(self._time[rows], self._time_bins.count)
        for name, levels in self._levels.items():
            levels.read(batch.column(name), batch.column(rest_of(name)), rows)
        sizes = {name: sets.read(batch.column(name), rows) for name, sets in self._sets.items()}
        for index, (name, encoder) in enumerate(self._numbers.items()):
            counted = sizes.get(self._counts.get(name) or "")
            x = _floats(batch.column(name)) if counted is None else counted
            encoder.read(x, rows)
            difference = centered(x, encoder.bins)
            self._sums[:, index] += runs.sums(difference)
            if name in self._values:
                self._values[name][rows] = to_float32(x)
            else:
                self._by_code[name] += sums_by_code(encoder.codes[rows], difference, encoder.bins.size)

    def _time_codes(self, batch: pa.RecordBatch) -> NDArray[np.int16]:
        if self._alone:
            return np.zeros(batch.num_rows, dtype=np.int16)
        column = batch.column(TIME)
        codes = self._time_bins.codes(column.fill_null(0).to_numpy(zero_copy_only=False))
        codes[column.is_null().to_numpy(zero_copy_only=False)] = -1
        return codes

    def result(self) -> CodeTable:
        """The finished table."""
        encoders = self._numbers | self._levels | self._sets
        return CodeTable(
            self._time_bins,
            {name: encoders[name].bins for name in self._order},
            self._time,
            {name: encoders[name].codes for name in self._order},
            {name: sets.members() for name, sets in self._sets.items()},
            self._sums,
            self._values,
            self._by_code,
        )


def _floats(column: pa.Array) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
