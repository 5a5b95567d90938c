"""How errors grow with the distance in time from the evaluation set, and where they stop."""

import numpy as np
import pytest

from prodmon_widgets.engine.annotator.ageing import Ageing, growth


def errors(n, drift, seed=0):
    """Errors of estimates whose truth wanders off by ``drift`` over the evaluation set."""
    rng = np.random.default_rng(seed)
    good = (rng.random(n) < 0.8 - np.linspace(-drift, drift, n)).astype(float)
    return good, np.full(n, 0.8)


def test_errors_that_do_not_wander_hardly_grow():
    rates = [growth(np.subtract(*errors(5000, 0.0, seed))) for seed in range(20)]
    assert np.sqrt(20 * np.median(rates)) < 0.02


def test_a_drift_within_the_evaluation_set_goes_on_beyond_it():
    made = Ageing.of(*errors(5000, 0.1), time=np.arange(5000.0))
    # a whole evaluation set later the score is .2 off the mean of it
    assert 0.1 < np.sqrt(made.variance(7500.0)) < 0.4


def test_growth_stops_twice_the_length_of_the_evaluation_set_away():
    made = Ageing.of(*errors(5000, 0.1), time=np.arange(5000.0))
    assert made.variance(2600.0) < made.variance(9000.0) < made.variance(14_000.0) == made.variance(1e9)
    assert made.variance(None) == pytest.approx(made.variance(5000.0), rel=0.05)


def test_the_order_of_rows_changes_nothing_where_there_are_times():
    good, score = errors(5000, 0.1)
    time, order = np.arange(5000.0), np.random.default_rng(1).permutation(5000)
    assert Ageing.of(good[order], score[order], time[order]) == Ageing.of(good, score, time)


def test_one_moment_tells_no_time():
    good, score = errors(500, 0.1)
    assert Ageing.of(good, score, np.zeros(500)).variance(1e6) == 0.0
