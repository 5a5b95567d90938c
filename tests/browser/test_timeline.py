"""The timeline in real JupyterLab: what it draws, both brushes, presets, zoom, figures at the pointer, no kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

import prodmon_widgets as pm
from tests.browser.notebooks import drag, expect_window, lane, run, shown_window, theme, view

pytestmark = pytest.mark.browser

DAY = 86_400_000
EVERYTHING = (1682899200000, 1690848000000)
LATE_JULY = (1689984000000, 1690848000000)
CONTEXT = {"timezone_id": "America/New_York"}
"""A reader's clock must not move a date."""
POINTS = "path => (path.getAttribute('d').match(/[ML]/g) || []).length"


@pytest.fixture
def page(shown: Page) -> Iterator[Page]:
    """The timeline as it was first shown."""
    expect(view(shown, "timeline").locator(".pm-overlay")).to_have_count(2)
    yield shown
    # in the page: Python may act before it has heard of what the hand did last, and that would come after
    timeline = view(shown, "timeline")
    for name in ("Zoom out", "All"):
        # one that is disabled has nothing to take back, and does nothing
        timeline.get_by_role("button", name=name, exact=True).evaluate("button => button.click()")
    baseline_text(shown).press("Escape")
    run(shown, "dashboard.selection.where = None")
    expect_window(shown, EVERYTHING)
    expect(baseline_text(shown)).to_have_attribute("aria-valuetext", "the evaluation set")
    expect(timeline.get_by_role("button", name="Zoom out")).to_be_disabled()


def baseline_text(page: Page) -> Locator:
    return view(page, "timeline").get_by_role("slider", name="Baseline")


def fact(page: Page, name: str) -> float:
    return float(view(page, "timeline").locator(f'[data-field="{name}"]').get_attribute("data-value") or "nan")


def line(page: Page) -> Locator:
    """The line of the score: the last curve of the upper chart."""
    return view(page, "timeline").locator(".bqplot").first.locator(".curve path.line").last


def test_the_axis_says_dates_of_utc_whatever_the_readers_clock(page: Page) -> None:
    dates = view(page, "timeline").locator(".bqplot").first.locator(".axis .tick text").all_text_contents()
    assert {"May 07", "Jul 30"} <= set(dates)
    assert "Apr 30" not in dates


def test_alerts_and_onset_stand_over_the_chart_and_in_words(page: Page) -> None:
    timeline = view(page, "timeline")
    falls = timeline.locator('.pm-alert[data-rule^="quality falls"]')
    expect(falls.last).to_be_visible(timeout=20_000)
    expect(timeline.locator('[data-field="alerts"]')).to_contain_text("Alert a new value: new_value above 0.01")
    expect(timeline.locator('[data-field="alerts"]')).to_contain_text("Onset 2023-0")
    new = timeline.locator('.pm-alert[data-rule^="a new value"]')
    plot, mark = timeline.locator(".brushintsel .overlay").first.bounding_box(), new.last.bounding_box()
    assert plot is not None
    assert mark is not None
    assert mark["x"] + mark["width"] == pytest.approx(plot["x"] + plot["width"], abs=2), "open, so it lasts to the end"


def test_since_onset_is_a_window_from_there_to_the_end(page: Page) -> None:
    view(page, "timeline").get_by_role("button", name="Since onset").click()
    start, end = shown_window(page)
    assert (start % DAY, end) == (0, EVERYTHING[1])
    assert EVERYTHING[0] < start < LATE_JULY[0]


def test_a_drag_in_the_lane_draws_the_baseline_and_every_view_compares_with_it(page: Page) -> None:
    run(page, 'dashboard.selection.window = ("2023-07-22", "2023-08-01")')
    expect_window(page, LATE_JULY)
    before = fact(page, "change")
    lane(page, "Baseline", 0.002, 0.3)
    expect(view(page, "timeline")).to_contain_text("Baseline")
    expect(view(page, "comparison")).to_contain_text("against 2023-05-01 to")
    expect(view(page, "timeline").locator(".pm-baseline")).to_have_count(2)
    expect_window(page, LATE_JULY)
    assert fact(page, "change") != before
    benchmark = fact(page, "benchmark")
    said = run(page, f"print('same', abs(monitor.score(dashboard.selection.baseline).score - {benchmark}) < 1e-9)")
    said.get_by_text("same True").wait_for(timeout=20_000)


def test_a_drag_with_shift_over_the_chart_draws_the_baseline_and_leaves_the_window(page: Page) -> None:
    page.keyboard.down("Shift")
    drag(page, 0.1, 0.3)
    page.keyboard.up("Shift")
    expect(view(page, "timeline").locator(".pm-baseline")).to_have_count(2)
    expect_window(page, EVERYTHING)
    baseline_text(page).press("Escape")
    expect(view(page, "timeline").locator(".pm-baseline")).to_have_count(0)


