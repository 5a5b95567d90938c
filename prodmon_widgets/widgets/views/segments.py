"""SegmentTable: which classes, bins and segments carry the drop, ranked again at every brush in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from prodmon_widgets.engine.causes.rank import ranked
from prodmon_widgets.widgets.base import View
from prodmon_widgets.widgets.selection import Selection

IN_FALLBACK = 20


class SegmentTable(View):
    """Every class and bin, and the segments chosen by the engine: share, score and part of the drop.

    Clicking one filters every view. The browser computes all of it from the cube.
    """

    front_end = "segments"

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """The segments that carry most of the drop against the baseline, within the chosen segment."""
        if not self.monitor.scored:
            return {}
        return {"Segments": ranked_of(self.selection).head(IN_FALLBACK)}


def ranked_of(selection: Selection) -> pd.DataFrame:
    """The segments in the order of the screen, with its figures."""
    cube = selection.cube
    payload = cube.segment_payload if selection.conditions else cube.payload
    time, baseline = cube.meta["time"], selection.baseline
    before = None if baseline is None else snapped_bins(time, baseline)
    return ranked(cube.meta, payload, snapped_bins(time, selection.window), before)


def snapped_bins(time: Mapping[str, Any], window: tuple[int, int] | None) -> tuple[int, int]:
    """The time bins [first, last) of a window that lies on their edges; None is all.

    >>> snapped_bins({"start": 100, "step": 10, "count": 5}, (110, 130))
    (1, 3)
    """
    if window is None:
        return 0, int(time["count"])
    first, last = ((int(edge) - time["start"]) // time["step"] for edge in window)
    return first, last
