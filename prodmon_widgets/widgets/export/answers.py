"""What a page is given so that it goes on without a kernel: samples, segments and causes, answered beforehand.

All of it is bounded, whatever the number of rows. The browser reads it beside the views' own state.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.errors import MonitorError
from prodmon_widgets.widgets.views.causes import as_json, found_causes, shares_over_time
from prodmon_widgets.widgets.views.inspector import MOST_SAMPLES
from prodmon_widgets.widgets.views.presets import presets
from prodmon_widgets.widgets.views.search import Token
from prodmon_widgets.widgets.views.segments import ranked_of

if TYPE_CHECKING:
    from prodmon_widgets.widgets.dashboard import Dashboard

FOR_SEGMENTS = 2_000_000
"""Compressed bytes spent on segments that can be clicked without a kernel."""

MOST_SEGMENTS, MOST_NEW = 24, 8
MOST_STRETCHES = 20


def preset_windows(dashboard: Dashboard) -> dict[str, tuple[int, int]]:
    """The windows that the timeline's buttons choose, by name; waits for the onset."""
    dashboard.timeline.finish()
    cube, onset = dashboard.selection.cube, dashboard.timeline.head.history.get("onset")
    return presets(cube.meta, cube.payload, onset)


def windows_of(dashboard: Dashboard) -> list[tuple[int, int]]:
    """The window that is shown, and those that the timeline's buttons choose."""
    shown = dashboard.selection.window
    return list(dict.fromkeys([*([shown] if shown else []), *preset_windows(dashboard).values()]))


def findings_of(dashboard: Dashboard, explained: Sequence[str]) -> list[dict[str, Any]]:
    """The causes of each of these windows, as the causes view would get them from the kernel."""
    return [found for window in windows_of(dashboard) if (found := _finding(dashboard, window, explained)) is not None]


def _finding(dashboard: Dashboard, window: tuple[int, int], explained: Sequence[str]) -> dict[str, Any] | None:
    monitor, baseline = dashboard.monitor, dashboard.selection.baseline
    question = {"window": list(window), "baseline": baseline and list(baseline), "explained": list(explained)}
    try:
        found = found_causes(monitor, question, Token())
    except MonitorError:
        return None
    shares = [shares_over_time(monitor, where) for where in found.items["where"]]
    return {"question": question, **as_json(found), "shares": shares}


def segments_of(dashboard: Dashboard, findings: Sequence[Mapping[str, Any]]) -> dict[Segment, bytes]:
    """The cubes of the selected segment, of new values, of causes and of what ranks high, as far as there is room."""
    room, found = FOR_SEGMENTS, {}
    for segment in _wanted(dashboard, findings)[:MOST_SEGMENTS]:
        payload = dashboard.monitor.segment_wire(segment.where)
        room -= len(gzip.compress(payload, 1))
        if room < 0:
            break
        found[segment] = payload
    return found


def _wanted(dashboard: Dashboard, findings: Sequence[Mapping[str, Any]]) -> list[Segment]:
    monitor, selection = dashboard.monitor, dashboard.selection
    first = [selection.conditions] if selection.conditions else []
    new = monitor.new_values().head(MOST_NEW)
    first += [Segment({str(of): value}).to_json() for of, value in zip(new["property"], new["value"], strict=True)]
    first += [item["conditions"] for finding in findings for item in finding["drop"]["items"] if item["conditions"]]
    high = map(Segment, ranked_of(selection)["where"].head(MOST_SEGMENTS))
    return list(dict.fromkeys([*map(Segment.from_json, first), *high]))


def samples_of(dashboard: Dashboard, segments: Sequence[Segment], n: int) -> dict[str, Any]:
    """At most ``n`` samples, worst first: from the selection, every stretch of time, and every segment.

    Each row names the ``segments`` that it belongs to, so that the page can filter without a kernel.
    """
    n = min(n, MOST_SAMPLES)
    if n <= 0:
        return {}
    inspector, selection = dashboard.samples, dashboard.selection
    window = selection.window and list(selection.window)
    shown: dict[str, Any] = {"window": window, "conditions": selection.conditions}
    stretches = _stretches(selection.cube.meta["time"])
    asked: list[dict[str, Any]] = [shown, *({"window": list(each), "conditions": []} for each in stretches)]
    asked += [{"window": None, "conditions": each.to_json()} for each in segments]
    each = max(1, n // len(asked))
    pages = [inspector.page_of({**query, "order": "worst", "n": each}) for query in asked]
    chosen = {row["row"]: row for page in pages for row in page["rows"]}
    rows = sorted(list(chosen.values())[:n], key=lambda row: 2.0 if row["score"] is None else row["score"])
    numbers = [row["row"] for row in rows]
    members = {str(segment): dashboard.monitor.belongs(numbers, segment.where) for segment in segments}
    rows = [
        {**row, "segments": [text for text, inside in members.items() if inside[at]]} for at, row in enumerate(rows)
    ]
    return {**pages[0], "rows": rows}


def _stretches(time: Mapping[str, Any]) -> list[tuple[int, int]]:
    start, end = time["start"], time["start"] + time["step"] * time["count"]
    length = -(-(end - start) // (MOST_STRETCHES * time["step"])) * time["step"]
    return [(at, min(at + length, end)) for at in range(start, end, length)]
