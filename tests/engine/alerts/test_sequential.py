import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from prodmon_widgets.engine.alerts.sequential import (
    CERTAIN,
    FADING,
    SIZE,
    WEEKDAY,
    WOBBLE_SHARES,
    WOBBLES,
    Series,
    alarms,
    evidence,
)

NOISE, LINE, LINE_SD = 4e-4, 0.8, 0.05


def series(values, season=1, line=LINE):
    values = np.atleast_2d(values)
    ones = np.ones(len(values))
    noise, seen = np.full(values.shape, NOISE), np.ones(values.shape[1], bool)
    return Series(values, noise, seen, line * ones, LINE_SD * ones, season)


def covariance(length, wobble, season):
    """Of the values of a stream without change, whose level, weekdays and wobble are not known."""
    at = np.arange(length)
    same_day = at[:, None] % season == at[None] % season
    fades = wobble**2 * FADING ** abs(at[:, None] - at[None])
    return LINE_SD**2 + (season > 1) * WEEKDAY**2 * same_day + fades + NOISE * np.eye(length)


def slow_evidence(values, season):
    """The same ratio by whole covariance matrices and by numbers for the integral over sizes of a fall."""
    sizes = np.linspace(-6 * SIZE, 0, 4001)
    weight = 2 * norm.pdf(sizes, 0, SIZE) * (sizes[1] - sizes[0])
    weight[-1] /= 2
    none, shifted = 0.0, np.zeros(len(values))
    for share, wobble in zip(WOBBLE_SHARES, WOBBLES, strict=True):
        law = multivariate_normal(np.full(len(values), LINE), covariance(len(values), wobble, season))
        none += share * law.pdf(values)
        for since in range(len(values)):
            step = np.where(np.arange(len(values)) >= since, 1.0, 0.0)
            shifted[since] += share * (weight * law.pdf(values - sizes[:, None] * step)).sum()
    return np.log(shifted.sum() / none)


@pytest.mark.parametrize("season", [1, 7])
@pytest.mark.parametrize("seed", range(3))
def test_the_evidence_is_the_ratio_of_likelihoods_by_whole_matrices(seed, season):
    values = LINE + np.random.default_rng(seed).normal(0, 0.03, 12)
    values[8:] -= 0.05
    found = evidence(series(values, season), -1.0)
    assert found.log[0, -1] == pytest.approx(slow_evidence(values, season), abs=2e-3)


def test_a_step_is_dated_and_its_size_is_told():
    values = LINE + np.random.default_rng(1).normal(0, 0.01, 80)
    values[60:] -= 0.08
    found = series(values, 7)
    (alarm,) = alarms(found, 0, evidence(found, -1.0), -1.0, CERTAIN, accepted=False)
    assert 60 <= alarm.at <= 64
    assert abs(alarm.since - 60) <= 1
    assert alarm.size == pytest.approx(-0.08, abs=0.03)
    assert alarm.until is None


def test_an_alarm_is_over_when_the_level_is_back_and_a_second_fall_is_told_again():
    values = LINE + np.random.default_rng(2).normal(0, 0.01, 150)
    values[40:60] -= 0.1
    values[110:] -= 0.1
    found = series(values, 7)
    first, second = alarms(found, 0, evidence(found, -1.0), -1.0, CERTAIN, accepted=False)
    assert 60 < first.until < 70
    assert 110 <= second.at < 116
    assert second.until is None


def test_a_rise_is_no_fall_and_either_way_finds_both():
    values = LINE + np.random.default_rng(3).normal(0, 0.01, 60)
    values[40:] += 0.1
    found = series(values)
    assert evidence(found, -1.0).log.max() < CERTAIN < evidence(found, 1.0).log.max()
    assert evidence(found, 0.0).log.max() > CERTAIN


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), at=st.integers(5, 30))
def test_what_comes_later_changes_no_evidence_of_before(seed, at):
    values = LINE + np.random.default_rng(seed).normal(0, 0.03, 35)
    whole, part = evidence(series(values, 7), 0.0), evidence(series(values[:at], 7), 0.0)
    np.testing.assert_allclose(whole.log[:, :at], part.log)


def test_series_side_by_side_are_what_they_are_alone():
    values = LINE + np.random.default_rng(4).normal(0, 0.03, (3, 40))
    together = evidence(series(values, 7), 0.0)
    for row in range(3):
        np.testing.assert_allclose(together.log[row], evidence(series(values[row], 7), 0.0).log[0])


def test_periods_without_samples_say_nothing():
    values = LINE + np.random.default_rng(5).normal(0, 0.02, (1, 30))
    seen = np.ones(30, bool)
    seen[10:15] = False
    wild = values.copy()
    wild[:, 10:15] = -7.0
    line, sd = np.array([LINE]), np.array([LINE_SD])
    found = [evidence(Series(v, np.full((1, 30), NOISE), seen, line, sd, 7), 0.0).log for v in (values, wild)]
    np.testing.assert_array_equal(*found)
