"""Samples that people labelled count as they are, in every figure, however the labels came."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.labels.labels import Labels
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError

WINDOW = ("2026-03-15", "2026-03-29")


def classified(rng, n, start, days, accuracy=0.8):
    """A classifier that is right in so many of its samples, of which nothing tells which; and which are good."""
    good = rng.random(n) < accuracy
    frame = pd.DataFrame(
        {
            "id": [f"{start}-{i}" for i in range(n)],
            "timestamp": pd.Timestamp(start) + pd.to_timedelta(np.sort(rng.random(n)) * days, unit="D"),
            "x": rng.normal(size=n),
            "plan": rng.choice(["basic", "pro"], n),
            "prediction": rng.choice(["a", "b"], n),
            "confidence": rng.uniform(0.6, 1.0, n),
        }
    )
    return frame, good


def words(good):
    return np.where(good, "good", "bad")


def named(ids, good):
    return pd.DataFrame({"id": list(ids), "annotation": words(good)})


@pytest.fixture(scope="module")
def world():
    """An evaluation set, and production of which the later half is far worse, which no property shows."""
    rng = np.random.default_rng(1)
    evaluation, known = classified(rng, 1500, "2026-01-01", 30)
    first, good = classified(rng, 800, "2026-03-01", 14)
    later, bad = classified(rng, 800, "2026-03-15", 14, accuracy=0.5)
    production = pd.concat([first, later], ignore_index=True)
    return evaluation.assign(annotation=words(known)), production, np.r_[good, bad]


@pytest.fixture(scope="module")
def fitted(world):
    return Monitor(*world[:2], text=False, progress=False)


@pytest.fixture
def monitor(fitted):
    fitted._state.relabel(Labels())
    return fitted


def figures(score):
    return [float(each) for each in (score.score, score.low, score.high)]


def test_a_census_by_label_is_exact_everywhere(world, monitor):
    _, production, good = world
    monitor.label(named(production.id, good))
    assert figures(monitor.score()) == pytest.approx([good.mean()] * 3, abs=1e-12)
    timeline = monitor.timeline("7D")
    assert timeline["score"].tolist() == pytest.approx(timeline["actual"].tolist(), abs=1e-12)
    pro = (production["plan"] == "pro").to_numpy()
    assert figures(monitor.score(where={"plan": "pro"})) == pytest.approx([good[pro].mean()] * 3, abs=1e-12)
    assert float(monitor.causes(WINDOW).score) == pytest.approx(good[800:].mean(), abs=1e-12)
    assert monitor.causes(WINDOW).by_people
    assert len(monitor.alerts().open) > 0


def test_a_column_says_the_same_as_label_and_one_row_less_differs_by_that_row(world):
    evaluation, production, good = world
    whole = Monitor(evaluation, production.assign(annotation=words(good)), text=False, progress=False)
    assert figures(whole.score()) == pytest.approx([good.mean()] * 3, abs=1e-12)
    but_one = np.where(np.arange(len(good)) == 9, None, words(good))
    less = Monitor(evaluation, production.assign(annotation=but_one), text=False, progress=False).score()
    assert abs(float(less.score) - good.mean()) <= 1 / len(good)
    assert less.high - less.low <= 1 / len(good) + 1e-12


def test_labels_given_once_more_or_taken_back_leave_nothing_behind(world, monitor):
    _, production, good = world
    before, cube = monitor.score(), monitor._state.cube
    ids = production.id[:300]
    monitor.label(named(ids, ~good[:300])).label(named(ids, good[:300]))
    assert monitor._state.cube.totals["known_good"].sum() == good[:300].sum()
    monitor.label(pd.DataFrame({"id": ids, "annotation": None}))
    assert monitor.score() == before
    for measure, cells in cube.cells.items():
        np.testing.assert_array_equal(monitor._state.cube.cells[measure], cells)


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_unlabelled_rows_of_the_evaluation_set_change_nothing_and_are_noted(world, share):
    evaluation, production, good = world
    patch = production.head(400).assign(annotation=np.where(np.arange(400) < 400 * share, words(good[:400]), "Unknown"))
    both = Monitor(pd.concat([evaluation, patch]), production, text=False, progress=False)
    alone = pd.concat([evaluation, patch[patch["annotation"] != "Unknown"]])
    labelled = Monitor(alone, production, text=False, progress=False)
    assert both.evaluation_score == labelled.evaluation_score
    assert both.score(WINDOW) == labelled.score(WINDOW)
    assert any(f"{400 - int(400 * share)} of 1,900 evaluation rows have no label" in n for n in both.schema.notes)


def test_drawn_labels_tell_causes_of_a_drop_that_no_property_shows(world, monitor):
    evaluation, production, good = world
    asked = monitor.to_label(150, WINDOW, seed=1)
    truth = dict(zip(production.id, good, strict=True))
    monitor.label(named(asked.id, [truth[each] for each in asked.id]))
    causes, drop = monitor.causes(WINDOW), monitor.evaluation_score.score - float(monitor.score(WINDOW).score)
    assert causes.total == pytest.approx(drop, abs=0.01)
    true = (evaluation["annotation"] == "good").mean() - good[800:].mean()
    assert causes.labelled.low < true < causes.labelled.high
    assert causes.labelled.n == 150
    assert causes.text().startswith("By 150 labels alone the score fell by")
    assert monitor.causes(("2026-03-01", "2026-03-15")).labelled is None


def test_chosen_labels_beside_drawn_ones_count_once_and_bias_nothing(world, monitor):
    _, production, good = world
    later = production.id[800:].to_numpy()
    truth = dict(zip(production.id, good, strict=True))
    errors = []
    for seed in range(40):
        monitor._state.relabel(Labels())
        asked = monitor.to_label(60, WINDOW, seed=seed)
        monitor.label(named(asked.id, [truth[each] for each in asked.id]))
        # complaints: only bad ones are told
        complaints = np.random.default_rng(seed).choice(later[~good[800:]], 120, replace=False)
        monitor.label(named(complaints, np.zeros(120, dtype=bool)))
        alone = monitor.causes(WINDOW).labelled if seed == 0 else None
        state = monitor._state
        by_labels = state.labels.alone(state.production.codes, state.terms, state.mask(WINDOW, None))
        errors.append(by_labels.score - good[800:].mean())
        assert alone is None or alone.score == by_labels.score
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(40)


def test_a_random_sample_that_the_user_vouches_for_corrects_its_period(world, monitor):
    _, production, good = world
    rows = np.sort(np.random.default_rng(3).choice(np.arange(800, 1600), 200, replace=False))
    monitor.label(named(production.id[rows], good[rows]))
    assert float(monitor.score(WINDOW).score) > good[800:].mean() + 0.1
    monitor._state.relabel(Labels())
    monitor.label(named(production.id[rows], good[rows]), sampled="random")
    got = monitor.score(WINDOW)
    assert got.low < good[800:].mean() < got.high
    assert float(got.score) == pytest.approx(good[800:].mean(), abs=0.08)
    assert got.estimated > got.high
    with pytest.raises(InputError, match="sampled"):
        monitor.label(named(production.id[rows], good[rows]), sampled="worst")


def test_who_asks_hears_before_anybody_labels_that_few_labels_narrow_nothing(monitor):
    few, many = monitor.to_label(10, WINDOW), monitor.to_label(780, WINDOW)
    assert not few.attrs["narrows"]
    assert few.attrs["note"].startswith("10 labels will not narrow this: the band is")
    assert many.attrs["narrows"]
    assert many.attrs["note"] == ""


def test_nobody_is_asked_what_is_known(world, monitor):
    production, good = world[1:]
    monitor.label(named(production.id[800:1500], good[800:1500]))
    assert len(set(monitor.to_label(200, WINDOW)["id"]) & set(production.id[800:1500])) == 0


def test_saved_labels_count_when_loaded(world, monitor, tmp_path):
    _, production, good = world
    asked = monitor.to_label(40, WINDOW, seed=2)
    monitor.label(named(asked.id, np.ones(40, dtype=bool)))
    monitor.label(named(production.id[:100], good[:100]))
    again = Monitor.load(monitor.save(tmp_path / "m"))
    assert again.score(WINDOW) == monitor.score(WINDOW)
    assert again.score() == monitor.score()


def test_estimates_are_held_against_the_labels_that_came_later(world, monitor):
    _, production, good = world
    rows = np.arange(0, 1600, 4)
    assert len(monitor.realised()) == 0
    before = monitor.annotations()["score"].to_numpy()[rows]
    monitor.label(named(production.id[rows], good[rows]))
    found = monitor.realised("14D")
    early = rows < 800
    assert found["n"].tolist() == [200, 200]
    assert found["estimated"].tolist() == pytest.approx([before[early].mean(), before[~early].mean()], abs=1e-6)
    assert found["actual"].tolist() == pytest.approx([good[rows[early]].mean(), good[rows[~early]].mean()])
    assert found["error"].iloc[1] > 0.15
    assert found["held"].tolist() == [True, False]
    pro = (production["plan"].iloc[rows] == "pro").sum()
    assert monitor.realised("14D", {"plan": "pro"})["n"].sum() == pro
