"""Closing a view takes everything along that came with it, and nothing of its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ipywidgets.widgets.widget import _instances

import prodmon_widgets as pm
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from prodmon_widgets.widgets.views.causes import CausesView

KINDS = [pm.Dashboard, pm.PerformanceTimeline, pm.ComparisonTable, pm.SegmentTable, pm.NewValues, pm.SampleInspector]


@pytest.fixture(scope="module")
def monitor() -> Monitor:
    return Monitor(*pm.datasets.movies(n=5000), text=False, progress=False)


@pytest.fixture(autouse=True)
def nothing_else(monitor: Monitor) -> Iterator[None]:
    before, listeners = set(_instances), len(monitor._ready._listeners)
    yield
    assert [type(_instances[name]).__name__ for name in set(_instances) - before] == []
    assert len(monitor._ready._listeners) == listeners


@pytest.mark.parametrize("kind", [*KINDS, CausesView])
def test_a_closed_view_leaves_no_widget_and_no_listener(kind: Callable[[Monitor], Any], monitor: Monitor) -> None:
    view = kind(monitor)
    assert len(_instances) > 2
    view.close()
    view.close()


def test_a_closed_neighbour_leaves_the_dashboard_alone(monitor: Monitor) -> None:
    dashboard = pm.Dashboard(monitor)
    before = set(_instances)
    for kind in (pm.PerformanceTimeline, pm.SampleInspector):
        kind(monitor, dashboard.selection).close()
    assert set(_instances) == before
    dashboard.selection.window = ("2023-07-22", "2023-08-01")
    assert dashboard.timeline.charts.brush.comm is not None
    dashboard.close()


def test_a_view_that_could_not_be_made_goes_quietly() -> None:
    with pytest.raises(InputError, match="needs a Monitor"):
        pm.ComparisonTable("monitor")
