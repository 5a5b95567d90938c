"""Alert rules from Python or YAML; whatever is wrong is told with its line.

::

    - name: quality falls
      measure: drop
      above: 0.03
      every: 1D
      periods: 2
    - {name: a new class, measure: new_value, property: prediction, above: 0.01}
    - {name: Italian, measure: score, below: 0.5, where: {language: it}}
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from prodmon_widgets.engine.time.bins import DAY, TimeBins
from prodmon_widgets.engine.work.yamlfile import YamlList
from prodmon_widgets.errors import InputError, printable, shown, unknown

MEASURES = ("score", "drop", "coverage", "supported", "effect", "new_value")

SHARES = {"score": 0.0, "drop": -1.0, "coverage": 0.0, "supported": 0.0, "new_value": 0.0}
"""Measures that are at most 1, with the least that they can be."""


MOST = sys.float_info.max


@dataclass(frozen=True)
class AlertRule:
    """An alert when a measure is ``above`` or ``below`` a threshold in ``periods`` consecutive periods of ``every``.

    ``every`` is a length of time such as ``6h``, ``1D`` or ``7D`` (or a number of rows); without it a day or so.

    ``measure``: score, drop (the evaluation set's estimate less the score), coverage, supported (shares), effect (size
    of a ``property``'s difference from the evaluation set) or new_value (largest share of a value that evaluation
    lacks, of ``property`` or any). Scores and effects must be beyond the threshold with their whole band.
    ``where`` narrows score, drop, coverage and supported to a segment.
    """

    name: str
    measure: str
    above: float | None = None
    below: float | None = None
    every: str | int | None = None
    periods: int = 1
    where: Mapping[str, object] | None = None
    property: str | None = None
    threshold: float = field(init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"a rule's name is {shown(self.name)}; expected text, in YAML in quotes.")
        if self.measure not in MEASURES:
            raise InputError(unknown("measure", self.measure, MEASURES))
        if (self.above is None) == (self.below is None):
            raise InputError(f"rule {shown(self.name)} needs a threshold: either above or below, a number.")
        threshold = self.above if self.above is not None else self.below
        if not isinstance(threshold, int | float) or isinstance(threshold, bool):
            raise InputError(f"rule {shown(self.name)}: threshold {shown(threshold)} is no number.")
        if not abs(threshold) <= MOST:
            raise InputError(f"rule {shown(self.name)}: threshold {shown(threshold)} is no finite number.")
        least = SHARES.get(self.measure, -math.inf)
        if not least <= threshold <= (1 if self.measure in SHARES else math.inf):
            raise InputError(
                f"rule {shown(self.name)}: {self.measure} lies in [{least:g}, 1]; the threshold is {shown(threshold)}."
            )
        object.__setattr__(self, "threshold", float(threshold))
        if not isinstance(self.periods, int) or self.periods < 1:
            came = f"rule {shown(self.name)}: periods is {shown(self.periods)}"
            raise InputError(f"{came}; expected a whole number from 1 on.")
        if self.measure == "effect" and not self.property:
            raise InputError(f"rule {shown(self.name)} on effect needs the property whose effect is meant.")
        if self.where is not None and (not isinstance(self.where, Mapping) or self.measure in ("effect", "new_value")):
            raise InputError(f"rule {shown(self.name)}: where takes a dict, on score, drop, coverage or supported.")

    def __str__(self) -> str:
        side = "above" if self.above is not None else "below"
        return f"{printable(self.name)}: {self.measure} {side} {self.threshold:g}"


DEFAULT = (
    AlertRule("quality falls", "drop", above=0.03, periods=2),
    AlertRule("little is annotated", "coverage", below=0.5),
    AlertRule("unknown territory", "supported", below=0.8),
    AlertRule("a new value", "new_value", above=0.01),
)
"""What is watched when nothing else is asked."""

A_WEEK = AlertRule("quality falls", "drop", above=0.03, every="7D")
"""Watched in place of days that have few samples."""

WEEK = 7 * DAY

FEWEST_A_DAY, FEWEST_DAYS = 150, 28
"""With fewer samples a day, over four weeks or more, a day's band is too wide to tell a fall."""

_NAMES = tuple(each.name for each in fields(AlertRule) if each.init)


def alert_rules(source: object, *, weekly: bool = False) -> tuple[AlertRule, ...]:
    """Rules from a sequence of AlertRules or dicts, a path, or YAML text; None means the usual ones.

    ``weekly``: whether the usual ones hold a fall of quality against weeks.

    Raises InputError with the line, or the place, of anything that is no rule.

    >>> alert_rules("- {name: low, measure: score, below: 0.8}")[0].threshold
    0.8
    >>> alert_rules("- name: low\\n  measure: scores\\n  below: 0.8")
    Traceback (most recent call last):
    ...
    prodmon_widgets.errors.InputError: rules, line 1: measure 'scores' does not exist; did you mean 'score'? There are:
    'score', 'drop', 'coverage', 'supported', 'effect', 'new_value'.
    """
    if source is None:
        return (A_WEEK, *DEFAULT[1:]) if weekly else DEFAULT
    rules = _read(source)
    if not rules:
        raise InputError("rules holds none; expected one at least, or None for the usual ones.")
    return rules


def has_thin_days(time: TimeBins, n_rows: int) -> bool:
    """Whether ``n_rows`` samples over this time are so few a day that a fall of quality is better held against weeks.

    >>> has_thin_days(TimeBins(0, DAY, 90), 9000), has_thin_days(TimeBins(0, DAY, 90), 90_000)
    (True, False)

    Nor where a step of time is longer than a week, or none of a week:

    >>> has_thin_days(TimeBins(0, 28 * DAY, 90), 9000)
    False
    """
    n_days = time.step * time.count / DAY
    has_weeks = time.is_time and WEEK % time.step == 0
    return has_weeks and n_days >= FEWEST_DAYS and n_rows < FEWEST_A_DAY * n_days


def _read(source: object) -> tuple[AlertRule, ...]:
    if isinstance(source, str | Path):
        listed = YamlList.read(source, "a name, a measure, and above or below")
        return tuple(_rule(listed.value(node), listed.place(node)) for node in listed.entries)
    if not isinstance(source, Sequence):
        raise InputError(f"rules is a {type(source).__name__}; expected a list of rules, a path or YAML text.")
    return tuple(
        each if isinstance(each, AlertRule) else _rule(each, f"rule {place}") for place, each in enumerate(source, 1)
    )


def _rule(given: Any, place: str) -> AlertRule:
    if not isinstance(given, Mapping):
        raise InputError(f"{place}: {shown(given)} is no rule; expected a name, a measure, and above or below.")
    for key in given:
        if key not in _NAMES:
            raise InputError(f"{place}: {unknown('in a rule, key', key, _NAMES)}")
    missing = [name for name in ("name", "measure") if name not in given]
    if missing:
        raise InputError(f"{place}: the rule needs {missing[0]!r}.")
    try:
        return AlertRule(**given)
    except InputError as error:
        raise InputError(f"{place}: {error}") from error
