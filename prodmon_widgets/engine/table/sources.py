"""Any source of samples becomes ``Rows``: frames stay in memory, files stay on disk.

CSV and JSON lines, DuckDB relations and lazy frames are written to Parquet once, in a temporary folder: afterwards all
passes read columns, and single rows can be fetched without a scan.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.table.arrow import arrow_table, check_names
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.paths import local
from prodmon_widgets.engine.table.profile import MISSING_WORDS
from prodmon_widgets.engine.table.properties import quoted
from prodmon_widgets.engine.table.rows import ArrowRows, Rows, connect
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.errors import READABLE, BackendError, InputError

_ENDINGS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
}


def open_rows(source: Any, name: str) -> Rows:
    """The rows of any readable source; ``name`` is for messages.

    Raises
    ------
    InputError
        Where it isn't readable, has no file, no columns, or a column name twice.
    """
    if isinstance(source, Rows):
        return source
    if isinstance(source, (str, os.PathLike)) or _is_paths(source):
        return _from_files(source, name)
    if isinstance(source, duckdb.DuckDBPyRelation):
        check_names(source.columns, name)
        return _written(source.write_parquet, name)
    native = _native(source)
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
        return path.is_file() and _known(str(path)) in ("csv", "json") and not path.stat().st_size
    return getattr(_native(source), "shape", None) == (0, 0)


def _native(source: Any) -> Any:
    return source.to_native() if type(source).__module__.startswith("narwhals") else source


def _is_paths(source: Any) -> bool:
    return isinstance(source, (list, tuple)) and bool(source) and all(isinstance(p, (str, os.PathLike)) for p in source)


def _from_files(source: Any, name: str) -> Rows:
    patterns = [os.fspath(p) for p in (source if isinstance(source, (list, tuple)) else [source])]
    paths = [path for pattern in patterns for path in _matching(pattern, name)]
    formats = {_format(path) for path in paths}
    if len(formats) > 1:
        raise InputError(f"{name} mixes {' and '.join(sorted(formats))} files; give one kind.")
    try:
        return _read(formats.pop(), paths, name)
    except (duckdb.Error, pa.ArrowException) as error:
        # the lines below the first list what DuckDB has tried
        raise InputError(f"{name}: {paths[0]} can't be read: {str(error).splitlines()[0]}") from error


def _read(kind: str, paths: list[str], name: str) -> Rows:
    if kind == "parquet":
        return ParquetRows(paths)
    escaped = [glob.escape(str(Path(path).absolute())) for path in paths]
    if kind == "json":
        return _written(_json(escaped).write_parquet, name)
    try:
        return _written(_csv(escaped, 20_480).write_parquet, name)
    except (duckdb.ConversionException, duckdb.InvalidInputException):
        return _written(_csv(escaped, -1).write_parquet, name)


def _csv(paths: list[str], sample_size: int) -> duckdb.DuckDBPyRelation:
    several: Any = paths  # its types know one path only
    words: Any = list(MISSING_WORDS)  # and one word only
    return connect().read_csv(
        several, sample_size=sample_size, union_by_name=len(paths) > 1, header=True, na_values=words
    )


def _json(paths: list[str]) -> duckdb.DuckDBPyRelation:
    several: Any = paths
    return connect().read_json(several, union_by_name=True)


def _matching(pattern: str, name: str) -> Sequence[str]:
    path = local(pattern)
    if path.is_dir():
        found = sorted(str(p) for p in path.rglob("*") if p.is_file() and _known(str(p)))
    elif path.exists():
        found = [str(path)]
    else:
        found = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207  Path.glob refuses absolute patterns
    if not found:
        raise InputError(f"{name}: no file matches {pattern!r} (looked in {Path.cwd()}); give {READABLE}.")
    return found


def _known(path: str) -> str | None:
    lower = path.lower().removesuffix(".gz").removesuffix(".zst")
    return _ENDINGS.get(Path(lower).suffix)


def _format(path: str) -> str:
    kind = _known(path)
    if kind is None:
        raise InputError(f"{path} ends in none of {', '.join(_ENDINGS)}; rename it or read it into a frame first.")
    return kind


def _written(write: Callable[[str], object], name: str) -> Rows:
    scratch = Scratch()
    path = str(scratch.folder / "rows.parquet")
    try:
        write(path)
    except (duckdb.ConversionException, duckdb.InvalidInputException):
        raise
    except duckdb.Error as error:
        raise BackendError(f"{name} can't be read: {error}") from error
    return ParquetRows([path], scratch)
