"""Properties and how each is calculated: one SQL expression over the user's columns, missing always NULL.

The expression depends on how the column came (its form), so evaluation and production may hold the same property in
different types: both end in the one type of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

Kind = Literal["numeric", "categorical", "boolean", "set"]
Origin = Literal["column", "computed", "user"]
Form = Literal["boolean", "integer", "number", "string", "levels", "time", "duration", "list", "nested", "null"]

SQL_TYPES: dict[Kind, str] = {
    "numeric": "DOUBLE",
    "categorical": "VARCHAR",
    "boolean": "VARCHAR",
    "set": "VARCHAR[]",
}


@dataclass(frozen=True)
class Property:
    """A column that describes samples; ``origin`` says whether it came, was computed, or is the user's function.

    ``counts`` names the set property whose values it counts.
    """

    name: str
    kind: Kind
    unit: str | None = None
    origin: Origin = "column"
    counts: str | None = None


@dataclass(frozen=True)
class Column:
    """A user's column as the engine sees it: an SQL reference and the form of its values."""

    sql: str
    form: Form
    fine: bool = False
    """Whether its times carry nanoseconds."""


Expression = Callable[[Mapping[str, Column]], str]


@dataclass(frozen=True)
class Calculator:
    """A property, the columns that it needs and the expression that gives it.

    ``packed`` gives a set as one text; see :func:`as_packed`.
    """

    property: Property
    needs: tuple[str, ...]
    expression: Expression = field(compare=False)
    packed: Expression | None = field(default=None, compare=False)

    def sql(self, columns: Mapping[str, Column], packed: bool = False) -> str:
        """The expression over a table with these columns; NULL of the right type where one that it needs is absent."""
        as_text = self.packed if packed else None
        wanted = SQL_TYPES["categorical" if as_text else self.property.kind]
        if any(name not in columns for name in self.needs):
            return f"CAST(NULL AS {wanted})"
        return f"CAST({(as_text or self.expression)(columns)} AS {wanted})"


def form_of(arrow: pa.DataType) -> Form:
    """How a column's values are to be read.

    >>> form_of(pa.list_(pa.string())), form_of(pa.decimal128(10, 2)), form_of(pa.list_(pa.float64()))
    ('list', 'number', 'nested')
    """
    types = pa.types
    if types.is_dictionary(arrow):
        inner = form_of(arrow.value_type)
        return "levels" if inner in ("string", "integer", "number") else inner
    if (
        types.is_list(arrow)
        or types.is_large_list(arrow)
        or types.is_fixed_size_list(arrow)
        or types.is_list_view(arrow)
    ):
        return "list" if form_of(arrow.value_type) in ("string", "levels", "integer", "boolean", "null") else "nested"
    checks: tuple[tuple[Form, bool], ...] = (
        ("null", types.is_null(arrow)),
        ("boolean", types.is_boolean(arrow)),
        ("integer", types.is_integer(arrow)),
        ("number", types.is_floating(arrow) or types.is_decimal(arrow)),
        ("string", types.is_string(arrow) or types.is_large_string(arrow) or types.is_string_view(arrow)),
        ("time", types.is_timestamp(arrow) or types.is_date(arrow)),
        ("duration", types.is_duration(arrow) or types.is_interval(arrow)),
    )
    return next((form for form, holds in checks if holds), "nested")


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def as_number(column: Column) -> str:
    """A float; NaN becomes NULL, infinities stay."""
    if column.form == "duration":
        return f"epoch({column.sql})"
    if column.form in ("integer", "boolean"):
        return f"CAST({column.sql} AS DOUBLE)"
    if column.form == "number":
        return _finite_or_infinite(f"CAST({column.sql} AS DOUBLE)")
    return _finite_or_infinite(f"TRY_CAST({column.sql} AS DOUBLE)") if column.form in ("string", "levels") else "NULL"


def _finite_or_infinite(number: str) -> str:
    return f"CASE WHEN isnan({number}) THEN NULL ELSE {number} END"


