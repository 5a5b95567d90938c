"""Every public object says what it is in one line."""

import pytest

import prodmon_widgets as pm


@pytest.fixture(scope="module")
def dashboard() -> pm.Dashboard:
    monitor = pm.Monitor(*pm.datasets.movies(n=5_000), text=False, progress=False)
    return pm.Dashboard(monitor)


def test_what_is_shown_is_said_in_one_line(dashboard):
    dashboard.selection.window = ("2023-07-22", "2023-08-01")
    dashboard.selection.where = {"prediction": "Mystery"}
    assert repr(dashboard) == "Dashboard(window 2023-07-22 to 2023-08-01, prediction = Mystery)"
    assert repr(dashboard.timeline).startswith("PerformanceTimeline(window 2023-07-22")
    assert repr(dashboard.comparison).startswith("ComparisonTable(window 2023-07-22")
    assert repr(dashboard.selection) == "Selection(window 2023-07-22 to 2023-08-01, prediction = Mystery)"


def test_nothing_selected_and_a_baseline_are_said_too(dashboard):
    dashboard.selection.clear()
    assert repr(dashboard) == "Dashboard(window all)"
    dashboard.selection.baseline = ("2023-05-01", "2023-05-08")
    assert repr(dashboard.selection) == "Selection(window all, baseline 2023-05-01 to 2023-05-08)"
    dashboard.selection.baseline = None


@pytest.mark.parametrize("name", [name for name in pm.__all__ if name != "datasets"])
def test_the_public_names_are_documented(name):
    assert getattr(pm, name).__doc__


def test_the_monitor_and_its_answers_are_one_line(dashboard):
    monitor = dashboard.monitor
    answers = (monitor, monitor.schema, monitor.evaluation_score, monitor.causes(("2023-07-22", "2023-08-01")))
    for each in answers:
        assert "\n" not in repr(each)
        assert type(each).__name__ in repr(each)


def test_a_closed_view_says_so(dashboard):
    table = pm.ComparisonTable(dashboard.monitor)
    table.close()
    assert repr(table) == "ComparisonTable(closed)"