def test_the_baseline_has_the_keys_of_the_window(page: Page) -> None:
    handle = baseline_text(page)
    handle.press("Home")
    expect(handle).to_have_attribute("aria-valuenow", "0")
    handle.press("Shift+ArrowRight")
    handle.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", "1")
    expect(view(page, "comparison")).to_contain_text("against 2023-05-01 12:00 to")
    handle.press("Escape")
    expect(view(page, "comparison")).to_contain_text("against the evaluation set")


def test_the_window_can_be_moved_and_resized_in_its_lane(page: Page) -> None:
    lane(page, "Window", 0.5, 0.7)
    start, end = shown_window(page)
    lane(page, "Window", 0.6, 0.7)
    moved = shown_window(page)
    assert moved[1] - moved[0] == end - start
    assert moved[0] > start
    length = EVERYTHING[1] - EVERYTHING[0]
    lane(page, "Window", (moved[1] - EVERYTHING[0]) / length, 0.95)
    resized = shown_window(page)
    assert resized[0] == moved[0]
    assert resized[1] > moved[1]


def test_zoom_shows_the_window_alone_and_back(page: Page) -> None:
    run(page, 'dashboard.selection.window = ("2023-07-22", "2023-08-01")')
    expect_window(page, LATE_JULY)
    assert line(page).evaluate(POINTS) == 184
    view(page, "timeline").get_by_role("button", name="Zoom to window").click()
    expect(view(page, "timeline").locator(".bqplot").first).to_contain_text("Jul 24")
    assert line(page).evaluate(POINTS) == 20
    drag(page, 0.25, 0.5)
    window = shown_window(page)
    assert LATE_JULY[0] + DAY < window[0] < window[1] < LATE_JULY[0] + 7 * DAY
    expect_window(page, window)
    run(page, "print('zoom', dashboard.timeline.head.zoom)").get_by_text("zoom [1689984000000").wait_for(timeout=20_000)
    view(page, "timeline").get_by_role("button", name="Zoom out").click()
    expect(view(page, "timeline").locator(".bqplot").first).to_contain_text("May 07")
    assert line(page).evaluate(POINTS) == 184
    expect_window(page, window)


def test_control_and_the_wheel_zoom_around_the_pointer(page: Page) -> None:
    plot = view(page, "timeline").locator(".brushintsel .overlay").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 40)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(view(page, "timeline").get_by_role("button", name="Zoom out")).to_be_enabled()
    assert line(page).evaluate(POINTS) < 184


def test_the_pointer_says_the_figures_of_its_stretch(page: Page) -> None:
    plot = view(page, "timeline").locator(".brushintsel .overlay").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5 + 2, box["y"] + 60)
    tip = view(page, "timeline").locator('[data-field="tip"]')
    expect(tip).to_contain_text("2023-06-16 to 2023-06-16 12:00")
    production = pm.datasets.movies(n=5000)[1]
    n = int(production["started_at"].between("2023-06-16", "2023-06-16 12:00", inclusive="left").sum())
    expect(tip).to_contain_text(f"Samples{n}")
    page.mouse.move(2, 2)
    expect(tip).to_have_count(0)


@pytest.mark.parametrize("name", ["Dark", "Light"])
def test_what_cannot_be_estimated_is_hatched_in_both_themes(page: Page, name: str) -> None:
    theme(page, name)
    run(page, 'dashboard.selection.where = {"prediction": "Mystery"}')
    hatched = view(page, "timeline").locator(".bqplot").first.locator(".pm-hatched")
    expect(hatched.last).to_be_visible(timeout=20_000)
    stroke, ground = hatched.last.evaluate(
        """rect => [getComputedStyle(rect.ownerSVGElement.querySelector("pattern line")).stroke,
                    getComputedStyle(document.querySelector(".pm-timeline-head")).backgroundColor]"""
    )
    assert contrast(stroke, ground) > 3


def contrast(one: str, other: str) -> float:
    """The contrast of two CSS colours, as WCAG has it."""

    def luminance(color: str) -> float:
        parts = [int(each) / 255 for each in color[color.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_without_a_kernel_zoom_baseline_and_presets_go_on(shown: Page) -> None:
    since_onset = view(shown, "timeline").get_by_role("button", name="Since onset")
    expect(since_onset).to_be_enabled(timeout=20_000)
    shown.get_by_role("menuitem", name="Kernel", exact=True).click()
    shown.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(view(shown, "segments").locator("[data-segment] button:enabled")).to_have_count(0, timeout=20_000)
    since_onset.click()
    view(shown, "timeline").get_by_role("button", name="Zoom to window").click()
    assert line(shown).evaluate(POINTS) < 184
    lane(shown, "Baseline", 0.1, 0.4)
    expect(view(shown, "timeline").locator(".pm-baseline")).to_have_count(2)
    expect(view(shown, "comparison")).to_contain_text("against 2023-0")
