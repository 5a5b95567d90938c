"""The one spelling of a value, whatever its dtype or file: in SQL for columns, in Python for single values.

Numbers are floats; a number that is a class is ``1`` whether it came as 1, 1.0, ``"1"``, a decimal or a category of
these; booleans are ``True`` and ``False``; texts have no blanks around them; a set is a sorted list of such texts;
missing is always NULL. Both kinds of reader stand here side by side and are tested against each other.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np

from prodmon_widgets.engine.table.epochs import Epoch
from prodmon_widgets.engine.table.properties import UNIT_SEPARATOR, Column, Form, among, literal
from prodmon_widgets.engine.table.separators import ARRAY_TEXT, LIST_TEXT
from prodmon_widgets.engine.table.writing import NO_WORDS, YES_WORDS, Numbers

LARGEST = 3e38
"""Beyond this a number is infinite: 32 bits don't hold it, and its square would spoil every sum."""

MOST_EXACT = 1e15
"""Whole numbers up to here are spelled without a fraction."""

_BLANKS = "' ' || chr(9) || chr(10) || chr(13)"


# --- single values ---------------------------------------------------------------------------------------------------


def spelled(value: Any) -> str:
    """The one spelling of a value that isn't missing.

    >>> [spelled(v) for v in (1, 1.0, Decimal("1.50"), True, " a ", 1e-5, 10**18)]
    ['1', '1', '1.5', 'True', 'a', '1e-05', '1000000000000000000']
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (float, np.floating, Decimal)):
        number = float(value)
        return str(int(number)) if _is_whole(number) else repr(number)
    return str(value).strip(" \t\n\r")


def _is_whole(number: float) -> bool:
    return math.isfinite(number) and number == math.floor(number) and abs(number) < MOST_EXACT


def boolean_of(value: Any) -> str | None:
    """``True`` or ``False`` of a boolean, 1 or 0, or a word for one; None for all else.

    >>> boolean_of(1.0), boolean_of("no"), boolean_of("2")
    ('True', 'False', None)
    """
    word = spelled(value).lower()
    return "True" if word in YES_WORDS else "False" if word in NO_WORDS else None


# --- columns ---------------------------------------------------------------------------------------------------------


def as_number(column: Column) -> str:
    """A float; NaN becomes NULL, infinities stay, and what is beyond 32 bits becomes infinite."""
    if column.form == "duration" or column.written.durations:
        return _seconds(column)
    if column.form in ("integer", "boolean"):
        return f"CAST({column.sql} AS DOUBLE)"
    if column.form == "number":
        return _finite_or_infinite(f"CAST({column.sql} AS DOUBLE)")
    return _finite_or_infinite(_parsed(column)) if column.form in ("string", "levels") else "NULL"


def _seconds(column: Column) -> str:
    if not column.written.durations:
        return f"epoch({column.sql})" if column.per_second is None else f"({column.sql} / {float(column.per_second)!r})"
    text = f"trim(CAST({column.sql} AS VARCHAR))"
    of_pandas = f"epoch(TRY_CAST(translate({text}, '+,', '') AS INTERVAL))"
    units = (("D", 86_400.0), ("H", 3_600.0), ("M", 60.0), ("S", 1.0))
    amounts = (f"coalesce(TRY_CAST(regexp_extract({text}, '([0-9.]+){u}', 1) AS DOUBLE), 0) * {n!r}" for u, n in units)
    sign = f"CASE WHEN {text} LIKE '-%' THEN -1 ELSE 1 END"
    return f"CASE WHEN {text} ~ '-?P.+' THEN ({' + '.join(amounts)}) * {sign} ELSE {of_pandas} END"


def _parsed(column: Column) -> str:
    """Texts as numbers, as they are written on this side."""
    style: Numbers = column.written.numbers
    text = f"trim(CAST({column.sql} AS VARCHAR), {_BLANKS})"
    if style.percent:
        text = f"rtrim({text}, '% ')"
    if style.group:
        text = f"replace({text}, {literal(style.group)}, '')"
    if style.point != ".":
        text = f"replace({text}, {literal(style.point)}, '.')"
    number = f"TRY_CAST({text} AS DOUBLE)"
    return f"({number} / 100)" if style.percent else number


def as_stored(column: Column) -> str:
    """The values as they came; lengths of time as seconds, for Parquet has no type for DuckDB's."""
    return as_number(column) if column.form == "duration" else column.sql


def _finite_or_infinite(number: str) -> str:
    above = f"WHEN {number} > {LARGEST!r} THEN CAST('inf' AS DOUBLE)"
    below = f"WHEN {number} < -{LARGEST!r} THEN CAST('-inf' AS DOUBLE)"
    return f"CASE WHEN isnan({number}) THEN NULL {above} {below} ELSE {number} END"


def as_text(column: Column) -> str:
    """The value's one spelling; '' is missing."""
    if column.form == "null":
        return "NULL"
    if column.form in ("string", "levels"):
        text = f"nullif(trim(CAST({column.sql} AS VARCHAR), {_BLANKS}), '')"
        return f"regexp_replace({text}, '^(-?(?:0|[1-9][0-9]*))[.]0+$', '\\1')" if column.written.points else text
    return _spelled(column.sql, column.form)


def _spelled(sql: str, form: Form | None) -> str:
    if form == "boolean":
        return f"CASE WHEN {sql} THEN 'True' WHEN NOT {sql} THEN 'False' END"
    if form == "number":
        number = f"CAST({sql} AS DOUBLE)"
        whole = f"{number} = floor({number}) AND abs({number}) < {MOST_EXACT!r}"
        return (
            f"CASE WHEN isnan({number}) THEN NULL WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) "
            f"ELSE CAST({number} AS VARCHAR) END"
        )
    return f"nullif(CAST({sql} AS VARCHAR), '')"


