"""The whole drop between two sides, as a number that knows how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.quality.estimate import REASONS, Doubt, Estimate, Z

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sureness:
    """By how much a drop may be ``less`` or ``more`` than it is estimated, and what ``doubt`` there is of that."""

    less: float
    more: float
    doubt: Doubt = Doubt.NONE

    @classmethod
    def of(cls, before: Estimate, after: Estimate) -> Sureness:
        """Of the estimates of both sides, whose errors are taken as independent."""
        less = float(np.hypot(before.score - before.low, after.high - after.score))
        more = float(np.hypot(before.high - before.score, after.score - after.low))
        return cls(less, more, Doubt(int(after.doubt)) or Doubt(int(before.doubt)))

    @classmethod
    def by_sampling(cls, before: Floats, after: Floats) -> Sureness:
        """Of the scores of both sides' samples, which are all that is known."""
        half = Z * float(np.sqrt(sum((each * (1 - each)).mean() / len(each) for each in (before, after))))
        return cls(half, half)


class Total(float):
    """Score before minus score after, in score points; positive is a drop.

    ``low, high``: its 95 % band; ``estimable``: whether the evaluation set can tell, and if not ``why``, in words.

    >>> total = Total.of(0.04, Sureness(0.01, 0.02))
    >>> round(total + 0.01, 3), round(total.low, 3), round(total.high, 3), total.beyond_chance
    (0.05, 0.03, 0.06, True)
    """

    low: float
    high: float
    doubt: Doubt

    @classmethod
    def of(cls, drop: float, sureness: Sureness) -> Total:
        """A drop with its band."""
        total = cls(drop)
        total.low, total.high, total.doubt = drop - sureness.less, drop + sureness.more, sureness.doubt
        return total

    @property
    def estimable(self) -> bool:
        """Whether the evaluation set can tell."""
        return self.doubt is Doubt.NONE

    @property
    def why(self) -> str | None:
        """Why it can't, in words; None where it can."""
        return REASONS[self.doubt]

    @property
    def beyond_chance(self) -> bool:
        """Whether the band has no change outside of it."""
        return not self.low <= 0.0 <= self.high
