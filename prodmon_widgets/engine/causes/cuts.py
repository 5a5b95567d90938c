"""Cuts: how one property is cut into candidate conditions, as 0/1 rows over its cells.

A numeric property has every interval of its bins (and of a few coarser ones, finer towards the tails, for pairs), a
category each of its values, a set each of its members. Sums of all candidates are then one matrix product.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import Bins, Levels, ValueBins
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.segments import Condition
from prodmon_widgets.engine.cube.valuebins import MISSING, OTHER

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Masks = NDArray[np.bool_]

COARSE = (0.04, 0.12, 0.25, 0.375, 0.5, 0.625, 0.75, 0.88, 0.96)
"""Shares of samples below the borders of the coarse bins of a number."""

MOST_VALUES = 60
"""Values of a category that are looked at together with another property: the most frequent on either side."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Conditions on a property over some of its cells: ``rows`` (K, n_cells) 0/1, and what each of the K is.

    ``spans``: (K, 2) first and last code of an interval or missing; of a value or member, its code twice. ``cost``:
    (K,) how much naming each takes, −ln of its part of a chance of 1 that all of the property's candidates share.
    """

    rows: Floats
    spans: Integers
    cost: Floats

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.spans)


@dataclass(frozen=True, eq=False)
class Cut:
    """One property's candidates: ``fine`` over its cells, ``coarse`` over fewer for pairs; ``to_coarse`` maps cells."""

    name: str
    bins: Bins
    n_cells: int
    fine: Candidates
    to_coarse: Integers
    n_coarse: int
    coarse: Candidates

    @property
    def is_set(self) -> bool:
        """Whether its cells are distinct sets."""
        return self.bins.kind == "set"

    @property
    def is_numeric(self) -> bool:
        """Whether its candidates are intervals."""
        return isinstance(self.bins, ValueBins)

    @cached_property
    def coarse_cells(self) -> Floats:
        """(K, n_cells) 0/1: which fine cells each coarse candidate holds."""
        return self.coarse.rows[:, self.to_coarse]

    def cells_of(self, candidates: Candidates, index: int) -> Masks:
        """Which fine cells a candidate holds."""
        row: Masks = candidates.rows[index] > 0
        return row if candidates is self.fine else row[self.to_coarse]

    def condition(self, span: tuple[int, int]) -> Condition:
        """A span of codes as a condition with readable borders."""
        first, last = span
        if first == MISSING:
            return Condition(self.name, missing=True)
        if isinstance(self.bins, Levels):
            return Condition(self.name, (self.bins.labels[first],))
        return _interval(self.name, self.bins, first, last)


def cuts_of(
    sides: Sequence[CodeTable], rows: Sequence[NDArray[np.intp] | slice], ignored: Collection[str] = ()
) -> tuple[list[Cut], list[list[NDArray[np.integer]]]]:
    """The cuts of all properties, by name, and the cells of each side's rows: ``cells[side][property]``."""
    cuts, cells = [], []
    for name in sorted(sides[-1].bins.keys() - set(ignored)):
        mine: list[NDArray[np.integer]] = [side.codes[name][at] for side, at in zip(sides, rows, strict=True)]
        bins = sides[-1].bins[name]
        if bins.kind == "set":
            members, mine = _one_numbering(name, sides, mine)
            cuts.append(_set_cut(name, bins, members, mine))
        else:
            cuts.append(_cut(name, bins, mine))
        cells.append(mine)
    return cuts, [list(side) for side in zip(*cells, strict=True)]


def _cut(name: str, bins: Bins, cells: Sequence[NDArray[np.integer]]) -> Cut:
    size = bins.size
    shares = _shares(cells, size)
    if isinstance(bins, ValueBins):
        to_coarse, starts = _coarse_bins(shares, size)
        fine, coarse = intervals(size - 1), intervals(len(starts))
        ends = np.append(starts[1:], size)
        spans = coarse.spans.copy()
        spans[1:] = np.column_stack([starts[coarse.spans[1:, 0] - 1], ends[coarse.spans[1:, 1] - 1] - 1])
        return Cut(
            name, bins, size, fine, to_coarse, len(starts) + 1, Candidates(coarse.rows, spans, _cost(spans, size))
        )
    largest = np.maximum.reduce(shares)
    nameable = (largest > 0) & (np.arange(size) != OTHER)
    order = _most_frequent(bins, largest, nameable)
    paired = np.sort(order[:MOST_VALUES])
    to_coarse = np.full(size, len(paired))
    to_coarse[paired] = np.arange(len(paired))
    return Cut(
        name,
        bins,
        size,
        _alone(np.sort(order), size),
        to_coarse,
        len(paired) + 1,
        _alone(paired, len(paired) + 1, True),
    )


