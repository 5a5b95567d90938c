"""Whatever comes to the door gives a clear error or a stated finding."""

import datetime as dt
import decimal
import os
import subprocess
import sys
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.engine.table.table import TIME, Table, good, prepare
from prodmon_widgets.errors import InputError, MonitorError
from prodmon_widgets.schema import Schema
from prodmon_widgets.widgets.dashboard import Dashboard
from prodmon_widgets.widgets.selection import Selection
from prodmon_widgets.widgets.views.timeline import PerformanceTimeline

N = 40
WHEN = pd.date_range("2023-05-01", periods=N, freq="h")
HOSTILE = [
    "<b>bold</b>",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "\u202egnirts\u202c",
    "'); DROP TABLE rows; --",
    '"; SELECT 1 AS "x',
    "line\nbreak\ttab",
    "\u0000zero",
    "x" * 1_000_000,
]


def frame(**columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "timestamp": WHEN,
            "prediction": ["cat", "dog"] * (N // 2),
            "annotation": ["Good", "Bad", "Good", "Good"] * (N // 4),
        }
    ).assign(**columns)


def door(schema: Schema | None = None, **columns) -> tuple[Schema, Table]:
    both = frame(**columns)
    filled, _, table = prepare(both, both.drop(columns="annotation"), schema)
    return filled, table


def values(table: Table, column: str) -> list:
    return table.lazy().collect().to_arrow().column(column).to_pylist()


def alternating(*cells) -> pd.Series:
    return pd.Series([*cells] * (N // len(cells)), dtype=object)


def test_a_misspelled_column_is_named_with_the_nearest_one():
    with pytest.raises(
        InputError,
        match=r"column 'predicton' does not exist; did you mean 'prediction'\? There are: 'timestamp', 'prediction'",
    ):
        door(Schema(prediction="predicton"))


def test_a_column_that_production_lacks_is_named():
    with pytest.raises(InputError, match="production column 'p' does not exist"):
        prepare(frame(p=0.5), frame(), Schema(confidence="p"))


@pytest.mark.parametrize(
    ("evaluation", "production", "message"),
    [
        (frame().iloc[:0], frame(), "evaluation has no rows"),
        (frame(), frame().iloc[:0], "production has no rows"),
        (frame(), pd.DataFrame(), "production has no columns"),
        (frame(), 7, "production is a int; expected a pandas, Polars or Arrow table"),
        (frame(), "nowhere/*.csv", r"production: no file matches 'nowhere/\*.csv'"),
        (frame().drop(columns="annotation"), frame(), "evaluation has no annotation"),
        (
            frame().drop(columns="annotation").assign(prediction=np.arange(N) / 7, label=1.0),
            frame(prediction=np.arange(N) / 7),
            r"'prediction' holds numbers. Say it in Schema\(good=<column or function>\)",
        ),
    ],
)
def test_what_cannot_be_monitored_is_refused_with_advice(evaluation, production, message):
    with pytest.raises(InputError, match=message) as caught:
        prepare(evaluation, production)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, MonitorError)


def test_duplicate_columns_are_refused():
    twice = pd.concat([frame(), frame()[["prediction"]]], axis=1)
    with pytest.raises(InputError, match="production has more than one column called 'prediction'; rename or drop"):
        prepare(frame(), twice)
    with pytest.raises(InputError, match="a column without a name, number 1 from 0"):
        prepare(frame(), pd.DataFrame([[1, 2]], columns=["a", ""]))
    with pytest.raises(InputError, match="more than one column called '1'"):
        prepare(frame(), pd.DataFrame([[1, 2]], columns=[1, "1"]))


def test_columns_that_differ_by_capitals_are_two():
    _, table = door(model=["a", "b"] * 20, Model=["x", "x", "y", "y"] * 10)
    assert values(table, "model")[:3] == ["a", "b", "a"]
    assert values(table, "Model")[:3] == ["x", "x", "y"]


def test_one_row_of_production_is_enough():
    schema, _, table = prepare(frame(size=range(N)), frame(size=range(N)).iloc[:1])
    assert table.n_rows == 1
    assert values(table, TIME) == [1682899200000]
    assert schema.timestamp == "timestamp"


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([True, False] * 20, ["True", "False"]),
        (pd.array([True, None] * 20, dtype="boolean"), ["True", None]),
        (alternating(decimal.Decimal("1.5"), decimal.Decimal("-2")), [1.5, -2.0]),
        (alternating(10**30, 1), [1e30, 1.0]),
        (alternating(1, "a"), ["1", "a"]),
        (alternating("a\ud800", "b"), ["a\ufffd", "b"]),
        (alternating(np.array(["a", "b"]), np.array(["c"])), [["a", "b"], ["c"]]),
        (alternating(["a", 1], None), [["1", "a"], None]),
        (alternating({"b", "a"}, ("c",)), [["a", "b"], ["c"]]),
        (alternating(["\udfff"], []), [["\ufffd"], []]),
        (alternating(("b", 1), 2), [["1", "b"], ["2"]]),
        ([np.inf, -np.inf] * 20, [np.inf, -np.inf]),
        ([1e308, -1e300] * 20, [np.inf, -np.inf]),
        ([np.nan, 1.0, 2.0, 3.0] * 10, [None, 1.0]),
        (pd.array([None, 2] * 20, dtype="Int64"), [None, 2.0]),
        (np.array([1, 2] * 20, dtype="float16"), [1.0, 2.0]),
        (np.array([0, 2**64 - 1] * 20, dtype="uint64"), [0.0, 2.0**64]),
        (pd.to_timedelta([90, 1] * 20, unit="s"), [90.0, 1.0]),
        (pd.Categorical([3, 1] * 20), ["3", "1"]),
        (["", "v"] * 20, [None, "v"]),
        (pd.arrays.SparseArray([0.0, 1.0] * 20), [0.0, 1.0]),
    ],
)
def test_odd_cells_become_plain_values(column, expected):
    _, table = door(odd=column)
    assert values(table, "odd")[:2] == expected


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ([np.nan] * N, "no values"),
        ([None] * N, "no values"),
        (["same"] * N, "a constant: 'same'"),
        (alternating([["a"]], [["b"]]), "nested"),
        (alternating({"a": 1}, {"a": 2}), "nested"),
        (alternating([0.5, 1.5], [2.5]), "nested"),
        (alternating(b"a", b"b"), "bytes"),
        (alternating(dt.time(1), dt.time(2)), "times of day"),
        (WHEN + pd.Timedelta("1h"), "a time"),
        ([f"u{i}" for i in range(N)], "an id"),
        (range(N), "an id"),
    ],
)
def test_what_is_no_property_is_left_out_with_the_reason(column, reason):
    schema, table = door(odd=column)
    assert reason in schema.left_out["odd"]
    assert "odd" not in {p.name for p in table.properties}
    assert "odd" in table.columns


