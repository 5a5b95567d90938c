"""Labels that arrive later join by id."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.reading.arrivals import arrived
from prodmon_widgets.engine.table import Table, prepare
from prodmon_widgets.errors import InputError


def table(**columns) -> Table:
    n = 20
    frame = pd.DataFrame({"id": [f"p{i}" for i in range(n)], "prediction": [["Drama"], ["Action", "War"]] * 10})
    evaluation = frame.assign(annotation=["Good", "Bad"] * 10)
    return prepare(evaluation, frame.assign(**columns))[2]


def test_annotations_join_by_id_in_any_order():
    rows, lines, said = arrived(table(), pd.DataFrame({"id": ["p7", "p3", "p9"], "annotation": ["Bad", "good", None]}))
    assert rows.tolist() == [3, 7, 9]
    assert lines.tolist() == [1, 0, 2]
    np.testing.assert_array_equal(said, [1.0, 0.0, np.nan])


def test_true_labels_are_held_against_the_prediction():
    labels = pd.DataFrame({"id": ["p0", "p1", "p3"], "label": [["Drama"], ["War"], ["War", "Action"]]})
    assert arrived(table(), labels)[2].tolist() == [1.0, 0.0, 1.0]


def test_the_last_line_of_an_id_counts_and_a_doubled_id_reaches_each_row():
    doubled = table(id=["same", "same", *(f"p{i}" for i in range(18))])
    rows, lines, said = arrived(doubled, pd.DataFrame({"id": ["same"] * 2, "annotation": ["Bad", "Good"]}))
    assert (rows.tolist(), lines.tolist(), said.tolist()) == ([0, 1], [1, 1], [1.0, 1.0])


def test_row_numbers_are_the_ids_where_there_are_none():
    frame = pd.DataFrame({"prediction": ["a", "b"] * 10})
    bare = prepare(frame.assign(annotation=["Good", "Bad"] * 10), frame)[2]
    assert arrived(bare, pd.DataFrame({"id": [4], "annotation": ["Bad"]}))[0].tolist() == [4]


def test_numbers_and_text_are_the_same_id():
    numbered = table(id=range(100, 120))
    assert arrived(numbered, pd.DataFrame({"id": ["105"], "annotation": ["Good"]}))[0].tolist() == [5]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"id": ["nobody"], "annotation": ["Good"]}, r"1 of the labels' ids are not in production, .*\['nobody'\]"),
        ({"id": ["p1"], "annotation": ["Perhaps"]}, r"annotations \['Perhaps'\]; expected Good, Bad or Unknown"),
        ({"who": ["p1"], "annotation": ["Good"]}, "column 'id' does not exist"),
        ({"id": ["p1"], "said": ["Good"]}, "column 'label' does not exist"),
    ],
)
def test_labels_that_do_not_fit_are_refused(labels, message):
    with pytest.raises(InputError, match=message):
        arrived(table(), pd.DataFrame(labels))
