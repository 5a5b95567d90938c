"""Comparisons: closed forms, and verdicts that don't grow with the number of rows alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from prodmon_widgets.engine.cube.cube import Cube, Sums, axes_of
from prodmon_widgets.engine.cube.valuebins import Levels, value_bins
from prodmon_widgets.engine.drift import distances
from prodmon_widgets.engine.drift.comparison import MOST_SD, Z, compare
from tests.effort import examples
from tests.engine.coded import drawn, encoded, tables

EDGES = np.random.default_rng(0).normal(size=20_000)
GENRES = tuple(f"genre {i}" for i in range(17))
BINS = {
    "x": value_bins("x", EDGES),
    "device": Levels("device", "categorical", ("phone", "tablet", "tv"), n_levels=3),
    "prediction": Levels("prediction", "set", GENRES, n_levels=17),
}
AXES = axes_of(BINS)


def sums_of(x, device, sets):
    """The sums of samples: numbers, device codes, and an (n, 17) membership of genres."""
    finite = x[np.isfinite(x)]
    members = np.concatenate([[(~sets.any(axis=1)).sum(), 0], sets.sum(axis=0)])
    cells = np.concatenate(
        [np.bincount(BINS["x"].codes(x), minlength=BINS["x"].size), np.bincount(device, minlength=5), members]
    )
    values = np.array([[len(finite), finite.sum(), (finite**2).sum()]])
    return Sums({"n": cells.astype(np.int64)}, {"n": len(x)}, values)


def draw(rng, n, *, shift=0.0, share=0.4, spread=1.0):
    device = np.where(rng.random(n) < share, 2, rng.integers(3, 5, n))
    return sums_of(rng.normal(shift, spread, n), device, rng.random((n, 17)) < np.linspace(0.02, 0.3, 17))


def compared(window, baseline):
    return compare(AXES, window, baseline, window, baseline).set_index("property")


def times(sums, k):
    return Sums({"n": sums.cells["n"] * k}, {"n": sums.totals["n"] * k}, sums.values * k)


@pytest.mark.parametrize("n", [40, 400, 4_000, 40_000])
@pytest.mark.parametrize("seed", range(25))
def test_two_draws_of_one_distribution_are_stable_at_any_number_of_rows(n, seed):
    rng = np.random.default_rng(seed)
    got = compared(draw(rng, n), draw(rng, 10 * n))
    assert not (got["verdict"] == "drift").any()


@pytest.mark.parametrize("n", [2_000, 20_000, 200_000])
def test_a_shift_is_drift_at_any_number_of_rows(n):
    rng = np.random.default_rng(1)
    got = compared(draw(rng, n, shift=0.4, share=0.6), draw(rng, n))
    assert got["verdict"].to_dict() == {"x": "drift", "device": "drift", "prediction": "stable"}


@pytest.mark.parametrize("k", [1, 10, 1000])
def test_a_certain_but_tiny_effect_stays_stable(k):
    rng = np.random.default_rng(1)
    got = compared(times(draw(rng, 20_000, shift=0.03, share=0.405), k), times(draw(rng, 20_000), k))
    assert set(got["verdict"]) == {"stable"}
    assert got.loc["x", "effect"] == pytest.approx(0.03, abs=0.04)


def test_a_wider_distribution_with_the_same_mean_is_drift_too():
    rng = np.random.default_rng(1)
    got = compared(draw(rng, 5000, spread=2.0), draw(rng, 5000))
    assert abs(got.loc["x", "effect"]) < 0.1
    assert got.loc["x", "verdict"] == "drift"


def test_the_same_samples_have_no_effect():
    one = draw(np.random.default_rng(1), 1000)
    got = compared(one, one)
    assert got["effect"].abs().max() == 0
    assert got["drift"].max() == 0
    assert set(got["verdict"]) == {"stable"}


def test_means_have_the_standardised_difference_with_its_large_sample_error():
    rng = np.random.default_rng(2)
    x, y = rng.normal(1, 2, 300), rng.normal(0, 2, 500)
    none = np.zeros((500, 17), dtype=bool)
    got = compared(sums_of(x, np.full(300, 2), none[:300]), sums_of(y, np.full(500, 2), none)).loc["x"]
    pooled = np.sqrt((300 * x.var() + 500 * y.var()) / 800)
    effect = (x.mean() - y.mean()) / pooled
    error = np.sqrt(1 / 300 + 1 / 500 + effect**2 / 1600)
    assert got["statistic"] == "mean"
    assert got["window"] == pytest.approx(x.mean())
    assert got["evaluation"] == pytest.approx(y.mean())
    assert got[["effect", "low", "high"]].tolist() == pytest.approx([effect, effect - Z * error, effect + Z * error])


def test_shares_have_the_band_of_agresti_and_caffo():
    device = np.repeat([2, 3], [60, 40]), np.repeat([2, 3], [150, 350])
    empty = np.zeros((500, 17), dtype=bool)
    got = compared(sums_of(np.zeros(100), device[0], empty[:100]), sums_of(np.zeros(500), device[1], empty)).loc[
        "device"
    ]
    p, q = 61 / 102, 151 / 502
    error = np.sqrt(p * (1 - p) / 102 + q * (1 - q) / 502)
    assert got["statistic"] == "share of phone"
    assert got["effect"] == pytest.approx(0.3)
    assert got["low"] == pytest.approx(0.3 - Z * error)


def test_the_value_whose_share_differs_most_is_named_and_the_rare_rest_is_not():
    empty = np.zeros((1000, 17), dtype=bool)
    window = sums_of(np.zeros(1000), np.repeat([1, 2, 3], [500, 300, 200]), empty)
    baseline = sums_of(np.zeros(1000), np.repeat([2, 3, 4], [500, 200, 300]), empty)
    assert compared(window, baseline).loc["device", "statistic"] == "share of tv"


def test_a_change_of_what_is_missing_is_named():
    empty = np.zeros((1000, 17), dtype=bool)
    window = sums_of(np.full(1000, np.nan), np.repeat([0, 2], [600, 400]), empty)
    baseline = sums_of(np.zeros(1000), np.repeat([0, 2], [100, 900]), empty)
    got = compared(window, baseline)
    assert got.loc["device", "statistic"] == "share of missing"
    assert got.loc["device", "missing_window"] == 0.6
    # no number is left to have a mean, and yet it is drift
    assert np.isnan(got.loc["x", "effect"])
    assert got.loc["x", "verdict"] == "drift"


def test_without_spread_an_effect_is_cut():
    empty = np.zeros((100, 17), dtype=bool)
    device = np.full(100, 2)
    same, other = sums_of(np.full(100, 0.1), device, empty), sums_of(np.full(100, 3.0), device, empty)
    assert compared(same, same).loc["x", "effect"] == 0
    assert compared(other, same).loc["x", "effect"] == MOST_SD
    assert compared(same, other).loc["x", "effect"] == -MOST_SD


@pytest.mark.parametrize(("n", "too_few"), [(0, True), (29, True), (30, False)])
def test_a_verdict_needs_thirty_samples(n, too_few):
    rng = np.random.default_rng(1)
    window = draw(rng, n) if n else times(draw(rng, 1), 0)
    assert (compared(window, draw(rng, 1000))["verdict"] == "too few").all() == too_few
    assert (compared(draw(rng, 1000), window)["verdict"] == "too few").all() == too_few


def test_a_rare_value_that_the_baseline_lacks_is_new():
    rng = np.random.default_rng(1)
    empty = np.zeros((1000, 17), dtype=bool)
    device = np.repeat([2, 3, 4], [600, 395, 5])
    x = rng.normal(size=1000)
    got = compared(sums_of(x, device, empty), sums_of(x, np.repeat([2, 3], [600, 400]), empty)).loc["device"]
    assert got["verdict"] == "new values"
    assert got["new_values"] == 1


def test_a_value_that_is_gone_is_counted_where_some_were_to_be_expected():
    empty = np.zeros((1000, 17), dtype=bool)
    x = np.zeros(1000)
    all_three = sums_of(x, np.repeat([2, 3, 4], [600, 390, 10]), empty)
    two = sums_of(x, np.repeat([2, 3], [600, 400]), empty)
    assert compared(two, all_three).loc["device", "gone_values"] == 1
    few = sums_of(x[:100], np.repeat([2, 3], [60, 40]), empty[:100])
    assert compared(few, all_three).loc["device", "gone_values"] == 0


def test_a_set_has_no_distance_of_bins_that_do_not_add_up():
    rng = np.random.default_rng(1)
    got = compared(draw(rng, 1000), draw(rng, 1000)).loc["prediction"]
    assert got[["psi", "hellinger", "ks", "wasserstein", "cramers_v"]].isna().all()
    assert got["drift"] == abs(got["effect"])


def test_distances_are_those_of_the_travelling_bins():
    rng = np.random.default_rng(1)
    window, baseline = draw(rng, 1000, shift=0.5), draw(rng, 1000)
    got = compared(window, baseline)
    _, to = BINS["x"].merged(32)
    a, b = (np.bincount(to, s.cells["n"][:65]) for s in (window, baseline))
    assert got.loc["x", "psi"] == pytest.approx(float(distances.psi(a, b)))
    assert got.loc["x", "ks"] == pytest.approx(float(distances.kolmogorov_smirnov(a[1:], b[1:])))
    assert got.loc["device", "cramers_v"] == pytest.approx(
        float(distances.cramers_v(window.cells["n"][65:70], baseline.cells["n"][65:70]))
    )


def test_distances_of_bins_are_close_to_those_of_the_values():
    rng = np.random.default_rng(3)
    x, y = rng.normal(0.5, 1, 4000), rng.normal(0, 1, 4000)
    none, device = np.zeros((4000, 17), dtype=bool), np.full(4000, 2)
    got = compared(sums_of(x, device, none), sums_of(y, device, none)).loc["x"]
    assert got["ks"] == pytest.approx(stats.ks_2samp(x, y).statistic, abs=0.02)
    assert got["wasserstein"] == pytest.approx(stats.wasserstein_distance(x, y), rel=0.1)


@examples(50)
@given(st.integers(0, 10**6), st.integers(1, 3000), st.integers(1, 3000))
def test_figures_stay_in_their_ranges(seed, n, m):
    rng = np.random.default_rng(seed)
    got = compared(draw(rng, n, shift=rng.normal(), share=rng.random()), draw(rng, m))
    shares = got.loc[["device", "prediction"]]
    assert shares[["window", "evaluation", "drift"]].to_numpy().min() >= 0
    assert shares[["window", "evaluation", "drift"]].to_numpy().max() <= 1
    assert shares["low"].min() >= -1
    assert shares["high"].max() <= 1
    assert (got["low"] <= got["effect"] + 1e-12).all()
    assert (got["effect"] <= got["high"] + 1e-12).all()


def test_swapping_the_sides_turns_the_effect_around():
    rng = np.random.default_rng(1)
    one, other = draw(rng, 500, shift=0.2), draw(rng, 800)
    there, back = compared(one, other), compared(other, one)
    np.testing.assert_allclose(there["effect"], -back["effect"])
    np.testing.assert_allclose(there["drift"], back["drift"])


def test_columns_and_their_types_are_plain():
    evaluation_codes, codes = encoded(*tables(drawn(300, 1), drawn(900, 2)))
    cube, evaluation = Cube.build(codes), Cube.build(evaluation_codes).window()
    frame = compare(cube.axes, cube.window(0, 9), evaluation, cube.window(), evaluation)
    assert list(frame["property"]) == [axis.name for axis in cube.axes]
    for name in ("window", "production", "evaluation", "drift", "effect", "low", "high", "psi"):
        assert pd.api.types.is_float_dtype(frame[name])


def test_no_property_gives_an_empty_frame():
    nothing = Sums({"n": np.empty(0, dtype=np.int64)}, {"n": 100}, np.empty((0, 3)))
    assert compare((), nothing, nothing, nothing, nothing).empty
