"""SegmentTable: which classes, bins and segments carry the drop, ranked again at every brush in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from prodmon_widgets.engine.causes.contribution import contribution
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.cube.wire import from_wire
from prodmon_widgets.widgets.base import View

IN_FALLBACK = 20
FEWEST = 30
"""Samples in the window or the baseline below which a segment is not ranked."""

SURE = 3.0


class SegmentTable(View):
    """Every class and bin, and the segments chosen by the engine: share, score and part of the drop.

    Clicking one filters every view. The browser computes all of it from the cube.
    """

    front_end = "segments"

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """The segments that carry most of the drop against the evaluation set."""
        if not self.monitor.scored:
            return {}
        first, last = snapped_bins(self.cube.meta["time"], self.selection.window)
        return {"Segments": ranked(self.cube.meta, self.cube.payload, first, last).head(IN_FALLBACK)}


def snapped_bins(time: Mapping[str, Any], window: tuple[int, int] | None) -> tuple[int, int]:
    """The time bins [first, last) of a window that lies on their edges; None is all.

    >>> snapped_bins({"start": 100, "step": 10, "count": 5}, (110, 130))
    (1, 3)
    """
    if window is None:
        return 0, int(time["count"])
    first, last = ((int(edge) - time["start"]) // time["step"] for edge in window)
    return first, last


def ranked(meta: Mapping[str, Any], payload: bytes, first: int, last: int) -> pd.DataFrame:
    """The cells of the wire's cube by what they carry of the drop from evaluation to the bins [first, last)."""
    arrays, scale = from_wire(meta, payload), meta["scale"]
    n = arrays["cells.n"][first:last].sum(axis=0, dtype=np.float64)
    score = arrays["cells.score"][first:last].sum(axis=0) / scale
    n0, score0 = arrays["evaluation.cells.n"].astype(np.float64), arrays["evaluation.cells.score"] / scale
    unsupported = arrays["cells.unsupported"][first:last].sum(axis=0)
    total, total_score = (arrays[f"totals.{m}"][first:last].sum(dtype=np.float64) for m in ("n", "score"))
    total0, total0_score = (float(arrays[f"evaluation.totals.{m}"][0]) for m in ("n", "score"))
    carried = contribution(n0, score0, (total0, total0_score / scale), n, score, (total, total_score / scale))
    wheres = cell_wheres(meta["properties"])
    with np.errstate(invalid="ignore", divide="ignore"):
        frame = pd.DataFrame(
            {
                "segment": ["" if each is None else str(Segment(each)) for each in wheres],
                "where": wheres,
                "effect_on_score": -carried["contribution"],
                "z": carried["z"],
                "n": n.astype(np.int64),
                "share": n / total,
                "share_evaluation": n0 / total0,
                "score": score / n,
                "score_evaluation": score0 / n0,
                "unsupported_share": unsupported / n,
            }
        )
    frame = frame[(frame["segment"] != "") & (n + n0 >= FEWEST)]
    sure = (frame["z"] >= SURE) & (frame["effect_on_score"] < 0)
    ranked: pd.DataFrame = frame.assign(sure=~sure).sort_values(["sure", "effect_on_score", "segment"])
    return ranked.drop(columns=["sure", "z"])


def cell_wheres(properties: list[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    """What every cell stands for, in order; None for what is no one value."""
    return [cell_where(each, code) for each in properties for code in range(each["size"])]


def cell_where(described: Mapping[str, Any], code: int) -> dict[str, Any] | None:
    """What a cell of a property stands for, as a ``where``; None for the rare rest.

    >>> cell_where({"name": "n", "edges": [1.0, 2.0], "labels": [], "missing": 0, "other": None}, 3)
    {'n': (2.0, None)}
    """
    name, edges = described["name"], described["edges"]
    if code == described["missing"]:
        return {name: None}
    if edges is None:
        return None if code == described["other"] else {name: described["labels"][code]}
    low, high = [None, *edges][code - 1], [*edges, None][code - 1]
    return None if low is None and high is None else {name: (low, high)}
