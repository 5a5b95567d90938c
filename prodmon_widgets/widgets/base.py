"""View: the base of everything that is shown – it follows a selection, shows its own error, and has a static fallback.

A view never lets an error out of a refresh: traitlets stops at the first observer that raises, and then its
neighbours would stay wrong.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd
import traitlets
from ipywidgets import Widget, widget_serialization

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.widgets.bundled import Bundled
from prodmon_widgets.widgets.owned import close_all
from prodmon_widgets.widgets.selection import CubeModel, Selection, check_monitor

MOST_ROWS = 40
"""Rows of a table in the static fallback."""


class View(Bundled):
    """A linked view of a monitor; views with the same selection follow the same brush.

    ``error`` is what went wrong in the last refresh, shown in place. ``refresh`` and ``facts`` are for subclasses.
    """

    selection = traitlets.Instance(Selection).tag(sync=True, **widget_serialization)
    cube = traitlets.Instance(CubeModel).tag(sync=True, **widget_serialization)
    error = traitlets.Unicode().tag(sync=True)
    _closed = True
    """Until it is complete there is nothing to let go of."""

    def __init__(self, monitor: Monitor, selection: Selection | None = None) -> None:
        check_monitor(monitor, type(self).__name__)
        chosen = selection or Selection(monitor)
        self.monitor = monitor
        self._shared = selection
        super().__init__(selection=chosen, cube=chosen.cube)
        self._stop = monitor.on_change(self._on_change)
        self._closed = False
        with self.guarded():
            self.refresh()

    def refresh(self) -> None:
        """Bring what the kernel contributes up to date; most views need nothing from it."""

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """Title → table of what the view shows, with a ``where`` beside the text of every ``segment``."""
        return {}

    def facts(self) -> Mapping[str, pd.DataFrame]:
        """Title → table of what the view shows, for front ends without widgets."""
        return worded(self.typed_facts())

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Show what is raised inside as this view's error, and go on."""
        try:
            yield
        except Exception as problem:  # noqa: BLE001  a view that fails must not stop its neighbours
            self.error = f"{type(problem).__name__}: {problem}"
        else:
            self.error = ""

    def _on_change(self) -> None:
        with self.guarded():
            self.refresh()

    def close(self) -> None:
        """Let go of the monitor and the front end; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._stop()
        if self._shared is None:
            self.selection.close()
        close_all([self], keep=self._borrowed())

    def _borrowed(self) -> list[Widget]:
        """Widgets of others, which stay when this view is closed."""
        return [] if self._shared is None else [self._shared]

    def __repr__(self) -> str:
        return line(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_fallback(super()._repr_mimebundle_(**options), self)


def worded(facts: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Facts as people read them: a segment's text says what its ``where`` does."""
    return {title: frame.drop(columns="where", errors="ignore") for title, frame in facts.items()}


def line(shown: Any) -> str:
    """One line that says what a view shows, as in ``ComparisonTable(window 2023-07-22 to 2023-08-01)``."""
    state = "closed" if shown._closed else shown.selection.text
    return f"{type(shown).__name__}({state})"


def with_fallback(bundle_of_widget: Any, view: View | Widget) -> Any:
    """The widget's display bundle with the facts as text/html beside it."""
    data, metadata = bundle_of_widget if isinstance(bundle_of_widget, tuple) else (bundle_of_widget, {})
    return {**(data or {}), "text/html": static_html(view)}, metadata


NO_WIDGETS = "Static facts: this front end shows no widgets, or the kernel is gone. Run the cell again."
STILL_ESTIMATING = "The estimates were still being made: <code>monitor.wait()</code> in a cell before has them in here."


def static_html(view: Any) -> str:
    """The facts of a view as plain tables; text from the data is escaped."""
    try:
        facts = view.facts()
    except Exception as problem:  # noqa: BLE001  a fallback must never keep the widget from showing
        facts, note = {}, html.escape(f"{type(problem).__name__}: {problem}")
    else:
        note = NO_WIDGETS if view.monitor.scored else f"{NO_WIDGETS} {STILL_ESTIMATING}"
    return f'<div class="prodmon-static">{tables(facts)}<p><em>{note}</em></p></div>'


def tables(facts: Mapping[str, pd.DataFrame]) -> str:
    """Titles and frames as HTML."""
    return "".join(f"<h4>{html.escape(title)}</h4>{table(frame)}" for title, frame in facts.items())


def table(frame: pd.DataFrame) -> str:
    """A frame as an escaped HTML table of bounded length."""
    shown = frame.head(MOST_ROWS)
    more = f"<p>… {len(frame) - MOST_ROWS:,} more rows</p>" if len(frame) > MOST_ROWS else ""
    # pandas escapes every cell and heading
    return str(shown.to_html(index=False, escape=True, float_format="{:.4g}".format, border=0)) + more
