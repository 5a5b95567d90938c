"""True labels that arrive later are held against the predictions of their samples; annotations pass as they are."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

N = 120


def sides(prediction, **columns) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"id": [f"p{i}" for i in range(N)], "prediction": prediction, "size": rng.normal(size=N), **columns}
    )
    annotation = np.where(np.arange(N) % 3 == 0, "Bad", "Good")
    return frame.assign(annotation=annotation), frame


@pytest.fixture
def films() -> Monitor:
    return Monitor(*sides([["Drama"], ["Action", "War"]] * (N // 2)), text=False, progress=False)


def said_of(monitor: Monitor, *ids: str) -> list[str]:
    """What people said; an estimate is none of that."""
    frame = monitor.annotations().set_index("id").loc[list(ids)]
    by_people = frame["reason"].str.startswith("annotated by a person")
    return frame["annotation"].where(by_people, "-").tolist()


def test_of_several_classes_all_must_be_right_in_any_order(films):
    films.label(pd.DataFrame({"id": ["p3", "p0", "p1"], "label": [["War", "Action"], ["Drama"], ["War"]]}))
    assert said_of(films, "p0", "p1", "p3", "p2") == ["good", "bad", "good", "-"]


def test_a_line_without_a_label_says_nothing_and_takes_nothing_back(films):
    films.label(pd.DataFrame({"id": ["p0", "p2"], "annotation": ["bad", "good"]}))
    films.label(pd.DataFrame({"id": ["p0", "p4"], "label": [None, ["Drama"]]}))
    assert said_of(films, "p0", "p2", "p4") == ["bad", "good", "good"]


def test_columns_may_have_the_names_of_the_schema():
    evaluation, production = (
        frame.rename(columns={"id": "case", "prediction": "guess"}) for frame in sides(["a", "b"] * (N // 2))
    )
    truth = np.where(evaluation["annotation"] == "Good", evaluation["guess"], "c")
    evaluation = evaluation.drop(columns="annotation").assign(outcome=truth)
    schema = Schema(id="case", prediction="guess", label="outcome")
    monitor = Monitor(evaluation, production, schema=schema, text=False, progress=False)
    monitor.label(pd.DataFrame({"case": ["p0", "p1"], "outcome": ["a", "a"]}))
    assert said_of(monitor, "p0", "p1") == ["good", "bad"]


def test_a_label_finds_rows_that_were_appended(films):
    more = sides([["Drama"], ["War"]] * (N // 2))[1].assign(id=[f"q{i}" for i in range(N)])
    films.append(more)
    films.label(pd.DataFrame({"id": ["q0", "p0"], "label": [["War"], ["Drama"]]}))
    assert said_of(films, "q0", "p0") == ["bad", "good"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"id": ["nobody"], "label": [["Drama"]]}, r"1 ids are not in production, such as \['nobody'\]"),
        ({"who": ["p1"], "label": [["Drama"]]}, "no column"),
        ({"id": ["p1"], "said": ["Good"]}, r"no column \['annotation'\].*annotation \(good, bad or unknown\) or label"),
    ],
)
def test_labels_that_do_not_fit_are_refused_and_nothing_is_taken(films, labels, message):
    with pytest.raises(InputError, match=message):
        films.label(pd.DataFrame(labels))
    assert said_of(films, "p1") == ["-"]


def test_a_number_has_no_right_label():
    monitor = Monitor(*sides(np.linspace(0, 1, N)), text=False, progress=False)
    with pytest.raises(InputError, match=r"'prediction' is no class\. Give annotations"):
        monitor.label(pd.DataFrame({"id": ["p1"], "label": [0.3]}))
