"""Windows as users write them: a pair of anything pandas reads as a time, or of row numbers, or None for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from prodmon_widgets.errors import InputError

Window = Sequence[Any] | None
"""(start, end), half-open; None means all."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EXAMPLE = '("2023-07-22", "2023-08-01")'


def bounds(window: Window, *, is_time: bool = True) -> tuple[int, int] | None:
    """The window in epoch milliseconds UTC, or row numbers; None for all.

    A time without a zone is UTC. Numbers are epoch milliseconds.

    >>> bounds(("2023-07-22", "2023-08-01"))
    (1689984000000, 1690848000000)
    >>> bounds((10, 20), is_time=False)
    (10, 20)

    Raises
    ------
    InputError
        For anything else than a pair, for what is no time, and for a window that is reversed or empty.
    """
    if window is None:
        return None
    if isinstance(window, (str, Mapping)) or not hasattr(window, "__len__") or len(window) != 2:
        message = f"window is {window!r}; expected a pair like {_EXAMPLE}, half-open, or None for all."
        raise InputError(message)
    read = _milliseconds if is_time else _row_number
    start, end = read(window[0], window), read(window[1], window)
    if start >= end:
        how = "is empty" if start == end else "ends before it starts"
        message = f"window ({window[0]}, {window[1]}) {how}; expected start before end, like {_EXAMPLE}."
        raise InputError(message)
    return start, end


def _milliseconds(value: Any, window: Window) -> int:
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool) and np.isfinite(value):
        return int(np.floor(value))
    try:
        moment: Any = pd.Timestamp(value)
    except (ValueError, TypeError, OverflowError) as error:
        message = f"window {window!r}: {value!r} is no time ({error}); expected a pair like {_EXAMPLE}."
        raise InputError(message) from error
    if pd.isna(moment):
        message = f"window {window!r} holds a missing time; expected a pair like {_EXAMPLE}, or None for all."
        raise InputError(message)
    utc = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    since: dt.timedelta = utc.to_pydatetime(warn=False) - _EPOCH
    return since // dt.timedelta(milliseconds=1)


def _row_number(value: Any, window: Window) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, np.integer, np.floating))
        or value != value
        or value % 1
    ):
        message = (
            f"window {window!r}: {value!r} is no row number; without a time column a window is a pair of row numbers."
        )
        raise InputError(message)
    return int(value)
