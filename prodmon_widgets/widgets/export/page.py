"""One self-contained HTML file of a dashboard: its views, their libraries and their state, without kernel or network.

Libraries, state and cubes lie in the file compressed, and the page unpacks them itself. Before it has, and where it
may not run scripts, it shows the facts as plain tables.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from ipywidgets.embed import dependency_state

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.errors import InputError
from prodmon_widgets.widgets.base import tables, worded
from prodmon_widgets.widgets.export.answers import findings_of, samples_of, segments_of
from prodmon_widgets.widgets.export.libraries import libraries
from prodmon_widgets.widgets.export.redaction import Redaction
from prodmon_widgets.widgets.samples import SAID, columns_of
from prodmon_widgets.widgets.views.inspector import as_table

if TYPE_CHECKING:
    from prodmon_widgets.widgets.dashboard import Dashboard

LARGEST = 10_000_000
"""Bytes that a file never exceeds, whatever the number of rows."""

MESSAGES = ("error", "notice", "problem", "status")
"""Traits that say in words what went wrong, with the values."""

WITHOUT_SCRIPTS = "The same figures as tables; the linked views above them need JavaScript."


def page_of(dashboard: Dashboard, samples: int, redact: Iterable[str]) -> str:
    """The dashboard as one HTML page with at most ``samples`` samples, the columns ``redact`` left out of them.

    Where samples would make the page larger than LARGEST there are fewer of them, and the page says how many.
    """
    redaction = _redaction(dashboard, redact)
    findings = findings_of(dashboard, [] if redaction.in_figures else dashboard.causes.explained)
    segments = {
        segment: payload
        for segment, payload in segments_of(dashboard, findings).items()
        if not redaction.tells(segment.to_json())
    }
    state = dependency_state([dashboard], drop_defaults=False)
    _put_figures(state, dashboard, segments, redaction)
    _put_causes(state[dashboard.causes.model_id]["state"], findings, redaction)
    _forget(state, dashboard, redaction)
    buffers = _taken_out(state)
    fixed = "\n".join([*_library_blocks(), *(_block(f"buffer-{at}", data) for at, (_, _, data) in enumerate(buffers))])
    facts = worded({title: redaction.table(frame) for title, frame in dashboard.figures().items()})
    wanted = samples
    while True:
        page = samples_of(dashboard, list(segments), wanted)
        rows = _put_samples(state, dashboard, page, segments, redaction)
        filled = _filled(
            title=html.escape(f"Production monitor – {dashboard.monitor.schema.prediction or 'model'}"),
            facts=f"{tables({**facts, 'Samples': as_table(rows)} if rows else facts)}<p>{WITHOUT_SCRIPTS}</p>",
            note=html.escape(_note(dashboard, len(rows))),
            blocks=f"{fixed}\n{_block('state', _state(dashboard, state, buffers).encode())}",
            libraries=json.dumps(list(libraries())),
        )
        if len(filled.encode()) <= LARGEST:
            return filled
        if wanted == 0:
            raise InputError(f"the page would be {len(filled.encode()) / 1e6:.1f} MB without a sample; limit 10 MB.")
        wanted = min(wanted, len(page["rows"])) // 2


def _redaction(dashboard: Dashboard, redact: Iterable[str]) -> Redaction:
    monitor, schema = dashboard.monitor, dashboard.monitor.schema
    columns = columns_of(monitor.samples(None, n=0))
    # a column of the user's that is called like an estimate stands under another name beside it
    renamed = {f"given_{name}": name for name in SAID if f"given_{name}" in columns}
    asked = [redact] if isinstance(redact, str) else list(redact)
    redaction = Redaction(
        [*asked, *(given for given, name in renamed.items() if name in asked)],
        dashboard.selection.cube.meta,
        monitor.columns_of_properties(),
        key=schema.id,
        time=schema.timestamp,
        truth=[each for each in (schema.annotation, schema.label) if each],
        plain_reasons=monitor.plain_reasons,
    )
    redaction.check([*columns, *renamed.values()])
    return redaction


def _note(dashboard: Dashboard, samples: int) -> str:
    n = int(dashboard.monitor.score().n)
    written = pd.Timestamp.now("UTC").strftime("%Y-%m-%d %H:%M")
    return (
        f"Written by prodmon-widgets {version('prodmon-widgets')} on {written} UTC. Figures count all {n:,} production "
        f"samples; {samples:,} of them came along. This page needs no kernel and no network."
    )


def _filled(**parts: str) -> str:
    """The page with its places filled, in one pass: what a part says is never taken for a place."""
    page = (Path(__file__).parent / "page.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], page)


def _block(name: str, data: bytes) -> str:
    """Bytes as an inert script: base64 has no character that could end it."""
    packed = base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()
    return f'<script type="text/plain" id="{name}">{packed}</script>'


@cache
def _library_blocks() -> tuple[str, ...]:
    return tuple(_block(name, script.encode()) for name, script in libraries().items())


# --- the state of the views --------------------------------------------------------------------------------------


def _put_figures(
    state: dict[str, Any], dashboard: Dashboard, segments: Mapping[Segment, bytes], redaction: Redaction
) -> None:
    """The cube and those of segments, with redacted names."""
    selection = dashboard.selection
    cube = state[selection.cube.model_id]
    meta, payload = redaction.wire(selection.cube.payload)
    cube["state"].update(meta=meta, segment="", segment_payloads={})
    blocks: dict[tuple[str, ...], bytes] = {("payload",): payload}
    for segment, own in segments.items():
        blocks["segment_payloads", redaction.text(segment.to_json())] = redaction.wire(own)[1]
    cube["buffers"] = [
        {"path": list(path), "encoding": "base64", "data": base64.b64encode(block).decode()}
        for path, block in blocks.items()
    ]
    state[selection.model_id]["state"]["conditions"] = redaction.conditions(selection.conditions)


def _forget(state: dict[str, Any], dashboard: Dashboard, redaction: Redaction) -> None:
    """Leave out what is the writer's own: the way here; and where something is redacted, messages that may name it."""
    state[dashboard.trail.model_id]["state"]["steps"] = []
    if not redaction.columns:
        return
    for described in state.values():
        own = described["state"]
        own.update({name: "" for name in MESSAGES if isinstance(own.get(name), str)})


