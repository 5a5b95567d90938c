"""Counts what a page holds on to: widget models, DOM nodes, listeners and memory, after garbage collection.

A decoded cube is nearly all arrays of numbers, which Chromium doesn't count to a page's heap: cubes are counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page

from tests.browser.jupyter import Server
from tests.browser.notebooks import run, start_first, write

CHROME = {"nodes": "Nodes", "listeners": "JSEventListeners", "heap": "JSHeapUsedSize"}
PREPARE = """
import anywidget
import ipywidgets
from ipywidgets.widgets.widget import _instances
import prodmon_widgets as pm
import prodmon_widgets.widgets.base
monitor = pm.Monitor(*pm.datasets.movies(n=5000), text=False, progress=False).wait()
class bare(anywidget.AnyWidget):
    _esm = "export default { render({ el }) { el.className = el.textContent = 'bare'; } }"
class wordy(bare):
    def _repr_mimebundle_(self, **options):
        data, metadata = super()._repr_mimebundle_(**options)
        return {**data, "text/html": facts}, metadata
class many(ipywidgets.VBox):
    def __init__(self):
        before = set(_instances)
        super().__init__([bare() for _ in range(views)])
        for _ in range(models - len(set(_instances) - before)):
            ipywidgets.Layout()
        self.made = [_instances[each] for each in set(_instances) - before]
    def close(self):
        for each in self.made:
            ipywidgets.Widget.close(each)
before = set(_instances)
dashboard = pm.Dashboard(monitor)
opened = [_instances[each] for each in set(_instances) - before]
models, views = len(opened), sum(isinstance(each, anywidget.AnyWidget) for each in opened)
facts = prodmon_widgets.widgets.base.static_html(dashboard)
dashboard.close()
del opened
print("prepared")
"""
MANAGER = """
  const { rendermime } = window.jupyterapp.shell.currentWidget.content;
  const renderer = rendermime.createRenderer("application/vnd.jupyter.widget-view+json");
  const manager = await (renderer.view ?? renderer)._manager.promise;
"""
MODELS = f"""async () => {{
  {MANAGER}
  return Object.keys(manager._models).length;
}}"""
WATCH_MODELS = f"""async () => {{
  {MANAGER}
  window.modelsOpened ??= [];
  for (const model of await Promise.all(Object.values(manager._models))) window.modelsOpened.push(new WeakRef(model));
}}"""
KEPT = "() => new Set((window.modelsOpened ?? []).map((each) => each.deref()).filter((each) => each?._closed)).size"


# the page keeps what it decoded in weak maps, which can't be asked for what they hold
WATCH_CUBES = """() => {
  const [set, seen] = [WeakMap.prototype.set, []];
  WeakMap.prototype.set = function (key, value) {
    const isCube = typeof value === "object" && value !== null && "evaluation" in value && "meta" in value;
    if (isCube) seen.push(new WeakRef(value));
    return set.call(this, key, value);
  };
  window.cubesAlive = () => seen.filter((each) => each.deref() !== undefined).length;
}"""
CUBES = "() => window.cubesAlive()"


@dataclass(frozen=True)
class Held:
    """How much a page holds; ``kept`` are closed models, ``heap`` is in bytes."""

    models: int
    nodes: int
    listeners: int
    heap: int
    kept: int
    cubes: int


def prepared(server: Server, browser: Browser, root: Path) -> tuple[Page, CDPSession]:
    """A page with a notebook in which a monitor is ready."""
    write(root / "leaks.ipynb", PREPARE)
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.add_init_script(f"({WATCH_CUBES})()")
    page.goto(server.lab("leaks.ipynb"))
    start_first(page)
    page.locator(".jp-OutputArea-output").get_by_text("prepared", exact=True).wait_for(timeout=120_000)
    chrome = context.new_cdp_session(page)
    chrome.send("Performance.enable")
    chrome.send("HeapProfiler.enable")
    return page, chrome


def held(page: Page, chrome: CDPSession) -> Held:
    """What is left after two collections, since the first one only frees what finalizers then let go of."""
    for _ in range(2):
        chrome.send("HeapProfiler.collectGarbage")
    metrics = {each["name"]: each["value"] for each in chrome.send("Performance.getMetrics")["metrics"]}
    counted = {name: int(metrics[chromes]) for name, chromes in CHROME.items()}
    return Held(page.evaluate(MODELS), **counted, kept=page.evaluate(KEPT), cubes=page.evaluate(CUBES))


def cycle(page: Page, code: str, shown: str) -> None:
    """Open a view in the notebook's last cell until something of it is shown, and close it again."""
    run(page, f"opened = {code}\nopened")
    page.locator(f"{shown}:visible").first.wait_for(timeout=60_000)
    page.evaluate(WATCH_MODELS)
    run(page, "opened.close()\nfrom IPython.display import clear_output\nclear_output()")
    page.locator(shown).first.wait_for(state="detached", timeout=60_000)
