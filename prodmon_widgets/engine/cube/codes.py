"""The code table: samples as small integers, which everything else counts.

A row takes one byte a property (two for a set), two for its time bin, six once it is annotated and one where people
labelled some: ten million samples of twenty properties fit into 300 MB.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import Bins, ValueBins
from prodmon_widgets.engine.cube.moments import centered, sums_by_code, typical
from prodmon_widgets.engine.cube.room import Room
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.errors import InputError, unknown

Codes = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]

MOST_VALUES = 15_000_000
"""Float32 values are kept up to so many (60 MB); a segment's means of other properties come from those of its bins."""


OF_ROWS = ("time", "score", "state", "supported", "known")
"""Columns of one number a sample."""


@dataclass
class CodeTable:
    """The codes of ``n_rows`` samples, in row order.

    ``time``: time bin, −1 where there is no time. ``codes``: property → code a row. A set property has one code per
    distinct set, and ``members[name][code, level]`` says what is in it (column 0: it is empty or missing).
    ``sums``: (T, numeric properties, 3) finite values, Σ(x − center), Σ(x − center)², in float64.
    ``values``: numeric property → float32, for the first ones that fit :data:`MOST_VALUES`; of the others ``by_code``
    has (codes, 3): what ``sums`` has, per code.
    ``score`` (fixed point 2**20), ``state`` (0 good, 1 bad, 2 unknown) and ``supported`` are None before annotation.
    ``known`` is what people said, which counts instead: 1 good, 0 bad, −1 nothing; None where they said nothing at all.
    """

    time_bins: TimeBins
    bins: dict[str, Bins]
    time: NDArray[np.int16]
    codes: dict[str, Codes]
    members: dict[str, NDArray[np.bool_]]
    sums: NDArray[np.float64]
    values: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    by_code: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    score: NDArray[np.int32] | None = None
    state: NDArray[np.uint8] | None = None
    supported: NDArray[np.bool_] | None = None
    known: NDArray[np.int8] | None = field(default=None, compare=False)
    room: Room = field(default_factory=Room, repr=False, compare=False)
    aliases: dict[str, str] = field(default_factory=dict, compare=False)
    """The user's column → the property of another name that it became, such as y_pred → prediction."""

    @property
    def n_rows(self) -> int:
        """Number of samples."""
        return len(self.time)

    def called(self, name: str) -> str:
        """The property that a name means: its own, or that of the user's column that became it.

        Raises InputError for a name that means none.
        """
        if name in self.bins:
            return name
        if self.aliases.get(name) in self.bins:
            return self.aliases[name]
        raise InputError(unknown("property", name, self.bins))

    @property
    def numeric(self) -> list[str]:
        """The numeric properties, in the order of ``sums``."""
        return [name for name, bins in self.bins.items() if isinstance(bins, ValueBins)]

    @property
    def labelled(self) -> NDArray[np.bool_]:
        """Which samples people labelled, (n_rows,)."""
        return np.zeros(self.n_rows, dtype=bool) if self.known is None else self.known >= 0

    def has(self, name: str, code: int) -> NDArray[np.bool_]:
        """Which samples have this code: for a set property, contain this value."""
        if name in self.members:
            return np.asarray(self.members[name][:, code][self.codes[name]])
        return np.asarray(self.codes[name] == code)

    def bare(self, rows: NDArray[np.intp]) -> CodeTable:
        """These rows alone, without their values."""
        taken = {name: column[rows] for name in OF_ROWS if (column := getattr(self, name)) is not None}
        codes = {name: column[rows] for name, column in self.codes.items()}
        return replace(self, codes=codes, sums=self.sums[:, :0], values={}, by_code={}, **taken)

    def rebinned(self, time_bins: TimeBins) -> CodeTable:
        """The same samples in other bins that cover the same time: extended ones, or coarser ones."""
        if time_bins == self.time_bins:
            return self
        to = time_bins.codes(self.time_bins.edges()[:-1])
        sums = np.zeros((time_bins.count, *self.sums.shape[1:]))
        np.add.at(sums, to, self.sums)
        if np.array_equal(to, np.arange(len(to))):
            return replace(self, time_bins=time_bins, sums=sums)
        # −1, no time, points to the last entry
        return replace(self, time_bins=time_bins, time=np.append(to, np.int16(-1))[self.time], sums=sums)

    def with_levels(self, bins: dict[str, Bins]) -> CodeTable:
        """The same samples in bins to which later ones added values: these have none of them."""
        wider = {name: _widened(members, bins[name].size) for name, members in self.members.items()}
        return replace(self, bins=dict(bins), members=wider)

    def without(self, gone: NDArray[np.bool_], sums: NDArray[np.float64]) -> CodeTable:
        """The samples that are not ``gone`` (n_rows,); ``sums``: what those add to the sums.

        Where no values are kept, each sample that goes stands for the mean of its bin.
        """
        columns = {name: column for name in OF_ROWS if (column := getattr(self, name)) is not None}
        counts = {name: np.bincount(self.codes[name][gone], minlength=len(s)) for name, s in self.by_code.items()}
        return replace(
            self,
            **{name: column[~gone] for name, column in columns.items()},
            codes={name: code[~gone] for name, code in self.codes.items()},
            sums=self.sums - sums,
            values={name: values[~gone] for name, values in self.values.items()},
            by_code={name: s - counts[name][:, None] * typical(s) for name, s in self.by_code.items()},
            room=Room(),
        )

    def extended(self, later: CodeTable) -> CodeTable:
        """These samples and then the ``later`` ones, encoded with this table's bins, which may have grown."""
        mine = self.rebinned(later.time_bins)
        codes, members = _one_code_a_set(mine, later)
        kept = [name for name in mine.values if name in later.values][: MOST_VALUES // (mine.n_rows + later.n_rows)]
        room = self.room
        return replace(
            later,
            time=room.joined("time", mine.time, later.time),
            codes={name: room.joined(f"code of {name}", mine.codes[name], codes[name]) for name in mine.codes},
            members=members,
            sums=mine.sums + later.sums,
            values={name: room.joined(f"value of {name}", mine.values[name], later.values[name]) for name in kept},
            by_code={n: mine.sums_by_code(n) + later.sums_by_code(n) for n in mine.numeric if n not in kept},
            score=_joined(room, "score", mine.score, later.score),
            state=_joined(room, "state", mine.state, later.state),
            supported=_joined(room, "supported", mine.supported, later.supported),
            known=_known(room, mine, later),
            room=room,
            aliases=mine.aliases,
        )

    def beside(self, more: CodeTable) -> CodeTable:
        """The same samples with further properties, coded in the same time bins."""
        return replace(
            self,
            bins=self.bins | more.bins,
            codes=self.codes | more.codes,
            members=self.members | more.members,
            sums=np.concatenate([self.sums, more.sums], axis=1),
            values=self.values | more.values,
            by_code=self.by_code | more.by_code,
        )

    def sums_by_code(self, name: str) -> NDArray[np.float64]:
        """(codes, 3): finite count, Σ(x − center), Σ(x − center)² of a numeric property's values by code."""
        if name in self.by_code:
            return self.by_code[name]
        bins = self.bins[name]
        return sums_by_code(self.codes[name], centered(self.values[name].astype(np.float64), bins), bins.size)


def _widened(members: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    known = np.zeros((len(members), size), dtype=bool)
    known[:, : members.shape[1]] = members
    return known


def _one_code_a_set(mine: CodeTable, later: CodeTable) -> tuple[dict[str, Codes], dict[str, NDArray[np.bool_]]]:
    """The later table's codes with those of ``mine`` for equal sets, and the members of all sets."""
    codes, members = dict(later.codes), {}
    for name, its in later.members.items():
        known = _widened(mine.members[name], its.shape[1])
        code_of = {row.tobytes(): code for code, row in enumerate(known)}
        to = np.array([code_of.setdefault(row.tobytes(), len(code_of)) for row in its])
        codes[name] = to.astype(np.min_scalar_type(max(len(code_of), 1 << 8)))[later.codes[name]]
        members[name] = np.concatenate([known, its[to >= len(known)]])
    return codes, members


def _joined(room: Room, name: str, mine: NDArray[Any] | None, later: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if mine is None or later is None else room.joined(name, mine, later)


def _known(room: Room, mine: CodeTable, later: CodeTable) -> NDArray[np.int8] | None:
    if mine.known is None and later.known is None:
        return None
    both = [np.full(each.n_rows, -1, dtype=np.int8) if each.known is None else each.known for each in (mine, later)]
    return room.joined("known", *both)
