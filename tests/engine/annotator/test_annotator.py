"""The annotator: what it says of samples that it knows, of those it can't know, and what it says of whole blocks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from prodmon_widgets.engine.annotator.annotator import BAD, GOOD, UNKNOWN, Annotator
from prodmon_widgets.engine.annotator.rules import Condition, Rule
from prodmon_widgets.errors import InputError, NotFittedError


def samples(n, seed, *, x=0.0, classes=("a", "b")):
    """Confidence tells the chance of good, except that high ``size`` halves it; ``x`` shifts size."""
    rng = np.random.default_rng(seed)
    confidence, size = rng.uniform(0.05, 0.95, n), rng.normal(x, 1, n)
    chance = confidence * np.where(size > 1, 0.5, 1.0)
    frame = pd.DataFrame(
        {
            "confidence": confidence,
            "size": size,
            "prediction": pd.Categorical(rng.choice(list(classes), n), categories=["a", "b", "c"]),
        }
    )
    return frame, (rng.random(n) < chance).astype(float), chance


ROLES = {"confidence": "confidence", "prediction": "prediction"}


@pytest.fixture(scope="module")
def fitted():
    frame, good, _ = samples(6000, 0)
    return Annotator().fit(frame, good, **ROLES)


def test_scores_are_close_to_the_chance_of_good(fitted):
    frame, _, chance = samples(5000, 1)
    assert np.abs(fitted.annotate(frame).score - chance).mean() < 0.06


def test_a_block_of_another_mix_is_estimated_closer_than_by_no_change_and_inside_its_band(fitted):
    errors, no_change = [], []
    for seed in (2, 3, 4, 5):
        frame, good, _ = samples(6000, seed, x=0.8)
        block = np.zeros(6000, dtype=np.int64)
        score = clone_fitted(fitted).adapt(frame, block)
        given, row = score.annotate(frame, block), score.blocks_.iloc[0]
        errors.append(abs(given.score.mean() - good.mean()))
        no_change.append(abs(fitted.known_.mean - good.mean()))
        assert errors[-1] < 1.96 * row["calibration"] + 0.015
        assert row["estimable"]
        assert 0.6 < row["auc"] < 0.9
    assert np.mean(errors) < np.mean(no_change) / 3


def test_a_segment_is_not_pulled_to_the_mean_while_its_block_keeps_the_mean_of_all_estimates(fitted):
    """The confidence doesn't know that high ``size`` halves the chance; two of three estimates know nothing else."""
    frame, _, chance = samples(6000, 7)
    block = np.zeros(6000, dtype=np.int64)
    score = clone_fitted(fitted).adapt(frame, block)
    given = score.annotate(frame, block).score
    high = frame["size"].to_numpy() > 1
    assert abs(given[high].mean() - chance[high].mean()) < 0.03
    assert abs(given.mean() - score.estimates(frame).set_index("estimate").loc["combined", "score"]) < 0.002


def clone_fitted(annotator):
    frame, good, _ = samples(6000, 0)
    return clone(annotator).fit(frame, good, **ROLES)


def test_an_unseen_class_is_unsupported_but_a_known_confidence_may_speak(fitted):
    frame, _, _ = samples(300, 3, classes=("c",))
    frame["confidence"] = 0.1
    given = fitted.annotate(frame)
    assert not given.supported.any()
    assert {given.reasons[r] for r in given.reason} == {"unseen prediction 'c'"}
    assert np.allclose(given.score, 0.1, atol=0.06)


def test_an_unseen_class_whose_confidence_nobody_has_seen_is_unknown_and_scores_as_samples_do_in_general(fitted):
    frame, _, _ = samples(50, 3, classes=("c",))
    frame["confidence"] = 7.0
    given = fitted.annotate(frame)
    assert (given.state == UNKNOWN).all()
    assert np.allclose(given.score, fitted.known_.mean)


def test_where_nothing_may_speak_a_sample_stays_unknown_though_nearly_all_are_good():
    frame, _, _ = samples(4000, 0)
    good = (np.random.default_rng(0).random(4000) < 0.98).astype(float)
    annotator = Annotator().fit(frame, good, **ROLES)
    stranger = samples(1, 1, classes=("c",))[0].assign(confidence=np.nan)
    given = annotator.annotate(stranger)
    assert given.score[0] == pytest.approx(good.mean(), abs=0.01)
    assert given.state[0] == UNKNOWN
    assert annotator.annotate(samples(1, 1)[0].assign(confidence=0.5)).state[0] == GOOD


def test_without_confidence_or_judges_nothing_speaks_outside_support():
    frame, good, _ = samples(3000, 0)
    annotator = Annotator().fit(frame.drop(columns="confidence"), good, prediction="prediction")
    other, _, _ = samples(50, 1, classes=("c",))
    assert (annotator.annotate(other).state == UNKNOWN).all()


def test_a_number_beyond_the_evaluation_range_is_unsupported_with_its_reason(fitted):
    frame, _, _ = samples(20, 4)
    frame.loc[:9, "size"] = 50.0
    given = fitted.annotate(frame)
    assert given.supported.tolist() == [False] * 10 + [True] * 10
    assert given.reasons[given.reason[0]] == "outside the evaluation range of size"


