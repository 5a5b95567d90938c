"""Room to grow: arrays that are longer than what they hold, so that appending rows doesn't copy those before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

MORE, FEWEST = 1.25, 10_000
"""A new array has room for so many times its rows, and for so many more at least."""

Column = TypeVar("Column", bound=NDArray[Any])


@dataclass
class Room:
    """The arrays behind the columns of samples, by name; the first ``used`` rows of each are taken."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict, repr=False)
    used: dict[str, int] = field(default_factory=dict, repr=False)

    def joined(self, name: str, mine: Column, later: Column) -> Column:
        """The rows of ``mine`` and then the ``later`` ones; those of mine stay where they are if they lie here.

        >>> room, first = Room(), np.arange(3)
        >>> grown = room.joined("x", first, np.arange(2))
        >>> again = room.joined("x", grown, np.arange(1))
        >>> again.tolist(), again.base is grown.base
        ([0, 1, 2, 0, 1, 0], True)
        """
        n, total = len(mine), len(mine) + len(later)
        array, dtype = self.arrays.get(name), np.result_type(mine, later)
        # another table may have grown from the same rows: its rows are none of ours
        fits = array is not None and mine.base is array and self.used[name] == n and len(array) >= total
        if array is None or not fits or array.dtype != dtype:
            array = self.arrays[name] = np.empty(int(total * MORE) + FEWEST, dtype=dtype)
            array[:n] = mine
        array[n:total] = later
        self.used[name] = total
        return array[:total]  # type: ignore[return-value]  # a slice of an array is one
