"""Estimates through the monitor: bands, actual labels beside them, order of doubt, and annotators of other kinds."""

import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import GaussianNB

import prodmon_widgets as pm
from prodmon_widgets.engine.cube.wire import from_wire
from prodmon_widgets.engine.labels.labels import Labels

JULY = ("2023-07-22", "2023-08-01")


@pytest.fixture(scope="module")
def film():
    evaluation, production = pm.datasets.movies(n=5000)
    truth = pm.datasets.movies_truth(n=5000).set_index("user_interaction_id")["annotation"]
    return evaluation.head(2000), production, truth


@pytest.fixture(scope="module")
def fitted(film):
    return pm.Monitor(*film[:2], text=False, progress=False)


@pytest.fixture
def monitor(fitted):
    """The same estimates, without a label."""
    fitted._state.relabel(Labels())
    return fitted


def good_of(film):
    return (film[2].loc[film[1]["user_interaction_id"]] == "Good").to_numpy()


def test_refitted_estimates_agree_with_the_frozen_score_and_hold_the_truth(monitor, film):
    table = monitor.estimates(JULY).set_index("estimate")
    combined, shown = table.loc["combined"], monitor.score(JULY)
    assert combined["score"] == pytest.approx(float(shown.score), abs=0.02)
    late = film[1]["started_at"] >= pd.Timestamp(JULY[0])
    assert combined["low"] <= good_of(film)[late.to_numpy()].mean() <= combined["high"]
    assert {"auc", "effective_n", "supported", "estimable", "assumption"} <= set(table.attrs)


def test_refitted_estimates_of_a_new_class_are_its_hard_bounds(monitor):
    combined = monitor.estimates(where={"prediction": "Mystery"}).set_index("estimate").loc["combined"]
    assert (combined["low"], combined["high"]) == (0, 1)


def test_annotations_come_in_row_order_or_by_doubt(monitor):
    by_row, by_doubt = monitor.annotations(), monitor.annotations(order="uncertain")
    assert by_row.index.tolist() == list(range(5000))
    assert (by_doubt["score"] - 0.5).abs().is_monotonic_increasing
    pd.testing.assert_frame_equal(by_doubt.sort_index(), by_row)


def test_every_unknown_has_its_reason(monitor):
    unknown = monitor.annotations().query("annotation == 'unknown'")
    assert len(unknown)
    assert unknown["reason"].str.len().gt(0).all()


def test_actual_labels_stand_beside_the_estimate_where_they_arrive(monitor, film):
    assert monitor.timeline("7D")["n_actual"].sum() == 0
    assert monitor.timeline("7D")["actual"].isna().all()
    first = film[1].index[film[1]["started_at"] < pd.Timestamp("2023-05-08")]
    ids = film[1].loc[first, "user_interaction_id"]
    monitor.label(pd.DataFrame({"id": ids, "annotation": film[2].loc[ids].to_numpy()}))
    week = monitor.timeline("7D").iloc[0]
    assert week["n_actual"] == len(first) == week["n"]
    assert week["actual"] == pytest.approx(good_of(film)[first].mean())
    assert monitor.timeline("7D").iloc[1:]["n_actual"].eq(0).all()


def test_the_browser_gets_the_actual_labels_of_each_time_bin(monitor, film):
    ids = film[1]["user_interaction_id"].iloc[:50]
    monitor.label(pd.DataFrame({"id": ids, "annotation": film[2].loc[ids].to_numpy()}))
    arrays = from_wire(*monitor.cube_wire())
    assert arrays["totals.known"].sum() == 50
    assert arrays["totals.known_good"].sum() == good_of(film)[:50].sum()
    assert len(arrays["totals.known"]) == monitor.time_bins.count


