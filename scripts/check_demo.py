"""Run the story notebook in a kernel without a screen, print the story's figures, and fail when one is missing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "01-film-story.ipynb"
MARK = "story figures: "
ASK = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "scripts")!r})
from story_figures import figures
print({MARK!r} + json.dumps(figures(pm.Monitor(evaluation, production), evaluation, production), default=bool))
"""
WIDGET = "application/vnd.jupyter.widget-view+json"


def run() -> nbformat.NotebookNode:
    """Return the executed notebook with one more cell, which asks a fresh monitor for the figures."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(new_code_cell(ASK))
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": ROOT}}).execute()
    return notebook


def story(notebook: nbformat.NotebookNode) -> list[dict[str, object]]:
    """Return the figures that the last cell printed."""
    printed = "".join(output.get("text", "") for output in notebook.cells[-1].outputs)
    return json.loads(printed.split(MARK, 1)[1].splitlines()[0])


def dashboard(notebook: nbformat.NotebookNode) -> dict[str, object]:
    """Return whether a cell showed the dashboard, with a fallback for pages that have no kernel."""
    bundles = [
        output.data
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]
    views = [bundle for bundle in bundles if WIDGET in bundle]
    holds = any("text/html" in bundle for bundle in views)
    return {
        "row": "S5",
        "claim": "the dashboard shows, with a static fallback",
        "found": f"{len(views)} views",
        "holds": holds,
    }


def main() -> int:
    """Print one line a figure; 1 when one doesn't hold."""
    notebook = run()
    found = sorted([*story(notebook), dashboard(notebook)], key=lambda figure: int(str(figure["row"])[1:]))
    for figure in found:
        print(f"{'ok  ' if figure['holds'] else 'MISS'} {figure['row']:4} {figure['claim']}: {figure['found']}")
    missing = [figure for figure in found if not figure["holds"]]
    print(f"{len(found) - len(missing)} of {len(found)} figures of the story hold.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
