"""Roles are inferred from the usual names and from values; what the user says wins."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.table.table import prepare
from prodmon_widgets.errors import InputError, unknown
from prodmon_widgets.schema import ROLES, Schema

N = 60
WHEN = pd.date_range("2023-05-01", periods=N, freq="h")


def llm_log() -> pd.DataFrame:
    words = [f"please tell me about topic number {i} in full" for i in range(N)]
    return pd.DataFrame(
        {
            "user_interaction_id": [f"u{i}" for i in range(N)],
            "session_id": [f"s{i // 3}" for i in range(N)],
            "input": words,
            "output": [w[::-1] for w in words],
            "full_prompt": ["You are kind. " + w for w in words],
            "information_retrieval": [f"document {i} says so and so on" for i in range(N)],
            "history": ["none so far"] * N,
            "expected_output": words,
            "annotation": ["Good", "BAD", "unknown"] * 20,
            "annotation_reason": ["because", None, None] * 20,
            "started_at": WHEN,
            "finished_at": WHEN + pd.to_timedelta(np.arange(N) % 4 * 250, unit="ms"),
            "model": ["a", "b"] * 30,
            "interaction_type": ["chat"] * N,
        }
    )


def production(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=["annotation", "annotation_reason", "expected_output", "label"], errors="ignore")


def test_an_llm_log_loads_unchanged():
    schema, evaluation, table = prepare(llm_log(), production(llm_log()))
    assert (schema.timestamp, schema.id, schema.annotation) == ("started_at", "user_interaction_id", "annotation")
    assert schema.prediction is schema.label is schema.confidence is None
    assert (schema.session, schema.version) == ("session_id", "model")
    assert schema.text == ("input", "output", "full_prompt", "information_retrieval", "history")
    assert {p.name for p in table.properties} == {
        *(f"{t}_{what}" for t in schema.text for what in ("words", "characters")),
        "latency",
        "model",
    }
    assert schema.left_out == {
        "expected_output": "only in evaluation: nothing to compare it with",
        "annotation_reason": "says why people annotated as they did, which production can't have",
        "finished_at": "its time since the start is the property 'latency'",
        "interaction_type": "a constant: 'chat'",
    }
    assert evaluation.lazy().collect().to_pandas()["latency"].tolist() == [i % 4 * 0.25 for i in range(N)]
    assert next(p for p in table.properties if p.name == "latency").unit == "s"


def classifier(**columns) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "timestamp": WHEN,
            "y_pred": [0, 1] * 30,
            "y_true": [0, 1, 1] * 20,
            "y_pred_proba": np.linspace(0.05, 0.95, N).round(3),
            "age": np.arange(N) % 17 + 0.5,
        }
    )
    return frame.assign(**columns)


def test_a_binary_classifiers_probability_of_class_1_becomes_the_confidence_of_its_prediction():
    schema, _, table = prepare(classifier(), classifier())
    got = table.lazy().collect().to_pandas()
    given = classifier()
    expected = np.where(given["y_pred"] == 1, given["y_pred_proba"], 1 - given["y_pred_proba"])
    np.testing.assert_allclose(got["confidence"], expected)
    assert got["prediction"].tolist() == ["0", "1"] * 30
    assert (schema.label, schema.prediction, schema.confidence) == ("y_true", "y_pred", "y_pred_proba")
    assert (
        "'y_pred_proba' is read as the probability of class '1'; confidence is that of the prediction" in schema.notes
    )


@pytest.mark.parametrize("classes", [(False, True), ("no", "yes"), (0.0, 1.0)])
def test_class_1_is_the_second_in_order(classes):
    given = classifier(y_pred=list(classes) * 30, y_true=list(classes) * 30)
    _, _, table = prepare(given, given)
    got = table.lazy().collect().to_pandas()["confidence"]
    np.testing.assert_allclose(got[1::2], given["y_pred_proba"][1::2])
    np.testing.assert_allclose(got[::2], 1 - given["y_pred_proba"][::2])


def test_a_column_called_confidence_is_taken_as_it_is():
    given = classifier().rename(columns={"y_pred_proba": "confidence"})
    _, _, table = prepare(given, given)
    np.testing.assert_allclose(table.lazy().collect().to_pandas()["confidence"], given["confidence"])


def test_one_probability_a_class_gives_confidence_and_margin():
    shares = np.random.default_rng(0).dirichlet([1, 1, 1], N)
    names = ["cat", "dog", "owl"]
    given = classifier(y_pred=[names[i] for i in shares.argmax(axis=1)], y_true="cat").drop(columns="y_pred_proba")
    given[["p_cat", "p_dog", "p_owl"]] = shares
    schema, _, table = prepare(given, given, Schema(confidence=["p_cat", "p_dog", "p_owl"]))
    got = table.lazy().collect().to_pandas()
    ordered = np.sort(shares, axis=1)
    np.testing.assert_allclose(got["confidence"], ordered[:, 2])
    np.testing.assert_allclose(got["margin"], ordered[:, 2] - ordered[:, 1])
    assert "p_cat" not in {p.name for p in table.properties}
    assert schema.confidence == ("p_cat", "p_dog", "p_owl")


def test_the_confidence_is_that_of_the_prediction_not_the_largest():
    given = classifier(y_pred=["cat", "dog"] * 30, y_true="cat", p_cat=0.9, p_dog=0.1).drop(columns="y_pred_proba")
    _, _, table = prepare(given, given, Schema(confidence=["p_cat", "p_dog"]))
    assert table.lazy().collect().to_pandas()["confidence"].tolist() == [0.9, 0.1] * 30


def test_a_list_of_probabilities_in_one_column_gives_confidence_and_margin():
    given = classifier(y_pred_proba=[[0.2, 0.7, 0.1], [0.5, 0.3, 0.2]] * 30)
    _, _, table = prepare(given, given)
    got = table.lazy().collect().to_pandas()
    np.testing.assert_allclose(got["confidence"], [0.7, 0.5] * 30)
    np.testing.assert_allclose(got["margin"], [0.5, 0.2] * 30)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([["a"], ["b", "a"]], [["a"], ["a", "b"]]),
        (["a", "b|a"], [["a"], ["a", "b"]]),
        (["a", "b; a; b"], [["a"], ["a", "b"]]),
        (["a", "b, a"], [["a"], ["a", "b"]]),
        (["['a']", "['b', \"a\"]"], [["a"], ["a", "b"]]),
        (["[]", "['a' 'b']"], [[], ["a", "b"]]),
        ([[], ["a", "", None]], [[], ["a"]]),
        ([[1], [2, 1]], [["1"], ["1", "2"]]),
    ],
)
def test_several_classes_come_as_lists_or_with_a_separator(cells, expected):
    given = pd.DataFrame({"prediction": cells * 20, "annotation": ["Good", "Bad"] * 20})
    _, _, table = prepare(given, given)
    got = table.lazy().collect().to_pandas()
    assert [list(v) for v in got["prediction"][:2]] == expected
    assert got["n_predictions"][:2].tolist() == [len(v) for v in expected]


def test_a_class_with_a_comma_in_its_name_is_one_class():
    given = pd.DataFrame({"prediction": ["Portland, OR", "Salem, OR"] * 20, "annotation": ["Good", "Bad"] * 20})
    _, _, table = prepare(given, given)
    assert [(p.name, p.kind) for p in table.properties] == [("prediction", "categorical")]


def test_free_text_and_numbers_as_predictions_are_properties_too():
    text = [f"the answer to question {i} is long" for i in range(N)]
    given = classifier(y_pred=text, annotation=["Good", "Bad"] * 30).drop(columns=["y_true", "y_pred_proba"])
    _, _, table = prepare(given, given)
    assert {"y_pred_words", "y_pred_characters"} <= {p.name for p in table.properties}
    given = given.assign(y_pred=np.arange(N) / 7)
    _, _, table = prepare(given, given)
    assert next(p for p in table.properties if p.name == "prediction").kind == "numeric"


def test_a_users_own_column_called_like_a_computed_property_wins_and_is_said():
    given = pd.DataFrame(
        {"prediction": [["a"], ["a", "b"]] * 20, "n_predictions": [7, 8] * 20, "annotation": ["Good", "Bad"] * 20}
    )
    schema, _, table = prepare(given, given)
    assert table.lazy().collect().to_pandas()["n_predictions"].tolist() == [7.0, 8.0] * 20
    assert "your column 'n_predictions' is used instead of the property of that name computed here" in schema.notes


def test_names_of_any_capitals_are_found():
    given = classifier().rename(columns={"timestamp": "Timestamp", "y_pred": "Y Pred", "y_true": "LABEL"})
    schema, _, _ = prepare(given, given)
    assert (schema.timestamp, schema.prediction, schema.label) == ("Timestamp", "Y Pred", "LABEL")


def test_the_only_column_of_times_is_the_time():
    given = classifier().rename(columns={"timestamp": "seen"})
    schema, _, _ = prepare(given, given)
    assert schema.timestamp == "seen"
    assert "'seen' is taken for the time: the only column of times" in schema.notes
    schema, _, table = prepare(given.assign(other=WHEN), given.assign(other=WHEN))
    assert not table.has_time
    assert any("which of ['seen', 'other'] is the time?" in note for note in schema.notes)


def test_explicit_roles_override_and_properties_restrict():
    given = classifier(when=WHEN + pd.Timedelta("1D"), fine=["Good", "Bad"] * 30, spam=["x", "y"] * 30)
    schema, evaluation, _ = prepare(
        given, given, Schema(timestamp="when", annotation="fine", properties=["spam"], ignore="age")
    )
    assert schema.timestamp == "when"
    assert schema.left_out["age"] == "ignored, as the schema says"
    assert schema.left_out["timestamp"] == "not among Schema(properties=...)"
    assert [p.name for p in evaluation.properties] == ["prediction", "confidence", "spam"]


def test_an_unknown_keyword_says_so_and_is_a_type_error_too():
    with pytest.raises(TypeError, match="Schema keyword 'labels' does not exist; did you mean 'label'"):
        Schema(labels="y")
    with pytest.raises(InputError, match="'labels'"):
        Schema(labels="y")


def test_a_schema_is_a_value():
    assert Schema(text="a", confidence=["p", "q"]) == Schema(text=["a"], confidence=("p", "q"))
    assert hash(Schema(text=["a"])) == hash(Schema(text="a"))
    assert repr(Schema(text="a", good=len)) == "Schema(text=['a'], good=len)"
    assert "\n" not in repr(prepare(llm_log(), production(llm_log()))[0])
    with pytest.raises(AttributeError):
        Schema().timestamp = "x"


def test_every_role_is_a_keyword_and_none_by_default():
    assert ROLES == (
        "timestamp", "id", "prediction", "label", "annotation", "confidence", "text", "good", "properties", "ignore",
        "version", "session", "judges", "anchors", "tolerance", "good_from",
    )  # fmt: skip
    assert all(getattr(Schema(), role) is None for role in ROLES)


def test_messages_list_at_most_twelve_names():
    assert unknown("column", "zzz", [f"c{i}" for i in range(30)]).endswith("'c11', … (30 in all).")
    assert unknown("column", "x", []) == "column 'x' does not exist. There are: none."
