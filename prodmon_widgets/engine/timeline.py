"""The timeline: estimated quality of consecutive stretches of time, from the cube's totals."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.bins import DAY, TimeBins
from prodmon_widgets.engine.performance import BlockTerms, estimate
from prodmon_widgets.errors import InputError

Totals = Mapping[str, NDArray[np.int64]]


def timeline(totals: Totals, time: TimeBins, terms: BlockTerms, every: str | int | None) -> pd.DataFrame:
    """One row for each ``every`` from midnight UTC of the first day (or from the first row, without a time column).

    Columns: start, end (half-open; UTC without a zone), n, score, low, high, worst, best, coverage, supported,
    estimable. A stretch without samples has n = 0 and NaN figures. Raises InputError where ``every`` can't be read or
    isn't whole steps of the cube.
    """
    step = _step(time, every)
    origin = time.start // DAY * DAY if time.is_time and step <= DAY * 366 else time.start
    group = (time.edges()[:-1] - origin) // step
    starts = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    rows = []
    for low, high in pairwise([*starts.tolist(), time.count]):
        got = estimate({m: column[low:high] for m, column in totals.items()}, terms.part(low, high))
        start = origin + int(group[low]) * step
        rows.append({"start": start, "end": start + step, **{f: v.item() for f, v in vars(got).items()}})
    frame = pd.DataFrame(rows)
    return as_times(frame, ["start", "end"]) if time.is_time else frame


def as_times(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Epoch milliseconds in these columns as timestamps in UTC, without a zone."""
    return frame.assign(**{c: pd.to_datetime(frame[c], unit="ms").astype("datetime64[ms]") for c in columns})


def _step(time: TimeBins, every: str | int | None) -> int:
    if every is None:
        return max(DAY, time.step) if time.is_time else max(time.step, time.step * (time.count // 30))
    try:
        step = int(pd.Timedelta(every) / pd.Timedelta("1ms")) if time.is_time else int(every)
    except (ValueError, TypeError) as error:
        expected = "a length of time such as '1D' or '6h'" if time.is_time else "a number of rows"
        raise InputError(f"every is {every!r}; expected {expected}.") from error
    if step <= 0 or step % time.step:
        unit = f"{pd.Timedelta(time.step, 'ms')}" if time.is_time else f"{time.step} rows"
        raise InputError(f"every is {every!r}; expected a multiple of this monitor's time step, {unit}.")
    return step
