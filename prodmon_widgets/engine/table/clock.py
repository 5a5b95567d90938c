"""Wrong clocks: times so far from all others that they would stretch every time bin, such as 1970, 0001 or 9999.

A time is far when it lies more than ten times the span of the usual ones away from them. Such a row is set apart: it
has no time, no window counts it, and the schema's notes say how many there are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.table.epochs import EARLIEST, LATEST
from prodmon_widgets.engine.table.rows import ArrowRows
from prodmon_widgets.engine.time.bins import DAY, TimeBins

if TYPE_CHECKING:
    from prodmon_widgets.engine.table.table import Table

Range = tuple[int, int]

SPANS = 10
"""A time is far when it lies more than so many spans of the usual ones away."""

OUTER_SHARE, FEWEST, MOST_OUTER = 0.0005, 20, 5
"""The usual times lack this share at either end, in small sets up to so many; of fewer than FEWEST none is far."""

SAMPLE = 50_000

_PLAUSIBLE: Range = (EARLIEST * 1000, LATEST * 1000)


def usual_times(times: NDArray[np.float64]) -> Range | None:
    """The range of the central 99.9 % of times (n,) in epoch milliseconds; None where they are too few to say.

    >>> usual_times(np.array([0.0, *range(10**12, 10**12 + 100)])) == (10**12 + 2, 10**12 + 97)
    True
    """
    known = _without_odd(np.sort(times[~np.isnan(times)]))
    if len(known) < FEWEST:
        return None
    outer = max(int(np.ceil(OUTER_SHARE * len(known))), min(MOST_OUTER, len(known) // 40))
    return int(known[outer]), int(known[-1 - outer])


def most_times(times: NDArray[np.float64]) -> Range | None:
    """The middle half of times (n,); None where they are too few, or where most are no times of our age."""
    known = np.sort(times[~np.isnan(times)])
    plausible = _without_odd(known)
    if len(plausible) < FEWEST or not _is_plausible(plausible[0], plausible[-1]):
        return None
    return int(plausible[len(plausible) // 4]), int(plausible[-1 - len(plausible) // 4])


def limits(usual: Range) -> Range:
    """The first and the last time that isn't far from the usual ones; one of no age of ours is far sooner.

    >>> limits((0, 100 * DAY)) == (-1000 * DAY, 1100 * DAY)
    True
    """
    low, high = usual
    span = max(high - low, DAY)
    if not _is_plausible(low, high):
        return low - SPANS * span, high + SPANS * span
    return (
        max(low - SPANS * span, min(_PLAUSIBLE[0], low - span)),
        min(high + SPANS * span, max(_PLAUSIBLE[1], high + span)),
    )


def limits_of(table: Table) -> Range | None:
    """The limits of a side that is read for the first time; None where none of its times is far."""
    extent = table.time_range() if table.has_time else None
    usual = usual_times(_sampled(table)) if extent else None
    return _limiting(extent, usual)


def limits_beside(known: TimeBins, later: Table) -> Range | None:
    """The limits of rows appended to those in ``known`` bins; None where none of their times is far.

    Where most of the new rows lie elsewhere, it is no wrong clock: their middle half is usual as well.
    """
    extent = later.time_range() if later.has_time else None
    if extent is None:
        return None
    usual = (known.start, known.end)
    if _limiting(extent, usual) and (most := most_times(_sampled(later))):
        usual = min(usual[0], most[0]), max(usual[1], most[1])
    return _limiting(extent, usual)


def _limiting(extent: Range | None, usual: Range | None) -> Range | None:
    if extent is None or usual is None:
        return None
    low, high = limits(usual)
    return (low, high) if extent[0] < low or extent[1] > high else None


def _sampled(table: Table) -> NDArray[np.float64]:
    """Times of all rows, or of some that are spread evenly over a large table."""
    return replace(table, rows=ArrowRows(table.rows.sample(SAMPLE))).times() if table.n_rows > SAMPLE else table.times()


def _without_odd(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Those of our age where they are most of them: an empty clock counts from 1970, an end without one is 9999."""
    plausible = times[(times >= _PLAUSIBLE[0]) & (times < _PLAUSIBLE[1])]
    return plausible if 2 * len(plausible) > len(times) else times


def _is_plausible(low: float, high: float) -> bool:
    return _PLAUSIBLE[0] <= low and high < _PLAUSIBLE[1]
