"""Windows that the timeline's buttons choose, found in the wire's cube by the same sums as in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.wire import from_wire
from prodmon_widgets.engine.time.bins import DAY

FEWEST = 30
"""Samples that a stretch must have to be called the worst."""


def presets(
    meta: Mapping[str, Any], payload: bytes, onset: Mapping[str, Any] | None = None
) -> dict[str, tuple[int, int]]:
    """Name → window: the worst week (or tenth, where time is rows), the last 7 days where there is time, since onset.

    ``onset``: the decline's as in :func:`~prodmon_widgets.widgets.views.history.history_of`; None where there is none.
    """
    windows = {"worst": worst(meta, payload)}
    if meta["time"]["is_time"]:
        windows["last 7 days"] = last_days(meta["time"], 7)
    return {**windows, "since onset": since(meta["time"], onset["at"])} if onset else windows


def since(time: Mapping[str, Any], at: float) -> tuple[int, int]:
    """From the bin that holds a moment to the end.

    >>> since({"start": 0, "step": 10, "count": 5}, 27.0)
    (20, 50)
    """
    start, step, count = time["start"], time["step"], time["count"]
    first = min(max(0, int((at - start) // step)), count - 1)
    return start + first * step, start + count * step


def last_days(time: Mapping[str, Any], days: int) -> tuple[int, int]:
    """The last days of a time axis, snapped outward to bins.

    >>> last_days({"start": 0, "step": 2 * DAY, "count": 10, "is_time": True}, 7) == (12 * DAY, 20 * DAY)
    True
    """
    start, step, count = time["start"], time["step"], time["count"]
    first = max(0, (count * step - days * DAY) // step)
    return start + first * step, start + count * step


def worst(meta: Mapping[str, Any], payload: bytes) -> tuple[int, int]:
    """The stretch of a week or a tenth with the lowest score."""
    time = meta["time"]
    start, step, count = time["start"], time["step"], time["count"]
    length = round(7 * DAY / step) if time["is_time"] else -(-count // 10)
    length = min(count, max(1, length))
    arrays = from_wire(meta, payload)
    n = _over(arrays["totals.n"].ravel(), length)
    good = _over(arrays["totals.score"].ravel() / meta["scale"] + arrays["offset"].ravel(), length)
    score = np.where(n >= FEWEST, good / np.maximum(n, 1), np.inf)
    at = int(np.argmin(score))
    return start + at * step, start + (at + length) * step


def _over(values: NDArray[Any], length: int) -> NDArray[np.float64]:
    """Sums over every stretch of this many bins."""
    summed: NDArray[np.float64] = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(summed[length:] - summed[:-length])
