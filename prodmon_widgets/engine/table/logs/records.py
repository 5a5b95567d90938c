"""Any source as records, a dict a row: JSON with nothing guessed, tables row by row; and its columns at a glance."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from prodmon_widgets.engine.table.files import found, known_kind
from prodmon_widgets.engine.table.logs.formats import of_samples, of_scores
from prodmon_widgets.engine.table.logs.nested import Record, plain
from prodmon_widgets.engine.table.plaintext import plain_text
from prodmon_widgets.engine.table.properties import quoted
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.engine.table.scratch import Scratch
from prodmon_widgets.engine.table.sources import open_rows
from prodmon_widgets.errors import InputError

LOOKED_AT = 50
"""Records whose keys together are the columns of JSON lines."""

WRAPS = (
    "data",
    "traces",
    "spans",
    "observations",
    "runs",
    "scores",
    "annotations",
    "feedback",
    "results",
    "items",
    "content",
)
"""Keys under which an answer of an API holds its records."""


def json_paths(source: Any, name: str) -> list[Path]:
    """The files of a source that are JSON; none where it isn't one of paths."""
    listed = source if isinstance(source, list | tuple) else [source]
    if not listed or not all(isinstance(each, str | os.PathLike) for each in listed):
        return []
    paths = found(source, name).paths
    return [Path(path) for path in paths] if all(known_kind(path) == "JSON" for path in paths) else []


def columns_of(records: Iterable[Record]) -> list[str]:
    """The keys of the first records."""
    return list(dict.fromkeys(key for record in islice(records, LOOKED_AT) for key in record))


def glanced(paths: Iterable[Path]) -> list[str]:
    """The same of JSON files, up to what can't be read: for that their reader has words."""
    found: dict[str, None] = {}
    try:
        for record in islice(of_files(paths), LOOKED_AT):
            found |= dict.fromkeys(record)
    except InputError:
        pass
    return list(found)


def of_files(paths: Iterable[Path]) -> Iterator[Record]:
    """Every record of JSON files: lines, one list, one object, or an API's answer with its records under a key."""
    for path in paths:
        for value in _values(path):
            for record in _unwrapped(value):
                if not isinstance(record, Mapping):
                    raise InputError(f"{path} holds {_short(record)}; expected one JSON object a record.")
                yield record


def _values(path: Path) -> Iterator[Any]:
    """JSON values one after another, a line each; where the first line is none by itself, the file as a whole."""
    scratch = Scratch()
    plain_path, _ = plain_text(str(path), scratch, "the log")
    with Path(plain_path).open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                if number > 1:
                    message = f"{path}, line {number}: no JSON ({error}); expected one object a line."
                    raise InputError(message) from error
                yield from _whole(path, line + file.read())
                return
            yield value


def _whole(path: Path, text: str) -> Iterator[Any]:
    """Values that go over several lines."""
    decoder, position = json.JSONDecoder(), 0
    while text[position:].strip(" \t\r\n,"):
        position += len(text[position:]) - len(text[position:].lstrip(" \t\r\n,"))
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, position) + 1
            raise InputError(f"{path}, from line {line} on: no JSON ({error}).") from error
        yield value


def _unwrapped(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _unwrapped(each)
        return
    if isinstance(value, Mapping) and of_samples(value) is None and of_scores(value) is None:
        inner = next((value[key] for key in WRAPS if isinstance(value.get(key), list)), None)
        if inner and all(isinstance(each, Mapping) for each in inner):
            yield from inner
            return
    yield value


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def frame_records(frame: pd.DataFrame) -> Iterator[Record]:
    """The rows of a frame; an index with a name of its own is a column, as Phoenix' id is."""
    for row in with_index(frame).to_dict("records"):
        yield {str(key): plain(cell) for key, cell in row.items()}


def with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the levels of its index that have names as columns."""
    named = _named_levels(frame)
    return frame.reset_index(level=named) if named else frame


def _named_levels(frame: pd.DataFrame) -> list[str]:
    return [str(level) for level in frame.index.names if level is not None and level not in frame.columns]


def row_records(rows: Rows) -> Iterator[Record]:
    """The rows of a table that the engine can read."""
    chosen = ", ".join(f"{column.sql} AS {quoted(name)}" for name, column in rows.columns.items())
    for batch in rows.relation().project(chosen).to_arrow_reader(10_000):
        for row in batch.to_pylist():
            yield {name: plain(cell) for name, cell in row.items()}


def records_of(source: Any, name: str) -> tuple[list[str], Iterator[Record]]:
    """(columns, records) of any source.

    Raises
    ------
    InputError
        Where it can't be read, or is JSON that holds no objects.
    """
    paths = json_paths(source, name)
    if paths:
        return columns_of(of_files(paths)), of_files(paths)
    if isinstance(source, pd.DataFrame):
        return [*_named_levels(source), *map(str, source.columns)], frame_records(source)
    if isinstance(source, list | tuple) and source and all(isinstance(each, Mapping) for each in source):
        return columns_of(source), iter(source)
    rows = open_rows(source, name)
    return list(rows.columns), row_records(rows)
