"""What only all rows can say of themselves: times that can't be read, ids that occur twice."""

from __future__ import annotations

from collections.abc import Iterator

from prodmon_widgets.engine.table.plan import Plan
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.errors import InputError

MOST_ROWS_FOR_IDS = 2_000_000
"""Beyond so many rows duplicate ids are not counted: it would cost more than everything else at the door."""


def inspected(name: str, rows: Rows, plan: Plan, appended: bool = False) -> Iterator[str]:
    """Notes for the schema on one side, or on rows appended to it.

    Raises
    ------
    InputError
        Where most of what stands in the time column is no time, or production has not one.
    """
    if plan.schema.timestamp in rows.columns:
        yield from _times(name, rows, plan, may_lack=appended or name != "production")
    if plan.schema.id in rows.columns and rows.n_rows <= MOST_ROWS_FOR_IDS:
        yield from _ids(name, rows, str(plan.schema.id))


def _times(name: str, rows: Rows, plan: Plan, may_lack: bool) -> Iterator[str]:
    column = str(plan.schema.timestamp)
    raw, time = rows.columns[column], plan.any_time(rows.columns[column])
    counts = f"count({raw.sql}), count({time}), min(CASE WHEN {time} IS NULL THEN CAST({raw.sql} AS VARCHAR) END)"
    n_given, n_read, example = rows.relation().aggregate(counts).fetchall()[0]
    if n_read < n_given / 2 or not (n_read or may_lack):
        as_what = f" as {plan.epoch.name} since 1970" if plan.epoch and raw.form in ("integer", "number") else ""
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
        yield _far(name, rows, plan, column)


def _far(name: str, rows: Rows, plan: Plan, column: str) -> str:
    raw = rows.columns[column]
    far = rows.relation().filter(f"{plan.any_time(raw)} IS NOT NULL AND {plan.time(raw)} IS NULL")
    n_far, example = far.aggregate(f"count(*), min(CAST({raw.sql} AS VARCHAR))").fetchall()[0]
    return (
        f"{n_far:,} {name} samples have a time in {column!r} that is far from all others, such as {example!r}: "
        "they are set apart, no window counts them"
    )


def _ids(name: str, rows: Rows, column: str) -> Iterator[str]:
    reference = rows.columns[column].sql
    counts = f"count({reference}), count(DISTINCT {reference}), count(*)"
    n_given, n_distinct, n_rows = rows.relation().aggregate(counts).fetchall()[0]
    if n_distinct < n_given:
        yield f"{n_given - n_distinct:,} {name} samples have an id in {column!r} that came before: labels reach each"
    if n_given < n_rows:
        yield f"{n_rows - n_given:,} {name} samples have no id in {column!r}: labels can't reach them"
