"""Every other front end, and pages that come back: Notebook 7, Voilà, untrusted, saved, restarted, reopened."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import nbformat
import pytest
from ipywidgets.embed import dependency_state
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page, expect

import prodmon_widgets as pm
from tests.browser.conftest import Open
from tests.browser.jupyter import Server
from tests.browser.leaks import cycle, held, prepared
from tests.browser.notebooks import (
    KERNEL,
    STORY,
    drag,
    expect_window,
    press_run,
    run_first,
    shown_window,
    view,
    write,
)

pytestmark = pytest.mark.browser

EVERYTHING = (1682899200000, 1690848000000)
LATE_JULY = (1689984000000, 1690848000000)
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
NO_KERNEL = {"kernelspec": {"name": "gone", "display_name": "A kernel that is gone", "language": "python"}}


@pytest.fixture(scope="module")
def saved(folder: Path, server: Server) -> dict[str, object]:
    """The dashboard of late July as a notebook holds it: its output, and the state of its widgets."""
    monitor = pm.Monitor(*pm.datasets.movies(n=5000), text=False, progress=False).wait()
    dashboard = pm.Dashboard(monitor)
    dashboard.selection.window = ("2023-07-22", "2023-08-01")
    dashboard.samples.refresh()
    data, _ = dashboard._repr_mimebundle_()
    state = dependency_state([dashboard], drop_defaults=False)
    dashboard.close()
    return {"data": data, "state": {"version_major": 2, "version_minor": 0, "state": state}}


def notebook(folder: Path, name: str, data: object, **metadata: object) -> nbformat.NotebookNode:
    output = new_output("execute_result", data, execution_count=1)
    cell = new_code_cell("dashboard", outputs=[output], execution_count=1)
    made = new_notebook(cells=[cell], metadata={**KERNEL, **metadata})
    nbformat.write(made, folder / name)
    return made


def expect_linked(page: Page) -> None:
    """A drag with the mouse reaches every view."""
    view(page, "samples").locator("[data-sample]").first.wait_for(timeout=120_000)
    drag(page, 0.3, 0.6)
    window = shown_window(page)
    assert window != EVERYTHING
    expect_window(page, window)


def test_voila_shows_the_dashboard_and_a_drag_reaches_every_view(server: Server, open_at: Open) -> None:
    expect_linked(open_at(f"{server.url}/voila/render/story.ipynb?token={server.token}"))


def test_notebook_7_shows_the_dashboard_and_a_drag_reaches_every_view(server: Server, open_at: Open) -> None:
    page = open_at(f"{server.url}/notebooks/story.ipynb?token={server.token}")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=60_000)
    press_run(page)
    expect_linked(page)


def test_a_reopened_notebook_shows_its_last_state_and_a_restarted_kernel_says_so(
    server: Server, open_at: Open, folder: Path
) -> None:
    write(folder / "reopened.ipynb", STORY)
    page = open_at(server.lab("reopened.ipynb"))
    run_first(page)
    drag(page, 0.3, 0.6)
    window = shown_window(page)
    expect_window(page, window)
    page.keyboard.press("Control+s")
    page.locator("#jp-main-statusbar").get_by_text("Saving completed").wait_for(timeout=30_000)
    page.close()

    again = open_at(server.lab("reopened.ipynb"))
    view(again, "samples").locator("[data-sample]").first.wait_for(timeout=60_000)
    expect_window(again, window)

    again.get_by_role("menuitem", name="Kernel", exact=True).click()
    again.get_by_role("menuitem", name=re.compile("^Restart Kernel…")).click()
    again.locator(".jp-Dialog .jp-mod-accept").click()
    expect(view(again, "segments").locator("[data-segment] button:enabled")).to_have_count(0, timeout=30_000)
    drag(again, 0.5, 0.9)
    assert shown_window(again) != window
    run_first(again)
    expect_window(again, EVERYTHING)
    expect(view(again, "new-values").get_by_role("button", name="Mystery")).to_be_enabled()


def test_an_untrusted_notebook_shows_the_facts(
    server: Server, open_at: Open, folder: Path, saved: dict[str, object]
) -> None:
    notebook(folder, "untrusted.ipynb", saved["data"])
    page = open_at(server.lab("untrusted.ipynb"))
    facts = page.locator(".jp-OutputArea-output:visible")
    facts.get_by_role("heading", name="Estimated quality over time").wait_for(timeout=60_000)
    expect(facts.locator("tr", has_text="n_predictions").first).to_be_visible()
    expect(page.locator("[data-view]")).to_have_count(0)


def test_with_saved_state_and_no_kernel_the_views_are_alive_and_say_what_they_cannot(
    server: Server, open_at: Open, folder: Path, saved: dict[str, object]
) -> None:
    made = notebook(folder, "saved.ipynb", saved["data"], widgets={WIDGET_STATE: saved["state"]})
    server.trust(made)
    page = open_at(server.lab("saved.ipynb"))
    view(page, "comparison").locator("[data-property]").first.wait_for(timeout=60_000)
    assert shown_window(page) == LATE_JULY
    drag(page, 0.3, 0.6)
    window = shown_window(page)
    assert window != LATE_JULY
    for name in ("causes", "new-values", "segments", "samples"):
        expect(view(page, name)).to_have_attribute("data-window", f"{window[0]},{window[1]}")
    expect(view(page, "new-values").get_by_role("button", name="Mystery")).to_be_disabled()


def test_the_html_that_jupyterlab_exports_is_alive_without_network(
    server: Server, browser: Browser, folder: Path, saved: dict[str, object]
) -> None:
    notebook(folder, "exported.ipynb", saved["data"], widgets={WIDGET_STATE: saved["state"]})
    # as its menu does: the formats first, then the page
    for asked in ("api/nbconvert", "nbconvert/html/exported.ipynb"):
        with urllib.request.urlopen(f"{server.url}/{asked}?token={server.token}") as answer:
            (folder / "exported.html").write_bytes(answer.read())
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((folder / "exported.html").as_uri())
    view(page, "comparison").locator("[data-property]").first.wait_for(timeout=60_000)
    assert shown_window(page) == LATE_JULY
    context.close()


def test_without_state_and_kernel_the_facts_stand_in_for_the_views(
    server: Server, open_at: Open, folder: Path, saved: dict[str, object]
) -> None:
    server.trust(notebook(folder, "gone.ipynb", saved["data"]))
    page = open_at(server.lab("gone.ipynb"))
    facts = page.locator('[data-prodmon-static="true"] .prodmon-static')
    expect(facts).to_be_visible(timeout=60_000)
    expect(facts.get_by_role("heading", name="Causes")).to_be_visible()
    expect(page.get_by_text("model not found")).to_have_count(0)


@pytest.mark.slow
def test_views_that_are_opened_and_closed_leave_nothing_on_the_page(
    server: Server, browser: Browser, folder: Path
) -> None:
    """A hundred times in benchmarks/bench_leaks.py; here a few, against what a leak of one figure would cost."""
    page, chrome = prepared(server, browser, folder)
    looks = []
    for _ in range(9):
        cycle(page, "pm.Dashboard(monitor)", "[data-view=samples] [data-sample]")
        looks.append(held(page, chrome))
    # the page holds on to the last views until others have come
    for bare in range(1, 13):
        cycle(page, "bare()", ".bare")
        kept = held(page, chrome).kept
        if kept <= bare:
            break
    page.context.close()
    assert kept <= bare, "closed models that JupyterLab keeps: of the bare widgets, and none of ours"
    assert {(each.models, each.cubes) for each in looks[2:]} == {(0, 0)}
    early, late = looks[2:5], looks[6:]
    grown = {
        name: min(vars(each)[name] for each in late) - min(vars(each)[name] for each in early)
        for name in ("nodes", "listeners", "heap")
    }
    # four cycles apart: two figures left behind make 300 nodes and 60 listeners a cycle, bundles 2.5 MB
    assert grown["nodes"] < 4 * 150
    assert grown["listeners"] < 4 * 30
    assert grown["heap"] < 4 * 1_500_000
