"""The film story, row by row, through the public interface on ``movies()``. Row numbers are those of the story."""

import numpy as np
import pandas as pd
import pytest

import prodmon_widgets as pm

LATE_JULY = ("2023-07-22", "2023-08-01")
FIRST_WEEKS = ("2023-05-01", "2023-05-22")
MYSTERY = {"prediction": "Mystery"}
RARER = "Western"


@pytest.fixture(scope="module")
def frames():
    return pm.datasets.movies()


@pytest.fixture(scope="module")
def monitor(frames):
    return pm.Monitor(*frames, text=False, progress=False)


@pytest.fixture(scope="module")
def truth():
    return pm.datasets.movies_truth()["annotation"].eq("Good").to_numpy()


def in_window(frame, window):
    return frame["started_at"].between(*map(pd.Timestamp, window), inclusive="left").to_numpy()


def holds(frame, genre):
    return frame["prediction"].map(lambda genres: genre in genres).to_numpy()


def test_s1_production_needs_no_label_column(frames, monitor):
    assert not {"annotation", "label", "expected_output"} & set(frames[1])
    assert len(monitor.annotations()) == len(frames[1])


def test_s2_most_samples_are_annotated_and_the_rest_is_unknown(monitor):
    states = monitor.annotations()["annotation"]
    assert set(states) == {"good", "bad", "unknown"}
    assert monitor.score().coverage == pytest.approx((states != "unknown").mean())
    assert monitor.score().coverage > 0.5


@pytest.mark.parametrize("every", ["1D", "7D"])
def test_s2_coverage_stands_beside_every_score(monitor, frames, every):
    timeline = monitor.timeline(every=every)
    unknown = monitor.annotations()["annotation"].eq("unknown").to_numpy()
    starts = timeline["start"].to_numpy()
    period = np.searchsorted(starts, frames[1]["started_at"].to_numpy(), side="right") - 1
    share = pd.Series(unknown).groupby(period).mean().to_numpy()
    np.testing.assert_allclose(timeline["coverage"] + share, 1.0)
    assert timeline["n"].sum() == len(frames[1])


def test_s3_the_first_weeks_are_on_a_par_with_evaluation(monitor):
    line, first = monitor.evaluation_score, monitor.score(FIRST_WEEKS)
    assert first.low <= line.score <= first.high
    assert line.low <= line.true <= line.high


def test_s3_late_july_is_below_the_benchmark(monitor):
    assert monitor.score(LATE_JULY).high < monitor.evaluation_score.low


def test_s3_the_estimate_follows_the_true_decline(monitor, frames, truth):
    weeks = monitor.timeline(every="7D")
    true = pd.Series(truth).groupby(np.searchsorted(weeks["start"], frames[1]["started_at"], side="right") - 1).mean()
    assert (weeks["score"] - true.to_numpy()).abs().mean() < 0.015
    assert ((weeks["low"] <= true.to_numpy()) & (true.to_numpy() <= weeks["high"])).mean() >= 0.85
    assert weeks["score"].corr(pd.Series(range(len(weeks)), dtype=float), method="spearman") < -0.9


def test_s4_both_new_classes_are_named_with_their_figures(monitor, frames):
    new = monitor.new_values(LATE_JULY).query("property == 'prediction'").set_index("value")
    assert set(new.index) == {"Mystery", RARER}
    for genre, row in new.iterrows():
        mask = holds(frames[1], genre)
        assert row["n"] == mask.sum()
        assert row["share"] == pytest.approx(mask.mean())
        assert row["window_share"] == pytest.approx(mask[in_window(frames[1], LATE_JULY)].mean())
        assert abs(pd.Timestamp(row["first_seen"]) - frames[1].loc[mask, "started_at"].min()) < pd.Timedelta("1D")
    assert new.loc[RARER, "share"] == pytest.approx(0.005)


def test_s5_a_window_is_what_pandas_says_about_it(monitor, frames):
    comparison = monitor.compare(LATE_JULY)
    mask = in_window(frames[1], LATE_JULY)
    assert comparison.attrs["n"] == mask.sum() == monitor.score(LATE_JULY).n
    confidence = comparison.set_index("property").loc["confidence"]
    expected = [
        frames[1].loc[mask, "confidence"].mean(),
        frames[1]["confidence"].mean(),
        frames[0]["confidence"].mean(),
    ]
    np.testing.assert_allclose(confidence[["window", "production", "evaluation"]].astype(float), expected, rtol=1e-6)


def test_s6_the_data_page_has_predictions_and_their_number(monitor):
    kinds = monitor.compare(LATE_JULY).set_index("property")["kind"]
    assert kinds["prediction"] == "set"
    assert kinds["n_predictions"] == "numeric"


def test_s7_the_three_means(monitor):
    row = monitor.compare(LATE_JULY).set_index("property").loc["n_predictions"]
    assert [f"{row[column]:.2f}" for column in ("window", "production", "evaluation")] == ["2.21", "2.02", "1.96"]
    assert row["low"] > 0


def test_s9_mystery_samples_are_shown_and_mostly_bad(monitor, frames):
    samples = monitor.samples(where=MYSTERY, n=10_000)
    assert len(samples) == holds(frames[1], "Mystery").sum()
    assert holds(samples, "Mystery").all()
    assert samples["annotation"].eq("bad").mean() > 0.5
    assert samples["score"].is_monotonic_increasing


def test_s10_mystery_is_unsupported_and_its_bounds_are_shown(monitor):
    score = monitor.score(LATE_JULY, where=MYSTERY)
    assert score.supported == 0
    assert (score.worst, score.best) == (0, 1)
    new = monitor.new_values(LATE_JULY).set_index("value").loc["Mystery"]
    assert new["supported_share"] == 0


