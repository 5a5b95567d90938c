"""Appended rows made like those before: a time keeps the type that the first rows settled, whichever way it comes."""

from __future__ import annotations

from collections.abc import Mapping

from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.epochs import Epoch
from prodmon_widgets.engine.table.later import as_written
from prodmon_widgets.engine.table.plan import Plan
from prodmon_widgets.engine.table.properties import Column, quoted
from prodmon_widgets.engine.table.rows import ArrowRows, Rows

NUMBERS = ("integer", "number")


def like(later: Rows, before: Mapping[str, Column], plan: Plan) -> Rows:
    """The later rows with their times as those before: numbers of the same unit, or times.

    What is no number of any unit stays as it is, to be told as a time that can't be read.
    """
    name = plan.schema.timestamp
    if name is None or name not in before or name not in later.columns:
        return later
    column, epoch = as_written(later, plan.writings(later))[name], before[name].written.epoch
    counted = column.written.epoch
    if counted == epoch or (counted is None and column.form in NUMBERS):
        return later
    milliseconds = x.as_milliseconds(column)
    return _replaced(later, name, _times(milliseconds) if epoch is None else _numbers(milliseconds, epoch))


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
