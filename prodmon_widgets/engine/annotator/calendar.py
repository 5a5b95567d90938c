"""Columns that only tell the calendar – weekday, month, hour, the batch that a sample came in – found by their values.

A new day has values of its own there, whatever the model does: they make no sample unlike those of the evaluation set,
and learning them would only say when a sample came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.time.bins import DAY

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

HOUR = DAY // 24
MOST_ROWS, FEWEST_ROWS = 20_000, 50
TOLD = 0.98
"""A part of the calendar tells a column when it leaves so little of what varies there untold."""
FEWEST_RUNS = 3
"""A column of fewer values may have changed once for a reason of its own."""
MOST_VALUES = 400
ZONES = range(-12, 15)
"""Hours that the column's clock may be ahead of UTC."""


@dataclass(frozen=True)
class _Part:
    """A part of the calendar; it comes again within so many days, and so rules out what merely changed once."""

    name: str
    of: Callable[[pd.DatetimeIndex], Any]
    comes_again: int | None


PARTS = (
    _Part("weekday", lambda t: t.day_of_week, 7),
    _Part("hour", lambda t: t.hour, 1),
    _Part("day of the month", lambda t: t.day, 31),
    _Part("month", lambda t: t.month, None),
    _Part("week", lambda t: t.isocalendar().week, None),
)

Told = tuple[str, Codes, int]
"""A part's name, its code a row, and how many values a column must have to be told by it."""


def told_by_calendar(X: pd.DataFrame, time: Floats | None) -> dict[str, str]:
    """Column → why it only tells the calendar; ``time`` (n,) is in epoch milliseconds, NaN where there is none.

    What it can't see: a clock that changes between summer and winter; a column that follows the time without a rule.

    >>> time = 36e5 * np.arange(24.0 * 60)
    >>> days = pd.Series(time // DAY % 7).map(dict(enumerate("MTWtFSs"))).astype("category")
    >>> found = told_by_calendar(pd.DataFrame({"day": days, "x": np.random.default_rng(0).random(len(time))}), time)
    >>> found
    {'day': 'tells the calendar: the weekday'}
    """
    known = np.flatnonzero(np.isfinite(time)) if time is not None else np.empty(0, dtype=np.int64)
    if time is None or len(known) < FEWEST_ROWS:
        return {}
    rows = np.sort(np.random.default_rng(0).permutation(known)[:MOST_ROWS])
    rows = rows[np.argsort(time[rows], kind="stable")]
    parts = _parts(time[rows])
    found = {str(name): _told(X[name].iloc[rows], parts) for name in X.columns if X[name].dtype != bool}
    return {name: f"tells the calendar: {part}" for name, part in found.items() if part is not None}


def _parts(time: Floats) -> list[Told]:
    """Every part of the calendar at every hour that a clock may be ahead of UTC; those that vary.

    A part that hasn't come again yet must be told apart value by value.
    """
    made, days = [], (time[-1] - time[0]) / DAY
    for ahead in ZONES:
        at = pd.DatetimeIndex(pd.to_datetime(time + ahead * HOUR, unit="ms"))
        for part in PARTS:
            codes, values = pd.factorize(np.asarray(part.of(at)))
            again = part.comes_again is not None and days >= 2 * part.comes_again
            made.append((part.name, codes.astype(np.int64), 2 if again else len(values)))
    return [part for part in made if part[1].max() > 0]


def _told(column: pd.Series[Any], parts: list[Told]) -> str | None:
    codes, values = pd.factorize(column)
    there = codes >= 0
    codes = codes[there].astype(np.int64)
    if not 2 <= len(values) <= MOST_VALUES or len(codes) < FEWEST_ROWS or len(values) > len(codes) / 5:
        return None
    fits = (name for name, part, n in parts if len(values) >= n and _share_told(codes, part[there]) >= TOLD)
    part = next(fits, None)
    if part is not None:
        return f"the {part}"
    n_runs = 1 + int((np.diff(codes) != 0).sum())
    return "each value has a time of its own" if FEWEST_RUNS <= len(values) <= n_runs < 2 * len(values) else None


def _share_told(codes: Codes, part: Codes) -> float:
    """How much of what varies in ``codes`` follows from ``part``: 1 all, 0 nothing, beyond the commonest value."""
    size = int(codes.max()) + 1
    counts = np.bincount(part * size + codes, minlength=(int(part.max()) + 1) * size).reshape(-1, size)
    commonest = int(counts.sum(axis=0).max())
    return float(counts.max(axis=1).sum() - commonest) / (len(codes) - commonest)
