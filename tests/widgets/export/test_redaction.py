"""What is redacted is nowhere in a page: secrets are planted in every place, the page is unpacked, they are hunted."""

from __future__ import annotations

import base64
import gzip
import json
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import pytest

import prodmon_widgets as pm
from prodmon_widgets.engine.cube.wire import from_wire
from prodmon_widgets.widgets.dashboard import Dashboard

PEOPLE = ["SECRETann", "SECRETbo", "SECRETcy"]
SALARIES = [111_222.5, 333_444.5, 555_666.5, 777_888.5]
TAGS = ["SECRETred", "SECRETblue"]
DAY = pd.Timestamp("2024-01-01")
REDACTED = ["person", "salary", "tags", "vip", "note", "id", "timestamp"]
CLOCK = "07:53:21"
"""The time of day of every sample, to which no time bin is cut."""


def side(seed: int, labelled: bool, n: int = 900) -> pd.DataFrame:
    """Rows in which every column but two holds secrets; production knows a person and a salary that are new."""
    random = np.random.default_rng(seed)
    people = random.choice(PEOPLE if labelled else [*PEOPLE, "SECRETnew"], n)
    tags = [list(random.choice(TAGS, random.integers(1, 3), replace=False)) for _ in range(n)]
    frame = pd.DataFrame(
        {
            "id": [f"SECRETid{seed}x{i}" for i in range(n)],
            "timestamp": DAY + pd.to_timedelta(np.sort(random.integers(0, 60, n)), unit="D") + pd.Timedelta(CLOCK),
            "person": people,
            "salary": random.choice(SALARIES if labelled else [*SALARIES, 999_111.5], n),
            "tags": tags,
            "vip": random.random(n) < 0.3,
            "note": [f"SECRETnote {i} of some length" for i in range(n)],
            "city": random.choice(["A", "B"], n),
            "prediction": random.choice(["x", "y"], n),
        }
    )
    bad = (frame["person"] == PEOPLE[0]) | (random.random(n) < (0.1 if labelled else 0.25))
    return frame.assign(annotation=np.where(bad, "Bad", "Good")) if labelled else frame


def initial(frame: pd.DataFrame) -> pd.Series:
    """A function of the user's that reads what is redacted."""
    return frame["person"].str.replace("SECRET", "INITIALof")


def looked_at(dashboard: Dashboard, where: dict[str, object]) -> None:
    """Everything that somebody may have done before: chosen, asked in full, copied, labelled, gone wrong."""
    monitor, inspector = dashboard.monitor, dashboard.samples
    dashboard.selection.window = (DAY + pd.Timedelta("20D"), DAY + pd.Timedelta("40D"))
    dashboard.selection.where = where
    query = {"window": None, "conditions": [], "order": "worst", "start": 0, "n": 20}
    inspector.query = query
    inspector.asked = {"at": 0, "row": int(monitor.samples(n=1).index[0]), "column": "note", "length": 99}
    inspector.copying = {"at": 1, "query": query, "columns": ["note", "person"]}
    drawn = monitor.to_label(20)["id"]
    inspector.labels = [{"id": each, "annotation": "bad", "reason": f"wrong for {PEOPLE[1]}"} for each in drawn]
    inspector.notice = dashboard.causes.notice = "no sample is in where {'person': 'SECRETann'}"
    dashboard.comparison.error = "InputError: 'SECRETbo'"
    dashboard.causes.explained = ["person = SECRETann"]
    step = {"window": None, "baseline": None, "conditions": dashboard.selection.conditions, "explained": []}
    dashboard.trail.steps = [*dashboard.trail.steps, {"kind": "filter", "looked": step}]


