"""What the cells of a JSON column are, over all lines, and the SQL that reads them as that.

DuckDB's own reader guesses from the first lines and then rounds, drops or refuses what comes later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from prodmon_widgets.engine.table.properties import literal
from prodmon_widgets.engine.table.spelling import TIME, ZONED

MOST_LEAVES = 300
"""An object of more keys than this is kept as text."""

Kind = Literal[
    "nothing", "integer", "number", "boolean", "text", "time", "zoned", "list", "mixed", "nested", "shapeless"
]

_FIRST = {"[": "lists", "{": "objects", '"': "text", "t": "booleans", "f": "booleans"}


@dataclass(frozen=True)
class Shape:
    """``holds``: what kinds of JSON values there are; ``structure``: of lists and objects, as DuckDB spells it."""

    kind: Kind
    holds: tuple[str, ...] = ()
    structure: str = ""

    @property
    def nested(self) -> bool:
        """Whether later lines may have keys that the first ones haven't."""
        return self.kind in ("nested", "shapeless")


def sampled(relation: duckdb.DuckDBPyRelation, names: Sequence[str]) -> dict[str, Shape]:
    """The shapes of the first lines; a key that none of them has is not among them."""
    found = _shapes(relation, names)
    return {name: shape for name, shape in found.items() if shape.kind != "nothing"}


def shapes_of(relation: duckdb.DuckDBPyRelation, names: Sequence[str]) -> dict[str, Shape]:
    """The shapes of all lines."""
    return _shapes(relation, names)


def _shapes(relation: duckdb.DuckDBPyRelation, names: Sequence[str]) -> dict[str, Shape]:
    pointers = ", ".join(literal("/" + n.replace("~", "~0").replace("/", "~1")) for n in names)
    cells = relation.project(f"json_extract(line, [{pointers}]) AS cells")
    asked = [sql for i in range(len(names)) for sql in _asked(f"CAST(cells[{i + 1}] AS VARCHAR)")]
    structure = relation.aggregate("json_group_structure(line) AS structure").fetchall()[0][0]
    answers = iter(cells.aggregate(", ".join(asked)).fetchall()[0])
    inner: Mapping[str, Any] = json.loads(structure) if structure else {}
    inner = inner if isinstance(inner, dict) else {}
    return {name: _shape([next(answers) for _ in range(5)], inner.get(name)) for name in names}


def _asked(cell: str) -> Iterator[str]:
    """First characters, whether all numbers are whole, whether all texts are times."""
    number = f"regexp_full_match({cell}, '-?[0-9.].*|-?Inf.*')"
    yield f"list(DISTINCT left({cell}, 1)) FILTER ({cell} NOT IN ('null', 'NaN') AND NOT {number})"
    yield f"bool_or({number})"
    yield f"bool_and(TRY_CAST({cell} AS BIGINT) IS NOT NULL AND NOT regexp_matches({cell}, '[.eE]')) FILTER ({number})"
    text = f"trim({cell}, '\"')"
    is_text = f"left({cell}, 1) = '\"'"
    yield f"bool_and(regexp_full_match({text}, {literal(TIME)})) FILTER ({is_text})"
    yield f"bool_and(regexp_full_match({text}, {literal(ZONED)})) FILTER ({is_text})"


def _shape(answers: Sequence[Any], structure: Any) -> Shape:
    first, numbers, whole, times, zoned = answers
    holds = {_FIRST.get(c, "text") for c in first or ()} | ({"numbers"} if numbers else set())
    if not holds:
        return Shape("nothing")
    if holds == {"numbers"}:
        return Shape("integer" if whole else "number")
    if holds == {"booleans"}:
        return Shape("boolean")
    if holds == {"text"}:
        return Shape("time" if times else "zoned" if zoned else "text")
    if "objects" in holds:
        return _objects(holds, structure)
    if "lists" in holds:
        inner = structure[0] if isinstance(structure, list) and structure else "JSON"
        if holds == {"lists"} and isinstance(inner, (dict, list)):
            return _objects({"objects"}, structure)
        return Shape("list", tuple(sorted(holds)), _member(inner) if holds == {"lists"} else "VARCHAR")
    return Shape("mixed", tuple(sorted(holds)))


def _member(inner: Any) -> str:
    return {"UBIGINT": "BIGINT", "BIGINT": "BIGINT", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN"}.get(
        str(inner), "VARCHAR"
    )


def _objects(holds: set[str], structure: Any) -> Shape:
    text = json.dumps(structure)
    alike = holds == {"objects"} and '"JSON"' not in text and structure not in (None, {}, [])
    leaves = len(re.findall(r'": ', text))
    twice = _differ_by_capitals(structure)
    if alike and leaves <= MOST_LEAVES and not twice:
        return Shape("nested", structure=text.replace('"NULL"', '"VARCHAR"'))
    return Shape("shapeless")


def _differ_by_capitals(structure: Any) -> bool:
    """Two keys that DuckDB takes for one, somewhere inside, or one without a name."""
    if isinstance(structure, list):
        return any(map(_differ_by_capitals, structure))
    if not isinstance(structure, dict):
        return False
    names = {name.lower() for name in structure}
    return len(names) < len(structure) or "" in names or any(map(_differ_by_capitals, structure.values()))


def as_shaped(cell: str, shape: Shape) -> str:
    """SQL for the value of a cell of JSON; DuckDB's error where it is something else."""
    text = f"CAST({cell} AS VARCHAR)"
    value = _value(cell, text, shape)
    return f"CASE WHEN {cell} IS NULL OR {text} IN ('null', 'NaN') THEN NULL ELSE {value} END"


def _value(cell: str, text: str, shape: Shape) -> str:
    inside, first = f"({cell} ->> '$')", f"left({text}, 1)"
    if shape.kind == "nothing":
        return "CAST(error('a value after all') AS VARCHAR)"
    scalar = f"CASE {first} WHEN '\"' THEN {inside} WHEN 't' THEN 'True' WHEN 'f' THEN 'False' ELSE {text} END"
    if shape.kind in ("mixed", "shapeless"):
        return scalar
    if shape.kind == "nested":
        return f"json_transform({cell}, {literal(shape.structure)})"
    if shape.kind == "list":
        other = f"[CAST({scalar} AS {shape.structure})]" if len(shape.holds) > 1 else "error('no list')"
        return f"CASE WHEN {first} = '[' THEN CAST({cell} AS {shape.structure}[]) ELSE {other} END"
    read, holds = _reading(text, inside, shape.kind)
    return f"CASE WHEN {holds} THEN {read} ELSE error('something else') END"


def _reading(text: str, inside: str, kind: Kind) -> tuple[str, str]:
    """SQL for the value, and for whether it is of that kind."""
    is_text, point = f"left({text}, 1) = '\"'", f"replace({inside}, ',', '.')"
    readings: dict[str, tuple[str, str]] = {
        "integer": (f"CAST({text} AS BIGINT)", f"CAST(TRY_CAST({text} AS BIGINT) AS VARCHAR) = {text}"),
        "number": (f"CAST({text} AS DOUBLE)", f"NOT {is_text}"),
        "boolean": (f"{text} = 'true'", f"{text} IN ('true', 'false')"),
        "text": (inside, is_text),
        "time": (f"CAST({point} AS TIMESTAMP)", f"{is_text} AND NOT regexp_matches({inside}, '[A-SU-Z+]')"),
        "zoned": (f"CAST({point} AS TIMESTAMPTZ)", f"{is_text} AND contains({inside}, ':')"),
    }
    return readings[kind]
