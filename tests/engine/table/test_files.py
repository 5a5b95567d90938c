"""Paths, folders and globs: which files hold rows, and what is said of the others."""

import os
import shutil

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prodmon_widgets.engine.table.sources import open_rows
from prodmon_widgets.engine.table.table import prepare
from prodmon_widgets.errors import InputError

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})


def table(rows):
    return rows.take(np.arange(rows.n_rows), rows.schema.names)


@pytest.mark.parametrize("hidden", [".part-0.tmp.parquet", "_temporary/0/part-0.parquet", ".git/x.parquet"])
def test_hidden_and_temporary_files_are_no_data(tmp_path, hidden):
    FRAME.to_parquet(tmp_path / "part-0.parquet")
    (tmp_path / hidden).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(tmp_path / "part-0.parquet", tmp_path / hidden)
    assert open_rows(tmp_path, "production").n_rows == 3
    assert open_rows(f"{tmp_path}/**/*.parquet", "production").n_rows == 3


def test_a_hidden_file_that_is_named_is_read(tmp_path):
    FRAME.to_parquet(tmp_path / "_a.parquet")
    assert open_rows(tmp_path / "_a.parquet", "production").n_rows == 3
    assert open_rows(f"{tmp_path}/_*.parquet", "production").n_rows == 3


def damaged(path, how):
    FRAME.to_parquet(path)
    content = path.read_bytes()
    path.write_bytes({"empty": b"", "cut": content[:-50], "text": b"no parquet at all"}[how])


@pytest.mark.parametrize(("how", "word"), [("empty", "is empty"), ("cut", "cut off"), ("text", "doesn't begin")])
def test_a_bad_part_is_named_itself(tmp_path, how, word):
    FRAME.to_parquet(tmp_path / "0.parquet")
    damaged(tmp_path / "1.parquet", how)
    with pytest.raises(InputError, match=rf"1\.parquet can't be read as Parquet: .*{word}"):
        open_rows(tmp_path, "production")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "an empty path"),
        ("a\0b.csv", "zero byte"),
        ("https://me:secret@example.org/x.csv", r"an address \(https://example.org/…\)"),
        ("s3://bucket/key.parquet", "an address"),
        ([], "is a list"),
    ],
)
def test_what_is_no_local_path_is_refused_in_words(source, words):
    with pytest.raises(InputError, match=words) as caught:
        open_rows(source, "production")
    assert "secret" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_refused_and_nobody_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="no regular file but a pipe"):
        open_rows(tmp_path / "pipe.csv", "production")


def test_a_file_address_is_a_path(tmp_path):
    FRAME.to_parquet(tmp_path / "a b.parquet")
    assert open_rows(f"file://{tmp_path}/a%20b.parquet", "production").n_rows == 3


@pytest.mark.parametrize(("mark", "kind"), [("_delta_log", "Delta Lake"), (".hoodie", "Hudi")])
def test_a_table_format_is_never_read_file_by_file(tmp_path, mark, kind):
    lake = tmp_path / "lake"
    (lake / mark).mkdir(parents=True)
    FRAME.to_parquet(lake / "part-0.parquet")
    with pytest.raises(InputError, match=f"a table of {kind}"):
        open_rows(lake, "production")
    with pytest.raises(InputError, match=f"lake is a table of {kind}; give its folder by itself"):
        open_rows(tmp_path, "production")


@pytest.mark.parametrize(
    ("first", "later", "together"),
    [
        ([1, 2, 3], ["1", "x", None], ["1", "2", "3", "1", "x", None]),
        ([True, False, True], [1, 0, 1], [1, 0, 1, 1, 0, 1]),
        ([1, 2, 3], [0.5, 1.5, None], [1.0, 2.0, 3.0, 0.5, 1.5, None]),
    ],
)
def test_parts_that_type_a_column_otherwise_get_one_type(tmp_path, first, later, together):
    FRAME.assign(x=first).to_parquet(tmp_path / "0.parquet")
    FRAME.assign(x=later).to_parquet(tmp_path / "1.parquet")
    rows = open_rows(tmp_path, "production")
    assert table(rows)["x"].to_pylist() == together
    assert rows.relation().project("x").to_arrow_table()["x"].to_pylist() == together


