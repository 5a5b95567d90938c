"""Alerts: rules rehearsed on history – when they would have fired, how often in vain, and how late.

A rule's measure is taken for every period of production. Its false alarms and its delay are computed from the quiet
periods before the score's onset of decline: their values as a normal distribution, as it is and with a drop planted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.alerts.changes import change_of
from prodmon_widgets.engine.alerts.measures import BY_NAME, Asked
from prodmon_widgets.engine.alerts.rehearsal import MOST_DAYS, expected
from prodmon_widgets.engine.alerts.rulefile import DEFAULT, AlertRule
from prodmon_widgets.engine.alerts.watched import Watched
from prodmon_widgets.engine.causes.onset import decline
from prodmon_widgets.engine.time.windows import bounds
from prodmon_widgets.errors import printable

DAYS_A_MONTH = 30.4

COLUMNS = ["rule", "since", "until", "value", "threshold", "what"]

MOST_FALSE = 1.0
"""False alarms a month that a usual rule may promise on this history; above it is left out."""


@dataclass(frozen=True, eq=False)
class Alerts:
    """Rules rehearsed. ``history``: one row a rule and period – rule, start, end, value, fired.

    ``rules``: one row a rule – rule, measure, threshold, fired (periods), first (of them), ``false_alarms_per_month``
    and ``delay_days``, to be expected with a drop of ``planted`` (NaN with too few quiet periods, infinite beyond ten
    years). ``open``: the rules that fire in the last period with samples – rule, since, value, threshold, and ``what``,
    the value whose share a change is of. ``closed``: alerts that ended before – rule, since, until, value (the farthest
    beyond the threshold), threshold, what. A rule on a change has the log evidence that it needs as its threshold.
    """

    history: pd.DataFrame
    rules: pd.DataFrame
    open: pd.DataFrame
    closed: pd.DataFrame
    planted: float

    def __len__(self) -> int:
        return len(self.open)

    def __str__(self) -> str:
        said = [
            f"{r['rule']}, {r['what'] and printable(r['what']) + ' '}{r['value']:.3g} since {_day(r['since'])}"
            for r in self.open.to_dict("records")
        ]
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
    """Hold history against rules; ``planted``: the drop, in units of each measure, whose detection is timed.

    Of the usual rules those are left out that promise more than ``MOST_FALSE`` false alarms a month on this history.
    """
    tried = [(rule, _history(watched, rule)) for rule in rules]
    summary = [_summary(watched, rule, history, planted) for rule, history in tried]
    kept = [i for i, (rule, _) in enumerate(tried) if not (rule in DEFAULT and _rings(summary[i]))]
    histories = [tried[i] for i in kept]
    runs = [run for rule, history in histories for run in _runs(rule, history)]
    opened, closed = ([run for run in runs if (run["until"] is None) == still] for still in (True, False))
    shown = [history[["rule", "start", "end", "value", "fired"]] for _, history in histories]
    return Alerts(
        pd.concat(shown, ignore_index=True),
        pd.DataFrame([summary[i] for i in kept]),
        pd.DataFrame(opened, columns=[name for name in COLUMNS if name != "until"]),
        pd.DataFrame(closed, columns=COLUMNS),
        planted,
    )


def _rings(summary: dict[str, object]) -> bool:
    return float(str(summary["false_alarms_per_month"])) > MOST_FALSE


def _history(watched: Watched, rule: AlertRule) -> pd.DataFrame:
    """start, end, n, value, edge (what is held against the threshold), fired, quiet, what, a row a period."""
    frame = watched.timeline(rule.every, dict(rule.where) if rule.where else None)
    asked = Asked(watched, rule, frame)
    if rule.change is not None:
        found = change_of(asked)
        value, edge, fired, what = found.value, found.log, found.fired, found.what
    else:
        value, edge = BY_NAME[rule.measure](asked)
        beyond = edge > rule.threshold if rule.above is not None else edge < rule.threshold
        fired, what = pd.Series(beyond).rolling(rule.periods).sum().to_numpy() >= rule.periods, ""
    return frame[["start", "end", "n"]].assign(
        rule=str(rule), value=value, edge=edge, fired=fired, what=what, quiet=_quiet(frame) & ~np.isnan(edge)
    )


def _quiet(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """The periods before the score's onset of decline; all where there is none."""
    found = decline(frame)
    before = len(frame) if found is None else found.low
    return (frame["n"].to_numpy() > 0) & (np.arange(len(frame)) < before)


def _summary(watched: Watched, rule: AlertRule, history: pd.DataFrame, planted: float) -> dict[str, object]:
    fired = history["fired"].to_numpy()
    length = _days(history)
    first = history.loc[fired, "start"]
    false, delay = expected(watched, rule, history, planted)
    delay *= length
    return {
        "rule": str(rule),
        "measure": rule.measure,
        "threshold": rule.threshold,
        "fired": int(fired.sum()),
        "first": first.iloc[0] if len(first) else None,
        "false_alarms_per_month": false * DAYS_A_MONTH / length,
        "delay_days": delay if not delay > MOST_DAYS else float("inf"),
    }


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
        farthest = mine["value"].max() if rule.sign > 0 else mine["value"].min()
        yield {
            "rule": str(rule),
            "since": mine["start"].iloc[0],
            "until": None if is_open else mine["end"].iloc[-1],
            "value": mine["value"].iloc[-1] if is_open else farthest,
            "threshold": rule.threshold,
            "what": mine["what"].iloc[-1],
        }


def _past(rule: object, ended: pd.DataFrame) -> str:
    """The ended alerts of a rule: the last one, and how many there were."""
    last = ended.iloc[-1]
    before = f"; {len(ended) - 1} before" if len(ended) > 1 else ""
    return f"over: {rule}, {last['value']:.3g} from {_day(last['since'])} to {_day(last['until'])}{before}"


def _day(time: object) -> str:
    return str(time).removesuffix(" 00:00:00")