def as_class(column: Column, like_number: bool) -> str:
    """The text of a class; where classes are numbers, texts are read as numbers first: ``"1.50"`` is 1.5."""
    if not like_number or column.form not in ("string", "levels"):
        return as_text(column)
    number = _parsed(column)
    exact = f"TRY_CAST(trim(CAST({column.sql} AS VARCHAR), {_BLANKS}) AS BIGINT)"
    whole = f"{number} = floor({number}) AND abs({number}) < {MOST_EXACT!r}"
    return (
        f"CASE WHEN {number} IS NULL THEN {as_text(column)} WHEN isnan({number}) THEN NULL "
        f"WHEN {whole} THEN CAST(CAST({number} AS BIGINT) AS VARCHAR) "
        f"ELSE coalesce(CAST({exact} AS VARCHAR), CAST({number} AS VARCHAR)) END"
    )


def as_boolean(column: Column) -> str:
    """'True' or 'False' from booleans, from 1 and 0, and from such words."""
    if column.form == "boolean":
        return as_text(column)
    if column.form in ("list", "nested", "time", "duration", "null"):
        return "NULL"
    word = f"lower({as_text(column)})"
    return f"CASE WHEN {among(word, YES_WORDS)} THEN 'True' WHEN {among(word, NO_WORDS)} THEN 'False' END"


def as_set(column: Column) -> str:
    """A sorted list of distinct values, blanks dropped; NULL stays NULL."""
    trimmed = f"list_transform({_members(column)}, lambda v: trim(v, {_BLANKS}))"
    return f"list_sort(list_distinct(list_filter({trimmed}, lambda v: v <> '')))"


def _members(column: Column) -> str:
    if column.form == "list":
        if column.member in ("boolean", "number"):
            return f"list_transform({column.sql}, lambda v: {_spelled('v', column.member)})"
        return f"CAST({column.sql} AS VARCHAR[])"
    separator = column.written.separator
    if separator is None or column.form not in ("string", "levels"):
        return f"CASE WHEN {column.sql} IS NOT NULL THEN [{as_text(column)}] END"
    return _split(f"CAST({column.sql} AS VARCHAR)", separator)


def as_numbers(column: Column) -> str:
    """A list of numbers, also of one that was written out as text."""
    if column.form in ("string", "levels"):
        return f"list_transform({_members(column)}, lambda v: TRY_CAST(v AS DOUBLE))"
    return f"CAST({column.sql} AS DOUBLE[])"


def as_packed(column: Column) -> str:
    """A set as one text, in the row's own order, blanks and repeats not yet taken out: much cheaper than a list."""
    between = f"chr({ord(UNIT_SEPARATOR)})"
    separator = column.written.separator
    if column.form in ("string", "levels") and separator not in (None, LIST_TEXT, ARRAY_TEXT):
        return f"replace(CAST({column.sql} AS VARCHAR), {literal(str(separator))}, {between})"
    members = _members(column)
    return f"CASE WHEN {column.sql} IS NOT NULL THEN coalesce(array_to_string({members}, {between}), '') END"


def _split(text: str, separator: str) -> str:
    """The members of a text with several; a list written out by Python, JSON, numpy or DuckDB is read as it was."""
    if separator not in (LIST_TEXT, ARRAY_TEXT):
        return f"string_split({text}, {literal(separator)})"
    bare = f"trim({text}, {_BLANKS})"
    inner = rf"regexp_replace({bare}, '^(?:frozenset|set|array)[(](.*?)(?:,\s*dtype=\w+)?[)]$', '\1', 's')"
    body = f"({inner})[2:-2]"
    if separator == ARRAY_TEXT:
        quoted = rf"regexp_replace({body}, '([''\"])\s+([''\"])', '\1, \2', 'g')"
        bare_words = rf"regexp_replace(trim({body}), '\s+', ', ', 'g')"
        body = f"CASE WHEN contains({body}, '''') OR contains({body}, '\"') THEN {quoted} ELSE {bare_words} END"
    listed = f"TRY_CAST('[' || rtrim({body}, ', ') || ']' AS VARCHAR[])"
    one = f"CASE WHEN {inner} = '' OR {inner}[1] IN ('[', '(', '{{') THEN {listed} ELSE [{bare}] END"
    as_json = f"from_json({bare}, '[\"VARCHAR\"]')"
    read = f"CASE WHEN {bare} LIKE '[\"%' AND json_valid({bare}) THEN {as_json} ELSE {one} END"
    nothing = "('None', 'nan', 'NaN', 'null', 'NULL')"
    members = f"list_filter({read}, lambda v: v IS NOT NULL AND v NOT IN {nothing})"
    whole = r"regexp_replace(v, '^(-?[0-9]+)[.]0*$', '\1')"
    return f"list_transform({members}, lambda v: {whole})"


def as_milliseconds(column: Column) -> str:
    """Epoch milliseconds, floored; text without an offset is UTC; NULL where it is no time."""
    if column.form in ("integer", "number", "string", "levels") and column.written.epoch is not None:
        return from_epoch(column, column.written.epoch)
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
    return f"length(CAST({column.sql} AS VARCHAR))"


def words(column: Column) -> str:
    """Number of words: runs without blanks, tabs and line ends."""
    text = f"replace(replace(replace(CAST({column.sql} AS VARCHAR), chr(9), ' '), chr(10), ' '), chr(13), ' ')"
    return f"len(list_filter(string_split({text}, ' '), lambda w: w <> ''))"
