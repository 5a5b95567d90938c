"""Versions, sessions, judges and what people said: which columns are properties, and which are something else."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.table.table import good, prepare
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema, Threshold

N = 120
RNG = np.random.default_rng(0)


def frame(**more: object) -> pd.DataFrame:
    base = {"age": np.arange(N) % 37 * 1.5, "annotation": ["good", "bad"] * (N // 2)}
    return pd.DataFrame({**base, **more})


def prepared(schema: Schema | None = None, **more: object):
    return prepare(frame(**more), frame(**more).drop(columns="annotation"), schema)


def property_of(table, name):
    return next((p for p in table.properties if p.name == name), None)


def test_the_version_is_compared_and_marked():
    schema, _, table = prepared(model=["a", "b"] * 60)
    assert schema.version == "model"
    assert (property_of(table, "model").role, property_of(table, "age").role) == ("version", None)


@pytest.mark.parametrize(
    ("columns", "version"),
    [
        ({"model": ["a", "b"] * 60, "release": ["1", "2"] * 60}, "model"),
        ({"model": ["a"] * N, "prompt_version": [3, 4] * 60}, "prompt_version"),
        ({"release": ["r1"] * 100 + ["r2"] * 20}, "release"),
        ({"version": ["1.10", "1.9"] * 60, "model": ["a", "b"] * 60}, "version"),
        ({"model": ["a"] * N}, "model"),
        ({"model": [f"car {i}" for i in range(N)]}, None),
    ],
)
def test_the_version_is_the_first_of_the_usual_columns_that_varies(columns, version):
    assert prepared(**columns)[0].version == version


def test_versions_keep_their_own_spelling():
    _, _, table = prepared(Schema(version="build"), build=["1.10", "1.1"] * 60)
    assert table.lazy().collect()["build"].to_list()[:2] == ["1.10", "1.1"]
    assert property_of(table, "build").kind == "categorical"


def test_a_named_version_may_be_on_one_side_only():
    schema, _, table = prepare(frame(), frame(tag=["v1", "v2"] * 60), Schema(version="tag"))
    assert schema.version == "tag"
    assert property_of(table, "tag").role == "version"


@pytest.mark.parametrize("name", ["session_id", "conversation_id", "Thread-ID"])
def test_a_session_is_a_role_and_no_property(name):
    schema, _, table = prepared(**{name: [f"s{i // 4}" for i in range(N)]})
    assert schema.session == name
    assert property_of(table, name) is None


@pytest.mark.parametrize(
    "name",
    ["user_feedback", "annotationScore", "feedback.thumbs", "correction", "expectation", "thumbs_up", "human"],
)
def test_what_people_said_is_no_property_unless_it_is_asked_for(name):
    values = np.arange(N) % 5 / 4
    schema, _, table = prepared(**{name: values})
    assert property_of(table, name) is None
    assert schema.left_out[name] == "what people said of samples"
    assert property_of(prepared(Schema(properties=["age", name]), **{name: values})[2], name) is not None


def test_words_of_people_are_no_text_either():
    said = [f"this was not at all what I asked for number {i}" for i in range(N)]
    assert prepared(feedback=said)[0].text == ()


def test_users_are_a_group_and_no_property():
    assert "person" in prepared(user_id=[f"u{i % 9}" for i in range(N)])[0].left_out["user_id"]


def test_declared_judges_are_properties_that_are_marked():
    schema, _, table = prepared(Schema(judges=["tone", "polite"]), tone=RNG.random(N), polite=[True, False] * 60)
    assert schema.judges == ("tone", "polite")
    assert {p.name for p in table.properties if p.role == "judge"} == {"tone", "polite"}


def test_anchors_are_no_property():
    schema, _, table = prepared(Schema(anchors="again"), again=[True, False] * 60)
    assert schema.anchors == "again"
    assert property_of(table, "again") is None


@pytest.mark.parametrize("order", [1, -1])
def test_whole_numbers_that_never_turn_back_are_ids(order):
    ids = np.cumsum(RNG.integers(1, 10_000, N))[::order]
    schema, _, _ = prepared(ticket=ids)
    assert "an id" in schema.left_out["ticket"]


def test_whole_numbers_in_no_order_are_a_property():
    assert property_of(prepared(price=RNG.permutation(N * 3)[:N])[2], "price") is not None


def numbers(tolerance, predicted=(1.0, 2.0, 2.5, np.nan), label=(1.1, 2.2, 2.0, 1.0)):
    table = pd.DataFrame({"prediction": [*predicted] * 30, "label": [*label] * 30, "age": np.arange(N) % 7})
    table["prediction"] += np.arange(N) * 1e-12
    _, evaluation, _ = prepare(table, table.drop(columns="label"), Schema(tolerance=tolerance))
    return good(evaluation)[:4].tolist()


def test_a_number_is_good_within_the_tolerance():
    assert numbers(0.1)[:3] == [1, 0, 0]
    assert numbers(0.2)[:3] == [1, 1, 0]
    assert numbers("10%")[:3] == [1, 1, 0]
    assert np.isnan(numbers(0.1)[3])


@pytest.mark.parametrize("given", ["five", -1, "0.2", True, "-5%", [1]])
def test_a_tolerance_that_is_none_is_refused(given):
    if given == "0.2":
        assert Schema(tolerance=given).tolerance == 0.2
        return
    with pytest.raises(InputError, match="tolerance"):
        Schema(tolerance=given)


def test_annotations_may_be_numbers_with_a_border():
    scores = [0.2, 0.5, 0.9, None] * 30
    for schema in (Schema(good_from=0.5), Schema(good=">= .5"), Schema(good_from=">=0.5")):
        _, evaluation, _ = prepare(frame(annotation=scores), frame(), schema)
        assert good(evaluation)[:3].tolist() == [0, 1, 1]
    _, evaluation, _ = prepare(frame(annotation=scores), frame(), Schema(good="< 0.5"))
    assert good(evaluation)[:3].tolist() == [1, 0, 0]
    assert Schema(good="≤ 2").threshold == Threshold("<=", 2.0)


def test_fractions_as_annotations_ask_for_a_border():
    with pytest.raises(InputError, match="good_from"):
        good(prepare(frame(annotation=[0.2, 0.7] * 60), frame())[1])


def test_words_of_tests_are_annotations():
    _, evaluation, _ = prepare(frame(annotation=["Pass", "failed", "👍", "thumbs_down"] * 30), frame())
    assert good(evaluation)[:4].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("name", ["start_time", "request_time", "created_at", "datetime", "time"])
@pytest.mark.parametrize("unit", ["iso", "s", "ns"])
def test_more_names_of_times_are_known_where_the_values_are_times(name, unit):
    when = pd.Series(pd.date_range("2026-01-01", periods=N, freq="h", tz="UTC"))
    values = when.astype(str) if unit == "iso" else when.dt.as_unit(unit).astype("int64")
    other = {"end_time": when.astype(str)} if name == "start_time" else {}
    assert prepared(**{name: values}, **other)[0].timestamp == name


def test_a_number_called_time_is_a_property():
    schema, _, table = prepared(time=np.arange(N) % 13)
    assert schema.timestamp is None
    assert property_of(table, "time") is not None


def two_times(order: list[int]):
    when = pd.Series(pd.date_range("2026-01-01", periods=N, freq="h"))[order].reset_index(drop=True)
    return {"sent": when, "seen": when + pd.Timedelta("1min")}


def test_row_order_is_the_time_where_times_rise_with_it():
    assert prepared(**two_times(list(range(N))))[0].timestamp is None


@pytest.mark.parametrize("order", [list(range(N))[::-1], [*range(60, N), *range(60)]])
def test_row_order_is_no_time_where_times_say_otherwise(order):
    with pytest.raises(InputError, match="sent"):
        prepared(**two_times(order))
    assert prepared(Schema(timestamp="sent"), **two_times(order))[0].timestamp == "sent"
    assert prepared(Schema(ignore=["sent", "seen"]), **two_times(order))[0].timestamp is None


def test_releases_beside_the_version_are_marked_as_well():
    _, _, table = prepared(model=["a", "b"] * 60, release=["1", "2", "3"] * 40)
    assert (property_of(table, "model").role, property_of(table, "release").role) == ("version", "version")
