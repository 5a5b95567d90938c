"""Which samples to look at: an order over the samples of a selection, and the first few of it."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.errors import InputError, check_count

Order = Literal["worst", "uncertain", "newest", "random"]
Rows = NDArray[np.int64]


def rows_to_look_at(
    rows: Rows, order: Order, n: int, *, score: NDArray[np.float64], time: NDArray[np.int64], skip: int = 0
) -> Rows:
    """``n`` of ``rows`` in the given order, after the first ``skip``; ties by row number, so on any machine the same.

    ``score`` (probability of good) and ``time`` are of ``rows``, same length. ``worst``: lowest score first;
    ``uncertain``: nearest to one half; ``newest``: latest time first; ``random``: shuffled, always the same way.
    Raises InputError for a negative ``n`` or ``skip``, or an unknown order.

    >>> rows_to_look_at(np.array([4, 7, 9]), "worst", 2, score=np.array([0.9, 0.1, 0.4]), time=np.arange(3))
    array([7, 9])
    """
    check_count("n", n)
    check_count("skip", skip)
    if order not in get_args(Order):
        raise InputError(f"order is {order!r}; expected one of {', '.join(get_args(Order))}.")
    first, last = min(int(skip), len(rows)), min(int(skip) + int(n), len(rows))
    if order == "random":
        return np.random.default_rng(0).permutation(rows)[first:last]
    key = {"worst": score, "uncertain": np.abs(score - 0.5), "newest": -time.astype(np.float64)}[order]
    return rows[_ranks(key, first, last)]


def _ranks(key: NDArray[np.float64], first: int, last: int) -> Rows:
    """Positions of the ranks [first, last) of a key, ties by position: a partition, then a sort of what is between."""
    if first >= last:
        return np.empty(0, dtype=np.int64)
    low, high = np.partition(key, [first, last - 1])[[first, last - 1]]
    between = np.flatnonzero((low <= key) & (key <= high))
    before = int(np.count_nonzero(key < low))
    return between[np.argsort(key[between], kind="stable")][first - before : last - before]