def _set_cut(name: str, bins: Bins, members: Masks, cells: Sequence[NDArray[np.integer]]) -> Cut:
    n_cells = len(members)
    shares = [share @ members for share in _shares(cells, n_cells)]
    largest = np.maximum.reduce(shares)
    order = _most_frequent(bins, largest, (largest > 0) & (np.arange(members.shape[1]) != OTHER))
    every, some = np.sort(order), np.sort(order[:MOST_VALUES])
    fine, coarse = (
        Candidates(members.T[at].astype(np.float64), np.column_stack([at, at]), _even(len(at))) for at in (every, some)
    )
    return Cut(name, bins, n_cells, fine, np.arange(n_cells), n_cells, coarse)


def _one_numbering(
    name: str, sides: Sequence[CodeTable], codes: Sequence[NDArray[np.integer]]
) -> tuple[Masks, list[NDArray[np.integer]]]:
    """The distinct sets that either side has, (n_sets, levels), and each side's rows numbered by them."""
    width = max(side.members[name].shape[1] for side in sides)
    number: dict[bytes, int] = {}
    numbered = []
    for side, mine in zip(sides, codes, strict=True):
        used = np.bincount(mine, minlength=len(side.members[name])) > 0
        to = np.zeros(len(used), dtype=np.int32)
        for code in np.flatnonzero(used):
            row = np.zeros(width, dtype=bool)
            row[: side.members[name].shape[1]] = side.members[name][code]
            to[code] = number.setdefault(row.tobytes(), len(number))
        numbered.append(to[mine])
    return np.frombuffer(b"".join(number), dtype=bool).reshape(len(number), width), numbered


def _shares(cells: Sequence[NDArray[np.integer]], size: int) -> list[Floats]:
    return [np.bincount(side, minlength=size) / max(len(side), 1) for side in cells]


def _most_frequent(bins: Bins, largest: Floats, nameable: Masks) -> Integers:
    """Codes by largest share, then by name: the order of codes must not matter."""
    at = np.flatnonzero(nameable)
    labels = np.array([bins.labels[code] for code in at], dtype=str)
    return at[np.lexsort((labels, -largest[at]))]


def _alone(codes: Integers, n_cells: int, renumbered: bool = False) -> Candidates:
    """Each code by itself; ``renumbered``: cells are numbered by their place among the codes."""
    rows = np.zeros((len(codes), n_cells))
    rows[np.arange(len(codes)), np.arange(len(codes)) if renumbered else codes] = 1.0
    return Candidates(rows, np.column_stack([codes, codes]), _even(len(codes)))


@lru_cache(maxsize=64)
def intervals(n_bins: int) -> Candidates:
    """Missing, and all intervals of the bins 1 to ``n_bins`` but the whole."""
    first, last = np.triu_indices(n_bins)
    part = last - first < n_bins - 1
    spans = np.concatenate([[[0, 0]], np.column_stack([first[part], last[part]]) + 1])
    bins = np.arange(n_bins + 1)
    rows = ((bins >= spans[:, :1]) & (bins <= spans[:, 1:])).astype(np.float64)
    return Candidates(rows, spans, _cost(spans, n_bins + 1))


def _cost(spans: Integers, size: int) -> Floats:
    """Of intervals among ``size`` − 1 bins: those with one border share half of the chance, as do those with two."""
    n_bins = size - 1
    two_borders = (spans[:, 0] > 1) & (spans[:, 1] < n_bins)
    n_two, n_one = max((n_bins - 1) * (n_bins - 2) / 2, 1), 2 * n_bins - 1
    return np.asarray(np.log(2 * np.where(two_borders, n_two, n_one)))


def _even(count: int) -> Floats:
    return np.full(count, np.log(max(count, 1)))


def _coarse_bins(shares: Sequence[Floats], size: int) -> tuple[Integers, Integers]:
    """The coarse cell of each code, and the first code of each coarse bin."""
    mean = np.add.reduce(shares)[1:]
    middle = np.cumsum(mean) - mean / 2
    group = np.arange(size - 1)
    if size - 1 > len(COARSE) + 1:
        group = np.searchsorted(COARSE, middle / max(mean.sum(), 1e-300))
    new = np.diff(group, prepend=-1) > 0
    return np.concatenate([[0], np.cumsum(new)]), np.flatnonzero(new) + 1


def _interval(name: str, bins: ValueBins, first: int, last: int) -> Condition:
    low = None if first == 1 else float(bins.edges[first - 2])
    high = None if last == bins.size - 1 else float(bins.edges[last - 1])
    if first == last and bins.distinct is not None:
        return Condition(name, (f"{bins.distinct[first - 1]:.12g}",))
    return Condition(name, low=low, high=high)