def as_text(column: Column) -> str:
    """One spelling a value whatever the type: 1 and 1.0 are ``1``, booleans ``True`` and ``False``, '' is missing."""
    sql = column.sql
    if column.form == "boolean":
        return f"CASE WHEN {sql} THEN 'True' WHEN NOT {sql} THEN 'False' END"
    if column.form == "number":
        number = f"CAST({sql} AS DOUBLE)"
        whole = f"{number} = floor({number}) AND abs({number}) < 1e15"
        return (
            f"CASE WHEN isnan({number}) THEN NULL WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({number} AS VARCHAR) END"
        )
    return f"nullif(CAST({sql} AS VARCHAR), '')" if column.form != "null" else "NULL"


def as_boolean(column: Column) -> str:
    """'True' or 'False' from booleans, from 1 and 0, and from such words."""
    if column.form == "boolean":
        return as_text(column)
    word = f"lower(CAST({column.sql} AS VARCHAR))"
    yes, no = "('true', '1', '1.0', 'yes')", "('false', '0', '0.0', 'no')"
    return f"CASE WHEN {word} IN {yes} THEN 'True' WHEN {word} IN {no} THEN 'False' END"


def as_set(column: Column, separator: str | None) -> str:
    """A sorted list of distinct values, blanks dropped; NULL stays NULL."""
    if column.form == "list":
        members = f"CAST({column.sql} AS VARCHAR[])"
    elif separator is None:
        members = f"CASE WHEN {column.sql} IS NULL THEN NULL ELSE [{as_text(column)}] END"
    else:
        members = _split(f"CAST({column.sql} AS VARCHAR)", separator)
    trimmed = f"list_transform({members}, lambda v: trim(v))"
    return f"list_sort(list_distinct(list_filter({trimmed}, lambda v: v <> '')))"


UNIT_SEPARATOR = "\x1f"
"""Stands between the values of a packed set."""


def as_packed(column: Column, separator: str | None) -> str:
    """A set as one text, in the row's own order, blanks and repeats not yet taken out: much cheaper than a list."""
    between = f"chr({ord(UNIT_SEPARATOR)})"
    if column.form != "list" and separator not in (None, LIST_TEXT):
        return f"replace(CAST({column.sql} AS VARCHAR), {literal(str(separator))}, {between})"
    members = f"CAST({column.sql} AS VARCHAR[])" if column.form == "list" else as_set(column, separator)
    return f"CASE WHEN {column.sql} IS NOT NULL THEN coalesce(array_to_string({members}, {between}), '') END"


LIST_TEXT = "[,]"
"""The separator of a list that was written out as text, as a CSV does: ``['Drama', 'Action']``."""


def _split(text: str, separator: str) -> str:
    if separator != LIST_TEXT:
        return f"string_split({text}, {literal(separator)})"
    bare = f"trim({text}, '[](){{}} ')"
    return f"list_transform(string_split({bare}, ','), lambda v: trim(v, ' ''\"'))"


def as_milliseconds(column: Column) -> str:
    """Epoch milliseconds, floored; text without an offset is UTC; NULL where it is no time."""
    if column.form == "time" and column.fine:
        return _floored(f"epoch_ns({column.sql})", 1_000_000)
    if column.form == "time":
        return _floored(f"epoch_us({column.sql})", 1_000)
    if column.form in ("string", "levels"):
        return _floored(f"epoch_us(TRY_CAST(CAST({column.sql} AS VARCHAR) AS TIMESTAMPTZ))", 1_000)
    return "CAST(NULL AS BIGINT)"


def _floored(number: str, unit: int) -> str:
    return f"({number} - (({number} % {unit}) + {unit}) % {unit}) // {unit}"


def from_epoch(column: Column, per_second: int) -> str:
    """Epoch milliseconds from numbers that count seconds, milliseconds, micro- or nanoseconds."""
    number = as_number(column)
    return f"CAST(floor(CASE WHEN isfinite({number}) THEN {number} END * {1000 / per_second!r}) AS BIGINT)"


def characters(column: Column) -> str:
    """Length of a text in characters."""
    return f"length({column.sql})"


def words(column: Column) -> str:
    """Number of words: runs without blanks, tabs and line ends."""
    text = f"replace(replace(replace({column.sql}, chr(9), ' '), chr(10), ' '), chr(13), ' ')"
    return f"len(list_filter(string_split({text}, ' '), lambda w: w <> ''))"
