"""The cube: counts and score sums per time bin × property × value, which answer every window.

Everything in it is a sum over samples: cubes of two sets of rows merge by addition, and a window is the difference of
two prefix sums. Counts and fixed-point scores are integers, so that the result is exact in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import Bins, Levels, ValueBins
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.counting import EVERYTHING, count, segment_sums
from prodmon_widgets.engine.time.bins import TimeBins

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_WIRE_BINS = 32


@dataclass(frozen=True)
class Axis:
    """The cells of one property in a cube: ``size`` of them from ``offset``, in code order (0 is missing).

    ``numeric`` is the property's place in the value sums, None where it is not numeric; a set property counts each
    member of a sample, so that its cells do not sum to n.
    """

    bins: Bins
    offset: int
    numeric: int | None = None

    @property
    def name(self) -> str:
        """The property."""
        return self.bins.name

    @property
    def kind(self) -> str:
        """numeric, categorical, boolean or set."""
        return self.bins.kind

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.bins.size

    @property
    def labels(self) -> list[str]:
        """One text a cell."""
        return self.bins.labels

    @property
    def edges(self) -> Floats | None:
        """Interior borders of a numeric property's bins."""
        return self.bins.edges if isinstance(self.bins, ValueBins) else None

    @property
    def unit(self) -> str | None:
        """Unit of a numeric property."""
        return self.bins.unit if isinstance(self.bins, ValueBins) else None

    @property
    def cells(self) -> slice:
        """Where the property's cells lie."""
        return slice(self.offset, self.offset + self.size)


@dataclass(frozen=True, eq=False)
class Sums:
    """What a cube holds of one window: measure → (C,) cells, measure → total, and (numeric, 3) value sums."""

    cells: dict[str, Integers]
    totals: dict[str, int]
    values: Floats


@dataclass(frozen=True, eq=False)
class Cube:
    """Measures per time bin and cell. ``cells``: (T, C), ``totals``: (T,), ``values``: (T, numeric properties, 3).

    ``values`` are the finite count, Σ(x − center) and Σ(x − center)², with the center of the property's bins. Before
    annotation the only measure is ``n``.
    """

    time: TimeBins
    axes: tuple[Axis, ...]
    cells: dict[str, Integers]
    totals: dict[str, Integers]
    values: Floats

    @classmethod
    def build(cls, codes: CodeTable, mask: NDArray[np.bool_] | None = None) -> Cube:
        """Count the samples of a code table, or those of a segment's ``mask`` (n_rows,)."""
        axes = axes_of(codes.bins)
        counted = count(codes, mask)
        totals = counted.pop(EVERYTHING)
        none = np.zeros((codes.time_bins.count, 0), dtype=np.int64)
        cells = {m: np.concatenate([none, *(counted[axis.name][m] for axis in axes)], axis=1) for m in totals}
        values = codes.sums if mask is None else segment_sums(codes, mask, {n: c["n"] for n, c in counted.items()})
        return cls(codes.time_bins, axes, cells, {m: total[:, 0] for m, total in totals.items()}, values)

    @property
    def scored(self) -> bool:
        """Whether the samples are annotated."""
        return "score" in self.cells

    @property
    def n_cells(self) -> int:
        """Number of cells of all properties."""
        return sum(axis.size for axis in self.axes)

    def axis(self, name: str) -> Axis:
        """The axis of a property."""
        return next(axis for axis in self.axes if axis.name == name)

    def window(self, first: int = 0, last: int | None = None) -> Sums:
        """Sums over the time bins [first, last): two look-ups a measure; value sums are added up."""
        last = self.time.count if last is None else last
        return self._whole if (first, last) == (0, self.time.count) else self._sums(first, last)

    @cached_property
    def _whole(self) -> Sums:
        return self._sums(0, self.time.count)

    def _sums(self, first: int, last: int) -> Sums:
        names, cells, totals = self._prefix
        of_cells, of_totals = cells[last] - cells[first], totals[last] - totals[first]
        return Sums(
            dict(zip(names, of_cells, strict=True)),
            dict(zip(names, of_totals.tolist(), strict=True)),
            self.values[first:last].sum(axis=0),
        )

    @cached_property
    def _prefix(self) -> tuple[tuple[str, ...], Integers, Integers]:
        """Measures, (T + 1, measures, C) and (T + 1, measures): sums of all bins before."""
        names = tuple(self.cells)
        cells = np.zeros((self.time.count + 1, len(names), self.n_cells), dtype=np.int64)
        totals = np.zeros((self.time.count + 1, len(names)), dtype=np.int64)
        for index, name in enumerate(names):
            np.cumsum(self.cells[name], axis=0, out=cells[1:, index])
            np.cumsum(self.totals[name], out=totals[1:, index])
        return names, cells, totals

    def merge(self, other: Cube) -> Cube:
        """The cube of both sets of samples; time and levels become those of either."""
        time = _both_times(self.time, other.time)
        axes = axes_of(_both_bins(self, other))
        mine, its = self.placed(time, axes), other.placed(time, axes)
        shared = [measure for measure in mine.cells if measure in its.cells]
        return Cube(
            time,
            axes,
            {m: mine.cells[m] + its.cells[m] for m in shared},
            {m: mine.totals[m] + its.totals[m] for m in shared},
            mine.values + its.values,
        )

    def append(self, codes: CodeTable) -> Cube:
        """With the samples of another code table."""
        return self.merge(Cube.build(codes))

    def without(self, gone: Cube) -> Cube:
        """Without the samples of another cube, laid out alike, which were counted here."""
        return replace(
            self,
            cells={measure: cells - gone.cells[measure] for measure, cells in self.cells.items()},
            totals={measure: totals - gone.totals[measure] for measure, totals in self.totals.items()},
            values=self.values - gone.values,
        )

    def relabelled(self, before: CodeTable, after: CodeTable) -> Cube:
        """With what people say of some samples ``after`` instead of what counted ``before``: the same rows."""
        old, new = (Cube.build(codes) for codes in (before, after))
        return replace(
            self,
            cells={m: c + new.cells[m] - old.cells[m] for m, c in self.cells.items()},
            totals={m: t + new.totals[m] - old.totals[m] for m, t in self.totals.items()},
        )

    def placed(self, time: TimeBins, axes: tuple[Axis, ...]) -> Cube:
        """The same sums in a larger layout: ``time`` of the same step around, ``axes`` with more levels."""
        if time == self.time and axes == self.axes:
            return self
        rows = (self.time.start - time.start) // time.step + np.arange(self.time.count)
        columns = np.concatenate([_columns(axis, axes) for axis in self.axes]) if self.axes else np.arange(0)
        size = sum(axis.size for axis in axes)
        cells = {m: np.zeros((time.count, size), dtype=np.int64) for m in self.cells}
        totals = {m: np.zeros(time.count, dtype=np.int64) for m in self.totals}
        values = np.zeros((time.count, *self.values.shape[1:]))
        for measure, counted in self.cells.items():
            cells[measure][np.ix_(rows, columns)] = counted
            totals[measure][rows] = self.totals[measure]
        values[rows] = self.values
        return Cube(time, axes, cells, totals, values)

    def coarser(self, step: int) -> Cube:
        """The same cube in longer time bins; ``step`` is a multiple of this one's."""
        time = self.time.coarser(step)
        if time == self.time:
            return self
        starts = self.time.first_in(time)
        return replace(
            self,
            time=time,
            cells={m: np.add.reduceat(c, starts, axis=0) for m, c in self.cells.items()},
            totals={m: np.add.reduceat(c, starts) for m, c in self.totals.items()},
            values=np.add.reduceat(self.values, starts, axis=0),
        )

    @cached_property
    def merged(self) -> Cube:
        """The same cube with at most 32 bins a numeric property, as it travels to the browser."""
        axes, starts = merged_axes(self.axes)
        if len(starts) == self.n_cells:
            return self
        return replace(self, axes=axes, cells={m: np.add.reduceat(c, starts, axis=1) for m, c in self.cells.items()})