def test_a_property_in_one_frame_only_is_left_out_or_missing_if_it_was_asked_for():
    schema, _, _ = prepare(frame(), frame(feed=["a", "b"] * 20))
    assert schema.left_out["feed"] == "only in production: nothing to compare it with"
    schema, evaluation, production = prepare(frame(), frame(feed=["a", "b"] * 20), Schema(properties=["feed"]))
    assert values(evaluation, "feed") == [None] * N
    assert values(production, "feed")[:2] == ["a", "b"]
    assert "property 'feed' is in production only: missing on the other side" in schema.notes


def test_a_property_of_other_types_on_both_sides_is_one_property():
    _, evaluation, production = prepare(frame(zip=[10115, 2] * 20), frame(zip=["10115", "2"] * 20))
    assert values(evaluation, "zip")[:2] == values(production, "zip")[:2] == ["10115", "2"]
    _, evaluation, production = prepare(frame(k=[1, 2] * 20), frame(k=[1.5, None] * 20))
    assert (values(evaluation, "k")[:2], values(production, "k")[:2]) == ([1.0, 2.0], [1.5, None])


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (WHEN.tz_localize("Europe/Berlin"), "2023-04-30T22:00Z"),
        (pd.Series([t.tz_localize(z) for t, z in zip(WHEN, ["Asia/Tokyo", "UTC"] * 20, strict=True)], dtype=object),
         "2023-04-30T15:00Z"),
        (pd.Series([dt.datetime(2023, 5, 1, i % 2, tzinfo=ZoneInfo("Asia/Tokyo")) for i in range(N)], dtype=object),
         "2023-04-30T15:00Z"),
        ([f"2023-05-01T{i % 24:02}:00:00{'+02:00' if i % 2 == 0 else 'Z'}" for i in range(N)], "2023-04-30T22:00Z"),
        (WHEN.astype(str), "2023-05-01T00:00Z"),
        (WHEN.astype("datetime64[s]"), "2023-05-01T00:00Z"),
        ([t.date() for t in WHEN], "2023-05-01T00:00Z"),
        ([int(t.timestamp()) for t in WHEN], "2023-05-01T00:00Z"),
        ([int(t.timestamp() * 1e3) for t in WHEN], "2023-05-01T00:00Z"),
        ([int(t.timestamp() * 1e6) for t in WHEN], "2023-05-01T00:00Z"),
        ([t.timestamp() * 1e9 for t in WHEN], "2023-05-01T00:00Z"),
    ],
)  # fmt: skip
def test_times_of_every_kind_are_utc(column, first):
    _, table = door(timestamp=column)
    assert values(table, TIME)[0] == int(pd.Timestamp(first).timestamp() * 1000)


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize("how", ["pandas", "parquet", "polars"])
def test_nanoseconds_at_an_hours_edge_stay_in_their_hour(zone, how, tmp_path):
    edge = pd.DatetimeIndex(["2023-01-01T00:59:59.999999999", "1960-01-01T00:00:00.000000001"] * 20).as_unit("ns")
    edge = edge.tz_localize("UTC").tz_convert(zone) if zone else edge
    source = frame(timestamp=edge)
    if how == "parquet":
        source.to_parquet(tmp_path / "ns.parquet")
        source = tmp_path / "ns.parquet"
    _, _, table = prepare(frame(), pl.from_pandas(source) if how == "polars" else source)
    assert values(table, TIME)[:2] == [1672534799999, -315619200000]


