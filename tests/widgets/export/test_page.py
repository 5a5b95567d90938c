"""The exported page as a file: bounded, inert, redacted; the browser tests see it alive."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import prodmon_widgets as pm
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import InputError
from prodmon_widgets.widgets.dashboard import Dashboard
from prodmon_widgets.widgets.export.page import LARGEST

SECRET = ["input", "language", "user_interaction_id"]
JULY = ("2023-07-22", "2023-08-01")
JULY_MS = [1_689_984_000_000, 1_690_848_000_000]


@pytest.fixture(scope="module")
def monitor() -> Monitor:
    """The film story, with three columns whose values can't be mistaken for anything else."""
    sides = [frame.assign(**{name: "zq" + frame[name] for name in SECRET}) for frame in pm.datasets.movies(n=5000)]
    return Monitor(*sides, text=False, progress=False).wait()


@pytest.fixture(scope="module")
def dashboard(monitor: Monitor) -> Iterator[Dashboard]:
    made = Dashboard(monitor)
    made.selection.window = JULY
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(dashboard: Dashboard) -> str:
    return str(dashboard.to_html(samples=120))


@pytest.fixture(scope="module")
def redacted(dashboard: Dashboard) -> str:
    return str(dashboard.to_html(samples=120, redact=SECRET))


def blocks(page: str) -> dict[str, bytes]:
    """What lies compressed in a page, by name."""
    found = re.findall(r'<script type="text/plain" id="([^"]+)">([^<]*)</script>', page)
    return {name: gzip.decompress(base64.b64decode(packed)) for name, packed in found}


def views(page: str) -> dict[str, dict[str, Any]]:
    """The state of each model by its bundle's place in the page: the last part of its class name in Python."""
    described = json.loads(blocks(page)["state"])["manager"]["state"]
    return {each["state"].get("_anywidget_id", "").rsplit(".", 1)[-1]: each["state"] for each in described.values()}


def everything(page: str) -> str:
    """All text that a page carries, unpacked, its libraries left out."""
    known = {name: data for name, data in blocks(page).items() if name == "state"}
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL) + known["state"].decode()


def test_the_causes_of_the_saved_window_come_along_and_those_of_the_buttons(page: str, monitor: Monitor) -> None:
    findings = views(page)["CausesView"]["findings"]
    assert findings[0]["question"]["window"] == JULY_MS
    onset = views(page)["TimelineHead"]["history"]["onset"]
    bins = monitor.time_bins
    end = bins.start + bins.step * bins.count
    assert [each["question"]["window"] for each in findings[2:]] == [[end - 7 * 86_400_000, end], [onset["at"], end]]
    since = monitor.causes((pd.Timestamp(onset["at"], unit="ms"), pd.Timestamp(end, unit="ms")))
    assert [item["text"] for item in findings[3]["drop"]["items"]] == since.items["segment"].tolist()
    items = [item["text"] for item in findings[0]["drop"]["items"]]
    assert items == monitor.causes(JULY).items["segment"].tolist()


def test_the_worst_week_is_the_worst_of_all_weeks(page: str, monitor: Monitor) -> None:
    start, end = views(page)["CausesView"]["findings"][1]["question"]["window"]
    bins = monitor.time_bins
    week = 7 * 86_400_000
    starts = range(bins.start, bins.start + bins.step * bins.count - week + 1, bins.step)
    weeks = {at: (pd.Timestamp(at, unit="ms"), pd.Timestamp(at + week, unit="ms")) for at in starts}
    scores = {at: monitor.score(window).score for at, window in weeks.items()}
    assert end - start == week
    assert scores[start] == pytest.approx(min(scores.values()))


def test_samples_are_bounded_in_order_and_know_their_segments(page: str) -> None:
    rows = views(page)["SampleInspector"]["page"]["rows"]
    assert 60 < len(rows) <= 120
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    mystery = [row for row in rows if "prediction = Mystery" in row["segments"]]
    assert mystery
    assert all(("Mystery" in row["cells"]["prediction"]) == (row in mystery) for row in rows)


