"""Every format as it may come: roots only, by our names, people's scores apart from judges'."""

import datetime as dt
import gzip
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prodmon_widgets.engine.table.closed import SAID, closed
from prodmon_widgets.engine.table.logs.formats import FORMATS, of_samples
from prodmon_widgets.engine.table.logs.log import Log
from prodmon_widgets.engine.table.logs.reading import read_log
from prodmon_widgets.errors import InputError
from tests.engine.table.logs.exports import ANSWER, FACTS, HUMAN, MADE, QUESTION, START_MS

START = dt.datetime.fromtimestamp(START_MS / 1000, dt.UTC)


def lines(folder, records, name="log.jsonl"):
    path = folder / name
    path.write_text("\n".join(json.dumps(record) for record in records))
    return path


def as_lines(folder, records):
    return lines(folder, records)


def as_list(folder, records):
    path = folder / "log.json"
    path.write_text(json.dumps(records, indent=2))
    return path


def as_answer(folder, records):
    path = folder / "log.json"
    path.write_text(json.dumps({"data": records, "meta": {"page": 1}}))
    return path


def as_gzip(folder, records):
    path = folder / "log.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(record) for record in records).encode()))
    return path


def as_frame(_, records):
    return pd.DataFrame(records)


def as_texts(folder, records):
    """A CSV in which every struct is JSON."""
    rows = [{k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in record.items()} for record in records]
    path = folder / "log.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def as_python(folder, records):
    """A CSV in which every struct is Python's text, as pandas writes dicts."""
    path = folder / "log.csv"
    pd.DataFrame(records).to_csv(path, index=False)
    return path


def as_parquet(folder, records):
    path = folder / "log.parquet"
    rows = [{k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in record.items()} for record in records]
    pq.write_table(pa.Table.from_pylist([{k: None for r in rows for k in r} | row for row in rows]), path)
    return path


def as_dicts(_, records):
    return records


WAYS = [as_lines, as_list, as_answer, as_gzip, as_frame, as_texts, as_python, as_parquet, as_dicts]


def one(table):
    [row] = [row for row in table.to_pylist() if row["id"] == "one"]
    return row


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MADE)
def test_a_sample_has_what_the_export_says(name, way, tmp_path):
    records, scores = MADE[name]()
    table = read_log(way(tmp_path, records), scores)
    assert table.schema.metadata[b"prodmon.format"] == name.encode()
    assert table.num_rows == 1
    row = one(table)
    wanted = {key: value for key, value in FACTS.items() if not (name == "otlp" and key == "cost")}
    assert {key: row.get(key) for key in wanted} == wanted
    assert row["timestamp"] == START
    log = Log.of(table)
    assert log.roles["session"] == "session_id"
    assert log.judges == ("tone",)
    if name in HUMAN:
        assert (log.human, log.roles["annotation"]) == (("human.right",), "human.right")
        assert str(row["human.right"]) == str(HUMAN[name])


@pytest.mark.parametrize("name", MADE)
def test_what_people_said_is_no_property_by_its_name_alone(name):
    records, scores = MADE[name]()
    log = Log.of(read_log(records, scores))
    assert all(closed(column) == SAID for column in (*log.human, *log.unknown, *log.expected))
    assert not any(closed(judge) for judge in log.judges)


def test_spans_below_are_counted_timed_and_named():
    row = one(read_log(MADE["mlflow"]()[0]))
    assert (row["n_spans"], row["n_tool_calls"], row["n_errors"], row["span_path"]) == (2, 1, 0, "TOOL")
    assert (row["tools"], row["tool_seconds"]) == (["find"], 0.5)
    row = one(read_log(MADE["opik"]()[0]))
    assert (row["n_spans"], row["n_tool_calls"], row["n_errors"]) == (3, 1, 1)


def test_metadata_is_flattened_within_bounds():
    row = one(read_log(*MADE["langfuse"]()))
    assert row["metadata.tenant"] == "a"
    assert not any(name.startswith("metadata.deep.a.b") for name in row)
    assert one(read_log(MADE["mlflow"]()[0]))["trace_metadata.tenant"] == "a"
    assert one(read_log(*MADE["langsmith"]()))["input.language"] == "en"


