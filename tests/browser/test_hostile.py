"""Sixty texts that would like to be code, as columns, classes, values and samples in JupyterLab: only text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hostile import HOSTILE_TEXTS
from tests.browser.jupyter import Server
from tests.browser.notebooks import run_first, theme, view
from tests.browser.test_tables import AXE

pytestmark = pytest.mark.browser

EXTRA = [
    "<img src=x onerror=window.pwned=1>",
    "</script><script>window.pwned=1</script>",
    "<svg/onload=window.pwned=1>",
    '"><iframe srcdoc="<script>parent.pwned=1</script>">',
    "<style>*{display:none}</style>",
    "{{constructor.constructor('window.pwned=1')()}}",
    "${window.pwned=1}",
    "\u202egnp.exe",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    "<a href=javascript:window.pwned=1>x</a>",
    "__proto__",
    "constructor",
    "' onfocus=window.pwned=1 autofocus='",
]
TEXTS = list(dict.fromkeys([*HOSTILE_TEXTS, *EXTRA]))
CELL = f"""
import numpy as np, pandas as pd, prodmon_widgets as pm
texts = {TEXTS!r}
evaluation, production = pm.datasets.movies(n=5000)
for frame in (evaluation, production):
    for name in texts[:20]:
        frame[name] = np.random.default_rng(0).normal(size=len(frame))
    frame[texts[20]] = pd.Series(texts)[frame.index % len(texts)].to_numpy()
more = [[texts[at % len(texts)]] if at % 3 == 0 else [] for at in range(len(production))]
production["prediction"] = [[*classes, *new] for classes, new in zip(production["prediction"], more)]
production["input"] = pd.Series(texts)[production.index % len(texts)].to_numpy()
monitor = pm.Monitor(evaluation, production, text=False, progress=False)
dashboard = pm.Dashboard(monitor)
dashboard.selection.window = ("2023-07-22", "2023-08-01")
dashboard
"""


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1500, "height": 1100})
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    page.goto(server.lab("story.ipynb"))
    run_first(page)
    yield page
    context.close()


def test_names_classes_and_samples_are_text_and_nothing_is_executed(page: Page) -> None:
    assert len(TEXTS) >= 60
    table = view(page, "comparison")
    names = table.locator("[data-property]").evaluate_all("rows => rows.map(row => row.dataset.property)")
    assert set(TEXTS[:21]) <= set(names)
    shown = table.locator("[data-property] .pm-expand .pm-clip").all_text_contents()
    assert set(TEXTS[:21]) <= set(shown)
    card = view(page, "new-values")
    while card.get_by_role("button", name="Show more").count():
        card.get_by_role("button", name="Show more").click()
    classes = card.locator("[data-segment] button").all_text_contents()
    assert len(set(TEXTS) & set(classes)) >= 50
    # every view is drawn, filtered and opened with a name that would like to be code
    card.locator("[data-segment] button:enabled").filter(has_text="<img src=x onerror").first.click()
    for name in ("comparison", "segments", "samples"):
        expect(view(page, name)).to_contain_text("only prediction = <img src=x onerror", timeout=30_000)
    table.locator(f'[data-property="{TEXTS[20]}"] button').or_(table.locator("[data-property] button")).first.click()
    samples = view(page, "samples")
    expect(samples).to_have_attribute("aria-busy", "false", timeout=30_000)
    samples.locator(".pm-sample-row").first.click()
    expect(samples.locator(".pm-sample")).to_be_visible()
    expect(view(page, "trail").locator("li").last).to_contain_text("Only prediction = <img src=x")
    assert page.evaluate("window.pwned") is None
    dashboard = page.locator(".prodmon-dashboard:visible")
    assert (
        dashboard.locator("img, script, iframe, form, a[href^=javascript], svg[onload], [onerror], [onfocus]").count()
        == 0
    )
    assert dashboard.evaluate("el => getComputedStyle(el).display") != "none"


@pytest.mark.parametrize("name", ["Dark", "Light"])
def test_axe_finds_nothing_serious_in_any_view(page: Page, name: str) -> None:
    theme(page, name)
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run('.prodmon-dashboard', {resultTypes: ['violations']})")
    serious = [each for each in found["violations"] if each["impact"] in ("serious", "critical")]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]][:5]) for each in serious] == []
