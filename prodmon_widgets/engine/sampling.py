"""Which samples to look at: an order over the samples of a selection, and the first few of it."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.errors import InputError

Order = Literal["worst", "uncertain", "newest", "random"]
Rows = NDArray[np.int64]


def rows_to_look_at(
    rows: Rows, order: Order, n: int, *, score: NDArray[np.float64], time: NDArray[np.int64], seed: int = 0
) -> Rows:
    """The first ``n`` of ``rows`` in the given order; ties by row number, so the answer never depends on the machine.

    ``score`` (probability of good) and ``time`` are of ``rows``, same length. ``worst``: lowest score first;
    ``uncertain``: nearest to one half; ``newest``: latest time first; ``random``: a seeded draw.
    Raises InputError for a negative ``n`` or an unknown order.

    >>> rows_to_look_at(np.array([4, 7, 9]), "worst", 2, score=np.array([0.9, 0.1, 0.4]), time=np.arange(3))
    array([7, 9])
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 0:
        raise InputError(f"n is {n!r}; expected a whole number of samples, 0 or more.")
    if order not in get_args(Order):
        raise InputError(f"order is {order!r}; expected one of {', '.join(get_args(Order))}.")
    first = min(int(n), len(rows))
    if order == "random":
        return np.sort(np.random.default_rng(seed).choice(rows, size=first, replace=False))
    key = {"worst": score, "uncertain": np.abs(score - 0.5), "newest": -time.astype(np.float64)}[order]
    return rows[_smallest(key, first)]


def _smallest(key: NDArray[np.float64], n: int) -> Rows:
    """Positions of the n smallest keys in order, ties by position: one partition, then a sort of what is left."""
    if n == 0:
        return np.empty(0, dtype=np.int64)
    bound = np.partition(key, n - 1)[n - 1]
    near = np.flatnonzero(key <= bound)
    return near[np.argsort(key[near], kind="stable")][:n]
