"""One spelling a value: value × dtype × source, in SQL as in Python."""

from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from prodmon_widgets.engine.cube.bins import bins_of
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.properties import Column
from prodmon_widgets.engine.table.rows import ArrowRows, connect
from prodmon_widgets.engine.table.separators import ARRAY_TEXT, LIST_TEXT, parts
from prodmon_widgets.engine.table.table import prepare
from prodmon_widgets.engine.table.writing import Written

N = 40
WHEN = pd.date_range("2023-05-01", periods=N, freq="1h")


def column(values) -> pd.Series:
    return pd.Series((list(values) * N)[:N], dtype=object)


def frame(x) -> pd.DataFrame:
    """``x`` beside a time, an annotation and another property."""
    return pd.DataFrame({"timestamp": WHEN, "x": x, "annotation": ["Good", "Bad"] * (N // 2), "size": range(N)})


def as_parquet(rows, folder):
    rows.to_parquet(folder / "rows.parquet")
    return folder / "rows.parquet"


def as_csv(rows, folder):
    rows.to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


def as_lines(rows, folder):
    rows.to_json(folder / "rows.jsonl", orient="records", lines=True, date_format="iso", default_handler=str)
    return folder / "rows.jsonl"


def as_relation(rows, folder):
    del folder
    arrow = pa.Table.from_pandas(rows, preserve_index=False)
    return duckdb.connect().from_arrow(arrow)


SOURCES = {
    "pandas": lambda rows, folder: rows,
    "polars": lambda rows, folder: pl.from_pandas(rows),
    "lazy": lambda rows, folder: pl.from_pandas(rows).lazy(),
    "arrow": lambda rows, folder: pa.Table.from_pandas(rows, preserve_index=False),
    "parquet": as_parquet,
    "csv": as_csv,
    "lines": as_lines,
    "relation": as_relation,
}

ONE_AND_TWO = {
    "int": column([1, 2]).astype("int64"),
    "float": column([1.0, 2.0]).astype("float64"),
    "nullable": column([1, 2]).astype("Int64"),
    "arrow": column([1, 2]).astype("int64").astype("int64[pyarrow]"),
    "decimal": column([Decimal("1.0"), Decimal("2.00")]),
    "text": column(["1", "2"]).astype("str"),
    "text of floats": column(["1.0", "2.0"]).astype("str"),
    "blanks around": column([" 1", "2 "]).astype("str"),
    "category of texts": column(["1", "2.0"]).astype("category"),
}


def read(evaluation, production):
    """The kind and the values of x on both sides."""
    _, *tables = prepare(evaluation, production)
    kinds = {p.name: p.kind for p in tables[0].properties}
    return kinds["x"], *(table.lazy().collect().to_pandas()["x"].tolist() for table in tables)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("dtype", [name for name in ONE_AND_TWO if name != "category of texts"])
def test_a_number_is_the_same_value_whatever_its_dtype_and_source(dtype, source, tmp_path):
    given = SOURCES[source](frame(ONE_AND_TWO[dtype]), tmp_path)
    kind, known, found = read(frame(ONE_AND_TWO["int"]), given)
    assert (kind, known[:2], found[:2]) == ("numeric", [1.0, 2.0], [1.0, 2.0])


@pytest.mark.parametrize("dtype", ONE_AND_TWO)
def test_a_category_of_numbers_has_levels_that_any_dtype_meets(dtype):
    kind, known, found = read(frame(column([1.0, 2.0]).astype("category")), frame(ONE_AND_TWO[dtype]))
    assert (kind, known[:2], found[:2]) == ("categorical", ["1", "2"], ["1", "2"])


TRUE_AND_FALSE = {
    "bool": column([True, False]).astype("bool"),
    "nullable": column([True, False]).astype("boolean"),
    "1 and 0": column([1, 0]).astype("int64"),
    "1.0 and 0.0": column([1.0, 0.0]).astype("float64"),
    "text of these": column(["1", "0"]).astype("str"),
    "yes and no": column(["yes", "No"]).astype("str"),
    "t and f": column(["t", "f"]).astype("str"),
    "TRUE and FALSE": column(["TRUE", "FALSE"]).astype("str"),
    "category": column([True, False]).astype("category"),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("dtype", TRUE_AND_FALSE)
def test_a_boolean_is_the_same_value_beside_booleans(dtype, source, tmp_path):
    given = SOURCES[source](frame(TRUE_AND_FALSE[dtype]), tmp_path)
    assert read(frame(TRUE_AND_FALSE["bool"]), given) == ("boolean", ["True", "False"] * 20, ["True", "False"] * 20)


def test_words_for_booleans_on_both_sides_are_classes():
    kind, known, _ = read(frame(column(["yes", "no"])), frame(column(["yes", "no"])))
    assert (kind, known[:2]) == ("categorical", ["yes", "no"])


@pytest.mark.parametrize(
    "cells", [["007", "008"], ["1.9", "1.10"], ["1.0b", "1.0"], ["A", "1.10"]], ids=["zeros", "versions", "b", "mixed"]
)
def test_codes_and_versions_keep_their_spelling(cells):
    kind, known, _ = read(frame(column(cells)), frame(column(cells)))
    assert kind == "categorical"
    assert known[0] == cells[0]


def test_a_column_that_is_called_a_version_is_never_a_number():
    given = frame(column(["1.1", "1.2"])).rename(columns={"x": "app_version"})
    _, table, _ = prepare(given, given)
    assert table.lazy().collect().to_pandas()["app_version"][:2].tolist() == ["1.1", "1.2"]


@pytest.mark.parametrize(
    ("written", "separator"),
    [
        (["['Sci-Fi, Fantasy', 'Drama']", "['Drama']"], LIST_TEXT),
        (['["Sci-Fi, Fantasy", "Drama"]', '["Drama"]'], LIST_TEXT),
        (["('Sci-Fi, Fantasy', 'Drama')", "('Drama',)"], LIST_TEXT),
        (["{'Drama', 'Sci-Fi, Fantasy'}", "{'Drama'}"], LIST_TEXT),
        (["frozenset({'Drama', 'Sci-Fi, Fantasy'})", "frozenset({'Drama'})"], LIST_TEXT),
        (["['Sci-Fi, Fantasy' 'Drama']", "['Drama']"], ARRAY_TEXT),
        (["array(['Sci-Fi, Fantasy', 'Drama'], dtype=object)", "array(['Drama'], dtype=object)"], LIST_TEXT),
    ],
)
def test_a_list_that_was_written_out_is_that_list(written, separator):
    kind, known, _ = read(frame(column(written)), frame(column(written)))
    assert kind == "set"
    assert [list(each) for each in known[:2]] == [["Drama", "Sci-Fi, Fantasy"], ["Drama"]]
    assert sorted(parts(written[0], separator)) == ["Drama", "Sci-Fi, Fantasy"]


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        (["1,5", "2,25"], [1.5, 2.25]),
        (["50%", "75 %"], [0.5, 0.75]),
        (["1,234.5", "2,000"], [1234.5, 2000.0]),
        (["1.234,5", "2.000,0"], [1234.5, 2000.0]),
        ([".5", "1e3"], [0.5, 1000.0]),
    ],
)
def test_numbers_are_read_as_they_are_written_on_their_side(written, numbers):
    plain = frame(column([0.5, 1.5]).astype(float))
    kind, _, found = read(plain, frame(column(written)))
    assert (kind, found[:2]) == ("numeric", numbers)


def test_what_is_no_number_among_numbers_is_missing_and_counted():
    cells = column([f"{i}.5" for i in range(N)])
    schema, *_ = prepare(frame(cells), frame(cells.where(cells.index != 3, "oops")))
    said = "1 of 40 production samples have something in 'x' that isn't a number, for instance 'oops'"
    assert any(note.startswith(said) for note in schema.notes)


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (["0 days 00:00:05", "1 days 00:00:00.500000"], [5.0, 86400.5]),
        (["-1 days +23:59:55", "0 days 00:00:01"], [-5.0, 1.0]),
        (["P0DT0H0M5S", "P1DT0H1M0.5S"], [5.0, 86460.5]),
    ],
)
def test_lengths_of_time_are_seconds(cells, seconds):
    kind, known, found = read(frame(pd.to_timedelta(column(seconds).astype(float), unit="s")), frame(column(cells)))
    assert (kind, known[:2], found[:2]) == ("numeric", seconds, seconds)


