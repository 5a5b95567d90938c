"""Bins: every number and every text has one place, fixed and readable."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.cube.bins import (
    DAY,
    LADDER,
    OTHER,
    Levels,
    TimeBins,
    ValueBins,
    bins_of,
    fitting,
    levels_of,
    time_bins_of,
    value_bins,
)
from prodmon_widgets.engine.cube.lookup import Lookup
from prodmon_widgets.engine.cube.valuebins import MOST_CODES
from tests.engine.coded import drawn, tables

finite = st.floats(-1e308, 1e308)
HOUR = 3_600_000


# --- time -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 4 * 10**12), st.integers(1, 10**12), st.integers(2, 800))
def test_time_bins_cover_their_range_within_what_was_allowed(low, length, most):
    bins = TimeBins.cover(low, low + length, most=most)
    assert bins.start <= low < bins.start + bins.step
    assert low + length <= bins.end < low + length + bins.step
    assert bins.count <= most


def test_each_step_of_the_ladder_divides_the_next():
    assert all(b % a == 0 for a, b in pairwise(LADDER))


def test_the_finest_step_is_taken():
    assert TimeBins.cover(0, 30 * DAY).step == HOUR
    assert TimeBins.cover(0, 12 * HOUR).step == 60_000


def test_weeks_start_on_mondays():
    bins = TimeBins.cover(0, 4000 * DAY)
    assert bins.step == 7 * DAY
    assert pd.Timestamp(bins.start, unit="ms").day_name() == "Monday"


def test_a_window_snaps_outward_to_whole_bins():
    bins = TimeBins.cover(0, 12 * DAY, most=12)
    assert bins.snap(DAY + 1, 2 * DAY) == (1, 2)
    assert bins.snap(DAY - 1, 2 * DAY + 1) == (0, 3)
    assert bins.snap() == (0, 12)
    assert bins.snap(-5 * DAY, 90 * DAY) == (0, 12)
    assert bins.window(1, 3) == (DAY, 3 * DAY)


@pytest.mark.parametrize(
    "window", [(5 * DAY, 5 * DAY), (99 * DAY, 100 * DAY), (-9 * DAY, -8 * DAY), (3 * DAY, 2 * DAY)]
)
def test_an_empty_window_has_no_bins(window):
    first, last = TimeBins.cover(0, 12 * DAY, most=12).snap(*window)
    assert first == last


def test_times_outside_have_no_bin():
    bins = TimeBins(0, 10, 3)
    assert bins.codes([-1, 0, 9, 10, 29, 30]).tolist() == [-1, 0, 0, 1, 2, -1]


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_extended_bins_keep_their_step_and_borders(low, length):
    bins = TimeBins(0, 1000, 50)
    more = bins.extended(low, low + length)
    assert more.start <= min(low, 0)
    assert more.end >= max(low + length, bins.end)
    assert (more.start - bins.start) % bins.step == 0
    assert more.count - bins.count <= -(-max(0, -low) // 1000) + -(-max(0, low + length - bins.end) // 1000)


def test_coarser_bins_are_unions_of_finer_ones():
    bins = TimeBins.cover(5 * HOUR, 200 * HOUR)
    coarse = bins.coarser_to(20)
    assert coarse.count <= 20
    assert set(coarse.edges()[1:-1].tolist()) <= set(bins.edges().tolist())
    assert coarse.start <= bins.start
    assert coarse.end >= bins.end


def test_row_numbers_have_bins_too():
    bins = TimeBins.cover(0, 1000, is_time=False, most=100)
    assert (bins.start, bins.step, bins.count) == (0, 16, 63)


# --- numbers --------------------------------------------------------------------------------------------------------


@given(st.lists(finite, unique=True, max_size=63).map(sorted), st.lists(st.floats(allow_nan=False), max_size=40))
def test_the_grid_finds_what_a_binary_search_finds(edges, values):
    edges = np.array(edges, dtype=float)
    x = np.concatenate([np.array(values, dtype=float), edges, np.nextafter(edges, -np.inf), [np.inf, -np.inf]])
    np.testing.assert_array_equal(Lookup(edges)(x), np.searchsorted(edges, x, side="right"))


@given(st.lists(st.floats(width=32), max_size=300))
def test_every_number_has_one_bin_and_only_nan_is_missing(sample):
    bins = value_bins("x", sample)
    assert (np.diff(bins.edges) > 0).all()
    assert bins.size <= 65
    assert len(bins.labels) == bins.size == len(bins.positions) + 1
    codes = bins.codes(np.array(sample, dtype=float))
    np.testing.assert_array_equal(codes == 0, np.isnan(np.array(sample, dtype=float)))
    assert (codes < bins.size).all()


def test_whole_numbers_of_few_values_have_a_bin_each():
    bins = value_bins("n_predictions", [3, 1, 2, 2, 1])
    assert bins.labels == ["missing", "1", "2", "3"]
    assert bins.codes([1, 2, 3, 7, -2]).tolist() == [1, 2, 3, 3, 1]
    assert bins.positions.tolist() == [1, 2, 3]


def test_bins_of_continuous_values_hold_about_equal_counts_between_readable_borders():
    x = np.random.default_rng(0).normal(size=50_000)
    bins = value_bins("x", x)
    counts = np.bincount(bins.codes(x))[1:]
    assert len(counts) == 64
    assert counts.min() > 0.7 * len(x) / 64
    assert counts.max() < 1.4 * len(x) / 64
    assert max(len(label) for label in bins.labels) <= 16


def test_a_heavy_value_has_a_bin_of_its_own():
    x = np.concatenate([np.zeros(6000), np.random.default_rng(0).exponential(1, 4000)])
    bins = value_bins("x", x)
    assert (bins.codes(x) == bins.codes([0.0])[0]).sum() == 6000


@pytest.mark.parametrize("sample", [[], [np.nan, np.nan], [np.inf, -np.inf]])
def test_without_a_finite_value_there_is_one_bin(sample):
    bins = value_bins("x", sample)
    assert bins.labels == ["missing", "any"]
    assert bins.codes([5.0, np.inf, np.nan]).tolist() == [1, 1, 0]


def test_one_huge_value_leaves_the_other_bins_alone():
    x = np.random.default_rng(0).normal(size=5000)
    assert len(np.unique(value_bins("x", [*x, 1e18]).codes(x))) >= 60


def test_merged_bins_are_unions_of_the_old_ones():
    bins = value_bins("x", np.random.default_rng(0).normal(size=5000))
    merged, to = bins.merged(32)
    assert merged.size == 33
    x = np.random.default_rng(1).normal(size=5000)
    np.testing.assert_array_equal(merged.codes(x), to[bins.codes(x)])


def test_values_far_from_zero_are_centered():
    assert value_bins("at", 1.7e12 + np.arange(1000.0)).center == 1.7e12 + 500
    assert value_bins("x", np.arange(1000.0)).center == 0


# --- levels ---------------------------------------------------------------------------------------------------------


def test_a_value_that_appears_later_takes_the_next_code():
    levels = Levels("x", "categorical", ("a", "b"), n_levels=2).extended(["c", "a"])
    assert levels.labels == ["missing", "other", "a", "b", "c"]
    assert levels.n_levels == 3


@pytest.mark.slow
def test_a_million_levels_keep_the_most_frequent_and_say_how_many_there_are():
    counts = pd.Series(np.arange(1_000_000, 0, -1), index=[f"v{i}" for i in range(1_000_000)])
    levels = levels_of("x", "categorical", counts, counts)
    assert levels.values[:2] == ("v0", "v1")
    assert (len(levels.values), levels.n_levels, levels.has_other) == (200, 1_000_000, True)
    # all are known, but too many to remember: an unknown text can't be told from them
    assert levels.extended(["never seen"]) is levels


def test_a_rare_new_value_has_a_code_beside_many_frequent_old_ones():
    old = pd.Series(1000, index=[f"v{i}" for i in range(500)])
    production = pd.concat([old, pd.Series({"new": 3})])
    levels = levels_of("x", "categorical", old, production)
    assert "new" in levels.code_of
    assert levels.new_beyond == 0


def test_new_values_beyond_the_codes_are_counted():
    production = pd.Series(1, index=[f"v{i:04}" for i in range(1000)])
    levels = levels_of("x", "categorical", pd.Series({"a": 5}), production)
    assert levels.new_beyond == 1000 - (len(levels.values) - 1)


def test_the_known_rest_stays_other_and_the_unknown_gets_a_code():
    old = pd.Series(range(500, 0, -1), index=[f"v{i}" for i in range(500)])
    levels = levels_of("x", "categorical", old, old)
    more = levels.extended(["v499", "surprise"])
    assert more.values[-1] == "surprise"
    assert "v499" not in more.code_of


def test_codes_end_somewhere_and_what_comes_then_is_counted():
    levels = Levels("x", "categorical", ("a",), n_levels=1).extended([str(i) for i in range(5000)])
    assert levels.size == MOST_CODES
    assert levels.n_levels == 5001
    assert levels.new_beyond == 5001 - len(levels.values)
    assert levels.labels[OTHER] == "other"
    met_again = levels.extended(["4999", "17"])
    assert (met_again.n_levels, met_again.new_beyond) == (levels.n_levels, levels.new_beyond)


# --- of tables ------------------------------------------------------------------------------------------------------


def test_bins_know_the_values_of_both_sides():
    evaluation, production = tables(drawn(300, 1), drawn(3000, 2, new=True))
    bins = bins_of(evaluation, production)
    assert set(bins["prediction"].values) == {"drama", "comedy", "war", "mystery"}
    assert bins["premium"].kind == "boolean"
    assert isinstance(bins["latency"], ValueBins)


def test_bins_that_grew_by_appends_become_coarser_where_their_cube_must_travel():
    levels = [Levels(f"c{i}", "categorical", tuple("abcdefgh"), n_levels=8) for i in range(30)]
    day = TimeBins(0, DAY, 200)
    grown = fitting(day.extended(0, 900 * DAY), levels)
    assert grown.step == 7 * DAY
    assert fitting(day, levels).step == DAY


@pytest.mark.parametrize("n_properties", [1, 40, pytest.param(400, marks=pytest.mark.slow)])
def test_the_time_step_grows_until_the_cube_fits_the_wire(n_properties):
    frame = pd.DataFrame({"timestamp": pd.date_range("2024-01-01", periods=2000, freq="h")})
    numbers = pd.DataFrame(np.random.default_rng(0).normal(size=(2000, n_properties))).add_prefix("x")
    evaluation, production = tables(frame.join(numbers), frame.join(numbers))
    bins = bins_of(evaluation, production)
    time = time_bins_of(production, list(bins.values()))
    cells = sum(min(each.size, 33) for each in bins.values())
    assert time.count * cells * 40 <= 4_000_000
    assert time.count <= 720
