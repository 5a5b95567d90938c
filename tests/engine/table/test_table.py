"""Tables give what pandas gives, from every source, in row order."""

import threading

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.table.table import TIME, Table, good, prepare
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema
from tests.effort import examples

N = 60


def evaluation(n: int = N, **columns) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "id": [f"e{i}" for i in range(n)],
            "timestamp": pd.date_range("2023-05-01", periods=n, freq="h"),
            "prediction": [["Drama"], ["Action", "Drama"], []][:1] * (n % 3)
            + [["Drama"], ["Action", "Drama"], []] * (n // 3),
            "annotation": ["Good", "bad"] * (n // 2) + ["UNKNOWN"] * (n % 2),
            "input": [f"a story of {'very ' * (i % 7)}many words number {i}\tand\nlines" for i in range(n)],
            "amount": np.where(np.arange(n) % 5 == 0, np.nan, np.arange(n) / 7),
            "device": (["phone", "tablet", None, "desktop"] * n)[:n],
            "returning": ([True, False, False] * n)[:n],
        }
    )
    return frame.assign(**columns)


def production(n: int = N, **columns) -> pd.DataFrame:
    return evaluation(n, **columns).drop(columns="annotation")


def collected(table: Table) -> pd.DataFrame:
    return table.lazy().collect().to_pandas()


def test_the_lazy_frame_has_one_type_a_kind_and_never_nan():
    _, _, table = prepare(evaluation(), production())
    schema = table.lazy().collect_schema()
    assert schema[TIME] == nw.Int64
    assert schema["prediction"] == nw.List(nw.String)
    assert {schema[p.name] for p in table.properties if p.kind == "numeric"} == {nw.Float64}
    assert schema["returning"] == schema["device"] == nw.String
    amount = table.lazy().collect().to_arrow().column("amount")
    assert amount.null_count == 12
    assert not np.isnan(amount.drop_null().to_numpy()).any()


def test_properties_equal_pandas():
    frame = production()
    _, _, table = prepare(evaluation(), frame)
    got = collected(table)
    assert got[TIME].tolist() == [int(t.timestamp() * 1000) for t in frame["timestamp"]]
    assert got["n_predictions"].tolist() == frame["prediction"].map(len).tolist()
    assert [sorted(p) for p in frame["prediction"]] == [list(p) for p in got["prediction"]]
    assert got["input_words"].tolist() == frame["input"].str.split().map(len).tolist()
    assert got["input_characters"].tolist() == frame["input"].str.len().tolist()
    np.testing.assert_array_equal(got["amount"], frame["amount"])
    assert got["device"].where(got["device"].notna(), None).tolist() == frame["device"].tolist()
    assert got["returning"].tolist() == frame["returning"].map(str).tolist()


SOURCES = {
    "pandas": lambda frame, folder: frame,
    "polars": lambda frame, folder: pl.from_pandas(frame),
    "polars lazy": lambda frame, folder: pl.from_pandas(frame).lazy(),
    "narwhals": lambda frame, folder: nw.from_native(pl.from_pandas(frame)),
    "arrow": lambda frame, folder: pa.Table.from_pandas(frame),
    "arrow sliced": lambda frame, folder: pa.concat_tables([pa.Table.from_pandas(frame)] * 2).slice(len(frame) // 2)[
        len(frame) - len(frame) // 2 :
    ],
    "arrow batch": lambda frame, folder: pa.RecordBatch.from_pandas(frame),
    "duckdb": lambda frame, folder: duckdb.connect().from_df(frame),
    "parquet": lambda frame, folder: _parquet(frame, folder / "it's [one].parquet"),
    "parquet glob": lambda frame, folder: _parts(frame, folder),
    "parquet folder": lambda frame, folder: (_parts(frame, folder), folder)[1],
    "jsonl": lambda frame, folder: _json(frame, folder / "rows.jsonl"),
    "csv": lambda frame, folder: _csv(frame, folder / "rows.csv"),
    "csv gz": lambda frame, folder: _csv(frame, folder / "rows.csv.gz"),
}


