"""A life of years: rows are forgotten with all that was counted of them; an annotator is learned anew."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from tests.engine.days import labelled, stream, watched

EVALUATION = labelled(600, "2024-01-01", 30, 0)
PRODUCTION = stream(500, "2024-02-01", 10, 1)
DAY = stream(100, "2024-02-11", 1, 2)


@pytest.fixture
def monitor():
    made = watched(EVALUATION, PRODUCTION).append(DAY)
    return made.label(pd.DataFrame({"id": PRODUCTION["id"][:40], "annotation": ["good", "bad"] * 20}))


def equal_counts(monitor):
    state = monitor._state
    rebuilt = Cube.build(state.production.codes)
    for measure, cells in rebuilt.cells.items():
        np.testing.assert_array_equal(state.cube.cells[measure], cells, err_msg=measure)
    np.testing.assert_allclose(state.cube.values, rebuilt.values, atol=1e-6)


def test_samples_are_forgotten_by_id_with_their_labels_and_counts(monitor):
    shown = monitor.annotations().set_index("id")
    gone = [PRODUCTION["id"][0], PRODUCTION["id"][300], DAY["id"][5], "never there"]
    monitor.forget(gone)
    assert monitor.score().n == 597
    assert not set(gone) & set(monitor.annotations()["id"])
    assert monitor.timeline()["n_actual"].sum() == 39
    left = monitor.annotations().set_index("id")
    pd.testing.assert_frame_equal(left, shown.loc[left.index])
    assert "3 production samples were forgotten" in monitor.schema.notes
    equal_counts(monitor)
    with pytest.warns(UserWarning, match="498 appended"):
        monitor.append(PRODUCTION, duplicates="replace")


def test_samples_are_forgotten_by_time_and_the_bins_stay(monitor):
    bins, late = monitor.time_bins, (PRODUCTION["timestamp"] >= "2024-02-05T12:30").sum()
    monitor.forget(before="2024-02-05T12:30")
    assert monitor.time_bins == bins
    assert monitor.score().n == late + 100
    assert len(monitor.samples(n=1000)) == late + 100
    equal_counts(monitor)


def test_what_is_forgotten_is_gone_from_the_store_it_was_loaded_from(monitor, tmp_path):
    folder = monitor.save(tmp_path / "store")
    loaded = Monitor.load(folder).forget(DAY["id"][5])
    loaded.save(folder)
    rows = pd.concat([pd.read_parquet(path) for path in folder.rglob("production/*.parquet")])
    assert len(rows) == 599
    assert DAY["id"][5] not in set(rows.to_numpy().ravel())
    again = Monitor.load(folder)
    assert again.score() == loaded.score()
    assert again.score().n == 599


def test_without_a_time_column_the_first_rows_are_forgotten_by_number():
    cut = lambda frame: frame.drop(columns=["timestamp", "id"])  # noqa: E731
    monitor = watched(cut(EVALUATION), cut(PRODUCTION)).append(cut(DAY))
    monitor.forget(before=50)
    assert monitor.score().n == 550
    with pytest.raises(InputError, match=r"Schema\(id="):
        monitor.forget(["1"])


def test_what_names_nothing_or_everything_is_refused(monitor):
    with pytest.raises(InputError, match="nothing is named"):
        monitor.forget()
    with pytest.raises(InputError, match="all 600"):
        monitor.forget(before="2025-01-01")
    with pytest.raises(InputError, match="is no time"):
        monitor.forget(before="soon")
    assert monitor.score().n == 600


def test_a_refit_keeps_history_labels_and_alerts_and_scores_what_comes(monitor):

    def frames():
        return monitor.timeline(), monitor.alerts().open, monitor.annotations()

    score, history = monitor.score(), frames()
    grown = pd.concat([EVALUATION, labelled(400, "2024-02-01", 10, 7, cities="ABCN")])
    assert monitor.refit(grown) is monitor
    assert monitor.evaluation_score.n == 1000
    assert monitor.score() == score
    for before, after in zip(history, frames(), strict=True):
        pd.testing.assert_frame_equal(before, after)
    later = stream(100, "2024-02-12", 1, 8, cities="ABCN")
    monitor.append(later)
    where = {"city": "N"}
    assert monitor.benchmark(where).n == (grown["city"] == "N").sum()
    assert float(monitor.score(where=where).supported) == 1
    assert monitor.new_values()["value"].tolist() == []
    equal_counts(monitor)


def test_a_refit_on_the_same_evaluation_set_is_the_same(monitor):
    before = monitor.evaluation_score
    assert monitor.refit().evaluation_score == before


def test_an_evaluation_set_that_cannot_teach_changes_nothing(monitor):
    before = monitor.evaluation_score
    with pytest.raises(InputError, match="no labelled sample"):
        monitor.refit(EVALUATION.drop(columns="label"))
    with pytest.raises(InputError, match="'city'"):
        monitor.refit(EVALUATION.drop(columns="city"))
    with pytest.raises(InputError, match="has no rows"):
        monitor.refit(EVALUATION.head(0))
    assert monitor.evaluation_score == before
