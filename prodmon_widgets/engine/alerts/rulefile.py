"""Alert rules from Python or YAML; whatever is wrong is told with its line.

::

    - name: quality falls
      measure: drop
      above: 0.03
      every: 1D
      periods: 2
    - {name: a new class, measure: new_value, property: prediction, above: 0.01}
    - {name: Italian, measure: score, below: 0.5, where: {language: it}}
    - {name: clicks fall, measure: coverage, change: fall}
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from prodmon_widgets.engine.alerts.sequential import CERTAIN
from prodmon_widgets.engine.time.bins import DAY, TimeBins
from prodmon_widgets.engine.work.yamlfile import YamlList
from prodmon_widgets.errors import InputError, printable, shown, unknown

MEASURES = (
    *("score", "drop", "rise", "actual", "coverage", "supported", "n", "effect", "drift", "new_value", "missing"),
    "constant",
)

SHARES = {
    **dict.fromkeys(("score", "actual", "coverage", "supported", "new_value", "missing", "constant"), 0.0),
    **dict.fromkeys(("drop", "rise"), -1.0),
}
"""Measures that are at most 1, with the least that they can be."""

CHANGES = {"fall": -1.0, "rise": 1.0, "any": 0.0}
"""Which way a measure may change, as the sign of the change."""

CHANGING = ("score", "coverage", "supported", "drift", "missing")
"""Measures that a change of level is looked for in."""

WHOLE = ("effect", "drift", "new_value", "missing", "constant")
"""Measures of all samples, which no ``where`` narrows."""


MOST = sys.float_info.max


@dataclass(frozen=True)
class AlertRule:
    """An alert when a measure is ``above`` or ``below`` a threshold in ``periods`` consecutive periods of ``every``.

    ``every`` is a length of time such as ``6h``, ``1D`` or ``7D`` (or a number of rows); without it a day or so.

    ``measure``: score, drop (the evaluation set's estimate less the score), rise (the other way round), actual (share
    of good among labelled samples), coverage, supported (shares), n (samples, as a share of what is usual for that
    weekday), effect (size of a ``property``'s difference from the evaluation set), drift (a ``property``'s distance
    from the evaluation set, of any without one), new_value (largest share of a value that evaluation lacks), missing
    and constant (share of missing values, and of the most frequent value), each of ``property`` or the largest.
    Scores, effects and what labels say must be beyond the threshold with their whole band.
    ``where`` narrows score, drop, rise, actual, coverage, supported and n to a segment.

    In place of a threshold ``change``: fall, rise or any – the level of score, coverage, supported, drift (the share of
    a value of ``property``, or of any) or missing has changed beyond what its days vary by anyhow; valid at every look
    (:mod:`prodmon_widgets.engine.alerts.sequential`).
    """

    name: str
    measure: str
    above: float | None = None
    below: float | None = None
    every: str | int | None = None
    periods: int = 1
    where: Mapping[str, object] | None = None
    property: str | None = None
    change: str | None = None
    threshold: float = field(init=False)
    sign: float = field(init=False)
    """1 for above or a rise, −1 for below or a fall, 0 for a change either way."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"a rule's name is {shown(self.name)}; expected text, in YAML in quotes.")
        if self.measure not in MEASURES:
            raise InputError(unknown("measure", self.measure, MEASURES))
        if sum(given is not None for given in (self.above, self.below, self.change)) != 1:
            asked = f"above or below, a number, or change, one of {list(CHANGES)}"
            raise InputError(f"rule {shown(self.name)} needs one of three: {asked}.")
        object.__setattr__(self, "threshold", CERTAIN if self.change is not None else self._limit())
        self._check_change()
        way = 1.0 if self.above is not None else -1.0
        object.__setattr__(self, "sign", way if self.change is None else CHANGES[self.change])
        if not isinstance(self.periods, int) or self.periods < 1:
            raise InputError(
                f"rule {shown(self.name)}: periods is {shown(self.periods)}; expected a whole number from 1 on."
            )
        if self.measure == "effect" and not self.property:
            raise InputError(f"rule {shown(self.name)} on effect needs the property whose effect is meant.")
        if self.where is not None and (not isinstance(self.where, Mapping) or self.measure in WHOLE):
            raise InputError(
                f"rule {shown(self.name)}: where takes a dict, on a measure that is none of {list(WHOLE)}."
            )

    def _limit(self) -> float:
        threshold = self.above if self.above is not None else self.below
        if not isinstance(threshold, int | float) or isinstance(threshold, bool):
            raise InputError(f"rule {shown(self.name)}: threshold {shown(threshold)} is not a number.")
        if not abs(threshold) <= MOST:
            raise InputError(f"rule {shown(self.name)}: threshold {shown(threshold)} is not a finite number.")
        least = SHARES.get(self.measure, -math.inf)
        if not least <= threshold <= (1 if self.measure in SHARES else math.inf):
            raise InputError(
                f"rule {shown(self.name)}: {self.measure} lies in [{least:g}, 1]; the threshold is {shown(threshold)}."
            )
        return float(threshold)

    def _check_change(self) -> None:
        if self.change is None:
            return
        if self.change not in CHANGES:
            raise InputError(f"rule {shown(self.name)}: {unknown('change', self.change, tuple(CHANGES))}")
        if self.measure not in CHANGING:
            told = f"change is told of {list(CHANGING)}, not of {self.measure}"
            raise InputError(f"rule {shown(self.name)}: {told}; give above or below.")

    def __str__(self) -> str:
        if self.change is not None:
            return f"{printable(self.name)}: {self.measure}, {_IN_WORDS[self.change]} beyond chance"
        side = "above" if self.above is not None else "below"
        return f"{printable(self.name)}: {self.measure} {side} {self.threshold:g}"


