"""Alerts: rules rehearsed on history – when they would have fired, how often in vain, and how late.

A rule's measure is taken for every period of production. Its false alarms and its delay are computed from the quiet
periods before the score's onset of decline: their values as a normal distribution, as it is and with a drop planted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from prodmon_widgets.engine.alerts.rulefile import AlertRule
from prodmon_widgets.engine.causes.onset import decline
from prodmon_widgets.engine.time.windows import bounds
from prodmon_widgets.errors import InputError, unknown

Floats = NDArray[np.float64]

FEWEST_QUIET = 4
"""Quiet periods below which nothing is said of false alarms and delay."""

DAYS_A_MONTH = 30.4

MOST_DAYS = 3653
"""Ten years: a delay beyond is infinite."""

COLUMNS = ["rule", "since", "until", "value", "threshold"]


class Benchmark(Protocol):
    """What production's scores are compared with."""

    @property
    def score(self) -> float:
        """The evaluation set's estimated score."""


class Watched(Protocol):
    """What alerts need of a monitor."""

    @property
    def evaluation_score(self) -> Benchmark:
        """The benchmark line."""

    def timeline(self, every: str | int | None = None, where: dict[str, object] | None = None) -> pd.DataFrame:
        """Quality over time."""

    def compare(self, window: tuple[object, object]) -> pd.DataFrame:
        """Properties of a window."""

    def new_values(self, window: tuple[object, object]) -> pd.DataFrame:
        """Values that the evaluation set lacks."""


@dataclass(frozen=True, eq=False)
class Alerts:
    """Rules rehearsed. ``history``: one row a rule and period – rule, start, end, value, fired.

    ``rules``: one row a rule – rule, measure, threshold, fired (periods), first (of them), ``false_alarms_per_month``
    and ``delay_days``, to be expected with a drop of ``planted`` (NaN with too few quiet periods, infinite beyond ten
    years). ``open``: the rules that fire in the last period with samples – rule, since, value, threshold. ``closed``:
    alerts that ended before – rule, since, until, value (the farthest beyond the threshold), threshold.
    """

    history: pd.DataFrame
    rules: pd.DataFrame
    open: pd.DataFrame
    closed: pd.DataFrame
    planted: float

    def __len__(self) -> int:
        return len(self.open)

    def __str__(self) -> str:
        said = [f"{r['rule']}, {r['value']:.3g} since {_day(r['since'])}" for r in self.open.to_dict("records")]
        over = [_past(rule, mine) for rule, mine in self.closed.groupby("rule", sort=False)]
        return "\n".join([*(said or [f"none of {len(self.rules)} rules raises an alert now."]), *over])

    def since(self, time: object) -> pd.DataFrame:
        """Alerts that are open, or ended after this time (or row number): rule, since, until, value, threshold.

        ``until`` is missing for the open ones. Raises InputError for what is no time.
        """
        is_time = pd.api.types.is_datetime64_any_dtype(self.history["start"])
        read = bounds((time, "2200-01-01" if is_time else 2**62), is_time=is_time)
        limit = read[0] if read else 0
        after = self.closed["until"] > (pd.Timestamp(limit, unit="ms") if is_time else limit)
        return pd.DataFrame([*self.open.to_dict("records"), *self.closed[after].to_dict("records")], columns=COLUMNS)

    def __repr__(self) -> str:
        return f"Alerts({len(self.rules)} rules, {int(self.rules['fired'].sum())} fired periods, {len(self)} open)"


def rehearse(watched: Watched, rules: tuple[AlertRule, ...], planted: float = 0.05) -> Alerts:
    """Hold history against rules; ``planted``: the drop, in units of each measure, whose detection is timed."""
    histories = [_history(watched, rule) for rule in rules]
    summary = [_summary(rule, history, planted) for rule, history in zip(rules, histories, strict=True)]
    runs = [run for rule, history in zip(rules, histories, strict=True) for run in _runs(rule, history)]
    opened, closed = ([run for run in runs if (run["until"] is None) == still] for still in (True, False))
    shown = [history[["rule", "start", "end", "value", "fired"]] for history in histories]
    return Alerts(
        pd.concat(shown, ignore_index=True),
        pd.DataFrame(summary),
        pd.DataFrame(opened, columns=[name for name in COLUMNS if name != "until"]),
        pd.DataFrame(closed, columns=COLUMNS),
        planted,
    )


def _history(watched: Watched, rule: AlertRule) -> pd.DataFrame:
    """start, end, n, value, edge (what is held against the threshold), fired, quiet, a row a period."""
    frame = watched.timeline(rule.every, dict(rule.where) if rule.where else None)
    value, edge = _measured(watched, rule, frame)
    beyond = edge > rule.threshold if rule.above is not None else edge < rule.threshold
    fired = pd.Series(beyond).rolling(rule.periods).sum().to_numpy() >= rule.periods
    return frame[["start", "end", "n"]].assign(
        rule=str(rule), value=value, edge=edge, fired=fired, quiet=_quiet(frame) & ~np.isnan(edge)
    )


