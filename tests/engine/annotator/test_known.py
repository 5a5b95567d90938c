"""What the evaluation set shows of its own estimates: backtest, missed differences, distance of stretches."""

import numpy as np
import pytest

from prodmon_widgets.engine.annotator.ageing import Ageing
from prodmon_widgets.engine.annotator.blocks import deviation, distance
from prodmon_widgets.engine.annotator.density import Density, density
from prodmon_widgets.engine.annotator.known import Known, backtest, missed, stretch_auc
from prodmon_widgets.engine.annotator.steps import Calibrator


def test_the_backtest_finds_how_far_stretches_are_off_beyond_sampling():
    """A wave twice as long as the evaluation set's half, and the same samples in another row order."""
    rng = np.random.default_rng(0)
    time = rng.permutation(20_000)
    good = (rng.random(20_000) < 0.5 + 0.1 * np.sqrt(2) * np.sin(2 * np.pi * time / 20_000)).astype(float)
    assert backtest(good, np.full(20_000, 0.5), np.argsort(time)) == pytest.approx(0.0984, abs=0.005)


def test_stretches_that_part_at_steps_are_off_by_what_lies_within_a_stretch_of_them():
    """Independent steps as long as a stretch: two thirds of their variance, the mean of f² + (1 − f)²."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(40):
        off = np.repeat(rng.choice([-0.1, 0.1], 10), 1000)
        good = (rng.random(10_000) < 0.5 + off).astype(float)
        found.append(backtest(good, np.full(10_000, 0.5), np.arange(10_000)) ** 2)
    assert np.sqrt(np.mean(found)) == pytest.approx(0.1 * np.sqrt(2 / 3), rel=0.1)


def test_the_backtest_of_a_true_score_is_about_nothing():
    rng = np.random.default_rng(1)
    found = []
    for _ in range(50):
        score = rng.random(3000)
        found.append(backtest((rng.random(3000) < score).astype(float), score, np.arange(3000)))
    assert np.mean(found) < 0.006


def test_what_sampling_of_the_other_stretches_does_is_not_taken_for_a_change_over_time():
    """Each fifth is estimated by the mean of the others: exact but for their sampling."""
    rng = np.random.default_rng(2)
    found = []
    for _ in range(50):
        good = (rng.random(3000) < 0.7).astype(float)
        fifths = good.reshape(5, 600)
        others = (good.sum() - fifths.sum(axis=1)) / 2400
        found.append(backtest(good, np.repeat(others, 600), np.arange(3000)))
    assert np.mean(found) < 0.0057


def test_differences_that_a_score_halves_are_missed_by_as_much_as_it_says():
    """Groups differ by ±0.2 of the mean, the score says ±0.1: as wrong as it is far."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, 2, 40_000)
    good = (rng.random(40_000) < np.where(group, 0.7, 0.3)).astype(float)
    half, full = (np.where(group, 0.5 + d, 0.5 - d) for d in (0.1, 0.2))
    matrix, is_code = group[:, None].astype(np.float32), np.array([True])
    assert missed(matrix, is_code, good, half) == pytest.approx(1.0, abs=0.05)
    assert missed(matrix, is_code, good, full) < 0.05


def test_missing_numbers_and_constant_columns_are_no_groups_that_break_anything():
    matrix = np.column_stack([np.full(500, np.nan), np.zeros(500), np.arange(500)]).astype(np.float32)
    good = np.tile([0.0, 1.0], 250)
    assert 0 <= missed(matrix, np.zeros(3, dtype=bool), good, np.linspace(0.4, 0.6, 500)) <= 1


def test_stretches_with_their_own_season_are_told_apart():
    rng = np.random.default_rng(0)
    season = np.repeat(np.arange(10.0), 300)
    plain = rng.normal(size=(3000, 1)).astype(np.float32)
    assert stretch_auc(plain, np.arange(3000), 0) < 0.6
    assert stretch_auc(np.column_stack([plain[:, 0], season]).astype(np.float32), np.arange(3000), 0) > 0.95


def test_the_distance_is_the_one_that_normal_distributions_need_for_that_auc():
    """AUC = Φ(d/√2): 0.7602 at one standard deviation."""
    assert distance(0.76025) == pytest.approx(1.0, abs=1e-3)
    assert distance(0.5) == distance(0.6)


def test_weights_of_a_known_density_ratio_bring_the_mean_over():
    rng = np.random.default_rng(0)
    reference, block = rng.normal(0, 1, (4000, 1)), rng.normal(0.7, 1, (2000, 1))
    found = density(reference.astype(np.float32), block.astype(np.float32), 0)
    assert np.average(reference[:, 0], weights=found.weight) == pytest.approx(0.7, abs=0.12)
    assert found.auc == pytest.approx(0.69, abs=0.03)
    assert found.effective_n < 4000


def known(**facts):
    rng = np.random.default_rng(0)
    score = np.full(1000, 0.8)
    good = (rng.random(1000) < 0.8).astype(float)
    raw, kind = np.full(1000, 0.8), np.zeros(1000, dtype=np.int64)
    plain = Calibrator.fit(raw, kind, good)
    given = {
        "n": 1000,
        "mean": 0.8,
        "backtest": 0.0,
        "stretch_auc": 0.5,
        "missed": 0.0,
        "ageing": Ageing(0.0, 0.0, 0.0),
    }
    given |= facts
    return Known(np.zeros((1000, 1), np.float32), raw, kind, good, score, plain, **given)


def test_each_part_of_a_deviation_by_itself_and_all_together():
    flat = Density(np.ones(1000), 0.5, 1000.0)
    alone = deviation(known(), flat, np.full(3, 0.8))
    assert alone == pytest.approx(0.4 / np.sqrt(1000), rel=0.05)
    assert deviation(known(backtest=0.03), flat, np.full(3, 0.8)) == pytest.approx(np.hypot(alone, 0.03))
    far = Density(np.ones(1000), 0.9214, 1000.0)
    assert deviation(known(backtest=0.03, stretch_auc=0.7602), far, np.full(3, 0.8)) == pytest.approx(
        np.hypot(alone, 0.06), rel=1e-3
    )
    means = np.array([0.7, 0.8, 0.9])
    assert deviation(known(), flat, means) == pytest.approx(np.hypot(alone, 0.1 / np.sqrt(3)))
    assert deviation(known(missed=0.5), flat, np.full(3, 0.6)) == pytest.approx(np.hypot(alone, 0.1))
    old = known(ageing=Ageing(rate=1e-4, middle=50.0, length=10.0))
    assert deviation(old, flat, np.full(3, 0.8), at=140.0) == pytest.approx(np.hypot(alone, 0.03))
