"""One encoder a kind of property: reads Arrow columns batch by batch and writes codes.

Texts are looked up by Arrow, so that Python sees only the values that have no code yet. A set is recognised by the sum
of its members' random numbers, which does not depend on their order.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.bins import MISSING, OTHER, Levels, ValueBins
from prodmon_widgets.engine.codes import Codes

SEED = 20


class ValueEncoder:
    """A numeric property: the bin of each value."""

    def __init__(self, bins: ValueBins, n_rows: int) -> None:
        self.bins = bins
        self.codes: Codes = np.zeros(n_rows, dtype=np.uint8)

    def read(self, values: NDArray[np.float64], rows: slice) -> None:
        """Write the codes of these rows."""
        self.codes[rows] = self.bins.codes(values)


class LevelEncoder:
    """A categorical or boolean property. A value that is met for the first time gets the next code at once."""

    def __init__(self, bins: Levels, n_rows: int) -> None:
        self.bins = bins
        self.codes: Codes = np.zeros(n_rows, dtype=np.uint8)

    def read(self, column: pa.Array, rows: slice) -> None:
        """Write the codes of these rows."""
        codes = self.level_codes(column)
        if self.codes.dtype == np.uint8 and self.bins.size > 1 << 8:
            self.codes = self.codes.astype(np.uint16)
        self.codes[rows] = codes

    def level_codes(self, column: pa.Array) -> NDArray[np.int64]:
        """The code of each text of an Arrow column."""
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        values = encoded.dictionary
        code = self._codes_of(values)
        if (code == OTHER).any():
            self.bins = self.bins.extended(values.filter(pa.array(code == OTHER)).to_pylist())
            code = self._codes_of(values)
        indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        result: NDArray[np.int64] = np.append(code, MISSING)[indices]
        return result

    def _codes_of(self, values: pa.Array) -> NDArray[np.int64]:
        """The codes of distinct values, other where they have none."""
        known = pa.array(self.bins.values, values.type)
        at = pc.fill_null(pc.index_in(values, value_set=known), OTHER - 2)
        codes: NDArray[np.int64] = at.to_numpy(zero_copy_only=False).astype(np.int64) + 2
        return codes


class SetEncoder:
    """A set property: one code a distinct set, and the members of each set. Code 0 is the empty or missing set."""

    def __init__(self, bins: Levels, n_rows: int) -> None:
        self._levels = LevelEncoder(bins, 0)
        self.codes: Codes = np.zeros(n_rows, dtype=np.uint16)
        self._sets: list[frozenset[int]] = [frozenset()]
        self._code_of_set: dict[frozenset[int], int] = {frozenset(): 0}
        self._code_of_key: dict[int, int] = {0: 0}
        self._random = np.random.default_rng(SEED)
        self._keys = np.zeros(1, dtype=np.uint64)

    @property
    def bins(self) -> Levels:
        """The levels, with those that were met for the first time."""
        return self._levels.bins

    def read(self, column: pa.Array, rows: slice) -> None:
        """Write the codes of these rows."""
        lengths = column.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        codes = self._levels.level_codes(column.flatten())
        ends = np.cumsum(lengths)
        distinct, keys, first = _factorized(self._row_keys(codes, ends - lengths, lengths))
        sets = [self._set_code(k, codes[ends[r] - lengths[r] : ends[r]]) for k, r in zip(keys, first, strict=True)]
        if self.codes.dtype == np.uint16 and len(self._sets) > 1 << 16:
            self.codes = self.codes.astype(np.uint32)
        self.codes[rows] = np.array(sets)[distinct]

    def members(self) -> NDArray[np.bool_]:
        """(sets, codes of the levels): what each set contains; column 0 says that it is empty."""
        members = np.zeros((len(self._sets), self.bins.size), dtype=bool)
        for code, each in enumerate(self._sets):
            members[code, list(each) or [MISSING]] = True
        return members

    def _row_keys(
        self, codes: NDArray[np.int64], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.uint64]:
        """One number a row that only rows with the same values share; 0 for the empty set."""
        keys = np.zeros(len(lengths), dtype=np.uint64)
        filled = lengths > 0
        if filled.any():
            keys[filled] = np.add.reduceat(self._level_keys()[codes], starts[filled])
        return keys

    def _level_keys(self) -> NDArray[np.uint64]:
        """A random number a code of the levels, 0 for missing."""
        more = self.bins.size - len(self._keys)
        added = self._random.integers(1, 1 << 63, size=more, dtype=np.uint64)
        self._keys = np.concatenate([self._keys, added])
        return self._keys

    def _set_code(self, key: int, codes: NDArray[np.int64]) -> int:
        if key not in self._code_of_key:
            members = frozenset(codes.tolist()) - {MISSING}
            if members not in self._code_of_set:
                self._code_of_set[members] = len(self._sets)
                self._sets.append(members)
            self._code_of_key[key] = self._code_of_set[members]
        return self._code_of_key[key]


def _factorized(keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], list[int], list[int]]:
    """For each row which distinct key it has; the distinct keys; and the first row of each."""
    distinct, values = pd.factorize(keys)
    first = np.zeros(len(values), dtype=np.int64)
    first[distinct[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return distinct, values.tolist(), first.tolist()