def test_actual_labels_of_a_segment_are_its_own(monitor, film):
    ids = film[1]["user_interaction_id"].iloc[:100]
    monitor.label(pd.DataFrame({"id": ids, "annotation": "bad"}))
    phones = film[1]["device"].eq("phone").iloc[:100].sum()
    value = "phone" if phones else film[1]["device"].iloc[0]
    expected = film[1]["device"].eq(value).iloc[:100].sum()
    shown = monitor.timeline("7D", where={"device": value})
    assert shown["n_actual"].sum() == expected
    assert shown["actual"].dropna().eq(0).all()


@pytest.mark.slow
def test_annotations_that_come_with_production_are_actual_too(film):
    production = film[1].assign(annotation=film[2].loc[film[1]["user_interaction_id"]].to_numpy())
    production.loc[100:, "annotation"] = "Unknown"
    monitor = pm.Monitor(film[0], production, text=False, progress=False)
    shown = monitor.timeline("7D")
    assert shown["n_actual"].sum() == 100
    assert shown["actual"].iloc[0] == pytest.approx(good_of(film)[:100].mean())


def test_a_labelled_monitor_is_the_same_after_a_round_trip(monitor, film, tmp_path):
    drawn = monitor.to_label(40, JULY)
    monitor.label(pd.DataFrame({"id": drawn["id"], "annotation": film[2].loc[drawn["id"]].to_numpy()}))
    again = pm.Monitor.load(monitor.save(tmp_path / "m"))
    pd.testing.assert_frame_equal(again.timeline("7D"), monitor.timeline("7D"))
    pd.testing.assert_frame_equal(again.annotations(), monitor.annotations())
    pd.testing.assert_frame_equal(again.estimates(JULY), monitor.estimates(JULY))
    assert again.left_out == monitor.left_out


@pytest.mark.slow
def test_another_classifier_scores_the_monitor(film):
    monitor = pm.Monitor(film[0], film[1].head(2000), annotator=GaussianNB(), text=False, progress=False)
    assert abs(monitor.score().score - good_of(film)[:2000].mean()) < 0.05


@pytest.mark.slow
def test_scores_without_confidence_and_judges_come_from_properties_alone(film):
    frames = [frame.drop(columns=["confidence", "relevance"]) for frame in film[:2]]
    monitor = pm.Monitor(*frames, text=False, progress=False)
    score = monitor.score(JULY)
    late = (film[1]["started_at"] >= pd.Timestamp(JULY[0])).to_numpy()
    assert score.score < monitor.evaluation_score.score - 0.03
    assert score.low - 0.06 <= good_of(film)[late].mean() <= score.high + 0.06
    new = monitor.samples(where={"prediction": "Mystery"}, n=500)
    assert set(new["annotation"]) == {"unknown"}


def test_a_segment_has_a_benchmark_of_its_own_and_the_browser_its_sums(monitor, film):
    evaluation = film[0]
    where = {"device": evaluation["device"].iloc[0]}
    inside = (evaluation["device"] == where["device"]).to_numpy()
    line = monitor.benchmark(where)
    assert line.n == inside.sum()
    assert line.true == pytest.approx(evaluation["annotation"][inside].eq("Good").mean())
    scores = monitor._state.evaluation.score(np.flatnonzero(inside))
    assert line.score == pytest.approx(scores.mean(), abs=1e-5)
    assert line.low < line.score < line.high
    sums = from_wire(monitor.cube_wire()[0], monitor.segment_wire(where))
    assert sums["evaluation.totals.actual"].tolist() == [line.n]
    assert sums["evaluation.totals.actual_good"][0] / line.n == pytest.approx(line.true)
    nobody = monitor.benchmark({"prediction": "Mystery"})
    assert nobody.n == 0
    assert np.isnan([nobody.score, nobody.true]).all()


@pytest.mark.slow
def test_what_the_annotator_does_not_read_is_named(film):
    clock = [frame.assign(batch=np.arange(len(frame)) / 7) for frame in film[:2]]
    monitor = pm.Monitor(*clock, text=False, progress=False)
    assert "time" in monitor.left_out["batch"]