@pytest.mark.parametrize(
    "kind", ["frame", pytest.param("csv", marks=pytest.mark.slow), pytest.param("parquet", marks=pytest.mark.slow)]
)
def test_s11_the_evaluation_patch_loads_back(monitor, frames, tmp_path, kind):
    patch = monitor.evaluation_patch(MYSTERY).assign(annotation="Bad")
    grown = pd.concat([frames[0], patch], ignore_index=True)
    if kind == "csv":
        grown.to_csv(tmp_path / "evaluation.csv", index=False)
        grown = tmp_path / "evaluation.csv"
    elif kind == "parquet":
        grown.to_parquet(tmp_path / "evaluation.parquet")
        grown = tmp_path / "evaluation.parquet"
    again = pm.Monitor(grown, frames[1], text=False, progress=False)
    assert "Mystery" not in set(again.new_values()["value"])
    assert again.score(where=MYSTERY).supported > 0.5


def test_s8_more_predictions_were_weak_on_evaluation(monitor):
    weak = monitor.weak_segments(LATE_JULY).set_index("segment")
    assert set(weak.index) == {"n_predictions ≥ 3", "language = it", next(s for s in weak.index if "input_" in s)}
    row = weak.loc["n_predictions ≥ 3"]
    assert row["low"] < row["score"] < row["high"] < monitor.evaluation_score.true
    assert row["window_share"] > row["share"]


def factors(items):
    """Which of the story's factors the items name."""
    names = {
        "short": lambda text: "input_" in text or text == "feed = partner",
        "language": lambda text: text == "language = it",
        "Mystery": lambda text: text == "prediction = Mystery",
        "label density": lambda text: text.startswith("n_predictions"),
        "device": lambda text: "device" in text,
    }
    return {name for name, is_named in names.items() if items["segment"].map(is_named).any()}


def test_s12_the_hidden_factors_are_among_the_first_five_and_the_drifter_is_harmless(monitor):
    causes = monitor.causes(LATE_JULY)
    assert factors(causes.items.head(5)) == {"short", "language", "Mystery", "label density"}
    assert causes.harmless == ["device"]
    assert causes.items["contribution"].sum() + causes.unexplained == pytest.approx(causes.total, abs=1e-9)
    weak = causes.items.set_index("segment")["weak_on_evaluation"]
    assert weak["language = it"]
    assert weak[weak.index.str.startswith("n_predictions")].all()
    assert "no context for 'Mystery'. 30 labels would tell" in causes.text()


def test_s12_what_is_explained_away_is_gone_and_the_rest_is_ranked(monitor):
    rest = monitor.causes(LATE_JULY).explain_away({"prediction": "Mystery"})
    assert factors(rest.items.head(5)) == {"short", "language", "label density"}
    assert rest.items["contribution"].sum() + rest.unexplained == pytest.approx(rest.total, abs=1e-9)


def test_s12_the_feed_broke_at_once_and_the_language_came_slowly(monitor):
    when = monitor.when(LATE_JULY).set_index("what")
    assert when.loc["score", "shape"] == "gradual"
    assert (when.loc["language = it", "shape"], when.loc["language = it", "measure"]) == ("gradual", "share")
    (short,) = [text for text in when.index if "input_" in text]
    assert when.loc[short, "shape"] == "abrupt"
    assert when.loc[short, "low"] <= pd.Timestamp("2023-07-04") <= when.loc[short, "high"]


def test_two_windows_and_two_models_compare_the_same_way(monitor):
    by_window = monitor.causes(LATE_JULY, baseline=FIRST_WEEKS)
    assert by_window.total == pytest.approx(monitor.score(FIRST_WEEKS).score - monitor.score(LATE_JULY).score, abs=1e-6)
    assert {"short", "language"} <= factors(by_window.items)
    by_value = monitor.causes(LATE_JULY, baseline={"device": "phone"})
    assert not by_value.items["segment"].str.contains("device").any()
    others = monitor.score(LATE_JULY, {"device": ["desktop", "tablet", "tv"]}).score
    assert by_value.total == pytest.approx(monitor.score(where={"device": "phone"}).score - others, abs=1e-6)
    with pytest.raises(pm.errors.InputError, match="no sample but the baseline's own"):
        monitor.causes(LATE_JULY, baseline={"device": ["phone", "desktop", "tablet", "tv"]})


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "n"), [(1, 5_000), (4, 5_000), (9, 5_000), (3, 50_000)])
def test_the_story_is_the_same_for_other_seeds_and_sizes(seed, n):
    monitor = pm.Monitor(*pm.datasets.movies(seed=seed, n=n), text=False, progress=False)
    first, last, line = monitor.score(FIRST_WEEKS), monitor.score(LATE_JULY), monitor.evaluation_score
    assert first.low <= line.score <= first.high
    assert last.high < line.low
    assert set(monitor.new_values(LATE_JULY).query("property == 'prediction'")["value"]) == {"Mystery", RARER}
    row = monitor.compare(LATE_JULY).set_index("property").loc["n_predictions"]
    assert [f"{row[column]:.2f}" for column in ("window", "production", "evaluation")] == ["2.21", "2.02", "1.96"]
    assert monitor.samples(where=MYSTERY, n=n)["annotation"].eq("bad").mean() > 0.5
    assert monitor.score().coverage > 0.5
    causes = monitor.causes(LATE_JULY)
    assert factors(causes.items.head(5)) == {"short", "language", "Mystery", "label density"}
    assert causes.harmless == ["device"]
