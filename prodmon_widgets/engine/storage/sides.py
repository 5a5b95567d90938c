"""One side of a monitor on disk, in parts: rows as Parquet, beside them what was made of each row.

A part is written once. What an append adds is a further part; what is known of all of them – bins, sums, reasons – is
small, and written anew.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import Levels, ValueBins
from prodmon_widgets.engine.cube.codes import OF_ROWS, Codes, CodeTable
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.storage.checks import CHECKS, check_samples
from prodmon_widgets.engine.storage.manifest import Manifest
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.table import Table
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.engine.work.documents import UNREADABLE, created, damaged, read_document, write_document
from prodmon_widgets.errors import InputError

BATCH = 100_000
ROWS, COLUMNS, SAMPLES = "rows-{:06}.parquet", "columns-{:06}.npz", "samples.npz"
MOST_PARTS = 100
"""More are written anew as one a table: reading many small files takes longer than few large ones."""


@dataclass(frozen=True)
class Part:
    """Names of the files with ``n_rows`` rows, and with what was made of them, relative to the store."""

    rows: str
    columns: str
    n_rows: int


@dataclass
class Columns:
    """What was made of the rows of a part: ``of_rows`` has the columns that a code table has one number a row of."""

    time_bins: TimeBins
    of_rows: dict[str, NDArray[Any]]
    codes: dict[str, Codes]
    values: dict[str, NDArray[np.float32]]
    actual: NDArray[np.float64]
    reason: NDArray[np.uint16]


@dataclass
class Side:
    """The samples of one side. ``columns``: the user's; ``types``: their Arrow schema; ``valued``: numbers with values.

    The rest is what a code table knows of all its rows.
    """

    columns: list[str]
    types: str
    parts: list[Part]
    reasons: list[str]
    time_bins: TimeBins
    bins: dict[str, ValueBins | Levels]
    members: dict[str, NDArray[np.bool_]]
    sums: NDArray[np.float64]
    by_code: dict[str, NDArray[np.float64]]
    valued: list[str]


@dataclass(frozen=True)
class Before:
    """What lies in a store of a set of samples: the ``side`` as saved, of so many tables of this ``history``."""

    side: Side
    history: object
    n_tables: int

    def holds(self, samples: SampleSet) -> bool:
        """Whether samples were only added since."""
        return samples.history is self.history and len(self.side.parts) < MOST_PARTS


def save(store: Path, folder: Path, samples: SampleSet, before: Before | None) -> Before:
    """Write what isn't in the store yet of one side into a new folder of it."""
    folder.mkdir(mode=0o700)
    known = before if before is not None and before.holds(samples) else None
    parts = [] if known is None else list(known.side.parts)
    types = _row_types(samples, None if known is None else _types(known.side.types))
    called = {name: f"c{i}" for i, name in enumerate(types.names)}
    start = sum(part.n_rows for part in parts)
    for index, table in enumerate(samples.tables[0 if known is None else known.n_tables :]):
        rows, columns = folder / ROWS.format(index), folder / COLUMNS.format(index)
        _write_rows(rows, table, called)
        write_document(columns, _columns(samples, slice(start, start + table.n_rows)))
        parts.append(Part(_name(rows, store), _name(columns, store), table.n_rows))
        start += table.n_rows
    side = _side(samples, types, parts)
    write_document(folder / SAMPLES, side)
    return Before(side, samples.history, len(samples.tables))


def _name(path: Path, store: Path) -> str:
    return path.relative_to(store).as_posix()


def _side(samples: SampleSet, types: pa.Schema, parts: list[Part]) -> Side:
    codes = samples.codes
    described = base64.b64encode(types.serialize()).decode("ascii")
    known = (codes.time_bins, codes.bins, codes.members, codes.sums, codes.by_code, list(codes.values))
    return Side(list(samples.columns), described, parts, samples.reasons, *known)


def _columns(samples: SampleSet, rows: slice) -> Columns:
    codes = samples.codes
    return Columns(
        codes.time_bins,
        {name: getattr(codes, name)[rows] for name in OF_ROWS if getattr(codes, name) is not None},
        {name: column[rows] for name, column in codes.codes.items()},
        {name: column[rows] for name, column in codes.values.items()},
        samples.actual[rows],
        samples.reason[rows],
    )


def _write_rows(path: Path, table: Table, called: dict[str, str]) -> None:
    """One file a table: rows that were appended may have other columns."""
    batches = table.row_batches(called, BATCH)
    first = next(batches)
    with created(path) as file, pq.ParquetWriter(file, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)


def _row_types(samples: SampleSet, known: pa.Schema | None) -> pa.Schema:
    """Every column of any table, those ``known`` first; the null type where tables hold different ones."""
    found: dict[str, pa.Field] = {} if known is None else {field.name: field for field in known}
    for field in (field for table in samples.tables for field in table.row_types()):
        same = found.setdefault(field.name, field).type == field.type
        if not same and not _is_plain_of(field.type, found[field.name].type):
            found[field.name] = pa.field(field.name, pa.null())
    return pa.schema(found.values())


