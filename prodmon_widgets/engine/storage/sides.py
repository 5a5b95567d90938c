"""One side of a monitor on disk: its rows as Parquet, what was made of them as a document."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.storage.checks import CHECKS
from prodmon_widgets.engine.storage.manifest import Manifest
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.table import Table
from prodmon_widgets.engine.work.documents import UNREADABLE, created, damaged, read_document, write_document
from prodmon_widgets.errors import InputError

BATCH = 100_000
ROWS = "rows-{:06}.parquet"
SAMPLES = "samples.npz"


@dataclass
class Side:
    """The samples of one side. ``columns``: the user's; ``types``: their Arrow schema; ``n_rows``: of each file."""

    columns: list[str]
    types: str
    n_rows: list[int]
    codes: CodeTable
    actual: NDArray[np.float64]
    reason: NDArray[np.uint16]
    reasons: list[str]


Loaded = tuple[Side, ParquetRows]


def save(folder: Path, side: SampleSet) -> None:
    """Write one side: its rows with the properties that functions gave them, its codes and its scores."""
    folder.mkdir(mode=0o700)
    types = _save_rows(folder, side)
    described = base64.b64encode(types.serialize()).decode("ascii")
    n_rows = [table.n_rows for table in side.tables]
    columns = list(side.tables[0].columns)
    made = Side(columns, described, n_rows, side.codes, side.actual, side.reason, side.reasons)
    write_document(folder / SAMPLES, made)


def _save_rows(folder: Path, side: SampleSet) -> pa.Schema:
    """One file a table: rows that were appended may have other columns. Returns the columns' names and types."""
    types = _row_types(side)
    called = {name: f"c{i}" for i, name in enumerate(types.names)}
    for index, table in enumerate(side.tables):
        batches = table.row_batches(called, BATCH)
        first = next(batches)
        with created(folder / ROWS.format(index)) as file, pq.ParquetWriter(file, first.schema) as writer:
            writer.write_batch(first)
            for batch in batches:
                writer.write_batch(batch)
    return types


def _row_types(side: SampleSet) -> pa.Schema:
    """Every column of any table; the null type where tables hold different ones."""
    found: dict[str, pa.Field] = {}
    for field in (field for table in side.tables for field in table.row_types()):
        same = found.setdefault(field.name, field).type == field.type
        found[field.name] = found[field.name] if same else pa.field(field.name, pa.null())
    return pa.schema(found.values())


def load(folder: Path, name: str, manifest: Manifest) -> Loaded:
    """A side as it was saved, and its rows, of which none is read."""
    path = manifest.checked(folder, f"{name}/{SAMPLES}")
    side: Side = read_document(path, Side, CHECKS)
    try:
        types = _types(side.types)
    except (*UNREADABLE, pa.ArrowException) as error:
        raise damaged(path, error) from error
    return side, _rows(folder, name, manifest, side.n_rows, types)


def _types(described: str) -> pa.Schema:
    types = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(described, validate=True)))
    odd = [field.name for field in types if isinstance(field.type, pa.BaseExtensionType)]
    if odd or len(set(types.names)) != len(types.names):
        raise ValueError(f"columns {odd[:3]} have types of their own, or a name occurs twice")
    return types.remove_metadata()


def _rows(folder: Path, name: str, manifest: Manifest, n_rows: Sequence[int], types: pa.Schema) -> ParquetRows:
    """Raises InputError where a file of rows has another size than was saved, or other rows."""
    names = [f"{name}/{ROWS.format(index)}" for index in range(len(n_rows))]
    paths = [manifest.path(folder, each) for each in names]
    seals = {str(path.absolute()): manifest.files[each].sha256 for path, each in zip(paths, names, strict=True)}
    try:
        rows = ParquetRows([str(path) for path in paths], saved=types, seals=seals)
    except InputError:
        raise
    except (*UNREADABLE, duckdb.Error, pa.ArrowException) as error:
        raise damaged(paths[0], error) from error
    if rows.n_by_file != list(n_rows):
        raise damaged(paths[0].parent, f"its files have {rows.n_by_file} rows; {list(n_rows)} were saved")
    return rows


def samples(side: Side, table: Table) -> SampleSet:
    """The samples of a side; ``table`` reads its rows."""
    # what functions of the user made lies in the rows, but is none of the user's columns
    table = replace(table, columns=tuple(side.columns))
    return SampleSet((table,), side.codes, side.actual, side.reason, side.reasons)
