"""Tallies: samples and score sums per cell of each property, and of each pair of properties.

All pairs are counted by fused keys. Properties with few cells are first bundled, so that one pass over the rows counts
several pairs at once: a hundred properties have 4,950 pairs, but some 1,200 pairs of bundles. There may be as many
different sets as samples; in pairs they are summed by member, and what of two such properties never meets isn't stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from prodmon_widgets.engine.causes.cuts import Cut

Floats = NDArray[np.float64]
Pair = tuple[int, int]

BUNDLE = 150
"""Cells of a bundle at most, where it holds more than one property."""

MOST_CELLS = 2_000_000
"""Cells of two properties that are counted as a whole; of more, only those that occur."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Samples of one side: for each property the ``fine`` and the ``coarse`` cell of every row, and (n,) scores.

    ``weight`` (n,) is None where every sample counts once. ``members``: place of a set property → (members, cells) 0/1.
    """

    fine: Sequence[NDArray[Any]]
    coarse: Sequence[NDArray[Any]]
    score: Floats
    weight: Floats | None = None
    members: Mapping[int, Floats] = field(default_factory=dict)

    def some(self, at: NDArray[Any]) -> Rows:
        """The rows of an index or mask."""
        weight = None if self.weight is None else self.weight[at]
        return Rows([c[at] for c in self.fine], [c[at] for c in self.coarse], self.score[at], weight, self.members)

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
        """(2, cells of a, cells of b) of two properties' coarse cells, with the members of a set for its cells.

        Of a property with itself (2, cells), the sets'.
        """
        a, b = pair
        if a == b:
            return self.tally(self.coarse[a], sizes[a])
        shape = sizes[a], sizes[b]
        if shape[0] * shape[1] <= MOST_CELLS:
            return self.by_member(pair, self.tally(self.fused(pair, sizes), shape[0] * shape[1]).reshape(2, *shape))
        weight = np.ones(len(self.score)) if self.weight is None else self.weight
        at = self.coarse[a].astype(np.intp), self.coarse[b].astype(np.intp)
        counted = [sparse.csr_array((x, at), shape=shape) for x in (weight, weight * self.score)]
        return np.stack([self._by_member(pair, each) for each in counted])

    def fused(self, pair: Pair, sizes: Sequence[int]) -> NDArray[np.intp]:
        """One number a row for the coarse cells of two properties."""
        return np.asarray(self.coarse[pair[0]].astype(np.intp) * sizes[pair[1]] + self.coarse[pair[1]])

    def by_member(self, pair: Pair, table: Floats) -> Floats:
        """A table (2, cells of a, cells of b) with the members of a set for its cells."""
        if not self.members.keys() & set(pair):
            return table
        return np.stack([self._by_member(pair, each) for each in table])

    def _by_member(self, pair: Pair, table: Any) -> Floats:
        a, b = (self.members.get(index) for index in pair)
        table = table if a is None else a @ table
        return np.asarray(table if b is None else table @ b.T)


def rows_of(cuts: Sequence[Cut], cells: Sequence[NDArray[Any]], score: Floats) -> Rows:
    """Rows of one side by their fine cells, with the coarse ones."""
    coarse = [
        mine if cut.is_set else cut.to_coarse.astype(np.min_scalar_type(cut.n_coarse))[mine]
        for cut, mine in zip(cuts, cells, strict=True)
    ]
    return Rows(cells, coarse, score, members={k: cut.coarse.rows for k, cut in enumerate(cuts) if cut.is_set})


def together(sides: Sequence[Rows], pair: Pair, sizes: Sequence[int]) -> Floats:
    """(2 · sides, cells) of the cells that two properties have in common; of very many only those that occur."""
    keys, count = [rows.fused(pair, sizes) for rows in sides], sizes[pair[0]] * sizes[pair[1]]
    if count > MOST_CELLS:
        met, place = np.unique(np.concatenate(keys), return_inverse=True)
        keys, count = np.split(place, np.cumsum([len(key) for key in keys])[:-1]), len(met)
    return np.concatenate([rows.tally(key, count) for rows, key in zip(sides, keys, strict=True)])


def every_pair(rows: Rows, among: Sequence[int], sizes: Sequence[int], poll: Callable[[], None]) -> dict[Pair, Floats]:
    """Pair (a < b) of the properties ``among`` → (2, cells of a, cells of b), see ``Rows.pair``.

    ``poll`` is called between passes and may raise to stop.
    """
    bundles = _bundles(among, sizes)
    keys = [_fused([rows.coarse[p] for p in bundle], [sizes[p] for p in bundle]) for bundle in bundles]
    counts = [int(np.prod([sizes[p] for p in bundle])) for bundle in bundles]
    tables: dict[Pair, Floats] = {}
    for index, bundle in enumerate(bundles):
        if len(bundle) > 1:
            mine = _apart(rows.tally(keys[index], counts[index]), bundle, sizes, combinations(bundle, 2))
            tables.update((pair, rows.by_member(pair, table)) for pair, table in mine)
    for i, j in combinations(range(len(bundles)), 2):
        poll()
        both, pairs = [*bundles[i], *bundles[j]], [(a, b) for a in bundles[i] for b in bundles[j]]
        if counts[i] * counts[j] > MOST_CELLS:
            tables.update((pair, rows.pair(pair, sizes)) for pair in pairs)
            continue
        counted = rows.tally(keys[i].astype(np.intp) * counts[j] + keys[j], counts[i] * counts[j])
        tables.update((pair, rows.by_member(pair, table)) for pair, table in _apart(counted, both, sizes, pairs))
    return tables


def _apart(
    counted: Floats, properties: Sequence[int], sizes: Sequence[int], pairs: Iterable[Pair]
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
