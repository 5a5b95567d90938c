import numpy as np
import pytest

from prodmon_widgets.engine.causes.onset import MOST_STARTS, cycle, onset

DAYS, N = 60, 400


def drawn(level, seed):
    """Counts and sums of days whose chance of good is ``level``."""
    rng = np.random.default_rng(seed)
    n = rng.integers(N // 2, 3 * N // 2, len(level)).astype(float)
    return n, rng.binomial(n.astype(int), level).astype(float)


DAY = np.arange(DAYS)
STEP = np.where(DAY < 40, 0.9, 0.8)
SLOPE = 0.9 - 0.008 * np.maximum(DAY - 30, 0)


@pytest.mark.parametrize("seed", range(8))
def test_a_step_is_dated_and_called_abrupt(seed):
    found = onset(*drawn(STEP, seed))
    assert found.shape == "abrupt"
    assert abs(found.at - 40) <= 2
    assert found.low <= 40 <= found.high
    assert (found.before, found.after) == pytest.approx((0.9, 0.8), abs=0.02)


@pytest.mark.parametrize("seed", range(8))
def test_a_slope_is_dated_and_called_gradual(seed):
    found = onset(*drawn(SLOPE, seed))
    assert found.shape == "gradual"
    assert abs(found.at - 30) <= 6
    assert found.after == pytest.approx(SLOPE[-1], abs=0.03)


def test_the_interval_mostly_holds_the_onset():
    inside = [found.low <= 30 <= found.high for found in (onset(*drawn(SLOPE, seed)) for seed in range(60))]
    assert np.mean(inside) >= 0.85


def test_no_change_is_rarely_called_one():
    shapes = [onset(*drawn(np.full(DAYS, 0.85), seed)).shape for seed in range(100)]
    assert shapes.count("none") >= 98


def test_days_that_scatter_widely_need_more_to_be_a_change():
    rng = np.random.default_rng(1)
    levels = [np.clip(0.85 + rng.normal(0, 0.06, DAYS), 0, 1) for _ in range(60)]
    shapes = [onset(*drawn(level, seed)).shape for seed, level in enumerate(levels)]
    assert shapes.count("none") >= 56


def test_days_without_samples_are_no_evidence():
    n, s = drawn(STEP, 3)
    n[50:], s[50:] = 0, 0
    n[10:13], s[10:13] = 0, 0
    assert abs(onset(n, s).at - 40) <= 2
    assert onset(np.zeros(5), np.zeros(5)).shape == "none"
    assert onset(n[:3], s[:3]).shape == "none"


def held(level, *, at, period=1, seeds=range(60)):
    found = [onset(*drawn(level, seed), period) for seed in seeds]
    return np.mean([each.low <= at <= each.high for each in found]), {each.shape for each in found}


def test_a_ramp_that_ends_is_dated_by_its_start():
    inside, shapes = held(0.9 - 0.15 * np.clip((DAY - 25) / 12, 0, 1), at=25)
    assert inside >= 0.85
    assert shapes == {"gradual"}


def test_in_a_long_series_ramps_begin_at_some_places_and_are_held_as_well():
    day = np.arange(4 * MOST_STARTS)
    inside, shapes = held(0.9 - 0.2 * np.clip((day - 301) / 200, 0, 1), at=301, seeds=range(20))
    assert inside >= 0.85
    assert shapes == {"gradual"}


def test_days_of_a_week_that_differ_do_not_hide_a_slope():
    weekly = SLOPE - np.where(DAY % 7 >= 5, 0.15, 0.0)
    inside, shapes = held(weekly, at=30, period=7)
    assert inside >= 0.85
    assert shapes == {"gradual"}
    levels = [onset(*drawn(np.where(DAY % 7 >= 5, 0.75, 0.9), seed), 7).shape for seed in range(60)]
    assert levels.count("none") >= 58


def test_levels_repeat_after_a_week_of_days_or_a_day_of_hours():
    hour = 3_600_000
    assert [cycle(24 * hour), cycle(hour), cycle(7 * 24 * hour), cycle(0)] == [7, 24, 1, 1]
