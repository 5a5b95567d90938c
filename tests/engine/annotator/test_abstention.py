"""Thresholds: the bound of Clopper and Pearson, and that the error stays below the target whatever was tried."""

import numpy as np
import pytest

from prodmon_widgets.engine.annotator.abstention import Thresholds, error_bound


@pytest.mark.parametrize(("n", "wrong", "upper"), [(10, 0, 0.2589), (100, 5, 0.1023), (50, 50, 1.0)])
def test_the_one_sided_bound_is_the_published_one(n, wrong, upper):
    """0 of n: 1 − 0.05^(1/n); 5 of 100: Clopper and Pearson's table."""
    given = np.arange(n) < wrong
    assert error_bound(given, 0.95) == pytest.approx(upper, abs=2e-4)


def draw(n, seed):
    rng = np.random.default_rng(seed)
    score = rng.random(n)
    return score, (rng.random(n) < score).astype(float)


def test_the_error_of_given_annotations_is_above_the_target_in_at_most_one_of_twenty_sets():
    above = 0
    for seed in range(200):
        thresholds = Thresholds.fit(*draw(400, seed), 0.2)
        score, good = draw(20_000, 1000 + seed)
        state = thresholds.state(score)
        said = state != 2
        above += said.any() and ((state == 0) != (good == 1))[said].mean() > 0.2
    assert above / 200 <= 0.05


def test_sure_scores_are_annotated_at_both_ends_and_the_middle_is_unknown():
    score, good = draw(20_000, 0)
    thresholds = Thresholds.fit(score, good, 0.1)
    assert 0.1 < thresholds.low < 0.25
    assert 0.75 < thresholds.high < 0.9
    assert thresholds.state(np.array([0.0, 0.5, 1.0])).tolist() == [1, 2, 0]


@pytest.mark.parametrize(("n", "annotated"), [(50, False), (60, True)])
def test_each_of_the_twelve_candidates_has_its_own_part_of_the_risk(n, annotated):
    """No error in n is below a tenth with 1 − 0.05/12 from n = log(0.05/12)/log(0.9) on, which is 52.01."""
    thresholds = Thresholds.fit(np.full(n, 0.999), np.ones(n), 0.1)
    assert (thresholds.high <= 0.999) == annotated


def test_an_end_that_is_wrong_too_often_is_not_used():
    """Scores lie: what they call bad is good every other time."""
    rng = np.random.default_rng(0)
    score = np.repeat([0.02, 0.98], [100, 4000])
    good = np.where(score < 0.5, rng.random(4100) < 0.5, rng.random(4100) < 0.98).astype(float)
    assert Thresholds.fit(score, good, 0.1).state(np.array([0.02, 0.98])).tolist() == [2, 0]


def test_too_few_samples_give_no_annotations():
    assert Thresholds.fit(np.array([0.01, 0.99]), np.array([0.0, 1.0]), 0.1).state(np.array([0.0, 1.0])).tolist() == [
        2,
        2,
    ]
