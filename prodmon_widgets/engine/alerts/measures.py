"""Measures of alert rules, a function each: what is held against a threshold in each period.

To add one, write a function of :class:`Asked` that returns a value a period and the part of it that certainly is
reached, put it into ``BY_NAME``, and its name into ``MEASURES``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from prodmon_widgets.engine.alerts.rulefile import AlertRule
from prodmon_widgets.engine.alerts.watched import Watched
from prodmon_widgets.errors import InputError, unknown

Floats = NDArray[np.float64]

USUAL_PERIODS = 8
"""Earlier periods of the same weekday whose median is what is usual."""

FEWEST_USUAL = 3


@dataclass(frozen=True, eq=False)
class Asked:
    """A rule put to a monitor; ``frame`` has a row a period."""

    watched: Watched
    rule: AlertRule
    frame: pd.DataFrame

    def column(self, name: str) -> Floats:
        """A column of the periods; NaN where they have none such."""
        if name not in self.frame:
            return np.full(len(self.frame), np.nan)
        return self.frame[name].to_numpy(np.float64)


Measured = tuple[Floats, Floats]
"""The measure in each period, and its value that certainly is reached; NaN without samples."""


def _score(asked: Asked) -> Measured:
    return asked.column("score"), asked.column("low" if asked.rule.above is not None else "high")


def _drop(asked: Asked) -> Measured:
    line = asked.watched.evaluation_score.score
    certain = asked.column("high" if asked.rule.above is not None else "low")
    return line - asked.column("score"), line - certain


def _rise(asked: Asked) -> Measured:
    line = asked.watched.evaluation_score.score
    certain = asked.column("low" if asked.rule.above is not None else "high")
    return asked.column("score") - line, certain - line


def _actual(asked: Asked) -> Measured:
    return _with_band(asked, asked.column("actual"), asked.column("n_actual"))


def _with_band(asked: Asked, share: Floats, n: Floats) -> Measured:
    """A share, and the end of its band that certainly is reached: a stretch of few samples shows nothing."""
    bands = [_band(s, k) for s, k in zip(share, n, strict=True)]
    return share, np.array([band[0 if asked.rule.above is not None else 1] for band in bands])


def _band(share: float, n: float) -> tuple[float, float]:
    """95 % band of a share (Wilson); NaN without samples."""
    if not n > 0 or np.isnan(share):
        return np.nan, np.nan
    band = binomtest(round(share * n), int(n)).proportion_ci(method="wilson")
    return float(band.low), float(band.high)


def _share_of(name: str) -> Callable[[Asked], Measured]:
    return lambda asked: _with_band(asked, asked.column(name), asked.column("n"))


def _n(asked: Asked) -> Measured:
    """Samples of a period as a share of what is usual, the median of earlier ones; NaN where that isn't known yet."""
    n = asked.frame["n"].to_numpy(np.float64)
    season = season_of(asked.frame)
    share = np.full(len(n), np.nan)
    # the last period may still be under way
    for at in range(len(n) - 1):
        before = n[at % season : at : season][-USUAL_PERIODS:]
        if len(before) >= FEWEST_USUAL and np.median(before) > 0:
            share[at] = n[at] / np.median(before)
    return share, share


def _by_window(of: Callable[[Asked, tuple[object, object]], tuple[float, float]]) -> Callable[[Asked], Measured]:
    def measured(asked: Asked) -> Measured:
        frame = asked.frame
        windows = zip(frame["start"], frame["end"], frame["n"], strict=True)
        pairs = [of(asked, (start, end)) if n else (np.nan, np.nan) for start, end, n in windows]
        return np.array([v for v, _ in pairs]), np.array([e for _, e in pairs])

    return measured


def _effect(asked: Asked, window: tuple[object, object]) -> tuple[float, float]:
    """Size of a property's effect, and the end of its band that is nearest to zero (above) or farthest (below)."""
    frame = asked.watched.compare(window).set_index("property")
    named = _named(asked.rule, frame.index)
    effect, low, high = frame.loc[named[:1], ["effect", "low", "high"]].to_numpy(np.float64)[0].tolist()
    ends = sorted((abs(low), abs(high)))
    least = 0.0 if low <= 0 <= high else ends[0]
    return abs(effect), least if asked.rule.above is not None else ends[1]


def _drift(asked: Asked, window: tuple[object, object]) -> tuple[float, float]:
    """The largest distance of a property."""
    frame = asked.watched.compare(window).set_index("property")
    drift = frame.loc[_named(asked.rule, frame.index), "drift"].to_numpy(np.float64)
    largest = float(np.nan_to_num(drift).max(initial=0.0))
    return largest, largest


def _named(rule: AlertRule, known: pd.Index) -> list[str]:
    """The property of a rule, or all."""
    if rule.property is not None and rule.property not in known:
        raise InputError(unknown("property", rule.property, known))
    return [str(name) for name in known] if rule.property is None else [rule.property]


def _new_value(asked: Asked) -> Measured:
    """The largest share of a new value in a period; where it is a day, in that day and the six before it."""
    rule, frame, season = asked.rule, asked.frame, season_of(asked.frame)
    share, n = np.full(len(frame), np.nan), frame["n"].to_numpy(np.float64)
    together = np.convolve(n, np.ones(season))[: len(n)]
    starts, ends = frame["start"], frame["end"]
    for at in np.flatnonzero(n).tolist():
        found = asked.watched.new_values((starts.iloc[max(at - season + 1, 0)], ends.iloc[at]))
        mine = found if rule.property is None else found[found["property"] == rule.property]
        share[at] = np.nan_to_num(mine["window_share"].to_numpy(np.float64)).max(initial=0.0)
    # that no new value came is a fact, not an estimate
    return (share, share) if asked.rule.above is None else _with_band(asked, share, together)


def _largest_share(missing: bool) -> Callable[[Asked], Measured]:
    """The largest share of missing values, or of one that isn't missing, over the properties that are meant."""

    def measured(asked: Asked) -> Measured:
        shares = asked.watched.shares(asked.rule.every)
        properties = pd.Index(shares["property"].unique())
        mine = shares[shares["property"].isin(_named(asked.rule, properties)) & (shares["value"].isna() == missing)]
        largest = mine.groupby("start")["share"].max().reindex(asked.frame["start"])
        return _with_band(asked, largest.to_numpy(np.float64), asked.column("n"))

    return measured


BY_NAME: dict[str, Callable[[Asked], Measured]] = {
    "score": _score,
    "drop": _drop,
    "rise": _rise,
    "actual": _actual,
    "coverage": _share_of("coverage"),
    "supported": _share_of("supported"),
    "n": _n,
    "effect": _by_window(_effect),
    "drift": _by_window(_drift),
    "new_value": _new_value,
    "missing": _largest_share(missing=True),
    "constant": _largest_share(missing=False),
}


def season_of(frame: pd.DataFrame) -> int:
    """Periods until a weekday comes again: 7 where each is a day, else 1."""
    length = frame["end"].iloc[0] - frame["start"].iloc[0]
    return 7 if isinstance(length, pd.Timedelta) and length == pd.Timedelta("1D") else 1
