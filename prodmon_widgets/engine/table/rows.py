"""Rows where they lie: here an Arrow table in memory, in ``parquet`` files that are never read as a whole.

Both give DuckDB relations in row order. Every relation has a cursor of its own, since an open result blocks its
connection; so rows can be read from several threads at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.table.database import connect as connect
from prodmon_widgets.engine.table.notes import Note
from prodmon_widgets.engine.table.properties import Column, form_of, is_list, quoted


@dataclass(frozen=True)
class Reading:
    """How a column is read: SQL over its cells, in which ``{}`` stands for the column, and the type that it gives."""

    sql: str
    type: pa.DataType


class Rows(ABC):
    """Samples in the user's order, readable by position and as a DuckDB relation."""

    n_rows: int
    schema: pa.Schema
    """The user's columns."""

    notes: tuple[Note, ...] = ()
    """What was guessed, skipped or left out while they were read."""

    folder_keys: Mapping[str, frozenset[str | None]] = {}
    """Columns that are names of folders (``key=value``) → their values; the first build settles which are kept."""

    @property
    def files(self) -> Sequence[str]:
        """Files that are read when rows are asked for; none where all is in memory."""
        return ()

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
    def sample(self, n: int, columns: Sequence[str] | None = None) -> pa.Table:
        """About ``n`` rows spread evenly, for a profile; of some columns or of all."""

    @abstractmethod
    def beside(self, more: pa.Table) -> Rows:
        """The same rows with these columns more, aligned by position."""

    @abstractmethod
    def read_as(self, readings: Mapping[str, Reading]) -> Rows:
        """The same rows with these columns read another way."""

    def without(self, names: Collection[str]) -> Rows:
        """The same rows without these columns of :attr:`folder_keys`."""
        if names:
            raise AssertionError(f"only files lie in folders; asked to leave out {sorted(names)}")
        return self

    @abstractmethod
    def frames(self) -> Iterator[pd.DataFrame]:
        """All rows in order as DataFrames: one where they are in memory, else as many as memory asks for."""


class ArrowRows(Rows):
    """Rows of an Arrow table. The engine sees the columns under numbers: its own names don't tell a from A.

    ``owner`` is kept as long as the rows: whatever holds the memory that the table borrows.
    """

    def __init__(self, table: pa.Table, owner: object = None) -> None:
        self._table = table
        self._owner = owner
        self._numbered = table.rename_columns([f"c{i}" for i in range(table.num_columns)])
        self.n_rows = table.num_rows
        self.schema = table.schema

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Numbered columns."""
        return {field.name: column_at(f"c{i}", field.type) for i, field in enumerate(self.schema)}

    def relation(self) -> duckdb.DuckDBPyRelation:
        """The table, scanned where it lies."""
        return connect().from_arrow(self._numbered)

    def take(self, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Rows gathered from memory."""
        chosen = self._table.select(list(columns))
        return pa.table([gathered(column, rows) for column in chosen.columns], schema=chosen.schema)

    def sample(self, n: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Rows evenly spaced."""
        return self.take(spread(self.n_rows, n), self._table.column_names if columns is None else columns)

    def beside(self, more: pa.Table) -> Rows:
        """One wider table."""
        columns = [*self._table.columns, *more.columns]
        wider = pa.table(columns, names=[*self._table.column_names, *more.column_names])
        return ArrowRows(wider, self._owner)

    def kept(self, mask: NDArray[np.bool_]) -> ArrowRows:
        """Only the rows in ``mask`` (n_rows,), in memory of their own."""
        return ArrowRows(self._table.filter(pa.array(mask)).combine_chunks())

    def owned(self) -> ArrowRows:
        """The same rows in memory of their own, so that the frame they came in can go."""
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self._table.schema) as writer:
            writer.write_table(self._table)
        return ArrowRows(pa.ipc.open_stream(sink.getvalue()).read_all())

    def read_as(self, readings: Mapping[str, Reading]) -> Rows:
        """The table with these columns computed anew, once."""
        if not readings:
            return self
        came = self.columns
        chosen = ", ".join(f"{how.sql.format(came[n].sql)} AS c{i}" for i, (n, how) in enumerate(readings.items()))
        made = self.relation().project(chosen).to_arrow_table()
        table = self._table
        for number, (name, how) in enumerate(readings.items()):
            at = table.schema.get_field_index(name)
            table = table.set_column(at, pa.field(name, how.type), made.column(number).cast(how.type))
        return ArrowRows(table, self._owner)

    def frames(self) -> Iterator[pd.DataFrame]:
        """The whole table."""
        yield as_frame(self._table)


def gathered(column: pa.ChunkedArray, rows: NDArray[np.int64]) -> pa.Array | pa.ChunkedArray:
    """The cells at these positions, chunk by chunk: Arrow itself would copy all chunks into one first.

    >>> gathered(pa.chunked_array([["a", "b"], ["c"]]), np.array([2, 0, 2])).to_pylist()
    ['c', 'a', 'c']
    """
    if column.num_chunks < 2 or not len(rows):
        return column.take(pa.array(rows, type=pa.int64()))
    ends = np.cumsum([len(chunk) for chunk in column.chunks])
    of_row = np.searchsorted(ends, rows, side="right")
    order = np.argsort(of_row, kind="stable")
    starts = ends - np.array([len(chunk) for chunk in column.chunks])
    local = rows[order] - starts[of_row[order]]
    cuts = np.searchsorted(of_row[order], np.arange(column.num_chunks + 1))
    parts = [c.take(pa.array(local[low:high])) for c, low, high in zip(column.chunks, cuts, cuts[1:], strict=False)]
    back = np.empty(len(rows), dtype=np.int64)
    back[order] = np.arange(len(rows))
    return pa.concat_arrays(parts).take(pa.array(back))


def spread(n: int, wanted: int) -> NDArray[np.int64]:
    """At most ``wanted`` positions among ``n``, evenly spaced.

    >>> spread(10, 4).tolist(), spread(3, 5).tolist()
    ([0, 2, 5, 7], [0, 1, 2])
    """
    count = min(n, wanted)
    return np.arange(count, dtype=np.int64) * n // max(count, 1)


def column_at(name: str, arrow: pa.DataType) -> Column:
    """The column of this name and type, as expressions see it."""
    fine = pa.types.is_timestamp(arrow) and arrow.unit == "ns"
    member = form_of(arrow.value_type) if is_list(arrow) else None
    return Column(quoted(name), form_of(arrow), fine, member)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A DataFrame in which lists are lists again, not arrays."""
    frame: pd.DataFrame = table.to_pandas()
    for number, arrow in enumerate(table.schema.types):
        if pa.types.is_list(arrow) or pa.types.is_large_list(arrow):
            frame[table.column_names[number]] = pd.Series(table.column(number).to_pylist(), dtype=object)
    return frame


def plain_levels(table: pa.Table) -> pa.Table:
    """Levels as their values: those of a table that was saved don't come back as levels.

    >>> levels = pa.chunked_array([pa.array(["b", "a"]).dictionary_encode()])
    >>> str(plain_levels(pa.table({"x": levels})).schema.types[0])
    'string'
    """
    plain = [c.cast(c.type.value_type) if pa.types.is_dictionary(c.type) else c for c in table.columns]
    return pa.table(plain, names=table.column_names)