def test_what_was_lost_twice_or_nobodys_is_counted():
    log = Log.of(read_log(*MADE["langfuse"]()))
    assert (log.n_lost_scores, log.unknown, log.n_below) == (1, ("feedback.taste",), 1)
    assert any("feedback.taste" in note for note in log.notes("production"))
    log = Log.of(read_log(*MADE["langsmith"]()))
    assert (log.n_twice, log.unknown) == (1, ())
    assert Log.of(read_log(MADE["langsmith"]()[0])).unknown == ("feedback.tone", "feedback.right")


def test_several_human_scores_leave_the_choice_to_the_user():
    records, _ = MADE["opik"]()
    records[0]["trace"]["feedback_scores"].append({"name": "polite", "value": 1, "source": "ui"})
    log = Log.of(read_log(records))
    assert log.human == ("human.right", "human.polite")
    assert "annotation" not in log.roles


def test_a_right_answer_is_an_expectation():
    table = read_log(MADE["mlflow"]()[0])
    assert one(table)["expectation.truth"] == "Monday"


def span(id_, parent=None, **more):
    start = {"start_time": "2026-08-01T10:00:00Z"}
    return {"context.span_id": id_, "parent_id": parent, "attributes.input.value": id_, **start, **more}


def test_a_span_whose_parent_is_not_in_the_file_is_a_sample():
    log = Log.of(read_log([span("a", "gone"), span("b", "a")]))
    assert (log.n_samples, log.n_orphans) == (1, 1)


def test_a_circle_of_parents_ends():
    assert read_log([span("a", "b"), span("b", "a"), span("c")]).num_rows >= 1


@pytest.mark.parametrize("parent", ["", None, "0000000000000000", float("nan")])
def test_what_is_no_parent(parent):
    assert read_log([span("a", parent)]).num_rows == 1


def test_an_id_in_the_index_of_a_frame():
    frame = pd.DataFrame([span("a"), span("b")]).set_index("context.span_id")
    told = pd.DataFrame(
        {"annotation_name": ["right"], "annotator_kind": ["HUMAN"], "result.score": [1.0]},
        index=pd.Index(["b"], name="span_id"),
    )
    table = read_log(frame, told)
    assert dict(zip(table["id"].to_pylist(), table["human.right"].to_pylist(), strict=True)) == {"a": None, "b": 1.0}


def test_rows_come_in_the_order_of_time():
    times = {"a": "2026-08-03T00:00:00Z", "b": "2026-08-01T00:00:00Z", "c": None, "d": "2026-08-02T00:00:00Z"}
    table = read_log([{**span(id_), "start_time": time} for id_, time in times.items()])
    assert table["id"].to_pylist() == ["b", "d", "a", "c"]
    assert Log.of(table).n_timeless == 1


@pytest.mark.parametrize(
    ("time", "name"),
    [
        (1_785_578_400, "timestamp_ms"), (START_MS, "timestamp_ms"), (START_MS * 1000, "request_time"),
        (START_MS * 10**6, "request_time"), (str(START_MS), "request_time"), ("2026-08-01 10:00:00", "request_time"),
    ],
)  # fmt: skip
def test_epochs_by_their_size(time, name):
    key = "request_id" if name == "timestamp_ms" else "trace_id"
    assert read_log([{key: "one", name: time}])["timestamp"].to_pylist() == [START]


def test_the_nearest_and_latest_score_counts():
    records, _ = MADE["langfuse"]()
    told = {"name": "tone", "source": "EVAL", "dataType": "NUMERIC", "traceId": "t1"}
    scores = [
        {**told, "observationId": "one", "value": 0.2, "updatedAt": "2026-08-02T00:00:00Z"},
        {**told, "observationId": "one", "value": 0.3, "updatedAt": "2026-08-01T00:00:00Z"},
        {**told, "observationId": "two", "value": 0.4, "updatedAt": "2026-08-05T00:00:00Z"},
        {**told, "observationId": None, "value": 0.5, "updatedAt": "2026-08-06T00:00:00Z"},
    ]
    assert one(read_log(records, scores))["tone"] == 0.2
    assert one(read_log(records, scores[2:]))["tone"] == 0.5
    assert one(read_log(records, scores[2:3]))["tone"] == 0.4


def test_too_many_columns_are_left_out_and_counted():
    records = [span("a", **{f"attributes.k{i}": i for i in range(300)}), span("b", **{"attributes.k7": 1})]
    table = read_log(records)
    assert table.num_columns <= 200
    assert "k7" in table.column_names
    assert Log.of(table).n_columns_left > 100


