"""The table views in real JupyterLab: figures, filters by a click, samples in full, labels, keyboard, hostile text."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

import prodmon_widgets as pm
from tests.browser.notebooks import figures, run, theme, view

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=window.pwned=1></script><script>window.pwned=1</script>javascript:window.pwned=1"
LATE_JULY = ("2023-07-22", "2023-08-01")
CELL = f"""
import ipywidgets, prodmon_widgets as pm
from prodmon_widgets.widgets import selection
from prodmon_widgets.widgets.views import causes, comparison, inspector, novelty, segments
evaluation, production = pm.datasets.movies(n=5000)
production["input"] = production["input"].astype(object)
newest = production.index[production["started_at"] >= "2023-07-31 12:00"][0]
production.loc[newest, "input"] = {HOSTILE!r} + "y" * 1_000_000
monitor = pm.Monitor(evaluation, production, text=False, progress=False)
shown = selection.Selection(monitor)
samples = inspector.SampleInspector(monitor, shown)
others = [kind(monitor, shown) for kind in (novelty.NewValues, comparison.ComparisonTable, segments.SegmentTable)]
shown.window = {LATE_JULY!r}
found = causes.CausesView(monitor, shown)
ipywidgets.VBox([*others, found, samples])
"""
AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def page(shown: Page) -> Iterator[Page]:
    yield shown
    view(shown, "segments").get_by_role("searchbox").press("Escape")
    for name in ("new-values", "comparison", "segments", "samples"):
        expect(view(shown, name)).to_have_attribute("aria-busy", "false", timeout=20_000)


def test_the_table_shows_the_storys_three_means_as_people_read_them(page: Page) -> None:
    row = view(page, "comparison").locator('[data-property="n_predictions"]')
    expect(row.locator("[data-column=window]")).to_have_text("2.21")
    expect(row.locator("[data-column=production]")).to_have_text("2.02")
    expect(row.locator("[data-column=evaluation]")).to_have_text("1.96")


def test_figures_are_those_of_pandas(page: Page) -> None:
    evaluation, production = pm.datasets.movies(n=5000)
    window = production[(production["started_at"] >= LATE_JULY[0]) & (production["started_at"] < LATE_JULY[1])]
    means = [frame["runtime_minutes"].mean() for frame in (window, production, evaluation)]
    assert figures(page, "runtime_minutes") == pytest.approx(means)
    italian = [(frame["language"] == "it").mean() for frame in (window, production, evaluation)]
    assert figures(page, "language") == pytest.approx(italian)


def test_every_view_says_which_window_it_shows(page: Page) -> None:
    for name in ("new-values", "comparison", "segments", "samples"):
        expect(view(page, name)).to_have_attribute("data-window", "1689984000000,1690848000000")


def test_a_head_sorts_by_keyboard_and_says_so(page: Page) -> None:
    table = view(page, "comparison")
    head = table.get_by_role("columnheader", name="Property")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    names = table.locator("[data-property]").evaluate_all("rows => rows.map(row => row.dataset.property)")
    assert names == sorted(names, key=str.lower)
    head.get_by_role("button").press("Enter")
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "none")


def opened(page: Page, name: str) -> Locator:
    """What a property shows when its row is opened."""
    table = view(page, "comparison")
    table.locator(f'[data-property="{name}"]').get_by_role("button").press("Enter")
    return table.locator(".pm-detail")


def close_opened(page: Page) -> None:
    table = view(page, "comparison")
    table.locator("[aria-expanded=true]").press("Enter")
    expect(table.locator(".pm-detail")).to_have_count(0)


def test_a_row_opens_to_its_distribution_over_time_with_figures_at_the_pointer(page: Page) -> None:
    detail = opened(page, "n_predictions")
    cells = detail.locator("[data-field=map]")
    box = cells.bounding_box()
    assert box is not None
    # 92 days from left to right, and 4, 3, 2, 1 predictions from above
    page.mouse.move(box["x"] + box["width"] * 85.5 / 92, box["y"] + box["height"] * 1.5 / 4)
    _, production = pm.datasets.movies(n=5000)
    day = production[production["started_at"].dt.floor("D") == pd.Timestamp("2023-07-25")]
    three = int((day["prediction"].map(len) == 3).sum())
    figures_shown = detail.locator("[data-field=figures]")
    expect(figures_shown).to_contain_text("2023-07-25 to 2023-07-26")
    expect(figures_shown).to_contain_text(f"Samples {three} of {len(day)}")
    expect(figures_shown.locator("strong")).to_have_text("3")
    page.mouse.move(5, 5)
    expect(figures_shown).to_have_count(0)
    close_opened(page)


def test_an_opened_property_is_read_by_keyboard_and_as_a_table(page: Page) -> None:
    detail = opened(page, "language")
    chart = detail.get_by_role("group", name="Distribution of language over time")
    chart.press("ArrowDown")
    said = chart.get_by_role("status")
    expect(said).to_contain_text("en, 2023-07-31 to 2023-08-01, Share")
    chart.press("Home")
    expect(said).to_contain_text("en, 2023-05-01 to 2023-05-02, Share")
    chart.press("ArrowLeft")
    expect(said).to_contain_text("(the evaluation set), Production")
    detail.get_by_text("Figures as a table").press("Enter")
    expect(detail.locator("tbody tr")).to_have_count(5)
    expect(detail).to_contain_text("share of each value, and its share over time")
    close_opened(page)


def test_an_opened_property_answers_another_window_and_baseline(page: Page) -> None:
    detail = opened(page, "n_predictions")
    window, baseline = (detail.locator(f".pm-stretch[data-side={side}]") for side in ("window", "baseline"))
    outline = detail.locator("[data-field=bars] .pm-pair-window")
    before = outline.get_attribute("d")
    run(page, "shown.window = ('2023-05-01', '2023-06-16'); shown.baseline = ('2023-06-16', '2023-08-01')")
    expect(window).to_have_attribute("style", "left: 0%; width: 50%;")
    expect(baseline).to_have_attribute("style", "left: 50%; width: 50%;")
    assert outline.get_attribute("d") != before
    run(page, f"shown.window, shown.baseline = {LATE_JULY!r}, None")
    expect(outline).to_have_attribute("d", before or "")
    expect(baseline).to_have_count(0)
    close_opened(page)


def test_what_is_opened_comes_into_sight(page: Page) -> None:
    row = view(page, "comparison").locator("[data-property]").last
    row.scroll_into_view_if_needed()
    name = row.get_attribute("data-property") or ""
    detail = opened(page, name)
    inside = """(part) => {
      const box = part.closest(".pm-scroll").getBoundingClientRect();
      const { top, bottom } = part.getBoundingClientRect();
      return Math.max(box.top, 0) - 1 <= top && bottom <= Math.min(box.bottom, innerHeight) + 1;
    }"""
    page.wait_for_function(inside, arg=detail.element_handle())
    page.wait_for_function(inside, arg=row.element_handle())
    close_opened(page)


def test_a_click_on_a_new_class_filters_every_view_and_escape_takes_it_back(page: Page) -> None:
    card = view(page, "new-values")
    expect(card).to_contain_text("19 distinct predictions, 17 in evaluation")
    card.get_by_role("button", name="Mystery").click()
    for name in ("new-values", "comparison", "segments", "samples"):
        expect(view(page, name)).to_contain_text("only prediction = Mystery", timeout=20_000)
    expect(view(page, "samples")).to_have_attribute("aria-busy", "false", timeout=20_000)
    predictions = view(page, "samples").locator(".pm-sample-row [data-column=prediction]").all_inner_texts()
    assert predictions
    assert all("Mystery" in each for each in predictions)
    card.get_by_role("button", name="Mystery").press("Escape")
    for name in ("new-values", "comparison", "segments", "samples"):
        expect(view(page, name)).not_to_contain_text("only prediction = Mystery", timeout=20_000)


def test_a_segment_filters_and_a_button_clears(page: Page) -> None:
    table = view(page, "segments")
    table.locator('[data-segment="feed = partner"]').get_by_role("button").click()
    expect(view(page, "comparison")).to_contain_text("only feed = partner", timeout=20_000)
    run(page, "print(shown.where)").get_by_text("{'feed': 'partner'}").wait_for(timeout=20_000)
    table.get_by_role("button", name="Clear filter").click()
    expect(view(page, "comparison")).not_to_contain_text("only feed = partner")


def test_causes_add_up_and_one_explained_away_ranks_the_rest_again(page: Page) -> None:
    causes = view(page, "causes")
    items = causes.locator("[data-segment]")
    items.first.wait_for(timeout=30_000)
    expect(causes).to_have_attribute("aria-busy", "false", timeout=30_000)
    points = [float(cell.get_attribute("data-value") or "nan") for cell in causes.locator("td[data-value]").all()]
    before, *carried, after = points
    assert before - sum(carried) == pytest.approx(after, abs=1e-9)
    first = items.first.get_attribute("data-segment")
    items.first.get_by_role("button", name="Explain away").click()
    expect(causes).to_contain_text(f"Explained away: {first}", timeout=30_000)
    expect(causes).to_have_attribute("aria-busy", "false", timeout=30_000)
    assert first not in items.evaluate_all("rows => rows.map(row => row.dataset.segment)")
    causes.get_by_role("button", name="Bring back the last").click()
    expect(items.first).to_have_attribute("data-segment", first or "", timeout=30_000)


def test_the_unsupported_class_is_marked_and_bounded(page: Page) -> None:
    row = view(page, "segments").locator('[data-segment="prediction = Mystery"]')
    expect(row).to_contain_text("unsupported")
    expect(row.locator("[data-column=unsupported]")).to_contain_text(re.compile(r"\d\.\d\d to \d\.\d\d"))


def test_a_hostile_megabyte_is_text_cut_with_show_more(page: Page) -> None:
    samples = view(page, "samples")
    samples.get_by_label("Order of samples").select_option("newest")
    row = samples.locator(".pm-sample-row", has_text="onerror").first
    row.locator("[data-column=input]").click()
    text = samples.locator('.pm-sample [data-column="input"] .pm-text')
    assert len(text.inner_text()) < 1000
    samples.get_by_role("button", name="Show more").click()
    expect(text).to_have_text(re.compile(r"y{19000}"), timeout=20_000)
    assert HOSTILE in text.inner_text()
    samples.get_by_role("button", name=re.compile(r"of 1,000,\d\d\d characters")).wait_for()
    samples.get_by_role("button", name="Close sample").click()
    samples.get_by_label("Order of samples").select_option("worst")
    assert page.evaluate("window.pwned") is None
    assert samples.locator("img, script").count() == 0


def test_a_label_reaches_the_kernel_and_undo_takes_it_back(page: Page) -> None:
    samples = view(page, "samples")
    row = samples.locator(".pm-sample-row").first
    name = row.get_attribute("data-sample")
    row.get_by_role("button", name=f"Label sample {name} good").click()
    expect(row.locator(".pm-badge")).to_have_text("good", timeout=20_000)
    run(page, "print('labels', samples.labels)").get_by_text(f"'id': '{name}'").wait_for(timeout=20_000)
    samples.get_by_role("button", name="Undo label (1)").click()
    run(page, "print('left', len(samples.labels))").get_by_text("left 0").wait_for(timeout=20_000)


def test_samples_beyond_the_thousandth_come_as_they_are_scrolled_to_and_only_those(page: Page) -> None:
    samples = view(page, "samples")
    box = samples.get_by_role("table")
    run(page, "shown.window = None; print('all', [str(i) for i in monitor.samples(n=5000)['user_interaction_id']])")
    ids = ast.literal_eval(
        page.locator(".jp-OutputArea-output", has_text="all [").last.inner_text().removeprefix("all ").strip()
    )
    expect(box).to_have_attribute("aria-rowcount", "5001", timeout=20_000)
    box.hover()
    page.mouse.wheel(0, 34 * 1500)
    row = samples.locator(f'[aria-rowindex="{1505 + 2}"]')
    expect(row).to_have_attribute("data-sample", ids[1505], timeout=20_000)
    expect(samples).to_have_attribute("aria-busy", "false")
    assert samples.locator(".pm-sample-row").count() < 40
    row.click()
    expect(samples.locator(".pm-sample")).to_have_attribute("data-sample", ids[1505])
    box.press("ArrowDown")
    expect(samples.locator(".pm-sample")).to_have_attribute("data-sample", ids[1506])
    run(page, "print('sent', len(samples.page['rows']), samples.page['query']['start'])").get_by_text(
        re.compile(r"sent [12]00 1[45]00")
    ).wait_for(timeout=20_000)
    box.press("End")
    expect(samples.locator('[aria-rowindex="5001"]')).to_have_attribute("data-sample", ids[-1], timeout=20_000)
    expect(samples.locator(".pm-sample")).to_have_attribute("data-sample", ids[1506])
    run(page, f"shown.window = {LATE_JULY!r}")
    expect(samples.locator(".pm-sample")).to_have_count(0, timeout=20_000)
    expect(samples.locator('[aria-rowindex="2"]')).to_be_visible()


def test_the_whole_selection_is_copied_as_csv_not_only_what_is_loaded(page: Page) -> None:
    samples = view(page, "samples")
    total = int(
        re.sub(r".* of ([\d,]+) samples.*", r"\1", samples.locator("p.pm-note").last.inner_text()).replace(",", "")
    )
    samples.get_by_role("button", name="Copy as CSV").click()
    expect(samples.locator(".pm-tools [role=status]")).to_have_text(f"Copied {total:,} samples", timeout=20_000)
    back = pd.read_csv(io.StringIO(page.evaluate("() => navigator.clipboard.readText()")))
    assert len(back) == total > 100
    assert back["score"].is_monotonic_increasing
    # what nobody needs any more isn't saved with the notebook
    expect(run(page, "print(samples.copied, samples.copying)")).to_have_text("None None", timeout=20_000)


def test_a_patch_holds_the_samples_that_were_added(page: Page) -> None:
    samples = view(page, "samples")
    samples.locator(".pm-sample-row").nth(1).click()
    samples.get_by_role("button", name="Add to evaluation patch").click()
    run(page, "print('patched', len(samples.evaluation_patch))").get_by_text("patched 1").wait_for(timeout=20_000)
    samples.get_by_role("button", name="In evaluation patch").click()
    samples.get_by_role("button", name="Close sample").click()


@pytest.mark.parametrize("name", ["Dark", "Light"])
def test_axe_finds_nothing_serious(page: Page, name: str) -> None:
    theme(page, name)
    opened(page, "prediction").get_by_text("Figures as a table").press("Enter")
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run('.pm-root', {resultTypes: ['violations']})")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]][:5]) for each in serious] == []
    close_opened(page)


def test_without_a_kernel_figures_stay_and_what_needs_it_is_disabled_with_its_reason(page: Page) -> None:
    page.locator(".lm-MenuBar-item", has_text="Kernel").click()
    page.locator(".lm-Menu-item", has_text="Shut Down Kernel").first.click()
    mystery = view(page, "new-values").get_by_role("button", name="Mystery")
    expect(mystery).to_be_disabled(timeout=30_000)
    expect(mystery).to_have_attribute("title", re.compile("no running kernel"))
    expect(view(page, "comparison").locator('[data-property="n_predictions"] [data-column=window]')).to_have_text(
        "2.21"
    )
    samples = view(page, "samples")
    expect(samples).to_contain_text("samples that came with this page")
    expect(samples).to_have_attribute("aria-busy", "false")
    samples.locator(".pm-sample-row").first.click()
    expect(samples.get_by_role("button", name="Add to evaluation patch")).to_be_disabled()
