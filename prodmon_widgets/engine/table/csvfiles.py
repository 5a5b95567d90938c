"""CSV files become Parquet in one pass: the dialect of each file, one type a column over all of them.

Types are guessed from the first records and checked on every cell; where the guess doesn't hold, all cells are asked.
"""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from prodmon_widgets.engine.table.arrow import check_names
from prodmon_widgets.engine.table.dialect import Dialect, Start, cells, long_fields, start_of
from prodmon_widgets.engine.table.files import Folders, Found, keys_of
from prodmon_widgets.engine.table.kept import Kept
from prodmon_widgets.engine.table.notes import Note
from prodmon_widgets.engine.table.parquet import ParquetRows
from prodmon_widgets.engine.table.plaintext import plain_text
from prodmon_widgets.engine.table.properties import literal
from prodmon_widgets.engine.table.rows import connect
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.engine.table.spelling import TYPES, Spelled, all_match, as_spelled, settled, spelled
from prodmon_widgets.engine.table.writing import MISSING_WORDS
from prodmon_widgets.errors import InputError


@dataclass(frozen=True)
class _File:
    path: str
    plain: str
    start: Start
    folders: Folders


@dataclass
class _Reading:
    """What reading the files of one side needs on its way."""

    files: Sequence[_File]
    side: str
    kept: Kept
    scratch: Scratch
    names: tuple[str, ...] = ()
    keys: Mapping[str, frozenset[str | None]] = field(default_factory=dict)


def read_csv(found: Found, side: str, kept: Kept) -> ParquetRows:
    """The rows of CSV files, in order.

    Raises
    ------
    InputError
        Where a file has no header, a line has more or fewer fields than it, or the file isn't text.
    """
    scratch = Scratch()
    files, notes = _opened(found, side, scratch, whole=False)
    reading = _Reading(files, side, kept, scratch)
    reading.names = tuple(dict.fromkeys(name for file in files for name in file.start.dialect.names))
    own = {name.lower() for name in reading.names}
    reading.keys = {key: v for key, v in keys_of([f.folders for f in files]).items() if key.lower() not in own}
    try:
        paths = _written(reading, {name: _guess(name, reading) for name in reading.names})
    except duckdb.Error:
        paths = _thorough(found, reading, notes)
    called = pa.schema([pa.field(name, pa.null()) for name in (*reading.names, *reading.keys)])
    rows = ParquetRows(paths, scratch, saved=called)
    rows.notes, rows.folder_keys = tuple(notes), reading.keys
    return rows


def _opened(found: Found, side: str, scratch: Scratch, whole: bool) -> tuple[list[_File], list[Note]]:
    files: list[_File] = []
    notes: list[Note] = []
    empty: list[str] = []
    for path, folders in zip(found.paths, found.folders, strict=True):
        plain, note = plain_text(path, scratch, side, whole)
        start = start_of(plain, side)
        notes += [note] if note else []
        if start is None:
            empty.append(path)
            continue
        check_names(start.dialect.names, f"{side}: {path}")
        if start.above:
            notes.append(Note("title", side, file=path, n=len(start.above), example=start.above[0][:80]))
        files.append(_File(path, plain, start, folders))
    if not files:
        raise InputError(f"{side} has no rows: {empty[0]} is empty; expected a line of names, then a line a sample.")
    return files, notes + ([Note("empty file", side, file=empty[0], n=len(empty))] if empty else [])


def _guess(name: str, reading: _Reading) -> Spelled:
    if name in reading.kept.text:
        return "text"
    found = set().union(*(cells(file.start, name, MISSING_WORDS) for file in reading.files))
    return spelled(found, keeps=reading.kept.is_spelled(name))


def _thorough(found: Found, reading: _Reading, notes: list[Note]) -> list[str]:
    """Every byte and every cell is asked; raises InputError where that doesn't help either."""
    reading.files, again = _opened(found, reading.side, reading.scratch, whole=True)
    notes[:] = again
    try:
        return _written(reading, _asked(reading))
    except duckdb.Error as error:
        for file in reading.files:
            _refuse_ragged(file, reading.side)
        raise InputError(
            f"{reading.side}: {reading.files[0].path} can't be read as CSV: {str(error).splitlines()[0]}"
        ) from error