def _parquet(frame, path):
    frame.to_parquet(path, row_group_size=7)
    return path


def _parts(frame, folder):
    for part in range(3):
        frame.iloc[part * 20 : (part + 1) * 20].to_parquet(folder / f"part{part}.parquet", row_group_size=7)
    return str(folder / "part*.parquet")


def _json(frame, path):
    frame.assign(timestamp=frame["timestamp"].astype(str)).to_json(path, orient="records", lines=True)
    return path


def _csv(frame, path):
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_the_same_properties_in_row_order(source, tmp_path):
    frame = production()
    _, _, expected = prepare(evaluation(), frame)
    _, _, table = prepare(evaluation(), SOURCES[source](frame, tmp_path))
    assert table.n_rows == N
    assert {p.name for p in table.properties} == {p.name for p in expected.properties}
    got, wanted = collected(table), collected(expected)
    if "csv" in source:  # a CSV has no empty list: it is written as []
        got["prediction"] = got["prediction"].map(list)
        wanted["prediction"] = wanted["prediction"].map(list)
    pd.testing.assert_frame_equal(got[sorted(got)], wanted[sorted(wanted)], check_dtype=False)
    check_take(table, frame)


def check_take(table: Table, frame: pd.DataFrame) -> None:
    """take gives the user's rows in the order asked."""
    rows = np.array([59, 0, 21, 21, 40])
    got = table.take(rows)
    assert got["id"].tolist() == frame["id"].iloc[rows].tolist()
    assert got["input"].tolist() == frame["input"].iloc[rows].tolist()
    assert list(got.columns[:4]) == list(frame.columns[:4])
    assert table.take(rows, ["n_predictions", "id"])["id"].tolist() == got["id"].tolist()
    assert len(table.take(np.array([], dtype=int))) == 0


def test_take_refuses_rows_that_are_not_there():
    _, _, table = prepare(evaluation(), production())
    with pytest.raises(InputError, match="rows -1 to 60 were asked of 60"):
        table.take(np.array([60, -1]))


numbers = st.one_of(
    st.floats(-1e38, 1e38), st.sampled_from([np.inf, -np.inf, np.nan]), st.none(), st.integers(-5, 5).map(float)
)


@examples(15)
@given(
    st.lists(numbers, min_size=4, max_size=40),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(["x", "", "a b", "<script>alert(1)</script>", "\u202eright", "0'); DROP"]), min_size=4),
)
def test_numbers_and_text_pass_unchanged_on_shuffled_and_filtered_frames(values, random, texts):
    n = len(values)
    frame = pd.DataFrame({"amount": np.array(values, dtype=float), "word": (texts * n)[:n], "prediction": "a"})
    order = list(range(n))
    random.shuffle(order)
    frame = frame.iloc[order][: n - 1]
    schema = Schema(properties=["amount", "word"])
    _, _, table = prepare(evaluation(prediction="a"), frame, schema)
    got = collected(table)
    np.testing.assert_array_equal(got["amount"], frame["amount"])
    assert got["word"].fillna("").tolist() == frame["word"].tolist()