def test_missing_times_are_said_and_keep_their_row():
    schema, table = door(timestamp=[pd.NaT, *WHEN[1:]])
    assert "1 production samples have no time in 'timestamp': no window counts them" in schema.notes
    assert values(table, TIME)[0] is None
    assert np.isnan(table.times()[0])


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([pd.NaT] * N, "production has no times in 'timestamp': all are missing"),
        (["13/13/2023"] * N, "40 of 40 values can't be read, for instance '13/13/2023'; expected times or ISO 8601"),
    ],
)
def test_unreadable_times_are_refused(column, message):
    with pytest.raises(InputError, match=message):
        prepare(frame(), frame(timestamp=column))
    schema, _, table = prepare(frame(), frame(timestamp=column), Schema(ignore=["timestamp"]))
    assert not table.has_time
    assert schema.timestamp is None


@pytest.mark.parametrize(("unit", "per_second"), [("seconds", 1), ("milliseconds", 1000)])
@pytest.mark.parametrize("ending", ["jsonl", "csv"])
@pytest.mark.parametrize("schema", [Schema(), Schema(timestamp="timestamp")])
def test_whole_numbers_of_a_log_are_times_beside_real_times_and_a_note_says_so(
    unit, per_second, ending, schema, tmp_path
):
    log = frame(timestamp=[int(t.timestamp()) * per_second for t in WHEN]).drop(columns="annotation")
    path = tmp_path / f"production.{ending}"
    log.to_csv(path, index=False) if ending == "csv" else log.to_json(path, orient="records", lines=True)
    filled, _, table = prepare(frame(), path, schema)
    assert values(table, TIME) == [int(t.timestamp() * 1000) for t in WHEN]
    assert f"'timestamp' is read as {unit} since 1970" in filled.notes