@pytest.mark.parametrize(
    "value",
    [1, 1.0, 0.1, 1e-5, 1e22, 123456.75, -0.0, 2**40, Decimal("1.50"), True, False, np.float32(0.5), " a b ", "1.0"],
)
def test_python_spells_a_value_as_sql_does(value):
    text = value if isinstance(value, str) else None
    cell = Column("v", "string" if text else "boolean" if isinstance(value, bool) else "number")
    if isinstance(value, int) and not isinstance(value, bool):
        cell = Column("v", "integer")
    plain = float(value) if isinstance(value, (Decimal, np.floating)) else value
    made = connect().from_arrow(pa.table({"v": [plain]})).project(x.as_text(cell)).fetchall()[0][0]
    assert made == x.spelled(value)


def test_each_piece_is_split_by_its_own_separator():
    rows = ArrowRows(pa.table({"v": ["a|b", "b"]}))
    split = x.as_set(Column(rows.columns["v"].sql, "string", written=Written(separator="|")))
    assert [row[0] for row in rows.relation().project(split).fetchall()] == [["a", "b"], ["b"]]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([True, False], [True, "True", "yes", 1, "1", np.True_]),
        (["1.5b", "2"], [" 1.5b ", "1.5b"]),
        (["2", "A"], [2, 2.0, "2", "2.0", Decimal("2.0")]),
    ],
)
def test_where_means_a_value_however_it_is_written(cells, wanted):
    _, known, later = prepare(frame(column(cells)), frame(column(cells)))
    codes = encode(later, None, bins_of(known, later))
    for value in wanted:
        assert Segment({"x": value}).mask(codes).sum() == N // 2, value
