"""One encoder a kind of property: reads Arrow columns batch by batch and writes codes.

Texts are dictionary-encoded by Arrow, so that Python sees each distinct value of a batch once. A set is recognised by
the sum of its members' random numbers, which does not depend on their order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.bins import MISSING, OTHER, Levels, ValueBins

Codes = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]


def floats(column: pa.Array) -> NDArray[np.float64]:
    """A numeric Arrow column as float64 with NaN for missing."""
    values: NDArray[np.float64] = column.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    return values


class ValueEncoder:
    """A numeric property: the bin of each value."""

    def __init__(self, bins: ValueBins, n_rows: int) -> None:
        self.bins = bins
        self.codes: Codes = np.zeros(n_rows, dtype=np.uint8)

    def read(self, values: NDArray[np.float64], rows: slice) -> None:
        """Write the codes of these rows."""
        self.codes[rows] = self.bins.codes(values)


class LevelEncoder:
    """A categorical or boolean property. An unknown value gets the next code, or is counted as other where the
    bins already say that there are more values than codes."""

    def __init__(self, bins: Levels, n_rows: int) -> None:
        self.bins = bins
        self.codes: Codes = np.zeros(n_rows, np.uint8)
        self._widen()

    def read(self, column: pa.Array, rows: slice) -> None:
        """Write the codes of these rows."""
        codes = self.level_codes(column)
        self._widen()
        self.codes[rows] = codes

    def _widen(self) -> None:
        if self.codes.dtype == np.uint8 and self.bins.size > 1 << 8:
            self.codes = self.codes.astype(np.uint16)

    def level_codes(self, column: pa.Array) -> NDArray[np.int64]:
        """The code of each text of an Arrow column."""
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        values = encoded.dictionary.to_pylist()
        self._learn([value for value in values if value is not None and value not in self.bins.code_of])
        code_of = self.bins.code_of
        table = np.array([MISSING, *(MISSING if v is None else code_of.get(v, OTHER) for v in values)], dtype=np.int64)
        indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        result: NDArray[np.int64] = table[indices.astype(np.int64) + 1]
        return result

    def _learn(self, values: list[str]) -> None:
        if values:
            self.bins = self.bins.extended(values)


class SetEncoder:
    """A set property: one code a distinct set, and the members of each set. Code 0 is the empty or missing set."""

    def __init__(self, bins: Levels, n_rows: int) -> None:
        self._levels = LevelEncoder(bins, 0)
        self.codes: Codes = np.zeros(n_rows, dtype=np.uint16)
        self._sets: list[frozenset[int]] = [frozenset()]
        self._code_of_set: dict[frozenset[int], int] = {frozenset(): 0}
        self._code_of_key: dict[int, int] = {0: 0}
        self._random = np.random.default_rng(20)
        self._keys = np.zeros(0, dtype=np.uint64)

    @property
    def bins(self) -> Levels:
        """The levels, with those that were met for the first time."""
        return self._levels.bins

    def read(self, column: pa.Array, rows: slice) -> None:
        """Write the codes of these rows."""
        lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        codes = self._levels.level_codes(column.flatten())
        starts = np.cumsum(lengths) - lengths
        distinct, first = self._distinct_sets(codes, starts, lengths)
        table = np.array([self._set_code(key, codes[starts[r] : starts[r] + lengths[r]]) for key, r in first])
        if len(self._sets) - 1 > np.iinfo(self.codes.dtype).max:
            self.codes = self.codes.astype(np.uint32)
        self.codes[rows] = table[distinct] if len(table) else 0

    def members(self) -> NDArray[np.bool_]:
        """(sets, codes of the levels): what each set contains; column 0 says that it is empty."""
        members = np.zeros((len(self._sets), self.bins.size), dtype=bool)
        for code, each in enumerate(self._sets):
            members[code, list(each) or [MISSING]] = True
        return members

    def _distinct_sets(
        self, codes: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], list[tuple[int, int]]]:
        """For each row which distinct set it has, and of each distinct set its key and first row."""
        keys = np.zeros(len(lengths), dtype=np.uint64)
        filled = lengths > 0
        if filled.any():
            keys[filled] = np.add.reduceat(self._key_of_level(codes), starts[filled])
        distinct, values = pd.factorize(keys)
        first = np.zeros(len(values), dtype=np.int64)
        first[distinct[::-1]] = np.arange(len(keys) - 1, -1, -1)
        return distinct, list(zip(values.tolist(), first.tolist(), strict=True))

    def _key_of_level(self, codes: NDArray[np.int64]) -> NDArray[np.uint64]:
        more = self.bins.size - len(self._keys)
        if more > 0:
            added = self._random.integers(1, 1 << 63, size=more, dtype=np.uint64)
            self._keys = np.concatenate([self._keys, added])
            self._keys[MISSING] = 0
        result: NDArray[np.uint64] = self._keys[codes]
        return result

    def _set_code(self, key: int, codes: NDArray[np.int64]) -> int:
        if key not in self._code_of_key:
            members = frozenset(codes.tolist()) - {MISSING}
            if members not in self._code_of_set:
                self._code_of_set[members] = len(self._sets)
                self._sets.append(members)
            self._code_of_key[key] = self._code_of_set[members]
        return self._code_of_key[key]