def test_parts_that_no_type_fits_are_refused_by_file_and_column(tmp_path):
    FRAME.to_parquet(tmp_path / "0.parquet")
    FRAME.assign(a=[[1], [2], []]).to_parquet(tmp_path / "1.parquet")
    with pytest.raises(InputError, match=r"1\.parquet holds lists in 'a', .*0\.parquet numbers"):
        open_rows(tmp_path, "production")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_lengths_of_time_in_parquet_are_lengths_of_time(tmp_path, unit):
    seconds = pa.array([90, None, 0], pa.duration("s"))
    pq.write_table(pa.table({"took": seconds.cast(pa.duration(unit))}), tmp_path / "x.parquet")
    rows = open_rows(tmp_path / "x.parquet", "production")
    assert [None if t is None else t.total_seconds() for t in table(rows)["took"].to_pylist()] == [90, None, 0]
    assert rows.relation().project("epoch(took)").fetchall() == [(90.0,), (None,), (0.0,)]


def test_columns_of_one_file_that_differ_by_capitals_are_two(tmp_path):
    FRAME.assign(A=[7, 8, 9]).to_parquet(tmp_path / "x.parquet")
    rows = open_rows(tmp_path / "x.parquet", "production")
    assert table(rows).to_pydict() == {"a": [1, 2, 3], "b": ["x", "y", "z"], "A": [7, 8, 9]}


def both(folder, ending="parquet"):
    """Evaluation and production in folders by region and by split, of which only regions are shared."""
    for side, split in (("evaluation", "test"), ("production", "live")):
        for region in ("north", "south"):
            path = folder / side / f"split={split}" / f"region={region}"
            path.mkdir(parents=True)
            frame = pd.DataFrame({"prediction": ["cat", "dog"] * 10, "size": [1.0, 2.0] * 10, "annotation": "Good"})
            if ending == "parquet":
                frame.to_parquet(path / "x.parquet")
            elif ending == "csv":
                frame.to_csv(path / "x.csv", index=False)
            else:
                frame.to_json(path / "x.jsonl", orient="records", lines=True)
    return folder / "evaluation", folder / "production"


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_a_folder_key_whose_values_both_sides_share_is_a_column(tmp_path, ending):
    schema, _, production = prepare(*both(tmp_path, ending))
    assert "region" in [p.name for p in production.properties]
    assert production.take([0, 39])["region"].tolist() == ["north", "south"]
    assert "split" not in production.columns
    assert "the sides share no value of it (evaluation: test; production: live)" in schema.left_out["split"]


def test_folder_keys_are_kept_or_not_as_one_says(tmp_path):
    evaluation, production = both(tmp_path)
    assert "split" in prepare(evaluation, production, hive_partitioning=True)[2].columns
    assert "region" not in prepare(evaluation, production, hive_partitioning=False)[2].columns


def test_the_path_of_a_single_file_or_above_what_was_given_is_no_column(tmp_path):
    folder = tmp_path / "x=999" / "y=1"
    folder.mkdir(parents=True)
    FRAME.to_parquet(folder / "a.parquet")
    for source in (folder / "a.parquet", folder, f"{folder}/*.parquet"):
        assert open_rows(source, "production").schema.names == ["a", "b"]
    assert open_rows(tmp_path / "x=999", "production").schema.names == ["a", "b", "y"]


def test_a_files_own_column_wins_over_its_folder(tmp_path):
    (tmp_path / "a=9").mkdir()
    FRAME.to_parquet(tmp_path / "a=9" / "x.parquet")
    assert table(open_rows(tmp_path, "production"))["a"].to_pylist() == [1, 2, 3]


@pytest.mark.parametrize("value", ["a b", "50%", "ü", "x'y", "__HIVE_DEFAULT_PARTITION__"])
def test_odd_values_of_folder_keys(tmp_path, value):
    from urllib.parse import quote

    (tmp_path / f"k={quote(value)}").mkdir()
    FRAME.to_parquet(tmp_path / f"k={quote(value)}" / "x.parquet")
    expected = [None if value.startswith("__") else value] * 3
    rows = open_rows(tmp_path, "production")
    assert table(rows)["k"].to_pylist() == expected
    assert [k for (k,) in rows.relation().project("k").fetchall()] == expected
