"""Shares of values over time, from a cube's cells: what alerts on drift look at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import MISSING, ValueBins
from prodmon_widgets.engine.cube.cube import Axis, Cube
from prodmon_widgets.engine.quality.timeline import as_times, stretches

Integers = NDArray[np.int64]

MOST_VALUES = 8
"""Values of a property that are looked at, the most frequent ones."""

CUTS = (0.25, 0.5, 0.75)
"""A number is looked at by its shares below these parts of all."""


def shares_over_time(cube: Cube, every: str | int | None) -> pd.DataFrame:
    """Share of samples by value and stretch of time: start, end, property, value, n, share.

    ``value`` is a category's own text, "below x" for a number, and None for missing; at most ``MOST_VALUES`` a
    property. ``n`` counts all samples of the stretch; a stretch without any has the share NaN.

    Raises InputError where ``every`` can't be read or isn't whole time bins.
    """
    cut = stretches(cube.time, every)
    n = np.add.reduceat(cube.totals["n"], cut.first)
    parts = [
        pd.DataFrame({"start": cut.start, "end": cut.end, "property": axis.name, "value": value, "n": n, "count": part})
        for axis in cube.axes
        for value, part in _parts(axis, np.add.reduceat(cube.cells["n"][:, axis.cells], cut.first, axis=0))
    ]
    columns = ["start", "end", "property", "value", "n", "count"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    frame["share"] = frame["count"] / frame["n"].where(frame["n"] > 0)
    frame = frame.drop(columns="count")
    return as_times(frame, ["start", "end"]) if cube.time.is_time else frame


def _parts(axis: Axis, counts: Integers) -> Iterator[tuple[str | None, Integers]]:
    """A value's text and its counts, (stretches,); counts: (stretches, cells)."""
    yield None, counts[:, MISSING]
    of_value = counts.sum(axis=0)
    of_value[MISSING] = 0
    if isinstance(axis.bins, ValueBins):
        edges = axis.bins.edges
        if len(edges) and of_value.sum():
            below = np.cumsum(of_value[1:]) / of_value.sum()
            for at in sorted({int(np.searchsorted(below, part)) for part in CUTS} & set(range(len(edges)))):
                yield f"below {edges[at]:g}", counts[:, 1 : at + 2].sum(axis=1)
        return
    for code in np.argsort(-of_value, kind="stable")[:MOST_VALUES]:
        if of_value[code]:
            yield axis.labels[code], counts[:, code]