def test_the_correctness_model_does_not_speak_outside_support(fitted):
    """Beyond the range of size its word would be halved, inside as outside; only the confidence is heard."""
    frame, _, _ = samples(400, 5)
    inside, outside = frame.assign(size=2.5), frame.assign(size=50.0)
    model = fitted.estimators_.apart(inside)["correctness model"].mean()
    calibrated = fitted.estimators_.apart(outside)["calibrated confidence"].mean()
    assert abs(fitted.annotate(outside).score.mean() - calibrated) < 1e-6
    assert model < calibrated - 0.1


def test_the_band_says_that_of_unsupported_samples_without_a_signal_nothing_is_known():
    """A third of the block has an unseen class: a confidence is heard there, without one its mean may be anything."""
    frame, good, _ = samples(6000, 0)
    silent = Annotator().fit(frame.drop(columns="confidence"), good, prediction="prediction")
    heard = Annotator().fit(frame, good, **ROLES)
    later, _, _ = samples(3000, 1, classes="abc")
    block = np.zeros(3000, dtype=np.int64)
    unseen = (later["prediction"] == "c").mean()
    assert silent.adapt(later, block).blocks_["calibration"][0] > unseen / np.sqrt(12)
    assert heard.adapt(later, block).blocks_["calibration"][0] < unseen / np.sqrt(12) / 2


def test_a_step_that_no_stretch_of_the_evaluation_set_has_shown_is_not_estimable(fitted):
    frame, _, _ = samples(2000, 6, x=3.5)
    row = clone_fitted(fitted).adapt(frame, np.zeros(2000, dtype=np.int64)).blocks_.iloc[0]
    assert row["auc"] > 0.9
    assert not row["estimable"]
    assert row["spoken"] == 0


def test_a_new_combination_of_known_values_is_unsupported_though_each_value_is_known():
    """On the evaluation set two numbers go together; in production they part."""
    rng = np.random.default_rng(0)
    frame, good, _ = samples(4000, 0)
    x = rng.uniform(0, 1, 4000)
    annotator = Annotator().fit(frame.assign(x=x, y=np.clip(x + rng.normal(0, 0.03, 4000), 0, 1)), good, **ROLES)
    later, _, _ = samples(2000, 1)
    x = rng.uniform(0, 1, 2000)
    parted = later.assign(x=x, y=np.where(np.arange(2000) < 1600, 1 - x, x))
    block = np.zeros(2000, dtype=np.int64)
    given = annotator.adapt(parted, block).annotate(parted, block)
    far = np.abs(parted["x"] - parted["y"]) > 0.4
    assert (~given.supported[far]).mean() > 0.75
    # a handful of splits draws the border as a stair
    assert given.supported[1600:].mean() > 0.7
    reasons = pd.Series([given.reasons[r] for r in given.reason[far & ~given.supported]])
    assert reasons.mode()[0] == "told apart from the evaluation set by its properties together"
    assert not annotator.blocks_["estimable"].any()


def test_a_step_like_those_between_evaluation_stretches_is_estimable_with_a_backtested_band():
    """Every stretch has its own season, as flights have their own weather."""
    frame, good, _ = samples(6000, 0)
    season = np.arange(6000) // 600 * 10.0
    annotator = Annotator().fit(frame.assign(season=season % 70), good, **ROLES)
    assert annotator.known_.stretch_auc > 0.9
    later, _, _ = samples(1000, 1)
    row = annotator.adapt(later.assign(season=35.0), np.zeros(1000, dtype=np.int64)).blocks_.iloc[0]
    assert row["auc"] > 0.9
    assert row["estimable"]


def test_rows_do_not_depend_on_the_batch_they_come_in(fitted):
    frame, _, _ = samples(999, 7, classes=("a", "b", "c"))
    whole = fitted.annotate(frame)
    parts = [fitted.annotate(frame.iloc[low : low + 100].reset_index(drop=True)) for low in range(0, 999, 100)]
    for name in ("score", "state", "supported", "reason"):
        np.testing.assert_array_equal(np.concatenate([getattr(p, name) for p in parts]), getattr(whole, name))


def test_given_annotations_are_wrong_at_most_as_often_as_the_target(fitted):
    frame, good, _ = samples(20_000, 8)
    given = fitted.annotate(frame)
    said = given.state != UNKNOWN
    assert ((given.state == GOOD) != (good == 1))[said].mean() <= fitted.target_error
    assert said.any()
    assert {given.reasons[r] for r in given.reason[~said]} == {"too close to call"}


def test_a_judges_score_speaks_where_the_class_is_unknown():
    frame, good, _ = samples(4000, 0)
    rng = np.random.default_rng(0)
    judged = frame.assign(judge=np.clip(good * 0.6 + rng.uniform(0, 0.4, 4000), 0, 1), confidence=0.5)
    annotator = Annotator(judges=["judge"]).fit(judged, good, **ROLES)
    other, _, _ = samples(200, 1, classes=("c",))
    given = annotator.annotate(other.assign(judge=np.repeat([0.1, 0.9], 100), confidence=0.5))
    assert (given.state[:100] == BAD).all()
    assert (given.state[100:] == GOOD).all()
    assert not given.supported.any()


