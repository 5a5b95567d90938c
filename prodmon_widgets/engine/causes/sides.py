"""The two sides of a drop: which scored samples are compared, and the day of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.total import Sureness
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.quality.estimate import SCALE

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Side:
    """Scored samples: a code table with scores, and which of its rows (all without ``rows``).

    ``day``: (codes.n_rows,) a number for each row's day, None where time is unknown. ``score``: (codes.n_rows,) in
    [0, 1] instead of the table's own; samples where it is NaN are left out.
    """

    codes: CodeTable
    rows: Masks | None = None
    day: NDArray[np.int64] | None = None
    score: Floats | None = None

    @cached_property
    def counted(self) -> NDArray[np.intp]:
        """The rows that count."""
        chosen = np.ones(self.codes.n_rows, dtype=bool) if self.rows is None else self.rows
        return np.flatnonzero(chosen if self.score is None else chosen & ~np.isnan(self.score))

    @cached_property
    def scores(self) -> Floats:
        """(n,) scores of the rows that count."""
        if self.score is not None:
            return self.score[self.counted]
        if self.codes.score is None:
            raise AssertionError("causes are asked for before scores are there")
        return self.codes.score[self.counted] / SCALE

    @property
    def days(self) -> NDArray[np.int64] | None:
        """(n,) days of the rows that count."""
        return None if self.day is None else self.day[self.counted]

    @property
    def n_left_out(self) -> int:
        """Samples without a score."""
        return int((self.codes.n_rows if self.rows is None else self.rows.sum()) - len(self.counted))


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked: both sides, where weakness on evaluation is looked up, and whether scores are people's labels.

    ``ignored`` names properties that no segment may use, ``symptoms`` those that are looked at last. ``as_held`` gives
    the values of a segment's ``where`` as the user's data holds them. ``sureness``: how sure the whole drop is.
    """

    before: Side
    after: Side
    evaluation: Side | None = None
    labelled: bool = False
    ignored: frozenset[str] = frozenset()
    symptoms: frozenset[str] = frozenset()
    random_state: int = 0
    as_held: Callable[[Mapping[str, object]], dict[str, object]] = dict
    sureness: Sureness | None = None

    @property
    def sure(self) -> Sureness:
        """How sure the whole drop is; of nothing else than scores by their sampling."""
        return self.sureness or Sureness.by_sampling(self.before.scores, self.after.scores)
