"""What only all rows can say of themselves: times that can't be read, ids that occur twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.plan import Plan
from prodmon_widgets.engine.table.properties import Column, among
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.engine.table.writing import MISSING_WORDS
from prodmon_widgets.errors import InputError

MOST_ROWS_FOR_IDS = 2_000_000
"""Beyond so many rows duplicate ids are not counted: it would cost more than everything else at the door."""


def inspected(name: str, rows: Rows, cells: Mapping[str, Column], plan: Plan, appended: bool = False) -> Iterator[str]:
    """Notes for the schema on one side, or on rows appended to it.

    Raises
    ------
    InputError
        Where most of what stands in the time column is no time, or production has not one.
    """
    if plan.schema.timestamp in rows.columns:
        yield from _times(name, rows, cells[str(plan.schema.timestamp)], plan, appended or name != "production")
    yield from _unread(name, rows, cells, plan)
    if plan.schema.id in rows.columns and rows.n_rows <= MOST_ROWS_FOR_IDS:
        yield from _ids(name, rows, str(plan.schema.id))


def _times(name: str, rows: Rows, raw: Column, plan: Plan, may_lack: bool) -> Iterator[str]:
    column, time = str(plan.schema.timestamp), x.as_milliseconds(raw)
    counts = f"count({raw.sql}), count({time}), min(CASE WHEN {time} IS NULL THEN CAST({raw.sql} AS VARCHAR) END)"
    n_given, n_read, example = rows.relation().aggregate(counts).fetchall()[0]
    if n_read < n_given / 2 or not (n_read or may_lack):
        as_what = f" as {raw.written.epoch.name} since 1970" if raw.written.epoch else ""
        found = f"{n_given - n_read:,} of {n_given:,} values can't be read{as_what}, for instance {example!r}"
        message = (
            f"{name} has no times in {column!r}: {found if n_given else 'all are missing'}; expected times or ISO 8601 "
            "text like '2023-07-22T14:00:00Z'. Convert them with pandas.to_datetime, or leave them out with "
            f"Schema(ignore=[{column!r}]): then row order is time."
        )
        raise InputError(message)
    if n_read < rows.n_rows:
        yield f"{rows.n_rows - n_read:,} {name} samples have no time in {column!r}: no window counts them"
    if plan.within is not None:
        yield _far(name, rows, raw, plan)


def _far(name: str, rows: Rows, raw: Column, plan: Plan) -> str:
    column = str(plan.schema.timestamp)
    far = rows.relation().filter(f"{x.as_milliseconds(raw)} IS NOT NULL AND {plan.time(raw)} IS NULL")
    n_far, example = far.aggregate(f"count(*), min(CAST({raw.sql} AS VARCHAR))").fetchall()[0]
    return (
        f"{n_far:,} {name} samples have a time in {column!r} that is far from all others, such as {example!r}: "
        "they are set apart, no window counts them"
    )


def _unread(name: str, rows: Rows, cells: Mapping[str, Column], plan: Plan) -> Iterator[str]:
    """Cells of properties of one column that hold something, but none of what the property is."""
    read = [c for c in plan.calculators if c.property.kind in ("numeric", "boolean") and len(c.needs) == 1]
    read = [c for c in read if c.property.origin != "computed" or c.property.name == "confidence"]
    named = {c.needs[0]: c for c in read if c.needs[0] in cells}
    chosen = {n: c for n, c in named.items() if cells[n].form not in SURE and cells[n].written.separator is None}
    if not chosen:
        return
    counts = []
    for column, calculator in chosen.items():
        text, value = _given(cells[column]), calculator.sql(cells)
        odd = f"{text} IS NOT NULL AND {value} IS NULL"
        counts += [f"count(*) FILTER ({odd})", f"min({text}) FILTER ({odd})"]
    found = rows.relation().aggregate(", ".join(counts)).fetchall()[0]
    for (column, calculator), n_unread, example in zip(chosen.items(), found[::2], found[1::2], strict=True):
        if n_unread:
            what = "a number" if calculator.property.kind == "numeric" else "true or false"
            yield (
                f"{n_unread:,} of {rows.n_rows:,} {name} samples have something in {column!r} that isn't {what}, "
                f"for instance {example[:40]!r}: there it is missing"
            )


SURE = ("boolean", "integer", "number", "duration", "null")
"""Forms whose every value is a number or boolean."""


def _given(cell: Column) -> str:
    """The text of a cell that says something; words for missing values say nothing."""
    text = f"trim(CAST({cell.sql} AS VARCHAR))"
    return f"CASE WHEN NOT ({among(text, MISSING_WORDS)}) THEN {text} END"


def _ids(name: str, rows: Rows, column: str) -> Iterator[str]:
    reference = rows.columns[column].sql
    counts = f"count({reference}), count(DISTINCT {reference}), count(*)"
    n_given, n_distinct, n_rows = rows.relation().aggregate(counts).fetchall()[0]
    if n_distinct < n_given:
        yield f"{n_given - n_distinct:,} {name} samples have an id in {column!r} that came before: labels reach each"
    if n_given < n_rows:
        yield f"{n_rows - n_given:,} {name} samples have no id in {column!r}: labels can't reach them"
