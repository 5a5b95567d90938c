"""The items of a drop: found segments that carry something beside each other, with their figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.causes import drifts
from prodmon_widgets.engine.causes.contribution import KINDS, LEAST_SPREAD, WITHIN
from prodmon_widgets.engine.causes.cuts import cuts_of
from prodmon_widgets.engine.causes.drops import CERTAIN, STILL_CARRIED, DropJudge
from prodmon_widgets.engine.causes.judging import Found
from prodmon_widgets.engine.causes.neutralise import (
    FEWEST_DAYS,
    Groups,
    Replay,
    grouped,
    left_over,
    replay,
    standing_out,
)
from prodmon_widgets.engine.causes.search import Search
from prodmon_widgets.engine.causes.sides import Question
from prodmon_widgets.engine.causes.tallies import rows_of
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.quality.estimate import Doubt
from prodmon_widgets.errors import InputError

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]

EVERYWHERE = "everywhere"

BESIDE_OTHERS = 3.0
"""Standard errors that an item has left once all others are neutralised together. The search neutralises one after the
other, so that of causes that overlap a part may stay behind and look like one more."""

UNKNOWN_SHARE = 0.005
"""A property whose values nobody knows grew by more than this is not called harmless."""

COLUMNS = (
    "segment", "where", "kind", "contribution", "low", "high", "share", "share_before", "score", "score_before",
    "n", "n_before", "supported", "coverage", "weak_on_evaluation", "z",
)  # fmt: skip


class Items:
    """The items of one question: both sides' rows as cells, the search over them, and the figures of what it found."""

    def __init__(self, question: Question, poll: Callable[[], None]) -> None:
        self.question = question
        self.sides = question.before, question.after
        for side, name in zip(self.sides, ("baseline", "window"), strict=True):
            if not len(side.counted):
                raise InputError(f"the {name} has no scored samples; choose one that has some.")
        self.cuts, cells = cuts_of(
            [side.codes for side in self.sides], [side.counted for side in self.sides], question.ignored
        )
        self.rows = [rows_of(self.cuts, mine, side.scores) for mine, side in zip(cells, self.sides, strict=True)]
        drop = float(self.sides[0].scores.mean() - self.sides[1].scores.mean())
        self.symptoms = [index for index, cut in enumerate(self.cuts) if cut.name in question.symptoms]
        among = [index for index in range(len(self.cuts)) if index not in self.symptoms]
        self._poll = poll
        self.search = Search(self.cuts, list(self.rows), DropJudge(drop), among, poll)

    @property
    def supported(self) -> float:
        """Share of the window's samples that are supported."""
        codes, rows = self.sides[1].codes, self.sides[1].counted
        return 1.0 if codes.supported is None else _mean(codes.supported[rows] | codes.labelled[rows])

    def found(self, explained: Sequence[Found]) -> list[Found]:
        """What stands out, symptoms last: they would take what their causes carry."""
        found = self.search.run(first=explained)
        # where only the judge moved, that is the finding: its intervals would carry all of it and explain nothing
        if self.symptoms and self.question.sure.doubt is not Doubt.JUDGED:
            self.search = Search(self.cuts, self.search.sides, self.search.judge, self.symptoms, self._poll)
            found += self.search.run()
        return found

    def _as_one(self, found: Sequence[Found]) -> list[Found]:
        """Intervals of one number that overlap and carry in the same way are one item: all that they hold."""
        kept: list[Found] = []
        for each in found:
            alike = next((at for at, other in enumerate(kept) if self._overlap(each, other)), None)
            if alike is None:
                kept.append(each)
            else:
                kept[alike] = self._hull(kept[alike], each)
        return kept

    def _overlap(self, a: Found, b: Found) -> bool:
        if len(a.parts) != 1 or len(b.parts) != 1 or a.kind != b.kind or a.parts[0].index != b.parts[0].index:
            return False
        return self.cuts[a.parts[0].index].is_numeric and bool((a.parts[0].cells & b.parts[0].cells).any())

    def _hull(self, a: Found, b: Found) -> Found:
        part, cells = a.parts[0], a.parts[0].cells | b.parts[0].cells
        at = np.flatnonzero(cells)
        condition = self.cuts[part.index].condition((int(at[0]), int(at[-1])))
        return replace(a, z=max(a.z, b.z), parts=(replace(part, condition=condition, cells=cells),))

    def settled(self, explained: Sequence[Found], found: Sequence[Found]) -> tuple[Groups, list[Found]]:
        """The items that still carry their least part beside each other, and the sums of their rows."""
        found = self._as_one(found)
        while True:
            groups = self.groups([*explained, *found])
            kinds = [each.kind for each in (*explained, *found)]
            sums = groups.members, groups.before.sum(axis=0), groups.after.sum(axis=0)
            z = standing_out(*sums, kinds)[len(explained) :]
            carried = replay(*sums, kinds).contributions[len(explained) :]
            # one at a time: of two that say the same, either alone may carry it
            if z.min(initial=np.inf) < BESIDE_OTHERS:
                found.pop(int(z.argmin()))
            elif carried.min(initial=np.inf) <= self.search.judge.least_effect:
                found.pop(int(carried.argmin()))
            else:
                return groups, found

    def groups(self, found: Sequence[Found]) -> Groups:
        """Both sides' rows by their membership in the found segments."""
        before, after = ([each.mask(rows) for each in found] for rows in self.rows)
        days = self.sides[0].days, self.sides[1].days
        return grouped((before, after), (self.rows[0].score, self.rows[1].score), days)

    def is_shared(self, groups: Groups, kinds: Sequence[int]) -> bool:
        """Whether what is left is a decline that every property's samples share, not some segment's."""
        if self.question.sure.doubt is Doubt.JUDGED:
            return False
        shift, error = left_over(groups.members, groups.before.sum(axis=0), groups.after.sum(axis=0), kinds)
        if not (error > 0 and shift / error >= CERTAIN and shift >= self.search.judge.least_effect):
            return False
        return all(_median_decline(tally) >= shift / 2 for tally in self.search.tallies)

    def frame(
        self, found: Sequence[Found], carried: Replay, bands: Replay | None, first: int, shared: bool
    ) -> pd.DataFrame:
        """The items, best first."""
        nan = np.full(len(carried.contributions), np.nan)
        half = nan if bands is None else bands.contributions
        records = [
            self._record(each, float(carried.contributions[k]), float(half[k]))
            for k, each in enumerate(found, start=first)
        ]
        if shared:
            width = np.nan if bands is None else float(bands.everywhere)
            records.append(self._everywhere(float(carried.everywhere), width))
        frame = pd.DataFrame(records, columns=list(COLUMNS))
        return frame.sort_values(["contribution", "segment"], ascending=[False, True], ignore_index=True)

    def _record(self, found: Found, contribution: float, half: float) -> dict[str, object]:
        masks = [found.mask(rows) for rows in self.rows]
        return {
            "segment": str(found.segment), "where": self.question.as_held(found.segment.where),
            "kind": KINDS[found.kind],
            **self._figures(masks, contribution, half),
            "weak_on_evaluation": self._is_weak(found.segment, masks[0]), "z": found.z,
        }  # fmt: skip

    def _everywhere(self, contribution: float, half: float) -> dict[str, object]:
        masks = [np.ones(len(rows.score), dtype=bool) for rows in self.rows]
        figures = self._figures(masks, contribution, half)
        z = contribution / half * 1.96 if half > 0 else np.nan
        return {
            "segment": EVERYWHERE,
            "where": {},
            "kind": KINDS[WITHIN],
            **figures,
            "weak_on_evaluation": False,
            "z": z,
        }

    def _figures(self, masks: Sequence[Masks], contribution: float, half: float) -> dict[str, object]:
        before, after = masks
        codes, rows = self.sides[1].codes, self.sides[1].counted[after]
        return {
            "contribution": contribution, "low": contribution - half, "high": contribution + half,
            "share": float(after.mean()), "share_before": float(before.mean()),
            "score": _mean(self.rows[1].score[after]), "score_before": _mean(self.rows[0].score[before]),
            "n": int(after.sum()), "n_before": int(before.sum()),
            "supported": 1.0 if codes.supported is None else _mean(codes.supported[rows] | codes.labelled[rows]),
            "coverage": 1.0 if codes.state is None else _mean((codes.state[rows] != 2) | codes.labelled[rows]),
        }  # fmt: skip

    def _is_weak(self, segment: Segment, mask: Masks) -> bool:
        side = self.question.evaluation
        if side is None:
            return scores_lower(mask, self.rows[0].score)
        try:
            known = segment.mask(side.codes)[side.counted]
        except InputError:
            return False
        return scores_lower(known, side.scores)

    def harmless(self, found: Sequence[Found]) -> list[str]:
        """Properties that drifted, also beside the items, and carry nothing."""
        named = {part.condition.name for each in found for part in each.parts}
        return [
            cut.name
            for at, (cut, raw, left) in enumerate(zip(self.cuts, self._raw_tallies, self.search.tallies, strict=True))
            if cut.name not in named
            and drifts.has_drifted(cut, raw)
            and drifts.has_drifted(cut, left)
            and self._is_known(at, raw)
            and (self._is_harmless(left) or self._is_harmless_beside(at))
        ]

    def _is_known(self, index: int, tally: Floats) -> bool:
        """Whether the evaluation set has something to say of the cells of a property that grew."""
        codes = self.sides[1].codes
        if codes.supported is None:
            return True
        unsupported = ~codes.supported[self.sides[1].counted]
        silent = np.bincount(self.rows[1].fine[index], weights=unsupported, minlength=tally.shape[1])
        n0, n1 = tally[0] / tally[0].sum(), tally[2] / tally[2].sum()
        grew = (silent > tally[2] / 2) & (n1 > n0)
        return bool((n1 - n0)[grew].sum() <= UNKNOWN_SHARE)

    @cached_property
    def _raw_tallies(self) -> list[Floats]:
        return [
            np.concatenate([rows.tally(rows.fine[index], cut.n_cells) for rows in self.rows])
            for index, cut in enumerate(self.cuts)
        ]

    def _is_harmless(self, tally: Floats) -> bool:
        effect, error = drifts.carried(tally)
        return abs(effect) <= max(3 * error, self.search.judge.least_effect)

    def _is_harmless_beside(self, index: int) -> bool:
        """Whether little is carried when samples are told apart by some other property too: then that one is weak."""
        alone = drifts.carried(self.search.tallies[index])[0]
        together = (self.search.together(index, at) for at in range(len(self.cuts)) if at != index)
        return any(self._is_harmless(tally) and drifts.carried(tally)[0] < STILL_CARRIED * alone for tally in together)

    def notes(self, groups: Groups, found: Sequence[Found], first: int, interplay: float) -> list[str]:
        """What a reader must know besides the items."""
        left_out = sum(side.n_left_out for side in self.sides)
        said = []
        if self.symptoms:
            names = " and ".join(self.cuts[index].name for index in self.symptoms)
            said.append(f"Looked at last, since good and bad differ in it by themselves, as in a symptom: {names}.")
        if groups.fewest_days < FEWEST_DAYS:
            said.append(
                f"There are no bands: one of the sides has {groups.fewest_days} days, and a band takes {FEWEST_DAYS}."
            )
        if not all(groups.days_known) and any(groups.days_known):
            said.append("Bands take the samples of the side without dates as independent.")
        if left_out:
            said.append(f"{left_out:,} samples without a score are left out.")
        if abs(interplay) >= self.search.judge.least_effect:
            said.append(_interplay(interplay))
        return said + _overlaps(groups, found, first)


