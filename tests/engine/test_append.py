"""Appending: the cube is merged, never rebuilt, and stays what a rebuilt one would be."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from tests.engine.coded import drawn

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def monitor():
    evaluation = drawn(600, 1)
    evaluation["annotation"] = np.where(np.random.default_rng(0).random(600) < 0.8, "good", "bad")
    monitor = Monitor(evaluation, drawn(1500, 2), progress=False)
    later = drawn(900, 5, new=True)
    return monitor.append(later.assign(timestamp=later["timestamp"] + pd.Timedelta(2000, "D")))


def test_years_later_the_bins_are_longer_and_the_payload_still_bounded(monitor):
    assert monitor.time_bins.step == 7 * 86_400_000
    meta, payload = monitor.cube_wire()
    assert len(payload) <= 4_000_000
    assert meta["arrays"]["calibration"]["shape"] == [monitor.time_bins.count]


def test_the_merged_cube_is_the_rebuilt_one(monitor):
    rebuilt = Cube.build(monitor._state.production.codes)
    assert [axis.labels for axis in rebuilt.axes] == [axis.labels for axis in monitor._state.cube.axes]
    for measure, cells in rebuilt.cells.items():
        np.testing.assert_array_equal(monitor._state.cube.cells[measure], cells, err_msg=measure)


def test_what_came_with_the_appended_rows_is_found_new(monitor):
    assert monitor.new_values()[["property", "value"]].values.tolist() == [["prediction", "mystery"]]


@pytest.fixture
def known_by_id():
    evaluation = drawn(200, 1)
    evaluation["annotation"] = np.where(np.random.default_rng(0).random(200) < 0.8, "good", "bad")
    production = drawn(300, 2).assign(id=[f"p{i}" for i in range(300)])
    return Monitor(evaluation.assign(id=range(200)), production, progress=False), production


def test_rows_that_came_before_are_named_and_counted_again(known_by_id):
    monitor, production = known_by_id
    with pytest.warns(UserWarning, match="40 appended samples have an id that came before: they are counted again"):
        monitor.append(production.head(40), duplicates="keep")
    assert monitor.score().n == (production["timestamp"].notna().sum() + production.head(40)["timestamp"].notna().sum())


def test_appended_times_that_cannot_be_read_are_refused_and_nothing_is_appended(known_by_id):
    monitor, production = known_by_id
    before = monitor.score()
    with pytest.raises(InputError, match="'yesterday'"):
        monitor.append(production.head(5).assign(timestamp="yesterday", id=list("abcde")))
    assert monitor.score() == before


@pytest.mark.parametrize("n_missing", [1, 5])
def test_appended_rows_without_a_time_are_said(known_by_id, n_missing):
    monitor, production = known_by_id
    before = monitor.score().n
    later = production.head(5).assign(id=list("abcde"), timestamp=pd.Timestamp("1970-01-09"))
    later.loc[: n_missing - 1, "timestamp"] = pd.NaT
    monitor.append(later)
    note = f"appended: {n_missing} production samples have no time in 'timestamp': no window counts them"
    assert note in monitor.schema.notes
    assert monitor.score().n == before + 5 - n_missing
