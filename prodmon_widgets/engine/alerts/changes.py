"""Rules on a change of level: the series that they look at, and their alarms as periods that fire."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.alerts.measures import Asked, season_of
from prodmon_widgets.engine.alerts.sequential import Alarm, Series, alarms, evidence
from prodmon_widgets.errors import InputError, unknown

Floats = NDArray[np.float64]

LEAST_LINE_SD = {"score": 0.03, "coverage": 0.1, "supported": 0.1}
"""How far production may be off the evaluation set's own level without anything having changed."""

LEAST_SIZE = {"score": 0.01, "coverage": 0.05, "supported": 0.05, "drift": 0.05, "missing": 0.05}
"""Smaller changes are nobody's concern."""

WARM_UP = 14
"""Periods whose mean is the level of a value's share: before them nothing is known of it."""

CALENDAR = 0.1
"""Standard deviation between weekdays from which a share follows the calendar, and is left out."""

BEGINNING = 7
"""A share that changes in its first periods is only getting to be known."""

FEWEST_SEEN = 10
"""Periods with samples below which no change of a share is told."""


@dataclass(frozen=True, eq=False)
class Change:
    """What a rule found. ``value``: (T,), the measure; ``log``: (T,), the evidence; ``fired``: (T,).

    ``what``: the value whose share changed, as text; empty for a score.
    """

    value: Floats
    log: Floats
    fired: NDArray[np.bool_]
    what: str = ""


def change_of(asked: Asked) -> Change:
    """The alarms of a rule with ``change``, over its periods."""
    names, series = series_of(asked)
    length = len(asked.frame)
    if not len(names):
        return Change(np.full(length, np.nan), np.full(length, -np.inf), np.zeros(length, dtype=bool))
    sign, rule = asked.rule.sign, asked.rule
    found = evidence(series, sign)
    # many series together may be wrong as seldom as one
    limit = rule.threshold + np.log(len(names))
    accepted = rule.measure in ("drift", "missing")
    least = LEAST_SIZE[rule.measure]
    by_row = [
        [a for a in alarms(series, row, found, sign, limit, accepted) if _counts(a, rule.measure, least)]
        for row in range(len(names))
    ]
    fired = np.zeros((len(names), length), dtype=bool)
    for row, told in enumerate(by_row):
        for alarm in told:
            fired[row, alarm.at : alarm.until] = True
    shown = _shown(by_row, found.log)
    return Change(series.values[shown], found.log[shown], np.asarray(fired.any(axis=0)), names[shown])


def _counts(alarm: Alarm, measure: str, least: float) -> bool:
    """Whether a change is large enough, and no part of how a share began."""
    return abs(alarm.size) >= least and (measure in LEAST_LINE_SD or alarm.since >= BEGINNING)


def _shown(by_row: list[list[Alarm]], log: Floats) -> int:
    """The series that is shown for all: an open alarm's, the latest one's, else that of the strongest evidence."""
    order = [(max((a.until is None, a.at) for a in told), row) for row, told in enumerate(by_row) if told]
    return max(order)[1] if order else int(np.nanmax(log, axis=1).argmax())


def series_of(asked: Asked) -> tuple[list[str], Series]:
    """What a rule looks at: a name a row, empty for a score, and the rows."""
    return _of_shares(asked) if asked.rule.measure in ("drift", "missing") else _of_quality(asked)


def _of_quality(asked: Asked) -> tuple[list[str], Series]:
    """A score, coverage or support: one series, expected at the evaluation set's own level."""
    measure, frame = asked.rule.measure, asked.frame
    values, n = asked.column(measure), asked.column("n")
    noise = values * (1 - values) / np.maximum(n, 1)
    own = "score" if measure == "score" else f"evaluation_{measure}"
    line = asked.watched.evaluation_score.score if own == "score" else frame.attrs.get(own, np.nan)
    if measure == "score":
        noise = np.asarray(frame.attrs.get("noise", noise), dtype=np.float64)
    seen = (n > 0) & ~np.isnan(values)
    if asked.rule.where is not None or not np.isfinite(line):
        # a segment, and what the evaluation set says nothing of, is expected where it begins
        line = float(values[seen][:WARM_UP].mean()) if seen.any() else 0.0
    least = LEAST_LINE_SD[measure]
    band = (asked.column("high") - asked.column("low"))[seen] / 4 if measure == "score" else np.zeros(1)
    sd = float(np.hypot(least, np.median(band))) if len(band) else least
    return [""], _filled(values[None], noise[None], seen, np.array([line]), np.array([sd]), season_of(frame))


def _of_shares(asked: Asked) -> tuple[list[str], Series]:
    """Shares of values: a series each, expected where it begins."""
    shares, rule = asked.watched.shares(asked.rule.every), asked.rule
    if rule.property is not None:
        if rule.property not in set(shares["property"]):
            raise InputError(unknown("property", rule.property, shares["property"].unique()))
        shares = shares[shares["property"] == rule.property]
    if rule.measure == "missing":
        shares = shares[shares["value"].isna()]
    frame = asked.frame
    seen = frame["n"].to_numpy() > 0
    season = season_of(frame)
    wide = shares.assign(value=shares["value"].fillna("(missing)")).pivot_table(
        index=["property", "value"], columns="start", values="share", observed=True
    )
    values = wide.reindex(columns=frame["start"]).to_numpy(np.float64)
    fit = np.array([_is_watched(row, seen, season) for row in values], dtype=bool)
    names = [f"{of} = {value}" for of, value in wide.index[fit]] if len(values) else []
    values = values[fit] if len(values) else np.empty((0, len(frame)))
    line = np.nanmean(values[:, seen][:, :WARM_UP], axis=1) if len(values) else np.empty(0)
    noise = np.clip(line * (1 - line), 1e-3, None)[:, None] / np.maximum(frame["n"].to_numpy(np.float64), 1)
    return names, _filled(values, noise, seen, line, np.full(len(line), 0.05), season)


def _is_watched(share: Floats, seen: NDArray[np.bool_], season: int) -> bool:
    """Whether a share can tell of a change: it is known throughout, and doesn't just follow the calendar."""
    known = share[seen]
    if len(known) < FEWEST_SEEN or np.isnan(known).any():
        return False
    if season == 1:
        return True
    days = np.flatnonzero(seen)[: 4 * season]
    means = [share[days[days % season == day]].mean() for day in range(season) if (days % season == day).any()]
    return bool(np.std(means) < CALENDAR)


def _filled(
    values: Floats, noise: Floats, seen: NDArray[np.bool_], line: Floats, line_sd: Floats, season: int
) -> Series:
    """Series whose unseen periods hold nothing that isn't a number; they are skipped anyhow."""
    known = np.where(seen, np.nan_to_num(values), 0.0)
    return Series(known, np.where(seen, np.maximum(np.nan_to_num(noise), 1e-9), 1.0), seen, line, line_sd, season)
