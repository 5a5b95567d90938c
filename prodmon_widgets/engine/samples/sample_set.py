"""SampleSet: the samples of one side – their rows, codes, frozen scores, and what people said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import Bins
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.quality.estimate import SCALE
from prodmon_widgets.engine.samples.identity import Identity
from prodmon_widgets.engine.table.properties import Property
from prodmon_widgets.engine.table.stored import as_held
from prodmon_widgets.engine.table.table import Table

GOOD, BAD, UNKNOWN = 0, 1, 2
STATES = np.array(["good", "bad", "unknown"], dtype=object)
"""State code → annotation."""


@dataclass
class SampleSet:
    """Samples in row order, from one table or, after appends, several; row numbers run through all of them.

    ``history`` stays the same object as long as samples are only added.
    ``actual``: 1 good, 0 bad, NaN not annotated by people. ``reason``: for each row an index into ``reasons``.
    """

    tables: tuple[Table, ...]
    codes: CodeTable
    actual: NDArray[np.float64]
    reason: NDArray[np.uint16] = field(default_factory=lambda: np.empty(0, dtype=np.uint16))
    reasons: list[str] = field(default_factory=list)
    _identity: Identity = field(default_factory=Identity, repr=False)
    history: object = field(default_factory=object, repr=False, compare=False)

    @property
    def n_rows(self) -> int:
        """Number of samples."""
        return self.codes.n_rows

    @property
    def properties(self) -> tuple[Property, ...]:
        """The properties of every table."""
        return self.tables[0].properties

    @property
    def columns(self) -> tuple[str, ...]:
        """The user's columns: those of the first rows, then what rows that were appended have beside them."""
        made = {each.name for each in self.properties if each.origin == "user"}
        first, *later = (table.columns for table in self.tables)
        return tuple(dict.fromkeys([*first, *(name for names in later for name in names if name not in made)]))

    @property
    def files(self) -> list[str]:
        """Files that are read when rows are asked for."""
        return [file for table in self.tables for file in table.rows.files]

    def as_held(self, where: Mapping[str, object]) -> dict[str, object]:
        """A segment's ``where`` with the values that these samples' own columns hold."""
        return as_held(where, self.tables[0])

    def batches(self, columns: Sequence[str], size: int) -> Iterator[pa.RecordBatch]:
        """These columns of all rows in order."""
        return chain.from_iterable(table.batches(columns, size) for table in self.tables)

    def take(self, rows: NDArray[np.int64], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The user's columns, or properties, of these rows in the order asked."""
        ends = np.cumsum([table.n_rows for table in self.tables])
        of_row = np.searchsorted(ends, rows, side="right")
        parts = []
        for index in np.unique(of_row) if len(rows) else [0]:
            table = self.tables[index]
            at = np.flatnonzero(of_row == index)
            part = table.take(np.asarray(rows)[at] - (ends[index] - table.n_rows), columns)
            parts.append(part.set_axis(at, axis=0))
        taken = parts[0] if len(parts) == 1 else pd.concat(parts).sort_index()
        is_all = columns is not None or list(taken.columns) == list(self.columns)
        return taken if is_all else taken.reindex(columns=list(self.columns))

    def ids(self) -> NDArray[np.object_]:
        """The id of every row, in row order."""
        return np.concatenate(
            [table.ids().to_pandas(integer_object_nulls=True).to_numpy(object) for table in self.tables]
        )

    def times(self) -> NDArray[np.float64] | None:
        """Epoch milliseconds of every row, NaN where there is none; None without a time column."""
        return np.concatenate([t.times() for t in self.tables]) if self.tables[0].has_time else None

    def score(self, rows: NDArray[np.int64] | slice = slice(None)) -> NDArray[np.float64]:
        """Estimated probability of good, (n,) in [0, 1]."""
        if self.codes.score is None:
            raise AssertionError("scores are asked for before they are there")
        return self.codes.score[rows] / SCALE

    def estimates(self, rows: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
        """score, annotation, reason and supported of these rows."""
        if self.codes.state is None or self.codes.supported is None:
            raise AssertionError("annotations are asked for before they are there")
        return {
            "score": self.score(rows),
            "annotation": STATES[self.codes.state[rows]],
            "reason": np.array(self.reasons, dtype=object)[self.reason[rows]],
            "supported": self.codes.supported[rows],
        }

    def count_as_known(self, said: NDArray[np.float64]) -> None:
        """Let samples count as people said: 1 good, 0 bad, NaN as they are estimated."""
        nobody = np.isnan(said)
        self.codes.known = None if nobody.all() else np.where(nobody, -1, said).astype(np.int8)

    def allocate(self) -> None:
        """Room for the scores: nothing known yet."""
        self.history = object()
        self.codes.score = np.zeros(self.n_rows, dtype=np.int32)
        self.codes.state = np.full(self.n_rows, UNKNOWN, dtype=np.uint8)
        self.codes.supported = np.zeros(self.n_rows, dtype=bool)
        self.reason = np.zeros(self.n_rows, dtype=np.uint16)

    def identity(self) -> Identity | None:
        """Which row has which id; None without ids. Read once, and kept when samples are added."""
        if not self.tables[0].has_ids:
            return None
        start = 0
        for table in self.tables:
            if start >= self._identity.n_rows:
                self._identity.add(*table.id_keys())
            start += table.n_rows
        return self._identity

    def apart(self) -> SampleSet:
        """The same samples, read from no file of anybody else's any more."""
        tables = (t.kept(np.ones(t.n_rows, dtype=bool)) if t.rows.files else t for t in self.tables)
        return replace(self, tables=tuple(tables))

    def with_levels(self, bins: dict[str, Bins]) -> SampleSet:
        """The same samples in bins to which later ones added values."""
        return replace(self, codes=self.codes.with_levels(bins))

    def without(self, gone: NDArray[np.bool_], sums: NDArray[np.float64]) -> SampleSet:
        """The samples that are not ``gone`` (n_rows,), numbered anew; ``sums``: see ``CodeTable.without``."""
        parts = np.split(~gone, np.cumsum([table.n_rows for table in self.tables])[:-1])
        each = zip(self.tables, parts, strict=True)
        tables = tuple(table if kept.all() else table.kept(kept) for table, kept in each if kept.any())
        identity = self._identity.without(~gone) if self._identity.n_rows == self.n_rows else Identity()
        actual, reason = self.actual[~gone], self.reason[~gone]
        return SampleSet(tables, self.codes.without(gone, sums), actual, reason, self.reasons, identity)

    def extended(self, later: SampleSet) -> SampleSet:
        """These samples and then the later ones."""
        reasons = list(dict.fromkeys([*self.reasons, *later.reasons]))
        renumbered = np.array([reasons.index(r) for r in later.reasons], dtype=np.uint16)
        return SampleSet(
            self.tables + later.tables,
            self.codes.extended(later.codes),
            self.codes.room.joined("actual", self.actual, later.actual),
            self.codes.room.joined("reason", self.reason, renumbered[later.reason]),
            reasons,
            self._identity,
            self.history,
        )
