"""The greedy search: take the most surprising segment, neutralise it, count again what its rows touch, repeat.

What is surprising, and what neutralising means, is the judge's: a drop between two sides, or weakness on one. A segment
of two conditions counts only if it stands out within each of its two parents. The largest z²/2 less the cost of naming
the segment wins, not the largest contribution: all properties share the chance of a false alarm evenly, and so do the
candidates of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from prodmon_widgets.engine.causes.cuts import Candidates, Cut
from prodmon_widgets.engine.causes.judging import MOST_FOUND, TIE, Found, Judge, Judged, Moved, Part, Remedy, leading
from prodmon_widgets.engine.causes.tallies import Pair, Rows, every_pair, together

Floats = NDArray[np.float64]


MOST_REFINED = 4
"""Pairs whose borders are refined before one is chosen."""

FIRST_MERIT = 4.6
"""Merit from which the first found is no chance: z²/2 less what naming it costs. e⁻ᵐ bounds a false alarm's: 1 %."""

LEAST_MERIT = 2.5
"""Merit that the others need once something is known to be there, less ln k for the k-th: the more are found, the more
false ones may be among them (Benjamini and Hochberg 1995)."""

MOST_PAIRED = 30
"""Properties that are looked at in pairs: those that show most by themselves. A segment of two conditions lowers the
score in each of its properties too, unless they cancel exactly, and pairs grow with the square."""

LEFT_BEHIND = 1.0
"""Standard errors of a neutralised segment that may be left, or too much, once another one is neutralised as well."""

LIVE_Z = 3.0
"""Pairs whose best candidate is below this are counted again only before the search ends."""

Conditions = Callable[[int], tuple[Part, ...]]
"""What the k-th candidate is."""