_IN_WORDS = {"fall": "a fall", "rise": "a rise", "any": "a change"}

DEFAULT = (
    AlertRule("quality falls", "score", change="fall"),
    AlertRule("quality rises", "score", change="rise"),
    AlertRule("less is annotated", "coverage", change="fall"),
    AlertRule("less is supported", "supported", change="fall"),
    AlertRule("a property drifts", "drift", change="any"),
    AlertRule("a new value", "new_value", above=0.01),
    AlertRule("few samples", "n", below=0.2),
)
"""What is watched when nothing else is asked. How often all of them together ring in vain: the benchmark of alerts."""

A_WEEK = AlertRule("a low week", "drop", above=0.03, every="7D")
"""Watched beside the usual rules where days have few samples."""

WEEK = 7 * DAY

FEWEST_A_DAY, FEWEST_DAYS = 150, 28
"""With fewer samples a day, over four weeks or more, single days tell little."""

_NAMES = tuple(each.name for each in fields(AlertRule) if each.init)


def alert_rules(source: object, *, weekly: bool = False) -> tuple[AlertRule, ...]:
    """Rules from a sequence of AlertRules or dicts, a path, or YAML text; None means the usual ones.

    ``weekly``: whether the usual ones hold a fall of quality against weeks, too.

    Raises InputError with the line, or the place, of anything that is no rule.

    >>> alert_rules("- {name: low, measure: score, below: 0.8}")[0].threshold
    0.8
    >>> alert_rules("- name: low\\n  measure: scores\\n  below: 0.8")
    Traceback (most recent call last):
    ...
    prodmon_widgets.errors.InputError: rules, line 1: measure 'scores' does not exist; did you mean 'score'? There are:
    'score', 'drop', 'rise', 'actual', 'coverage', 'supported', 'n', 'effect', 'drift', 'new_value', 'missing',
    'constant'.
    """
    if source is None:
        return (*DEFAULT, A_WEEK) if weekly else DEFAULT
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