@pytest.mark.parametrize("schema", [Schema(), Schema(timestamp="timestamp")])
@pytest.mark.parametrize("column", [range(N), [20230501 + i for i in range(N)], [1e30] * N])
def test_numbers_that_are_no_times_are_refused_with_their_range(schema, column):
    both = frame(timestamp=column)
    with pytest.raises(
        InputError, match=r"the numbers in 'timestamp' go from \S+ to \S+: no times; expected times"
    ) as e:
        prepare(both, both, schema)
    assert f"{max(column):,.12g}: no times" in str(e.value)
    filled, _, _ = prepare(both.assign(size=[1, 2] * 20), both.assign(size=[1, 2] * 20), Schema(ignore=["timestamp"]))
    assert filled.timestamp is None


def test_each_side_has_its_own_unit_of_time():
    seconds = [int(t.timestamp()) for t in WHEN]
    schema, *tables = prepare(frame(timestamp=seconds), frame(timestamp=[1000 * s for s in seconds]))
    for table in tables:
        assert values(table, TIME) == [1000 * s for s in seconds]
    assert "'timestamp' is read as seconds since 1970 in evaluation" in schema.notes
    assert "'timestamp' is read as milliseconds since 1970 in production" in schema.notes


def test_a_zero_among_numbers_of_time_is_a_missing_time():
    schema, table = door(timestamp=[0, *(int(t.timestamp()) for t in WHEN[1:])])
    assert values(table, TIME)[0] is None
    assert "1 production samples have no time in 'timestamp': no window counts them" in schema.notes


def test_out_of_order_rows_keep_their_order():
    shuffled = frame(size=range(N)).sample(frac=1, random_state=0)
    _, _, table = prepare(frame(size=range(N)), shuffled, Schema(properties=["size"]))
    assert values(table, "size") == [float(v) for v in shuffled["size"]]
    assert values(table, TIME) == [int(t.timestamp() * 1000) for t in shuffled["timestamp"]]


def test_duplicate_and_missing_ids_are_said():
    schema, _ = door(id=["a", "a", None, *(f"i{i}" for i in range(N - 3))])
    assert "1 production samples have an id in 'id' that came before: labels reach each" in schema.notes
    assert "1 production samples have no id in 'id': labels can't reach them" in schema.notes