@dataclass
class Search:
    """Sides' rows with their tallies. ``among``: the places of the properties that a segment may use.

    ``poll`` is called often and raises to stop; see :meth:`run`.
    """

    cuts: Sequence[Cut]
    sides: list[Rows]
    judge: Judge
    among: Sequence[int]
    poll: Callable[[], None] = field(default=lambda: None)

    def __post_init__(self) -> None:
        self._sizes = [cut.n_coarse for cut in self.cuts]
        self._taken: list[tuple[int, list[NDArray[np.bool_]]]] = []
        n, n_sets = len(self.among), sum(self.cuts[index].is_set for index in self.among)
        self._choice = float(np.log(max(n, 1)))
        self._choice_of_two = float(np.log(max(n * (n - 1) / 2 + n_sets, 1)))
        with _on_one_core():
            self._count()

    def run(self, first: Sequence[Found] = ()) -> list[Found]:
        """All that stands out, in the order found; ``first`` is neutralised before."""
        found: list[Found] = []
        with _on_one_core():
            for given in first:
                self._take_out(given)
            while len(found) < MOST_FOUND and (best := self._best()) is not None:
                found.append(best)
                self._take_out(best)
        return found

    def standing_out(self, most: int) -> list[Found]:
        """The best candidates as they are now, at most one a property or pair, best first."""
        return sorted([*self._single, *(each for each in self._pair.values() if each)], key=lambda f: f.order)[:most]

    @property
    def tallies(self) -> Sequence[Floats]:
        """For each property the (2 · sides, cells) tally as neutralised so far."""
        return self._singles

    def together(self, a: int, b: int) -> Floats:
        """The (2 · sides, cells) tally of two properties' coarse cells as neutralised so far."""
        return together(self.sides, (a, b), self._sizes)

    def _best(self) -> Found | None:
        """The best candidate that is good enough; before there is none, everything has been counted afresh."""
        best = self._choose()
        if best is None and self._stale:
            self._count()
            best = self._choose()
        return best

    def _choose(self) -> Found | None:
        pairs = sorted((each for each in self._pair.values() if each), key=lambda f: f.order)
        refined = [self._refined(each) for each in pairs[:MOST_REFINED]]
        enough = sorted((f for f in (*self._single, *refined) if self._is_enough(f)), key=lambda f: f.order)
        for best in enough:
            likely = self._settled(best)
            chosen = likely if self._is_enough(likely) else best
            if self.judge.confirms(chosen, self._beside(chosen)):
                return chosen
        return None

    def _is_enough(self, found: Found) -> bool:
        least = LEAST_MERIT - np.log(len(self._taken) + 1) if self._taken else FIRST_MERIT
        return found.merit >= least and found.z >= self.judge.least_z and found.effect >= self.judge.least_effect

    # --- tallies ---------------------------------------------------------------------------------------------------

    def _count(self) -> None:
        """Count and judge everything."""
        self._singles = [
            np.concatenate([rows.tally(rows.fine[index], cut.n_cells) for rows in self.sides])
            for index, cut in enumerate(self.cuts)
        ]
        self._stale: set[Pair] = set()
        self._pair: dict[Pair, Found | None] = {}
        self._judge_singles()
        paired = self._worth_pairing()
        by_side = [every_pair(rows, paired, self._sizes, self.poll) for rows in self.sides]
        self._pairs = {pair: np.concatenate([side[pair] for side in by_side]) for pair in by_side[0]}
        for index in paired:
            if self.cuts[index].is_set:
                self._pairs[index, index] = np.concatenate([r.pair((index, index), self._sizes) for r in self.sides])
        for pair in self._pairs:
            self._judge_pair(pair)

    def _worth_pairing(self) -> list[int]:
        """At most MOST_PAIRED properties, in their order."""
        merit = dict.fromkeys(self.among, -np.inf)
        for each in self._single:
            index = each.parts[0].index
            merit[index] = max(merit[index], each.merit)
        return sorted(sorted(merit, key=lambda index: -merit[index])[:MOST_PAIRED])

    def _take_out(self, found: Found) -> None:
        """Neutralise a segment, and again what that changes for those before it that share samples with it."""
        masks = [found.mask(rows) for rows in self.sides]
        self._neutralise(found.kind, masks)
        for kind, mine in self._taken:
            if self.judge.left(kind, self._sums(mine), self._whole) > LEFT_BEHIND:
                self._neutralise(kind, mine)
        self._taken.append((found.kind, masks))

    def _sums(self, masks: Sequence[NDArray[np.bool_]]) -> Floats:
        return np.concatenate([_totals(rows, mask) for rows, mask in zip(self.sides, masks, strict=True)])

    def _neutralise(self, kind: int, masks: Sequence[NDArray[np.bool_]]) -> None:
        """Apply a remedy to the rows, and to the tallies that are looked at."""
        side = self.judge.side
        rows, mask = self.sides[side], masks[side]
        remedy = self.judge.remedy(kind, self._sums(masks), self._whole)
        touched = rows.some(mask)
        self.sides[side] = rows.changed(mask, remedy.inside, remedy.outside, remedy.shift)
        for index, cut in enumerate(self.cuts):
            self._singles[index] = _after(
                self._singles[index], touched.tally(touched.fine[index], cut.n_cells), side, remedy
            )
        self._judge_singles()
        live = {pair for pair, best in self._pair.items() if best is not None and best.z >= LIVE_Z} - self._stale
        for pair in live:
            self._pairs[pair] = _after(self._pairs[pair], touched.pair(pair, self._sizes), side, remedy)
            self._judge_pair(pair)
        self._stale |= self._pairs.keys() - live
        for pair in self._stale:
            self._pair[pair] = None

    @property
    def _whole(self) -> Floats:
        return np.concatenate([_totals(rows, slice(None)) for rows in self.sides])

    def _beside(self, found: Found) -> Iterator[Floats]:
        """For each property that it isn't on: the (2 · sides, 2, cells) tally in and outside of a segment."""
        own = {part.index for part in found.parts}
        masks = [found.mask(rows) for rows in self.sides]
        for index in range(len(self.cuts)):
            if index not in own:
                inside = self._tallied(masks, index)
                # what a difference of equal sums leaves is no sample
                outside = np.where(self._singles[index][::2] - inside[::2] > TIE, 1.0, 0.0).repeat(2, axis=0)
                yield np.stack([inside, (self._singles[index] - inside) * outside], axis=1)

    # --- candidates ------------------------------------------------------------------------------------------------

    def _judge_singles(self) -> None:
        whole = self._whole[:, None]
        self._single = []
        for index in self.among:
            cells = self._singles[index] @ self.cuts[index].fine.rows.T
            judged = self.judge.alone(cells, whole).less(self._choice + self.cuts[index].fine.cost)
            self._single += self._leaders(judged, partial(self._alone, index))

    def _alone(self, index: int, k: int) -> tuple[Part, ...]:
        return (self._part(index, self.cuts[index].fine, k),)

    def _judge_pair(self, pair: Pair) -> None:
        self.poll()
        a, b = (self.cuts[index].coarse for index in pair)
        first, second = (self._singles[index] @ self.cuts[index].coarse_cells.T for index in pair)
        cells = self._pairs[pair]
        if pair[0] == pair[1]:
            cells = (a.rows * cells[:, None, :]) @ a.rows.T
        else:
            cells = cells if self.cuts[pair[0]].is_set else a.rows @ cells
            cells = cells if self.cuts[pair[1]].is_set else cells @ b.rows.T
        judged = self.judge.paired(cells, (first[:, :, None], second[:, None, :]), self._whole[:, None, None])
        judged = judged.less(self._choice_of_two + a.cost[:, None] + b.cost)
        if pair[0] == pair[1]:
            judged.merit[np.tril_indices(len(judged.merit))] = -np.inf
        leaders = self._leaders(judged, lambda k: self._parts(pair, a, b, k))
        self._pair[pair] = min(leaders, key=lambda f: f.order, default=None)

    def _leaders(self, judged: Judged, conditions: Conditions) -> list[Found]:
        """The candidate of the largest merit, and those that tie with it."""
        return [self._found(judged, conditions, k) for k in leading(judged.merit)]

    def _found(self, judged: Judged, conditions: Conditions, k: int) -> Found:
        merit, z, effect, kind = (each.flat[k] for each in (judged.merit, judged.z, judged.effect, judged.kind))
        return Found(float(merit), float(z), float(effect), int(kind), conditions(k))

    def _part(self, index: int, candidates: Candidates, k: int) -> Part:
        cut = self.cuts[index]
        first, last = candidates.spans[k].tolist()
        return Part(index, cut.condition((first, last)), cut.cells_of(candidates, k), float(candidates.cost[k]))

    def _parts(self, pair: Pair, a: Candidates, b: Candidates, k: int) -> tuple[Part, ...]:
        i, j = divmod(k, b.count)
        return self._part(pair[0], a, i), self._part(pair[1], b, j)

    # --- borders ---------------------------------------------------------------------------------------------------

    def _refined(self, found: Found) -> Found:
        """The same pair with its borders on the fine bins: each condition in turn the best given the other."""
        best = found
        for turn in range(4):
            self.poll()
            held, moved = best.parts[turn % 2], best.parts[1 - turn % 2]
            better = self._moved(moved.index, held).best()
            if better is None or better.merit <= best.merit + TIE:
                if turn:
                    break
                continue
            best = better
        return best

    def _settled(self, found: Found) -> Found:
        """With the borders that most likely hold most of the same samples, among those that fit about as well."""
        for place in range(len(found.parts)):
            index = found.parts[place].index
            held = next((each for each in found.parts if each.index != index), None)
            if self.cuts[index].is_numeric:
                found = self._moved(index, held).likely() or found
        return found

    def _moved(self, index: int, held: Part | None) -> Moved:
        """All conditions on a property, alone or within the samples that meet another one."""
        cut, whole = self.cuts[index], self._whole[:, None]
        singles = self._singles[index]
        if held is None:
            judged = self.judge.alone(singles @ cut.fine.rows.T, whole).less(self._choice + cut.fine.cost)
            found = partial(self._found, judged, partial(self._alone, index))
            return Moved(cut, judged, singles, found)
        inside = np.concatenate(
            [_within(rows, held.cells[rows.fine[held.index]], index, cut.n_cells) for rows in self.sides]
        )
        parents = inside.sum(axis=1, keepdims=True), singles @ cut.fine.rows.T
        judged = self.judge.paired(inside @ cut.fine.rows.T, parents, whole)
        judged = judged.less(self._choice_of_two + held.cost + cut.fine.cost)
        found = partial(self._found, judged, lambda k: _ordered(held, self._part(index, cut.fine, k)))
        return Moved(cut, judged, inside, found)

    def _tallied(self, masks: Sequence[NDArray[np.bool_]], index: int) -> Floats:
        """(2 · sides, n_cells) of a property within a mask of each side's rows."""
        size = self.cuts[index].n_cells
        return np.concatenate([_within(rows, mask, index, size) for rows, mask in zip(self.sides, masks, strict=True)])


