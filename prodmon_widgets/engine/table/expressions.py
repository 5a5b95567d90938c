"""SQL for the values of a property, whatever the form of the column that holds them; missing is always NULL."""

from __future__ import annotations

from prodmon_widgets.engine.table.epochs import Epoch
from prodmon_widgets.engine.table.properties import LIST_TEXT, UNIT_SEPARATOR, Column, literal


def as_number(column: Column) -> str:
    """A float; NaN becomes NULL, infinities stay, and what is beyond 32 bits becomes infinite."""
    if column.form == "duration":
        return f"epoch({column.sql})"
    if column.form in ("integer", "boolean"):
        return f"CAST({column.sql} AS DOUBLE)"
    if column.form == "number":
        return _finite_or_infinite(f"CAST({column.sql} AS DOUBLE)")
    return _finite_or_infinite(f"TRY_CAST({column.sql} AS DOUBLE)") if column.form in ("string", "levels") else "NULL"


def as_stored(column: Column) -> str:
    """The values as they came; lengths of time as seconds, for Parquet has no type for DuckDB's."""
    return as_number(column) if column.form == "duration" else column.sql


LARGEST = 3e38
"""Beyond this a number is infinite: 32 bits don't hold it, and its square would spoil every sum."""


def _finite_or_infinite(number: str) -> str:
    above = f"WHEN {number} > {LARGEST!r} THEN CAST('inf' AS DOUBLE)"
    below = f"WHEN {number} < -{LARGEST!r} THEN CAST('-inf' AS DOUBLE)"
    return f"CASE WHEN isnan({number}) THEN NULL {above} {below} ELSE {number} END"


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


def as_packed(column: Column, separator: str | None) -> str:
    """A set as one text, in the row's own order, blanks and repeats not yet taken out: much cheaper than a list."""
    between = f"chr({ord(UNIT_SEPARATOR)})"
    if column.form != "list" and separator not in (None, LIST_TEXT):
        return f"replace(CAST({column.sql} AS VARCHAR), {literal(str(separator))}, {between})"
    members = f"CAST({column.sql} AS VARCHAR[])" if column.form == "list" else as_set(column, separator)
    return f"CASE WHEN {column.sql} IS NOT NULL THEN coalesce(array_to_string({members}, {between}), '') END"


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
        # from seconds or milliseconds DuckDB would go to nanoseconds, which hold no year 1 and no 9999
        return _floored(f"epoch_us(CAST({column.sql} AS TIMESTAMP))", 1_000)
    if column.form in ("string", "levels"):
        return _floored(f"epoch_us(TRY_CAST(CAST({column.sql} AS VARCHAR) AS TIMESTAMPTZ))", 1_000)
    return "CAST(NULL AS BIGINT)"


def _floored(number: str, unit: int) -> str:
    return f"({number} - (({number} % {unit}) + {unit}) % {unit}) // {unit}"


def from_epoch(column: Column, epoch: Epoch) -> str:
    """Epoch milliseconds from numbers that count seconds, milliseconds, micro- or nanoseconds; null for the rest."""
    number = as_number(column)
    plausible = f"CASE WHEN {number} >= {epoch.low} AND {number} < {epoch.high} THEN {number} END"
    return f"CAST(floor({plausible} * {1000 / epoch.per_second!r}) AS BIGINT)"


def characters(column: Column) -> str:
    """Length of a text in characters."""
    return f"length({column.sql})"


def words(column: Column) -> str:
    """Number of words: runs without blanks, tabs and line ends."""
    text = f"replace(replace(replace({column.sql}, chr(9), ' '), chr(10), ' '), chr(13), ' ')"
    return f"len(list_filter(string_split({text}, ' '), lambda w: w <> ''))"
