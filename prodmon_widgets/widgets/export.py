"""One self-contained HTML file of a dashboard: its views, their libraries and their state, without kernel or network.

Libraries and state lie in the file compressed, and the page unpacks them itself. Before it has, and where it may not
run scripts, it shows the facts as plain tables.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from ipywidgets.embed import dependency_state, embed_data
from jupyter_core.paths import jupyter_path

from prodmon_widgets.engine.segments import Segment
from prodmon_widgets.errors import BackendError, InputError
from prodmon_widgets.widgets.segments import ranked, snapped_bins
from prodmon_widgets.widgets.view import STATIC, static_html

if TYPE_CHECKING:
    from prodmon_widgets.widgets.dashboard import Dashboard

LARGEST = 10_000_000
"""Bytes that a file never exceeds, whatever the number of rows."""

FOR_SEGMENTS = 3_000_000
"""Bytes spent on segments that can be clicked without a kernel."""

MOST_SEGMENTS = 16
MOST_SAMPLES = 1000
REDACTED = "(redacted)"
AMD = ("bqscales", "bqplot", "anywidget")


def page_of(dashboard: Dashboard, samples: int, redact: Iterable[str]) -> str:
    """The dashboard as one HTML page with at most ``samples`` samples, the columns ``redact`` left out of them."""
    state = dependency_state([dashboard], drop_defaults=False)
    _put_samples(state, dashboard, samples, frozenset(redact))
    _put_segments(state, dashboard)
    embedded = embed_data([dashboard], drop_defaults=False, state=state)
    view = embedded["view_specs"][0]
    blocks = {**_libraries(), "state": json.dumps(embedded["manager_state"]), "view": json.dumps(view)}
    page = _filled(
        title=html.escape(f"Production monitor – {dashboard.monitor.schema.prediction or 'model'}"),
        facts=_facts(dashboard, redact=bool(redact)),
        note=html.escape(_note(dashboard, samples)),
        blocks="\n".join(_block(name, text) for name, text in blocks.items()),
        libraries=json.dumps(list(_libraries())),
    )
    if len(page.encode()) > LARGEST:
        message = f"the page would be {len(page.encode()) / 1e6:.1f} MB; ask for fewer samples than {samples}."
        raise InputError(message)
    return page


def _note(dashboard: Dashboard, samples: int) -> str:
    n = f"{dashboard.monitor.n_production:,}" if hasattr(dashboard.monitor, "n_production") else "all"
    written = pd.Timestamp.now("UTC").strftime("%Y-%m-%d %H:%M")
    return (
        f"Written by prodmon-widgets {version('prodmon-widgets')} on {written} UTC. Figures count {n} production "
        f"samples; at most {samples:,} of them came along. This page needs no kernel and no network."
    )


def _filled(**parts: str) -> str:
    page = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace("{{" + name + "}}", text)
    return page


def _block(name: str, text: str) -> str:
    """Text as an inert script: base64 has no character that could end it."""
    packed = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
    return f'<script type="text/plain" id="{name}">{packed}</script>'


def _facts(dashboard: Dashboard, *, redact: bool) -> str:
    """Plain tables; without those of samples where something is to be kept back."""
    return "" if redact else static_html(dashboard)


# --- libraries ---------------------------------------------------------------------------


def _libraries() -> dict[str, str]:
    """The scripts that draw widgets outside of a notebook, in the order in which they must run."""
    texts = {name: (STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ("require", "embed-amd")}
    return {**texts, **{name: _named(name, _nbextension(name)) for name in AMD}}


def _nbextension(name: str) -> str:
    """The script that a widget library's wheel installs."""
    for folder in jupyter_path("nbextensions"):
        path = Path(folder) / name / "index.js"
        if path.exists():
            return path.read_text(encoding="utf-8")
    message = f"the front end of {name} is not installed below {jupyter_path('nbextensions')}; reinstall {name}."
    raise BackendError(message)


def _named(name: str, script: str) -> str:
    """An anonymous AMD module under its name, so that several can stand in one page."""
    before, found, after = script.rpartition("define([")
    if not found:
        message = f"the front end of {name} is no AMD module; this version of {name} can't be exported."
        raise BackendError(message)
    return f'{before}define("{name}",[{after}'


# --- what only a kernel could answer later ---------------------------------------------------


