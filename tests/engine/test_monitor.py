"""Monitor against plain pandas on the same samples: every figure can be had the slow way."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets import datasets
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

JULY = ("2023-07-22", "2023-08-01")


@pytest.fixture(scope="module")
def data():
    return datasets.movies(n=5000)


@pytest.fixture(scope="module")
def small(data):
    """Enough of both sides to learn from."""
    return data[0].head(600), data[1].sample(1500, random_state=0).sort_values("started_at")


@pytest.fixture(scope="module")
def monitor(data):
    return Monitor(*data, text=False, progress=False)


@pytest.fixture(scope="module")
def plain(data, monitor):
    """Production with its annotations, row by row."""
    annotations = monitor.annotations()
    assert annotations["id"].tolist() == data[1]["user_interaction_id"].tolist()
    return data[1].assign(**annotations.drop(columns="id"))


def test_timeline_is_the_mean_score_of_each_stretch(monitor, plain):
    frame = monitor.timeline("7D")
    for row in frame.itertuples():
        inside = plain[(plain["started_at"] >= row.start) & (plain["started_at"] < row.end)]
        assert row.n == len(inside)
        assert row.score == pytest.approx(inside["score"].mean(), abs=1e-6)
        assert row.coverage == pytest.approx((inside["annotation"] != "unknown").mean())
        assert row.supported == pytest.approx(inside["supported"].mean())
    assert frame["n"].sum() == len(plain)


def test_a_window_and_a_segment_are_the_mean_of_their_samples(monitor, plain):
    late = plain[(plain["started_at"] >= JULY[0]) & (plain["started_at"] < JULY[1])]
    mystery = late[late["prediction"].map(lambda classes: "Mystery" in classes)]
    got = monitor.score(JULY, {"prediction": "Mystery"})
    assert got.n == len(mystery)
    assert got.score == pytest.approx(mystery["score"].mean(), abs=1e-6)
    assert monitor.score(JULY).score == pytest.approx(late["score"].mean(), abs=1e-6)


def test_compare_gives_pandas_means_and_shares(monitor, plain, data):
    frame = monitor.compare(JULY).set_index("property")
    late = plain[(plain["started_at"] >= JULY[0]) & (plain["started_at"] < JULY[1])]
    for name in ("confidence", "relevance"):
        for side, rows in (("window", late), ("production", plain), ("evaluation", data[0])):
            assert frame.loc[name, side] == pytest.approx(rows[name].mean())
    value = frame.loc["language", "statistic"].removeprefix("share of ")
    assert frame.loc["language", "window"] == pytest.approx((late["language"] == value).mean())
    assert monitor.compare(JULY).attrs["n"] == len(late)
    assert monitor.compare(JULY).attrs["window"] == (pd.Timestamp(JULY[0]), pd.Timestamp(JULY[1]))


def test_compare_takes_a_window_or_a_segment_as_baseline(monitor, plain):
    first = monitor.compare(JULY, baseline=("2023-05-01", "2023-06-01")).set_index("property")
    assert first.loc["confidence", "n_baseline"] == (plain["started_at"] < "2023-06-01").sum()
    phones = monitor.compare(JULY, baseline={"device": "phone"}).set_index("property")
    assert phones.loc["confidence", "n_baseline"] == (plain["device"] == "phone").sum()
    same = monitor.compare(JULY, baseline=JULY)
    assert set(same["verdict"]) == {"stable"}
    assert same["effect"].abs().max() == 0


def test_samples_are_the_users_rows_worst_first(monitor, plain):
    got = monitor.samples(JULY, n=20)
    late = plain[(plain["started_at"] >= JULY[0]) & (plain["started_at"] < JULY[1])]
    assert got["score"].tolist() == sorted(late["score"])[:20]
    known = plain.set_index("user_interaction_id")
    assert all(known.loc[row.user_interaction_id, "input"] == row.input for row in got.itertuples())


def test_an_empty_window_answers_with_nothing(monitor):
    after = ("2030-01-01", "2030-01-02")
    assert len(monitor.samples(after)) == 0
    assert monitor.score(after).n == 0
    assert np.isnan(monitor.score(after).score)
    assert set(monitor.compare(after)["verdict"]) == {"too few"}


def test_appended_rows_count_like_rows_that_were_always_there(small):
    evaluation, production = small
    early = production["started_at"] < "2023-07-15"
    grown = Monitor(evaluation, production[early], text=False, progress=False)
    before = grown.annotations()
    told = []
    grown.on_change(lambda: told.append(1))
    grown.append(production[~early])
    whole = Monitor(evaluation, production, text=False, progress=False)
    assert told == [1]
    assert grown.annotations()["id"].tolist() == production["user_interaction_id"].tolist()
    pd.testing.assert_frame_equal(grown.annotations().iloc[: len(before)], before)
    assert grown.timeline("7D")["n"].tolist() == whole.timeline("7D")["n"].tolist()
    ours, theirs = grown.compare(JULY), whole.compare(JULY)
    assert ours["window"].tolist() == pytest.approx(theirs["window"].tolist())


@pytest.mark.slow
def test_a_patch_joins_the_evaluation_set_and_loads_back(data, monitor):
    patch = monitor.evaluation_patch({"prediction": "Mystery"})
    assert set(patch["annotation"]) == {"Unknown"}
    together = Monitor(pd.concat([data[0], patch]), data[1], text=False, progress=False)
    # nobody has labelled the patch yet: its rows tell nothing of quality, and are counted
    assert together.new_values()["value"].tolist() == ["Mystery", "Western"]
    assert any(f"{len(patch):,} of" in note and "have no label" in note for note in together.schema.notes)
    labelled = Monitor(pd.concat([data[0], patch.assign(annotation="Bad")]), data[1], text=False, progress=False)
    assert labelled.new_values()["value"].tolist() == ["Western"]


def test_with_text_the_figures_wait_for_the_estimates(small):
    monitor = Monitor(*small, progress=False)
    meta, _ = monitor.cube_wire()
    assert meta["scored"] in (True, False)
    assert monitor.timeline("7D")["score"].notna().any()
    assert monitor.scored
    assert monitor.status == ""
    assert monitor.cube_wire()[0]["scored"]


def test_what_travels_is_bounded(monitor):
    assert len(monitor.cube_wire()[1]) <= 4_000_000


@pytest.mark.parametrize(
    ("annotation", "says"),
    [("Good", "no bad sample"), ("bad", "no good sample"), ("Unknown", "no labelled sample")],
)
def test_an_evaluation_set_that_cannot_teach_is_refused(data, annotation, says):
    evaluation = data[0].assign(annotation=annotation).drop(columns="label")
    with pytest.raises(InputError, match=says):
        Monitor(evaluation, data[1], text=False, progress=False)


def test_few_labels_warn_and_still_work(data):
    with pytest.warns(UserWarning, match="bands are wide"):
        monitor = Monitor(data[0].head(45), data[1].head(500), text=False, progress=False)
    assert monitor.score().n == 500


def test_an_annotator_without_predict_proba_is_refused(data):
    with pytest.raises(InputError, match="fit and predict_proba"):
        Monitor(*data, annotator=object(), text=False, progress=False)


def test_production_that_people_annotated_throughout_is_scored_by_them(small):
    truth = datasets.movies_truth(n=5000)
    production = small[1].merge(truth, on="user_interaction_id")
    monitor = Monitor(small[0], production, text=False, progress=False)
    assert monitor.score().score == pytest.approx((production["annotation"].str.lower() == "good").mean())


def test_unknown_keywords_are_errors_that_name_them(data):
    with pytest.raises(TypeError, match="colour"):
        Monitor(*data, colour=1)
    with pytest.raises(TypeError, match="colour"):
        Schema(colour="x")


@pytest.mark.parametrize(("every", "same"), [("D", "1D"), ("W", "7D"), (pd.Timedelta(days=2), "2D")])
def test_a_timeline_step_is_spelled_as_pandas_spells_it(monitor, every, same):
    pd.testing.assert_frame_equal(monitor.timeline(every=every), monitor.timeline(every=same))


@pytest.mark.parametrize("every", ["1 fortnight", "90s", "-1D"])
def test_a_timeline_step_that_cannot_be_is_refused(monitor, every):
    with pytest.raises(InputError, match="every is"):
        monitor.timeline(every)


def test_repr_is_one_informative_line(monitor):
    assert "5,000 production samples" in repr(monitor)
    assert "\n" not in repr(monitor)


@pytest.mark.parametrize("every", ["1h", "5min"])
def test_a_fall_over_one_week_raises_the_usual_alert_however_thin_its_days(every):
    rng = np.random.default_rng(0)
    time = pd.date_range("2026-01-05", periods=28 * 24 * (1 if every == "1h" else 12), freq=every)
    known = pd.DataFrame({"prediction": rng.choice(["a", "b"], 3000), "length": rng.normal(size=3000)})
    good = rng.random(3000) < np.where(known["length"] > 1, 0.3, 0.95)
    fell = time >= "2026-01-26"
    later = pd.DataFrame({"timestamp": time, "prediction": rng.choice(["a", "b"], len(time))})
    monitor = Monitor(
        known.assign(annotation=np.where(good, "Good", "Bad")),
        later.assign(length=rng.normal(size=len(time)) + fell),
        progress=False,
    )
    alerts = monitor.alerts()
    usual = "a low week" if every == "1h" else "quality falls"
    assert alerts.open["rule"].str.startswith(usual).any()