def _on_one_core() -> AbstractContextManager[Any]:
    """Products of small matrices wait longer for a second core than they take."""
    limits: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return limits


def _ordered(*conditions: Part) -> tuple[Part, ...]:
    return tuple(sorted(conditions, key=lambda each: (each.index, str(each.condition))))


def _totals(rows: Rows, at: Any) -> Floats:
    score = rows.score[at]
    if rows.weight is None:
        return np.array([len(score), score.sum()])
    weight = rows.weight[at]
    return np.array([weight.sum(), weight @ score])


def _within(rows: Rows, mask: NDArray[np.bool_], index: int, size: int) -> Floats:
    at = np.flatnonzero(mask)
    some = Rows([], [], rows.score[at], None if rows.weight is None else rows.weight[at])
    return some.tally(rows.fine[index][at], size)


def _after(table: Floats, touched: Floats, side: int, remedy: Remedy) -> Floats:
    """A tally (2 · sides, …) after a remedy on one side, given that of the touched rows (2, …)."""
    changed = table.copy()
    n, s = 2 * side, 2 * side + 1
    scaled = remedy.inside - remedy.outside
    changed[n] = remedy.outside * table[n] + scaled * touched[0]
    changed[s] = remedy.outside * table[s] + scaled * touched[1] + remedy.inside * remedy.shift * touched[0]
    return changed
