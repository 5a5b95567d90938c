"""Segments worth following in the browser while a window is brushed, beyond single values and bins.

Chosen once: production is cut into a few stretches of time, and what stands out in each against the evaluation set, as
a pair of conditions or an interval of several bins, is followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from prodmon_widgets.engine.causes.cuts import cuts_of
from prodmon_widgets.engine.causes.drops import DropJudge
from prodmon_widgets.engine.causes.search import Search
from prodmon_widgets.engine.causes.sides import Side
from prodmon_widgets.engine.causes.tallies import rows_of
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.segments import Segment

STRETCHES = 4
A_STRETCH = 12
"""Segments that are followed for what they are in one stretch."""

MOST_ROWS = 3_000_000
"""Rows beyond which nothing is searched ahead: only weak segments are followed."""

ALIKE = 0.7
"""Two segments that share more of their samples than this (Jaccard index) say the same: a plain choice."""

ROWS_TO_TELL = 200_000
"""Rows of production, spread evenly, that tell whether segments are alike."""


def candidates(
    production: CodeTable, evaluation: CodeTable, ignored: Collection[str] = (), beside: Iterable[Segment] = ()
) -> list[Segment]:
    """At most STRETCHES · A_STRETCH segments, none like another or one ``beside``; both sides must have their scores.

    Of segments that are alike the first stays, in the order in which they stand out.
    """
    if production.n_rows > MOST_ROWS or not evaluation.n_rows:
        return []
    stretch = production.time.astype(np.int64) * STRETCHES // max(production.time_bins.count, 1)
    found: dict[Segment, None] = {}
    for index in range(STRETCHES):
        rows = (stretch == index) & (production.time >= 0)
        if rows.any():
            found |= dict.fromkeys(_standing_out(Side(evaluation), Side(production, rows), ignored))
    return unlike(found, production, beside)


def unlike(segments: Iterable[Segment], production: CodeTable, beside: Iterable[Segment] = ()) -> list[Segment]:
    """Those that share at most ALIKE of their samples with one ``beside`` or one that stays before them."""
    step = -(-production.n_rows // ROWS_TO_TELL)
    held = [each.mask(production)[::step] for each in beside]
    kept = []
    for segment in segments:
        mask = segment.mask(production)[::step]
        if all((mask & other).sum() <= ALIKE * (mask | other).sum() for other in held):
            kept.append(segment)
            held.append(mask)
    return kept


def _standing_out(before: Side, after: Side, ignored: Collection[str]) -> list[Segment]:
    sides = before, after
    cuts, cells = cuts_of([side.codes for side in sides], [side.counted for side in sides], ignored)
    rows = [rows_of(cuts, mine, side.scores) for mine, side in zip(cells, sides, strict=True)]
    judge = DropJudge(float(before.scores.mean() - after.scores.mean()))
    found = Search(cuts, rows, judge, range(len(cuts))).standing_out(4 * A_STRETCH)
    several = [each.segment for each in found if len(each.parts) > 1 or each.parts[0].cells.sum() > 1]
    return several[:A_STRETCH]
