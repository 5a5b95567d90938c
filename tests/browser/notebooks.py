"""Notebooks with a dashboard in a browser: written, opened, run, brushed and read."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Locator, Page, expect

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
VIEWS = ("timeline", "new-values", "comparison", "segments", "samples")
STORY = """
import warnings
import prodmon_widgets as pm
evaluation, production = pm.datasets.movies(n=5000)
monitor = pm.Monitor(evaluation, production, text=False, progress=False)
dashboard = pm.Dashboard(monitor)
dashboard
"""


def write(path: Path, *cells: str) -> None:
    """A notebook of code cells, with an empty one at its end for :func:`run`."""
    nbformat.write(new_notebook(cells=[new_code_cell(each) for each in (*cells, "")], metadata=KERNEL), path)


def run_first(page: Page) -> None:
    """Run the first cell and wait until its views are there."""
    start_first(page)
    view(page, "samples").locator("[data-sample]").first.wait_for(timeout=120_000)


def start_first(page: Page) -> None:
    """Run the first cell as soon as there is a kernel."""
    # before the kernel is there, running a cell asks which kernel to take
    page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    press_run(page)


def press_run(page: Page) -> None:
    """Run the first cell; once more where the page, still drawing, lost the key."""
    cell = page.locator(".jp-Notebook:visible .jp-CodeCell").first
    taken = re.compile(r"\[(\*|\d+)\]")
    for last in (False, True):
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        try:
            expect(cell.locator(".jp-InputPrompt")).to_have_text(taken, timeout=20_000)
        except AssertionError:
            if last:
                raise
        else:
            return


def run(page: Page, code: str) -> Locator:
    """Run code in the notebook's last cell; its output."""
    cell = page.locator(".jp-Notebook:visible .jp-CodeCell").last
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    return cell.locator(".jp-OutputArea-output")


def theme(page: Page, name: str) -> None:
    """Lab's light or dark theme, chosen from its menu."""
    shown = page.locator(f'body[data-jp-theme-light="{str(name == "Light").lower()}"]')
    if shown.count():
        return
    page.locator(".lm-MenuBar-item", has_text="Settings").click()
    page.locator(".lm-Menu-item", has_text="Theme").first.hover()
    page.locator(".lm-Menu-item", has_text=re.compile(f"^JupyterLab {name}$")).click()
    shown.wait_for(state="attached")


def view(page: Page, name: str) -> Locator:
    """A view's root."""
    return page.locator(f"[data-view={name}]:visible")


def drag(page: Page, start: float, end: float, figure: int = 0) -> None:
    """Brush from one fraction of a chart's plot to another."""
    plot = page.locator(".prodmon-timeline:visible .bqplot").nth(figure)
    _sweep(page, plot.locator(".brushintsel .overlay"), start, end)


def lane(page: Page, name: str, start: float, end: float) -> None:
    """Drag in one of the timeline's lanes from one fraction of it to another."""
    _sweep(page, view(page, "timeline").get_by_role("slider", name=name), start, end)


def _sweep(page: Page, over: Locator, start: float, end: float) -> None:
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, y, steps=10)
    page.mouse.up()
    # the browser hands moves over once a frame
    page.evaluate("() => new Promise(requestAnimationFrame)")


def shown_window(page: Page, name: str = "comparison") -> tuple[int, int]:
    """The window that a view says it shows, in epoch milliseconds, once it has drawn what came last."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    start, end = (view(page, name).get_attribute("data-window") or "").split(",")
    return int(start), int(end)


def expect_window(page: Page, window: tuple[int, int]) -> None:
    """Every view shows this window, and waits for nothing."""
    for name in VIEWS:
        expect(view(page, name)).to_have_attribute("data-window", f"{window[0]},{window[1]}", timeout=20_000)
        expect(view(page, name)).to_have_attribute("aria-busy", "false", timeout=20_000)


def figures(page: Page, name: str) -> list[float]:
    """A property's figures in the window, in production and on evaluation."""
    row = view(page, "comparison").locator(f'[data-property="{name}"]')
    columns = ("window", "production", "evaluation")
    return [float(row.locator(f"[data-column={column}]").get_attribute("data-value") or "nan") for column in columns]