def _mean(values: NDArray[np.generic]) -> float:
    return float(np.mean(values.astype(np.float64))) if len(values) else float("nan")


def scores_lower(mask: Masks, score: Floats) -> bool:
    """Whether a segment of 30 samples or more scores lower than the rest by more than three standard errors and .02.

    >>> score = np.repeat([0.8, 0.9], [40, 4000])
    >>> scores_lower(score == 0.8, score), scores_lower(np.tile(score == 0.8, 10), np.tile(score, 10))
    (False, True)
    """
    if mask.sum() < 30 or mask.all():
        return False
    m, k = score[mask].mean(), score[~mask].mean()
    variance = sum(max(x * (1 - x), LEAST_SPREAD) / n for x, n in ((m, mask.sum()), (k, (~mask).sum())))
    return bool(k - m > max(3 * np.sqrt(variance), 0.02))


def _median_decline(tally: Floats) -> float:
    """The decline that half of the samples after share, cell by cell of a property."""
    n0, s0, n1, s1 = tally
    known = (n0 >= 30) & (n1 >= 30)
    if not known.any():
        return float("inf")
    decline = (s0[known] / n0[known]) - (s1[known] / n1[known])
    order = np.argsort(decline)
    below = np.cumsum(n1[known][order])
    return float(decline[order][np.searchsorted(below, below[-1] / 2)])


def _interplay(interplay: float) -> str:
    size = f"{100 * abs(interplay):.1f} points {'more' if interplay > 0 else 'less'}"
    return f"Each item is what goes away with it alone; together they take {size}, counted as unexplained."


def _overlaps(groups: Groups, found: Sequence[Found], first: int) -> list[str]:
    """Pairs of items that share many of their samples, more than they would by chance."""
    n = groups.after[..., 0].sum(axis=0)
    said = []
    for i in range(len(found)):
        for j in range(i):
            a, b = groups.members[:, first + i], groups.members[:, first + j]
            smaller, larger = sorted((n[a].sum(), n[b].sum()))
            shared = n[a & b].sum() / max(smaller, 1)
            if shared > max(0.5, 1.5 * larger / n.sum()):
                names = f"{found[j].segment} and {found[i].segment}"
                said.append(f"{names} share {shared:.0%} of the smaller one's samples: how the two split is uncertain.")
    return said
