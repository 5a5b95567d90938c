"""Tallies: samples and score sums per cell of each property, and of each pair of properties.

All pairs are counted by fused keys. Properties with few cells are first bundled, so that one pass over the rows counts
several pairs at once: a hundred properties have 4,950 pairs, but some 1,200 pairs of bundles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.diagnosis.cuts import Cut

Floats = NDArray[np.float64]
Pair = tuple[int, int]

BUNDLE = 150
"""Cells of a bundle at most, where it holds more than one property."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples of one side: for each property the ``fine`` and the ``coarse`` cell of every row, and (n,) scores.

    ``weight`` (n,) is None where every sample counts once.
    """

    fine: Sequence[NDArray[Any]]
    coarse: Sequence[NDArray[Any]]
    score: Floats
    weight: Floats | None = None

    def some(self, at: NDArray[Any]) -> Rows:
        """The rows of an index or mask."""
        weight = None if self.weight is None else self.weight[at]
        return Rows([c[at] for c in self.fine], [c[at] for c in self.coarse], self.score[at], weight)

    def changed(self, at: NDArray[np.bool_], inside: float, outside: float, shift: float) -> Rows:
        """With weights scaled in and outside of a mask, and scores inside shifted."""
        score, weight = self.score, self.weight
        if shift:
            score = np.where(at, score + shift, score)
        if (inside, outside) != (1.0, 1.0):
            weight = np.where(at, inside, outside) * (1.0 if weight is None else weight)
        return replace(self, score=score, weight=weight)

    def tally(self, key: NDArray[Any], size: int) -> Floats:
        """(2, size): weighted count and score sum per cell."""
        if self.weight is None:
            n = np.bincount(key, minlength=size)
            return np.stack([n, np.bincount(key, weights=self.score, minlength=size)])
        s = np.bincount(key, weights=self.score * self.weight, minlength=size)
        return np.stack([np.bincount(key, weights=self.weight, minlength=size), s])

    def pair(self, pair: Pair, sizes: Sequence[int]) -> Floats:
        """(2, cells, cells) of two properties' coarse cells."""
        a, b = pair
        if a == b:
            return self.tally(self.coarse[a], sizes[a])
        key = self.coarse[a].astype(np.intp) * sizes[b] + self.coarse[b]
        return self.tally(key, sizes[a] * sizes[b]).reshape(2, sizes[a], sizes[b])


def rows_of(cuts: Sequence[Cut], cells: Sequence[NDArray[Any]], score: Floats) -> Rows:
    """Rows of one side by their fine cells, with the coarse ones."""
    coarse = [
        mine if cut.is_set else cut.to_coarse.astype(np.min_scalar_type(cut.n_coarse))[mine]
        for cut, mine in zip(cuts, cells, strict=True)
    ]
    return Rows(cells, coarse, score)


def every_pair(rows: Rows, among: Sequence[int], sizes: Sequence[int], poll: Callable[[], None]) -> dict[Pair, Floats]:
    """Pair (a < b) of the properties ``among`` → (2, cells of a, cells of b), in ascending order.

    ``poll`` is called between passes and may raise to stop.
    """
    bundles = _bundles(among, sizes)
    keys = [_fused([rows.coarse[p] for p in bundle], [sizes[p] for p in bundle]) for bundle in bundles]
    counts = [int(np.prod([sizes[p] for p in bundle])) for bundle in bundles]
    tables: dict[Pair, Floats] = {}
    for index, bundle in enumerate(bundles):
        if len(bundle) > 1:
            tables.update(_apart(rows.tally(keys[index], counts[index]), bundle, sizes, combinations(bundle, 2)))
    for i, j in combinations(range(len(bundles)), 2):
        poll()
        both = [*bundles[i], *bundles[j]]
        counted = rows.tally(keys[i].astype(np.intp) * counts[j] + keys[j], counts[i] * counts[j])
        tables.update(_apart(counted, both, sizes, ((a, b) for a in bundles[i] for b in bundles[j])))
    return tables


def _apart(
    counted: Floats, properties: Sequence[int], sizes: Sequence[int], pairs: Iterator[Pair]
) -> Iterator[tuple[Pair, Floats]]:
    """The tables of single pairs from one of several properties."""
    joint = counted.reshape(2, *(sizes[p] for p in properties))
    for a, b in pairs:
        others = tuple(1 + axis for axis, p in enumerate(properties) if p not in (a, b))
        yield (a, b), joint.sum(axis=others)


def _bundles(among: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    """Properties in order, as many together as fit."""
    bundles: list[list[int]] = []
    cells = BUNDLE + 1
    for index in among:
        if cells * sizes[index] > BUNDLE:
            bundles.append([])
            cells = 1
        bundles[-1].append(index)
        cells *= sizes[index]
    return bundles


def _fused(columns: Sequence[NDArray[Any]], sizes: Sequence[int]) -> NDArray[Any]:
    """One small integer a row for all columns."""
    key = columns[0].astype(np.int32)
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        key = key * np.int32(size) + column.astype(np.int32)
    return key.astype(np.min_scalar_type(int(np.prod(sizes))))
