"""Series of segments beyond single values: sums per time bin, so that the browser can rank them while brushing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.cube.wire import Series

MOST_SEGMENTS = 200
"""Segments beyond single values whose series travel to the browser."""


def series_of(
    segments: Mapping[Segment, bool], production: CodeTable, evaluation: CodeTable, within: Segment | None = None
) -> Series:
    """Sums of each segment (→ whether it is weak on evaluation), or of its samples ``within`` another one.

    At most MOST_SEGMENTS, in the order given.
    """
    chosen = list(segments)[:MOST_SEGMENTS]
    if not chosen:
        return Series()
    described: list[dict[str, Any]] = [
        {"text": str(each), "conditions": each.to_json(), "weak": segments[each]} for each in chosen
    ]
    over_time = _stacked([totals_of(each, production, within) for each in chosen])
    known = _stacked([totals_of(each, evaluation, within) for each in chosen])
    return Series(described, over_time, {measure: sums.sum(axis=0) for measure, sums in known.items()})


def totals_of(segment: Segment, codes: CodeTable, within: Segment | None) -> dict[str, NDArray[np.int64]]:
    """Measure → (T,) sums of a segment's samples."""
    mask = segment.mask(codes) if within is None else segment.mask(codes) & within.mask(codes)
    bare = replace(codes, bins={}, codes={}, members={}, values={}, sums=codes.sums[:, :0])
    return Cube.build(bare, mask).totals


def _stacked(totals: Sequence[Mapping[str, NDArray[np.int64]]]) -> dict[str, NDArray[np.int64]]:
    return {measure: np.stack([each[measure] for each in totals], axis=1) for measure in totals[0]}
