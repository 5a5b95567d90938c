"""Rows where they lie: an Arrow table in memory, or Parquet files that are never read as a whole.

Both give DuckDB relations in row order. Every relation has a cursor of its own, since an open result blocks its
connection; so rows can be read from several threads at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from prodmon_widgets.engine.properties import Column, form_of, quoted
from prodmon_widgets.engine.scratch import Scratch

PROFILE_GROUPS = 8
"""Row groups of a Parquet file set from which a profile is taken, evenly spaced."""


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

    def frame(self) -> pd.DataFrame:
        """All rows as a DataFrame."""
        return as_frame(self.take(np.arange(self.n_rows), self.schema.names))


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


class ParquetRows(Rows):
    """Rows of Parquet files, one after the other in the order given."""

    def __init__(self, paths: Sequence[str], scratch: Scratch | None = None) -> None:
        self._paths = list(paths)
        self._scratch = scratch
        self._connection = connect()
        self._files = [pq.ParquetFile(path) for path in self._paths]
        sizes = [f.metadata.row_group(g).num_rows for f in self._files for g in range(f.num_row_groups)]
        self._groups = [(f, g) for f in range(len(self._files)) for g in range(self._files[f].num_row_groups)]
        self._ends = np.cumsum(sizes, dtype=np.int64)
        self.n_rows = int(self._ends[-1]) if sizes else 0
        self.schema = self.relation().limit(0).to_arrow_table().schema

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns under their own names."""
        return {field.name: _column(field.name, field.type) for field in self.schema}

    def relation(self) -> duckdb.DuckDBPyRelation:
        """The files, scanned in the order given."""
        return self._connection.cursor().read_parquet(self._paths, union_by_name=len(self._paths) > 1)

    def take(self, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Rows gathered from the row groups that hold them, one group in memory at a time."""
        order = np.argsort(rows, kind="stable")
        wanted = np.asarray(rows)[order]
        groups = np.searchsorted(self._ends, wanted, side="right")
        parts = [self._from_group(g, wanted[groups == g], columns) for g in np.unique(groups)]
        if not parts:
            return self.schema.empty_table().select(list(columns))
        together = pa.concat_tables(parts, promote_options="permissive")
        return together.take(pa.array(np.argsort(order)))

    def sample(self, n: int) -> pa.Table:
        """Rows of a few row groups, evenly spaced."""
        chosen = spread(len(self._groups), PROFILE_GROUPS)
        each = -(-n // max(len(chosen), 1))
        rows = [self._start(g) + spread(self._size(g), each)[: self._size(g)] for g in chosen]
        return self.take(np.concatenate(rows) if rows else np.empty(0, dtype=np.int64), self.schema.names)

    def beside(self, more: pa.Table) -> Rows:
        """The files with a table in memory beside them."""
        raise NotImplementedError

    def _start(self, group: int) -> int:
        return int(self._ends[group - 1]) if group else 0

    def _size(self, group: int) -> int:
        return int(self._ends[group]) - self._start(group)

    def _from_group(self, group: int, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        file, number = self._groups[group]
        present = [c for c in columns if c in self._files[file].schema_arrow.names]
        table = self._files[file].read_row_group(number, columns=present)
        return table.take(pa.array(rows - self._start(group)))


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