@pytest.mark.parametrize("how", ["whole", "sliced", "filtered", "shuffled", "chunked"])
def test_duckdb_scans_arrow_as_pandas_reads_it(how):
    # duckdb 2.0.1's notes speak of wrong results in 2.0.0 when it scans pandas and Arrow: this is the oracle
    n = 150_000
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "amount": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
            "word": pd.Series(rng.choice(["a", "bb", "ccc"], n)).where(rng.random(n) > 0.1),
            "flag": pd.array(rng.random(n) < 0.5, dtype="boolean"),
            "when": pd.Timestamp("2023-01-01") + pd.to_timedelta(np.arange(n), unit="s"),
        }
    )
    pick = {
        "whole": lambda f: f,
        "sliced": lambda f: f.iloc[1_001:131_077],
        "filtered": lambda f: f[f["amount"] > 0],
        "shuffled": lambda f: f.sample(frac=1, random_state=1),
        "chunked": lambda f: pd.concat([f.iloc[3_000:], f.iloc[:3_000]]),
    }
    chosen = pick[how](frame)
    _, _, table = prepare(evaluation(), chosen.assign(prediction="a"), Schema(timestamp="when", properties=["amount"]))
    cut = table.rows.relation().filter("c0 > 1").aggregate("count(*), sum(c0)").fetchall()[0]
    over = chosen.loc[chosen["amount"] > 1, "amount"]
    assert cut == (len(over), pytest.approx(over.sum()))
    got = next(pa.Table.from_batches(table.batches(["amount", "word", "flag", TIME])).to_pandas() for _ in range(1))
    np.testing.assert_array_equal(got["amount"], chosen["amount"])
    assert got["word"].fillna("?").tolist() == chosen["word"].fillna("?").tolist()
    assert got["flag"].tolist() == chosen["flag"].tolist()
    assert (got[TIME].to_numpy() == chosen["when"].astype("int64").to_numpy() // 10**3).all() or (
        got[TIME].to_numpy() == chosen["when"].to_numpy("datetime64[ms]").astype("int64")
    ).all()


