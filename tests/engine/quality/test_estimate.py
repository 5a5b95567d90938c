"""Estimates from sums: closed forms, additivity, and what must hold for any counts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms, EvaluationScore, Z, estimate


def sums_of(scores, supported=None, annotated=None, bins=None, n_bins=1):
    scores = np.round(np.asarray(scores, dtype=float) * SCALE).astype(np.int64)
    supported = np.ones(len(scores), bool) if supported is None else np.asarray(supported)
    annotated = np.ones(len(scores), bool) if annotated is None else np.asarray(annotated)
    bins = np.zeros(len(scores), int) if bins is None else np.asarray(bins)

    def add(weights):
        return np.bincount(bins, weights=weights, minlength=n_bins).astype(np.int64)

    variance = np.round(scores * (SCALE - scores) / SCALE)
    return {
        "n": add(np.ones(len(scores))),
        "annotated": add(annotated),
        "unsupported": add(~supported),
        "score": add(scores),
        "variance": add(variance),
        "supported_score": add(np.where(supported, scores, 0)),
    }


def test_score_is_the_mean_probability_and_the_band_is_poisson_binomial():
    p = np.array([0.9, 0.5, 0.2, 0.7])
    got = estimate(sums_of(p), BlockTerms.neutral(1))
    assert got.score == pytest.approx(p.mean(), abs=1e-6)
    half = 1.959963984540054 * np.sqrt((p * (1 - p)).sum()) / 4
    assert got.low == pytest.approx(p.mean() - half, abs=1e-5)
    assert got.high == pytest.approx(min(1, p.mean() + half), abs=1e-5)


def test_calibration_does_not_shrink_with_rows_and_sampling_does():
    few = estimate(sums_of([0.5] * 100), BlockTerms.neutral(1, 0.02))
    many = estimate(sums_of([0.5] * 1_000_000), BlockTerms.neutral(1, 0.02))
    assert many.high - many.low == pytest.approx(2 * 1.959963984540054 * 0.02, rel=1e-3)
    assert few.high - few.low > 2 * (many.high - many.low)


def test_bounds_take_unsupported_samples_as_bad_and_as_good():
    scores, supported = [0.9, 0.9, 0.3, 0.3] * 1000, [True, True, True, False] * 1000
    got = estimate(sums_of(scores, supported=supported), BlockTerms.neutral(1))
    assert got.worst == pytest.approx(2.1 / 4, abs=1e-6)
    assert got.best == pytest.approx(3.1 / 4, abs=1e-6)
    assert got.estimable


def with_known(sums, good, bad):
    """The same sums with as many more samples that people labelled."""
    more = {"n": good + bad, "annotated": good + bad, "known": good + bad, "known_good": good}
    more |= {"score": good * SCALE, "supported_score": good * SCALE}
    return {m: sums.get(m, np.array([0])) + more.get(m, 0) for m in {*sums, *more}}


def test_a_set_that_people_labelled_has_its_share_of_good_and_no_error():
    terms = replace(BlockTerms.neutral(1, 0.05), offset=np.array([-0.3]), lean=np.array([0.1]))
    terms = replace(terms, estimable=np.array([False]))
    got = estimate(with_known(sums_of([]), 7, 5), terms)
    assert [got.score, got.low, got.high, got.worst, got.best, got.estimated] == [7 / 12] * 6
    assert (got.coverage, got.supported, bool(got.estimable)) == (1.0, 1.0, True)


def test_a_set_labelled_but_for_one_differs_by_that_one_only():
    terms = replace(BlockTerms.neutral(1, 0.05), offset=np.array([-3.0]))
    got = estimate(with_known(sums_of([0.4]), 600, 399), terms)
    assert (got.low, got.score) == (0.6, 0.6)
    assert 0.6 < got.high <= 0.601


def test_hard_bounds_count_what_is_known():
    unsupported = sums_of([0.5] * 108, supported=[False] * 108)
    got = estimate(with_known(unsupported, 2, 28), BlockTerms.neutral(1))
    assert (got.worst, got.best) == (pytest.approx(2 / 138), pytest.approx(110 / 138))
    assert (got.low, got.high) == (got.worst, got.best)


def test_the_band_leans_to_what_labels_say_and_holds_the_score():
    terms = replace(BlockTerms.neutral(1, 0.05), offset=np.array([-0.1]), lean=np.array([-0.04]))
    got = estimate(sums_of([0.5] * 100_000), terms)
    assert got.score == pytest.approx(0.4)
    assert (got.low + got.high) / 2 == pytest.approx(0.36)
    assert got.estimated == pytest.approx(0.5)
    far = estimate(sums_of([0.5] * 100_000), replace(terms, lean=np.array([-0.4])))
    assert far.low < far.score == far.high


def test_bounds_are_no_nearer_than_the_band():
    got = estimate(sums_of([0.9, 0.9, 0.3, 0.3]), BlockTerms.neutral(1))
    assert (got.worst, got.best) == (got.low, got.high)


def test_mostly_unsupported_samples_have_their_hard_bounds_as_band():
    got = estimate(sums_of([0.9, 0.3, 0.3, 0.3], supported=[True, False, False, False]), BlockTerms.neutral(1))
    assert (got.low, got.high) == (got.worst, got.best)
    assert not got.estimable


def test_what_is_spoken_for_in_a_bin_as_a_whole_narrows_no_segment_of_it():
    sums = sums_of([0.9, 0.3, 0.3, 0.3] * 100, supported=[True, False, False, False] * 100)
    terms = replace(BlockTerms.neutral(1, 0.02), spoken=np.array([0.75]))
    whole = estimate(sums, terms)
    assert whole.estimable
    assert whole.low > whole.worst
    beyond = sums_of([0.3, 0.3, 0.3], supported=[False, False, False])
    for got in (
        estimate(beyond, terms.of_segment()),
        estimate({m: np.column_stack([v, v]) for m, v in beyond.items()}, terms),
    ):
        assert (np.ravel(got.low)[0], np.ravel(got.high)[0]) == (0.0, 1.0)
        assert not np.any(got.estimable)


def test_what_is_unsupported_in_a_segment_may_be_anything_while_the_whole_keeps_its_estimate():
    sums = sums_of([0.8] * 90 + [0.8] * 10, supported=[True] * 90 + [False] * 10)
    whole, segment = (estimate(sums, terms) for terms in (BlockTerms.neutral(1), BlockTerms.neutral(1).of_segment()))
    half = float(whole.high - whole.score)
    assert segment.low == pytest.approx(0.72 - half)
    assert segment.high == pytest.approx(min(0.82 + half, 1.0))
    assert segment.score == whole.score
    assert segment.estimable


def test_what_the_annotator_is_wrong_by_widens_the_band_of_a_segment():
    sums = sums_of([0.8] * 400)
    plain, wrong = (estimate(sums, BlockTerms.neutral(1, 0.01).of_segment(error)) for error in (0.0, 0.05))
    assert float(plain.high - plain.score) < 0.05 < float(wrong.high - wrong.score)


@pytest.mark.parametrize("n_good", [150, 200, 240, 280, 320, 380])
def test_on_the_evaluation_set_the_band_holds_the_true_score(n_good):
    got = EvaluationScore.of(sums_of([0.8] * 400), 400, n_good)
    assert got.low <= got.true <= got.high
    assert got.score == pytest.approx(0.8, abs=1e-6)


def test_why_it_is_not_estimable_is_said_and_nothing_where_it_is():
    fine, sums = BlockTerms.neutral(1), sums_of([0.8] * 100)
    no, yes = np.array([False]), np.array([True])
    assert estimate(sums, fine).why is None
    assert estimate(sums_of([]), fine).why == "there are no samples"
    unsupported = sums_of([0.8] * 100, supported=[False] * 100)
    assert estimate(unsupported, fine).why == "most samples lie where the evaluation set says nothing"
    assert "told apart" in str(estimate(sums, replace(fine, estimable=no, apart=yes)).why)
    assert "20 points" in str(estimate(sums, replace(fine, estimable=no, wide=yes)).why)


def test_labels_shift_the_score_of_their_bins_only():
    sums = sums_of([0.5, 0.5, 0.5, 0.5], bins=[0, 0, 1, 1], n_bins=2)
    terms = replace(BlockTerms.neutral(2), offset=np.array([0.2, 0.0]), offset_variance=np.array([0.01, 0.0]))
    assert estimate(sums, terms).score == pytest.approx(0.6)


def test_the_variance_of_a_correction_counts_with_the_square_of_its_bins_share():
    sums = sums_of([1.0, 0.5, 0.5, 0.5], bins=[0, 1, 1, 1], n_bins=2)
    sums["variance"] = np.zeros_like(sums["variance"])
    terms = replace(BlockTerms.neutral(2), offset_variance=np.array([0.0, 0.01]))
    got = estimate(sums, terms)
    assert (got.high - got.score) / Z == pytest.approx(0.75 * 0.1)


def test_no_samples_have_no_score():
    got = estimate(sums_of([]), BlockTerms.neutral(1))
    assert got.n == 0
    assert np.isnan(got.score)
    assert np.isnan(got.low)
    assert not got.estimable


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans(), st.integers(0, 4)), min_size=1, max_size=60),
    st.floats(0, 0.5),
)
def test_figures_stay_in_order_and_in_range(rows, calibration):
    p, supported, annotated, bins = (np.array(column) for column in zip(*rows, strict=True))
    got = estimate(sums_of(p, supported, annotated, bins, 5), BlockTerms.neutral(5, calibration))
    for value in (got.score, got.low, got.high, got.worst, got.coverage, got.supported):
        assert -1e-9 <= value <= 1 + 1e-9
    assert got.low <= got.high
    assert got.worst <= got.best + 1e-12
    if got.supported >= 0.5:
        assert got.low <= got.score + 1e-12 <= got.high + 2e-12


def test_longer_bins_have_the_terms_of_their_parts_weighted_by_samples():
    terms = replace(
        BlockTerms.neutral(3),
        calibration=np.array([0.1, 0.2, 0.4]),
        offset=np.array([0.0, 0.3, 0.5]),
        offset_variance=np.array([1.0, 1.0, 3.0]),
        estimable=np.array([True, False, True]),
        lean=np.array([0.0, 0.0, 0.2]),
    )
    got = terms.gathered(np.array([0, 2]), np.array([300, 100, 0]))
    assert got.calibration.tolist() == pytest.approx([0.125, 0.4])
    assert got.offset.tolist() == pytest.approx([0.075, 0.5])
    assert got.offset_variance.tolist() == pytest.approx([1.0, 3.0])
    assert got.lean.tolist() == pytest.approx([0.0, 0.2])
    assert got.estimable.tolist() == [True, True]
    assert terms.gathered(np.array([0, 2]), np.array([100, 300, 0])).estimable.tolist() == [False, True]


def test_an_estimate_reads_in_one_line_with_what_it_rests_on():
    sums = {m: np.array([v]) for m, v in {"n": 4, "annotated": 3, "unsupported": 3}.items()}
    sums |= {m: np.array([v * SCALE]) for m, v in {"score": 2, "variance": 0, "supported_score": 1}.items()}
    assert repr(estimate(sums, BlockTerms.neutral(1))) == (
        "Estimate(0.500 [0.250, 1.000], bounds [0.250, 1.000], coverage 75.0%, supported 25.0%, n=4, "
        "not estimable from this evaluation set)"
    )
    assert repr(estimate(sums_of([]), BlockTerms.neutral(1))) == "Estimate(no samples)"
