"""The table views in real JupyterLab: figures, filters by a click, samples in full, labels, keyboard, hostile text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import prodmon_widgets as pm
from tests.browser.jupyter import Server, serve
from tests.browser.notebooks import figures, run, run_first, theme, view, write

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=window.pwned=1></script><script>window.pwned=1</script>javascript:window.pwned=1"
LATE_JULY = ("2023-07-22", "2023-08-01")
SHOW = f"""
import ipywidgets, prodmon_widgets as pm
from prodmon_widgets.widgets import causes, comparison, inspector, novelty, segments, selection
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("notebooks")
    write(folder / "tables.ipynb", SHOW)
    with serve(folder, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="module")
def shown(server: Server, browser: Browser) -> Iterator[Page]:
    """A page with all table views of late July; tests put back what they change."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.goto(server.lab("tables.ipynb"))
    run_first(page)
    yield page
    context.close()


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


def test_a_row_opens_to_its_distribution_over_time(page: Page) -> None:
    row = view(page, "comparison").locator('[data-property="n_predictions"]')
    row.get_by_role("button").press("Enter")
    detail = view(page, "comparison").locator(".pm-detail")
    expect(detail.locator("tbody tr")).to_have_count(4)
    expect(detail).to_contain_text("share of each value, and its share over time")
    row.get_by_role("button").press("Enter")
    expect(detail).to_have_count(0)


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
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run('.pm-root', {resultTypes: ['violations']})")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]][:5]) for each in serious] == []


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
