"""Numbers as times: what one counts since 1970 follows from its size, as between 1973 and 2100 only one unit fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EARLIEST, LATEST = 10**8, 4_102_444_800
"""Seconds since 1970 at March 1973 and at 2100: the numbers of one unit are none of another's."""


@dataclass(frozen=True)
class Epoch:
    """A unit in which times are counted from 1970 on."""

    name: str
    per_second: int

    @property
    def low(self) -> int:
        """The smallest number that is a time in this unit."""
        return EARLIEST * self.per_second

    @property
    def high(self) -> int:
        """The first number that is too large for a time in this unit."""
        return LATEST * self.per_second


EPOCHS: Sequence[Epoch] = tuple(
    Epoch(name, 1000**power) for power, name in enumerate(("seconds", "milliseconds", "microseconds", "nanoseconds"))
)


def epoch_of(number: float) -> Epoch | None:
    """The unit in which a number is a time; None where it is one in none.

    >>> epoch_of(1_690_848_000_000).name, epoch_of(1_690_848_000).name, epoch_of(4_999), epoch_of(float("nan"))
    ('milliseconds', 'seconds', None, None)
    """
    return next((epoch for epoch in EPOCHS if epoch.low <= number < epoch.high), None)
