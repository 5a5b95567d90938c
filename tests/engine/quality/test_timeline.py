"""Stretches of time: where they begin, what they count, and which lengths can't be had."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms
from prodmon_widgets.engine.quality.timeline import series, timeline
from prodmon_widgets.engine.time.bins import DAY, TimeBins
from prodmon_widgets.errors import InputError

FROM_SIX = TimeBins(DAY // 4, DAY // 4, 9)
"""Bins of six hours from six in the morning of the first day to noon of the third."""


def totals_of(n):
    """Nine bins of n samples each, all good."""
    count = np.full(9, n, dtype=np.int64)
    none = np.zeros(9, dtype=np.int64)
    score = count * SCALE
    return {
        "n": count,
        "annotated": count,
        "unsupported": none,
        "score": score,
        "variance": none,
        "supported_score": score,
    }


def test_days_begin_at_midnight_though_the_first_sample_comes_later():
    frame = timeline(totals_of(10), FROM_SIX, BlockTerms.neutral(9), "1D")
    assert frame["start"].tolist() == list(pd.date_range("1970-01-01", periods=3))
    assert frame["end"].tolist() == list(pd.date_range("1970-01-02", periods=3))
    assert frame["n"].tolist() == [30, 40, 20]
    assert frame["score"].tolist() == [1.0, 1.0, 1.0]


def test_a_series_has_at_most_so_many_stretches_from_the_first_bin_on():
    frame = series(totals_of(10), FROM_SIX, BlockTerms.neutral(9), 4)
    assert frame["start"].iloc[0] == pd.Timestamp("1970-01-01 06:00")
    assert frame["n"].tolist() == [30, 30, 30]


def test_rows_are_stretches_of_rows():
    rows = TimeBins(0, 8, 9, is_time=False)
    frame = timeline(totals_of(8), rows, BlockTerms.neutral(9), 16)
    assert frame[["start", "end"]].iloc[0].tolist() == [0, 16]
    assert frame["n"].tolist() == [16, 16, 16, 16, 8]


@pytest.mark.parametrize(
    ("every", "message"),
    [("soon", "expected a length of time"), ("1h", "expected a multiple of this monitor's time step"), ("0D", "step")],
)
def test_a_length_that_the_bins_have_not_is_refused(every, message):
    with pytest.raises(InputError, match=message):
        timeline(totals_of(1), FROM_SIX, BlockTerms.neutral(9), every)
