"""Notebooks as HTML by nbconvert: never blank, by its own exporter and by ours."""

from __future__ import annotations

import pytest
from nbconvert import HTMLExporter
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from prodmon_widgets.widgets.convert import WIDGET_VIEW, MonitorHTMLExporter

FACTS = '<div class="prodmon-static"><table><tr><td>n_predictions</td><td>2.21</td></tr></table></div>'


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


@pytest.mark.parametrize("exporter", [HTMLExporter, MonitorHTMLExporter])
def test_without_saved_state_the_facts_stand_in_the_page(exporter: type[HTMLExporter], saved: NotebookNode) -> None:
    page, _ = exporter().from_notebook_node(saved)
    assert "<td>n_predictions</td><td>2.21</td>" in page


def test_with_state_our_page_asks_no_network_and_has_the_facts_for_readers_without_scripts(saved: NotebookNode) -> None:
    page, _ = MonitorHTMLExporter().from_notebook_node(stateful(saved))
    assert 'src="https:' not in page
    assert "unpkg.com" not in page
    noscript = page[page.index("<noscript>") : page.index("</noscript>")]
    assert "<td>n_predictions</td><td>2.21</td>" in noscript


def test_the_exporter_is_known_to_nbconvert_by_name() -> None:
    assert get_exporter("prodmon") is MonitorHTMLExporter


def test_the_notebook_itself_is_left_as_it_was(saved: NotebookNode) -> None:
    MonitorHTMLExporter().from_notebook_node(saved)
    assert len(saved.cells[0].outputs) == 1
