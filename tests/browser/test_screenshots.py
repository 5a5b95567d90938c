"""Golden screenshots of the film story; ``make screenshots`` writes them anew, and the README's picture with them.

Fonts and rasters differ between machines, so a picture is only compared where the browser is the one that made it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.jupyter import Server
from tests.browser.notebooks import expect_window, run, run_first, theme, view

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMAGES = Path(__file__).parents[2] / "docs" / "images"
REFRESH = os.environ.get("PRODMON_REFRESH_SCREENSHOTS") == "1"
MOST_DIFFERENT = 0.03
"""Share of pixels that may differ visibly: a text that moved by a line, not a view that is gone."""

CELL = """
import prodmon_widgets as pm
evaluation, production = pm.datasets.movies()
monitor = pm.Monitor(evaluation, production, text=False, progress=False)
dashboard = pm.Dashboard(monitor)
dashboard.selection.window = ("2023-07-22", "2023-08-01")
dashboard
"""
LATE_JULY = (1689984000000, 1690848000000)
WIDTHS = {"light": 1400, "dark": 1400, "narrow": 700, "wide": 1600}
BESIDE = 160
"""What Lab itself needs beside an output, in simple mode with its side bars closed."""
# a click may have scrolled a box, and bqplot follows a new size in its own time; 112 pixels lie beside a plot
AT_REST = """() => {
  const dashboard = document.querySelector(".prodmon-dashboard");
  document.activeElement?.blur();
  for (const box of dashboard.querySelectorAll("*")) {
    if (box.scrollTop > 0 || box.scrollLeft > 0) box.scrollTo({left: 0, top: 0, behavior: "instant"});
  }
  const charts = [...dashboard.querySelectorAll(".bqplot")];
  const drawn = charts.every((chart) =>
    Math.abs(chart.clientWidth - 112 - chart.querySelector(".plotarea_background").getAttribute("width")) < 1);
  const now = dashboard.clientWidth + dashboard.innerHTML;
  const same = window.prodmonBefore === now;
  window.prodmonBefore = now;
  return same && drawn && charts.length > 1 && document.fonts.status === "loaded";
}"""


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 3900})
    page = context.new_page()
    page.goto(server.lab("story.ipynb"))
    run_first(page)
    expect_window(page, LATE_JULY)
    # causes are searched and rules rehearsed beside the display
    view(page, "timeline").locator(".pm-alert").first.wait_for(timeout=60_000)
    view(page, "causes").locator("[data-segment]").first.wait_for(timeout=60_000)
    expect(view(page, "causes")).to_have_attribute("aria-busy", "false", timeout=60_000)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+b")
    yield page
    context.close()


def settled(page: Page, width: int) -> Locator:
    """The dashboard at this width: charts drawn in full, every box at its beginning, nothing pointed at or focused."""
    page.set_viewport_size({"width": width + BESIDE, "height": 3900})
    dashboard = page.locator(".prodmon-dashboard:visible")
    dashboard.scroll_into_view_if_needed()
    page.mouse.move(2, 2)
    page.wait_for_function(AT_REST, polling=400)
    return dashboard


def hold(shot: bytes, name: str, browser: Browser) -> None:
    """Write the picture, or compare it with the one that is there."""
    made_by = IMAGES / "browser.json"
    if REFRESH:
        IMAGES.mkdir(parents=True, exist_ok=True)
        # a palette of 256 colours: a quarter of the bytes, and no eye tells it
        Image.open(BytesIO(shot)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
            IMAGES / f"{name}.png", optimize=True
        )
        made_by.write_text(json.dumps({"chromium": browser.version}) + "\n")
        return
    if json.loads(made_by.read_text())["chromium"] != browser.version:
        pytest.skip("the golden screenshots were made by another Chromium")
    differs = difference(shot, (IMAGES / f"{name}.png").read_bytes())
    if differs >= MOST_DIFFERENT:
        seen = Path(tempfile.mkdtemp()) / f"{name}.png"
        seen.write_bytes(shot)
        pytest.fail(f"{differs:.1%} of the pixels of {name}.png differ; seen was {seen}")


def difference(shot: bytes, golden: bytes) -> float:
    """The share of pixels that differ visibly; 1 where the sizes are far apart."""
    ours, theirs = (np.asarray(Image.open(BytesIO(each)).convert("L"), dtype=float) for each in (shot, golden))
    if abs(ours.shape[0] - theirs.shape[0]) > 40 or ours.shape[1] != theirs.shape[1]:
        return 1.0
    height = min(len(ours), len(theirs))
    return float((np.abs(ours[:height] - theirs[:height]) > 40).mean())


@pytest.mark.parametrize("name", ["light", "wide", "narrow"])
def test_a_screenshot_in_light_colours(page: Page, browser: Browser, name: str) -> None:
    theme(page, "Light")
    hold(settled(page, WIDTHS[name]).screenshot(), f"dashboard-{name}", browser)


WIDER = """dashboard => [...dashboard.querySelectorAll(".pm-scroll, .pm-samples")]
  .filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.getAttribute("aria-label"))"""
DATES = """dashboard => [...dashboard.querySelectorAll(".axis[text-anchor=middle]")]
  .map((axis) => [...axis.querySelectorAll("text")].filter((each) => each.checkVisibility()))
  .map((texts) => texts.map((each) => each.getBoundingClientRect()))"""


@pytest.mark.parametrize("width", [700, 1000])
def test_a_narrow_page_shows_whole_tables_and_dates_that_do_not_touch(page: Page, width: int) -> None:
    dashboard = settled(page, width)
    assert dashboard.evaluate(WIDER) == []
    charts = dashboard.evaluate(DATES)
    assert len(charts) == 2
    for dates in charts:
        assert len(dates) > 4
        assert all(left["right"] + 4 < right["left"] for left, right in pairwise(dates))


def test_a_screenshot_in_dark_colours(page: Page, browser: Browser) -> None:
    theme(page, "Dark")
    hold(settled(page, WIDTHS["dark"]).screenshot(), "dashboard-dark", browser)
    theme(page, "Light")


def test_a_screenshot_of_an_opened_property(page: Page, browser: Browser) -> None:
    row = view(page, "comparison").locator('[data-property="n_predictions"]')
    row.get_by_role("button").click()
    settled(page, WIDTHS["light"])
    shot = view(page, "comparison").screenshot()
    row.get_by_role("button").click()
    hold(shot, "property-opened", browser)


def test_a_screenshot_of_the_exported_page(page: Page, folder: Path, browser: Browser) -> None:
    run(page, "dashboard.to_html('story.html', samples=50); print('written')").get_by_text("written").wait_for()
    context = browser.new_context(viewport={"width": 1400, "height": 3900}, offline=True)
    exported = context.new_page()
    exported.goto((folder / "story.html").as_uri())
    expect_window(exported, LATE_JULY)
    shot = settled(exported, WIDTHS["light"]).screenshot()
    context.close()
    hold(shot, "dashboard-export", browser)
