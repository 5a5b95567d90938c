"""How values are written as text: what the cells of a text file are, and the SQL that reads them.

A column is what all its cells are. Numbers with leading zeros are none: they are codes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

import pyarrow as pa

from prodmon_widgets.engine.table.properties import literal

Spelled = Literal["integer", "number", "boolean", "time", "zoned", "text", "nothing"]

INTEGER = r"-?(0|[1-9][0-9]{0,17})"
NUMBER = r"\s*[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*|\s*[+-]?(?i:inf|infinity)\s*"
BOOLEAN = r"(?i:true|false)"
_DATE = r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?"
TIME = rf"{_DATE}({_CLOCK})?\s*"
ZONED = rf"{_DATE}{_CLOCK}\s*(Z|UTC|GMT|[+-][0-9]{{2}}(:?[0-9]{{2}})?)?\s*"

PATTERNS: tuple[tuple[Spelled, str], ...] = (
    ("integer", INTEGER),
    ("number", NUMBER),
    ("boolean", BOOLEAN),
    ("time", TIME),
    ("zoned", ZONED),
)
"""What a cell may be, the narrowest first."""

_MATCHES: dict[Spelled, Callable[[str], object]] = {name: re.compile(p).fullmatch for name, p in PATTERNS}

TYPES: dict[Spelled, str] = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "time": "TIMESTAMP",
    "zoned": "TIMESTAMPTZ",
    "text": "VARCHAR",
    "nothing": "VARCHAR",
}


def spelled(cells: Iterable[str], keeps: bool = False) -> Spelled:
    """What all cells are; ``keeps``: as for ids, whose spelling must survive, so that only whole numbers are numbers.

    >>> spelled(["1", "2.5"]), spelled(["007"]), spelled(["1.10"], keeps=True), spelled(["2023-05-01"]), spelled([])
    ('number', 'text', 'text', 'time', 'nothing')
    """
    some = set(cells)
    if not some:
        return "nothing"
    known: tuple[Spelled, ...] = ("integer",) if keeps else tuple(name for name, _ in PATTERNS)
    return next((name for name in known if all(map(_MATCHES[name], some))), "text")


def settled(matches: dict[Spelled, bool], keeps: bool = False) -> Spelled:
    """The same from whether all cells match each pattern."""
    known = ("integer",) if keeps else tuple(matches)
    return next((name for name, all_of_them in matches.items() if all_of_them and name in known), "text")


def all_match(cell: str) -> dict[Spelled, str]:
    """Pattern → the aggregate that says whether all cells match it."""
    return {name: f"bool_and(regexp_full_match({cell}, {literal(pattern)}))" for name, pattern in PATTERNS}


def as_spelled(cell: str, what: Spelled) -> str:
    """SQL for the value of a cell; DuckDB's error where it is spelled otherwise."""
    if what in ("text", "nothing"):
        return cell
    value = {
        "integer": f"CAST({cell} AS BIGINT)",
        "boolean": f"lower({cell}) = 'true'",
        "number": f"CAST({cell} AS DOUBLE)",
        "time": f"CAST(replace({cell}, ',', '.') AS TIMESTAMP)",
        "zoned": f"CAST(replace({cell}, ',', '.') AS TIMESTAMPTZ)",
    }[what]
    return f"CASE WHEN {_may_be(cell, what)} THEN {value} ELSE error('spelled otherwise') END"


def _may_be(cell: str, what: Spelled) -> str:
    """Whether a cell that DuckDB can read is spelled so: its own casts take more, such as 1_000, 007 or 2.5 for 2."""
    checks = {
        "integer": f"CAST(TRY_CAST({cell} AS BIGINT) AS VARCHAR) = {cell}",
        "boolean": f"lower({cell}) IN ('true', 'false')",
        "number": f"NOT regexp_matches({cell}, '^\\s*[+-]?0[0-9]|[_a-df-zA-DF-Z]') "
        f"OR lower(trim({cell}, ' +-')) IN ('inf', 'infinity')",
        "time": f"NOT regexp_matches({cell}, '[a-zA-SU-Z+]')",
        "zoned": "true",
    }
    return f"{cell} IS NULL OR {checks[what]}"


def is_all(column: pa.ChunkedArray, what: Spelled) -> bool:
    """Whether every text of an Arrow column is spelled so."""
    texts = column.drop_null().unique().to_pylist()
    return bool(texts) and all(map(_MATCHES[what], texts))
