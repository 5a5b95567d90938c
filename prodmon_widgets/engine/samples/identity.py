"""Identity: which row has which id, so that rows that come again are found from the side of those that come.

An id is kept as 64 bits of hash beside its row, in sorted runs that are merged when they are of a size: looking up a
batch costs what the batch costs, whatever the history.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Rows = NDArray[np.int64]

SIMILAR = 4
"""A run is merged with one that has less than so many times its ids."""


@dataclass
class Identity:
    """Ids of ``n_rows`` samples. ``unique``: no id occurred twice, those that are missing aside."""

    n_rows: int = 0
    unique: bool = True
    _runs: list[tuple[Keys, NDArray[np.uint32]]] = field(default_factory=list, repr=False)

    def add(self, keys: Keys, given: NDArray[np.bool_]) -> None:
        """The next rows' ids: a hash each, and whether it has one.

        >>> known = Identity()
        >>> known.add(np.array([7, 9], dtype=np.uint64), np.array([True, True]))
        >>> known.rows_of(np.array([9, 1], dtype=np.uint64)).tolist(), known.unique
        ([1, -1], True)
        """
        rows = (self.n_rows + np.flatnonzero(given)).astype(np.uint32)
        run = _sorted(keys[given], rows)
        again = bool((run[0][1:] == run[0][:-1]).any()) or bool((self.rows_of(run[0]) >= 0).any())
        self.unique = self.unique and not again
        self.n_rows += len(keys)
        self._runs.append(run)
        while len(self._runs) > 1 and len(self._runs[-2][0]) < SIMILAR * len(self._runs[-1][0]):
            (later, their_rows), (earlier, rows) = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(np.concatenate([earlier, later]), np.concatenate([rows, their_rows])))

    def rows_of(self, keys: Keys) -> Rows:
        """The row that has each id, −1 where none has; of several any."""
        found = np.full(len(keys), -1, dtype=np.int64)
        for known, rows in self._runs:
            if not len(known):
                continue
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            same = known[at] == keys
            found[same] = rows[at[same]]
        return found

    def without(self, kept: NDArray[np.bool_]) -> Identity:
        """Of the rows in ``kept`` (n_rows,) alone, numbered anew."""
        to = np.cumsum(kept) - 1
        runs = [(keys[kept[rows]], to[rows[kept[rows]]].astype(np.uint32)) for keys, rows in self._runs]
        return Identity(int(kept.sum()), self.unique, runs)


def first_of_each(keys: Keys, given: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows are the first with their id, (n,); one without an id always is.

    >>> first_of_each(np.array([5, 5, 6, 5], dtype=np.uint64), np.array([True, True, True, False])).tolist()
    [True, False, True, True]
    """
    _, first = np.unique(keys, return_index=True) if given.all() else np.unique(keys[given], return_index=True)
    is_first = ~given
    is_first[np.flatnonzero(given)[first]] = True
    return is_first


def _sorted(keys: Keys, rows: NDArray[np.uint32]) -> tuple[Keys, NDArray[np.uint32]]:
    order = np.argsort(keys, kind="stable")
    return keys[order], rows[order]
