"""Bins of values: fixed when a cube is built, so that everything counted in them adds up.

A numeric property has half-open bins of about equal counts, or one a value where there are few; the end bins take what
lies beyond. A categorical, boolean or set property has levels whose codes never change; a value that appears later
takes the next code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prodmon_widgets.engine.cube.lookup import Lookup

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_BINS = 64
MOST_DISTINCT = 32
"""A number with at most so many distinct values, all whole, gets one bin a value."""

MOST_FRACTIONS = 10
"""So does one with at most so many distinct values that are not all whole."""

MOST_CODES = 400
"""Values that appear later get codes until a property has so many."""

MOST_REST = 20_000
"""Values without a code are remembered up to so many."""

MISSING = 0
OTHER = 1


@dataclass(frozen=True, eq=False)
class ValueBins:
    """Half-open bins of a numeric property. Code 0 is missing; bin i, of [edges[i−2], edges[i−1]), has code i.

    The first bin has no lower and the last no upper end, so that every number, also ±inf, has a bin.

    >>> bins = ValueBins("confidence", np.array([0.2, 0.5]))
    >>> bins.labels, bins.codes([0.1, 0.2, 7.0, np.nan]).tolist()
    (['missing', '< 0.2', '0.2 – 0.5', '≥ 0.5'], [1, 2, 3, 0])
    """

    name: str
    edges: Floats
    distinct: tuple[float, ...] | None = None
    unit: str | None = None
    center: float = 0.0
    kind: str = field(default="numeric", init=False)

    @property
    def size(self) -> int:
        """Number of codes: missing and the bins."""
        return len(self.edges) + 2

    @cached_property
    def labels(self) -> list[str]:
        """One text a code."""
        if self.distinct is not None:
            return ["missing", *(_number(value) for value in self.distinct)]
        borders = [_number(edge) for edge in self.edges]
        if not borders:
            return ["missing", "any"]
        middle = [f"{low} – {high}" for low, high in pairwise(borders)]
        return ["missing", f"< {borders[0]}", *middle, f"≥ {borders[-1]}"]

    @cached_property
    def positions(self) -> Floats:
        """Where the samples of each bin are taken to lie: its value or its middle; at their border in the end bins."""
        if self.distinct is not None:
            return np.array(self.distinct)
        if not len(self.edges):
            return np.zeros(1)
        return np.concatenate([self.edges[:1], (self.edges[:-1] + self.edges[1:]) / 2, self.edges[-1:]])

    def codes(self, values: ArrayLike) -> NDArray[np.uint8]:
        """The code of each value; NaN is missing."""
        x = np.asarray(values, dtype=np.float64)
        codes = self._lookup(x)
        codes += 1
        codes[np.isnan(x)] = MISSING
        return codes

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.edges)

    def merged(self, most: int) -> tuple[ValueBins, Integers]:
        """Neighbouring bins joined to at most ``most``, and the new code of each old one."""
        n_bins = self.size - 1
        if n_bins <= most:
            return self, np.arange(self.size)
        group = np.arange(n_bins) * most // n_bins
        starts = np.flatnonzero(np.diff(group)) + 1
        return replace(self, edges=self.edges[starts - 1], distinct=None), np.concatenate([[0], group + 1])


@dataclass(frozen=True, eq=False)
class Levels:
    """The values of a categorical, boolean or set property. Code 0 is missing, 1 the rare rest, 2 + i is values[i].

    ``n_levels`` is how many different values there are, also those beyond the coded ones (``has_other``), which are
    remembered in ``rest`` unless they are too many (None); ``new_beyond`` of them the evaluation set doesn't have.

    >>> levels = Levels("device", "categorical", ("phone", "tablet"), n_levels=2)
    >>> levels.labels, levels.extended(["watch"]).code_of["watch"]
    (['missing', 'other', 'phone', 'tablet'], 4)
    """

    name: str
    kind: str
    values: tuple[str, ...]
    n_levels: int
    has_other: bool = False
    new_beyond: int = 0
    rest: frozenset[str] | None = frozenset()

    @property
    def size(self) -> int:
        """Number of codes: missing, other and the values."""
        return len(self.values) + 2

    @cached_property
    def labels(self) -> list[str]:
        """One text a code."""
        return ["missing", "other", *self.values]

    @cached_property
    def code_of(self) -> dict[str, int]:
        """Value → code."""
        return {value: code for code, value in enumerate(self.values, start=2)}

    def extended(self, values: Sequence[str]) -> Levels:
        """With codes for values that are met for the first time; the codes given before stay.

        A value of the rest stays there, and so does everything unknown where the rest is too large to be remembered.
        Past :data:`MOST_CODES` new values join the rest.
        """
        if self.rest is None:
            return self
        met = [value for value in values if value not in self.code_of and value not in self.rest]
        room = max(0, MOST_CODES - self.size)
        return replace(
            self,
            values=(*self.values, *met[:room]),
            n_levels=self.n_levels + len(met),
            has_other=self.has_other or len(met) > room,
            new_beyond=self.new_beyond + len(met[room:]),
            rest=self.rest.union(met[room:]),
        )

    def shortened(self, count: int) -> Levels:
        """With codes for the first ``count`` values only; the others join the rest."""
        dropped = self.values[count:]
        rest = None if self.rest is None else self.rest.union(dropped)
        return replace(self, values=self.values[:count], has_other=True, rest=rest)


Bins = ValueBins | Levels


def value_bins(name: str, sample: ArrayLike, *, most: int = MOST_BINS, unit: str | None = None) -> ValueBins:
    """Bins of about equal counts in ``sample`` with readable borders; one bin a value where there are few.

    >>> value_bins("n", [1, 2, 2, 3]).labels
    ['missing', '1', '2', '3']
    """
    x = np.asarray(sample, dtype=np.float64)
    x = np.sort(x[np.isfinite(x)])
    if not len(x):
        return ValueBins(name, np.empty(0), unit=unit)
    distinct, counts = np.unique(x, return_counts=True)
    whole = bool(np.all(distinct == np.floor(distinct)))
    if len(distinct) <= (MOST_DISTINCT if whole else MOST_FRACTIONS):
        return ValueBins(name, distinct[1:], tuple(distinct.tolist()), unit, _center(x))
    return ValueBins(name, _quantile_edges(x, distinct, counts, most), None, unit, _center(x))


def _quantile_edges(x: Floats, distinct: Floats, counts: Integers, most: int) -> Floats:
    heavy = np.flatnonzero(counts > 2 * len(x) / most)
    n_quantiles = max(2, most - 2 * len(heavy))
    alone = np.concatenate([distinct[heavy], distinct[np.minimum(heavy + 1, len(distinct) - 1)]])
    quantiles = np.quantile(x, np.arange(1, n_quantiles) / n_quantiles, method="higher")
    edges = np.unique(np.concatenate([alone, _readable(np.unique(quantiles), x)]))
    inner: Floats = edges[edges > x[0]][: most - 1]
    return inner


def _readable(edges: Floats, x: Floats) -> Floats:
    """Each edge rounded to the fewest digits that move it by at most a tenth of its narrower bin."""
    gaps = np.diff(np.concatenate([[x[0]], edges, [x[-1]]]))
    room = np.minimum(gaps[:-1], gaps[1:]) / 10
    for index, (edge, space) in enumerate(zip(edges, room, strict=True)):
        if space > 0:
            digits = int(-np.floor(np.log10(space)))
            edges[index] = next(
                (r for d in range(digits - 2, digits + 1) if abs((r := round(float(edge), d)) - edge) <= space), edge
            )
    return edges


def _center(x: Floats) -> float:
    """A round number to subtract before squaring, where the values lie far from zero for their spread; else 0."""
    low, middle, high = np.quantile(x, [0.05, 0.5, 0.95])
    return float(np.round(middle)) if abs(middle) > 100 * (high - low) else 0.0


def _number(value: float) -> str:
    """A short text for a bin border: 1200, 0.25, 1.5e+09.

    >>> _number(3.0), _number(0.125), _number(123456789.0)
    ('3', '0.125', '123456789')
    """
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.12g}"
