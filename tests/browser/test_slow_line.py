"""A line to the kernel that is slower than the hand: what the kernel repeats comes when the hand has moved on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.jupyter import Server
from tests.browser.notebooks import lane, run, run_first, shown_window, view

pytestmark = pytest.mark.browser

LINE = """
window.line = { held: false, waiting: [] };
window.WebSocket = class extends WebSocket {
  set onmessage(call) {
    super.onmessage = (event) => window.line.held ? window.line.waiting.push([event, () => call(event)]) : call(event);
  }
};
"""
"""Keeps what the kernel says while it is held."""
DONE_TWICE = """
() => window.line.waiting.filter(([{ data }]) =>
  /"execution_state": ?"idle"/.test(typeof data === "string" ? data : new TextDecoder().decode(data))).length >= 2
"""
"""The kernel has taken the window and the brush's rectangle."""
LET_GO = """
() => {
  window.line.held = false;
  for (const [, tell] of window.line.waiting.splice(0)) tell();
}
"""
WATCH = """
(view) => {
  window.windows = new Set();
  const look = () => window.windows.add(view.dataset.window);
  new MutationObserver(look).observe(view, { attributeFilter: ["data-window"] });
}
"""


def test_what_the_kernel_repeats_late_does_not_bring_a_window_back(server: Server, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1500, "height": 1100})
    page = context.new_page()
    page.add_init_script(LINE)
    page.goto(server.lab("story.ipynb"))
    run_first(page)
    everything = shown_window(page)
    page.evaluate("window.line.held = true")
    lane(page, "Window", 0.4, 0.7)
    assert shown_window(page) != everything
    page.wait_for_function(DONE_TWICE)
    view(page, "timeline").get_by_role("button", name="All", exact=True).evaluate("button => button.click()")
    assert shown_window(page) == everything
    view(page, "comparison").evaluate(WATCH)
    page.evaluate(LET_GO)
    said = run(page, "print('window', dashboard.selection.window)")
    expect(said).to_have_text("window None\n", timeout=20_000)
    assert shown_window(page) == everything
    assert page.evaluate("[...window.windows]") in ([], [f"{everything[0]},{everything[1]}"])
    context.close()
