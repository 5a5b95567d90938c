"""The JupyterLab extension in a real browser: launcher, palette, menu, dialog, notebook, side panel, fallback."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Browser, Page, expect

from tests.browser.jupyter import Server, serve
from tests.browser.notebooks import theme
from tests.browser.test_tables import AXE

pytestmark = pytest.mark.browser

ATTACK = '"); import os; ("x.csv'
HOSTILE_COLUMNS = ["<img src=x onerror=window.pwned=1>", "</td><script>window.pwned=1</script>", '"); import os; ("']
SETTINGS = {"prodmon-widgets/plugin.jupyterlab-settings": json.dumps({"sampleCap": 7, "defaultWindow": "last 7 days"})}
DIALOG = ".prodmon-Dialog"
CREATE = f"{DIALOG} .jp-mod-accept"
WAITS = f"{DIALOG} #prodmon-waits"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sides in every format that the context menu knows, one of them with a name that would like to be code."""
    path = tmp_path_factory.mktemp("data")
    production = pd.DataFrame({"timestamp": ["2023-07-01", "2023-07-02"], "y_pred": ["a", "b"], "age": [1, 2]})
    production = production.assign(**dict.fromkeys(HOSTILE_COLUMNS, 1))
    production.assign(y_true="a").to_parquet(path / "evaluation.parquet")
    production.to_csv(path / ATTACK, index=False)
    production.to_json(path / "production.jsonl", orient="records", lines=True)
    (path / "notes.txt").write_text("no data")
    (path / "empty.csv").write_text("")
    (path / "broken.parquet").write_bytes(b"PAR1" * 9)
    (path / "logs").mkdir()
    return path


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(folder, tmp_path_factory.mktemp("jupyter"), settings=SETTINGS) as running:
        yield running


@pytest.fixture(scope="module")
def open_lab(server: Server, browser: Browser) -> Iterator[Open]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})

    def opened(document: str = "") -> Page:
        page = context.new_page()
        page.goto(server.lab(document))
        page.wait_for_selector("#jp-main-dock-panel .lm-DockPanel-widget:visible", timeout=60_000)
        return page

    yield opened
    context.close()


@pytest.fixture(scope="module")
def one_lab(open_lab: Open) -> Page:
    """One page for all tests that start at the launcher: it takes longer to open than most of them to run."""
    page = open_lab()
    unsaved = page.locator(".jp-Dialog", has_text="Save your work").get_by_role("button", name="Discard")
    page.add_locator_handler(unsaved, lambda button: button.click())
    return page


@pytest.fixture
def lab(one_lab: Page) -> Iterator[Page]:
    yield one_lab
    for selector in (".lm-Menu:visible", ".jp-ModalCommandPalette:visible", ".jp-Dialog"):
        while one_lab.locator(selector).count():
            one_lab.keyboard.press("Escape")
    one_lab.evaluate("void jupyterapp.commands.execute('application:close-all')")
    expect(one_lab.locator(".jp-Launcher:visible")).to_be_visible()
    theme(one_lab, "Light")


def point_at(lab: Page, name: str) -> None:
    lab.locator(".jp-DirListing-item", has=lab.get_by_text(name, exact=True)).click(button="right")


def from_context_menu(lab: Page, name: str) -> None:
    point_at(lab, name)
    lab.locator(".lm-Menu-item", has_text="Open in Production Monitor").click()
    lab.wait_for_selector(DIALOG)


def choose_evaluation(lab: Page) -> None:
    lab.fill(f"{DIALOG} input[name=evaluation]", "evaluation.parquet")
    lab.press(f"{DIALOG} input[name=evaluation]", "Tab")
    lab.wait_for_selector(f"{DIALOG} [data-schema-column=age]")


def created(lab: Page, folder: Path) -> nbformat.NotebookNode:
    before = set(folder.glob("*.ipynb"))
    lab.click(CREATE)
    lab.wait_for_selector(".jp-NotebookPanel:visible .jp-CodeCell")
    (path,) = set(folder.glob("*.ipynb")) - before
    return nbformat.read(path, as_version=4)


def test_the_launcher_has_our_card_with_our_icon_in_a_category_of_its_own(lab: Page) -> None:
    section = lab.locator(".jp-Launcher-section", has_text="Production Monitor")
    card = section.locator('.jp-LauncherCard[data-category="Production Monitor"]')
    expect(card).to_have_count(1)
    assert card.locator("svg path").count() == 2
    card.click()
    expect(lab.locator(DIALOG)).to_be_visible()


