"""Kernels and servers that don't fit, restart, reconnect or are gone: every view recovers or says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.jupyter import Server, serve
from tests.browser.notebooks import STORY, drag, expect_window, run, run_first, shown_window, start_first, view, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAVE_STATE = {"@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings": json.dumps({"saveState": True})}
EVERYTHING = (1682899200000, 1690848000000)
FAKED = """
import pathlib, sys, tempfile
folder = pathlib.Path(tempfile.mkdtemp())
info = folder / "{name}-{version}.dist-info"
info.mkdir()
(info / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
sys.path.insert(0, str(folder))
"""
GL = {
    "name": "bqplot-gl",
    "version": "0.1.0",
    "jupyterlab": {"_build": {"load": "static/entry.js", "extension": "./x"}},
}
"""What a wheel leaves of a front end, without a front end that could be loaded."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has the front end of bqplot-gl, and that saves the state of widgets."""
    home = tmp_path_factory.mktemp("jupyter")
    extension = home / "data" / "labextensions" / "bqplot-gl"
    (extension / "static").mkdir(parents=True)
    (extension / "package.json").write_text(json.dumps(GL))
    (extension / "static" / "entry.js").write_text("")
    with serve(folder, home, settings=SAVE_STATE) as running:
        yield running


def choose(page: Page, menu: str, item: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=re.compile(item)).click()


def test_a_story_lives_through_a_second_view_a_reconnection_and_a_closed_kernel(
    server: Server, open_at: Open, folder: Path
) -> None:
    write(folder / "story.ipynb", STORY)
    page = open_at(server.lab("story.ipynb"))
    run_first(page)

    page.locator(".jp-OutputArea-promptOverlay").first.click(button="right", position={"x": 5, "y": 5})
    page.locator(".lm-Menu-item", has_text="Create New View for").click()
    second = page.locator(".jp-LinkedOutputView")
    second.locator("[data-view=samples] [data-sample]").first.wait_for(timeout=60_000)
    second.get_by_role("button", name="Worst week").click()
    start, end = (second.locator("[data-view=comparison]").get_attribute("data-window") or "").split(",")
    worst = (int(start), int(end))
    assert worst != EVERYTHING
    for both in page.locator("[data-view=comparison]:visible").all():
        expect(both).to_have_attribute("data-window", f"{worst[0]},{worst[1]}")
    page.locator(".lm-TabBar-tab", has_text="Output View").locator(".lm-TabBar-tabCloseIcon").click()
    expect(second).to_have_count(0)
    expect_window(page, worst)
    line = page.locator(".prodmon-timeline:visible .bqplot path.line").first
    drawn = line.get_attribute("d")
    assert drawn
    with page.expect_websocket():
        choose(page, "Kernel", "^Reconnect to Kernel")
    run(page, "1 + 1").get_by_text("2", exact=True).wait_for(timeout=30_000)
    expect(line).to_have_attribute("d", drawn)
    expect_window(page, worst)
    drag(page, 0.3, 0.6)
    window = shown_window(page)
    assert window not in (EVERYTHING, worst)
    expect_window(page, window)
    view(page, "new-values").get_by_role("button", name="Mystery").click()
    expect(view(page, "samples")).to_contain_text("only prediction = Mystery", timeout=30_000)
    expect(view(page, "samples")).to_have_attribute("aria-busy", "false", timeout=30_000)
    page.keyboard.press("Escape")
    expect(view(page, "samples")).not_to_contain_text("only prediction = Mystery", timeout=30_000)

    page.keyboard.press("Control+s")
    page.locator("#jp-main-statusbar").get_by_text("Saving completed").wait_for(timeout=30_000)
    assert "widgets" in nbformat.read(folder / "story.ipynb", as_version=4).metadata
    choose(page, "Kernel", "^Shut Down Kernel")
    expect(view(page, "segments").locator("[data-segment] button:enabled")).to_have_count(0, timeout=30_000)
    drag(page, 0.5, 0.9)
    assert shown_window(page) != window
    page.close()

    again = open_at(server.lab("story.ipynb"))
    view(again, "comparison").locator("[data-property]").first.wait_for(timeout=60_000)
    drag(again, 0.2, 0.4)
    assert shown_window(again) not in (EVERYTHING, window)


def test_bqplot_gl_is_warned_of_with_its_cure_in_the_kernel_and_in_jupyterlab(
    server: Server, open_at: Open, folder: Path
) -> None:
    write(folder / "gl.ipynb", FAKED.format(name="bqplot_gl", version="0.1.0") + STORY)
    page = open_at(server.lab("gl.ipynb"))
    notice = page.locator(".jp-Notification-Toast-Container, .Toastify__toast-container")
    expect(notice).to_contain_text("pip uninstall bqplot-gl", timeout=60_000)
    run_first(page)
    expect(page.locator(".prodmon-timeline").get_by_text("pip uninstall bqplot-gl")).to_be_visible()


def test_a_kernel_with_another_version_is_said_in_the_side_panel_with_the_cure(
    server: Server, open_at: Open, folder: Path
) -> None:
    write(folder / "older.ipynb", FAKED.format(name="prodmon_widgets", version="0.0.7") + "import prodmon_widgets")
    page = open_at(server.lab("older.ipynb"))
    page.locator('.lm-TabBar-tab[data-id="prodmon-monitors"]').click()
    start_first(page)
    said = page.locator(".prodmon-panel [role=status]")
    expect(said).to_contain_text("The kernel has prodmon-widgets 0.0.7, this page has", timeout=60_000)
    expect(said).to_contain_text("Install the same version")


def test_a_page_that_reads_another_format_of_cubes_says_so_in_every_view(
    server: Server, open_at: Open, folder: Path
) -> None:
    write(folder / "format.ipynb", "from prodmon_widgets.engine.cube import wire\nwire.VERSION = 99\n" + STORY)
    page = open_at(server.lab("format.ipynb"))
    start_first(page)
    for name in ("comparison", "segments", "new-values"):
        expect(view(page, name)).to_contain_text("sends format 99", timeout=90_000)
        expect(view(page, name)).to_contain_text("restart JupyterLab after an upgrade, and reload the page")


def test_front_end_code_of_another_version_shows_the_facts_and_the_cure(
    server: Server, open_at: Open, folder: Path
) -> None:
    newer = 'import anywidget\nanywidget.AnyWidget._model_module_version.default_value = "~99.0.0"\n'
    write(folder / "newer.ipynb", newer + STORY)
    page = open_at(server.lab("newer.ipynb"))
    start_first(page)
    cure = page.locator(".prodmon-cure:visible")
    expect(cure).to_contain_text("Install the same versions where both run, and reload the page", timeout=90_000)
    expect(page.locator(".prodmon-static:visible").get_by_role("heading", name="Properties")).to_be_visible()
    expect(page.locator(".jupyter-widgets-error-widget:visible")).to_have_count(0)
