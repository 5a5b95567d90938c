"""What happens in pieces equals what happens at once: days that are appended, versions and calendars that are new."""

import numpy as np
import pandas as pd
import pytest

from prodmon_widgets import datasets
from prodmon_widgets.engine.monitor import Monitor
from tests.engine.days import labelled, stream, watched

START = pd.Timestamp("2024-03-01")


def calendar(frame):
    return frame.assign(
        weekday=frame["timestamp"].dt.day_name(),
        month=frame["timestamp"].dt.month_name(),
        hour=frame["timestamp"].dt.hour,
        batch=frame["timestamp"].dt.strftime("%Y%m%d"),
    )


def days_of(monitor, days):
    return [monitor.score((day, day + pd.Timedelta(days=1))) for day in days]


def figures(found, name):
    return np.array([float(getattr(each, name)) for each in found])


def counted(monitor):
    """Property → value → n, of properties whose values are no bins that the first build settled."""
    cube = monitor._state.cube
    axes = [axis for axis in cube.axes if axis.kind != "numeric"]
    counts = {axis.name: zip(axis.labels, cube.window().cells["n"][axis.cells].tolist(), strict=True) for axis in axes}
    return {name: {value: n for value, n in of.items() if n} for name, of in ((k, dict(v)) for k, v in counts.items())}


def test_days_that_are_appended_have_the_figures_of_one_build():
    evaluation = calendar(labelled(2000, "2024-01-01", 60, 0))
    first = calendar(stream(1200, str(START), 12, 1))
    days = [START + pd.Timedelta(days=12 + k) for k in range(6)]
    batches = [calendar(stream(100, str(day), 1, 10 + k)) for k, day in enumerate(days)]
    monitor, once = watched(evaluation, first), watched(evaluation, pd.concat([first, *batches]))
    for batch in batches:
        monitor.append(batch)
    assert set(monitor.left_out) >= {"weekday", "month", "hour", "batch"}
    pieces, whole = days_of(monitor, days), days_of(once, days)
    np.testing.assert_array_equal(figures(pieces, "n"), figures(whole, "n"))
    np.testing.assert_array_equal(figures(pieces, "estimable"), figures(whole, "estimable"))
    np.testing.assert_allclose(figures(pieces, "supported"), figures(whole, "supported"), atol=0.05)
    np.testing.assert_allclose(figures(pieces, "score"), figures(whole, "score"), atol=0.02)
    assert figures(pieces, "supported").min() == 1
    assert counted(monitor) == counted(once)


def test_a_new_version_is_compared_and_makes_nothing_unsupported():
    evaluation = labelled(1000, "2024-01-01", 60, 0).assign(model="v1")
    production = stream(1000, str(START), 20, 1)
    late = production["timestamp"] >= START + pd.Timedelta(days=10)
    monitor = watched(evaluation, production.assign(model=np.where(late, "v2", "v1")))
    monitor.append(stream(100, str(START + pd.Timedelta(days=20)), 1, 2).assign(model="v3"))
    assert monitor.schema.version == "model"
    assert float(monitor.score().supported) == 1
    assert monitor.left_out["model"] == "says which version made a sample"
    assert {"v2", "v3"} <= set(monitor.new_values()["value"])
    assert monitor.score(where={"model": "v3"}).n == 100


def test_columns_that_were_constant_are_found_when_they_change_as_they_are_at_once(tmp_path):
    constant = {"release": "1.10", "region": "eu", "retries": 3, "beta": False, "still": "same"}
    other = {"release": "1.2", "region": "us", "retries": 4, "beta": True, "still": "same"}
    evaluation = labelled(600, "2024-01-01", 60, 0).assign(**constant)
    first = stream(300, str(START), 12, 1).assign(**constant)
    later = stream(100, str(START + pd.Timedelta(days=12)), 1, 2).assign(**other)
    monitor, once = watched(evaluation, first), watched(evaluation, pd.concat([first, later]))
    assert not set(constant) & set(monitor.compare()["property"])
    monitor.append(later.head(50)).append(later.tail(50))
    assert {"release", "region", "retries", "beta"} <= set(monitor.compare()["property"])
    assert monitor.schema.left_out["still"] == once.schema.left_out["still"]
    found, wanted = (each.new_values().set_index(["property", "value"])["n"].to_dict() for each in (monitor, once))
    assert found == wanted
    assert found[("region", "us")] == found[("release", "1.2")] == 100
    assert counted(monitor) == counted(once)
    for where in ({"region": "us"}, {"retries": 4}, {"beta": True}):
        assert monitor.score(where=where).n == once.score(where=where).n == 100
        assert monitor.benchmark(where).n == 0
    assert float(monitor.score().supported) == float(once.score().supported) == 0.75
    loaded = Monitor.load(monitor.save(tmp_path / "saved"))
    assert loaded.score(where={"region": "us"}) == monitor.score(where={"region": "us"})


@pytest.mark.slow
def test_sixty_days_of_flights_are_estimable_on_the_same_days_as_built_at_once():
    evaluation, production = datasets.flights()
    start, one = pd.Timestamp("2013-03-01"), pd.Timedelta(days=1)
    production = production[production["timestamp"] < start + 90 * one]
    day = (production["timestamp"] - start) // one
    production = production.groupby(day, group_keys=False).sample(130, random_state=0).sort_values("timestamp")
    day = (production["timestamp"] - start) // one
    monitor = watched(evaluation, production[day < 30])
    for each in range(30, 90):
        monitor.append(production[day == each])
    once = watched(evaluation, production)
    mine, its = (made.timeline("1D").tail(60) for made in (monitor, once))
    assert mine["n"].tolist() == its["n"].tolist()
    assert (mine["estimable"].to_numpy() == its["estimable"].to_numpy()).mean() >= 0.9
    assert np.abs(mine["score"].to_numpy() - its["score"].to_numpy()).max() <= 0.02
    opened = [{each["rule"] for each in made.alerts().open.to_dict("records")} for made in (monitor, once)]
    assert opened[0] <= opened[1]