def test_the_palette_has_the_command(lab: Page) -> None:
    lab.keyboard.press("Control+Shift+c")
    lab.locator(".jp-ModalCommandPalette input").fill("Production Monitor")
    lab.locator('.lm-CommandPalette-item[data-command="prodmon-widgets:open"]').first.click()
    expect(lab.locator(DIALOG)).to_be_visible()


@pytest.mark.parametrize("name", [ATTACK, "evaluation.parquet", "production.jsonl"])
def test_the_context_menu_of_a_data_file_opens_the_dialog_with_its_name(lab: Page, name: str) -> None:
    from_context_menu(lab, name)
    given = [lab.input_value(f"{DIALOG} input[name={side}]") for side in ("evaluation", "production")]
    assert name in given


def test_the_context_menu_of_another_file_has_no_such_entry(lab: Page) -> None:
    point_at(lab, "notes.txt")
    lab.wait_for_selector('.lm-Menu-item[data-command="filebrowser:open"]')
    assert lab.locator(".lm-Menu-item", has_text="Open in Production Monitor").count() == 0


def test_browse_chooses_from_the_file_browser_and_comes_back(lab: Page) -> None:
    from_context_menu(lab, ATTACK)
    lab.click(f"{DIALOG} [data-browse=evaluation]")
    picker = lab.locator(".jp-Dialog:not(.prodmon-Dialog)")
    expect(picker.locator(".jp-DirListing-item", has_text="notes.txt")).to_have_count(0)
    picker.locator(".jp-DirListing-item", has_text="evaluation.parquet").click()
    picker.locator(".jp-mod-accept").click()
    expect(lab.locator(f"{DIALOG} input[name=evaluation]")).to_have_value("evaluation.parquet")
    expect(lab.locator(f"{DIALOG} input[name=production]")).to_have_value(ATTACK)


def test_the_inferred_schema_is_shown_and_hostile_columns_are_text(lab: Page) -> None:
    from_context_menu(lab, ATTACK)
    choose_evaluation(lab)
    roles = {
        row.get_attribute("data-schema-column"): row.locator("select").input_value()
        for row in lab.locator("[data-schema-column]").all()
    }
    assert roles == {
        "timestamp": "timestamp",
        "y_pred": "prediction",
        "y_true": "label",
        "age": "property",
        **dict.fromkeys(HOSTILE_COLUMNS, "property"),
    }
    assert lab.evaluate("window.pwned") is None


def test_a_missing_choice_is_said_and_no_notebook_can_be_made(lab: Page, folder: Path) -> None:
    before = set(folder.glob("*.ipynb"))
    from_context_menu(lab, ATTACK)
    expect(lab.locator(WAITS)).to_have_text("Choose the evaluation file.")
    expect(lab.locator(CREATE)).to_be_disabled()
    expect(lab.locator(CREATE)).to_have_attribute("title", "Choose the evaluation file.")
    lab.press(f"{DIALOG} input[name=evaluation]", "Enter")
    expect(lab.locator(DIALOG)).to_be_visible()
    assert set(folder.glob("*.ipynb")) == before


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing.csv", "There is no file nothing.csv."),
        ("logs", "logs is a folder: choose a file in it."),
        ("notes.txt", "notes.txt is not a .csv, .parquet or .jsonl file."),
        ("empty.csv", "empty.csv can't be read: the file is empty"),
        ("broken.parquet", "broken.parquet can't be read:"),
    ],
)
def test_a_path_that_leads_to_no_data_is_said_beside_it_while_typing(lab: Page, path: str, said: str) -> None:
    from_context_menu(lab, ATTACK)
    field = lab.locator(f"{DIALOG} input[name=evaluation]")
    field.fill(path)
    expect(lab.locator(f"{DIALOG} #prodmon-problem-evaluation")).to_contain_text(said)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(lab.locator(WAITS)).to_have_text("Choose another evaluation file.")
    expect(lab.locator(CREATE)).to_be_disabled()
    field.fill("evaluation.parquet")
    expect(lab.locator(f"{DIALOG} #prodmon-problem-evaluation")).to_have_text("")
    expect(lab.locator(CREATE)).to_be_enabled()
    expect(lab.locator(WAITS)).to_have_text("")


