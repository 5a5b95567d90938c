"""Sixty names that would like to be code, as files in JupyterLab's menu, dialog and notebook, and in its side panel."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from playwright.sync_api import Browser, ElementHandle, Page, Route, expect

from tests.browser.hostile import HOSTILE_TEXTS
from tests.browser.jupyter import Server, serve
from tests.browser.notebooks import start_first, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DIALOG = ".prodmon-Dialog"


def as_file(text: str) -> str:
    """The text as a file name: without what no file name holds, not hidden, and with an ending that we read."""
    name = text.replace("/", "\u2215").replace("\0", "").lstrip(".")
    return name if name.endswith(".csv") else f"{name}.csv"


NAMES = sorted({as_file(text) for text in HOSTILE_TEXTS})
PANEL = f"""
import pandas as pd, prodmon_widgets as pm
rows = pd.DataFrame({{"y_pred": ["a", "b"] * 60, "y_true": ["a", "b", "b"] * 40, "age": range(120)}})
watched = pm.Monitor(rows, rows.drop(columns="y_true"), text=False, progress=False).wait()
for text in {NAMES!r}:
    globals()[text] = watched
print("watching")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evaluation file, and below it sixty files of production."""
    path = tmp_path_factory.mktemp("data")
    production = pd.DataFrame({"timestamp": ["2023-07-01", "2023-07-02"], "y_pred": ["a", "b"], "age": [1, 2]})
    production.assign(y_true="a").to_parquet(path / "evaluation.parquet")
    (path / "logs").mkdir()
    for name in NAMES:
        production.to_csv(path / "logs" / name, index=False)
    write(path / "panel.ipynb", PANEL)
    return path


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(folder, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that is high enough to show all files at once."""
    context = browser.new_context(viewport={"width": 1400, "height": 2200})
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    yield page
    context.close()


def unread(route: Route) -> None:
    """Let a notebook be opened and stay unread: sixty of them, each with a kernel, would take minutes."""


def source_of(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    return next(cell.source for cell in notebook.cells if cell.cell_type == "code")


def assigned(source: str) -> dict[str, object]:
    """Name → text, of the statements that assign a text; of other kinds there are one import, one call, one name."""
    statements = ast.parse(source).body
    texts = [each for each in statements if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)]
    assert [type(each).__name__ for each in statements if each not in texts] == ["Import", "Assign", "Expr"]
    return {each.targets[0].id: each.value.value for each in texts}  # plain names


def listed(page: Page, name: str) -> ElementHandle:
    """The file browser's entry of this very name: locators by text don't tell one blank from another."""
    found = page.evaluate_handle(
        "name => [...document.querySelectorAll('.jp-DirListing-itemText')].find(each => each.textContent === name)",
        name,
    ).as_element()
    assert found is not None, name
    return found


def test_file_names_are_text_in_menu_and_dialog_and_quoted_in_the_notebook(
    server: Server, page: Page, folder: Path
) -> None:
    assert len(NAMES) >= 58
    page.route(re.compile(r"/api/contents/logs/production-monitor\S*\.ipynb\?\S*content=1"), unread)
    page.goto(server.lab("logs"))
    items = page.locator(".jp-DirListing-itemText")
    expect(items).to_have_count(len(NAMES), timeout=60_000)
    assert sorted(items.evaluate_all("items => items.map(item => item.textContent)")) == NAMES
    for n_made, name in enumerate(NAMES):
        # the list moves when a new notebook comes into it
        expect(items).to_have_count(len(NAMES) + n_made)
        listed(page, name).click(button="right")
        page.locator(".lm-Menu-item", has_text="Open in Production Monitor").click()
        # a field of one line leaves out what ends lines; the path itself keeps it, as the notebook shows
        expect(page.locator(f"{DIALOG} input[name=production]")).to_have_value(
            "logs/" + name.replace("\r", "").replace("\n", "")
        )
        page.fill(f"{DIALOG} input[name=evaluation]", "evaluation.parquet")
        page.press(f"{DIALOG} input[name=evaluation]", "Tab")
        expect(page.locator(f"{DIALOG} [data-schema-column=age]"), name).to_be_visible()
        before = set((folder / "logs").glob("*.ipynb"))
        page.click(f"{DIALOG} .jp-mod-accept")
        opened = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text=".ipynb")
        expect(opened).to_have_count(1)
        # sixty open notebooks would make every step slower than the one before
        page.evaluate("jupyterapp.shell.currentWidget.dispose()")
        expect(opened).to_have_count(0)
        (made,) = set((folder / "logs").glob("*.ipynb")) - before
        assert assigned(source_of(made)) == {"evaluation": "../evaluation.parquet", "production": name}
    assert page.evaluate("window.pwned") is None


def test_names_of_monitors_are_text_in_the_side_panel(server: Server, page: Page) -> None:
    # what begins with an underscore is nobody's own
    shown = [name for name in NAMES if not name.startswith("_")]
    page.goto(server.lab("panel.ipynb"))
    start_first(page)
    page.locator('.lm-TabBar-tab[data-id="prodmon-monitors"]').click()
    entries = page.locator(".prodmon-panel [data-monitor]")
    expect(entries).to_have_count(len(shown) + 1, timeout=120_000)
    assert set(entries.locator("strong").all_text_contents()) == {"watched", *shown}
    for name in shown[:3]:
        entries.filter(has=page.get_by_text(name, exact=True)).locator("button").first.click()
        expect(page.locator(".prodmon-panel [role=status]")).to_have_text(f"No cell of this notebook assigns {name}.")
    panel = page.locator(".prodmon-panel")
    assert panel.locator("img, script, iframe, textarea, svg[onload]").count() == 0
    assert page.evaluate("window.pwned") is None
