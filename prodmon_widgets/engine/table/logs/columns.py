"""Cells of Python values as an Arrow column: one type a column, whatever mixture a log holds."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from prodmon_widgets.engine.table.arrow import clean_text

TIME = pa.timestamp("us", tz="UTC")


def column_of(cells: Sequence[Any]) -> pa.Array:
    """Times, booleans, numbers, lists of texts, else texts.

    >>> column_of([1, None, 2.5]).to_pylist(), column_of([True, "yes"]).to_pylist(), column_of([["a"], "b"]).to_pylist()
    ([1.0, None, 2.5], ['True', 'yes'], [['a'], ['b']])
    """
    held = [cell for cell in cells if cell is not None]
    if held and all(isinstance(cell, dt.datetime) for cell in held):
        return pa.array(cells, TIME)
    if held and all(isinstance(cell, bool) for cell in held):
        return pa.array(cells, pa.bool_())
    if held and all(isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 2**63 for cell in held):
        return pa.array(cells, pa.int64())
    if held and all(isinstance(cell, int | float) for cell in held):
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64(), from_pandas=True)
    if any(isinstance(cell, list) for cell in held):
        lists = [None if cell is None else [_text(each) for each in _listed(cell)] for cell in cells]
        return pa.array(lists, pa.list_(pa.string()))
    return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())


def _listed(cell: Any) -> list[Any]:
    return cell if isinstance(cell, list) else [cell]


def _text(cell: Any) -> str:
    if isinstance(cell, dict):
        return clean_text(json.dumps(cell, ensure_ascii=False, default=str))
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    return clean_text(cell)