def test_the_same_file_twice_makes_no_notebook(lab: Page) -> None:
    from_context_menu(lab, "evaluation.parquet")
    lab.fill(f"{DIALOG} input[name=production]", "evaluation.parquet")
    expect(lab.locator(WAITS)).to_have_text("Evaluation and production are the same file: choose two.")
    expect(lab.locator(CREATE)).to_be_disabled()


def test_the_schema_shows_what_the_columns_hold(lab: Page) -> None:
    from_context_menu(lab, ATTACK)
    choose_evaluation(lab)
    shown = {
        row.get_attribute("data-schema-column"): row.locator(".prodmon-values").inner_text()
        for row in lab.locator("[data-schema-column]").all()
    }
    assert shown["timestamp"] == "text, in production time 2023-07-01, 2023-07-02"
    assert shown["age"] == "number 1, 2"
    assert shown["y_true"] == "text a"


def test_an_evaluation_file_without_the_truth_is_warned_of(lab: Page) -> None:
    from_context_menu(lab, ATTACK)
    lab.fill(f"{DIALOG} input[name=evaluation]", "production.jsonl")
    expect(lab.locator(WAITS)).to_contain_text("Nothing in the evaluation file says which samples are good")
    lab.get_by_label("role of age", exact=True).select_option("annotation")
    expect(lab.locator(WAITS)).to_have_text("")


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_the_dialog_is_used_by_keyboard_and_has_no_fault_that_axe_knows(lab: Page, folder: Path, name: str) -> None:
    theme(lab, name)
    lab.locator('.jp-LauncherCard[data-category="Production Monitor"]').focus()
    lab.keyboard.press("Enter")
    expect(lab.locator(f"{DIALOG} input[name=evaluation]")).to_be_focused()
    lab.keyboard.type("nothing.csv")
    lab.locator(f"{DIALOG} #prodmon-problem-evaluation:not(:empty)").wait_for()
    assert faults(lab) == []
    lab.keyboard.press("Control+a")
    lab.keyboard.type("evaluation.parquet")
    lab.keyboard.press("Tab")
    expect(lab.get_by_role("button", name="Browse for the evaluation file")).to_be_focused()
    lab.keyboard.press("Tab")
    lab.keyboard.type("production.jsonl")
    expect(lab.locator(CREATE)).to_be_enabled()
    assert faults(lab) == []
    # Browse, the table that scrolls, and its first role
    for _ in range(3):
        lab.keyboard.press("Tab")
    expect(lab.get_by_label("role of timestamp", exact=True)).to_be_focused()
    lab.keyboard.press("Shift+Tab")
    lab.keyboard.press("Shift+Tab")
    lab.keyboard.press("Shift+Tab")
    expect(lab.locator(f"{DIALOG} input[name=production]")).to_be_focused()
    before = set(folder.glob("*.ipynb"))
    lab.keyboard.press("Enter")
    lab.wait_for_selector(".jp-NotebookPanel:visible .jp-CodeCell")
    assert len(set(folder.glob("*.ipynb")) - before) == 1


