"""A drop's causes in plain sentences: what carries how much, what can't be told apart, and what can't be seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prodmon_widgets.engine.quality.estimate import Doubt, Z

if TYPE_CHECKING:
    from prodmon_widgets.engine.causes.causes import Causes
    from prodmon_widgets.engine.causes.labelled import LabelledDrop
    from prodmon_widgets.engine.causes.total import Total

LABELS_THAT_TELL = 30
"""Labels of a segment that place its score within ±.18 at worst."""

FEWEST_SUPPORTED = 0.5
POWER = 0.8416
"""Standard errors beyond the border that find four of five."""


def text(causes: Causes) -> str:
    """One paragraph a thought, each sentence with its figures."""
    lines = [*_labelled(causes.labelled), _total(causes)]
    lines += [_item(row, doubted=causes.supported < FEWEST_SUPPORTED) for row in causes.items.to_dict("records")]
    lines.append(_rest(causes))
    if causes.harmless:
        lines.append(f"Drifted without carrying any of the drop: {', '.join(causes.harmless)}.")
    if causes.supported < FEWEST_SUPPORTED:
        lines.append(_unlike(causes.supported))
    lines += causes.notes
    if not causes.by_people:
        lines.append("Scores are estimated: a decline that no property shows is invisible without labels.")
    return "\n".join(lines)


def _labelled(found: LabelledDrop | None) -> list[str]:
    """What labels alone say comes first: nothing else sees a decline that no property shows."""
    if found is None:
        return []
    band = f" ({100 * found.low:.1f} to {100 * found.high:.1f})".replace("-", "−") if found.high > found.low else ""
    moved = f"fell by {_points(found.drop)}" if found.drop >= 0 else f"rose by {_points(-found.drop)}"
    labels = f"{found.n:,} label{'s' * (found.n != 1)}"
    return [
        f"By {labels} alone the score {moved}{band}, from {_score(found.score_before)} to {_score(found.score)}; "
        f"{_points(found.rest)} of that no segment below carries."
    ]


def _total(causes: Causes) -> str:
    before, after = _score(causes.score_before), _score(causes.score)
    if causes.explained:
        return f"With {' and '.join(causes.explained)} taken out, {_points(causes.total)} of the drop are left."
    if abs(causes.total) < 0.0005:
        return f"The score is {after}, as before."
    total = causes.total
    if not total.beyond_chance:
        return (
            f"The score is on a par with before: {after}, before {before}. The difference of {_points(abs(total))} "
            f"lies within its band, from {_change(total.high)} to {_change(total.low)}.{_flag(total)}"
        )
    verb, ends = ("fell", (total.low, total.high)) if total > 0 else ("rose", (-total.high, -total.low))
    band = f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f}"
    return f"The score {verb} by {_points(abs(total))}, from {before} to {after}; the band is {band}.{_flag(total)}"


def _change(drop: float) -> str:
    """A drop as the change of the score that it is."""
    return f"{-100 * drop:+.1f}".replace("-", "−")


def _flag(total: Total) -> str:
    if total.doubt is Doubt.JUDGED:
        return f" It isn't estimable: {total.why}. {labels_that_tell(total)} labels of the window would tell."
    return "" if total.why is None else f" It isn't estimable from this evaluation set: {total.why}."


def labels_that_tell(total: Total) -> int:
    """Labels at random that tell a drop of this size from none in four of five cases, at worst.

    >>> from prodmon_widgets.engine.causes.total import Sureness, Total
    >>> labels_that_tell(Total.of(0.13, Sureness(0.1, 0.1)))
    117
    """
    return math.ceil(((Z + POWER) / max(abs(total), 0.01)) ** 2 / 4)


def _item(row: Mapping[Any, Any], *, doubted: bool) -> str:
    band = "" if row["low"] != row["low"] else f" ({100 * row['low']:.1f} to {100 * row['high']:.1f})".replace("-", "−")
    sentence = f"{_points(row['contribution'])}{band}: {_story(row)}"
    if row["weak_on_evaluation"]:
        sentence += " It was weak on evaluation already."
    if row["supported"] < FEWEST_SUPPORTED and not doubted:
        sentence += " " + _doubt(row)
    return sentence


def _story(row: Mapping[Any, Any]) -> str:
    share, share_before = _percent(row["share"]), _percent(row["share_before"])
    score, score_before = _score(row["score"]), _score(row["score_before"])
    if row["segment"] == "everywhere":
        return "a decline everywhere, in no segment more than in others."
    if row["kind"] == "new":
        return f"{row['segment']} is new: {share} of samples (before {share_before}), with a score of {score}."
    if row["kind"] == "within":
        return f"{row['segment']} got worse: {score}, before {score_before}, on {share} of samples."
    moved = "more" if row["share"] > row["share_before"] else "fewer"
    return f"{moved} samples have {row['segment']}: {share}, before {share_before}, with a score of {score}."


def _doubt(row: Mapping[Any, Any]) -> str:
    value = next(iter(row["where"].values()), row["segment"])
    name = repr(value) if isinstance(value, str) else row["segment"]
    return (
        f"{_percent(1 - row['supported'])} of it lies where the evaluation set says nothing, so this can't be told "
        f"apart: a blind spot of the model, or the annotator has no context for {name}. "
        f"{LABELS_THAT_TELL} labels would tell."
    )


def _unlike(supported: float) -> str:
    """What holds for all of a window that the evaluation set has nothing to say of."""
    return (
        f"{_percent(1 - supported)} of the window lies where the evaluation set says nothing: a decline of the model "
        f"and an annotator without context can't be told apart there. {LABELS_THAT_TELL} labels of an item would tell."
    )


def _rest(causes: Causes) -> str:
    if causes.total <= -0.0005 and not len(causes.items):
        return "Only what lowers the score is looked for; ask with the two sides swapped for what raised it."
    if not len(causes.items):
        return f"No segment carries a part of it that is beyond chance; {_points(causes.unexplained)} are unexplained."
    return f"{_points(causes.unexplained)} are unexplained."


def _points(score: float) -> str:
    return f"{100 * score:.1f} points".replace("-", "−")


def _percent(share: float) -> str:
    return "unknown" if share != share else f"{100 * share:.1f} %"


def _score(score: float) -> str:
    """As on the page: a score is no share."""
    return "unknown" if score != score else f"{score:.3f}"
