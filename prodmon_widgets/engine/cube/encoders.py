"""One encoder a kind of property: reads Arrow columns batch by batch and writes codes.

Values come as dictionaries and are looked up by Arrow, so that Python sees only those that have no code yet, and a
distinct set once.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import MISSING, OTHER, Levels, ValueBins
from prodmon_widgets.engine.cube.codes import Codes
from prodmon_widgets.engine.table.properties import UNIT_SEPARATOR

MOST_SETS = 1 << 16
"""Distinct sets of one property that get codes of their own."""


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

    def read(self, known: pa.Array, rest: pa.Array, rows: slice) -> None:
        """Write the codes of these rows from their known values and the texts of the others."""
        codes = self._codes(known if pa.types.is_dictionary(known.type) else known.dictionary_encode())
        if rest.null_count < len(rest):
            codes += self._codes(rest.dictionary_encode())
        if self.codes.dtype == np.uint8 and self.bins.size > 1 << 8:
            self.codes = self.codes.astype(np.uint16)
        self.codes[rows] = codes

    def _codes(self, column: pa.DictionaryArray) -> NDArray[np.uint16]:
        values = column.dictionary
        code = self._codes_of(values)
        if (code == OTHER).any():
            self.bins = self.bins.extended(values.filter(pa.array(code == OTHER)).to_pylist())
            code = self._codes_of(values)
        indices = column.indices
        if indices.null_count:
            indices = indices.cast(pa.int32()).fill_null(len(code))
        result: NDArray[np.uint16] = np.append(code, MISSING).astype(np.uint16).take(indices.to_numpy())
        return result

    def _codes_of(self, values: pa.Array) -> NDArray[np.int64]:
        """The codes of distinct values, other where they have none."""
        known = pa.array(self.bins.values, values.type)
        at = pc.fill_null(pc.index_in(values, value_set=known), OTHER - 2)
        codes: NDArray[np.int64] = at.to_numpy(zero_copy_only=False).astype(np.int64) + 2
        return codes


class SetEncoder:
    """A set property: one code a distinct set, and the members of each set. Code 0 is the empty or missing set.

    Reads packed sets; each distinct text is taken apart once. Past :data:`MOST_SETS` distinct sets the levels with the
    highest codes become other, half of them at a time, until there are fewer.
    """

    def __init__(self, bins: Levels, n_rows: int) -> None:
        self.bins = bins
        self.codes: Codes = np.zeros(n_rows, dtype=np.uint16)
        self._sets: dict[frozenset[int], int] = {frozenset(): 0}
        self._met: dict[str, tuple[int, int]] = {}

    def read(self, column: pa.Array, rows: slice) -> NDArray[np.float64]:
        """Write the codes of these rows; how many values each has, NaN where it is missing."""
        encoded = column.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        self._meet([text for text in texts if text not in self._met])
        found = np.array([*(self._met[text] for text in texts), (0, -1)], dtype=np.int64)
        at = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self.codes[rows] = found[at, 0]
        if len(self._met) > MOST_SETS:
            self._met.clear()
        while len(self._sets) > MOST_SETS:
            self._fold(rows.stop)
        sizes: NDArray[np.float64] = np.where(found[:, 1] < 0, np.nan, found[:, 1])[at]
        return sizes

    def members(self) -> NDArray[np.bool_]:
        """(sets, codes of the levels): what each set contains; column 0 says that it is empty."""
        members = np.zeros((len(self._sets), self.bins.size), dtype=bool)
        for each, code in self._sets.items():
            members[code, list(each) or [MISSING]] = True
        return members

    def _meet(self, texts: list[str]) -> None:
        """Take apart texts that are seen for the first time: the code and the size of their sets."""
        sets = [_members_of(text) for text in texts]
        unknown = sorted({value for values in sets for value in values} - self.bins.code_of.keys())
        if unknown:
            self.bins = self.bins.extended(unknown)
        self._met.update(
            {text: (self._set_code(values), len(values)) for text, values in zip(texts, sets, strict=True)}
        )

    def _set_code(self, values: set[str]) -> int:
        members = frozenset(self.bins.code_of.get(value, OTHER) for value in values)
        return self._sets.setdefault(members, len(self._sets))

    def _fold(self, n_read: int) -> None:
        """Make the upper half of the levels other, in the sets met so far and from now on."""
        self.bins = self.bins.shortened(len(self.bins.values) // 2)
        folded: dict[frozenset[int], int] = {}
        to = np.zeros(len(self._sets), dtype=np.uint16)
        for members, code in self._sets.items():
            fewer = frozenset(member if member < self.bins.size else OTHER for member in members)
            to[code] = folded.setdefault(fewer, len(folded))
        self.codes[:n_read] = to[self.codes[:n_read]]
        self._sets = folded
        self._met.clear()


def _members_of(packed: str) -> set[str]:
    return {value for text in packed.split(UNIT_SEPARATOR) if (value := text.strip(" "))}


def to_float32(x: NDArray[np.float64]) -> NDArray[np.float32]:
    """Rounded to float32; what lies beyond its range, but is finite, stays finite."""
    with np.errstate(over="ignore"):
        rounded = x.astype(np.float32)
    if np.isinf(rounded).any():
        most = np.float64(np.finfo(np.float32).max)
        rounded = np.where(np.isinf(x), x, np.clip(x, -most, most)).astype(np.float32)
    return rounded
