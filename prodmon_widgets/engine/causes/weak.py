"""Weak segments of the evaluation set: those that score low by what people said of them.

The same search as for causes, on one side: a segment is weak if it scores lower than everything else, by more than
chance gives to the best of all that is tried, and one of two conditions also lower than within each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.contribution import LEAST_SPREAD
from prodmon_widgets.engine.causes.cuts import cuts_of
from prodmon_widgets.engine.causes.drops import INSIDE_PARENTS
from prodmon_widgets.engine.causes.judging import Found, Judged, Remedy
from prodmon_widgets.engine.causes.search import Search
from prodmon_widgets.engine.causes.tallies import rows_of
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.quality.estimate import Z
from prodmon_widgets.engine.work.cancellation import polling

Floats = NDArray[np.float64]

CERTAIN = 4.5
"""Standard errors from which a segment can be weak; the family of all that is tried may ask for more."""

FEWEST = 30
"""A weak segment has at least so many samples: of fewer, standard errors say little."""

LEAST_GAP = 0.02
"""A weak segment scores lower than the rest by at least so much."""

COLUMNS = ("segment", "where", "n", "share", "score", "low", "high", "gap", "z")


@dataclass(frozen=True)
class WeakJudge:
    """Judges how much lower than the rest a segment of one side scores.

    ``spread``: variance of all scores as they were. A segment's own is taken for no less: a few samples that are all
    alike look surer than they are, and scores that were neutralised have moved but still scatter.
    """

    spread: float
    least_z: float = CERTAIN
    least_effect: float = LEAST_GAP
    side: int = 0

    def alone(self, cells: Floats, whole: Floats) -> Judged:
        """Each candidate beside everything else; more than half of all is not weak, the others are strong."""
        gap, z = _gap(cells, whole, self.spread)
        z = np.where(cells[0] > whole[0] / 2, 0.0, z)
        return Judged(z, np.where(z > 0, z**2 / 2, -np.inf), gap, np.zeros(z.shape, dtype=np.intp))

    def paired(self, cells: Floats, parents: tuple[Floats, Floats], whole: Floats) -> Judged:
        """Only those that stand out inside both parents."""
        judged = self.alone(cells, whole)
        stands_out = np.minimum(*(_gap(cells, parent, self.spread)[1] for parent in parents)) > INSIDE_PARENTS
        merit = np.where(stands_out, judged.merit, -np.inf)
        return Judged(np.where(stands_out, judged.z, 0.0), merit, judged.effect, judged.kind)

    def confirms(self, found: Found, beside: Iterator[Floats]) -> bool:
        """Always."""
        return True

    def remedy(self, kind: int, cells: Floats, whole: Floats) -> Remedy:
        """The score of the rest."""
        (n, s), (total_n, total_s) = cells.tolist(), whole.tolist()
        return Remedy(shift=(total_s - s) / (total_n - n) - s / n)

    def left(self, kind: int, cells: Floats, whole: Floats) -> float:
        """The gap to the rest in standard errors."""
        return abs(float(_gap(cells[:, None], whole[:, None], self.spread)[1][0]))


def weak_segments(
    codes: CodeTable,
    good: Floats,
    *,
    ignored: Collection[str] = (),
    cancelled: Callable[[], bool] | None = None,
) -> pd.DataFrame:
    """Segments of one or two conditions that score lower than the rest, the surest first.

    ``good``: (n_rows,) 1 good, 0 bad, NaN unknown, which is left out. Columns: ``segment, where, n, share, score`` with
    its 95 % band ``low, high`` (Wilson 1927), ``gap`` (score of everything else less the segment's, positive is
    weaker) and ``z``, both beside the segments found before it. It cannot see a weakness that takes three conditions.
    """
    known = np.flatnonzero(~np.isnan(good))
    found = _search(codes, known, good[known], ignored, cancelled).run() if len(known) else []
    frame = pd.DataFrame([_record(each.segment, each, codes, good, known) for each in found], columns=list(COLUMNS))
    # beside segments found before it a good one may look weak
    return frame[frame["score"] < np.nanmean(good)].reset_index(drop=True) if len(frame) else frame


def _search(
    codes: CodeTable,
    rows: NDArray[np.intp],
    score: Floats,
    ignored: Collection[str],
    cancelled: Callable[[], bool] | None,
) -> Search:
    cuts, cells = cuts_of([codes], [rows], ignored)
    judge = WeakJudge(max(float(score.mean() * (1 - score.mean())), LEAST_SPREAD))
    return Search(cuts, [rows_of(cuts, cells[0], score)], judge, range(len(cuts)), polling(cancelled))


def _record(
    segment: Segment, found: Found, codes: CodeTable, good: Floats, known: NDArray[np.intp]
) -> dict[str, object]:
    mine = good[known][segment.mask(codes)[known]]
    low, high = wilson(float(mine.sum()), len(mine))
    return {
        "segment": str(segment),
        "where": segment.where,
        "n": len(mine),
        "share": len(mine) / len(known),
        "score": float(mine.mean()),
        "low": low,
        "high": high,
        "gap": found.effect,
        "z": found.z,
    }


def wilson(successes: float, n: int) -> tuple[float, float]:
    """The 95 % band of a share (Wilson 1927); NaN without samples.

    >>> [round(x, 3) for x in wilson(10, 100)]
    [0.055, 0.174]
    """
    if not n:
        return float("nan"), float("nan")
    share, wide = successes / n, Z**2 / n
    middle = (share + wide / 2) / (1 + wide)
    half = np.sqrt(share * (1 - share) * wide + wide**2 / 4) / (1 + wide)
    return float(middle - half), float(middle + half)


def _gap(cells: Floats, whole: Floats, spread: float) -> tuple[Floats, Floats]:
    """The rest's score less the segment's, and its size in standard errors; 0 where either is too small."""
    n, s = cells
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = whole[0] - n
        m, k = s / n, (whole[1] - s) / rest
        z = (k - m) / np.sqrt(np.maximum(m * (1 - m), spread) / n + spread / rest)
        enough = (n >= FEWEST) & (rest >= FEWEST)
        return np.nan_to_num(k - m), np.nan_to_num(np.where(enough, z, 0.0), posinf=0.0, neginf=0.0)
