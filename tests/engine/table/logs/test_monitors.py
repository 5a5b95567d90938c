"""Monitors of exports: roles from the export, one log as two sides, days that are appended, old names."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest

import prodmon_widgets as pm
from prodmon_widgets.engine.table.logs.reading import read_log
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

START = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)


def traces(n, seed, annotated=1.0, day=0):
    """Traces of MLflow, newest first; people annotated a share of them."""
    rng = np.random.default_rng(seed)
    made = []
    for i in range(n):
        tone = float(rng.random())
        said = [{"assessment_name": "tone", "source": {"source_type": "LLM_JUDGE"}, "feedback": {"value": tone}}]
        if rng.random() < annotated:
            right = bool(rng.random() < tone)
            said.append({"assessment_name": "right", "source": {"source_type": "HUMAN"}, "feedback": {"value": right}})
        when = START + dt.timedelta(days=day, minutes=int(rng.integers(0, 40_000)))
        made.append(
            {
                "trace_id": f"{seed}-{i}",
                "request_time": int(when.timestamp() * 1000),
                "execution_duration": int(rng.integers(100, 900)),
                "request": f"question {i % 7}",
                "response": f"answer {i % 5}",
                "trace_metadata": {
                    "mlflow.trace.session": f"s{i // 3}",
                    "mlflow.modelId": "ab"[i % 2],
                    "mlflow.trace.user": f"u{i % 9}",
                },
                "assessments": said,
                "state": "OK",
            }
        )
    return sorted(made, key=lambda trace: -trace["request_time"])


def monitor(evaluation, production, **options):
    return pm.Monitor(evaluation, production, text=False, progress=False, **options)


@pytest.fixture(scope="module")
def opened():
    return monitor(traces(120, 1), traces(200, 2, 0.1))


def test_roles_come_from_the_export(opened):
    schema = opened.schema
    assert (schema.annotation, schema.session, schema.version) == ("human.right", "session_id", "model")
    assert schema.judges == ("tone",)
    assert any("export of mlflow" in note for note in schema.notes)
    assert int(opened.score().n) == 200


def test_nobody_reads_what_people_said_nor_who_it_was(opened):
    properties = set(opened.compare()["property"])
    assert not {name for name in properties if "right" in name or name in ("user_id", "session_id")}
    assert {"tone", "latency", "model"} <= properties


def test_what_the_user_says_wins():
    schema = Schema(version="kind_of_day", judges=["latency"], session="user_id")
    day = [{**t, "tags": {"kind_of_day": "ab"[i % 2]}} for i, t in enumerate(traces(120, 1))]
    made = monitor(day, day, schema=Schema(version="tags.kind_of_day", judges=["latency"], session="user_id")).schema
    assert (made.version, made.judges, made.session) == ("tags.kind_of_day", ("latency",), "user_id")
    with pytest.raises(InputError, match="kind_of_day"):
        monitor(day, day, schema=schema)


def test_one_log_is_its_annotated_rows_and_the_others(tmp_path):
    log = traces(300, 3, 0.4)
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, log)))
    n = sum(len(trace["assessments"]) == 2 for trace in log)
    made = pm.Monitor.from_log(path, text=False, progress=False)
    assert (int(made.evaluation_score.n), int(made.score().n)) == (n, 300 - n)
    assert any("not drawn at random" in note for note in made.schema.notes)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_one_log_without_two_parts_is_refused(share):
    with pytest.raises(InputError):
        pm.Monitor.from_log(traces(60, 4, share), text=False, progress=False)


def test_an_ordinary_table_is_a_log_too():
    rng = np.random.default_rng(0)
    log = pd.DataFrame({"annotation": ["good", None, "bad", None] * 50, "age": rng.normal(size=200)})
    log["timestamp"] = pd.date_range("2026-01-01", periods=200, freq="h")
    made = pm.Monitor.from_log(log, text=False, progress=False)
    assert (int(made.evaluation_score.n), int(made.score().n)) == (100, 100)


def test_a_day_that_lacks_columns_is_appended():
    made = monitor(traces(120, 1), traces(200, 2, 0.1))
    day = traces(30, 5, 0.0, day=28)
    for trace in day:
        trace["assessments"] = []
        del trace["execution_duration"]
    made.append(day)
    assert int(made.score().n) == 230


def test_a_table_that_was_read_is_opened_alike(opened):
    again = monitor(read_log(traces(120, 1)), read_log(traces(200, 2, 0.1)))
    assert again.schema.annotation == "human.right"
    assert again.score().n == opened.score().n


def test_several_human_scores_ask_which_one_counts():
    log = traces(120, 1)
    for trace in log:
        trace["assessments"].append({**trace["assessments"][1], "assessment_name": "polite"})
    with pytest.raises(InputError, match="polite"):
        monitor(log, log)
    assert monitor(log, log, schema=Schema(annotation="human.polite")).schema.annotation == "human.polite"


def test_numbers_of_people_need_a_border():
    log = traces(120, 1)
    for trace in log:
        trace["assessments"][1]["feedback"] = {"value": len(trace["trace_id"]) % 2 + 2.5}
    with pytest.raises(InputError, match="good_from"):
        monitor(log, log)
    assert 0 < monitor(log, log, schema=Schema(good_from=3)).evaluation_score.true < 1


def test_a_column_is_understood_as_the_property_that_it_became():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"y_pred": rng.choice(["cat", "dog"], 200), "y_true": rng.choice(["cat", "dog"], 200)})
    frame["age"] = rng.normal(size=200)
    made = monitor(frame, frame.drop(columns="y_true"))
    n = int((frame["y_pred"] == "cat").sum())
    assert int(made.score(where={"y_pred": "cat"}).n) == n
    assert made.benchmark({"y_pred": "cat"}).n == n
    made.append(frame.drop(columns="y_true"))
    assert int(made.score(where={"y_pred": "cat"}).n) == 2 * n
    selection = pm.Selection(made)
    selection.where = {"y_pred": "cat"}
    assert selection.where == {"prediction": "cat"}
    with pytest.raises(InputError, match="y_prod"):
        made.score(where={"y_prod": "cat"})
