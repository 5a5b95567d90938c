"""What the annotator sees of a sample, built from its codes: a plain DataFrame that any classifier can read.

A numeric property is a float column; a categorical or boolean property a ``pandas.Categorical`` over the values of
evaluation ∪ production; a set property one boolean column ``"<property> = <value>"`` a value; a text its string.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.valuebins import Levels
from prodmon_widgets.engine.samples.sample_set import SampleSet

MOST_MEMBERS = 100
"""At most so many values of a set property become columns: the most frequent of evaluation ∪ production."""


@dataclass(frozen=True)
class Features:
    """The annotator's input for the samples of one side; ``text`` names the columns of text that it may read."""

    samples: SampleSet
    text: Sequence[str] = ()

    def batches(self, size: int = 200_000) -> Iterator[tuple[int, int, pd.DataFrame]]:
        """(first row, row after the last, features) for all rows in order; memory grows with ``size`` only."""
        outside = [*self._numeric_outside(), *self.text]
        low = 0
        if not outside:
            for low in range(0, self.samples.codes.n_rows, size):
                high = min(low + size, self.samples.codes.n_rows)
                yield low, high, self._frame(slice(low, high), {})
            return
        for batch in self.samples.batches(outside, size):
            high = low + batch.num_rows
            columns = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in outside}
            yield low, high, self._frame(slice(low, high), columns)
            low = high

    def take(self, rows: NDArray[np.int64]) -> pd.DataFrame:
        """The features of these rows, in the order asked."""
        outside = [*self._numeric_outside(), *self.text]
        if not outside:
            return self._frame(rows, {})
        taken = self.samples.take(rows, outside)
        return self._frame(rows, {name: taken[name].to_numpy() for name in outside})

    def sets(self) -> dict[str, list[str]]:
        """Set property → its boolean columns."""
        return {name: [f"{name} = {value}" for value, _ in self._members(name)] for name in self.samples.codes.members}

    def _numeric_outside(self) -> list[str]:
        return [
            p.name for p in self.samples.properties if p.kind == "numeric" and p.name not in self.samples.codes.values
        ]

    def _frame(self, rows: slice | NDArray[np.int64], outside: dict[str, NDArray[np.generic]]) -> pd.DataFrame:
        columns: dict[str, object] = {}
        for prop in self.samples.properties:
            if prop.kind == "numeric":
                values = outside[prop.name] if prop.name in outside else self.samples.codes.values[prop.name][rows]
                numbers = np.asarray(values, dtype=np.float64)
                # classifiers refuse infinities: to them such a value is missing, while its bin still counts it
                columns[prop.name] = np.where(np.isinf(numbers), np.nan, numbers)
            elif prop.kind == "set":
                codes = self.samples.codes.codes[prop.name][rows]
                for value, code in self._members(prop.name):
                    columns[f"{prop.name} = {value}"] = self.samples.codes.members[prop.name][codes, code]
            else:
                columns[prop.name] = self._categorical(prop.name, rows)
        columns |= {name: pd.Series(outside[name], dtype="str").fillna("").to_numpy() for name in self.text}
        return pd.DataFrame(columns)

    def _categorical(self, name: str, rows: slice | NDArray[np.int64]) -> pd.Categorical[str]:
        # code 0 is missing, which pandas writes as -1; 1 is "other", kept apart by a name no value can have
        names = pd.Index(["\0other", *self._values(name)], dtype="str")
        codes = self.samples.codes.codes[name][rows].astype(np.int32) - 1
        return pd.Categorical.from_codes(codes, categories=names)

    def _members(self, name: str) -> list[tuple[str, int]]:
        """(value, code) of a set property's most frequent values, by code."""
        return [(value, code) for code, value in enumerate(self._values(name), start=2)][:MOST_MEMBERS]

    def _values(self, name: str) -> tuple[str, ...]:
        bins = self.samples.codes.bins[name]
        return bins.values if isinstance(bins, Levels) else ()