def _put_causes(state: dict[str, Any], findings: Sequence[Mapping[str, Any]], redaction: Redaction) -> None:
    """The causes of several windows in place of those of the last one."""
    explained = findings[0]["question"]["explained"] if findings else []
    known = [redaction.finding(each) for each in findings]
    state.update(question=None, finding={}, findings=known, explained=explained, notice="")


def _put_samples(
    state: dict[str, Any],
    dashboard: Dashboard,
    page: Mapping[str, Any],
    segments: Iterable[Segment],
    redaction: Redaction,
) -> list[dict[str, Any]]:
    """These samples in place of the page that happened to be open."""
    time = dashboard.selection.cube.meta["time"]
    texts = {str(segment): redaction.text(segment.to_json()) for segment in segments}
    rows = [
        {
            **redaction.sample(row),
            "time": redaction.moment(row["time"], time),
            "segments": [texts[each] for each in row["segments"]],
        }
        for row in page.get("rows", ())
    ]
    shown = {**page, "query": None, "rows": rows} if rows else {}
    own = state[dashboard.samples.model_id]["state"]
    own.update(query=None, asked=None, full=None, copying=None, copied=None, labels=[], patch=[], page=shown)
    return rows


def _taken_out(state: dict[str, Any]) -> list[tuple[str, list[str], bytes]]:
    """(model, path, bytes) of all binary state, which is kept beside the rest: its base64 would hardly compress."""
    return [
        (model, each["path"], base64.b64decode(each["data"]))
        for model, described in state.items()
        for each in described.pop("buffers", ())
    ]


def _state(dashboard: Dashboard, state: dict[str, Any], buffers: list[tuple[str, list[str], bytes]]) -> str:
    manager = {"version_major": 2, "version_minor": 0, "state": state}
    places = [[model, path, f"buffer-{at}"] for at, (model, path, _) in enumerate(buffers)]
    return json.dumps({"manager": manager, "buffers": places, "root": dashboard.model_id})
