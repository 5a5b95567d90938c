"""Rows of Parquet files: scanned by DuckDB where they lie, single ones fetched by their number within a file."""

from __future__ import annotations

import copy
import glob
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.table.files import Folders, keys_of
from prodmon_widgets.engine.table.footers import Footer, called, durations, footers, mixed
from prodmon_widgets.engine.table.properties import Column, literal, quoted
from prodmon_widgets.engine.table.rows import Reading, Rows, as_frame, column_at, connect, spread
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
    ``folders``: the key=value folders of each file; a column of the files' own wins over them.
    ``holders`` live as long as the rows: see ``storage.lock``.
    """

    def __init__(
        self,
        paths: Sequence[str],
        scratch: Scratch | None = None,
        more: pa.Table | None = None,
        saved: pa.Schema | None = None,
        seals: Mapping[str, str] | None = None,
        folders: Sequence[Folders] = (),
        holders: object = None,
    ) -> None:
        # rows are read later, when the working folder may be another; and DuckDB reads ~ as a home
        self._paths = [str(Path(path).absolute()) for path in paths]
        self._scratch = scratch
        self._more = more
        self._saved = saved
        self._seals = seals or {}
        self._holders = holders
        self._seen = [Witness.of(path, self._seals.get(path)) for path in self._paths]
        ends = footers(self._paths)
        self._ends = np.cumsum([each.n_rows for each in ends], dtype=np.int64)
        self.n_rows = int(self._ends[-1])
        self._readings: dict[str, Reading] = durations(ends)
        self.notes = tuple(mixed(ends))
        self._use_folders(ends, folders)
        self._settle(ends[0])

    def _use_folders(self, ends: Sequence[Footer], folders: Sequence[Folders]) -> None:
        own = {name.lower() for each in ends for name in each.schema.names}
        self._folders = folders
        self.folder_keys = {key: v for key, v in keys_of(folders).items() if key.lower() not in own}
        self._path_keys = tuple(self.folder_keys)

    def _settle(self, first: Footer) -> None:
        """Take names and types from what the scan gives."""
        scan = self._scan(self._paths)
        self._types = dict(zip(scan.columns, map(str, scan.types), strict=True))
        saved = () if self._saved is None else self._saved.names
        names = called(first) if self._saved is None else {f"c{i}": name for i, name in enumerate(saved)}
        self._called = {names.get(name, name): name for name in scan.columns}
        self._in_files = self._shaped(self._scan(self._paths)).limit(0).to_arrow_table().schema
        lengths = {f.name for f in self._in_files if self._saved is None and pa.types.is_interval(f.type)} - set(
            self._readings
        )
        self._readings |= {name: Reading("{}", pa.duration("us")) for name in lengths}
        taken = sorted(set(self._called) & OWN_NAMES) if self._saved is None else []
        if taken:
            raise InputError(f"{self._paths[0]} has a column {taken[0]!r}, a name of the reader's own; rename it.")

    @property
    def files(self) -> Sequence[str]:
        """The files."""
        return self._paths

    @property
    def schema(self) -> pa.Schema:
        """The user's columns."""
        return pa.schema([pa.field(name, self._type(called)) for name, called in self._called.items()])

    def _type(self, called: str) -> pa.DataType:
        reading = self._readings.get(called)
        return self._in_files.field(called).type if reading is None else reading.type

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
        return self._shaped(self._scan(self._unchanged(self._seen)))

    def _unchanged(self, seen: Sequence[Witness]) -> list[str]:
        for each in seen:
            each.check()
        return [each.path for each in seen]

    def _shaped(self, scan: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
        if not self._readings and list(self._called.values()) == scan.columns:
            return scan
        return scan.project(", ".join(f"{self._read(c, quoted(c))} AS {quoted(c)}" for c in self._called.values()))

    def _scan(self, paths: Sequence[str]) -> duckdb.DuckDBPyRelation:
        cursor = connect()
        keys = self._path_keys
        file = f", filename = {literal(_FILE)}" if keys else ""
        scan = f"read_parquet({_listed(paths)}, union_by_name = {len(paths) > 1}, hive_partitioning = false{file})"
        chosen = "*" if not keys else f"* EXCLUDE ({_FILE}), {', '.join(map(from_path, keys))}"
        if self._more is None:
            return cursor.sql(f"SELECT {chosen} FROM {scan}")
        cursor.register("more", self._more)
        return cursor.sql(f"SELECT {chosen} FROM {scan} POSITIONAL JOIN more")

    def _read(self, called: str, cell: str) -> str:
        reading = self._readings.get(called)
        return cell if reading is None else reading.sql.format(cell)

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
        cells = [as_read(table[c], self._type(c)) if c in self._readings else table[c] for c in table.column_names]
        if self._saved is not None:
            known = set(self._saved.names) - {n for n in columns if self._called[n] in self._readings}
            pairs = zip(columns, cells, strict=True)
            cells = [as_saved(cell, self._saved.field(c).type) if c in known else cell for c, cell in pairs]
        return pa.table(cells, names=list(columns))

    def _from_file(
        self, file: int, places: NDArray[np.int64], rows: NDArray[np.int64], columns: Sequence[str]
    ) -> pa.Table:
        start = int(self._ends[file - 1]) if file else 0
        cursor = connect()
        cursor.register("wanted", pa.table({_PLACE: places, "row": rows[places] - start}))
        path = _listed(self._unchanged([self._seen[file]]))
        scan = f"read_parquet({path}, hive_partitioning = false, file_row_number = true)"
        present = {c.lower() for c in cursor.sql(f"SELECT * FROM {scan} LIMIT 0").columns}
        folders = self._folders[file] if self._folders else {}
        cells = {c: self._cell(c, folders) for c in columns if c.lower() in present or c in self._path_keys}
        chosen = "".join(f", {self._read(c, cell)} AS {quoted(c)}" for c, cell in cells.items())
        query = f"SELECT {_PLACE}{chosen} FROM wanted JOIN {scan} AS f ON f.file_row_number = wanted.row"
        return cursor.sql(query).to_arrow_table()

    def _cell(self, called: str, folders: Folders) -> str:
        """A cell of one file, in the type that all files have together."""
        if called in self._path_keys:
            value = folders[called]
            return "CAST(NULL AS VARCHAR)" if value is None else literal(value)
        cell = f"f.{quoted(called)}"
        return cell if len(self._paths) == 1 else f"CAST({cell} AS {self._types[called]})"

    def _completed(self, table: pa.Table, rows: NDArray[np.int64]) -> pa.Table:
        """With the columns beside the files, and nulls for those that no file at hand has."""
        for field in self._in_files:
            if self._more is not None and field.name in self._more.column_names:
                table = table.append_column(field, self._more.column(field.name).take(pa.array(rows)))
            elif field.name not in table.column_names:
                table = table.append_column(field, pa.nulls(len(rows), field.type))
        return table

    def sample(self, n: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Rows of a few runs, evenly spaced."""
        length = max(min(n, self.n_rows) // PROFILE_RUNS, 1)
        starts = spread(self.n_rows, PROFILE_RUNS)
        rows = np.unique((starts[:, None] + np.arange(length)).ravel())
        return self.take(rows[rows < self.n_rows], self.schema.names if columns is None else columns)

    def beside(self, more: pa.Table) -> Rows:
        """The files with a table in memory beside them."""
        wider = copy.copy(self)
        wider._more = more
        return wider._changed(dict.fromkeys(more.column_names))

    def read_as(self, readings: Mapping[str, Reading]) -> Rows:
        """The files with these columns read another way, whenever rows are asked for."""
        other = copy.copy(self)
        other._readings = {**self._readings, **{self._called[name]: how for name, how in readings.items()}}
        return other._changed({})

    def without(self, names: Collection[str]) -> Rows:
        """The files without these columns of their folders."""
        other = copy.copy(self)
        other._called = {name: called for name, called in self._called.items() if name not in names}
        other.folder_keys = {key: values for key, values in self.folder_keys.items() if key not in names}
        return other._changed({})

    def _changed(self, more: Mapping[str, None]) -> Rows:
        self.__dict__.pop("columns", None)
        self._called = {**self._called, **{name: name for name in more}}
        self._in_files = self._shaped(self._scan(self._paths)).limit(0).to_arrow_table().schema
        return self

    def frames(self) -> Iterator[pd.DataFrame]:
        """Batches of rows."""
        back = {called: name for name, called in self._called.items()}
        for batch in self.relation().to_arrow_reader(FRAME_ROWS):
            table = pa.Table.from_batches([batch])
            yield as_frame(table.rename_columns([back.get(c, c) for c in table.column_names]))


def from_path(key: str) -> str:
    """SQL for the value of a key=value folder in the path of the file that a row comes from."""
    part = f"regexp_extract({_FILE}, {literal(f'.*/{_escaped(key)}=([^/]*)/')}, 1)"
    return f"nullif(url_decode({part}), '__HIVE_DEFAULT_PARTITION__') AS {quoted(key)}"


def _escaped(key: str) -> str:
    """The key as a pattern, as it may be spelled in a path."""
    return "".join(c if c.isalnum() or c == "_" else f"(?:\\x{{{ord(c):x}}}|%{ord(c):02X}|%{ord(c):02x})" for c in key)


def as_read(column: pa.ChunkedArray, arrow: pa.DataType) -> pa.ChunkedArray:
    """The cells that SQL gave in the type of the reading; DuckDB's lengths of time are Arrow's again.

    >>> cells = pa.chunked_array([pa.array([(0, 0, 1_500_000_000), None], pa.month_day_nano_interval())])
    >>> as_read(cells, pa.duration("us")).to_pylist()
    [datetime.timedelta(seconds=1, microseconds=500000), None]
    """
    if not pa.types.is_interval(column.type):
        return column.cast(arrow)
    nanoseconds = [None if c is None else c.days * 86_400_000_000_000 + c.nanoseconds for c in column.to_pylist()]
    return pa.chunked_array([pa.array(nanoseconds, pa.duration("ns")).cast(arrow, safe=False)])


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
_FILE = "__file_of_row"

OWN_NAMES = frozenset({_PLACE, _FILE, "file_row_number"})
"""Columns that reading a row by its number adds."""


def _listed(paths: Sequence[str]) -> str:
    return "[" + ", ".join(literal(glob.escape(path)) for path in paths) + "]"
