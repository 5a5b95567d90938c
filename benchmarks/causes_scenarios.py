"""Planted scenarios, coded and asked about: what the search for causes and its peers are given, and what is true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.planted import DAY, FLIPPED, Drop, drop, window_score
from prodmon_widgets.engine.causes.causes import Question, Side
from prodmon_widgets.engine.causes.contribution import Cells, parts
from prodmon_widgets.engine.cube.bins import bins_of, time_bins_of
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.quality.estimate import SCALE
from prodmon_widgets.engine.table.table import prepare

HIT = 0.7
"""Shared rows over all rows of either from where on a segment is the planted one."""


@dataclass(frozen=True)
class Scenario:
    """A drop with both sides coded and scored by noisy annotations."""

    drop: Drop
    before: CodeTable
    after: CodeTable

    @property
    def rows(self) -> np.ndarray:
        """The window's rows."""
        return np.flatnonzero(self.drop.in_window)

    def truth(self) -> dict[str, np.ndarray]:
        """Planted cause → its rows of the window."""
        return {name: mask[self.rows] for name, mask in self.drop.masks.items()}

    def oracle(self, name: str) -> float:
        """Standard errors of a planted cause on its own rows, with outcomes before annotations were flipped."""
        sums = []
        for mask, frame, rows in (
            (self.drop.evaluation_masks[name], self.drop.evaluation, slice(None)),
            (self.drop.masks[name], self.drop.production, self.rows),
        ):
            clean, mine = frame["clean"].to_numpy(float)[rows], mask[rows]
            sums.append((mine.sum(), clean[mine].sum(), len(clean), clean.sum()))
        (n0, s0, N0, S0), (n1, s1, N1, S1) = np.array(sums, dtype=float)  # noqa: N806  as in the formulas
        got = parts(Cells(*map(np.array, (n0, s0, n1, s1))), Cells(*map(np.array, (N0, S0, N1, S1))))
        return float(got.z_new if got.is_new else max(got.z_mix, got.z_within))


def scenario(seed: int, n: int, **setting: object) -> Scenario:
    """Draw and encode."""
    drawn = drop(seed, n, **setting)
    bare = [frame.drop(columns=["clean", "annotation"]) for frame in (drawn.evaluation, drawn.production)]
    evaluation, production = prepare(bare[0].assign(annotation="good"), bare[1])[1:]
    bins = bins_of(evaluation, production)
    after = encode(production, time_bins_of(production, list(bins.values())), bins)
    before = encode(evaluation, None, after.bins)
    for codes, frame in ((before, drawn.evaluation), (after, drawn.production)):
        codes.score = (frame["annotation"].eq("good").to_numpy() * SCALE).astype(np.int32)
    return Scenario(drawn, before, after)


def question(of: Scenario) -> Question:
    """Evaluation against the window, by days."""
    days = [frame["timestamp"].astype("datetime64[ms]").astype("int64").to_numpy() // DAY for frame in frames(of)]
    return Question(Side(of.before, None, days[0]), Side(of.after, of.drop.in_window, days[1]), labelled=True)


def frames(of: Scenario) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both sides' frames."""
    return of.drop.evaluation, of.drop.production


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    """Shared rows over all rows of either."""
    return float((a & b).sum() / max((a | b).sum(), 1))


def counterfactual(seed: int, name: str, *, disjoint: bool) -> float:
    """The window's drop in annotations that goes away when a cause is switched off: another draw of the generator.

    Both runs draw the same otherwise, so that their difference is the cause and hardly any noise.
    """
    runs = [window_score(seed, disjoint=disjoint, draw=1, off=off) for off in (name, "")]
    return (runs[0] - runs[1]) * (1 - 2 * FLIPPED)