def faults(lab: Page) -> list[str]:
    """Serious findings of axe in the dialog, as one line each."""
    lab.add_script_tag(path=AXE)
    found = lab.evaluate(f"axe.run('{DIALOG} .jp-Dialog-body')")["violations"]
    return [
        f"{each['id']}: {node['html']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def test_a_hostile_file_name_ends_as_a_quoted_string_and_nothing_has_run(lab: Page, folder: Path) -> None:
    from_context_menu(lab, ATTACK)
    choose_evaluation(lab)
    notebook = created(lab, folder)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert 'production = "\\"); import os; (\\"x.csv"  #' in code[0].source
    assert all(cell.execution_count is None and cell.outputs == [] for cell in code)
    assert lab.evaluate("window.pwned") is None


def test_a_corrected_role_reaches_the_notebook_and_its_holder_becomes_a_property(lab: Page, folder: Path) -> None:
    from_context_menu(lab, ATTACK)
    choose_evaluation(lab)
    lab.get_by_label("role of age", exact=True).select_option("prediction")
    lab.get_by_label(f"role of {HOSTILE_COLUMNS[2]}", exact=True).select_option("id")
    expect(lab.get_by_label("role of y_pred", exact=True)).to_have_value("property")
    (code, *_) = [cell.source for cell in created(lab, folder).cells if cell.cell_type == "code"]
    (said,) = [
        each
        for each in ast.walk(ast.parse(code))
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "pm.Schema"
    ]
    assert {each.arg: ast.literal_eval(each.value) for each in said.keywords} == {
        "id": HOSTILE_COLUMNS[2],
        "prediction": "age",
    }
    assert "pm.Monitor(evaluation, production, schema=schema)" in code


def test_a_correction_and_the_settings_reach_the_notebook(lab: Page, folder: Path) -> None:
    from_context_menu(lab, ATTACK)
    choose_evaluation(lab)
    lab.select_option("[data-schema-column=age] select", "ignore")
    source = "\n".join(cell.source for cell in created(lab, folder).cells)
    assert 'schema = pm.Schema(\n    ignore=["age"],\n)' in source
    assert "n=7)" in source
    assert ".iloc[-7:]" in source


def saved_view(facts: str) -> nbformat.NotebookNode:
    """A notebook whose one output is a widget view without a model, as after a restart of the kernel."""
    gone = {"model_id": "0123456789abcdef", "version_major": 2, "version_minor": 0}
    data = {"application/vnd.jupyter.widget-view+json": gone, "text/html": facts, "text/plain": "View()"}
    cell = new_code_cell("view", outputs=[new_output("execute_result", data, execution_count=1)], execution_count=1)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    return new_notebook(cells=[cell], metadata=kernel)


def test_a_view_whose_model_is_gone_shows_its_facts_instead_of_model_not_found(
    open_lab: Open, server: Server, folder: Path
) -> None:
    facts = '<div class="prodmon-static">estimated score <b>0.812</b></div>'
    nbformat.write(server.trust(saved_view(facts)), folder / "gone.ipynb")
    lab = open_lab("gone.ipynb")
    expect(lab.locator('[data-prodmon-static="true"] .prodmon-static')).to_be_visible(timeout=30_000)
    expect(lab.locator(".jp-OutputArea-output", has_text="model not found")).not_to_be_visible()


def test_the_widgets_of_other_packages_are_left_alone(open_lab: Open, server: Server, folder: Path) -> None:
    nbformat.write(server.trust(saved_view("<b>theirs</b>")), folder / "theirs.ipynb")
    lab = open_lab("theirs.ipynb")
    output = lab.locator(".prodmon-view-or-facts")
    expect(output).to_have_text(re.compile("Loading widget|model not found"), timeout=30_000)
    expect(output.locator(".prodmon-facts-page")).to_have_count(0)


def test_the_side_panel_lists_the_kernels_monitors_and_reveals_their_cell(open_lab: Open, folder: Path) -> None:
    cells = [
        new_code_cell("import prodmon_widgets as pm\nframes = pm.datasets.movies(n=5000)"),
        new_code_cell("watched = pm.Monitor(*frames, text=False, progress=False)"),
        new_code_cell("1 + 1"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "monitored.ipynb")
    lab = open_lab("monitored.ipynb")
    lab.locator('.lm-TabBar-tab[data-id="prodmon-monitors"]').click()
    # before the kernel is there, Run All runs nothing
    said = lab.locator(".prodmon-panel [role=status]")
    expect(said).to_have_text("No monitor here yet: run pm.Monitor(...) in a notebook.", timeout=60_000)
    lab.locator(".jp-NotebookPanel:visible .jp-CodeCell").first.click()
    lab.locator(".lm-MenuBar-item", has_text="Run").click()
    lab.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    entry = lab.locator('[data-monitor="watched"]')
    expect(entry.locator(".prodmon-score")).to_contain_text("[", timeout=90_000)
    # from the first of May to the end of July, and it has fallen
    expect(entry.locator("polyline")).to_have_attribute("points", re.compile(r"^0\.0,\S+ .*120\.0,\S+$"))
    expect(entry.locator(".prodmon-alerts")).to_have_attribute("data-alerts", re.compile(r"^[1-9]$"))
    expect(entry.locator(".prodmon-alerts")).to_have_text(re.compile(r"^\d open alerts?$"))
    entry.locator("button").click()
    expect(lab.locator(".jp-CodeCell.jp-mod-active")).to_contain_text("watched = pm.Monitor")
