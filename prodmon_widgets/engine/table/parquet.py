"""Rows of Parquet files: scanned by DuckDB where they lie, single ones fetched by their number within a file."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.table.properties import Column, literal, quoted
from prodmon_widgets.engine.table.rows import Rows, as_frame, column_at, connect, spread
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.engine.table.witness import Witness
from prodmon_widgets.errors import InputError

PROFILE_RUNS = 16
"""Runs of rows of Parquet files from which a profile is taken, evenly spaced."""

FRAME_ROWS = 200_000
"""Rows of a Parquet file that a user's function sees at once."""


class ParquetRows(Rows):
    """Rows of Parquet files, one after the other in the order given; columns beside them may be in memory.

    ``saved``: names and types of the columns that the files call ``c0``, ``c1``, ..., for in a file a is also A.
    ``seals``: checksums of files, looked at before the first row is read. A file that changed is never read.
    """

    def __init__(
        self,
        paths: Sequence[str],
        scratch: Scratch | None = None,
        more: pa.Table | None = None,
        saved: pa.Schema | None = None,
        seals: Mapping[str, str] | None = None,
    ) -> None:
        # rows are read later, when the working folder may be another; and DuckDB reads ~ as a home
        self._paths = [str(Path(path).absolute()) for path in paths]
        self._scratch = scratch
        self._more = more
        self._saved = saved
        self._seals = seals or {}
        self._seen = [Witness.of(path, self._seals.get(path)) for path in self._paths]
        self._ends = np.cumsum(_file_sizes(self._paths), dtype=np.int64)
        self.n_rows = int(self._ends[-1])
        names = {} if saved is None else {f"c{i}": name for i, name in enumerate(saved.names)}
        self._in_files = self._scan(self._paths).limit(0).to_arrow_table().schema
        self._called = {names.get(name, name): name for name in self._in_files.names}
        self.schema = pa.schema([field.with_name(names.get(field.name, field.name)) for field in self._in_files])
        taken = sorted(set(self._called) & OWN_NAMES) if saved is None else []
        if taken:
            raise InputError(f"{self._paths[0]} has a column {taken[0]!r}, a name of the reader's own; rename it.")

    @property
    def files(self) -> Sequence[str]:
        """The files."""
        return self._paths

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns as the files call them."""
        return {name: column_at(called, self._in_files.field(called).type) for name, called in self._called.items()}

    @property
    def n_by_file(self) -> list[int]:
        """Rows of each file."""
        return [int(n) for n in np.diff(self._ends, prepend=0)]

    def relation(self) -> duckdb.DuckDBPyRelation:
        """The files, scanned in the order given; raises InputError where one changed since it was first read."""
        return self._scan(self._unchanged(self._seen))

    def _unchanged(self, seen: Sequence[Witness]) -> list[str]:
        for each in seen:
            each.check()
        return [each.path for each in seen]

    def _scan(self, paths: Sequence[str]) -> duckdb.DuckDBPyRelation:
        cursor = connect()
        own = ", hive_partitioning = false" if self._saved is not None else ""
        scan = f"read_parquet({_listed(paths)}, union_by_name = {len(paths) > 1}{own})"
        if self._more is None:
            return cursor.sql(f"SELECT * FROM {scan}")
        cursor.register("more", self._more)
        return cursor.sql(f"SELECT * FROM {scan} POSITIONAL JOIN more")

    def take(self, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
        """Rows fetched by their number within each file: DuckDB skips the row groups that hold none of them."""
        called = [self._called[name] for name in columns]
        files = np.searchsorted(self._ends, rows, side="right")
        parts = [self._from_file(int(f), np.flatnonzero(files == f), rows, called) for f in np.unique(files)]
        if not parts:
            return self._restored(self._in_files.empty_table().select(called), columns)
        together = pa.concat_tables(parts, promote_options="permissive")
        order = np.argsort(together.column(_PLACE).to_numpy())
        return self._restored(self._completed(together.take(pa.array(order)), rows).select(called), columns)

    def _restored(self, table: pa.Table, columns: Sequence[str]) -> pa.Table:
        """The columns under their own names, and in the types in which they were saved."""
        table = table.rename_columns(list(columns))
        if self._saved is None:
            return table
        known = set(self._saved.names)
        cells = [as_saved(table[c], self._saved.field(c).type) if c in known else table[c] for c in columns]
        return pa.table(cells, names=list(columns))

    def _from_file(
        self, file: int, places: NDArray[np.int64], rows: NDArray[np.int64], columns: Sequence[str]
    ) -> pa.Table:
        start = int(self._ends[file - 1]) if file else 0
        cursor = connect()
        cursor.register("wanted", pa.table({_PLACE: places, "row": rows[places] - start}))
        paths = self._unchanged([self._seen[file]])
        own = ", hive_partitioning = false" if self._saved is not None else ""
        scan = f"read_parquet({_listed(paths)}, file_row_number = true{own})"
        present = {c.lower() for c in cursor.sql(f"SELECT * FROM {scan} LIMIT 0").columns}
        chosen = "".join(f", f.{quoted(c)}" for c in columns if c.lower() in present)
        query = f"SELECT {_PLACE}{chosen} FROM wanted JOIN {scan} AS f ON f.file_row_number = wanted.row"
        return cursor.sql(query).to_arrow_table()

    def _completed(self, table: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
        """With the columns beside the files, and nulls for those that no file at hand has."""
        for field in self._in_files:
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
        return ParquetRows(self._paths, self._scratch, more, self._saved, self._seals)

    def frames(self) -> Iterator[pd.DataFrame]:
        """Batches of rows."""
        for batch in self.relation().to_arrow_reader(FRAME_ROWS):
            yield as_frame(pa.Table.from_batches([batch]))


def as_saved(column: pa.ChunkedArray, arrow: pa.DataType) -> pa.ChunkedArray:
    """The column of a saved file in the plain type that it had; levels are their values.

    >>> as_saved(pa.chunked_array([[90.0, None]]), pa.duration("s")).to_pylist()
    [datetime.timedelta(seconds=90), None]
    """
    if pa.types.is_dictionary(arrow):
        arrow = arrow.value_type
    if column.type == arrow or pa.types.is_nested(arrow) or pa.types.is_null(arrow):
        return column
    if pa.types.is_duration(arrow):
        column = pc.round(pc.multiply(column, 1e6)).cast(pa.int64()).cast(pa.duration("us"))
    return column.cast(arrow)


_PLACE = "__place_of_row"

OWN_NAMES = frozenset({_PLACE, "file_row_number"})
"""Columns that reading a row by its number adds."""


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(literal(glob.escape(path)) for path in paths) + "]"


def _file_sizes(paths: Sequence[str]) -> list[int]:
    """Rows of each file, from its footer."""
    footers = f"SELECT file_name, num_rows FROM parquet_file_metadata({_listed(paths)})"
    sizes = dict(connect().sql(footers).fetchall())
    return [int(sizes[path]) for path in paths]
