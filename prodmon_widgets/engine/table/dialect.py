"""The dialect of a CSV file: separator, escape, what stands above the header, and the names in it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from prodmon_widgets.engine.table.plaintext import HEAD
from prodmon_widgets.engine.table.spelling import spelled
from prodmon_widgets.errors import InputError

SEPARATORS = (",", ";", "\t", "|")
RECORDS = 5_000
"""Records from which types are guessed."""

FITTED = 500
"""Records from which the separator is told."""

TITLE_LINES = 30
"""At most so many lines stand above a header."""


@dataclass(frozen=True)
class Dialect:
    """``skip``: lines above the header; ``names``: those of the header."""

    separator: str
    escape: str
    skip: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Start:
    """A file's dialect, its first records, and the lines above its header."""

    dialect: Dialect
    records: Sequence[Sequence[str]]
    above: tuple[str, ...] = ()


def start_of(path: str, side: str) -> Start | None:
    """What the beginning of a file of UTF-8 says; None where it is empty.

    Raises
    ------
    InputError
        Where there is no header, or it has another number of names than the lines below have fields.
    """
    text, is_all = _text(path)
    if not text.strip():
        return None
    lines = text.splitlines(keepends=True)
    lines = lines if is_all or len(lines) < 2 else lines[:-1]
    told = re.fullmatch(r"sep=(.)\s*", lines[0])
    first = 1 if told else 0
    escape = "\\" if re.search(r'\\"', text) and not re.search(r'""', text) else '"'
    options = (told[1],) if told else SEPARATORS
    best = max((_parsed(lines[first:], separator, escape, FITTED) for separator in options), key=_fit)
    return _with_header(path, side, _parsed(lines[first:], best.separator, escape, RECORDS), lines, first)


def _text(path: str) -> tuple[str, bool]:
    with Path(path).open(encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read(HEAD)
        return text, not file.read(1)


@dataclass(frozen=True)
class _Parsed:
    separator: str
    escape: str
    records: Sequence[Sequence[str]]
    ends: Sequence[int]
    """The number of the line on which each record ends."""

    @property
    def width(self) -> int:
        return Counter(len(r) for r in self.records if r).most_common(1)[0][0] if any(self.records) else 1


def _parsed(lines: Sequence[str], separator: str, escape: str, most: int) -> _Parsed:
    doubled = escape == '"'
    reader = csv.reader(lines, delimiter=separator, doublequote=doubled, escapechar=None if doubled else escape)
    records, ends = [], []
    with long_fields(), suppress(csv.Error):
        for record in islice(reader, most):
            records.append(record)
            ends.append(reader.line_num)
    return _Parsed(separator, escape, records, ends)


def _fit(parsed: _Parsed) -> tuple[float, int]:
    """How well a separator fits: the share of lines of one width, the header among them; more fields are better."""
    width, some = parsed.width, [r for r in parsed.records if r]
    if width < 2:
        return 0.0, 1
    share = sum(len(r) == width for r in some) / len(some)
    first = next((r for r in some[:TITLE_LINES] if sum(map(bool, r)) > 1), ())
    return (share if len(first) in (width, width - 1) else share / 2), width


def _with_header(path: str, side: str, parsed: _Parsed, lines: Sequence[str], first: int) -> Start:
    width = parsed.width
    at = 0
    while at < min(len(parsed.records), TITLE_LINES) and _is_title(parsed.records[at], width):
        at += 1
    if at == len(parsed.records):
        at = 0
    header, records = list(parsed.records[at]), parsed.records[at + 1 :]
    line = first + (parsed.ends[at - 1] if at else 0)
    if len(header) == width - 1 and records:
        header = ["", *header]
    if len(header) != width and records and len(records[0]) == width:
        message = (
            f"{side}: {path}, line {line + 1}: the header has {len(header)} names, the lines below {width} fields."
        )
        raise InputError(message)
    if spelled([name for name in header if name] or ["x"]) in ("integer", "number", "time", "zoned"):
        message = f"{side}: {path}, line {line + 1} holds values ({', '.join(header[:3])}, …) where the names should be"
        raise InputError(f"{message}; add a line with the names of the columns.")
    names = tuple(name or f"column{i}" for i, name in enumerate(header))
    above = tuple(text.strip() for text in lines[first:line] if text.strip())
    return Start(Dialect(parsed.separator, parsed.escape, line, names), records, above)


def _is_title(record: Sequence[str], width: int) -> bool:
    return width > 1 and sum(map(bool, record)) <= 1


def cells(start: Start, column: str, missing: Iterable[str]) -> set[str]:
    """The different cells of a column among the first records."""
    if column not in start.dialect.names:
        return set()
    at = start.dialect.names.index(column)
    return {record[at] for record in start.records if len(record) > at} - set(missing)


@contextmanager
def long_fields() -> Iterator[None]:
    """Let Python's reader take fields as long as a prompt may be; its own limit is 128 KB, and the process's."""
    before = csv.field_size_limit(1 << 28)
    try:
        yield
    finally:
        csv.field_size_limit(before)