def test_judges_that_are_no_numbers_are_refused():
    frame, good, _ = samples(200, 0)
    with pytest.raises(InputError, match="prediction"):
        Annotator(judges=["prediction"]).fit(frame, good, **ROLES)


class Constant:
    """A classifier that isn't scikit-learn's: it says what share was good, and returns nothing from fit."""

    def fit(self, frame, good):
        assert list(frame.columns) == ["confidence", "size", "prediction"]
        self.share = good.mean()

    def predict_proba(self, frame):
        return np.full(len(frame), self.share)


@pytest.mark.parametrize("model", [LogisticRegression(), Constant()])
def test_any_classifier_takes_the_place_of_the_correctness_model(model):
    frame, good, _ = samples(1500, 0)
    frame.loc[::7, "size"] = np.nan
    annotator = Annotator(model=model).fit(frame, good, **ROLES)
    assert abs(annotator.annotate(frame).score.mean() - good.mean()) < 0.02


def test_a_classifier_that_answers_nonsense_is_named():
    class Odd(Constant):
        def predict_proba(self, frame):
            return np.full((len(frame), 2), 3.0)

    frame, good, _ = samples(300, 0)
    with pytest.raises(InputError, match="Odd"):
        Annotator(model=Odd()).fit(frame, good, **ROLES)


def test_rules_come_before_the_model_and_are_named(fitted):
    frame, good, _ = samples(3000, 0)
    rules = [
        Rule("hopeless", "bad", Condition("confidence", "LT", 0.2)),
        Rule("b", "good", Condition("size", "GT", 2.0)),
    ]
    annotator = Annotator(rules=rules).fit(frame, good, **ROLES)
    other, _, _ = samples(2000, 1)
    given = annotator.annotate(other)
    low = (other["confidence"] < 0.2).to_numpy()
    assert (given.state[low] == BAD).all()
    assert {given.reasons[r] for r in given.reason[low]} == {"rule 'hopeless'"}
    large = ~low & (other["size"] > 2).to_numpy()
    assert (given.state[large] == GOOD).all()
    # what a rule says does not make it true: its samples score as they were judged
    met = (frame["confidence"] < 0.2).to_numpy()
    assert given.score[low][0] == pytest.approx(good[met].mean(), abs=0.01)


def test_id_like_time_like_and_constant_columns_are_left_out_and_named():
    frame, good, _ = samples(500, 0)
    frame = frame.assign(ids=[f"s{i}" for i in range(500)], clock=np.arange(500.0), same=1.0)
    left_out = Annotator().fit(frame, good, **ROLES).left_out_
    assert set(left_out) == {"ids", "clock", "same"}
    assert "time" in left_out["clock"]


def test_refitted_estimates_of_a_window_stand_side_by_side_with_a_band(fitted):
    frame, good, _ = samples(3000, 9, x=0.5)
    table = fitted.estimates(frame).set_index("estimate")
    assert list(table.index) == [
        "no change",
        "calibrated confidence",
        "weighted for the block",
        "correctness model",
        "combined",
    ]
    assert table.loc["combined", "low"] < good.mean() < table.loc["combined", "high"]
    assert table["low"].notna().sum() == 1


def test_a_round_trip_changes_no_figure(fitted, tmp_path):
    annotator = clone_fitted(fitted)
    frame, _, _ = samples(800, 10, classes=("a", "b", "c"))
    block = np.arange(800) // 400
    annotator.adapt(frame, block)
    annotator.save(tmp_path)
    again = Annotator.load(tmp_path)
    for name in ("score", "state", "supported", "reason"):
        before, after = (getattr(a.annotate(frame, block), name) for a in (annotator, again))
        np.testing.assert_array_equal(before, after)
    pd.testing.assert_frame_equal(annotator.blocks_, again.blocks_, check_dtype=False)
    assert not list(tmp_path.rglob("*.pkl"))


def test_an_annotator_of_something_else_is_not_loaded(tmp_path):
    frame, good, _ = samples(300, 0)
    Annotator(model=Constant()).fit(frame, good, **ROLES).save(tmp_path)
    with pytest.raises(InputError, match="Constant"):
        Annotator.load(tmp_path)


@pytest.mark.parametrize("target", [0, 1, -0.1, 2])
def test_a_target_error_that_is_no_share_is_refused(target):
    frame, good, _ = samples(100, 0)
    with pytest.raises(InputError, match="target_error"):
        Annotator(target_error=target).fit(frame, good)


def test_an_annotator_that_was_not_fitted_says_so():
    with pytest.raises(NotFittedError, match="fit"):
        Annotator().annotate(samples(3, 0)[0])


def test_unlabelled_evaluation_samples_are_annotated_too():
    frame, good, _ = samples(1000, 0)
    good[:100] = np.nan
    assert len(Annotator().fit(frame, good, **ROLES).evaluation_.score) == 1000