@pytest.mark.slow
def test_no_samples_where_none_are_wanted(dashboard: Dashboard, monitor: Monitor) -> None:
    page = str(dashboard.to_html(samples=0))
    assert views(page)["SampleInspector"]["page"] == {}
    assert not [text for text in monitor.samples(n=500)["input"] if text[:60] in everything(page)]


def test_redacted_columns_are_nowhere_in_the_page(page: str, redacted: str) -> None:
    assert "zq" in everything(page)
    assert re.findall("zq.{20}", everything(redacted)) == []
    assert "(redacted" in everything(redacted)


def test_a_redacted_property_keeps_its_figures_under_numbers(redacted: str, page: str) -> None:
    (plain, hidden) = (views(each) for each in (page, redacted))
    (language,) = [each for each in hidden["CubeModel"]["meta"]["properties"] if each["name"] == "language"]
    assert language["labels"][2:4] == ["(redacted 1)", "(redacted 2)"]
    found = [each["CausesView"]["findings"][0]["drop"] for each in (plain, hidden)]
    assert found[0]["total"] == found[1]["total"]
    assert "language = zqit" in [item["text"] for item in found[0]["items"]]
    assert any(item["text"].startswith("language = (redacted") for item in found[1]["items"])


def test_a_column_to_redact_that_is_not_there_is_an_error(dashboard: Dashboard) -> None:
    with pytest.raises(InputError, match="'inptu' does not exist; did you mean 'input'"):
        dashboard.to_html(redact=["inptu"])


@pytest.mark.slow
def test_what_data_says_is_never_a_place_of_the_page_or_the_end_of_a_script() -> None:
    evaluation, production = pm.datasets.movies(n=5000)
    hostile = "{{blocks}}</script><script>window.pwned=1</script><!--"
    production["device"] = np.where(production["device"] == "tv", hostile, production["device"])
    shown = Dashboard(Monitor(evaluation, production, text=False, progress=False))
    page = str(shown.to_html(samples=10))
    shown.close()
    assert len(re.findall('id="state"', page)) == 1
    assert "<script>window.pwned" not in page
    assert "window.pwned=1" in blocks(page)["state"].decode()


@pytest.mark.slow
def test_a_page_hardly_grows_with_the_number_of_rows() -> None:
    sizes = [len(_page(n, columns=6).encode()) for n in (10_000, 200_000)]
    assert max(sizes) < LARGEST
    assert sizes[1] - sizes[0] < 1_000_000


@pytest.mark.slow
def test_long_cells_in_many_columns_cost_samples_and_not_the_budget() -> None:
    page = _page(3000, columns=3, texts=400)
    assert len(page.encode()) < LARGEST
    assert 0 < len(views(page)["SampleInspector"]["page"]["rows"]) < 1000


def _page(n: int, columns: int, texts: int = 0) -> str:
    random = np.random.default_rng(3)
    sides = []
    for rows in (2000, n):
        frame = pd.DataFrame({f"p{at}": random.normal(size=rows).round(2) for at in range(columns)})
        frame["timestamp"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.linspace(0, 100, rows), unit="D")
        frame["prediction"] = random.choice(["a", "b", "c"], rows)
        if texts:
            cells = random.integers(32, 127, (rows, 240), dtype=np.uint8).astype("uint8").view("S240").ravel()
            frame = frame.assign(**{f"t{at}": np.roll(cells.astype(str), at * 7) for at in range(texts)})
        sides.append(frame)
    sides[0]["annotation"] = np.where(random.random(2000) < 0.8, "Good", "Bad")
    dashboard = Dashboard(Monitor(*sides, text=False, progress=False))
    page = str(dashboard.to_html(samples=1000))
    dashboard.close()
    return page


def test_a_page_can_be_written_right_after_the_monitor_was_made_while_text_is_still_read() -> None:
    sides = pm.datasets.movies(n=1000)
    page = everything(str(Dashboard(Monitor(*sides, progress=False)).to_html(samples=3)))
    texts = {text for text in sides[1]["input"] if text in page}
    assert 0 < len(texts) <= 3
