"""JSON lines, and files of one JSON array, become Parquet: a column a key, one type a column over all lines.

Keys are taken from every line. Types are guessed from the first lines and checked on every cell; where the guess
doesn't hold, all cells are asked. A column of mixed cells is text, as pandas has it.
"""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from prodmon_widgets.engine.table.arrow import check_names
from prodmon_widgets.engine.table.files import Folders, Found, keys_of
from prodmon_widgets.engine.table.kept import Kept
from prodmon_widgets.engine.table.notes import Note
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.plaintext import plain_text
from prodmon_widgets.engine.table.properties import literal
from prodmon_widgets.engine.table.rows import connect
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.engine.table.shapes import Shape, as_shaped, sampled, shapes_of
from prodmon_widgets.errors import InputError

MOST_KEYS = 5_000
"""More keys than columns can be: their names are values."""

SAMPLED_LINES = 5_000


@dataclass
class _Reading:
    files: Sequence[tuple[str, str, Folders]]
    """Path, the same as plain UTF-8, and the folders that it lies in."""
    side: str
    scratch: Scratch
    names: tuple[str, ...] = ()
    keys: Mapping[str, frozenset[str | None]] = field(default_factory=dict)


def read_json(found: Found, side: str, _: Kept) -> ParquetRows:
    """The rows of files of JSON objects, in order.

    Raises
    ------
    InputError
        For a line that is no JSON object, by its number; and where keys are without end.
    """
    reading, notes = _opened(found, side, whole=False)
    try:
        paths = _read(reading, notes)
    except duckdb.Error:
        reading, notes = _opened(found, side, whole=True)
        paths = _thorough(reading, notes)
    called = pa.schema([pa.field(name, pa.null()) for name in (*reading.names, *reading.keys)])
    rows = ParquetRows(paths, reading.scratch, saved=called)
    rows.notes, rows.folder_keys = tuple(notes), reading.keys
    return rows


def _opened(found: Found, side: str, whole: bool) -> tuple[_Reading, list[Note]]:
    scratch = Scratch()
    plain = [plain_text(path, scratch, side, whole) for path in found.paths]
    files = [(p, text, folders) for p, (text, _), folders in zip(found.paths, plain, found.folders, strict=True)]
    return _Reading(files, side, scratch), [note for _, note in plain if note]


def _read(reading: _Reading, notes: list[Note]) -> list[str]:
    """Raises DuckDB's error where some line is no object or some cell isn't what the first ones are."""
    _take_names(reading)
    shapes = sampled(_scan(_plain(reading)).limit(SAMPLED_LINES), reading.names)
    if any(shape.nested for shape in shapes.values()) or len(shapes) < len(reading.names):
        shapes = shapes_of(_scan(_plain(reading)), reading.names)
    paths = _written(reading, shapes)
    notes += _notes(shapes, reading.side)
    return paths


def _thorough(reading: _Reading, notes: list[Note]) -> list[str]:
    try:
        _take_names(reading)
        shapes = shapes_of(_scan(_plain(reading)), reading.names)
        notes += _notes(shapes, reading.side)
        return _written(reading, shapes)
    except duckdb.Error as error:
        for path, plain, _ in reading.files:
            _refuse_broken(path, plain, reading.side)
        message = f"{reading.side}: {reading.files[0][0]} can't be read as JSON: {str(error).splitlines()[0]}"
        raise InputError(message) from error


def _notes(shapes: Mapping[str, Shape], side: str) -> Iterator[Note]:
    for name, shape in shapes.items():
        if shape.kind == "mixed":
            yield Note("mixed", side, name, what=" and ".join(shape.holds))
        elif shape.kind == "shapeless":
            yield Note("nested", side, name)


def _plain(reading: _Reading) -> list[str]:
    return [plain for _, plain, _ in reading.files]


