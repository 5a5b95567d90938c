"""What history says beside the score: stretches in which rules fired, and the onset of the decline."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import prodmon_widgets as pm
from prodmon_widgets.widgets.views.history import history_of, onset_of, stretches

DAY = 86_400_000
FIRST_OF_MAY = 1_682_899_200_000


@pytest.fixture(scope="module")
def monitor() -> pm.Monitor:
    evaluation, production = pm.datasets.movies(n=5000)
    return pm.Monitor(evaluation, production, text=False, progress=False)


def history(*fired: bool) -> pd.DataFrame:
    start = pd.Timestamp("2023-05-01") + pd.to_timedelta(range(len(fired)), unit="D")
    return pd.DataFrame({"start": start, "end": start + pd.Timedelta("1D"), "fired": fired})


@pytest.mark.parametrize(
    ("fired", "days"),
    [
        ((), []),
        ((False, False), []),
        ((True, True), [(0, 2)]),
        ((True, False, True, True, False), [(0, 1), (2, 4)]),
    ],
)
def test_periods_that_fired_one_after_the_other_are_one_stretch(
    fired: tuple[bool, ...], days: list[tuple[int, int]]
) -> None:
    expected = [(FIRST_OF_MAY + low * DAY, FIRST_OF_MAY + high * DAY) for low, high in days]
    assert stretches(history(*fired)) == expected


def test_the_storys_decline_has_an_onset_and_an_open_alert(monitor: pm.Monitor) -> None:
    found = history_of(monitor)
    json.dumps(found, allow_nan=False)
    onset = found["onset"]
    assert FIRST_OF_MAY < onset["low"] <= onset["at"] <= onset["high"] < FIRST_OF_MAY + 92 * DAY
    assert onset["after"] < onset["before"]
    assert [alert["open"] for alert in found["alerts"]] == [True] * 4, "the decline goes on to the last day"
    low, new, drifts, falls = sorted(found["alerts"], key=lambda alert: alert["rule"])
    assert new["rule"].startswith("a new value")
    assert new["fired"][-1][1] == FIRST_OF_MAY + 92 * DAY
    assert {each["value"] for each in found["alerts"]} == set(monitor.alerts().open["value"])
    assert falls["rule"].startswith("quality falls")
    assert drifts["rule"].startswith("a property drifts")
    assert low["rule"].startswith("a low week")
    fired = monitor.alerts().rules.set_index("rule").loc[falls["rule"], "fired"]
    assert sum((end - start) / DAY for start, end in falls["fired"]) == fired


def test_a_rise_is_no_onset_of_a_decline() -> None:
    frame = history(*[False] * 30).assign(n=500, score=[0.6] * 15 + [0.8] * 15)
    assert onset_of(frame) is None
    assert onset_of(frame.assign(score=frame["score"][::-1].to_numpy())) is not None


def test_the_timeline_says_it_without_being_waited_for(monitor: pm.Monitor) -> None:
    timeline = pm.PerformanceTimeline(monitor)
    timeline.finish()
    assert timeline.head.history == history_of(monitor)
    timeline.selection.where = {"prediction": "Mystery"}
    timeline.finish()
    assert timeline.head.history == history_of(monitor, {"prediction": "Mystery"})
    timeline.close()
    timeline.close()


def test_closing_a_timeline_takes_all_of_its_charts_out_of_the_kernel(monitor: pm.Monitor) -> None:
    timeline = pm.PerformanceTimeline(monitor)
    parts = [*timeline.charts.parts.values(), timeline.charts.quality_figure, timeline.charts.volume_figure]
    assert all(part.comm is not None for part in parts)
    timeline.close()
    assert all(part.comm is None for part in parts)
