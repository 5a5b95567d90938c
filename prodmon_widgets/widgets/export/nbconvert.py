"""nbconvert's pages with our views: they draw without kernel or network, and show the facts until they do.

nbconvert loads the libraries of widgets from the network, where those that made the notebook may be missing. For a
notebook that holds the state of one of our views they come from this installation. ``--to html`` does that since
nbconvert has loaded this module; ``--to prodmon`` also leaves out everything else that a page would load.
"""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from typing import Any
from urllib.parse import quote

from nbconvert.exporters.exporter import Exporter
from nbconvert.exporters.html import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Bool

from prodmon_widgets.widgets.export.libraries import libraries

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
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
UNTIL_DRAWN = """<div>%s</div><script>
{
  const facts = document.currentScript.previousElementSibling;
  const view = [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-view+json"]`)].at(-1);
  new MutationObserver((_, observer) => {
    if (!view.parentElement.querySelector("[data-view]")) return;
    facts.hidden = true;
    observer.disconnect();
  }).observe(view.parentElement, { attributes: true, attributeFilter: ["data-view"], childList: true, subtree: true });
}
</script>"""


class OfflineViews(Preprocessor):
    """Gives a page with the state of our views their libraries, and each view its facts until it is drawn.

    ``--OfflineViews.enabled=False`` leaves nbconvert's page as it would be: small, and blank without a network.
    """

    enabled = Bool(True).tag(config=True)

    parent: Any  # the exporter that made it

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Change a notebook that becomes HTML and holds the state of our views; others are left alone."""
        state = nb.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
        outputs = [each for cell in nb.cells for each in cell.get("outputs", ())]
        if "widget_renderer_url" not in resources or not any(is_drawn(each, state) for each in outputs):
            return nb, resources
        # a page that is sanitized runs no script of an output, and would show its text
        below = "%s" if resources.get("should_sanitize_html") else UNTIL_DRAWN
        for cell in nb.cells:
            if "outputs" in cell:
                cell.outputs = [part for each in cell.outputs for part in with_facts(each, state, below)]
        resources.update(offline())
        # nbconvert's own leaves "<!--" and "<script" in the state, with which a text of the data keeps the script open
        self.parent.register_filter("escape_html_script", within_script)
        return nb, resources


class MonitorHTMLExporter(HTMLExporter):
    """HTML that asks for nothing: widgets of any kind have their libraries inside, and TeX is left as it stands."""

    export_from_notebook = None  # type: ignore[assignment]  # no entry in JupyterLab's menu: its own HTML is there

    def _init_resources(self, resources: Any) -> Any:
        known = super()._init_resources(resources)
        known.update(mathjax_url=NOTHING, jquery_url=NOTHING, **offline())
        return known


def is_drawn(output: NotebookNode, state: dict[str, Any]) -> bool:
    """Whether an output is one of our views, with its facts and its state."""
    data = output.get("data", {})
    return data.get(WIDGET_VIEW, {}).get("model_id") in state and OURS in _joined(data.get("text/html", ""))


def with_facts(output: NotebookNode, state: dict[str, Any], below: str) -> list[NotebookNode]:
    """An output, and below it the facts where a view should be drawn."""
    if not is_drawn(output, state):
        return [output]
    return [output, new_output("display_data", {"text/html": below % _joined(output.data["text/html"])})]


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


@cache
def offline() -> dict[str, str]:
    """What nbconvert's templates take for the addresses of require.js and of the renderer of widgets."""
    require, *widgets = libraries().values()
    scripts = json.dumps([packed(script) for script in widgets])
    return {"require_js_url": as_address(require), "widget_renderer_url": as_address(UNPACK % scripts)}


def within_script(text: str) -> str:
    """JSON that neither ends the script around it nor keeps it open, whatever its texts say.

    >>> within_script('["<!--<script>"]')
    '["\\\\u003c!--\\\\u003cscript>"]'
    """
    return text.replace("<", "\\u003c")


def packed(script: str) -> str:
    """A script compressed, as base64."""
    return base64.b64encode(gzip.compress(script.encode(), 6, mtime=0)).decode()


def as_address(script: str) -> str:
    """A script as an address that needs no network.

    >>> as_address("a('b');")
    'data:text/javascript,a%28%27b%27%29;'
    """
    return NOTHING + quote(script, safe="/+=,;:")


def enlist() -> None:
    """Put the preprocessor among those that every exporter has; an entry point brings nbconvert exporters only."""
    (known,) = Exporter.default_preprocessors.default_args or ()
    name = f"{__name__}.{OfflineViews.__name__}"
    if name not in known:
        known.append(name)


enlist()
