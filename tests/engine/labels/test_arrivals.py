"""Labels that arrive later join by id."""

import uuid

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.labels.arrivals import arrived
from prodmon_widgets.engine.table.table import Table, prepare
from prodmon_widgets.errors import InputError


def table(**columns) -> Table:
    n = 20
    frame = pd.DataFrame({"id": [f"p{i}" for i in range(n)], "prediction": [["Drama"], ["Action", "War"]] * 10})
    evaluation = frame.assign(annotation=["Good", "Bad"] * 10)
    return prepare(evaluation, frame.assign(**columns))[2]


def test_annotations_join_by_id_in_any_order():
    frame = {"id": ["p7", "p3", "p9", "p8"], "annotation": ["Bad", "good", None, "Unknown"], "reason": [*"abc", None]}
    made = arrived([table()], pd.DataFrame(frame))
    assert made.rows.tolist() == [3, 7, 8, 9]
    np.testing.assert_array_equal(made.said, [1.0, 0.0, np.nan, np.nan])
    assert made.silent.tolist() == [False, False, False, True]
    assert made.why == ["b", "a", "", "c"]


@pytest.mark.parametrize(("good", "bad"), [(True, False), (1, 0), (1.0, 0.0), ("GOOD", " bad ")])
def test_annotations_are_read_as_those_of_the_evaluation_set(good, bad):
    assert arrived([table()], pd.DataFrame({"id": ["p1", "p2"], "annotation": [good, bad]})).said.tolist() == [1.0, 0.0]


def test_true_labels_are_held_against_the_prediction():
    labels = pd.DataFrame({"id": ["p0", "p1", "p3"], "label": [["Drama"], ["War"], ["War", "Action"]]})
    assert arrived([table()], labels).said.tolist() == [1.0, 0.0, 1.0]


def test_the_last_line_of_an_id_counts_and_a_doubled_id_reaches_each_row():
    doubled = table(id=["same", "same", *(f"p{i}" for i in range(18))])
    made = arrived([doubled], pd.DataFrame({"id": ["same"] * 2, "annotation": ["Bad", "Good"]}))
    assert (made.rows.tolist(), made.said.tolist()) == ([0, 1], [1.0, 1.0])


def test_rows_are_numbered_through_all_tables():
    first = table()
    both = [first, first.append(pd.DataFrame({"id": ["q0", "q1"], "prediction": [["Drama"], ["War"]]}))]
    assert arrived(both, pd.DataFrame({"id": ["q1", "p2"], "annotation": ["Bad", "Good"]})).rows.tolist() == [2, 21]


def test_row_numbers_are_the_ids_where_there_are_none():
    frame = pd.DataFrame({"prediction": ["a", "b"] * 10})
    bare = prepare(frame.assign(annotation=["Good", "Bad"] * 10), frame)[2]
    assert arrived([bare], pd.DataFrame({"id": [4], "annotation": ["Bad"]})).rows.tolist() == [4]


def test_numbers_and_text_are_the_same_id():
    numbered = table(id=range(100, 120))
    for spelling in ("105", 105, 105.0):
        assert arrived([numbered], pd.DataFrame({"id": [spelling], "annotation": ["Good"]})).rows.tolist() == [5]


def test_numbers_with_a_missing_one_among_them_are_ids_too():
    numbered = table(id=pd.array([None, *range(1, 20)], dtype="Int64"))
    assert arrived([numbered], pd.DataFrame({"id": [7], "annotation": ["Good"]})).rows.tolist() == [7]


def test_uuids_are_ids():
    uuids = [uuid.UUID(int=i) for i in range(20)]
    assert arrived([table(id=uuids)], pd.DataFrame({"id": [uuids[3]], "annotation": ["Good"]})).rows.tolist() == [3]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"id": ["nobody"], "annotation": ["Good"]}, r"1 ids are not in production, such as \['nobody'\]"),
        (
            {"id": ["p1"], "annotation": ["Perhaps"]},
            r"labels has annotations \['Perhaps'\]; expected Good, Bad or Unknown",
        ),
        ({"who": ["p1"], "annotation": ["Good"]}, r"no column \['id'\]; they have"),
        ({"id": ["p1"], "said": ["Good"]}, r"no column \['annotation'\]; they have"),
        ({"id": ["p1", None], "annotation": ["Good"] * 2}, "1 of 2 labels have no 'id'"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(InputError, match=message):
        arrived([table()], pd.DataFrame(labels))
