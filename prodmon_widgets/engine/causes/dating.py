"""When a decline and each of its causes began, from daily sums: score of what declined, share of what grew."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.onset import cycle, onset
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.quality.estimate import SCALE
from prodmon_widgets.engine.time.bins import DAY, TimeBins

Floats = NDArray[np.float64]

COLUMNS = ("what", "measure", "shape", "at", "low", "high", "before", "after")
MOST_STRETCHES = 90
"""Without days, or with very many, the series is cut into at most so many stretches."""


def dated(codes: CodeTable, items: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """The onset of the decline and of each item of ``causes.items`` within the time bins [first, last).

    One row each: ``what`` ("score", or the segment), ``measure`` (score, or share for what grew or is new), ``shape``
    (abrupt, gradual; none where no change is beyond chance), ``at`` with its 95 % interval ``low`` to ``high`` (borders
    of whole days or time bins, the last one's end; NaT for none), and the levels ``before`` and ``after``.
    """
    stretches = _stretches(codes.time_bins, first, last)
    everyone = np.ones(codes.n_rows, dtype=bool)
    rows = [_row("score", "score", codes, everyone, stretches)]
    for item in items.to_dict("records"):
        if item["where"]:
            measure = "score" if item["kind"] == "within" else "share"
            mask = Segment(item["where"]).mask(codes)
            rows.append(_row(str(item["segment"]), measure, codes, mask, stretches))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    if not codes.time_bins.is_time:
        return frame
    times = {name: pd.to_datetime(frame[name], unit="ms").astype("datetime64[ms]") for name in ("at", "low", "high")}
    return frame.assign(**times)


def _stretches(time: TimeBins, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The stretch of each time bin, −1 outside of [first, last), and where each stretch starts."""
    starts = time.edges()[:-1]
    length = max(DAY, time.step) if time.is_time else time.step
    length *= max(1, -(-(last - first) * time.step // (length * MOST_STRETCHES)))
    origin = starts[first] // DAY * DAY if time.is_time and time.step <= DAY else starts[first]
    of_bin = (starts - origin) // length
    inside = (np.arange(time.count) >= first) & (np.arange(time.count) < last)
    n_stretches = int(of_bin[last - 1]) + 1
    return np.where(inside, of_bin, -1), origin + length * np.arange(n_stretches + 1)


def _row(
    what: str, measure: str, codes: CodeTable, mask: NDArray[np.bool_],
    stretches: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> dict[str, object]:  # fmt: skip
    of_bin, starts = stretches
    size = len(starts) - 1
    n, s = (_sums(codes, mask, of_bin, size, weighted=weighted) for weighted in (False, True))
    if measure == "share":
        whole = _sums(codes, np.ones(codes.n_rows, dtype=bool), of_bin, size, weighted=False)
        n, s = whole, n
    step = starts[1] - starts[0] if codes.time_bins.is_time and size > 1 else 0
    found = onset(n, s, cycle(float(step)))
    borders = found.at, found.low, found.high + 1 if found.high >= 0 else -1
    at, low, high = (np.nan if each < 0 else float(starts[each]) for each in borders)
    levels = {"before": found.before, "after": found.after}
    return {"what": what, "measure": measure, "shape": found.shape, "at": at, "low": low, "high": high, **levels}


def _sums(codes: CodeTable, mask: NDArray[np.bool_], of_bin: NDArray[np.int64], size: int, *, weighted: bool) -> Floats:
    """(stretches,) samples of a mask, or the sum of their scores."""
    stretch = np.append(of_bin, -1)[codes.time.astype(np.int64)]
    rows = np.flatnonzero(mask & (stretch >= 0))
    if not weighted:
        return np.asarray(np.bincount(stretch[rows], minlength=size), dtype=np.float64)
    if codes.score is None:
        raise AssertionError("onsets are asked for before scores are there")
    return np.asarray(np.bincount(stretch[rows], weights=codes.score[rows] / SCALE, minlength=size), dtype=np.float64)
