"""The investigation trail in real JupyterLab: steps come by mouse, are undone, and run again as code."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.notebooks import drag, expect_window, run, shown_window, view

pytestmark = pytest.mark.browser

EVERYTHING = (1682899200000, 1690848000000)


@pytest.fixture
def page(shown: Page) -> Page:
    return shown


def test_steps_are_kept_undone_and_run_again_as_code(page: Page) -> None:
    trail = view(page, "trail")
    steps = trail.locator("li")
    expect(trail).to_contain_text("is kept here")
    drag(page, 0.6, 0.98)
    window = shown_window(page)
    expect(steps).to_have_count(1)
    view(page, "new-values").get_by_role("button", name="Mystery").click()
    expect(steps).to_have_count(2, timeout=20_000)
    expect(steps.last).to_contain_text("Only prediction = Mystery")
    cause = view(page, "causes").locator("[data-segment]").first
    cause.wait_for(timeout=60_000)
    name = cause.get_attribute("data-segment")
    expect(view(page, "causes")).to_have_attribute("aria-busy", "false", timeout=60_000)
    cause.get_by_role("button", name="Explain away").click()
    expect(steps.last).to_contain_text(f"Explained away: {name}", timeout=20_000)

    steps.nth(1).get_by_role("button", name="Copy as code").click()
    code = page.evaluate("navigator.clipboard.readText()")
    said = run(page, f"{code}\nprint('again', len(monitor.samples(window, where)), where)")
    said.get_by_text("again 50 {'prediction': 'Mystery'}").wait_for(timeout=20_000)
    steps.nth(2).get_by_role("button", name="Copy as code").click()
    code = page.evaluate("navigator.clipboard.readText()")
    said = run(page, f"{code}\nprint('left', {name!r} in set(causes.items['segment']))")
    said.get_by_text("left False").wait_for(timeout=30_000)

    steps.nth(1).get_by_role("button", name="Undo").press("Enter")
    expect(steps).to_have_count(1)
    expect_window(page, window)
    expect(view(page, "comparison")).not_to_contain_text("only prediction = Mystery")
    expect(view(page, "causes")).not_to_contain_text("Explained away")
    run(page, "print('now', dashboard.selection.where, dashboard.causes.explained)").get_by_text("now {} []").wait_for()
    steps.first.get_by_role("button", name="Undo").click()
    expect_window(page, EVERYTHING)
    expect(steps).to_have_count(0)


def test_python_makes_steps_too(page: Page) -> None:
    run(page, 'dashboard.selection.window = ("2023-07-22", "2023-08-01")')
    expect(view(page, "trail").locator("li")).to_have_text(["Window 2023-07-22 to 2023-08-01 (UTC)Copy codeUndo"])
    run(page, "print('kept', [step['kind'] for step in dashboard.trail.steps])").get_by_text(
        "kept ['start', 'window']"
    ).wait_for(timeout=20_000)