@pytest.mark.parametrize(("name", "is_noted"), [("customer_id", True), ("id", False)])
def test_an_id_that_is_not_called_one_is_noted(name, is_noted):
    frame = pd.DataFrame({name: [f"u{i}" for i in range(N)], "size": [1.0, 2.0] * (N // 2)})
    schema = prepare(frame.assign(annotation="Good"), frame)[0]
    assert any("Schema(id='customer_id')" in note for note in schema.notes) == is_noted
    assert schema.id == (None if is_noted else "id")


def test_no_labels_or_one_kind_pass_the_door_for_the_annotator_to_judge():
    _, evaluation, _ = prepare(frame(annotation=None), frame())
    assert np.isnan(good(evaluation)).all()
    _, evaluation, _ = prepare(frame(annotation="good"), frame())
    assert good(evaluation).tolist() == [1.0] * N


def test_unseen_and_disappearing_categories_pass():
    _, evaluation, production = prepare(frame(feed=["a", "b"] * 20), frame(feed=["b", "c"] * 20))
    assert (set(values(evaluation, "feed")), set(values(production, "feed"))) == ({"a", "b"}, {"b", "c"})


def test_many_levels_are_a_property_if_asked_for_and_else_an_id():
    n = 50_000
    many = pd.DataFrame({"prediction": ["cat", "dog"] * (n // 2), "user": [f"u{i}" for i in range(n)]})
    schema, _, _ = prepare(frame(user="u1"), many)
    assert "user" in schema.left_out
    _, _, table = prepare(frame(user="u1"), many, Schema(properties=["user"]))
    assert values(table, "user")[-1] == "u49999"


@pytest.mark.parametrize("how", ["pandas", "polars", "arrow", "parquet", "jsonl"])
def test_hostile_text_passes_unchanged(how, tmp_path):
    texts = (HOSTILE * N)[:N]
    source = frame(note=texts, prediction=texts)
    if how == "polars":
        source = pl.from_pandas(source)
    elif how == "arrow":
        source = pa.Table.from_pandas(source)
    elif how == "parquet":
        source.to_parquet(tmp_path / "x.parquet")
        source = str(tmp_path / "x.parquet")
    elif how == "jsonl":
        source.to_json(tmp_path / "x.jsonl", orient="records", lines=True, date_format="iso")
        source = str(tmp_path / "x.jsonl")
    _, _, table = prepare(frame(note=texts, prediction=texts), source, Schema(properties=["note"]))
    assert table.take(np.arange(len(HOSTILE)), ["note"])["note"].tolist() == HOSTILE
    assert values(table, "note") == texts


@pytest.mark.parametrize("name", ['a"b', "a'b", "a;b", "ünï", "a.b", " ", "prodmon", "c0", "__time2", "x" * 300])
def test_column_names_are_only_names(name, tmp_path):
    given = frame(**{name: [1.5, 2.5] * 20})
    for source in (given, _parquet(given, tmp_path)):
        _, _, table = prepare(given, source, Schema(properties=[name]))
        assert values(table, name)[:2] == [1.5, 2.5]
        assert table.take(np.array([1]), [name])[name].tolist() == [2.5]


def _parquet(given, folder):
    path = folder / "any;name's.parquet"
    given.to_parquet(path)
    return path


def test_a_datetime_index_is_the_time():
    indexed = frame(size=[1, 2] * 20).set_index("timestamp")
    schema, _, table = prepare(indexed, indexed)
    assert schema.timestamp == "timestamp"
    assert values(table, TIME)[0] == 1682899200000


def test_a_multiindex_of_columns_is_refused():
    odd = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(InputError, match="MultiIndex of columns; flatten it"):
        prepare(frame(), odd)


@pytest.mark.parametrize(("name", "text"), [("broken.parquet", "no parquet"), ("notes.txt", "x"), ("list.jsonl", "{")])
def test_broken_files_are_refused_by_name(name, text, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=name):
        prepare(frame(), tmp_path / name)


def test_an_empty_csv_and_a_csv_of_names_only_are_refused(tmp_path):
    (tmp_path / "names.csv").write_text("timestamp,prediction\n")
    with pytest.raises(InputError, match="production has no rows"):
        prepare(frame(), tmp_path / "names.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(MonitorError, match="production"):
        prepare(frame(), tmp_path / "empty.csv")


def test_a_csv_whose_types_change_late_is_read_as_text(tmp_path):
    codes = ["1"] * 30_000 + ["x", "y"]
    pd.DataFrame({"prediction": ["cat", "dog"] * 15_001, "code": codes}).to_csv(tmp_path / "late.csv", index=False)
    _, _, table = prepare(frame(code="x"), tmp_path / "late.csv", Schema(properties=["code"]))
    assert values(table, "code")[-2:] == ["x", "y"]


def test_a_frame_changed_after_the_door_does_not_change_the_rows_read():
    given = frame(size=np.linspace(0, 1, N))
    _, _, table = prepare(frame(size=0.5), given)
    given.loc[:, "size"] = -1.0
    given["prediction"] = "gone"
    assert values(table, "size") == list(np.linspace(0, 1, N))
    assert table.take(np.array([0]))["prediction"].tolist() == ["cat"]


def test_text_must_be_on_both_sides():
    with pytest.raises(InputError, match="production column 'note' does not exist"):
        prepare(frame(note="x"), frame(), Schema(text=["note"]))


def test_a_column_called_like_the_engines_time_is_left_out():
    schema, _ = door(**{TIME: [1, 2] * 20})
    assert schema.left_out[TIME] == "its name is the engine's own"


def test_files_with_other_columns_are_read_together(tmp_path):
    frame(size=1.0).iloc[:20].to_parquet(tmp_path / "a.parquet")
    frame().iloc[20:].to_parquet(tmp_path / "b.parquet")
    _, _, table = prepare(frame(size=[2.0, 3.0] * 20), tmp_path)
    assert values(table, "size") == [1.0] * 20 + [None] * 20
    taken = table.take(np.array([25, 5]))
    assert taken["size"].fillna(-1).tolist() == [-1.0, 1.0]
    assert taken["timestamp"].tolist() == [WHEN[25], WHEN[5]]


@pytest.mark.slow
def test_the_machines_own_zone_does_not_matter():
    code = (
        "import pandas as pd; from prodmon_widgets.engine.table.table import prepare;"
        "f = pd.DataFrame({'timestamp': ['2023-05-01 00:00', '2023-05-01T00:00Z'], 'prediction': ['a', 'b'],"
        " 'annotation': ['Good', 'Bad']});"
        "print(prepare(f, f)[2].times().tolist())"
    )
    there = {**os.environ, "TZ": "Asia/Tokyo"}
    said = subprocess.run([sys.executable, "-c", code], env=there, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[1682899200000.0, 1682899200000.0]"


def test_a_monitor_of_everything_odd_at_once_still_answers():
    n = 200
    rng = np.random.default_rng(0)
    confidence = rng.random(n)
    odd = pd.DataFrame(
        {
            "timestamp": [pd.NaT, *pd.date_range("2023-05-01", periods=n - 1, freq="3h", tz="Asia/Tokyo")],
            "prediction": pd.Series([["a"], ["a", "b"], [], None] * (n // 4), dtype=object),
            "confidence": confidence,
            "annotation": np.where(confidence > 0.4, "good", "BAD"),
            "infinite": np.resize([np.inf, -np.inf, np.nan, 1e308, -3.0], n),
            "missing": np.nan,
            "boolean": pd.array(np.resize(np.array([True, None, False]), n), dtype="boolean"),
            "price": [decimal.Decimal(i % 7) for i in range(n)],
            "hostile": (HOSTILE[:-1] * n)[:n],
        }
    ).sample(frac=1, random_state=0)
    live = odd.drop(columns="annotation").assign(boolean=True)
    monitor = Monitor(odd, live, schema=Schema(properties=["infinite", "boolean", "price", "hostile"]), progress=False)
    timeline = monitor.timeline(every="7D")
    assert timeline["n"].sum() == n - 1
    assert timeline[["low", "high"]].isin([np.nan]).sum().sum() == 0
    assert (timeline["low"] >= 0).all()
    assert (timeline["high"] <= 1).all()
    assert (timeline["low"] <= timeline["high"]).all()
    nowhere = ("1999-01-01", "1999-01-02")
    assert len(monitor.samples(nowhere)) == 0
    assert monitor.compare(nowhere).attrs["n"] == 0
    assert set(monitor.compare()["property"]) >= {"infinite", "boolean", "price", "hostile", "prediction"}
    assert len(monitor.annotations()) == n


@pytest.mark.parametrize("as_category", [False, True])
def test_words_for_missing_values_do_not_make_a_category_of_numbers(as_category):
    numbers = pd.Series([f"{i % 9}.5" for i in range(N)])
    spoiled = numbers.where(numbers.index != 3, "N/A").where(numbers.index != 5, None)
    if as_category:
        numbers, spoiled = numbers.astype("category"), spoiled.astype("category")
    schema, evaluation, production = prepare(frame(age=numbers), frame(age=spoiled))
    assert [p.kind for p in production.properties if p.name == "age"] == ["numeric"]
    assert values(production, "age")[:7] == [0.5, 1.5, 2.5, None, 4.5, None, 6.5]
    assert values(evaluation, "age")[3] == 3.5
    assert "'age' is read as numbers: 'N/A' in it is missing" in schema.notes


def test_a_side_that_says_only_that_values_are_missing_has_missing_numbers():
    _, evaluation, production = prepare(frame(age=[i % 9 for i in range(N)]), frame(age=["N/A"] * N))
    assert [p.kind for p in production.properties if p.name == "age"] == ["numeric"]
    assert values(evaluation, "age")[:2] == [0.0, 1.0]
    assert values(production, "age") == [None] * N


def test_one_other_word_makes_numbers_a_category():
    spoiled = [*map(str, range(10)), "E1", "N/A"] * 4
    schema, _, production = prepare(frame(code=spoiled[:N]), frame(code=spoiled[:N]))
    assert [p.kind for p in production.properties if p.name == "code"] == ["categorical"]
    assert not [note for note in schema.notes if "read as numbers" in note]


def test_words_for_missing_values_in_a_csv_are_missing(tmp_path):
    rows = frame(age=[i % 9 for i in range(N)], plan=["basic", "pro"] * (N // 2))
    rows.to_csv(tmp_path / "evaluation.csv", index=False)
    rows.astype({"age": object}).assign(age=["N/A", *range(1, N)], plan=["NULL", *["pro"] * (N - 1)]).to_csv(
        tmp_path / "production.csv", index=False
    )
    _, _, production = prepare(str(tmp_path / "evaluation.csv"), str(tmp_path / "production.csv"))
    assert values(production, "age")[:3] == [None, 1.0, 2.0]
    assert values(production, "plan")[:2] == [None, "pro"]


@pytest.fixture(scope="module")
def monitor():
    both = frame(age=[i % 9 for i in range(N)])
    with pytest.warns(UserWarning, match="below 50 labels"):
        return Monitor(both, both.drop(columns="annotation"), progress=False)


def test_a_schema_that_is_none_is_named():
    with pytest.raises(InputError, match=r"schema is a dict; expected pm\.Schema"):
        Monitor(frame(), frame(), schema={"label": "y_true"})


def test_a_window_outside_of_production_is_refused_with_what_production_is(monitor):
    selection = Selection(monitor)
    with pytest.raises(InputError, match=r"lies outside of production, which is 2023-05-01 .* to 2023-05-0"):
        selection.window = ("2027-01-01", "2027-02-01")
    assert selection.window is None
    with pytest.raises(InputError, match=r"no sample is in window \('2027-01-01', '2027-02-01'\); choose"):
        monitor.causes(("2027-01-01", "2027-02-01"))


def test_a_monitor_is_not_saved_over_a_file(monitor, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt is a file"):
        monitor.save(tmp_path / "notes.txt")


@pytest.mark.parametrize(
    ("path", "samples", "message"),
    [
        ("nowhere/page.html", 10, "there is no folder"),
        (".", 10, "is a folder; name a file in it"),
        ("page.html", -1, "samples is -1"),
        ("page.html", 1.5, "samples is 1.5"),
    ],
)
def test_a_page_that_cannot_be_written_is_refused_at_once(monitor, tmp_path, path, samples, message):
    with pytest.raises(InputError, match=message):
        Dashboard(monitor).to_html(tmp_path / path, samples=samples)


def both(f):
    return f[["size", "size"]]


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        (["size"], r"holds 'size'; expected functions .* Schema\(properties=\[...\]\)"),
        (both, "property 'both' returned a DataFrame; expected one column"),
    ],
)
def test_what_is_no_function_of_samples_is_refused(properties, message):
    evaluation = pd.DataFrame({"annotation": ["Good", "Bad"] * 60, "size": range(120)})
    with pytest.raises(InputError, match=message):
        Monitor(evaluation, evaluation[["size"]], properties=properties, progress=False)


@pytest.mark.parametrize("view", [Dashboard, PerformanceTimeline, Selection])
def test_a_view_needs_a_monitor(view):
    with pytest.raises(InputError, match="needs a Monitor, not a DataFrame: make one with"):
        view(pd.DataFrame())


def test_one_role_that_is_no_text_is_a_columns_name():
    assert Schema(text=5, timestamp=0).named() == {"text": ("5",), "timestamp": ("0",)}