def _is_plain_of(came: pa.DataType, saved: pa.DataType) -> bool:
    """Whether a column came back from a store in the plain form of the type that is remembered of it."""
    return bool(pa.types.is_dictionary(saved) or (pa.types.is_duration(saved) and pa.types.is_floating(came)))


# --- reading ---------------------------------------------------------------------------------------------------------

Loaded = tuple[Side, ParquetRows]


def load(folder: Path, name: str, manifest: Manifest, holders: object = None) -> Loaded:
    """A side as it was saved, and its rows, of which none is read; these keep ``holders`` alive."""
    path = manifest.checked(folder, f"{name}/{SAMPLES}")
    side: Side = read_document(path, Side, CHECKS)
    try:
        types = _types(side.types)
        if not side.parts or any(part.n_rows < 1 for part in side.parts):
            raise ValueError("a side has no rows")
        if len({part.rows for part in side.parts}) != len(side.parts):
            raise ValueError("a part of the rows is named twice")
    except (*UNREADABLE, pa.ArrowException) as error:
        raise damaged(path, error) from error
    return side, _rows(folder, manifest, side.parts, types, holders)


def _types(described: str) -> pa.Schema:
    types = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(described, validate=True)))
    odd = [field.name for field in types if isinstance(field.type, pa.BaseExtensionType)]
    if odd or len(set(types.names)) != len(types.names):
        raise ValueError(f"columns {odd[:3]} have types of their own, or a name occurs twice")
    return types.remove_metadata()


def _rows(folder: Path, manifest: Manifest, parts: Sequence[Part], types: pa.Schema, holders: object) -> ParquetRows:
    """Raises InputError where a file of rows has another size than was saved, or other rows."""
    paths = [manifest.path(folder, part.rows) for part in parts]
    seals = {str(path.absolute()): manifest.files[p.rows].sha256 for path, p in zip(paths, parts, strict=True)}
    try:
        rows = ParquetRows([str(path) for path in paths], saved=types, seals=seals, holders=holders)
    except InputError:
        raise
    except (*UNREADABLE, duckdb.Error, pa.ArrowException) as error:
        raise damaged(paths[0] if len(paths) == 1 else paths[0].parent, error) from error
    saved = [part.n_rows for part in parts]
    if rows.n_by_file != saved:
        odd = next(path for path, has, had in zip(paths, rows.n_by_file, saved, strict=True) if has != had)
        raise damaged(odd, "it doesn't have the rows that were saved")
    return rows


def samples(folder: Path, manifest: Manifest, side: Side, table: Table) -> SampleSet:
    """The samples of a side; ``table`` reads its rows. Raises InputError or ValueError where parts don't fit."""
    read = [read_document(manifest.checked(folder, part.columns), Columns, CHECKS) for part in side.parts]
    for part, columns in zip(side.parts, read, strict=True):
        if {len(columns.actual), len(columns.reason)} != {part.n_rows}:
            raise damaged(folder / part.columns, f"it doesn't have {part.n_rows:,} rows")
    codes = _codes(side, read)
    actual, reason = (np.concatenate([getattr(each, name) for each in read]) for name in ("actual", "reason"))
    check_samples(codes, len(actual), len(side.reasons), int(reason.max(initial=0)))
    # what functions of the user made lies in the rows, but is none of the user's columns
    table = replace(table, columns=tuple(side.columns))
    return SampleSet((table,), codes, actual, reason, side.reasons)


def _codes(side: Side, read: Sequence[Columns]) -> CodeTable:
    of_rows: dict[str, Any] = {
        name: _joined([each.of_rows[name] for each in read]) for name in OF_ROWS if name in read[0].of_rows
    }
    of_rows["time"] = np.concatenate([_placed(each, side.time_bins) for each in read])
    made = CodeTable(
        time_bins=side.time_bins,
        bins=side.bins,
        codes={name: _joined([each.codes[name] for each in read]) for name in side.bins},
        members=side.members,
        sums=side.sums,
        values={name: _joined([each.values[name] for each in read]) for name in side.valued},
        by_code=side.by_code,
        **of_rows,
    )
    CHECKS[CodeTable](made)
    return made


def _placed(columns: Columns, to: TimeBins) -> NDArray[np.int16]:
    """The time bins of a part's rows among those of all, which were extended or made longer since."""
    time, own = columns.of_rows["time"], columns.time_bins
    if time.dtype != np.int16 or (len(time) and not (time.min() >= -1 and time.max() < own.count)):
        raise ValueError("a row lies in a time bin that isn't there")
    # −1, no time, points to the last entry
    placed: NDArray[np.int16] = np.append(to.codes(own.edges()[:-1]), np.int16(-1))[time]
    return placed


def _joined(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return columns[0] if len(columns) == 1 else np.concatenate(columns)
