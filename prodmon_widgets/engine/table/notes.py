"""What reading found, guessed or left out: facts first, one sentence each when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "encoding",
    "title",
    "empty file",
    "sheets",
    "decimal comma",
    "thousands",
    "percent",
    "percent points",
    "day first",
    "month first",
    "year first",
    "no date",
    "nested",
    "mixed",
    "blank names",
]


@dataclass(frozen=True)
class Note:
    """A fact of reading; ``n`` counts cells, lines or files, ``what`` and ``example`` are values."""

    kind: Kind
    side: str
    column: str | None = None
    file: str | None = None
    n: int = 0
    what: str = ""
    example: str = ""

    def __str__(self) -> str:
        return _WORDS[self.kind].format(
            side=self.side, column=self.column, file=self.file, n=self.n, what=self.what, example=self.example
        )


_WORDS: dict[Kind, str] = {
    "encoding": "{side}: {file} isn't UTF-8; it is read as {what}, a guess from its bytes",
    "title": "{side}: {n:,} lines above the header of {file} are skipped, the first is {example!r}",
    "empty file": "{side}: {n:,} files without rows are skipped, the first is {file}",
    "sheets": "{side}: sheet {what!r} of {file} is read; not read: {example}",
    "decimal comma": "{side}: {column!r} is read as numbers with a decimal comma: {example!r} is {what}",
    "thousands": "{side}: {column!r} is read as numbers with thousands apart: {example!r} is {what}",
    "percent": "{side}: {column!r} is read from percentages: {example!r} is {what}",
    "percent points": "{side}: {column!r} is read in percent points, as the other side has it: {example!r} is {what}",
    "day first": "{side}: dates in {column!r} are read day first: {example!r} is {what}",
    "month first": "{side}: dates in {column!r} are read month first: {example!r} is {what}",
    "year first": "{side}: dates in {column!r} are read year first: {example!r} is {what}",
    "no date": "{side}: {n:,} values of {column!r} are no dates like the others, for instance {example!r}: read as "
    "missing",
    "nested": "{side}: {column!r} has different shapes from line to line; it is kept as text",
    "mixed": "{side}: {column!r} holds {what}: read as text",
    "blank names": "{side}: {n:,} columns of {file} have no name: called {what}",
}
