"""What the footers of Parquet files say: rows and types of each, and where the files disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from prodmon_widgets.engine.table.notes import Note
from prodmon_widgets.engine.table.rows import Reading
from prodmon_widgets.errors import InputError


@dataclass(frozen=True)
class Footer:
    """One file: its number of rows and the columns as whoever wrote them typed them."""

    path: str
    n_rows: int
    schema: pa.Schema


def footers(paths: Sequence[str]) -> list[Footer]:
    """The footers, in the order of the files.

    Raises
    ------
    InputError
        For the first file that is no whole Parquet file, and for a column that can't have one type over all files.
    """
    ends = [_footer(path) for path in paths]
    _refuse_different_shapes(ends)
    return ends


def _footer(path: str) -> Footer:
    try:
        with pq.ParquetFile(path) as file:
            return Footer(path, file.metadata.num_rows, file.schema_arrow)
    except FileNotFoundError as error:
        raise InputError(f"{path} can't be read: it is gone.") from error
    except PermissionError as error:
        raise InputError(f"{path} can't be read: permission denied.") from error
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} can't be read as Parquet: {_damage(Path(path))}.") from error


def _damage(path: Path) -> str:
    size = path.stat().st_size
    if not size:
        return "it is empty, not even a header is there"
    with path.open("rb") as file:
        start = file.read(4)
        file.seek(max(size - 4, 0))
        end = file.read(4)
    if b"PARE" in (start, end):
        return "it is encrypted"
    if start != b"PAR1":
        return "it doesn't begin as a Parquet file does"
    return "its footer is damaged" if end == b"PAR1" else "its end is missing, as where writing was cut off"


def durations(ends: Sequence[Footer]) -> dict[str, Reading]:
    """Columns that were lengths of time: in the file they are whole numbers of a unit that only Arrow knows.

    Raises
    ------
    InputError
        Where files count them in different units.
    """
    found: dict[str, Reading] = {}
    for end in ends:
        for field in end.schema:
            if not pa.types.is_duration(field.type):
                continue
            reading = Reading(_INTERVAL[field.type.unit], field.type)
            if found.setdefault(field.name, reading) != reading:
                raise InputError(
                    f"{end.path} counts {field.name!r} in another unit than {ends[0].path}; write both alike."
                )
    return found


_INTERVAL = {
    "s": "to_microseconds(CAST({} AS BIGINT) * 1000000)",
    "ms": "to_microseconds(CAST({} AS BIGINT) * 1000)",
    "us": "to_microseconds(CAST({} AS BIGINT))",
    "ns": "to_microseconds(CAST({} AS BIGINT) // 1000)",
}


def called(end: Footer) -> dict[str, str]:
    """DuckDB's name of a column → the file's own, where they differ: to DuckDB d is D, so it calls it d_1."""
    times: Counter[str] = Counter()
    found = {}
    for name in end.schema.names:
        seen = times[name.lower()]
        times[name.lower()] += 1
        if seen:
            found[f"{name}_{seen}"] = name
    return found


def mixed(ends: Sequence[Footer]) -> Iterator[Note]:
    """Notes on columns that are text in some files and something else in others."""
    kinds: dict[str, set[str]] = {}
    for end in ends if len(ends) > 1 else ():
        for field in end.schema:
            kinds.setdefault(field.name, set()).add(_shape(field.type))
    for name, found in kinds.items():
        if len(found - {"null"}) > 1 and "text" in found:
            yield Note("mixed", "files", name, what=" and ".join(sorted(found - {"null"})) + " in different files")


def _refuse_different_shapes(ends: Sequence[Footer]) -> None:
    first: dict[str, tuple[str, Footer]] = {}
    for end in ends if len(ends) > 1 else ():
        for field in end.schema:
            shape = _shape(field.type)
            if shape == "null":
                continue
            before, where = first.setdefault(field.name, (shape, end))
            if before != shape and {before, shape} - _SCALARS:
                raise InputError(
                    f"{end.path} holds {shape} in {field.name!r}, {where.path} {before}; write the column alike in "
                    "all files, or give them as frames."
                )


_SCALARS = {"text", "numbers", "booleans", "times"}


def _shape(arrow: pa.DataType) -> str:
    types = pa.types
    if types.is_dictionary(arrow):
        return _shape(arrow.value_type)
    if types.is_null(arrow):
        return "null"
    if types.is_boolean(arrow):
        return "booleans"
    if types.is_integer(arrow) or types.is_floating(arrow) or types.is_decimal(arrow):
        return "numbers"
    if types.is_timestamp(arrow) or types.is_date(arrow):
        return "times"
    if types.is_string(arrow) or types.is_large_string(arrow) or types.is_string_view(arrow):
        return "text"
    if types.is_list(arrow) or types.is_large_list(arrow) or types.is_fixed_size_list(arrow):
        return "lists"
    return "dictionaries" if types.is_struct(arrow) or types.is_map(arrow) else str(arrow)