def _measured(watched: Watched, rule: AlertRule, frame: pd.DataFrame) -> tuple[Floats, Floats]:
    """The measure in each period, and its value that certainly is reached; NaN without samples."""
    above = rule.above is not None
    score = frame["score"].to_numpy(np.float64)
    if rule.measure == "score":
        return score, frame["low" if above else "high"].to_numpy(np.float64)
    if rule.measure == "drop":
        line = watched.evaluation_score.score
        return line - score, line - frame["high" if above else "low"].to_numpy(np.float64)
    if rule.measure in ("coverage", "supported"):
        share = frame[rule.measure].to_numpy(np.float64)
        return share, share
    measured = _effect if rule.measure == "effect" else _newest
    pairs = [
        measured(watched, rule, (start, end)) if n else (np.nan, np.nan)
        for start, end, n in zip(frame["start"], frame["end"], frame["n"], strict=True)
    ]
    return np.array([v for v, _ in pairs]), np.array([e for _, e in pairs])


def _effect(watched: Watched, rule: AlertRule, window: tuple[object, object]) -> tuple[float, float]:
    """Size of a property's effect, and the end of its band that is nearest to zero (above) or farthest (below)."""
    frame = watched.compare(window).set_index("property")
    if rule.property not in frame.index:
        raise InputError(unknown("property", rule.property, frame.index))
    effect, low, high = frame.loc[[str(rule.property)], ["effect", "low", "high"]].to_numpy(np.float64)[0].tolist()
    ends = sorted((abs(low), abs(high)))
    least = 0.0 if low <= 0 <= high else ends[0]
    return abs(effect), least if rule.above is not None else ends[1]


def _newest(watched: Watched, rule: AlertRule, window: tuple[object, object]) -> tuple[float, float]:
    """The largest share of a new value."""
    frame = watched.new_values(window)
    mine = frame if rule.property is None else frame[frame["property"] == rule.property]
    share = float(np.nan_to_num(mine["window_share"].to_numpy(np.float64)).max(initial=0.0))
    return share, share


def _quiet(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """The periods before the score's onset of decline; all where there is none."""
    found = decline(frame)
    before = len(frame) if found is None else found.low
    return (frame["n"].to_numpy() > 0) & (np.arange(len(frame)) < before)


def _summary(rule: AlertRule, history: pd.DataFrame, planted: float) -> dict[str, object]:
    fired = history["fired"].to_numpy()
    quiet = history.loc[history["quiet"], "edge"].to_numpy(np.float64)
    sign = 1.0 if rule.above is not None else -1.0
    length = _days(history)
    first = history.loc[fired, "start"]
    delay = delay_in_periods(alarm_chance(quiet, rule, sign * planted), rule.periods) * length
    return {
        "rule": str(rule),
        "measure": rule.measure,
        "threshold": rule.threshold,
        "fired": int(fired.sum()),
        "first": first.iloc[0] if len(first) else None,
        "false_alarms_per_month": alarms_per_period(quiet, rule, 0.0) * DAYS_A_MONTH / length,
        "delay_days": delay if not delay > MOST_DAYS else float("inf"),
    }


def alarm_chance(quiet: Floats, rule: AlertRule, shift: float) -> float:
    """Chance that one period is beyond the threshold, were quiet periods shifted; NaN with too few of them."""
    if len(quiet) < FEWEST_QUIET:
        return float("nan")
    sign = 1.0 if rule.above is not None else -1.0
    spread = max(float(quiet.std(ddof=1)), 1e-9)
    return float(norm.cdf(sign * (quiet.mean() + shift - rule.threshold) / spread))


def alarms_per_period(quiet: Floats, rule: AlertRule, shift: float) -> float:
    """Chance that a period completes so many consecutive ones beyond the threshold."""
    return alarm_chance(quiet, rule, shift) ** rule.periods


def delay_in_periods(chance: float, periods: int) -> float:
    """Expected periods until so many consecutive ones, each with this chance, have come; infinite for 0.

    >>> delay_in_periods(0.5, 1), delay_in_periods(0.5, 2), delay_in_periods(1.0, 3)
    (2.0, 6.0, 3.0)
    """
    if np.isnan(chance) or chance >= 1:
        return float(periods) if chance >= 1 else float("nan")
    complete = chance**periods
    return (1 - complete) / ((1 - chance) * complete) if complete > 0 else float("inf")


def _days(history: pd.DataFrame) -> float:
    """Length of a period in days; 1 where there is no time."""
    length = history["end"].iloc[0] - history["start"].iloc[0]
    return length / pd.Timedelta("1D") if isinstance(length, pd.Timedelta) else 1.0


def _runs(rule: AlertRule, history: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Alerts in the order of time: each run of periods that fired, ``until`` None where it reaches the last samples.

    The value of an open one is the latest, that of an ended one the farthest beyond the threshold.
    """
    seen = history[history["n"] > 0].reset_index(drop=True)
    fired = seen["fired"].to_numpy(bool)
    run = np.cumsum(np.diff(fired, prepend=False))
    for _, mine in seen[fired].groupby(run[fired]):
        is_open = mine.index[-1] == len(seen) - 1
        farthest = mine["value"].max() if rule.above is not None else mine["value"].min()
        yield {
            "rule": str(rule),
            "since": mine["start"].iloc[0],
            "until": None if is_open else mine["end"].iloc[-1],
            "value": mine["value"].iloc[-1] if is_open else farthest,
            "threshold": rule.threshold,
        }


def _past(rule: object, ended: pd.DataFrame) -> str:
    """The ended alerts of a rule: the last one, and how many there were."""
    last = ended.iloc[-1]
    before = f"; {len(ended) - 1} before" if len(ended) > 1 else ""
    return f"over: {rule}, {last['value']:.3g} from {_day(last['since'])} to {_day(last['until'])}{before}"


def _day(time: object) -> str:
    return str(time).removesuffix(" 00:00:00")
