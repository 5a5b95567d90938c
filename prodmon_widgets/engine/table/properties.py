"""Properties and how each is calculated: one SQL expression over the user's columns, missing always NULL.

The expression depends on how the column came (its form), so evaluation and production may hold the same property in
different types: both end in the one type of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa

from prodmon_widgets.engine.table.writing import AS_IT_CAME, Written

Kind = Literal["numeric", "categorical", "boolean", "set"]
Origin = Literal["column", "computed", "user"]
Role = Literal["version", "judge"]
Form = Literal["boolean", "integer", "number", "string", "levels", "time", "duration", "list", "nested", "null"]

SQL_TYPES: dict[Kind, str] = {
    "numeric": "DOUBLE",
    "categorical": "VARCHAR",
    "boolean": "VARCHAR",
    "set": "VARCHAR[]",
}


UNIT_SEPARATOR = "\x1f"
"""Stands between the values of a packed set."""


@dataclass(frozen=True)
class Property:
    """A column that describes samples; ``origin`` says whether it came, was computed, or is the user's function.

    ``counts`` names the set property whose values it counts. ``role``: a version is compared but tells the annotator
    nothing; a judge is a score by what doesn't know the truth.
    """

    name: str
    kind: Kind
    unit: str | None = None
    origin: Origin = "column"
    counts: str | None = None
    role: Role | None = None


@dataclass(frozen=True)
class Column:
    """A user's column as the engine sees it: an SQL reference, the form of its cells, and how texts write values.

    ``fine`` says whether times carry nanoseconds; ``member`` is the form of a list's members; ``per_second`` what the
    whole numbers of a length of time count, None where the engine knows them as lengths of time.
    """

    sql: str
    form: Form
    fine: bool = False
    member: Form | None = None
    per_second: int | None = None
    written: Written = AS_IT_CAME


Expression = Callable[[Mapping[str, Column]], str]


@dataclass(frozen=True)
class Calculator:
    """A property, the columns that it needs and the expression that gives it.

    ``packed`` gives a set as one text; see ``canonical.as_packed``.
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


MEMBERS: tuple[Form, ...] = ("string", "levels", "integer", "number", "boolean", "null")
"""What a list that is a set may hold."""


def is_list(arrow: pa.DataType) -> bool:
    """Lists of any length and layout."""
    types = pa.types
    return bool(
        types.is_list(arrow)
        or types.is_large_list(arrow)
        or types.is_fixed_size_list(arrow)
        or types.is_list_view(arrow)
    )


def form_of(arrow: pa.DataType) -> Form:
    """How a column's values are to be read.

    >>> form_of(pa.list_(pa.string())), form_of(pa.decimal128(10, 2)), form_of(pa.list_(pa.list_(pa.int8())))
    ('list', 'number', 'nested')
    """
    types = pa.types
    if types.is_dictionary(arrow):
        inner = form_of(arrow.value_type)
        return "levels" if inner == "string" else inner
    if is_list(arrow):
        return "list" if form_of(arrow.value_type) in MEMBERS else "nested"
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


def among(sql: str, words: Iterable[str]) -> str:
    """Whether a text is one of some words; false for NULL.

    Neither IN nor list_contains: from a dozen words on DuckDB 2.0.1 makes a join of them, which now and then returns
    the rows in another order.

    >>> among("c0", ["a", "b"])
    "coalesce(list_position(['a', 'b'], c0), 0) > 0"
    """
    return f"coalesce(list_position([{', '.join(map(literal, words))}], {sql}), 0) > 0"
