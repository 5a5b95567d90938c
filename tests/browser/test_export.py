"""The exported page in a real browser, from disk, with the network cut: it draws, and follows the brush."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import nbformat
import pandas as pd
import pytest
from ipywidgets.embed import dependency_state
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page, Request, expect

import prodmon_widgets as pm
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.widgets.dashboard import Dashboard
from prodmon_widgets.widgets.export.nbconvert import WIDGET_STATE
from tests.browser.hostile import HOSTILE_TEXTS
from tests.browser.notebooks import STORY, drag, figures, shown_window, view, write

pytestmark = pytest.mark.browser

LATE_JULY = (1689984000000, 1690848000000)
EVERYTHING = (1682899200000, 1690848000000)
OFFLINE = "This page holds what was worked out when it was written; open its monitor in a notebook for more."

FACTS = ("score", "benchmark", "change")
AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
BRIGHTNESS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = (colour, ground) => {
    const [a = 1] = parts(colour).slice(3);
    return parts(colour).slice(0, 3).map((each, at) => a * each + (1 - a) * parts(ground)[at]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (!/, 0\\)$/.test(backgroundColor)) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const boxes = "body, .prodmon-dashboard, .pm-root:not(.pm-overlay), .bqplot, .pm-table tr, [role=row]";
  const grounds = [...document.querySelectorAll(boxes)]
    .map((el) => ({ box: el.className, light: light(parts(groundOf(el))) }));
  const axes = [...document.querySelectorAll(".bqplot .axis text")].filter((text) => text.textContent).map((text) => {
    const ground = groundOf(text.closest(".bqplot"));
    const [a, b] = [light(over(getComputedStyle(text).fill, ground)), light(parts(ground))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return { grounds, axes };
}"""
VIEWPORT = {"width": 1400, "height": 1000}

Open = Callable[[Path], Page]


