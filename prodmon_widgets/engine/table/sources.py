"""Any source of samples becomes ``Rows``: frames stay in memory, files stay on disk.

CSV and JSON lines, DuckDB relations and lazy frames are written to Parquet once, in a temporary folder: afterwards all
passes read columns, and single rows can be fetched without a scan.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.table.arrow import arrow_table, check_names, from_polars
from prodmon_widgets.engine.table.csvfiles import read_csv
from prodmon_widgets.engine.table.excel import read_excel
from prodmon_widgets.engine.table.files import Found, check_readable, found, is_paths, known_kind
from prodmon_widgets.engine.table.jsonlines import read_json
from prodmon_widgets.engine.table.kept import ALL_TYPED, Kept
from prodmon_widgets.engine.table.lake import open_table, table_folder
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.paths import local
from prodmon_widgets.engine.table.properties import quoted
from prodmon_widgets.engine.table.rows import ArrowRows, Rows
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.errors import READABLE, BackendError, InputError


def open_rows(source: Any, name: str, kept: Kept = ALL_TYPED) -> Rows:
    """The rows of any readable source; ``name`` is for messages, ``kept`` says which cells of text files stay as text.

    Raises
    ------
    InputError
        Where it isn't readable, has no file, no columns, or a column name twice.
    """
    if isinstance(source, Rows):
        return source
    if is_paths(source):
        return _from_paths(source, name, kept)
    if isinstance(source, duckdb.DuckDBPyRelation):
        check_names(source.columns, name)
        return _written(source.write_parquet, name)
    native = from_polars(_native(source))
    if hasattr(native, "sink_parquet"):
        return _written(native.sink_parquet, name)
    if hasattr(native, "toArrow"):
        native = native.toArrow()
    if isinstance(native, pd.DataFrame):
        # while this copy lives, pandas copies before it writes, so that rows already read don't change
        return ArrowRows(arrow_table(native, name), owner=native.copy(deep=False))
    if hasattr(native, "__arrow_c_stream__") or isinstance(native, pa.RecordBatch):
        return ArrowRows(arrow_table(native, name))
    raise InputError(f"{name} is a {type(source).__name__}; expected {READABLE}.")


def kept(rows: Rows, mask: NDArray[np.bool_]) -> Rows:
    """Only the rows in ``mask`` (n_rows,), in memory where they are there, else in a file of their own."""
    if isinstance(rows, ArrowRows):
        return rows.kept(mask)
    marked = rows.beside(pa.table({_KEPT: mask})).relation()
    chosen = [f"{column.sql} AS {quoted(name)}" for name, column in rows.columns.items()]
    return _written(marked.filter(_KEPT).project(", ".join(chosen)).write_parquet, "production")


_KEPT = "__kept"


def is_nothing(source: Any) -> bool:
    """Whether this is a frame without rows and columns, or a text file without a line: a day without samples."""
    if isinstance(source, (str, os.PathLike)):
        path = local(source)
        return path.is_file() and known_kind(str(path)) in ("CSV", "JSON") and not path.stat().st_size
    return getattr(_native(source), "shape", None) == (0, 0)


def _native(source: Any) -> Any:
    return source.to_native() if type(source).__module__.startswith("narwhals") else source


def _from_paths(source: Any, name: str, kept: Kept) -> Rows:
    if isinstance(source, str) or hasattr(source, "__fspath__"):
        folder = local(source)
        kind = table_folder(folder) if str(source) and folder.is_dir() else None
        if kind is not None:
            return _streamed(open_table(folder, kind, name), name)
    files = found(source, name)
    check_readable(files.paths, name)
    return _READERS[files.kind](files, name, kept)


def _parquet(files: Found, _: str, __: Kept) -> Rows:
    return ParquetRows(files.paths, folders=files.folders)


_READERS: Mapping[str, Callable[[Found, str, Kept], Rows]] = {
    "Parquet": _parquet,
    "CSV": read_csv,
    "JSON": read_json,
    "Excel": read_excel,
}


def _streamed(table: Any, name: str) -> Rows:
    """Batches of Arrow, written as they come."""
    reader = pa.RecordBatchReader.from_stream(table) if hasattr(table, "__arrow_c_stream__") else table
    check_names(reader.schema.names, name)
    relation = duckdb.connect().from_arrow(reader)
    return _written(relation.write_parquet, name)


def _written(write: Callable[[str], object], name: str) -> Rows:
    scratch = Scratch()
    path = str(scratch.folder / "rows.parquet")
    try:
        write(path)
    except duckdb.Error as error:
        raise BackendError(f"{name} can't be read: {str(error).splitlines()[0]}") from error
    return ParquetRows([str(Path(path))], scratch)
