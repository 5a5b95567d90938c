"""What a rule is to be expected to do on this history: how often it rings in vain, and how late it tells of a drop."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from prodmon_widgets.engine.alerts.changes import series_of
from prodmon_widgets.engine.alerts.measures import Asked
from prodmon_widgets.engine.alerts.rulefile import AlertRule
from prodmon_widgets.engine.alerts.sequential import Series, evidence
from prodmon_widgets.engine.alerts.watched import Watched

Floats = NDArray[np.float64]

FEWEST_QUIET = 4
"""Quiet periods below which nothing is said of false alarms and delay."""

MOST_DAYS = 3653
"""Ten years: a delay beyond is infinite."""

FALSE_A_YEAR = 0.03
"""False alarms of a rule on a change in a year without change: the worst of twelve kinds of tuning streams."""

FEWEST_BEFORE = 14
"""Periods of history that a planted change has before it."""


def expected(watched: Watched, rule: AlertRule, history: pd.DataFrame, planted: float) -> tuple[float, float]:
    """False alarms a period, and periods until a planted change is told; NaN with too few quiet periods."""
    if rule.change is not None:
        return FALSE_A_YEAR / 365, _replayed(watched, rule, history, planted)
    quiet = history.loc[history["quiet"], "edge"].to_numpy(np.float64)
    delay = delay_in_periods(alarm_chance(quiet, rule, rule.sign * planted), rule.periods)
    return alarms_per_period(quiet, rule, 0.0), delay


def _replayed(watched: Watched, rule: AlertRule, history: pd.DataFrame, planted: float) -> float:
    """Periods until the change is told, were it planted into the quiet periods at hand; the median of three places.

    Infinite where it isn't told before they end; NaN for shares of values, and where there is too little history.
    """
    last = int(history["quiet"].to_numpy().argmin()) if not history["quiet"].all() else len(history)
    if rule.measure in ("drift", "missing") or last < 2 * FEWEST_BEFORE:
        return float("nan")
    frame = watched.timeline(rule.every, dict(rule.where) if rule.where else None)
    _, series = series_of(Asked(watched, rule, frame))
    starts = np.linspace(FEWEST_BEFORE, last - FEWEST_BEFORE, 3).astype(int)
    return float(np.median([_delay(series, rule, planted, int(start), last) for start in starts]))


def _delay(series: Series, rule: AlertRule, planted: float, start: int, last: int) -> float:
    values = series.values[:, :last].copy()
    values[:, start:] += rule.sign * planted
    told = evidence(Series(values, series.noise, series.seen, series.line, series.line_sd, series.season), rule.sign)
    late = np.flatnonzero(told.log[0, start:] > rule.threshold)
    return float(late[0] + 1) if len(late) else float("inf")


def alarm_chance(quiet: Floats, rule: AlertRule, shift: float) -> float:
    """Chance that one period is beyond the threshold, were quiet periods shifted; NaN with too few of them."""
    if len(quiet) < FEWEST_QUIET:
        return float("nan")
    spread = max(float(quiet.std(ddof=1)), 1e-9)
    return float(norm.cdf(rule.sign * (quiet.mean() + shift - rule.threshold) / spread))


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