def _put_samples(state: dict[str, Any], dashboard: Dashboard, n: int, redact: frozenset[str]) -> None:
    """A bounded spread of samples in place of the page that happened to be open."""
    own = state[dashboard.samples.model_id]["state"]
    own.update(query=None, asked=None, full=None, labels=[], patch=[])
    own["page"] = redacted(_spread(dashboard, min(n, MOST_SAMPLES)), redact)


def _spread(dashboard: Dashboard, n: int) -> dict[str, Any]:
    """The worst samples of the selection, and as many worst ones of equal stretches of time."""
    inspector, selection = dashboard.samples, dashboard.selection
    if n <= 0 or not dashboard.monitor.scored:
        return {}
    time = selection.cube.meta["time"]
    end = time["start"] + time["step"] * time["count"]
    stretches = [selection.window, *_stretches(time["start"], end, time["step"])]
    each = max(1, n // len(stretches))
    query = {"conditions": selection.conditions, "order": "worst", "n": each}
    pages = [inspector.page_of({**query, "window": window and list(window)}) for window in stretches]
    rows = {row["row"]: row for page in pages for row in page["rows"]}
    return {**pages[0], "rows": list(rows.values())[:n]}


def _stretches(start: int, end: int, step: int, most: int = 20) -> list[tuple[int, int]]:
    length = -(-(end - start) // (most * step)) * step
    return [(at, min(at + length, end)) for at in range(start, end, length)]


def redacted(page: Mapping[str, Any], columns: frozenset[str]) -> dict[str, Any]:
    """A page of samples without what these columns say.

    >>> redacted({"rows": [{"cells": {"name": "Ann", "age": "30"}, "cut": ["name"]}]}, frozenset(["name"]))
    {'rows': [{'cells': {'name': '(redacted)', 'age': '30'}, 'cut': []}]}
    """
    rows = [
        {
            **row,
            "cells": {name: REDACTED if name in columns else cell for name, cell in row["cells"].items()},
            "cut": [name for name in row["cut"] if name not in columns],
        }
        for row in page.get("rows", ())
    ]
    return {**page, "rows": rows} if rows else dict(page)


def _put_segments(state: dict[str, Any], dashboard: Dashboard) -> None:
    """The cubes of new classes and of the segments that carry most, as far as there is room."""
    cube = state[dashboard.selection.cube.model_id]
    room = FOR_SEGMENTS
    cube["state"]["segment_payloads"] = {}
    for segment in _wanted(dashboard):
        data = base64.b64encode(dashboard.monitor.segment_wire(segment.where)).decode()
        room -= len(gzip.compress(data.encode(), 6)) * 4 // 3
        if room < 0:
            return
        path = ["segment_payloads", str(segment)]
        cube.setdefault("buffers", []).append({"path": path, "encoding": "base64", "data": data})


def _wanted(dashboard: Dashboard) -> list[Segment]:
    """New values first, then the segments with the largest part of the drop."""
    monitor, selection = dashboard.monitor, dashboard.selection
    if not monitor.scored:
        return []
    meta = selection.cube.meta
    new = [Segment({row.property: row.value}) for row in monitor.new_values().head(MOST_SEGMENTS).itertuples()]
    texts = ranked(meta, selection.cube.payload, *snapped_bins(meta["time"], selection.window))["segment"]
    known = {str(segment): segment for segment in _segments_of_cells(meta["properties"])}
    top = [known[text] for text in texts.head(MOST_SEGMENTS) if text in known]
    return list({str(segment): segment for segment in [*new, *top]}.values())[:MOST_SEGMENTS]


def _segments_of_cells(properties: list[Mapping[str, Any]]) -> Iterable[Segment]:
    for each in properties:
        for code in range(each["size"]):
            where = cell_where(each, code)
            if where is not None:
                yield Segment(where)


def cell_where(described: Mapping[str, Any], code: int) -> dict[str, Any] | None:
    """What a cell of a property stands for, as a ``where``; None for the rare rest.

    >>> cell_where({"name": "n", "edges": [1.0, 2.0], "labels": [], "missing": 0, "other": None}, 3)
    {'n': (2.0, None)}
    """
    name, edges = described["name"], described["edges"]
    if code == described["missing"]:
        return {name: None}
    if edges is None:
        return None if code == described["other"] else {name: described["labels"][code]}
    low, high = [None, *edges][code - 1], [*edges, None][code - 1]
    return None if low is None and high is None else {name: (low, high)}
