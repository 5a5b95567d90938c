"""Samples for the browser: bounded, only ever text, and named by id and row."""

import csv
import io
import json
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.widgets.samples import LONGEST_CELL, csv_of, full_text, rows_of, shown_first, text_of

HOSTILE = ["<img src=x onerror=alert(1)>", "</script>", "javascript:alert(1)", "\u202eright", "\ud800"]


def frame(**columns: Sequence[object] | pd.Series) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    estimates = {
        "score": np.linspace(0, 1, n),
        "annotation": "bad",
        "reason": "low confidence",
        "supported": True,
        "annotated_by": "annotator",
    }
    return pd.DataFrame({**columns, **estimates}).set_axis(range(100, 100 + n))


def test_samples_are_named_by_id_and_by_row() -> None:
    rows = rows_of(frame(key=["a", "b"], x=[1.5, None]), key="key", time=None)
    assert [(row["id"], row["row"], row["time"]) for row in rows] == [
        ("a", 100, 100),
        ("b", 101, 101),
    ]
    assert [row["cells"]["x"] for row in rows] == ["1.5", ""]


def test_an_annotation_by_a_person_is_told_apart_from_an_estimate() -> None:
    samples = frame(x=[1, 2, 3, 4]).assign(annotated_by=["annotator", "person", "data", "rule"])
    assert [row["given"] for row in rows_of(samples, key=None, time=None)] == [None, "bad", "bad", None]


def test_times_are_epoch_milliseconds_also_with_a_zone_and_missing() -> None:
    times = pd.Series([pd.Timestamp("2023-07-22T02:00", tz="Europe/Paris"), pd.NaT])
    rows = rows_of(frame(at=list(times)), key=None, time="at")
    assert [row["time"] for row in rows] == [1_689_984_000_000, None]


def test_long_texts_are_cut_and_come_in_full_on_demand() -> None:
    samples = frame(text=["x" * 1_000_000, "short"])
    rows = rows_of(samples, key=None, time=None)
    assert len(rows[0]["cells"]["text"]) == LONGEST_CELL
    assert [row["cut"] for row in rows] == [["text"], []]
    got = full_text(samples, {"row": 100, "column": "text", "length": 20_000})
    assert (len(got["text"]), got["length"]) == (20_000, 1_000_000)


def test_a_full_text_of_a_sample_that_is_gone_is_empty() -> None:
    assert full_text(frame(text=["a"]), {"row": 7, "column": "text", "length": 10})["text"] == ""
    assert full_text(frame(text=["a"]), {"row": 100, "column": "nothing", "length": 10})["length"] == 0


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_survives_as_text_that_can_travel(text: str) -> None:
    rows = rows_of(frame(text=pd.Series([text], dtype=object)), key=None, time=None)
    json.dumps(rows, ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert rows[0]["cells"]["text"] == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array(["a", "b"]), "a, b"),
        ([["x"], None], "x, "),
        (pd.NA, ""),
        (True, "True"),
        (np.float32(0.1), "0.1"),
        (pd.Timestamp("2023-07-22T01:00"), "2023-07-22 01:00:00"),
        (float("inf"), "inf"),
    ],
)
def test_any_cell_is_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_a_score_that_is_missing_is_null() -> None:
    samples = frame(x=[1]).assign(score=np.nan)
    assert rows_of(samples, key=None, time=None)[0]["score"] is None


def test_wanted_columns_come_first_and_only_if_they_are_there() -> None:
    assert shown_first(["a", "b", "c"], ["c", "gone", "c"], most=2) == ["c", "a"]


def test_samples_as_csv_read_back_with_their_texts_in_full() -> None:
    samples = frame(key=["a", "b"], text=['say "hi",\nthen go', "y" * 1000], tags=[["War", "Drama"], []], other=[1, 2])
    text, n = csv_of(samples, ["text", "tags", "gone"], key="key", longest=10_000)
    back = pd.read_csv(io.StringIO(text), keep_default_na=False)
    assert n == 2
    assert list(back) == ["id", "score", "estimated_annotation", "reason", "supported", "text", "tags"]
    assert back[["id", "text", "tags"]].to_numpy().tolist() == [
        ["a", 'say "hi",\nthen go', "War, Drama"],
        ["b", "y" * 1000, ""],
    ]


def test_what_a_spreadsheet_would_run_is_guarded_and_numbers_stay_numbers() -> None:
    samples = frame(text=["=HYPERLINK(1)", "@SUM(1)", "+1+cmd", "-2+3", "\t=1", "＝1"], x=[-1.5, 1e-7, 2, 3, 4, 5])
    text, _ = csv_of(samples.rename(columns={"x": "=x"}), ["text", "=x"], key=None, longest=10_000)
    head, *rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[-2][0] for row in rows] == ["'"] * 6
    assert [row[-1] for row in rows[:2]] == ["-1.5", "1e-07"]
    assert head[-1] == "'=x"


def test_csv_ends_where_it_becomes_too_long_for_a_clipboard() -> None:
    text, n = csv_of(frame(text=["x" * 1000] * 50), ["text"], key=None, longest=5000)
    assert (n, text.count("\r\n")) == (5, 6)
    assert text.splitlines()[1].startswith("100,0,bad,low confidence,True,xxx")