def merged_axes(axes: Sequence[Axis], most: int = MOST_WIRE_BINS) -> tuple[tuple[Axis, ...], Integers]:
    """Axes with at most ``most`` bins a numeric property, and the first old cell of each new one."""
    bins: dict[str, Bins] = {}
    starts = [np.arange(0)]
    for axis in axes:
        bins[axis.name], codes = _merged(axis.bins, most)
        starts.append(axis.offset + np.flatnonzero(np.diff(codes, prepend=-1)))
    return axes_of(bins), np.concatenate(starts)


def axes_of(bins: Mapping[str, Bins]) -> tuple[Axis, ...]:
    """The layout of a cube's cells: one property after the other."""
    axes: list[Axis] = []
    offset = n_numeric = 0
    for each in bins.values():
        is_numeric = isinstance(each, ValueBins)
        axes.append(Axis(each, offset, n_numeric if is_numeric else None))
        offset, n_numeric = offset + each.size, n_numeric + is_numeric
    return tuple(axes)


def _merged(bins: Bins, most: int) -> tuple[Bins, Integers]:
    return (bins, np.arange(bins.size)) if isinstance(bins, Levels) else bins.merged(most)


def _both_times(a: TimeBins, b: TimeBins) -> TimeBins:
    if a == b:
        return a
    if a.step != b.step or (a.start - b.start) % a.step:
        raise ValueError(f"cubes merge when their time bins agree; these have {a} and {b}: use coarser first")
    return a.extended(b.start, b.end)


def _both_bins(a: Cube, b: Cube) -> dict[str, Bins]:
    bins: dict[str, Bins] = {}
    for axis in a.axes:
        mine, its = axis.bins, b.axis(axis.name).bins
        if isinstance(mine, Levels) and isinstance(its, Levels):
            bins[axis.name] = mine if its is mine else mine.extended(its.values)
        else:
            bins[axis.name] = mine
    return bins


def _columns(axis: Axis, axes: tuple[Axis, ...]) -> Integers:
    """Where the cells of an axis lie in a larger layout."""
    target = next(each for each in axes if each.name == axis.name)
    if isinstance(axis.bins, Levels) and isinstance(target.bins, Levels):
        codes = [0, 1, *(target.bins.code_of[value] for value in axis.bins.values)]
        return target.offset + np.array(codes)
    return target.offset + np.arange(axis.size)