def _asked(reading: _Reading) -> dict[str, Spelled]:
    """What all cells of each column are."""
    every: dict[str, list[dict[Spelled, bool]]] = {name: [] for name in reading.names}
    for (dialect, _), files in _groups(reading.files):
        relation = _scan([f.plain for f in files], dialect)
        for number, name in enumerate(dialect.names):
            sql = all_match(f"c{number}")
            row = relation.aggregate(", ".join([*sql.values(), f"count(c{number})"])).fetchall()[0]
            if row[-1]:
                every[name].append(dict(zip(sql, row[:-1], strict=True)))
    return {name: _of_all(every[name], name, reading.kept) for name in reading.names}


def _of_all(parts: Sequence[Mapping[Spelled, bool]], name: str, kept: Kept) -> Spelled:
    if not parts:
        return "nothing"
    together = {what: all(part[what] for part in parts) for what in parts[0]}
    return "text" if name in kept.text else settled(together, keeps=kept.is_spelled(name))


def _groups(files: Sequence[_File]) -> Iterator[tuple[tuple[Dialect, Folders], list[_File]]]:
    """Files that follow one another and are read alike."""
    for _, group in groupby(files, key=lambda f: (f.start.dialect, sorted(f.folders.items(), key=str))):
        together = list(group)
        yield (together[0].start.dialect, together[0].folders), together


def _written(reading: _Reading, what: Mapping[str, Spelled]) -> list[str]:
    paths = []
    for number, ((dialect, folders), files) in enumerate(_groups(reading.files)):
        at = {name: f"c{i}" for i, name in enumerate(dialect.names)}
        chosen = [_cell(at.get(name), what[name]) for name in reading.names]
        chosen += [_folder(folders[key]) for key in reading.keys]
        path = str(reading.scratch.folder / f"rows-{number:06}.parquet")
        relation = _scan([f.plain for f in files], dialect)
        relation.project(", ".join(f"{sql} AS c{i}" for i, sql in enumerate(chosen))).write_parquet(path)
        paths.append(path)
    return paths


def _cell(column: str | None, what: Spelled) -> str:
    return f"CAST(NULL AS {TYPES[what]})" if column is None else as_spelled(column, what)


def _folder(value: str | None) -> str:
    return "CAST(NULL AS VARCHAR)" if value is None else literal(value)


def _scan(paths: Sequence[str], dialect: Dialect) -> duckdb.DuckDBPyRelation:
    several: Any = [glob.escape(str(Path(path).absolute())) for path in paths]  # its types know one path only
    words: Any = list(MISSING_WORDS)  # and one word only
    return connect().read_csv(
        several,
        header=True,
        skiprows=dialect.skip,
        delimiter=dialect.separator,
        quotechar='"',
        escapechar=dialect.escape,
        names=[f"c{i}" for i in range(len(dialect.names))],
        all_varchar=True,
        na_values=words,
    )


def _refuse_ragged(file: _File, side: str) -> None:
    """Name the first line that has another number of fields than the header."""
    dialect = file.start.dialect
    doubled = dialect.escape == '"'
    text = Path(file.plain)
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as lines, long_fields():
        for _ in range(dialect.skip):
            next(lines, None)
        escape = None if doubled else dialect.escape
        reader = csv.reader(lines, delimiter=dialect.separator, doublequote=doubled, escapechar=escape)
        begun = 0
        try:
            for record in reader:
                if record and len(record) != len(dialect.names):
                    raise InputError(
                        f"{side}: {file.path}, line {dialect.skip + begun + 1}: {len(record)} fields where the header "
                        f"has {len(dialect.names)}; mend the line, or quote a field that holds {dialect.separator!r}."
                    )
                begun = reader.line_num
        except csv.Error as error:
            raise InputError(f"{side}: {file.path}, line {dialect.skip + begun + 1}: {error}.") from error
