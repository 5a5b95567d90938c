"""The table views' Python side without a browser: the front end is played by setting synced state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from prodmon_widgets import datasets
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.widgets.base import static_html
from prodmon_widgets.widgets.charts import MOST_POINTS
from prodmon_widgets.widgets.selection import Selection
from prodmon_widgets.widgets.views.causes import CausesView, as_json, shares_over_time
from prodmon_widgets.widgets.views.comparison import ComparisonTable
from prodmon_widgets.widgets.views.inspector import SampleInspector
from prodmon_widgets.widgets.views.novelty import NewValues
from prodmon_widgets.widgets.views.segments import SegmentTable, ranked_of
from prodmon_widgets.widgets.views.trail import InvestigationTrail

JULY = ("2023-07-22", "2023-08-01")
JULY_MS = [1_689_984_000_000, 1_690_848_000_000]
HOSTILE = "</td><script>window.pwned=1</script>"
WORST = {"window": JULY_MS, "conditions": [], "order": "worst", "start": 0, "n": 5}


@pytest.fixture(scope="module")
def monitor() -> Monitor:
    """The film story, in which every text would like to be code."""
    evaluation, production = datasets.movies(n=5000)
    production = production.assign(input=HOSTILE + " " + production["input"])
    return Monitor(evaluation, production, text=False, progress=False)


@pytest.fixture
def selection(monitor: Monitor) -> Iterator[Selection]:
    made = Selection(monitor)
    made.window = JULY
    yield made
    made.close()


@pytest.fixture
def inspector(monitor: Monitor, selection: Selection) -> Iterator[SampleInspector]:
    made = SampleInspector(monitor, selection)
    yield made
    made.labels = []
    made.close()


def test_the_fallback_of_the_comparison_has_the_storys_three_means(monitor: Monitor, selection: Selection) -> None:
    facts = ComparisonTable(monitor, selection).facts()["Properties"].set_index("property").loc["n_predictions"]
    assert facts[["window", "production", "evaluation"]].tolist() == pytest.approx([2.21, 2.02, 1.96], abs=0.005)


def test_the_fallback_of_new_values_names_both_new_classes(monitor: Monitor, selection: Selection) -> None:
    found = NewValues(monitor, selection).facts()["New values"]
    assert found.loc[found["property"] == "prediction", "value"].tolist() == ["Mystery", "Western"]


def test_segments_have_pandas_shares_and_scores(monitor: Monitor, selection: Selection) -> None:
    facts = SegmentTable(monitor, selection).facts()["Segments"].set_index("segment").loc["language = it"]
    samples = monitor.samples(JULY, n=100_000)
    italian = samples[samples["language"] == "it"]
    assert facts["n"] == len(italian)
    assert facts["share"] == pytest.approx(len(italian) / len(samples))
    assert facts["score"] == pytest.approx(italian["score"].mean(), abs=1e-5)


def test_segments_that_surely_lower_the_score_come_first(monitor: Monitor) -> None:
    effect = ranked_of(Selection(monitor))["effect_on_score"].to_numpy()
    sure = int(np.argmax(np.diff(effect) < 0)) + 1
    assert sure > 5
    assert (effect[:sure] < 0).all()


def test_a_cell_is_named_as_a_segment_is(monitor: Monitor) -> None:
    names = ranked_of(Selection(monitor))["segment"].tolist()
    assert str(Segment({"prediction": "Mystery"})) in names
    assert len(set(names)) == len(names)


def test_segments_follow_the_baseline_and_the_chosen_segment(monitor: Monitor, selection: Selection) -> None:
    table = SegmentTable(monitor, selection)
    selection.baseline = ("2023-05-01", "2023-05-22")
    figures = table.facts()["Segments"].set_index("segment").loc["language = it"]
    carried = monitor.score(JULY).score - monitor.score(selection.baseline).score
    assert abs(figures["effect_on_score"]) < abs(carried) + 0.2
    selection.where = {"device": "phone"}
    within = table.facts()["Segments"].set_index("segment")
    phones = monitor.samples(JULY, {"device": "phone", "language": "it"}, n=100_000)
    assert within.loc["language = it", "n"] == len(phones)
    assert within.loc["language = it", "score"] == pytest.approx(
        float(monitor.score(JULY, {"device": "phone", "language": "it"}).score), abs=1e-6
    )


def test_the_first_page_is_there_before_any_browser(inspector: SampleInspector) -> None:
    rows = inspector.page["rows"]
    assert inspector.page["query"] == {**WORST, "n": 100}
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    assert inspector.shown_columns[:2] == ["prediction", "input"]


def test_a_query_is_answered_with_the_samples_of_its_segment(inspector: SampleInspector) -> None:
    query = {**WORST, "conditions": [{"property": "prediction", "values": ["Mystery"]}]}
    inspector.set_state({"query": query})
    assert inspector.page["query"] == query
    assert all("Mystery" in row["cells"]["prediction"] for row in inspector.page["rows"])


def test_a_query_that_makes_no_sense_is_said_in_place(inspector: SampleInspector) -> None:
    inspector.set_state({"query": {**WORST, "conditions": [{"property": "nothing", "values": ["x"]}]}})
    assert "nothing" in inspector.notice
    inspector.set_state({"query": WORST})
    assert inspector.notice == ""


def test_never_more_samples_than_anybody_reads(inspector: SampleInspector) -> None:
    inspector.set_state({"query": {**WORST, "window": None, "n": 10**9}})
    assert len(inspector.page["rows"]) == 1000


def test_pages_follow_one_another_to_the_last_sample(monitor: Monitor, inspector: SampleInspector) -> None:
    want = monitor.samples(JULY, n=10**6).index.tolist()
    got = []
    for start in range(0, len(want) + 300, 300):
        inspector.set_state({"query": {**WORST, "start": start, "n": 300}})
        got += [row["row"] for row in inspector.page["rows"]]
    assert got == want
    last = {"row": want[-1], "at": len(want) - 1, "column": "input", "length": 5}
    inspector.set_state({"asked": last})
    assert inspector.full["text"] == monitor.samples(JULY, n=1, skip=len(want) - 1)["input"].iloc[0][:5]
    inspector.set_state({"query": WORST})


def test_a_label_reaches_the_monitor_and_undo_takes_it_back(monitor: Monitor, inspector: SampleInspector) -> None:
    inspector.set_state({"query": WORST})
    worst = inspector.page["rows"][0]
    label = {"id": worst["id"], "row": worst["row"], "annotation": "good", "reason": "it is right"}
    inspector.set_state({"labels": [label]})
    assert inspector.page["rows"][0]["given"] == "good"
    assert monitor.samples(JULY, n=1)["reason"].iloc[0] == "annotated by a person: it is right"
    inspector.set_state({"labels": []})
    assert inspector.page["rows"][0]["given"] is None
    assert monitor.samples(JULY, n=1)["annotation"].iloc[0] == worst["annotation"]


def test_a_label_of_an_unknown_sample_is_said_in_place(inspector: SampleInspector) -> None:
    inspector.set_state({"labels": [{"id": "nobody", "row": 1, "annotation": "good", "reason": ""}]})
    assert "nobody" in inspector.error


def test_the_patch_is_of_the_samples_that_were_added(inspector: SampleInspector) -> None:
    rows = inspector.page["rows"][:2]
    inspector.set_state({"patch": [row["row"] for row in rows]})
    assert inspector.evaluation_patch["user_interaction_id"].tolist() == [row["id"] for row in rows]


def test_a_full_text_comes_when_it_is_asked_for(inspector: SampleInspector) -> None:
    inspector.set_state({"query": WORST})
    row = inspector.page["rows"][0]
    length = len(inspector.monitor.samples(JULY, n=1)["input"].iloc[0])
    inspector.set_state({"asked": {"row": row["row"], "at": 0, "column": "input", "length": 10}})
    assert inspector.full == {"row": row["row"], "column": "input", "text": HOSTILE[:10], "length": length}


def test_causes_are_searched_beside_the_kernel_and_add_up(monitor: Monitor, selection: Selection) -> None:
    view = CausesView(monitor, selection)
    question = {"window": JULY_MS, "baseline": None, "explained": []}
    view.set_state({"question": question})
    view.finish()
    finding = view.finding
    json.dumps(finding, allow_nan=False)
    assert (finding["question"], view.error, view.notice) == (question, "", "")
    drop = finding["drop"]
    carried = sum(item["contribution"] for item in drop["items"])
    assert drop["baseline"] - carried - drop["unexplained"] == pytest.approx(drop["window"], abs=1e-9)
    first = drop["items"][0]["text"]
    assert len(finding["shares"][0]) == len(monitor.series(MOST_POINTS))
    view.set_state({"question": {**question, "explained": [first]}})
    view.finish()
    assert first not in [item["text"] for item in view.finding["drop"]["items"]]
    view.close()


def test_a_window_without_samples_has_no_causes_and_says_so(monitor: Monitor, selection: Selection) -> None:
    view = CausesView(monitor, selection)
    view.set_state({"question": {"window": [0, 1], "baseline": None, "explained": []}})
    view.finish()
    assert "no sample is in window" in view.notice
    view.close()


def test_an_item_without_a_band_has_none(monitor: Monitor) -> None:
    found = monitor.causes(JULY)
    unbanded = replace(found, items=found.items.assign(low=np.nan, high=np.nan))
    assert {item["low"] for item in as_json(unbanded)["drop"]["items"]} == {None}


def test_the_fallback_shows_hostile_text_as_text(inspector: SampleInspector) -> None:
    page = static_html(inspector)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_cause_is_drawn_into_the_timeline_as_its_share_of_each_stretch(monitor: Monitor) -> None:
    shares = shares_over_time(monitor, {"prediction": "Mystery"})
    n = monitor.series(MOST_POINTS)["n"].to_numpy()
    assert sum(shares * n) == pytest.approx(150, abs=1)
    assert shares_over_time(monitor, {}) == []


def test_an_investigation_begins_with_what_was_selected_when_its_trail_was_made(
    monitor: Monitor, selection: Selection
) -> None:
    selection.where = {"prediction": "Mystery"}
    trail = InvestigationTrail(monitor, selection, CausesView(monitor, selection))
    selection.window = None
    (start,) = trail.steps
    assert start["kind"] == "start"
    begun = {"window": tuple(JULY_MS), "baseline": None, "conditions": selection.conditions, "explained": []}
    assert start["looked"] == begun
