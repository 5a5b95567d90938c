"""Causes: a drop between two sides, itemised into segments that add up.

The search finds segments one after the other; each is then neutralised beside all others, which says what it carries,
and the items and the recomputed rest add up to the whole. A decline that all segments share is an item of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from prodmon_widgets.engine.causes import findings
from prodmon_widgets.engine.causes.items import Items
from prodmon_widgets.engine.causes.judging import Found
from prodmon_widgets.engine.causes.labelled import LabelledDrop
from prodmon_widgets.engine.causes.neutralise import deviations, drop_of, replay
from prodmon_widgets.engine.causes.sides import Question, Side
from prodmon_widgets.engine.causes.total import Total
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.work.cancellation import SearchCancelledError, polling
from prodmon_widgets.errors import InputError, unknown

__all__ = ["Causes", "Question", "SearchCancelledError", "Side", "find_causes"]


@dataclass(frozen=True, eq=False)
class Causes:
    """A drop itemised.

    ``items``: one row a cause, the largest contribution first – ``segment, where, kind`` (mix, within, new),
    ``contribution`` in score points of [0, 1] (positive lowers the score): the drop less what it would be without this
    cause alone, with its 95 % band ``low, high`` (NaN under five days on a side); shares and scores after and before,
    counts, ``supported`` and ``coverage`` (shares of the segment's samples after), ``weak_on_evaluation``, ``z``.
    ``total``: score before minus score after, a number with ``low, high, estimable, why`` of its own, which are
    ``low``, ``high``, ``estimable`` and ``why`` here too.
    ``supported``: share of the window's samples that lie where the evaluation set has something to say.
    ``unexplained``: the drop of the sums with all items' changes made; Σ contribution + unexplained = total. What the
    items would take together beyond that, their interplay, is named in ``notes``.
    ``by_people``: whether every score is a person's label. ``labelled``: the drop by labels alone with what no item
    tells of it, None where nobody labelled the window or drew from it.
    ``harmless``: properties that drifted and carry none of the drop. ``explained``: what was taken out before.

    It cannot see a decline that no property shows: with estimated scores that takes labels.
    """

    items: pd.DataFrame
    total: Total
    unexplained: float
    score: float
    score_before: float
    harmless: list[str]
    notes: list[str]
    supported: float = 1.0
    by_people: bool = False
    labelled: LabelledDrop | None = None
    explained: list[str] = field(default_factory=list)
    _again: Callable[[Sequence[Found]], Causes] | None = None
    _found: Sequence[Found] = ()
    _explained: Sequence[Found] = ()

    @property
    def low(self) -> float:
        """Lower end of the 95 % band of the total, in score points."""
        return self.total.low

    @property
    def high(self) -> float:
        """Upper end of the 95 % band of the total, in score points."""
        return self.total.high

    @property
    def estimable(self) -> bool:
        """Whether the evaluation set can tell how large the total is."""
        return self.total.estimable

    @property
    def why(self) -> str | None:
        """Why it can't, in words; None where it can."""
        return self.total.why

    def text(self) -> str:
        """The finding in plain sentences."""
        return findings.text(self)

    def explain_away(self, item: int | str | Segment | dict[str, object] | pd.Series[Any]) -> Causes:
        """The causes of what is left when this item is taken out: its place in ``items``, its row, segment or where.

        Raises InputError for an item that isn't there, and for "everywhere", beside which nothing is left to rank.
        """
        text = self._named(item)
        chosen = [each for each in self._found if str(each.segment) == text]
        if not chosen or self._again is None:
            raise InputError(unknown("item", text, [str(each.segment) for each in self._found]))
        return self._again([*self._explained, *chosen])

    def _named(self, item: int | str | Segment | dict[str, object] | pd.Series[Any]) -> str:
        if isinstance(item, dict):
            return str(Segment(item))
        if isinstance(item, pd.Series):
            return str(item["segment"])
        if isinstance(item, int | np.integer):
            if not 0 <= item < len(self.items):
                raise InputError(f"item is {item}; there are {len(self.items)} items, counted from 0.")
            return str(self.items["segment"].iloc[item])
        return str(item)

    def __repr__(self) -> str:
        named = ", ".join(self.items["segment"].head(3)) or "no item"
        return f"Causes(total {self.total:+.4f}, {len(self.items)} items: {named}; unexplained {self.unexplained:+.4f})"


def find_causes(
    question: Question, *, cancelled: Callable[[], bool] | None = None, explained: Sequence[Found] = ()
) -> Causes:
    """Itemise the drop from ``question.before`` to ``question.after``.

    ``cancelled`` is polled while searching; when it says so, SearchCancelledError is raised. ``explained`` is
    neutralised before anything is searched.
    """
    work = Items(question, polling(cancelled))
    groups, found = work.settled(explained, work.found(explained))
    kinds = [each.kind for each in (*explained, *found)]
    sums = groups.members, groups.before.sum(axis=0), groups.after.sum(axis=0)
    shared = work.is_shared(groups, kinds)
    carried = replay(*sums, kinds, everywhere=shared)
    bands = deviations(groups, kinds, everywhere=shared, random_state=question.random_state)
    n_first = len(explained)
    frame = work.frame(found, carried, bands, n_first, shared)
    return Causes(
        items=frame,
        total=Total.of(float(drop_of(*sums[1:]) - carried.contributions[:n_first].sum()), question.sure),
        unexplained=float(carried.unexplained),
        score=float(question.after.scores.mean()),
        score_before=float(question.before.scores.mean()),
        harmless=work.harmless([*explained, *found]),
        notes=work.notes(groups, found, n_first, float(carried.interplay)),
        supported=work.supported,
        by_people=question.labelled,
        explained=[str(each.segment) for each in explained],
        _again=lambda first: find_causes(question, cancelled=cancelled, explained=first),
        _found=found,
        _explained=explained,
    )
