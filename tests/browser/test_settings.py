"""Settings of the JupyterLab extension change what shows: a new notebook's window, and the colours of open views."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import prodmon_widgets as pm
from tests.browser.jupyter import Server
from tests.browser.notebooks import expect_window, view

pytestmark = pytest.mark.browser

SETTINGS = {"prodmon-widgets/plugin.jupyterlab-settings": json.dumps({"defaultWindow": "last 7 days", "sampleCap": 7})}
DIALOG = ".prodmon-Dialog"
LAST_WEEK = (1690243200000, 1690848000000)
COLOUR = "part => getComputedStyle(part).stroke"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data")
    for name, frame in zip(("evaluation", "production"), pm.datasets.movies(n=5000), strict=True):
        frame.to_parquet(path / f"{name}.parquet")
    return path


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Iterator[Page]:
    """A notebook that the dialog made of two files, run to its end."""
    context = browser.new_context(viewport={"width": 1500, "height": 1100})
    page = context.new_page()
    page.goto(server.lab())
    page.locator('.jp-LauncherCard[data-category="Production Monitor"]').click()
    for side in ("evaluation", "production"):
        page.fill(f"{DIALOG} input[name={side}]", f"{side}.parquet")
        page.press(f"{DIALOG} input[name={side}]", "Tab")
    page.locator(f"{DIALOG} [data-schema-column=language]").wait_for()
    page.click(f"{DIALOG} .jp-mod-accept")
    page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator(".lm-Menu-item", has_text="Run All Cells").first.click()
    view(page, "samples").locator("[data-sample]").first.wait_for(timeout=120_000)
    yield page
    context.close()


def test_a_new_notebook_starts_with_the_window_of_the_settings(page: Page) -> None:
    expect_window(page, LAST_WEEK)


def test_the_palette_changes_the_colours_of_open_views_at_once(page: Page) -> None:
    outline = view(page, "comparison").locator(".pm-pair-window").first
    before = outline.evaluate(COLOUR)
    page.locator(".lm-MenuBar-item", has_text="Settings").click()
    page.locator(".lm-Menu-item", has_text="Settings Editor").first.click()
    page.locator(".jp-PluginList-entry", has_text="Production Monitor").click()
    choice = page.locator(".jp-SettingsForm select[id$=palette]:visible")
    choice.select_option(label="high contrast")
    page.locator('body[data-prodmon-palette="high contrast"]').wait_for(state="attached")
    page.locator(".lm-TabBar-tab", has_text="Settings").locator(".lm-TabBar-tabCloseIcon").click()
    expect(outline).to_be_visible()
    assert outline.evaluate(COLOUR) != before
    assert outline.evaluate(COLOUR) == "rgb(0, 63, 102)"
