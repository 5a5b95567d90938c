"""Rows of Parquet files: scanned by DuckDB where they lie, single ones fetched by their number within a file."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.properties import Column, literal, quoted
from prodmon_widgets.engine.reading.rows import Rows, as_frame, column_at, connect, spread
from prodmon_widgets.engine.reading.scratch import Scratch

PROFILE_RUNS = 16
"""Runs of rows of Parquet files from which a profile is taken, evenly spaced."""

FRAME_ROWS = 200_000
"""Rows of a Parquet file that a user's function sees at once."""


class ParquetRows(Rows):
    """Rows of Parquet files, one after the other in the order given; columns beside them may be in memory."""

    def __init__(self, paths: Sequence[str], scratch: Scratch | None = None, more: pa.Table | None = None) -> None:
        self._paths = list(paths)
        self._scratch = scratch
        self._more = more
        self._ends = np.cumsum(_file_sizes(self._paths), dtype=np.int64)
        self.n_rows = int(self._ends[-1])
        self.schema = self.relation().limit(0).to_arrow_table().schema

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns under their own names."""
        return {field.name: column_at(field.name, field.type) for field in self.schema}

    def relation(self) -> duckdb.DuckDBPyRelation:
        """The files, scanned in the order given."""
        cursor = connect()
        scan = f"read_parquet({_listed(self._paths)}, union_by_name = {len(self._paths) > 1})"
        if self._more is None:
            return cursor.sql(f"SELECT * FROM {scan}")
        cursor.register("more", self._more)
        return cursor.sql(f"SELECT * FROM {scan} POSITIONAL JOIN more")

    def take(self, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Rows fetched by their number within each file: DuckDB skips the row groups that hold none of them."""
        files = np.searchsorted(self._ends, rows, side="right")
        parts = [self._from_file(int(f), np.flatnonzero(files == f), rows, columns) for f in np.unique(files)]
        if not parts:
            return self.schema.empty_table().select(list(columns))
        together = pa.concat_tables(parts, promote_options="permissive")
        order = np.argsort(together.column(_PLACE).to_numpy())
        return self._completed(together.take(pa.array(order)), rows).select(list(columns))

    def _from_file(
        self, file: int, places: NDArray[np.int64], rows: NDArray[np.int64], columns: Sequence[str]
    ) -> pa.Table:
        start = int(self._ends[file - 1]) if file else 0
        cursor = connect()
        cursor.register("wanted", pa.table({_PLACE: places, "row": rows[places] - start}))
        scan = f"read_parquet({_listed([self._paths[file]])}, file_row_number = true)"
        present = {c.lower() for c in cursor.sql(f"SELECT * FROM {scan} LIMIT 0").columns}
        chosen = "".join(f", f.{quoted(c)}" for c in columns if c.lower() in present)
        query = f"SELECT {_PLACE}{chosen} FROM wanted JOIN {scan} AS f ON f.file_row_number = wanted.row"
        return cursor.sql(query).to_arrow_table()

    def _completed(self, table: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
        """With the columns beside the files, and nulls for those that no file at hand has."""
        for field in self.schema:
            if self._more is not None and field.name in self._more.column_names:
                table = table.append_column(field, self._more.column(field.name).take(pa.array(rows)))
            elif field.name not in table.column_names:
                table = table.append_column(field, pa.nulls(len(rows), field.type))
        return table

    def sample(self, n: int) -> pa.Table:
        """Rows of a few runs, evenly spaced."""
        length = max(min(n, self.n_rows) // PROFILE_RUNS, 1)
        starts = spread(self.n_rows, PROFILE_RUNS)
        rows = np.unique((starts[:, None] + np.arange(length)).ravel())
        return self.take(rows[rows < self.n_rows], self.schema.names)

    def beside(self, more: pa.Table) -> Rows:
        """The files with a table in memory beside them."""
        return ParquetRows(self._paths, self._scratch, more)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Batches of rows."""
        for batch in self.relation().to_arrow_reader(FRAME_ROWS):
            yield as_frame(pa.Table.from_batches([batch]))


_PLACE = "place_of_row"


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(literal(glob.escape(path)) for path in paths) + "]"


def _file_sizes(paths: Sequence[str]) -> list[int]:
    """Rows of each file, from its footer."""
    footers = f"SELECT file_name, num_rows FROM parquet_file_metadata({_listed(paths)})"
    sizes = dict(connect().sql(footers).fetchall())
    return [int(sizes[path]) for path in paths]