def _take_names(reading: _Reading) -> None:
    """Every key of every line, in the order in which the first lines have them."""
    relation = _scan(_plain(reading))
    first = relation.limit(100).project("unnest(json_keys(line)) AS key").filter("key IS NOT NULL").fetchall()
    keys = "unnest(CASE json_type(line) WHEN 'OBJECT' THEN json_keys(line) ELSE [NULL] END) AS key"
    every = {key for (key,) in relation.project(keys).distinct().fetchall()}
    if None in every:
        for path, plain, _ in reading.files:
            _refuse_broken(path, plain, reading.side)
    names = list(dict.fromkeys([*(key for (key,) in first), *sorted(every - {None})]))
    if len(names) > MOST_KEYS:
        raise InputError(
            f"{reading.side}: {reading.files[0][0]} has {len(names):,} different keys, such as {names[-1]!r}: they are "
            "values, not names. Write them as a list, or as two columns of key and value."
        )
    if names:
        reading.names = tuple(check_names(names, reading.side))
    else:
        raise InputError(f"{reading.side} has no rows: {reading.files[0][0]} is empty; expected an object a sample.")
    own = {name.lower() for name in names}
    folders = [each for _, _, each in reading.files]
    reading.keys = {key: values for key, values in keys_of(folders).items() if key.lower() not in own}


def _scan(paths: Sequence[str]) -> duckdb.DuckDBPyRelation:
    """One column ``line``, an object each."""
    form = "newline_delimited" if all(not p.lower().endswith(".json") for p in paths) else "auto"
    listed = ", ".join(literal(glob.escape(str(Path(path).absolute()))) for path in paths)
    return connect().sql(
        f"SELECT json AS line FROM read_json_objects([{listed}], format = {literal(form)}, hive_partitioning = false, "
        "maximum_object_size = 134217728)"
    )


def _written(reading: _Reading, shapes: Mapping[str, Shape]) -> list[str]:
    paths = []
    pointers = ", ".join(literal(_pointer(name)) for name in reading.names)
    for number, (folders, plain) in enumerate(_groups(reading.files)):
        path = str(reading.scratch.folder / f"rows-{number:06}.parquet")
        cells = _scan(plain).project(f"json_extract(line, [{pointers}]) AS cells")
        chosen = [as_shaped(f"cells[{i + 1}]", shapes[name]) for i, name in enumerate(reading.names)]
        chosen += ["CAST(NULL AS VARCHAR)" if v is None else literal(v) for v in map(folders.get, reading.keys)]
        cells.project(", ".join(f"{sql} AS c{i}" for i, sql in enumerate(chosen))).write_parquet(path)
        paths.append(path)
    return paths


def _groups(files: Sequence[tuple[str, str, Folders]]) -> Iterator[tuple[Folders, list[str]]]:
    for _, group in groupby(files, key=lambda file: sorted(file[2].items(), key=str)):
        together = list(group)
        yield together[0][2], [plain for _, plain, _ in together]


def _pointer(name: str) -> str:
    """The key as a JSON pointer.

    >>> _pointer("a/b~c")
    '/a~1b~0c'
    """
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _refuse_broken(path: str, plain: str, side: str) -> None:
    """Name the first line that is no JSON object."""
    if plain.lower().endswith(".json") and _is_whole(plain, path, side):
        return
    with Path(plain).open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            what = _wrong(line)
            if what:
                raise InputError(f"{side}: {path}, line {number} {what}; expected one JSON object a line.")


def _wrong(line: str) -> str | None:
    try:
        value: Any = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        place = f" at character {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        return f"is no JSON{place} ({' '.join(line.split())[:40]!r})"
    return None if isinstance(value, dict) else f"holds a {type(value).__name__}"


def _is_whole(plain: str, path: str, side: str) -> bool:
    """Whether the file is one value; raises InputError where it is no list of objects."""
    try:
        value: Any = json.loads(Path(plain).read_text(encoding="utf-8-sig", errors="replace"))
    except (json.JSONDecodeError, RecursionError):
        return False
    odd = next((each for each in value if not isinstance(each, dict)), None) if isinstance(value, list) else None
    if odd is not None or not isinstance(value, (list, dict)):
        found = odd if odd is not None else value
        raise InputError(f"{side}: {path} holds a {type(found).__name__} where an object a sample is expected.")
    return True
