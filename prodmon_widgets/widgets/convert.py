"""``jupyter nbconvert --to prodmon``: a notebook as one HTML file whose views are alive without kernel or network.

nbconvert's own HTML loads the widgets' libraries from the network, where the versions that made the notebook may be
missing; here they come from this installation. Where a notebook holds no state of its widgets both show the facts.
"""

from __future__ import annotations

import base64
import gzip
import json
from copy import deepcopy
from typing import Any
from urllib.parse import quote

from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output

from prodmon_widgets.widgets.libraries import libraries

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
OURS = 'class="prodmon-static"'
NOTHING = "data:text/javascript,"
UNPACK = """
(async () => {
  for (const packed of %s) {
    const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  }
})();
"""


class MonitorHTMLExporter(HTMLExporter):
    """HTML with the libraries of ipywidgets, bqplot and anywidget inside; TeX is left as it stands."""

    export_from_notebook = None  # type: ignore[assignment]  no entry in JupyterLab's menu: its own HTML is there

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        require, *widgets = libraries().values()
        self.require_js_url = as_address(require)
        self.widget_renderer_url = as_address(UNPACK % json.dumps([packed(script) for script in widgets]))
        self.mathjax_url = self.jquery_url = NOTHING

    def _preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run what was asked for; then a reader without scripts gets each view's facts."""
        prepared, resources = super()._preprocess(nb, resources)
        return with_facts(prepared), resources


def with_facts(notebook: NotebookNode) -> NotebookNode:
    """A copy in which the facts of our views stand again below them, for browsers that run no scripts."""
    copied = deepcopy(notebook)
    for cell in copied.cells:
        cell_outputs = cell.get("outputs", [])
        facts = [each.data["text/html"] for each in cell_outputs if is_ours(each.get("data", {}))]
        cell_outputs.extend(
            new_output("display_data", {"text/html": f"<noscript>{_joined(each)}</noscript>"}) for each in facts
        )
    return copied


def is_ours(data: dict[str, Any]) -> bool:
    """Whether an output is one of our views with its facts."""
    return WIDGET_VIEW in data and OURS in _joined(data.get("text/html", ""))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def packed(script: str) -> str:
    """A script compressed, as base64."""
    return base64.b64encode(gzip.compress(script.encode(), 6, mtime=0)).decode()


def as_address(script: str) -> str:
    """A script as an address that needs no network.

    >>> as_address("a('b');")
    'data:text/javascript,a%28%27b%27%29;'
    """
    return NOTHING + quote(script, safe="/+=,;:")
