"""Numbers and dates written for people: both sides' cells tell how, and where they don't nothing is guessed unsaid."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.table.table import TIME, prepare
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

N = 40
ROWS = {"prediction": ["cat", "dog"] * (N // 2), "annotation": ["Good", "Bad", "Good", "Good"] * (N // 4)}


def frame(**columns):
    return pd.DataFrame(ROWS).assign(**columns)


def written(folder, name, how, **columns):
    """The same rows as a frame of texts, a CSV file, or JSON lines of texts."""
    rows = frame(**columns)
    if how == "pandas":
        return rows
    path = folder / f"{name}.{how}"
    if how == "csv":
        rows.to_csv(path, index=False, sep=";")
    elif how == "jsonl":
        rows.to_json(path, orient="records", lines=True)
    else:
        rows.to_parquet(path)
    return path


def values(table, column):
    return table.lazy().collect().to_arrow().column(column).to_pylist()


HOW = ["pandas", "csv", "jsonl", "parquet"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("cells", "numbers", "words"),
    [
        (["1,5", "2"], [1.5, 2.0], "a decimal comma"),
        (["1.234,5", "7"], [1234.5, 7.0], "a decimal comma"),
        (["1,234.5", "7"], [1234.5, 7.0], "thousands apart"),
        (["1 234,5", "7"], [1234.5, 7.0], "a decimal comma"),
        (["1'234.5", "7"], [1234.5, 7.0], "thousands apart"),
        (["50%", "7.5 %"], [0.5, 0.075], "from percentages"),
        (["50,5%", "7 %"], [0.505, 0.07], "from percentages"),
    ],
)
def test_numbers_written_for_people_are_numbers(tmp_path, how, cells, numbers, words):
    evaluation = written(tmp_path, "e", how, size=cells * (N // 2))
    production = written(tmp_path, "p", how, size=cells[::-1] * (N // 2))
    schema, _, table = prepare(evaluation, production)
    assert [p.kind for p in table.properties if p.name == "size"] == ["numeric"]
    assert np.allclose(values(table, "size")[:2], numbers[::-1])
    assert any("'size'" in note and words in note for note in schema.notes)


def test_what_may_be_both_follows_the_other_side_and_then_the_other_columns():
    unclear, comma = ["1,234", "5,678"] * (N // 2), ["0,5", "1,25"] * (N // 2)
    _, _, table = prepare(frame(size=comma), frame(size=unclear))
    assert values(table, "size")[:2] == [1.234, 5.678]
    _, _, table = prepare(frame(size=unclear, other=comma), frame(size=unclear, other=comma))
    assert values(table, "size")[:2] == [1.234, 5.678]
    schema, _, table = prepare(frame(size=unclear), frame(size=unclear))
    assert values(table, "size")[:2] == [1234.0, 5678.0]
    assert any("'1,234' is 1234" in note for note in schema.notes)


def test_percentages_beside_points_are_points():
    schema, _, table = prepare(frame(rate=[12.5, 50.0] * (N // 2)), frame(rate=["12.5%", "50%"] * (N // 2)))
    assert values(table, "rate")[:2] == [12.5, 50.0]
    assert any("percent points" in note for note in schema.notes)


@pytest.mark.parametrize("cell", ["k.A.", "1.2.3", "1,2,3", "x"])
def test_one_cell_that_is_no_number_keeps_the_column_text(cell):
    cells = ["1,5", "2,5"] * (N // 2)
    cells[7] = cell
    _, _, table = prepare(frame(size=cells), frame(size=cells))
    assert values(table, "size")[6:8] == ["1,5", cell]


def test_versions_ids_and_classes_keep_their_spelling():
    two = ["1,2", "3"] * (N // 2)
    _, _, table = prepare(frame(version=two, prediction=two), frame(version=two, prediction=two))
    assert table.take([0])["version"].tolist() == ["1,2"]
    assert table.take([0])["prediction"].tolist() == ["1,2"]


DAYS = pd.date_range("2023-06-01", periods=N, freq="h")
TOLD = pd.date_range("2023-06-10", periods=N, freq="12h")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    "form", ["%m/%d/%Y", "%d/%m/%Y %H:%M", "%d-%m-%y", "%m-%d-%Y %I:%M %p", "%y/%m/%d", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d"]
)
def test_the_days_of_one_side_tell_the_order_on_both(tmp_path, how, form):
    evaluation = written(tmp_path, "e", how, timestamp=TOLD.strftime(form))
    production = written(tmp_path, "p", how, timestamp=DAYS.strftime(form))
    _, known, table = prepare(evaluation, production)
    for side, days in ((known, TOLD), (table, DAYS)):
        expected = pd.to_datetime(days.strftime(form), format=form)
        assert values(side, TIME) == (expected.as_unit("ms").asi8).tolist()


def test_dates_that_tell_nothing_are_refused_until_one_says_it():
    rows = frame(timestamp=DAYS.strftime("%d/%m/%Y"))
    with pytest.raises(InputError, match=r"'01/06/2023' in 'timestamp' may be one of two days: .*day_first=True"):
        prepare(rows, rows)
    for day_first, month in ((True, 6), (False, 1)):
        _, _, table = prepare(rows, rows, day_first=day_first)
        assert pd.Timestamp(values(table, TIME)[0], unit="ms").month == month
    _, _, table = prepare(rows, rows, Schema(ignore=["timestamp"]))
    assert not table.has_time


def test_dates_with_points_are_day_first_and_versions_are_no_dates():
    rows = frame(timestamp=DAYS.strftime("%d.%m.%Y"), release=["1.2.10", "1.2.11"] * (N // 2))
    _, _, table = prepare(rows, rows)
    assert pd.Timestamp(values(table, TIME)[0], unit="ms") == pd.Timestamp("2023-06-01")
    assert table.take([0])["release"].tolist() == ["1.2.10"]


def test_cells_that_are_no_such_date_are_counted():
    cells = TOLD.strftime("%d/%m/%Y").tolist()
    cells[3] = "soon"
    schema, _, table = prepare(frame(timestamp=cells), frame(timestamp=cells))
    assert values(table, TIME)[3] is None
    assert any("1 values of 'timestamp' are no dates like the others, for instance 'soon'" in n for n in schema.notes)


def test_rows_appended_are_read_as_the_first_build_settled_it(tmp_path):
    both = frame(timestamp=TOLD.strftime("%m/%d/%Y"), size=["1,5", "2,25"] * (N // 2))
    _, _, table = prepare(both, both)
    later = frame(timestamp=["07/08/2023"] * N, size=["1,234"] * N).iloc[:3]
    for source in (later, tmp_path / "later.csv"):
        later.to_csv(tmp_path / "later.csv", index=False, sep=";")
        new = table.append(source)
        assert pd.Timestamp(values(new, TIME)[0], unit="ms") == pd.Timestamp("2023-07-08")
        assert values(new, "size") == [1.234] * 3