def test_batches_are_in_row_order_whatever_their_size():
    _, _, table = prepare(evaluation(), production(30_000 // 3 * 3))
    ids = [v for batch in table.batches(["id"], size=4_096) for v in batch.column(0).to_pylist()]
    assert ids == [f"e{i}" for i in range(30_000)]


def test_two_threads_and_an_open_result_do_not_disturb_each_other():
    _, _, table = prepare(evaluation(), production(9_000))
    held = table.batches(["id"], size=2_048)
    next(held)
    seen: list[int] = []
    threads = [threading.Thread(target=lambda: seen.append(len(collected(table)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [9_000] * 4
    assert sum(b.num_rows for b in held) == 9_000 - 2_048


def test_without_a_time_column_row_order_is_time_and_goes_on_when_rows_are_appended():
    frame = production().drop(columns="timestamp")
    _, _, table = prepare(evaluation().drop(columns="timestamp"), frame)
    assert not table.has_time
    more = table.append(frame.iloc[:4])
    assert collected(more)[TIME].tolist() == [60, 61, 62, 63]
    assert table.time_range() == (0, 59)
    assert (table.time_bins().start, more.times().tolist()) == (0, [60.0, 61.0, 62.0, 63.0])


def test_appended_rows_follow_the_same_schema():
    _, _, table = prepare(evaluation(), production())
    more = table.append(production(6, device=["watch"] * 6))
    assert more.n_rows == 6
    assert collected(more)["device"].tolist() == ["watch"] * 6
    with pytest.raises(InputError, match="column 'device' does not exist"):
        table.append(production(6).drop(columns="device"))


def test_ids_are_the_column_or_the_row_number():
    _, _, table = prepare(evaluation(), production())
    assert table.ids().to_pylist()[:2] == ["e0", "e1"]
    _, _, bare = prepare(evaluation(), production().drop(columns="id"))
    assert bare.ids().to_pylist()[:2] == [0, 1]


def test_good_reads_annotations_of_any_case():
    _, table, unlabelled = prepare(evaluation(61), production())
    said = good(table)
    assert said[:2].tolist() == [1.0, 0.0]
    assert np.isnan(said[60])
    assert np.isnan(good(unlabelled)).all()


def test_good_refuses_another_word_and_says_which():
    with pytest.raises(InputError, match=r"evaluation has annotations \['So so'\]; expected Good, Bad or Unknown"):
        good(prepare(evaluation(annotation=["So so", "Good"] * 30), production())[1])


def test_one_wrong_class_makes_the_sample_bad():
    frame = evaluation(6).drop(columns="annotation")
    frame["prediction"] = ["Drama|Action", "Action | Drama", "Drama", "Drama|War", "", None]
    frame["label"] = ["Action|Drama", "Drama|Action", "Drama|War", "Drama", "Drama", None]
    schema = Schema(prediction="prediction", label="label")
    said = good(prepare(frame, production(prediction="Drama|War"), schema)[1])
    assert said[:5].tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]
    assert np.isnan(said[5])


def test_single_classes_of_other_types_are_the_same_class():
    frame = evaluation(4).drop(columns=["annotation"]).assign(prediction=[1, 0, 1, 0], label=[True, False, False, None])
    said = good(prepare(frame, production(prediction=[0, 1] * 30))[1])
    assert said[:3].tolist() == [1.0, 1.0, 0.0]
    assert np.isnan(said[3])


@pytest.mark.parametrize(
    ("prediction", "label"),
    [
        (["cat", "dog", "cat", "dog"], ["cat", "cat", "cat", None]),
        ([3, 2, 3, 2], [3, 3, 3, None]),
        (["3", "2", "3", "2"], [3, 3, 3, None]),
    ],
)
def test_single_classes_are_right_where_they_are_the_label_also_as_numbers_with_gaps(prediction, label):
    frame = evaluation(60).drop(columns=["annotation"]).assign(prediction=prediction * 15, label=label * 15)
    said = good(prepare(frame, production(prediction=prediction * 15))[1])
    assert said[:3].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(said[3])


def test_an_annotation_wins_over_a_label():
    frame = evaluation(2, annotation=["Good", None], label=[["War"], ["War"]])
    assert good(prepare(frame, production())[1]).tolist() == [1.0, 0.0]


def test_good_can_be_a_column_or_a_function():
    numbers = evaluation(prediction=np.linspace(0, 1, N), truth=np.linspace(0, 1, N) + 0.2, fine=[True, False] * 30)
    live = production(prediction=np.linspace(0, 1, N))
    assert good(prepare(numbers, live, Schema(good="fine"))[1]).tolist() == [1.0, 0.0] * 30
    near = Schema(good=lambda frame: (frame["prediction"] - frame["truth"]).abs() < 0.1)
    assert good(prepare(numbers, live, near)[1]).tolist() == [0.0] * N
    short = Schema(good=lambda frame: [True])
    with pytest.raises(InputError, match="returned 1 values for 60 samples"):
        good(prepare(numbers, live, short)[1])


def test_a_users_function_becomes_a_property_in_memory_and_from_files(tmp_path):
    def shouting(frame: pd.DataFrame) -> pd.Series:
        return frame["input"].str.count("very")

    for source in (production(), _parquet(production(), tmp_path / "p.parquet")):
        _, _, table = prepare(evaluation(), source, None, [shouting])
        prop = table.properties[-1]
        assert (prop.name, prop.kind, prop.origin) == ("shouting", "numeric", "user")
        assert collected(table)["shouting"].tolist() == [i % 7 for i in range(N)]
        assert table.take(np.array([6, 1]), ["shouting"])["shouting"].tolist() == [6, 1]
        assert "shouting" not in table.columns
        assert collected(table.append(production(8)))["shouting"].tolist() == [0, 1, 2, 3, 4, 5, 6, 0]


def test_a_users_function_must_return_one_value_a_sample():
    def half(frame):
        return [1] * (len(frame) // 2)

    def word(frame):
        return "x"

    with pytest.raises(InputError, match="'half' returned 30 values for 60 samples"):
        prepare(evaluation(), production(), None, [half])
    with pytest.raises(InputError, match="'word' returned a str for 60 samples"):
        prepare(evaluation(), production(), None, [word])
    with pytest.raises(InputError, match="'<lambda>'"):
        prepare(evaluation(), production(), None, [lambda frame: frame["amount"]])


def test_parquet_is_not_read_into_memory_at_the_door(tmp_path):
    path = _parquet(production(), tmp_path / "p.parquet")
    _, _, table = prepare(evaluation(), path)
    assert "Parquet" in type(table.rows).__name__
    assert table.rows.relation().limit(0).columns == list(production().columns)