def unpacked(page: str) -> dict[str, bytes]:
    """All that a page holds, by place: its plain text, its packed blocks, and what is base64 inside these."""
    packed = re.findall(r'<script type="text/plain" id="([^"]+)">([^<]*)</script>', page)
    parts = {name: gzip.decompress(base64.b64decode(block)) for name, block in packed}
    plain = re.sub(r'<script type="text/plain".*?</script>', "", page, flags=re.DOTALL)
    quoted = (each for each in parts["state"].split(b'"') if len(each) > 400)
    inner = [each for each in quoted if re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", each)]
    known = {name: part for name, part in parts.items() if name == "state" or name.startswith("buffer")}
    return {"plain": plain.encode(), **known, **{f"inner-{i}": base64.b64decode(e) for i, e in enumerate(inner)}}


def hunted(page: str) -> dict[str, list[bytes]]:
    """Where in a page which secrets are, as text in several spellings and as bytes of numbers."""
    numbers = [*SALARIES, 999_111.5]
    spelled = [str(number) for number in numbers] + [f"{int(number):,}" for number in numbers]
    spelled += [str(int(number)) for number in numbers] + ["SECRET", "INITIALof", CLOCK]
    words = [text.encode() for text in spelled] + [json.dumps(text)[1:-1].encode() for text in spelled]
    raw = [np.float64(number).tobytes() for number in numbers]
    return {
        place: found
        for place, part in unpacked(page).items()
        if (found := [each for each in (*words, *raw) if each in part])
    }


@pytest.fixture(scope="module")
def monitor() -> pm.Monitor:
    return pm.Monitor(side(1, True), side(2, False), text=False, progress=False, properties=[initial])


LOOKED_AT = [
    {"person": "SECRETnew", "city": "A"},
    pytest.param({"salary": (300_000.0, None)}, marks=pytest.mark.slow),
    pytest.param({"tags": TAGS[0]}, marks=pytest.mark.slow),
]


@contextmanager
def dashboard_of(monitor: pm.Monitor, where: dict[str, object] | None = None) -> Iterator[Dashboard]:
    made = Dashboard(monitor)
    if where:
        looked_at(made, where)
    yield made
    made.close()


def state_of(page: str) -> dict[str, Any]:
    """The state of each of our models, by class."""
    described = json.loads(unpacked(page)["state"])["manager"]["state"]
    return {each["state"].get("_anywidget_id", "").rsplit(".", 1)[-1]: each["state"] for each in described.values()}


@pytest.mark.parametrize("where", LOOKED_AT)
def test_what_is_redacted_is_nowhere_in_the_page(monitor: pm.Monitor, where: dict[str, object]) -> None:
    said = pytest.warns(UserWarning, match="'initial' is redacted too: a function made it")
    with dashboard_of(monitor, where) as shown, said:
        page = str(shown.to_html(samples=40, redact=REDACTED))
    assert hunted(page) == {}


@pytest.mark.slow
def test_what_is_planted_is_found_without_redaction(monitor: pm.Monitor) -> None:
    with dashboard_of(monitor, {"person": "SECRETnew"}) as shown:
        shown.causes.explained = []
        assert {"plain", "state"} <= set(hunted(str(shown.to_html(samples=40))))


@pytest.mark.slow
def test_figures_by_bin_and_sums_of_a_redacted_number_are_gone_and_others_stay(monitor: pm.Monitor) -> None:
    with dashboard_of(monitor) as shown, warnings.catch_warnings(action="ignore"):
        plain, hidden = (str(shown.to_html(samples=0, redact=each)) for each in ([], ["salary"]))
    total = np.float64(side(1, True)["salary"].sum()).tobytes()
    assert any(total in part for part in unpacked(plain).values())
    assert not any(total in part for part in unpacked(hidden).values())
    before, after = (state_of(page)["CubeModel"]["meta"] for page in (plain, hidden))
    assert "salary" not in [each["name"] for each in after["properties"]]
    cubes = [cube_of(page) for page in (plain, hidden)]
    for name in ("city", "prediction", "vip"):
        counts = [cells_of(meta, cube, name) for meta, cube in zip((before, after), cubes, strict=True)]
        assert np.array_equal(*counts)
    assert np.array_equal(cubes[0]["totals.n"], cubes[1]["totals.n"])


@pytest.mark.slow
def test_a_property_of_a_function_is_redacted_when_it_is_named_and_then_nobody_is_warned(monitor: pm.Monitor) -> None:
    with dashboard_of(monitor) as shown:
        page = str(shown.to_html(samples=10, redact=["person", "initial"]))
    assert not any(b"INITIALof" in part for part in unpacked(page).values())


@pytest.mark.slow
def test_a_number_that_was_computed_from_a_redacted_column_goes_with_it(monitor: pm.Monitor) -> None:
    with dashboard_of(monitor) as shown, warnings.catch_warnings(action="ignore"):
        page = str(shown.to_html(samples=10, redact=["tags", "prediction"]))
    names = [each["name"] for each in state_of(page)["CubeModel"]["meta"]["properties"]]
    assert not {"n_tags", "n_predictions"} & set(names)
    assert "salary" in names


@pytest.mark.slow
def test_what_people_said_in_a_redacted_column_is_not_told() -> None:
    production = side(2, False).assign(annotation="Bad", annotation_reason="SECRETreason")
    monitor = pm.Monitor(side(1, True), production, text=False, progress=False)
    with dashboard_of(monitor) as shown, warnings.catch_warnings(action="ignore"):
        page = str(shown.to_html(samples=20, redact=["annotation", "annotation_reason"]))
    rows = state_of(page)["SampleInspector"]["page"]["rows"]
    assert {(row["annotation"], row["given"], row["cells"]["given_annotation"]) for row in rows} == {
        ("unknown", None, "(redacted)")
    }
    assert not any(b"SECRETreason" in part for part in unpacked(page).values())


def cube_of(page: str) -> dict[str, np.ndarray]:
    parts = unpacked(page)
    described = json.loads(parts["state"])
    meta = state_of(page)["CubeModel"]["meta"]
    (block,) = [block for _, path, block in described["buffers"] if path == ["payload"]]
    return from_wire(meta, parts[block])


def cells_of(meta: dict[str, Any], cube: dict[str, np.ndarray], name: str) -> np.ndarray:
    (described,) = [each for each in meta["properties"] if each["name"] == name]
    return cube["cells.n"][:, described["offset"] : described["offset"] + described["size"]]
