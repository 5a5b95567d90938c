"""Draws with known probabilities and what labels change: closed forms, coverage on drawn data, and refusals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from prodmon_widgets import datasets
from prodmon_widgets.engine.labels.draws import Correction, Draw, choose, correct, inclusion
from prodmon_widgets.engine.labels.labels import Labels, sampling_frame
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.engine.quality.estimate import BlockTerms
from prodmon_widgets.errors import InputError
from tests.engine.coded import annotate, drawn, encoded, tables

JULY = ("2023-07-22", "2023-08-01")
MYSTERY = {"prediction": "Mystery"}


@given(st.lists(st.floats(0.2, 0.5), min_size=1, max_size=60), st.integers(1, 80))
def test_probabilities_are_positive_at_most_one_and_add_up_to_n(weights, n):
    p = inclusion(np.array(weights), n)
    assert (p > 0).all()
    assert (p <= 1 + 1e-12).all()
    assert p.sum() == pytest.approx(min(n, len(weights)))


@given(st.integers(1, 40), st.integers(0, 5))
def test_a_draw_has_n_different_rows(n, seed):
    score = np.random.default_rng(1).random(60)
    rows, p = choose(score, score > 0.2, n, seed)
    assert len(set(rows.tolist())) == n == len(p)


def test_rows_are_drawn_as_often_as_their_probability_says():
    score = np.array([0.5, 0.99, 0.7, 0.02, 0.9, 0.4])
    drawn = np.zeros(6)
    for seed in range(4000):
        rows, _ = choose(score, np.ones(6, dtype=bool), 2, seed)
        drawn[rows] += 1
    weight = np.sqrt(np.maximum(score * (1 - score), 0.04))
    assert drawn / 4000 == pytest.approx(inclusion(weight, 2), abs=0.03)


@pytest.mark.parametrize("m", [30, 100])
def test_the_corrected_band_holds_the_truth_though_the_scores_are_wrong(m):
    rng = np.random.default_rng(m)
    covered, shift = 0, []
    for seed in range(400):
        score = rng.beta(4, 2, 2000)
        good = (rng.random(2000) < score**2).astype(float)
        rows, p = choose(score, np.ones(2000, dtype=bool), m, seed)
        made = correct(score.mean(), score[rows], good[rows], p, 2000)
        estimate = score.mean() + made.offset
        covered += abs(estimate - good.mean()) <= 1.96 * made.deviation
        shift.append(estimate - good.mean())
    assert covered / 400 >= 0.92
    assert abs(np.mean(shift)) < 0.02


@pytest.mark.parametrize("share", [0.06, 0.5, 0.9])
@pytest.mark.parametrize("m", [30, 100])
def test_a_correction_is_right_on_average(share, m):
    rng = np.random.default_rng(m)
    good = (rng.random(700) < share).astype(float)
    score = np.clip(share + 0.05 + rng.normal(0, 0.05, 700), 0.01, 0.99)
    errors = []
    for seed in range(600):
        rows, p = choose(score, np.ones(700, dtype=bool), m, seed)
        errors.append(score.mean() + correct(score.mean(), score[rows], good[rows], p, 700).offset - good.mean())
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(len(errors))


def test_few_labels_correct_nothing():
    assert correct(0.5, np.full(4, 0.5), np.ones(4), np.full(4, 0.1), 100) is None


def test_the_band_of_few_labels_is_students_with_one_bad_and_one_good_label_added():
    good = np.tile([1.0, 0.0, 1.0], 5)
    made = correct(0.5, np.full(15, 0.5), good, np.full(15, 0.1), 10**9)
    told = np.append(good, [0.0, 1.0])
    students = student.ppf(0.975, 16) / 1.959964 * told.std(ddof=1) / np.sqrt(17)
    moved = 2 * (told.mean() - good.mean()) / 1.959964
    assert made.deviation == pytest.approx(np.hypot(students, moved), rel=1e-5)
    # they widen the band, they don't move its middle
    assert 0.5 + made.offset == pytest.approx(good.mean())


def test_the_score_lies_between_estimate_and_labels_and_nearer_to_these_the_more_they_conflict():
    shares = []
    for offset in (0.02, 0.1, 0.4):
        made = Correction(-offset, 0.08, 30).beside(0.03)
        assert made.offset + made.lean == pytest.approx(-offset)
        shares.append(made.offset / -offset)
    assert shares == sorted(shares)
    assert shares[0] < 0.33
    assert shares[-1] > 0.75


def test_labels_alone_count_where_the_evaluation_set_can_not_tell():
    assert Correction(-0.2, 0.08, 30).beside(np.inf) == Correction(-0.2, 0.08, 30)


@pytest.mark.parametrize(("error", "most"), [(0.0, 1.25), (0.12, 0.65)])
def test_labels_help_where_the_judge_moved_and_do_little_harm_where_it_did_not(error, most):
    """Estimates that know their error, or are off by .12 more: the error with 30 labels beside the better figure's."""
    rng = np.random.default_rng(4)
    of_estimate = rng.normal(error, 0.03, 4000)
    of_labels = rng.normal(0, 0.08, 4000)
    mixed = []
    for estimated, labelled in zip(of_estimate, of_labels, strict=True):
        mixed.append(estimated + Correction(labelled - estimated, 0.09, 30).beside(0.03).offset)
    best = np.abs(of_estimate).mean() if error else min(np.abs(of_estimate).mean(), np.abs(of_labels).mean())
    assert np.abs(mixed).mean() <= most * best


