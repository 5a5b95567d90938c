"""A day that comes twice: skipped, put in place of the first, or counted again, and exactly so."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from tests.engine.days import labelled, stream, watched

EVALUATION = labelled(600, "2024-01-01", 30, 0)
PRODUCTION = stream(500, "2024-02-01", 10, 1)
DAY = stream(100, "2024-02-11", 1, 2)


@pytest.fixture
def monitor():
    return watched(EVALUATION, PRODUCTION).append(DAY)


def equal_counts(monitor):
    """The cube is the one that its rows alone would make."""
    state = monitor._state
    rebuilt = Cube.build(state.production.codes)
    for measure, cells in rebuilt.cells.items():
        np.testing.assert_array_equal(state.cube.cells[measure], cells, err_msg=measure)
        np.testing.assert_array_equal(state.cube.totals[measure], rebuilt.totals[measure], err_msg=measure)
    np.testing.assert_allclose(state.cube.values, rebuilt.values, atol=1e-6)


@pytest.mark.parametrize("how", [None, "skip"])
def test_a_day_that_comes_twice_is_skipped_and_said(monitor, how):
    with pytest.warns(UserWarning, match="100 appended samples have an id that came before: they are skipped"):
        monitor.append(DAY, duplicates=how)
    assert monitor.score().n == 600
    assert any("they are skipped" in note for note in monitor.schema.notes)
    with pytest.warns(UserWarning, match="70 appended"):
        monitor.append(pd.concat([DAY.tail(70), stream(30, "2024-02-12", 1, 3)]), duplicates=how)
    assert monitor.score().n == 630
    equal_counts(monitor)


def test_a_day_that_is_half_known_comes_from_a_file(monitor, tmp_path):
    both = pd.concat([DAY.tail(50), stream(50, "2024-02-12", 1, 3)])
    both.to_parquet(tmp_path / "day.parquet")
    with pytest.warns(UserWarning, match="50 appended samples"):
        monitor.append(tmp_path / "day.parquet")
    assert monitor.score().n == 650
    last = monitor.samples(n=1000, order="newest")
    assert sorted(last["id"]) == sorted(pd.concat([PRODUCTION, both.tail(50), DAY])["id"])


def test_an_id_that_comes_twice_in_one_batch_counts_once(monitor):
    new = stream(40, "2024-02-12", 1, 3)
    with pytest.warns(UserWarning, match="40 appended samples"):
        monitor.append(pd.concat([new, new]))
    assert monitor.score().n == 640


def test_rows_without_an_id_are_no_repeats(monitor):
    monitor.append(stream(40, "2024-02-12", 1, 3).assign(id=None))
    monitor.append(stream(40, "2024-02-13", 1, 3).assign(id=None))
    assert monitor.score().n == 680


def test_numbers_are_the_same_ids_whatever_their_type():
    def numbered(frame, start, kind):
        return frame.assign(id=np.arange(start, start + len(frame)).astype(kind))

    monitor = watched(EVALUATION.drop(columns="id"), numbered(PRODUCTION, 0, "int64"))
    assert monitor.schema.id == "id"
    for kind in ("float64", "str", "int32"):
        with pytest.warns(UserWarning, match="100 appended"):
            monitor.append(numbered(DAY, 400, kind))
    assert monitor.score().n == 500


def test_a_replaced_day_stands_in_place_of_the_first_with_other_values(monitor):
    known = monitor._state.production.n_rows
    monitor.label(pd.DataFrame({"id": [DAY["id"][3], PRODUCTION["id"][7]], "annotation": ["bad", "bad"]}))
    with pytest.warns(UserWarning, match="100 appended samples have an id that came before: they replace"):
        monitor.append(DAY.assign(city="A", x=0.5), duplicates="replace")
    assert monitor._state.production.n_rows == known
    day = monitor.samples(("2024-02-11", "2024-02-12"), n=200)
    assert set(day["city"]) == {"A"}
    assert monitor.compare(("2024-02-11", "2024-02-12")).set_index("property").loc["x", "window"] == pytest.approx(0.5)
    equal_counts(monitor)
    shown = monitor.annotations()
    assert shown.loc[shown["id"] == PRODUCTION["id"][7], "annotation"].tolist() == ["bad"]
    assert sum(shown["reason"].str.startswith("annotated by a person")) == 1


def test_a_day_replaced_again_and_again_is_there_once(monitor, tmp_path):
    for city in "BCA":
        with pytest.warns(UserWarning, match="replace"):
            monitor.append(DAY.assign(city=city), duplicates="replace")
    monitor.save(tmp_path / "saved")
    loaded = Monitor.load(tmp_path / "saved")
    assert loaded.score() == monitor.score()
    assert loaded.score().n == 600
    assert set(loaded.samples(("2024-02-11", "2024-02-12"), n=200)["city"]) == {"A"}
    with pytest.warns(UserWarning, match="100 appended"):
        loaded.append(DAY)
    assert loaded.score().n == 600


def test_kept_repeats_are_counted_again_and_ids_are_no_longer_unique(monitor):
    with pytest.warns(UserWarning, match="100 appended samples have an id that came before: they are counted again"):
        monitor.append(DAY, duplicates="keep")
    assert monitor.score().n == 700
    with pytest.warns(UserWarning, match="counted again"):
        monitor.append(DAY)
    with pytest.raises(InputError, match="'replace' needs an id a sample"):
        monitor.append(DAY, duplicates="replace")
    assert monitor.score().n == 800


def test_without_ids_nothing_is_known_again():
    monitor = watched(EVALUATION.drop(columns="id"), PRODUCTION.drop(columns="id"))
    day = DAY.drop(columns="id")
    monitor.append(day).append(day)
    assert monitor.score().n == 700
    with pytest.raises(InputError, match=r"Schema\(id="):
        monitor.append(day, duplicates="skip")
    with pytest.raises(InputError, match="'keep'"):
        monitor.append(day, duplicates="twice")
