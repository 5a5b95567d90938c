"""The timeline: estimated quality of consecutive stretches of time, from the cube's totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms, estimate
from prodmon_widgets.engine.time.bins import DAY, TimeBins
from prodmon_widgets.errors import InputError

Totals = Mapping[str, NDArray[np.int64]]


def timeline(totals: Totals, time: TimeBins, terms: BlockTerms, every: str | int | None) -> pd.DataFrame:
    """One row for each ``every`` from midnight UTC of the first day (or from the first row, without a time column).

    Columns: start, end (half-open; UTC without a zone), n, score, low, high, estimated, worst, best, coverage,
    supported, estimable, of the samples that people labelled n_actual and actual (their share of good), and why the
    stretch isn't estimable, in words. A stretch without samples has n = 0 and NaN figures.
    ``.attrs["noise"]``: the variance of each score by the samples that happened to come.
    Raises InputError where ``every`` can't be read or isn't whole steps of the cube.
    """
    return _figures(totals, time, terms, stretches(time, every))


def realised(estimated: pd.DataFrame, actual: pd.Series[float]) -> pd.DataFrame:
    """A timeline of estimates of labelled samples beside their share of good; stretches without any are left out.

    Columns: start, end, n, estimated, low, high, estimable, actual, error (estimated less actual), held.
    """
    low, high = estimated["low"], estimated["high"]
    frame = estimated[["start", "end", "n"]].assign(
        estimated=estimated["score"],
        low=low,
        high=high,
        estimable=estimated["estimable"],
        actual=actual,
        error=estimated["score"] - actual,
        held=(low <= actual) & (actual <= high),
    )
    return frame[frame["n"] > 0].reset_index(drop=True)


def series(totals: Totals, time: TimeBins, terms: BlockTerms, most: int) -> pd.DataFrame:
    """The same in at most ``most`` stretches of whole time bins; before scoring only start, end and n."""
    return _figures(totals, time, terms, _cut(time, time.start, time.step * -(-time.count // most)))


@dataclass(frozen=True, eq=False)
class Stretches:
    """Consecutive stretches of whole time bins: the first bin of each, and where each starts and ends."""

    first: NDArray[np.intp]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def stretches(time: TimeBins, every: str | int | None) -> Stretches:
    """The stretches of a timeline; raises InputError where ``every`` can't be read or isn't whole bins."""
    return _cut(time, time.start // DAY * DAY if time.is_time else time.start, _step(time, every))


def _cut(time: TimeBins, origin: int, step: int) -> Stretches:
    group = (time.edges()[:-1] - origin) // step
    first = np.flatnonzero(np.diff(group, prepend=group[0] - 1))
    start = origin + group[first].astype(np.int64) * step
    return Stretches(first, start, start + step)


def _figures(totals: Totals, time: TimeBins, terms: BlockTerms, cut: Stretches) -> pd.DataFrame:
    rows = []
    for (low, high), start, end in zip(pairwise([*cut.first.tolist(), time.count]), cut.start, cut.end, strict=True):
        counts = {measure: column[low:high] for measure, column in totals.items()}
        rows.append({"start": int(start), "end": int(end), **_row(counts, terms.part(low, high))})
    frame = pd.DataFrame(rows)
    if "score" in totals:
        frame.attrs["noise"] = _noise(totals, cut.first)
    return as_times(frame, ["start", "end"]) if time.is_time else frame


def _noise(totals: Totals, starts: NDArray[np.intp]) -> list[float]:
    """Variance of the mean score of each stretch: that of its scores over their number; NaN without samples."""
    n, score, variance = (np.add.reduceat(totals[name], starts) for name in ("n", "score", "variance"))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = score / SCALE / n
        # Σ score² = Σ score − Σ score·(1 − score)
        spread = (score - variance) / SCALE / n - mean**2
        noise: list[float] = (np.maximum(spread, 0.0) / n).tolist()
    return noise


def _row(counts: Totals, terms: BlockTerms) -> dict[str, object]:
    if "score" not in counts:
        return {"n": int(counts["n"].sum())}
    found = estimate(counts, terms)
    figures = {name: values.item() for name, values in vars(found).items() if name != "doubt"}
    if "known" in counts:
        n, good = int(counts["known"].sum()), int(counts["known_good"].sum())
        figures |= {"actual": good / n if n else float("nan"), "n_actual": n}
    return figures | {"why": found.why}


def as_times(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Epoch milliseconds in these columns as timestamps in UTC, without a zone."""
    return frame.assign(**{c: pd.to_datetime(frame[c], unit="ms").astype("datetime64[ms]") for c in columns})


def _step(time: TimeBins, every: str | int | None) -> int:
    if every is None:
        return max(DAY, time.step) if time.is_time else max(time.step, time.step * (time.count // 30))
    try:
        step = int(_length(every) / pd.Timedelta("1ms")) if time.is_time else int(every)
    except (ValueError, TypeError) as error:
        expected = "a length of time such as '1D' or '6h'" if time.is_time else "a number of rows"
        raise InputError(f"every is {every!r}; expected {expected}.") from error
    if step <= 0 or step % time.step:
        unit = f"{pd.Timedelta(time.step, 'ms')}" if time.is_time else f"{time.step} rows"
        raise InputError(f"every is {every!r}; expected a multiple of this monitor's time step, {unit}.")
    return step


def _length(every: Any) -> pd.Timedelta:
    """A length of time; ``D`` is ``1D``, as pandas' own frequencies are written."""
    return pd.Timedelta(f"1{every}" if isinstance(every, str) and every.isalpha() else every)