@pytest.fixture(scope="module")
def sides() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The film story in which columns, classes and texts would like to be code."""
    evaluation, production = pm.datasets.movies(n=5000)
    texts = pd.Series(HOSTILE_TEXTS)
    production = production.assign(input=texts[production.index % len(texts)].to_numpy() + " " + production["input"])
    for frame in (evaluation, production):
        frame[HOSTILE_TEXTS[0]] = texts[frame.index % len(texts)].to_numpy()
    return evaluation, production


@pytest.fixture(scope="module")
def monitor(sides: tuple[pd.DataFrame, pd.DataFrame]) -> Monitor:
    return Monitor(*sides, text=False, progress=False)


@pytest.fixture(scope="module")
def exported(monitor: Monitor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    dashboard = Dashboard(monitor)
    dashboard.selection.window = ("2023-07-22", "2023-08-01")
    path = tmp_path_factory.mktemp("exported") / "report.html"
    dashboard.to_html(path, samples=200, redact=["user_interaction_id"])
    dashboard.close()
    return path


@pytest.fixture(scope="module")
def open_page(browser: Browser) -> Iterator[Open]:
    contexts = []

    def opened(path: Path, scripts: bool = True, colours: Literal["light", "dark"] = "light") -> Page:
        context = browser.new_context(
            viewport={"width": 1400, "height": 1000}, offline=True, java_script_enabled=scripts, color_scheme=colours
        )
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(_address(request)))
        page.goto(path.as_uri())
        page.asked = asked  # beside the page, for the test of what it asked for
        return page

    yield opened
    for context in contexts:
        context.close()


def _address(request: Request) -> str:
    return request.url.split("?")[0]


@pytest.fixture(scope="module")
def page(open_page: Open, exported: Path) -> Page:
    shown = open_page(exported)
    view(shown, "samples").locator("[data-sample]").first.wait_for(timeout=30_000)
    return shown


def test_every_view_shows_the_saved_window_and_nothing_was_asked_of_any_network(page: Page, exported: Path) -> None:
    for name in ("timeline", "causes", "new-values", "comparison", "segments", "samples"):
        expect(view(page, name)).to_have_attribute("data-window", f"{LATE_JULY[0]},{LATE_JULY[1]}")
    expect(page.locator("#facts")).to_be_hidden()
    elsewhere = [each for each in page.asked if not each.startswith(("blob:", "data:"))]
    assert elsewhere == [exported.as_uri()]


def test_hostile_texts_columns_and_classes_are_text(page: Page) -> None:
    assert page.evaluate("window.pwned") is None
    for name in ("causes", "new-values", "comparison", "segments", "samples"):
        assert view(page, name).locator("img, script, iframe, a[href^=javascript]").count() == 0
    expect(view(page, "comparison").locator("[data-property]").filter(has_text=HOSTILE_TEXTS[0])).to_have_count(1)


def test_causes_of_the_saved_window_and_of_the_buttons_need_no_kernel(page: Page) -> None:
    causes = view(page, "causes").locator("[data-segment]")
    expect(causes.first).to_be_visible()
    view(page, "timeline").get_by_role("button", name="Worst week").click()
    assert shown_window(page) != LATE_JULY
    expect(causes.first).to_be_visible()
    expect(view(page, "causes").get_by_text("not of the selected window")).to_have_count(0)
    expect(view(page, "causes").get_by_role("button", name="Explain away").first).to_be_disabled()


def test_a_drag_moves_every_view_to_the_figures_of_pandas(page: Page, sides: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    drag(page, 0.3, 0.6)
    assert shown_window(page) != LATE_JULY
    start, end = (pd.Timestamp(edge, unit="ms") for edge in shown_window(page))
    evaluation, production = sides
    window = production[(production["started_at"] >= start) & (production["started_at"] < end)]
    means = [frame["runtime_minutes"].mean() for frame in (window, production, evaluation)]
    assert figures(page, "runtime_minutes") == pytest.approx(means)
    causes = view(page, "causes")
    named = re.compile(r"Shown are the causes of 2023-\d\d-\d\d to .* \(UTC\), against .*: not of the selected window")
    expect(causes.locator(".pm-waiting")).to_have_text(named)
    # the heading says what is shown, too, and what is shown is one of the windows that came along
    shown = re.search("the causes of (.*): not", causes.locator(".pm-waiting").inner_text())
    assert shown
    expect(causes.locator(".pm-panel-head .pm-note")).to_have_text(shown[1])


def test_without_a_window_causes_say_which_windows_have_any(page: Page) -> None:
    view(page, "timeline").get_by_role("button", name="All").click()
    expect(view(page, "causes")).to_contain_text("whose causes came with this page")
    view(page, "timeline").get_by_role("button", name="Worst week").click()


def test_a_new_class_filters_every_view_and_its_samples(page: Page) -> None:
    view(page, "new-values").get_by_role("button", name="Mystery").click()
    expect(view(page, "comparison")).to_contain_text("only prediction = Mystery")
    samples = view(page, "samples")
    expect(samples).to_contain_text("of the samples that came with this page")
    predictions = samples.locator(".pm-sample-row [data-column=prediction]").all_inner_texts()
    assert predictions
    assert all("Mystery" in each for each in predictions)
    page.keyboard.press("Escape")
    expect(view(page, "comparison")).not_to_contain_text("only prediction = Mystery")


def test_a_segment_is_held_against_its_own_benchmark(page: Page, monitor: Monitor) -> None:
    view(page, "timeline").get_by_role("button", name="Worst week").click()
    start, end = shown_window(page)
    window = (pd.Timestamp(start, unit="ms"), pd.Timestamp(end, unit="ms"))
    items = monitor.causes(window).items
    text, where = items.loc[items["kind"] != "new", ["segment", "where"]].iloc[0]
    view(page, "causes").locator(f'[data-segment="{text}"]').get_by_role("button", name=text, exact=True).click()
    expect(view(page, "comparison")).to_contain_text(f"only {text}")
    expect(view(page, "causes")).to_contain_text(f"of all samples, not only {text}")
    line, score = monitor.benchmark(where), monitor.score(window, where).score
    timeline = view(page, "timeline")
    shown = [float(timeline.locator(f"[data-field={each}]").get_attribute("data-value") or "nan") for each in FACTS]
    assert shown == pytest.approx([score, line.score, score - line.score], abs=1e-9)
    expect(timeline.get_by_text(f"true {line.true:.3f}")).to_be_visible()
    page.keyboard.press("Escape")


def test_what_needs_a_kernel_is_disabled_with_its_reason(page: Page) -> None:
    for control in page.locator("[data-view=samples] button:disabled, [data-view=segments] button:disabled").all():
        assert OFFLINE in (control.get_attribute("title") or ""), control.inner_text()
    samples = view(page, "samples")
    samples.locator(".pm-sample-row").first.click()
    expect(samples.get_by_role("button", name="Add to evaluation patch")).to_be_disabled()
    samples.get_by_role("button", name="Close sample").click()


def test_an_opened_sample_comes_into_sight_with_its_row(page: Page) -> None:
    samples = view(page, "samples")
    samples.get_by_role("table").evaluate("list => list.scrollIntoView({ block: 'end' })")
    samples.locator(".pm-sample-row").first.click()
    expect(samples.get_by_role("textbox", name="Reason of the label")).to_be_in_viewport(ratio=1)
    expect(samples.locator(".pm-sample-row[data-open]")).to_be_in_viewport(ratio=1)
    samples.get_by_role("button", name="Close sample").click()


def test_the_page_itself_forbids_what_would_go_to_a_network(page: Page) -> None:
    refused = """address => new Promise((done) => {
      document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
      ADDRESS
    })"""
    asked = {
        "connect-src": "fetch(address).catch(() => null)",
        "img-src": "new Image().src = address",
        "script-src-elem": "document.head.append(Object.assign(document.createElement('script'), { src: address }))",
        "frame-src": "document.body.append(Object.assign(document.createElement('iframe'), { src: address }))",
    }
    for directive, code in asked.items():
        assert page.evaluate(refused.replace("ADDRESS", code), "https://example.org/") == directive


def test_redacted_cells_say_so(page: Page) -> None:
    samples = view(page, "samples")
    expect(samples.locator(".pm-sample-row [data-column=user_interaction_id]").first).to_have_text("(redacted)")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_is_wholly_light_or_dark_and_legible(open_page: Open, exported: Path, colours: str) -> None:
    page = open_page(exported, colours=colours)
    view(page, "samples").locator("[data-sample]").first.wait_for(timeout=30_000)
    found = page.evaluate(BRIGHTNESS)
    assert len(found["grounds"]) > 20
    wrong = [each for each in found["grounds"] if (each["light"] < 0.5) != (colours == "dark")]
    assert not wrong
    assert len(found["axes"]) > 10
    assert min(found["axes"]) >= 4.5
    page.add_script_tag(path=AXE)
    faults = page.evaluate("axe.run('body', { runOnly: ['color-contrast'] })")["violations"]
    assert not [node["html"] for fault in faults for node in fault["nodes"]]


def test_without_scripts_the_facts_are_there(open_page: Open, exported: Path) -> None:
    page = open_page(exported, scripts=False)
    facts = page.locator("#facts")
    for title in ("Estimated quality over time", "Causes", "Properties", "Segments", "New values", "Samples"):
        expect(facts.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(facts.locator("tr", has_text="n_predictions").filter(has_text="2.2").first).to_be_visible()
    assert page.locator("img, #facts script").count() == 0


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A notebook that nbconvert has run, with the state of its widgets."""
    path = tmp_path_factory.mktemp("executed") / "story.ipynb"
    write(path, STORY.replace("dashboard\n", "monitor.wait()\ndashboard\n"))
    convert(path, "--to", "notebook", "--execute", "--inplace")
    return path


