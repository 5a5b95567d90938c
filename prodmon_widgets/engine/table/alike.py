"""Appended rows made like those before: a time keeps the type that the first rows settled, whichever way it comes."""

from __future__ import annotations

from prodmon_widgets.engine.table import expressions as x
from prodmon_widgets.engine.table.epochs import Epoch, epoch_of
from prodmon_widgets.engine.table.plan import Plan
from prodmon_widgets.engine.table.properties import Column, quoted
from prodmon_widgets.engine.table.rows import ArrowRows, Rows

NUMBERS = ("integer", "number")


def like(later: Rows, before: Rows, plan: Plan) -> Rows:
    """The later rows with their times as those before: numbers of the same unit, or times.

    What is no number of any unit stays as it is, to be told as a time that can't be read.
    """
    name = plan.schema.timestamp
    if name is None or name not in before.columns or name not in later.columns:
        return later
    column, counts = later.columns[name], before.columns[name].form in NUMBERS
    is_number = column.form in NUMBERS
    epoch = _epoch(later, column) if is_number else None
    if (is_number and epoch in (None, plan.epoch if counts else None)) or not (is_number or counts):
        return later
    milliseconds = x.as_milliseconds(column) if epoch is None else x.from_epoch(column, epoch)
    return _replaced(later, name, _numbers(milliseconds, plan.epoch) if counts and plan.epoch else _times(milliseconds))


def _epoch(rows: Rows, column: Column) -> Epoch | None:
    middle = rows.relation().aggregate(f"quantile_disc({x.as_number(column)}, 0.5)").fetchall()[0][0]
    return None if middle is None else epoch_of(float(middle))


def _numbers(milliseconds: str, epoch: Epoch) -> str:
    return f"{milliseconds} * {epoch.per_second} // 1000"


def _times(milliseconds: str) -> str:
    return f"make_timestamp({milliseconds} * 1000)"


def _replaced(rows: Rows, name: str, sql: str) -> Rows:
    chosen = [
        f"{sql if each == name else column.sql} AS {quoted(f'c{i}')}"
        for i, (each, column) in enumerate(rows.columns.items())
    ]
    return ArrowRows(rows.relation().project(", ".join(chosen)).to_arrow_table().rename_columns(list(rows.columns)))
