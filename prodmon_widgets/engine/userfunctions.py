"""The user's own properties: functions of a DataFrame of samples, one value a sample, named after the function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from prodmon_widgets.engine.arrow import arrow_table
from prodmon_widgets.engine.rows import Rows
from prodmon_widgets.errors import InputError

PREFIX = "\0user "
"""Before the name of a column that a user's function made: no column of a frame begins like this."""


def column_of(function: Callable[..., Any]) -> str:
    """The name of the column that holds the function's values."""
    return PREFIX + function.__name__


def check_functions(functions: Sequence[Callable[..., Any]], taken: Sequence[str]) -> None:
    """Each must have a name, and one that no property has."""
    names = [getattr(f, "__name__", None) for f in functions]
    for name in names:
        if name is None or not name.isidentifier():
            message = f"a property function is called {name!r}; define it with def, its name becomes the property's."
            raise InputError(message)
        if name in taken or names.count(name) > 1:
            message = f"there is already a property {name!r}; rename the function of that name."
            raise InputError(message)


def with_functions(rows: Rows, source: Any, functions: Sequence[Callable[..., Any]]) -> Rows:
    """The rows with one more column a function."""
    if not functions:
        return rows
    check_functions(functions, ())
    frame = source if isinstance(source, pd.DataFrame) else rows.frame()
    made = pd.DataFrame({column_of(f): _called(f, frame) for f in functions})
    return rows.beside(arrow_table(made, "Monitor(properties=...)"))


def _called(function: Callable[..., Any], frame: pd.DataFrame) -> Any:
    result = function(frame)
    try:
        n_values = len(result)
    except TypeError:
        n_values = -1
    if n_values != len(frame):
        came = f"{n_values:,} values" if n_values >= 0 else f"a {type(result).__name__}"
        message = (
            f"property {function.__name__!r} returned {came} for {len(frame):,} samples; expected one value a sample."
        )
        raise InputError(message)
    return (
        pd.Series(result).reset_index(drop=True)
        if not isinstance(result, list)
        else pd.Series(result, dtype=object).infer_objects()
    )
