"""Rows where they lie: an Arrow table in memory, or Parquet files that are never read as a whole.

Both give DuckDB relations in row order. Every relation has a cursor of its own, since an open result blocks its
connection; so rows can be read from several threads at once.
"""

from __future__ import annotations

import glob
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.properties import Column, form_of, literal, quoted
from prodmon_widgets.engine.scratch import Scratch

PROFILE_RUNS = 16
"""Runs of rows of Parquet files from which a profile is taken, evenly spaced."""

FRAME_ROWS = 200_000
"""Rows of a Parquet file that a user's function sees at once."""


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory in which a time without a zone is UTC."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = true")
    return connection


class Rows(ABC):
    """Samples in the user's order, readable by position and as a DuckDB relation."""

    n_rows: int
    schema: pa.Schema
    """The user's columns."""

    @property
    @abstractmethod
    def columns(self) -> Mapping[str, Column]:
        """User's column → how the relation calls it and what form its values have."""

    @abstractmethod
    def relation(self) -> duckdb.DuckDBPyRelation:
        """All rows in order, on a cursor of its own."""

    @abstractmethod
    def take(self, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """The user's columns at these positions, in the order asked; memory grows with the rows taken only."""

    @abstractmethod
    def sample(self, n: int) -> pa.Table:
        """About ``n`` rows spread evenly, for a profile."""

    @abstractmethod
    def beside(self, more: pa.Table) -> Rows:
        """The same rows with these columns more, aligned by position."""

    @abstractmethod
    def frames(self) -> Iterator[pd.DataFrame]:
        """All rows in order as DataFrames: one where they are in memory, else as many as memory asks for."""


class ArrowRows(Rows):
    """Rows of an Arrow table. The engine sees the columns under numbers: its own names don't tell a from A."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._numbered = table.rename_columns([f"c{i}" for i in range(table.num_columns)])
        self._connection = connect()
        self.n_rows = table.num_rows
        self.schema = table.schema

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Numbered columns."""
        return {field.name: _column(f"c{i}", field.type) for i, field in enumerate(self.schema)}

    def relation(self) -> duckdb.DuckDBPyRelation:
        """The table, scanned where it lies."""
        return self._connection.cursor().from_arrow(self._numbered)

    def take(self, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Rows gathered from memory."""
        return self._table.select(list(columns)).take(pa.array(rows, type=pa.int64()))

    def sample(self, n: int) -> pa.Table:
        """Rows evenly spaced."""
        return self._table.take(pa.array(spread(self.n_rows, n)))

    def beside(self, more: pa.Table) -> Rows:
        """One wider table."""
        columns = [*self._table.columns, *more.columns]
        return ArrowRows(pa.table(columns, names=[*self._table.column_names, *more.column_names]))

    def frames(self) -> Iterator[pd.DataFrame]:
        """The whole table."""
        yield as_frame(self._table)


class ParquetRows(Rows):
    """Rows of Parquet files, one after the other in the order given; columns beside them may be in memory."""

    def __init__(self, paths: Sequence[str], scratch: Scratch | None = None, more: pa.Table | None = None) -> None:
        self._paths = list(paths)
        self._scratch = scratch
        self._more = more
        self._connection = connect()
        self._ends = np.cumsum(_file_sizes(self._connection, self._paths), dtype=np.int64)
        self.n_rows = int(self._ends[-1])
        self.schema = self.relation().limit(0).to_arrow_table().schema

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns under their own names."""
        return {field.name: _column(field.name, field.type) for field in self.schema}

    def relation(self) -> duckdb.DuckDBPyRelation:
        """The files, scanned in the order given."""
        cursor = self._connection.cursor()
        scan = f"read_parquet({_listed(self._paths)}, union_by_name = {len(self._paths) > 1})"
        if self._more is None:
            return cursor.sql(f"SELECT * FROM {scan}")  # noqa: S608  the paths are quoted literals
        cursor.register("more", self._more)
        return cursor.sql(f"SELECT * FROM {scan} POSITIONAL JOIN more")  # noqa: S608

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
        cursor = self._connection.cursor()
        cursor.register("wanted", pa.table({_PLACE: places, "row": rows[places] - start}))
        scan = f"read_parquet({_listed([self._paths[file]])}, file_row_number = true)"
        present = {c.lower() for c in cursor.sql(f"SELECT * FROM {scan} LIMIT 0").columns}  # noqa: S608
        chosen = "".join(f", f.{quoted(c)}" for c in columns if c.lower() in present)
        query = f"SELECT {_PLACE}{chosen} FROM wanted JOIN {scan} AS f ON f.file_row_number = wanted.row"  # noqa: S608
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


def _file_sizes(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> list[int]:
    """Rows of each file, from its footer."""
    footers = f"SELECT file_name, num_rows FROM parquet_file_metadata({_listed(paths)})"  # noqa: S608
    sizes = dict(connection.sql(footers).fetchall())
    return [int(sizes[path]) for path in paths]


def spread(n: int, wanted: int) -> NDArray[np.int64]:
    """At most ``wanted`` positions among ``n``, evenly spaced.

    >>> spread(10, 4).tolist(), spread(3, 5).tolist()
    ([0, 2, 5, 7], [0, 1, 2])
    """
    count = min(n, wanted)
    return np.arange(count, dtype=np.int64) * n // max(count, 1)


def _column(name: str, arrow: pa.DataType) -> Column:
    fine = pa.types.is_timestamp(arrow) and arrow.unit == "ns"
    return Column(quoted(name), form_of(arrow), fine)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A DataFrame in which lists are lists again, not arrays."""
    frame: pd.DataFrame = table.to_pandas()
    for number, arrow in enumerate(table.schema.types):
        if pa.types.is_list(arrow) or pa.types.is_large_list(arrow):
            frame[table.column_names[number]] = pd.Series(table.column(number).to_pylist(), dtype=object)
    return frame
