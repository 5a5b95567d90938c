"""Columns that only tell the calendar are found by their values; what merely changes with the time isn't one."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.annotator.calendar import told_by_calendar

RNG = np.random.default_rng(0)
TIME = pd.Series(pd.to_datetime("2024-01-03") + pd.to_timedelta(np.sort(RNG.random(3000)) * 75, unit="D"))
MS = TIME.to_numpy().astype("datetime64[ms]").astype(np.float64)
LOCAL = TIME + pd.Timedelta(hours=-5)
DAY_NUMBER = (TIME - TIME.iloc[0]).dt.days
TEMPERATURE = pd.Series(RNG.choice(["cold", "mild", "warm"], 80))


def told(column):
    return told_by_calendar(pd.DataFrame({"column": column}), MS)


@pytest.mark.parametrize(
    ("column", "part"),
    [
        (TIME.dt.day_name(), "the weekday"),
        (LOCAL.dt.day_name().astype("category"), "the weekday"),
        (TIME.dt.day_of_week.astype(float), "the weekday"),
        (TIME.dt.day_of_week.ge(5).map({True: "weekend", False: "workday"}), "the weekday"),
        (LOCAL.dt.hour.astype(float), "the hour"),
        (TIME.dt.hour.ge(18).map({True: "evening", False: "day"}), "the hour"),
        (TIME.dt.month_name(), "the month"),
        (TIME.dt.day.astype(float), "the day of the month"),
        (TIME.dt.strftime("batch-%Y%m%d"), "each value has a time of its own"),
        ((DAY_NUMBER // 10).astype(str).where(RNG.random(3000) < 0.9), "each value has a time of its own"),
    ],
)
def test_what_tells_the_calendar_is_named_with_the_part(column, part):
    assert told(column) == {"column": f"tells the calendar: {part}"}


@pytest.mark.parametrize(
    "column",
    [
        RNG.choice(["a", "b", "c"], 3000),
        np.where(RNG.random(3000) < 0.002, "rare", "usual"),
        np.where(DAY_NUMBER < 40, "before", "after"),
        TEMPERATURE.reindex(DAY_NUMBER).to_numpy(),
        np.where(RNG.random(3000) < 0.2, RNG.choice(["x", "y"], 3000), TIME.dt.day_name()),
        RNG.normal(size=3000),
        np.full(3000, "constant"),
        np.where(DAY_NUMBER > 60, RNG.choice(["new", "old"], 3000), "old"),
    ],
    ids=["choice", "rare", "once changed", "weather", "noisy", "number", "constant", "arrives"],
)
def test_what_says_something_of_its_own_is_no_calendar(column):
    assert told(column) == {}


def test_without_times_nothing_is_found():
    frame = pd.DataFrame({"day": TIME.dt.day_name()})
    assert told_by_calendar(frame, None) == told_by_calendar(frame, np.full(3000, np.nan)) == {}
