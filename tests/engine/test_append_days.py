"""A day that comes later: empty, with a new value, without a time, from a wrong clock, in another unit of time."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from tests.engine.days import labelled, stream, watched

EVALUATION = labelled(600, "2024-01-01", 30, 0)
PRODUCTION = stream(600, "2024-02-01", 20, 1)
LATER = stream(60, "2024-02-21", 1, 2)


def counted(times, unit):
    return times.astype(f"datetime64[{unit}]").astype(np.int64)


@pytest.fixture
def monitor():
    return watched(EVALUATION, PRODUCTION)


def test_a_value_new_to_an_append_is_known_to_every_question(monitor):
    monitor.append(stream(300, "2024-02-21", 2, 3, cities="ABCN"))
    where = {"city": "N"}
    n = monitor.score(where=where).n
    assert n > 0
    assert monitor.benchmark(where).n == 0
    assert "N" in monitor.new_values()["value"].tolist()
    assert monitor.causes(baseline=where) is not None
    assert len(monitor.weak_segments()) >= 0
    assert len(monitor.segment_wire(where)) > 0
    assert len(monitor.samples(where=where, n=1000)) == n


def test_a_member_of_a_set_new_to_an_append_is_known_as_well():
    def sets(frame, words):
        return frame.assign(tags=[[words[i % len(words)], "all"] for i in range(len(frame))])

    monitor = watched(sets(EVALUATION, "ab"), sets(PRODUCTION, "abc")).append(sets(LATER, "xy"))
    assert monitor.benchmark({"tags": "x"}).n == 0
    assert monitor.score(where={"tags": "x"}).n == 30
    assert {"x", "y"} <= set(monitor.new_values()["value"])


@pytest.mark.parametrize("kind", ["frame", "no columns", "polars", "arrow", "parquet", "csv", "jsonl"])
def test_a_day_without_rows_is_nothing_to_do(monitor, tmp_path, kind):
    told, none = [], LATER.head(0)
    monitor.on_change(lambda: told.append(1))
    none.to_parquet(tmp_path / "none.parquet")
    none.to_csv(tmp_path / "none.csv", index=False)
    (tmp_path / "none.jsonl").touch()
    batch = {"frame": none, "no columns": pd.DataFrame(), "polars": pl.DataFrame(none), "arrow": pa.table(none)}
    before = monitor.score()
    monitor.append(batch.get(kind, tmp_path / f"none.{kind}"))
    assert monitor.score() == before
    assert not told


@pytest.mark.parametrize("times", ["text", "epoch"])
def test_rows_without_the_time_column_are_refused_by_its_name(times):
    came = PRODUCTION["timestamp"].astype(str) if times == "text" else counted(PRODUCTION["timestamp"], "ms")
    monitor = watched(EVALUATION, PRODUCTION.assign(timestamp=came))
    with pytest.raises(InputError, match="'timestamp'"):
        monitor.append(LATER.drop(columns="timestamp"))
    assert monitor.score().n == 600


@pytest.mark.parametrize("unit", ["s", "ms", "us", None])
@pytest.mark.parametrize("first", ["ms", None])
def test_times_come_as_numbers_one_day_and_as_times_another(tmp_path, first, unit):
    def came(frame, u):
        return frame if u is None else frame.assign(timestamp=counted(frame["timestamp"], u))

    monitor = watched(came(EVALUATION, first), came(PRODUCTION, first)).append(came(LATER, unit))
    once = watched(EVALUATION, pd.concat([PRODUCTION, LATER]))
    assert monitor.score().n == 660
    day = ("2024-02-21", "2024-02-22")
    assert monitor.score(day).n == once.score(day).n == 60
    monitor.save(tmp_path / "saved")
    loaded = Monitor.load(tmp_path / "saved")
    np.testing.assert_array_equal(loaded._state.production.times(), once._state.production.times())


@pytest.mark.parametrize("when", ["0001-01-01", "1970-01-01", "2034-06-01", "2107-01-01", "9999-12-31"])
@pytest.mark.parametrize("unit", ["s", "us"])
def test_a_wrong_clock_changes_no_bins_and_is_counted(monitor, when, unit):
    wrong = LATER.assign(timestamp=LATER["timestamp"].astype(f"datetime64[{unit}]"))
    wrong.loc[:2, "timestamp"] = np.datetime64(when, unit)
    step = monitor.time_bins.step
    monitor.append(wrong)
    assert monitor.time_bins.step == step
    assert monitor.score(("2024-02-21", "2024-02-22")).n == 57
    (note,) = [note for note in monitor.schema.notes if "far from all others" in note]
    assert note.startswith("appended: 3 production samples have a time in 'timestamp'")
    assert when in note


@pytest.mark.parametrize("when", ["0001-01-01", "1970-01-01", "2034-06-01", "9999-12-31"])
def test_a_wrong_clock_in_the_first_build_leaves_the_bins_as_without_it(when):
    times = PRODUCTION["timestamp"].astype("datetime64[us]")
    times[[5, 17]] = np.datetime64(when, "us")
    monitor, right = watched(EVALUATION, PRODUCTION.assign(timestamp=times)), watched(EVALUATION, PRODUCTION)
    assert monitor.time_bins == right.time_bins
    assert monitor.score(("2024-02-01", "2024-02-21")).n == 598
    assert any("2 production samples have a time in 'timestamp' that is far" in note for note in monitor.schema.notes)
    assert monitor.alerts() is not None


def test_a_batch_that_lies_months_later_as_a_whole_is_no_wrong_clock(monitor):
    monitor.append(stream(60, "2025-02-21", 1, 2))
    assert monitor.score(("2025-02-21", "2025-02-22")).n == 60
    assert not [note for note in monitor.schema.notes if "far from" in note]
