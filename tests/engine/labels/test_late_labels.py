"""Labels of a daily job: for rows that aren't there yet, twice, and none at all."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.errors import InputError
from tests.engine.days import labelled, stream, watched

PRODUCTION = stream(400, "2024-02-01", 10, 1)
LABELS = pd.DataFrame(
    {"id": [*PRODUCTION["id"][:30], "later-1", "later-2", None], "annotation": ["good", "bad", "good"] * 11}
)


@pytest.fixture
def monitor():
    return watched(labelled(600, "2024-01-01", 30, 0), PRODUCTION)


def test_labels_of_rows_that_are_not_there_are_counted_and_left(monitor):
    with pytest.warns(UserWarning, match="3 labels have an id that production doesn't have: they are left"):
        monitor.label(LABELS, unknown_ids="ignore")
    assert monitor.timeline()["n_actual"].sum() == 30
    assert "3 labels have an id that production doesn't have: they are left" in monitor.schema.notes


def test_unless_they_are_ignored_nothing_is_taken(monitor):
    with pytest.raises(InputError, match=r"1 of 33 labels have no 'id'.*unknown_ids='ignore'"):
        monitor.label(LABELS)
    with pytest.raises(InputError, match=r"2 ids are not in production, such as .'later-1', 'later-2'.; expected ids"):
        monitor.label(LABELS.dropna())
    with pytest.raises(InputError, match="'ignore'"):
        monitor.label(LABELS, unknown_ids="drop")
    assert monitor.timeline()["n_actual"].sum() == 0


def test_the_same_file_twice_changes_nothing(monitor, tmp_path):
    LABELS.to_csv(tmp_path / "labels.csv", index=False)
    figures = []
    for _ in range(2):
        with pytest.warns(UserWarning, match="3 labels"):
            monitor.label(tmp_path / "labels.csv", unknown_ids="ignore")
        figures.append((monitor.score(), monitor.timeline(), monitor.annotations(), monitor.schema.notes))
    assert figures[0][0] == figures[1][0]
    assert figures[0][3] == figures[1][3]
    for before, after in zip(figures[0][1:3], figures[1][1:3], strict=True):
        pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("source", ["none known", "no rows", "nothing"])
def test_labels_of_nothing_are_nothing_to_do(monitor, source):
    frames = {"none known": LABELS.iloc[30:32], "no rows": LABELS.head(0), "nothing": pd.DataFrame()}
    before = monitor.score()
    if source == "none known":
        with pytest.warns(UserWarning, match="2 labels"):
            monitor.label(frames[source], unknown_ids="ignore")
    else:
        monitor.label(frames[source])
    assert monitor.score() == before
    assert np.isnan(monitor._state.labels.actual(monitor._state.production.actual)).all()


def test_labels_come_with_the_true_class_and_find_their_rows_after_an_append(monitor):
    later = stream(50, "2024-02-11", 1, 2)
    truth = pd.DataFrame({"id": [*PRODUCTION["id"][:5], *later["id"]], "label": "a"})
    with pytest.warns(UserWarning, match="50 labels"):
        monitor.label(truth, unknown_ids="ignore")
    monitor.append(later).label(truth)
    assert monitor.timeline()["n_actual"].sum() == 55
