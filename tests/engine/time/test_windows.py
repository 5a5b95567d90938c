"""A window is a pair of anything that pandas reads as a time."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.time.windows import bounds
from prodmon_widgets.errors import InputError

JULY, AUGUST = 1689984000000, 1690848000000


@pytest.mark.parametrize(
    "window",
    [
        ("2023-07-22", "2023-08-01"),
        ["2023-07-22T02:00+02:00", "1 August 2023"],
        (pd.Timestamp("2023-07-22"), pd.Timestamp("2023-08-01", tz="UTC")),
        (pd.Timestamp("2023-07-22 09:00", tz="Asia/Tokyo"), dt.date(2023, 8, 1)),
        (dt.datetime(2023, 7, 22), np.datetime64("2023-08-01")),  # noqa: DTZ001  naive on purpose
        (JULY, AUGUST),
        (float(JULY), np.int64(AUGUST)),
        np.array(["2023-07-22", "2023-08-01"], dtype="datetime64[D]"),
        pd.DatetimeIndex(["2023-07-22", "2023-08-01"]),
    ],
)
def test_times_without_a_zone_are_utc(window):
    assert bounds(window) == (JULY, AUGUST)


def test_none_is_all():
    assert bounds(None) is None
    assert bounds(None, is_time=False) is None


@pytest.mark.parametrize(
    ("window", "message"),
    [
        (("2023-08-01", "2023-07-22"), "ends before it starts"),
        (("2023-08-01", "2023-08-01"), "is empty"),
        (("2023-08-01", pd.NaT), "holds a missing time"),
        (("2023-08-01", None), "holds a missing time"),
        ((float("nan"), JULY), "holds a missing time"),
        ((float("-inf"), JULY), "is no time"),
        (("soon", "2023-07-22"), "'soon' is no time"),
        ((True, 7), "is no time"),
        ("2023-08-01", "expected a pair like"),
        (("2023-08-01",), "expected a pair like"),
        (7, "expected a pair like"),
        ({"start": 1, "end": 2}, "expected a pair like"),
    ],
)
def test_what_is_no_window_is_refused(window, message):
    with pytest.raises(InputError, match=message):
        bounds(window)


def test_row_numbers_without_time():
    assert bounds((np.int64(3), 7.0), is_time=False) == (3, 7)
    for window in [("2023-07-22", "2023-08-01"), (0.5, 2), (True, 5), (float("nan"), 2)]:
        with pytest.raises(InputError, match="is no row number; without a time column"):
            bounds(window, is_time=False)


@given(st.integers(-(2**50), 2**50), st.integers(1, 2**30))
def test_nanoseconds_are_floored_to_milliseconds(start, length):
    ns = np.array([start * 1000 + 999, (start + length) * 1000 + 1], dtype="datetime64[ns]")
    window = pd.DatetimeIndex(ns)
    floored = [int(v) // 10**6 for v in ns.astype("int64")]
    if floored[0] < floored[1]:
        assert bounds(window) == tuple(floored)
