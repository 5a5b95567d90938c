"""Every notebook is stored without outputs and runs from top to bottom in a kernel of its own."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert {path.stem[:2] for path in NOTEBOOKS} >= {"01", "02", "03"}


def test_outputs_are_stripped(notebook):
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code(notebook))


def test_it_is_plain_python_and_starts_with_a_title(notebook):
    assert notebook.cells[0].source.startswith("# ")
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in code(notebook):
        compile(cell.source, "cell", "exec")


@pytest.mark.notebook
def test_it_runs_without_a_warning(notebook):
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": FOLDER}}).execute()
    outputs = [output for cell in code(notebook) for output in cell.outputs]
    complaints = [output.text for output in outputs if output.get("name") == "stderr"]
    assert not [text for text in complaints if "Warning" in text or "Error" in text]
