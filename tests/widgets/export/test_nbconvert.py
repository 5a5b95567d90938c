"""Notebooks as HTML by nbconvert: never blank, by its own exporter and by ours."""

from __future__ import annotations

import re
import subprocess
import sys
from copy import deepcopy

import pytest
from nbconvert import Exporter, HTMLExporter, MarkdownExporter, NotebookExporter
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import Config

from prodmon_widgets.widgets.export.nbconvert import WIDGET_VIEW, MonitorHTMLExporter

FACT = "<td>n_predictions</td><td>2.21</td>"
FACTS = f'<div class="prodmon-static"><table><tr>{FACT}</tr></table></div>'
LEFT = {"OfflineViews": {"enabled": False}}
EXPORTERS = [HTMLExporter, MonitorHTMLExporter]


@pytest.fixture
def saved() -> NotebookNode:
    data = {WIDGET_VIEW: {"model_id": "gone", "version_major": 2, "version_minor": 0}, "text/html": FACTS}
    cell = new_code_cell("dashboard", outputs=[new_output("execute_result", data, execution_count=1)])
    return new_notebook(cells=[cell])


def stateful(notebook: NotebookNode) -> NotebookNode:
    model = {"model_name": "LayoutModel", "model_module": "@jupyter-widgets/base", "state": {}}
    state = {"version_major": 2, "version_minor": 0, "state": {"gone": model}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    return notebook


def addresses(page: str) -> list[str]:
    """Where a page's scripts come from, those that a script adds included."""
    found = re.findall(r"""(?:<script[^>]*\ssrc=|widgetRendererSrc = )["']([^"']{,60})""", page)
    assert found
    return found


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_without_saved_state_the_facts_stand_in_the_page(exporter: type[HTMLExporter], saved: NotebookNode) -> None:
    page, _ = exporter().from_notebook_node(saved)
    assert FACT in page


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_with_state_the_libraries_of_widgets_are_in_the_page_and_so_are_the_facts(
    exporter: type[HTMLExporter], saved: NotebookNode
) -> None:
    page, _ = exporter().from_notebook_node(stateful(saved))
    mathjax = [each for each in addresses(page) if not each.startswith("data:")]
    assert [each for each in mathjax if "mathjax" not in each] == []
    assert exporter is HTMLExporter or not mathjax
    assert page.index(FACT) > page.index('"model_id": "gone"')


def test_a_sanitized_page_shows_the_facts_and_no_text_of_a_script(saved: NotebookNode) -> None:
    page, _ = HTMLExporter(sanitize_html=True).from_notebook_node(stateful(saved))
    assert "2.21" in page
    assert "currentScript" not in page


def test_widgets_of_others_are_left_to_nbconvert(saved: NotebookNode) -> None:
    saved.cells[0].outputs[0].data["text/html"] = "<b>theirs</b>"
    page, _ = HTMLExporter().from_notebook_node(stateful(saved))
    assert any("unpkg.com" in each for each in addresses(page))


@pytest.mark.parametrize("exporter", [MarkdownExporter, NotebookExporter])
def test_what_is_no_page_is_left_to_nbconvert(exporter: type[Exporter], saved: NotebookNode) -> None:
    left = exporter(config=Config(LEFT)).from_notebook_node(stateful(saved))
    assert exporter().from_notebook_node(saved)[0] == left[0]


def test_a_user_can_have_the_page_as_nbconvert_makes_it(saved: NotebookNode) -> None:
    plain = HTMLExporter(config=Config(LEFT))
    assert any("unpkg.com" in each for each in addresses(plain.from_notebook_node(stateful(saved))[0]))


def test_the_exporter_is_known_to_nbconvert_by_name() -> None:
    assert get_exporter("prodmon") is MonitorHTMLExporter


@pytest.mark.slow
def test_nbconvert_knows_of_the_libraries_by_itself() -> None:
    """In a process of its own: nothing of ours is imported there but by nbconvert."""
    code = "import nbconvert.nbconvertapp, nbconvert; print(*nbconvert.HTMLExporter().default_preprocessors)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "prodmon_widgets.widgets.export.nbconvert.OfflineViews" in ran.stdout.split()


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_the_notebook_itself_is_left_as_it_was(exporter: type[HTMLExporter], saved: NotebookNode) -> None:
    before = deepcopy(stateful(saved))
    exporter().from_notebook_node(saved)
    assert saved == before