def convert(path: Path, *options: str) -> None:
    subprocess.run([sys.executable, "-m", "nbconvert", *options, str(path)], check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.parametrize("exporter", ["html", "prodmon"])
def test_a_converted_notebook_is_alive_without_network(open_page: Open, executed: Path, exporter: str) -> None:
    convert(executed, "--to", exporter, "--output", f"{exporter}.html")
    page = open_page(executed.with_name(f"{exporter}.html"))
    view(page, "samples").wait_for(timeout=30_000)
    expect(page.get_by_role("heading", name="Estimated quality over time")).to_be_hidden()
    drag(page, 0.3, 0.6)
    assert shown_window(page) != EVERYTHING
    loaded = [each for each in page.asked if not each.startswith(("blob:", "data:"))]
    # nbconvert's own page asks for what draws TeX, and does without
    assert [each for each in loaded[1:] if exporter == "prodmon" or "mathjax" not in each] == []
    without = open_page(executed.with_name(f"{exporter}.html"), scripts=False)
    expect(without.get_by_role("heading", name="Estimated quality over time")).to_be_visible()
    expect(without.locator("tr", has_text="n_predictions").first).to_be_visible()


def test_hostile_texts_in_a_converted_notebook_are_text(open_page: Open, monitor: Monitor, tmp_path: Path) -> None:
    dashboard = Dashboard(monitor)
    dashboard.selection.window = ("2023-07-22", "2023-08-01")
    data, _ = dashboard._repr_mimebundle_()
    state = {"version_major": 2, "version_minor": 0, "state": dependency_state([dashboard], drop_defaults=False)}
    dashboard.close()
    cell = new_code_cell("dashboard", outputs=[new_output("display_data", data)])
    notebook = new_notebook(cells=[cell], metadata={"widgets": {WIDGET_STATE: state}})
    (tmp_path / "hostile.html").write_text(HTMLExporter().from_notebook_node(notebook)[0])
    page = open_page(tmp_path / "hostile.html")
    names = view(page, "comparison").locator("[data-property]")
    expect(names.filter(has_text=HOSTILE_TEXTS[0])).to_have_count(1, timeout=30_000)
    without = open_page(tmp_path / "hostile.html", scripts=False)  # type: ignore[call-arg]
    expect(without.locator(".prodmon-static").get_by_text(HOSTILE_TEXTS[0]).first).to_be_visible()
    for each in (page, without):
        outputs = each.locator(".jp-OutputArea")
        assert outputs.locator("img, iframe, a[href^=javascript], [onerror], [onload], [onfocus]").count() == 0
    assert page.evaluate("window.pwned") is None


@pytest.mark.slow
def test_a_converted_notebook_without_state_shows_the_facts(open_page: Open, executed: Path) -> None:
    notebook = nbformat.read(executed, as_version=4)
    del notebook.metadata["widgets"]
    nbformat.write(notebook, executed.with_name("stateless.ipynb"))
    convert(executed.with_name("stateless.ipynb"), "--to", "html")
    page = open_page(executed.with_name("stateless.html"))
    expect(page.get_by_role("heading", name="Estimated quality over time")).to_be_visible()
