"""Causes in real JupyterLab: a drop is itemised after a drag, stale while another one is searched, and linked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from prodmon_widgets.widgets.charts import RED
from tests.browser.notebooks import drag, run, shown_window, view

pytestmark = pytest.mark.browser

DRAWN = """(figure, colour) => {
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const wanted = getComputedStyle(probe).color;
  probe.remove();
  const seen = (path) => getComputedStyle(path).stroke === wanted && path.getBoundingClientRect().height > 1;
  return [...figure.querySelectorAll("path.line")].some((path) => seen(path) && path.checkVisibility());
}"""


@pytest.fixture
def page(shown: Page) -> Page:
    """A dashboard with nothing selected at first; the tests go on from one another's window."""
    return shown


def found(page: Page) -> Locator:
    """The causes once they are of what is selected."""
    causes = view(page, "causes")
    expect(causes).to_have_attribute("aria-busy", "false", timeout=60_000)
    expect(causes.locator(".pm-current [data-item=window]")).to_be_visible(timeout=60_000)
    return causes


def answered(page: Page) -> Locator:
    """Whether the kernel's finding is of the window that the page shows."""
    start, end = shown_window(page, "causes")
    said = run(page, f"print('of', tuple(dashboard.causes.finding['question']['window']) == ({start}, {end}))")
    return said.get_by_text("of True")


def test_a_drag_is_answered_by_a_waterfall_from_baseline_to_window(page: Page) -> None:
    drag(page, 0.89, 0.99)
    causes = found(page)
    texts = causes.locator("[data-segment]").evaluate_all("rows => rows.map(row => row.dataset.segment)")
    assert {"prediction = Mystery", "language = it"} <= set(texts)
    first, last = causes.locator("tbody tr").first, causes.locator("tbody tr").last
    expect(first).to_have_attribute("data-item", "baseline")
    expect(last).to_have_attribute("data-item", "window")
    points = [float(cell.get_attribute("data-value") or "nan") for cell in causes.locator("td[data-value]").all()]
    assert points[0] - sum(points[1:-1]) == pytest.approx(points[-1], abs=1e-9)
    expect(causes).to_contain_text("or the annotator has no context for 'Mystery'. 30 labels would tell")
    answered(page).wait_for(timeout=20_000)


def test_a_row_under_the_pointer_draws_its_share_into_the_timeline(page: Page) -> None:
    causes, lower = found(page), page.locator(".prodmon-timeline:visible .bqplot").nth(1)
    assert not lower.evaluate(DRAWN, RED)
    causes.locator('[data-segment="language = it"]').hover()
    page.wait_for_function(f"figure => ({DRAWN})(figure, {RED!r})", arg=lower.element_handle(), timeout=20_000)
    page.mouse.move(5, 5)
    page.wait_for_function(f"figure => !({DRAWN})(figure, {RED!r})", arg=lower.element_handle(), timeout=20_000)


def test_a_click_on_an_item_filters_every_view_and_shows_its_samples(page: Page) -> None:
    row = found(page).locator('[data-segment="prediction = Mystery"]')
    row.get_by_role("button", name="prediction = Mystery").click()
    expect(row).to_have_attribute("data-active", "true")
    for name in ("comparison", "new-values", "samples"):
        expect(view(page, name)).to_contain_text("only prediction = Mystery", timeout=20_000)
    samples = view(page, "samples")
    expect(samples).to_have_attribute("aria-busy", "false", timeout=20_000)
    said = run(page, "print('all', dashboard.selection.samples['prediction'].map(lambda x: 'Mystery' in x).all())")
    said.get_by_text("all True").wait_for(timeout=20_000)
    row.get_by_role("button", name="prediction = Mystery").click()
    expect(view(page, "comparison")).not_to_contain_text("only prediction = Mystery", timeout=20_000)


def test_what_is_shown_is_grey_until_the_last_of_several_drags_is_answered(page: Page) -> None:
    found(page)
    drag(page, 0.60, 0.75)
    causes = view(page, "causes")
    expect(causes).to_have_attribute("aria-busy", "true")
    expect(causes.locator(".pm-stale")).to_be_attached()
    expect(causes.get_by_role("status")).to_contain_text("searches")
    assert all(button.is_disabled() for button in causes.get_by_role("button", name="Explain away").all())
    drag(page, 0.80, 0.99)
    found(page)
    answered(page).wait_for(timeout=20_000)