def test_equal_answers_do_not_look_certain():
    made = correct(0.05, np.full(30, 0.05), np.zeros(30), np.full(30, 0.01), 3000)
    assert 0.05 < 1.96 * made.deviation < 0.25


def test_a_row_of_two_drawn_frames_takes_the_correction_of_the_later_draw():
    codes = annotate(encoded(*tables(drawn(300, 1), drawn(3000, 2)))[1], 3)
    count = codes.time_bins.count
    everything, late = (sampling_frame(codes.time_bins, (first, count), None) for first in (0, count // 2))
    labels = Labels()
    for frame in (everything, late):
        rows = np.flatnonzero(frame.mask(codes))[:40]
        labels.draws.append(Draw(frame.key, rows, np.full(40, 0.1), 400))
        labels.said |= dict.fromkeys(rows.tolist(), 1.0)
    (of_late, _), (of_rest, _) = labels.corrections(codes, BlockTerms.neutral(count))
    np.testing.assert_array_equal(of_late, late.mask(codes))
    np.testing.assert_array_equal(of_rest, everything.mask(codes) & ~late.mask(codes))
    doubtful = replace(BlockTerms.neutral(count), estimable=np.zeros(count, dtype=bool))
    assert labels.corrected(codes, doubtful).estimable.all()
    labels.draws.pop(0)
    assert labels.corrected(codes, doubtful).estimable.tolist() == (np.arange(count) >= count // 2).tolist()


@pytest.fixture(scope="module")
def film():
    evaluation, production = datasets.movies(n=5000)
    truth = datasets.movies_truth(n=5000).set_index("user_interaction_id")["annotation"]
    return evaluation.head(1500), production, truth


@pytest.fixture(scope="module")
def fitted(film):
    return Monitor(film[0], film[1], text=False, progress=False)


@pytest.fixture
def monitor(fitted):
    """The same estimates, without a label."""
    fitted._state.relabel(Labels())
    return fitted


def answers(drawn, truth):
    return pd.DataFrame({"id": drawn["id"], "annotation": truth[drawn["id"]].to_numpy()})


def test_thirty_labels_halve_the_band_of_a_new_class(film, monitor):
    before = monitor.score(JULY, MYSTERY)
    assert (before.low, before.high) == (before.worst, before.best)
    assert not before.estimable
    drawn = monitor.to_label(min(30, int(before.n)), JULY, MYSTERY)
    assert drawn.attrs["expected_width"] < drawn.attrs["width"]
    told = []
    stop = monitor.on_change(lambda: told.append(1))
    monitor.label(answers(drawn, film[2]))
    stop()
    after = monitor.score(JULY, MYSTERY)
    assert told == [1]
    assert after.estimable
    assert after.high - after.low <= (before.high - before.low) / 2


@pytest.mark.parametrize(
    ("n", "where"),
    [(10, None), (30, None), (100, None), (300, None), (100, {"n_predictions": (3, None)}), (30, MYSTERY)],
)
def test_the_width_that_labels_should_leave_is_the_one_that_they_leave(film, monitor, n, where):
    ratios = []
    for seed in range(8):
        monitor._state.relabel(Labels())
        drawn = monitor.to_label(n, JULY, where, seed=seed)
        monitor.label(answers(drawn, film[2]))
        after = monitor.score(JULY, where)
        ratios.append((after.high - after.low) / drawn.attrs["expected_width"])
    assert np.median(ratios) == pytest.approx(1.0, abs=0.2)


def test_a_second_draw_counts_the_labels_of_the_first(film, monitor):
    first = monitor.to_label(100, JULY, seed=0)
    monitor.label(answers(first, film[2]))
    second = monitor.to_label(300, JULY, seed=1)
    assert second.attrs["expected_width"] < 0.6 * first.attrs["expected_width"]
    monitor.label(answers(second, film[2]))
    after = monitor.score(JULY)
    assert after.high - after.low == pytest.approx(second.attrs["expected_width"], rel=0.2)


def test_labels_of_samples_that_nobody_drew_change_only_those(film, monitor):
    worst = monitor.samples(JULY, n=5)
    before = monitor.score(JULY)
    ids = worst["user_interaction_id"].tolist()
    monitor.label(pd.DataFrame({"id": ids, "annotation": "good", "reason": "it is fine"}))
    after = monitor.score(JULY)
    assert after.score * after.n == pytest.approx(before.score * before.n + (1 - worst["score"]).sum())
    assert after.score == after.estimated
    shown = monitor.annotations().set_index("id").loc[ids]
    assert set(shown["annotation"]) == {"good"}
    assert shown["reason"].str.contains("it is fine").all()
    assert shown["score"].tolist() == pytest.approx(worst["score"].tolist())
    patch = monitor.evaluation_patch(window=JULY)
    assert (patch["annotation"] == "Good").sum() == 5
    monitor.label(pd.DataFrame({"id": ids, "annotation": None}))
    assert monitor.score(JULY) == before
    assert (monitor.evaluation_patch(window=JULY)["annotation"] == "Good").sum() == 0


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ({"id": ["nobody"], "annotation": ["good"]}, "nobody"),
        ({"id": ["p00000001"], "annotation": ["great"]}, "great"),
        ({"id": ["p00000001"]}, "annotation"),
    ],
)
def test_bad_labels_are_refused_and_nothing_is_taken(monitor, frame, says):
    with pytest.raises(InputError, match=says):
        monitor.label(pd.DataFrame(frame))
    assert not monitor.annotations()["reason"].str.contains("person").any()


def test_labels_are_rows(monitor):
    with pytest.raises(InputError, match="labels is a list; expected a pandas, Polars or Arrow table"):
        monitor.label([("p00000001", "good")])


def as_csv(frame, folder):
    frame.to_csv(folder / "labels.csv", index=False)
    return folder / "labels.csv"


@pytest.mark.parametrize(
    "source", [lambda frame, _: pa.Table.from_pandas(frame), lambda frame, _: pl.from_pandas(frame), as_csv]
)
def test_labels_come_from_whatever_holds_rows_under_the_ids_own_name(monitor, source, tmp_path):
    frame = pd.DataFrame({"user_interaction_id": ["p00000007"], "annotation": ["Bad"]})
    monitor.label(source(frame, tmp_path))
    shown = monitor.annotations().set_index("id").loc["p00000007"]
    assert (shown["annotation"], shown["reason"]) == ("bad", "annotated by a person")


def test_the_annotators_own_reason_is_not_a_persons(monitor):
    monitor.label(monitor.to_label(3).assign(annotation="good"))
    told = monitor.annotations()["reason"]
    assert told[told.str.contains("person")].tolist() == ["annotated by a person"] * 3


def test_a_draw_needs_something_to_draw(monitor):
    with pytest.raises(InputError, match="no sample is left"):
        monitor.to_label(5, ("2030-01-01", "2030-01-02"))
    with pytest.raises(InputError, match="n is 0"):
        monitor.to_label(0)


def test_nobody_is_asked_twice(monitor):
    first, second = (monitor.to_label(40, JULY)["id"].tolist() for _ in range(2))
    assert not set(first) & set(second)


def test_bounds_hold_the_score_that_labels_corrected(film, monitor):
    drawn = monitor.to_label(60, JULY)
    monitor.label(pd.DataFrame({"id": drawn["id"], "annotation": "bad"}))
    after = monitor.score(JULY)
    assert after.score < 0.3
    assert after.worst <= after.score <= after.best
    timeline = monitor.timeline(every="7D")
    assert ((timeline["worst"] <= timeline["score"]) & (timeline["score"] <= timeline["best"])).all()
