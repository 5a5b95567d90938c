"""Isotonic calibration: shares of steps, order, and one curve a class where there are enough."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.annotator.steps import FEWEST_OF_A_CLASS, MOST_SAMPLES, Calibrator, Steps


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=2, max_size=80))
def test_a_curve_never_falls_and_stays_between_its_bounds(pairs):
    raw, good = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    values = Steps.fit(raw, good)(np.linspace(-6, 6, 50))
    assert (np.diff(values) >= -1e-12).all()
    assert ((values >= 0.005) & (values <= 0.995)).all()


def test_two_levels_get_their_shares():
    raw = np.repeat([0.2, 0.8], 100)
    good = np.concatenate([np.arange(100) < 30, np.arange(100) < 90]).astype(float)
    np.testing.assert_allclose(Steps.fit(raw, good)(np.array([0.2, 0.8])), [0.3, 0.9])


def test_weights_count_as_samples():
    raw, good = np.zeros(4), np.array([1.0, 0, 0, 0])
    np.testing.assert_allclose(Steps.fit(raw, good, np.array([3.0, 1, 1, 1]))(np.zeros(1)), [0.5])


def test_more_samples_than_a_curve_needs_change_it_hardly():
    rng = np.random.default_rng(0)
    raw = rng.random(3 * MOST_SAMPLES)
    good = (rng.random(len(raw)) < raw).astype(float)
    at = np.linspace(0.05, 0.95, 19)
    np.testing.assert_allclose(Steps.fit(raw, good)(at), at, atol=0.03)


def test_a_class_has_its_own_curve_only_with_enough_samples():
    n = FEWEST_OF_A_CLASS
    kind = np.repeat([0, 1, 2], [n, n, n - 1])
    raw, good = np.full(len(kind), 0.5), (kind == 0).astype(float)
    made = Calibrator.fit(raw, kind, good)
    assert set(made.by_class) == {0, 1}
    score = made(np.full(4, 0.5), np.array([0, 1, 2, -1]))
    np.testing.assert_allclose(score, [0.995, 0.005, good.mean(), good.mean()])
