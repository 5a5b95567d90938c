"""Judging candidates: what a judge says of them, what is found, and which borders are most likely meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.cuts import Cut
from prodmon_widgets.engine.causes.tallies import Rows
from prodmon_widgets.engine.cube.segments import Condition, Segment

Floats = NDArray[np.float64]
TIE = 1e-6
"""Merits that differ by less are equal: the segment's text decides, so that no order of rows or columns does."""

MOST_FOUND = 20

LIKELY = 6.0
"""Borders whose merit is less than this below the best could as well be meant."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What a judge says of candidates; arrays of one shape. ``merit`` is z²/2 with what is against it taken off.

    ``effect`` ranks nothing: it is compared with the least that matters. A z of 0 is no candidate.
    """

    z: Floats
    merit: Floats
    effect: Floats
    kind: NDArray[np.intp]

    def less(self, cost: Floats) -> Judged:
        """With what naming each candidate costs taken off its merit."""
        return replace(self, merit=self.merit - cost)


@dataclass(frozen=True)
class Remedy:
    """How a found segment is neutralised: factors of the weights in and outside of it, a shift of its scores."""

    inside: float = 1.0
    outside: float = 1.0
    shift: float = 0.0


class Judge(Protocol):
    """Judges candidates by their tallies: (2 · sides, …) counts and score sums, side after side."""

    @property
    def least_z(self) -> float:
        """Standard errors from which a candidate is no chance."""

    @property
    def least_effect(self) -> float:
        """The least effect that matters."""

    @property
    def side(self) -> int:
        """The side whose rows are neutralised."""

    def alone(self, cells: Floats, whole: Floats) -> Judged:
        """Candidates within everything."""

    def paired(self, cells: Floats, parents: tuple[Floats, Floats], whole: Floats) -> Judged:
        """Candidates of two conditions, with the tallies of each condition alone."""

    def confirms(self, found: Found, beside: Iterator[Floats]) -> bool:
        """Whether a candidate is still one beside each other property, by tallies (2 · sides, in and out, cells)."""

    def remedy(self, kind: int, cells: Floats, whole: Floats) -> Remedy:
        """What takes a found segment's part away from the side that is neutralised."""

    def left(self, kind: int, cells: Floats, whole: Floats) -> float:
        """Standard errors of a neutralised segment's part that are left, or that it was raised too much."""


@dataclass(frozen=True, eq=False)
class Part:
    """A condition of a candidate: its property's place, itself, the fine cells that meet it, what naming it costs."""

    index: int
    condition: Condition
    cells: NDArray[np.bool_]
    cost: float


@dataclass(frozen=True, eq=False)
class Found:
    """A segment that stood out: its conditions as spans of codes and as masks over fine cells."""

    merit: float
    z: float
    effect: float
    kind: int
    parts: tuple[Part, ...]

    @property
    def segment(self) -> Segment:
        """Its conditions by name."""
        return Segment.of([part.condition for part in self.parts])

    @property
    def order(self) -> tuple[float, int, str]:
        """Best first."""
        return -round(self.merit / TIE), len(self.parts), str(self.segment)

    def mask(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of a side's rows are in it, (n,)."""
        result: NDArray[np.bool_] = np.logical_and.reduce([part.cells[rows.fine[part.index]] for part in self.parts])
        return result


@dataclass(frozen=True, eq=False)
class Moved:
    """All fine conditions on one property, as they are judged; ``cells``: (2 · sides, n_cells) tally beneath them."""

    cut: Cut
    judged: Judged
    cells: Floats
    found: Callable[[int], Found]

    def best(self) -> Found | None:
        """The one of the largest merit."""
        return min((self.found(k) for k in leading(self.judged.merit)), key=lambda f: f.order, default=None)

    def likely(self) -> Found | None:
        """The one that overlaps best with those that could as well be meant, weighted by likelihood exp(merit)."""
        top = self.judged.merit.max(initial=-np.inf)
        if top <= 0:
            return None
        near = np.flatnonzero(self.judged.merit > top - LIKELY)
        rows = self.cut.fine.rows[near]
        shared = (rows * self.cells[::2].sum(axis=0)) @ rows.T
        size = shared.diagonal()
        overlap = shared / np.maximum(size[:, None] + size - shared, 1e-12)
        expected = overlap @ np.exp(self.judged.merit[near] - top)
        return min((self.found(int(near[k])) for k in leading(expected)), key=lambda f: str(f.segment), default=None)


def leading(merit: Floats) -> list[int]:
    """Where the largest value is, and those that tie with it; −∞ is none."""
    top = merit.max(initial=-np.inf)
    return np.flatnonzero(merit.ravel() >= top - TIE)[:MOST_FOUND].tolist() if top > -np.inf else []
