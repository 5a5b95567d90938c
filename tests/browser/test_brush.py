"""The brush in real JupyterLab: a drag, the keyboard, Python and a dead kernel, and what every view then shows."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

import prodmon_widgets as pm
from tests.browser.notebooks import (
    VIEWS,
    drag,
    expect_window,
    figures,
    run,
    shown_window,
    view,
)

pytestmark = pytest.mark.browser

DAY = 86_400_000
EVERYTHING = (1682899200000, 1690848000000)
LATE_JULY = (1689984000000, 1690848000000)
BREAK = """
def broken():
    raise ZeroDivisionError("as planned")
dashboard.samples.refresh = broken
monitor._ready.tell()
dashboard.selection.window = ("2023-07-22", "2023-08-01")
"""
RECTANGLE = ".prodmon-timeline:visible .brushintsel rect.selection"


@pytest.fixture
def page(shown: Page) -> Iterator[Page]:
    """The dashboard as it was first shown."""
    yield shown
    run(shown, "dashboard.selection.clear()")
    expect_window(shown, EVERYTHING)


def late(frame: pd.DataFrame, window: tuple[int, int]) -> pd.DataFrame:
    start, end = (pd.Timestamp(edge, unit="ms") for edge in window)
    return frame[(frame["started_at"] >= start) & (frame["started_at"] < end)]


def ranked(table: Locator) -> list[str]:
    return [row.get_attribute("data-segment") or "" for row in table.locator("[data-segment]").all()]


def score(page: Page) -> float:
    return float(page.locator('[data-view=timeline]:visible [data-field="score"]').get_attribute("data-value") or "nan")


def test_a_drag_reaches_every_view_with_the_figures_of_pandas(page: Page) -> None:
    drag(page, 0.4, 0.7)
    window = shown_window(page)
    assert window != EVERYTHING
    expect_window(page, window)
    evaluation, production = pm.datasets.movies(n=5000)
    sides = (late(production, window), production, evaluation)
    assert figures(page, "runtime_minutes") == pytest.approx([side["runtime_minutes"].mean() for side in sides])
    assert figures(page, "n_predictions") == pytest.approx([side["prediction"].str.len().mean() for side in sides])
    mystery = view(page, "new-values").locator('[data-segment="prediction = Mystery"]')
    shares = [
        float(mystery.locator(f"[data-column={c}]").get_attribute("data-value")) for c in ("window", "production")
    ]
    has = [["Mystery" in classes for classes in side["prediction"]] for side in sides[:2]]
    assert shares == pytest.approx([sum(each) / len(each) for each in has])
    start, end = (edge // 1 for edge in window)
    run(page, f"print('same', abs(monitor.score(({start}, {end})).score - {score(page)}) < 1e-9)").get_by_text(
        "same True"
    ).wait_for(timeout=20_000)


def test_segments_are_ranked_anew_while_the_hand_still_drags(page: Page) -> None:
    plot = page.locator(".prodmon-timeline:visible .brushintsel .overlay").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    table = view(page, "segments")

    def ranked_at(fraction: float) -> list[str]:
        page.mouse.move(box["x"] + box["width"] * fraction, y, steps=10)
        assert shown_window(page, "segments") != EVERYTHING
        return ranked(table)

    page.mouse.move(box["x"] + box["width"] * 0.7, y)
    page.mouse.down()
    early, late = ranked_at(0.4), ranked_at(0.99)
    page.mouse.up()
    window = shown_window(page, "segments")
    expect_window(page, window)
    assert early != late
    assert ranked(table) == late


def test_the_window_snaps_to_bins_and_the_rectangle_follows_when_the_hand_lets_go(page: Page) -> None:
    drag(page, 0.31, 0.52)
    window = shown_window(page)
    assert all((edge - EVERYTHING[0]) % (DAY // 2) == 0 for edge in window)
    box = page.locator(RECTANGLE).first.bounding_box()
    plot = page.locator(".prodmon-timeline:visible .brushintsel .overlay").first.bounding_box()
    assert box is not None
    assert plot is not None
    length = (window[1] - window[0]) / (EVERYTHING[1] - EVERYTHING[0])
    assert box["width"] / plot["width"] == pytest.approx(length, rel=0.02)


def test_the_lower_chart_has_the_same_brush(page: Page) -> None:
    drag(page, 0.2, 0.5, figure=1)
    window = shown_window(page)
    assert window != EVERYTHING
    expect_window(page, window)
    boxes = [each.bounding_box() for each in page.locator(RECTANGLE).all()]
    assert [box["width"] for box in boxes if box] == [pytest.approx(boxes[0]["width"], abs=1)] * 2


def test_the_kernel_knows_the_window_when_the_hand_rests(page: Page) -> None:
    drag(page, 0.3, 0.6)
    start, end = shown_window(page)
    said = run(page, "print('window', tuple(dashboard.selection.window))")
    said.get_by_text(f"window ({start}, {end})").wait_for(timeout=20_000)


def test_a_click_on_the_chart_clears_the_window(page: Page) -> None:
    drag(page, 0.3, 0.6)
    drag(page, 0.8, 0.8)
    expect_window(page, EVERYTHING)
    run(page, "print('window', dashboard.selection.window)").get_by_text("window None").wait_for(timeout=20_000)


def test_python_moves_the_brush_and_every_view(page: Page) -> None:
    run(page, 'dashboard.selection.window = ("2023-07-22", "2023-08-01")')
    expect_window(page, LATE_JULY)
    expect(page.locator(RECTANGLE).first).to_be_visible()
    assert figures(page, "n_predictions") == [pytest.approx(each, abs=0.005) for each in (2.21, 2.02, 1.96)]
    run(page, "dashboard.selection.window = None")
    expect_window(page, EVERYTHING)
    expect(page.locator(RECTANGLE).first).to_be_hidden()


def test_the_brush_can_be_dragged_again_after_python_moved_it(page: Page) -> None:
    run(page, 'dashboard.selection.window = ("2023-06-10", "2023-06-20")')
    expect_window(page, (1686355200000, 1687219200000))
    drag(page, 0.7, 0.9)
    window = shown_window(page)
    assert window[0] > 1687219200000
    expect_window(page, window)


def test_the_keyboard_moves_resizes_and_clears_the_window(page: Page) -> None:
    run(page, 'dashboard.selection.window = ("2023-06-10", "2023-06-20")')
    expect_window(page, (1686355200000, 1687219200000))
    handle = view(page, "timeline").get_by_role("slider", name="Window")
    half_a_day = DAY // 2
    handle.press("ArrowRight")
    expect_window(page, (1686355200000 + half_a_day, 1687219200000 + half_a_day))
    handle.press("Shift+ArrowRight")
    expect_window(page, (1686355200000 + half_a_day, 1687219200000 + DAY))
    handle.press("End")
    assert shown_window(page)[1] == EVERYTHING[1]
    handle.press("Home")
    assert shown_window(page)[0] == EVERYTHING[0]
    handle.press("Escape")
    expect_window(page, EVERYTHING)


def test_presets_choose_the_last_week_and_the_worst_one(page: Page) -> None:
    view(page, "timeline").get_by_role("button", name="Last 7 days").click()
    expect_window(page, (EVERYTHING[1] - 7 * DAY, EVERYTHING[1]))
    view(page, "timeline").get_by_role("button", name="Worst week").click()
    start, end = shown_window(page)
    assert end - start == 7 * DAY
    assert start >= 1688169600000, "the story's worst week lies in July"


def test_a_filter_is_said_everywhere_and_escape_after_a_drag_takes_it_back(page: Page) -> None:
    view(page, "new-values").get_by_role("button", name="Mystery").click()
    expect(view(page, "timeline").locator('[data-field="filter"]')).to_contain_text("prediction = Mystery")
    expect(view(page, "comparison")).to_contain_text("only prediction = Mystery", timeout=20_000)
    drag(page, 0.6, 0.9)
    window = shown_window(page)
    page.keyboard.press("Escape")
    expect(view(page, "comparison")).not_to_contain_text("only prediction = Mystery", timeout=20_000)
    expect_window(page, window)
    page.keyboard.press("Escape")
    expect_window(page, EVERYTHING)


def test_a_view_that_fails_says_so_and_its_neighbours_stay_right(page: Page) -> None:
    run(page, BREAK)
    expect(view(page, "samples").get_by_role("alert")).to_contain_text("ZeroDivisionError: as planned")
    expect(view(page, "comparison").locator('[data-property="n_predictions"]')).to_contain_text("2.21")
    run(page, "del dashboard.samples.refresh\nmonitor._ready.tell()")
    expect(view(page, "samples").get_by_role("alert")).to_have_count(0)


def test_without_a_kernel_a_drag_goes_on_and_what_needs_rows_says_why_it_cannot(shown: Page) -> None:
    shown.get_by_role("menuitem", name="Kernel", exact=True).click()
    shown.get_by_role("menuitem", name="Shut Down Kernel", exact=True).click()
    expect(view(shown, "segments").locator("[data-segment] button:enabled")).to_have_count(0, timeout=20_000)
    drag(shown, 0.3, 0.8)
    window = shown_window(shown)
    assert window != EVERYTHING
    for name in VIEWS:
        expect(view(shown, name)).to_have_attribute("data-window", f"{window[0]},{window[1]}")
    _, production = pm.datasets.movies(n=5000)
    assert figures(shown, "runtime_minutes")[0] == pytest.approx(late(production, window)["runtime_minutes"].mean())
    blocked = view(shown, "segments").locator("[data-segment] button").first
    expect(blocked).to_have_attribute("title", "This page has no running kernel: run the notebook's cells to do this.")
