"""Distances against scipy, closed forms, and what must hold for any counts."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from prodmon_widgets.engine.drift import distances as d
from tests.effort import examples

pairs = st.integers(1, 12).flatmap(
    lambda k: st.tuples(*(st.lists(st.integers(0, 1000), min_size=k, max_size=k).filter(any) for _ in range(2)))
)
symmetric = pytest.mark.parametrize(
    "distance", [d.psi, d.jensen_shannon, d.hellinger, d.kolmogorov_smirnov, d.cramers_v]
)


@symmetric
@examples(25)
@given(pair=pairs)
def test_a_distance_is_symmetric_not_negative_and_zero_to_itself(distance, pair):
    a, b = pair
    assert distance(a, b) == pytest.approx(distance(b, a), abs=1e-12)
    assert distance(a, b) >= 0
    assert distance(a, [7 * x for x in a]) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("distance", [d.jensen_shannon, d.hellinger, d.kolmogorov_smirnov, d.cramers_v])
@examples(25)
@given(pair=pairs)
def test_a_bounded_distance_is_at_most_one_and_one_for_disjoint_sides(distance, pair):
    a, b = pair
    assert distance(a, b) <= 1 + 1e-12
    assert distance([*a, *[0] * len(b)], [*[0] * len(a), *b]) == pytest.approx(1, abs=1e-12)


@given(pairs)
def test_jensen_shannon_is_scipys(pair):
    a, b = pair
    assert d.jensen_shannon(a, b) == pytest.approx(float(jensenshannon(a, b, base=2)), abs=1e-7)


@given(pairs)
def test_hellinger_is_the_norm_of_the_roots_difference(pair):
    p, q = (np.sqrt(np.array(x) / sum(x)) for x in pair)
    assert d.hellinger(*pair) == pytest.approx(np.linalg.norm(p - q) / np.sqrt(2), abs=1e-7)


@given(pairs)
def test_cramers_v_is_scipys(pair):
    table = np.array(pair)
    table = table[:, table.sum(axis=0) > 0]
    assume(table.shape[1] > 1)
    assert d.cramers_v(*pair) == pytest.approx(stats.contingency.association(table, method="cramer"), abs=1e-9)


@given(pairs)
def test_kolmogorov_smirnov_and_wasserstein_are_scipys_when_a_bin_is_a_value(pair):
    a, b = (np.minimum(x, 20) for x in pair)
    assume(a.any() and b.any())
    at = np.arange(len(a)) * 1.5
    # ten of each: the p-value that scipy computes along the way needs some samples
    x, y = np.repeat(at, 10 * a), np.repeat(at, 10 * b)
    assert d.kolmogorov_smirnov(a, b) == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, abs=1e-12)
    assert d.wasserstein(a, b, at) == pytest.approx(stats.wasserstein_distance(x, y), abs=1e-9)


def test_psi_has_its_closed_form():
    p, q = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.3, 0.4])
    assert d.psi(p * 100, q * 1000) == pytest.approx(((p - q) * np.log(p / q)).sum())


def test_an_empty_bin_keeps_psi_finite():
    assert d.psi([0, 10], [10, 0]) == pytest.approx(2 * (1 - 1e-4) * np.log(1e4), rel=1e-3)


def test_the_divergence_by_chance_is_that_of_two_draws():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.full(12, 5.0))
    a, b = rng.multinomial(4000, p, 3000), rng.multinomial(9000, p, 3000)
    drawn = d.jensen_shannon_divergence(a, b)
    mean, deviation = d.divergence_by_chance(a, b)
    assert drawn.mean() == pytest.approx(mean.mean(), rel=0.03)
    assert drawn.std() == pytest.approx(deviation.mean(), rel=0.06)


@symmetric
@examples(25)
@given(pair=pairs)
def test_bins_that_are_empty_on_both_sides_change_nothing(distance, pair):
    a, b = pair
    assert distance([*a, 0, 0], [*b, 0, 0]) == pytest.approx(distance(a, b), abs=1e-9)


@symmetric
def test_without_samples_a_distance_is_unknown(distance):
    assert np.isnan(distance([0, 0], [1, 2]))
    assert np.isnan(distance([1, 2], [0, 0]))


def test_many_pairs_at_once_are_the_pairs_one_by_one():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 50, (2, 6, 5))
    np.testing.assert_allclose(d.psi(a, b), [d.psi(x, y) for x, y in zip(a, b, strict=True)])
    np.testing.assert_allclose(d.cramers_v(a, b), [d.cramers_v(x, y) for x, y in zip(a, b, strict=True)])
