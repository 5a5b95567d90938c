"""The user's own properties: functions of a DataFrame of samples, one value a sample, named after the function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from prodmon_widgets.engine.table.arrow import arrow_table
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.errors import InputError

PREFIX = "__user_function_"
"""Before the name of a column that a user's function made."""


def column_of(function: Callable[..., Any]) -> str:
    """The name of the column that holds the function's values."""
    return PREFIX + function.__name__


def check_functions(functions: Sequence[Any], taken: Sequence[str]) -> None:
    """Each must have a name, and one that no property has."""
    for each in functions:
        if not callable(each):
            message = f"Monitor(properties=...) holds {each!r}; expected functions of a DataFrame of samples. A column "
            raise InputError(message + "that is there already is named in Schema(properties=[...]).")
    names = [getattr(f, "__name__", None) for f in functions]
    for name in names:
        if name is None or not name.isidentifier():
            message = f"a property function is called {name!r}; define it with def, its name becomes the property's."
            raise InputError(message)
        if name in taken or names.count(name) > 1:
            message = f"there is already a property {name!r}; rename the function of that name."
            raise InputError(message)


def with_functions(rows: Rows, source: Any, functions: Sequence[Callable[..., Any]]) -> Rows:
    """The rows with one more column a function; a DataFrame is handed over as it came, files in batches.

    Raises
    ------
    InputError
        Where a function has no name of its own, or doesn't return one value a sample.
    """
    if not functions:
        return rows
    check_functions(functions, ())
    frames = [source] if isinstance(source, pd.DataFrame) else rows.frames()
    parts = [[_called(f, frame) for f in functions] for frame in frames]
    columns = {
        column_of(f): pd.concat(of_one, ignore_index=True)
        for f, of_one in zip(functions, zip(*parts, strict=True), strict=True)
    }
    together = arrow_table(pd.DataFrame(columns), "Monitor(properties=...)")
    return rows.beside(pa.table([flat(column) for column in together.columns], names=together.column_names))


def flat(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in a type that Parquet readers and DuckDB agree on: large texts and levels become plain text."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(pa.string()) if pa.types.is_large_string(column.type) else column


def _called(function: Callable[..., Any], frame: pd.DataFrame) -> pd.Series:
    result = function(frame)
    n_values = len(result) if hasattr(result, "__len__") and not isinstance(result, (str, dict)) else None
    if n_values != len(frame):
        came = f"a {type(result).__name__}" if n_values is None else f"{n_values:,} values"
        message = (
            f"property {function.__name__!r} returned {came} for {len(frame):,} samples; expected one value a sample."
        )
        raise InputError(message)
    if isinstance(result, pd.DataFrame) or getattr(result, "ndim", 1) > 1:
        message = f"property {function.__name__!r} returned a {type(result).__name__}; expected one column of values."
        raise InputError(message)
    return pd.Series(result).reset_index(drop=True)