def test_scores_where_samples_are_expected_and_the_other_way_round():
    records, scores = MADE["langfuse"]()
    with pytest.raises(InputError, match="scores="):
        read_log(scores)
    with pytest.raises(InputError, match="columns"):
        read_log(records, records)


def test_a_broken_line_is_named(tmp_path):
    path = lines(tmp_path, MADE["langfuse"]()[0])
    path.write_text(path.read_text() + '\n{"id": "thr')
    with pytest.raises(InputError, match="line 3"):
        read_log(path)


@pytest.mark.parametrize("cell", ["[" * 5000, "{'a': " * 500, '{"a": 1', b"\xff".decode("latin-1")])
def test_hostile_cells_stay_texts(cell):
    assert (
        one(read_log([span("one", **{"attributes.metadata": cell, "attributes.output.value": cell})]))["output"] == cell
    )


def test_a_table_of_samples_stays_as_it_is():
    frame = pd.DataFrame({"prediction": ["a"], "age": [3]})
    table = read_log(frame)
    assert (table.column_names, table.schema.metadata[b"prodmon.format"]) == (["prediction", "age"], b"table")


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        (["user_interaction_id", "input", "output", "annotation"], "deepchecks"),
        (["input", "output", "user_annotation"], "deepchecks"),
        (["age", "label", "prediction"], None),
        (["id", "timestamp", "prediction", "session_id"], None),
    ],
)
def test_signatures(columns, name):
    found = of_samples(columns)
    assert (found.name if found else None) == name


def test_formats_have_names_of_their_own():
    assert len({form.name for form in FORMATS}) == len(FORMATS)


def test_an_answer_in_a_list_is_no_property():
    record = {
        "trace_id": "one",
        "request_time": START_MS,
        "request": "Why?",
        "response": {"choices": ["Because", "So"]},
    }
    row = one(read_log([record]))
    assert row["output"] == "Because"
    assert "output.choices" not in row


def test_columns_of_scores_in_the_uis_export_are_scores_alone():
    row = {
        "id": "one",
        "timestamp": "2026-08-01T10:00:00Z",
        "traceName": "qa",
        "userId": "u",
        "sessionId": "s",
        "input": QUESTION,
        "output": ANSWER,
        "right": [1],
        "# tone (eval)": "[0.5, 0.75]",
        "taste (annotation)": "good",
    }
    table = read_log([row])
    log = Log.of(table)
    assert (log.unknown, log.judges, log.human) == (("feedback.right",), ("tone",), ("human.taste",))
    assert one(table)["tone"] == 0.75
    assert not {"right", "# tone (eval)", "taste (annotation)"} & set(table.column_names)


def test_results_of_an_experiment():
    row = {"inputs.question": QUESTION, "outputs.answer": ANSWER, "reference.answer": "Monday", "feedback.right": 1.0}
    table = read_log(pd.DataFrame([{**row, "execution_time": 1.5, "example_id": "e", "id": "one", "error": None}]))
    found = {key: value for key, value in one(table).items() if value is not None}
    wanted = {"id": "one", "input": QUESTION, "output": ANSWER, "latency": 1.5, "error": False}
    assert found == {**wanted, "feedback.right": 1.0, "expectation.answer": "Monday"}


def test_maps_of_parquet_are_read_like_structs(tmp_path):
    table = pa.Table.from_pylist([{"id": "one", "trace_id": "t", "parent_observation_id": "", "start_time": START}])
    tokens = pa.array([[("input", 12), ("output", 3)]], pa.map_(pa.string(), pa.int64()))
    meta = pa.array([[("tenant", "a")]], pa.map_(pa.string(), pa.string()))
    pq.write_table(
        table.append_column("usage_details", tokens).append_column("metadata", meta), tmp_path / "log.parquet"
    )
    row = one(read_log(tmp_path / "log.parquet"))
    assert (row["input_tokens"], row["output_tokens"], row["metadata.tenant"]) == (12, 3, "a")


@pytest.mark.parametrize("source", ["EVAL", "LLM", "ANNOTATION", "API"])
def test_who_said_it_decides_not_what_it_is_called(source):
    records, _ = MADE["langfuse"]()
    scores = [{"traceId": "t1", "name": "quality", "value": 1, "source": source, "dataType": "NUMERIC"}]
    log = Log.of(read_log(records, scores))
    assert log.judges == (("quality",) if source == "EVAL" else ())
