"""Dashboard: the timeline and everything that follows its brush, on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import pandas as pd

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.engine.table.paths import local
from prodmon_widgets.engine.work.whole import write_whole
from prodmon_widgets.errors import InputError, check_count
from prodmon_widgets.widgets.base import View, line, with_fallback, worded
from prodmon_widgets.widgets.export.page import page_of
from prodmon_widgets.widgets.owned import close_all
from prodmon_widgets.widgets.selection import check_monitor
from prodmon_widgets.widgets.views.causes import CausesView
from prodmon_widgets.widgets.views.comparison import ComparisonTable
from prodmon_widgets.widgets.views.inspector import SampleInspector
from prodmon_widgets.widgets.views.novelty import NewValues
from prodmon_widgets.widgets.views.segments import SegmentTable
from prodmon_widgets.widgets.views.timeline import PerformanceTimeline
from prodmon_widgets.widgets.views.trail import InvestigationTrail


class Dashboard(ipywidgets.VBox):
    """All linked views of a monitor; display it.

    ``selection`` is what they show: set ``selection.window`` or ``selection.where`` from Python, read
    ``selection.samples``.
    """

    _closed = True
    """Until it is complete there is nothing to let go of."""

    def __init__(self, monitor: Monitor) -> None:
        check_monitor(monitor, type(self).__name__)
        self.monitor = monitor
        self.timeline = PerformanceTimeline(monitor)
        self.selection = self.timeline.selection
        self.comparison = ComparisonTable(monitor, self.selection)
        self.causes = CausesView(monitor, self.selection)
        self.segments = SegmentTable(monitor, self.selection)
        self.new_values = NewValues(monitor, self.selection)
        self.samples = SampleInspector(monitor, self.selection)
        self.trail = InvestigationTrail(monitor, self.selection, self.causes)
        super().__init__([self.timeline, *self.views])
        self.add_class("prodmon-dashboard")
        self.timeline.head.together = [self, *self.timeline.head.together]
        self._closed = False

    @property
    def views(self) -> tuple[View, ...]:
        """The views below the timeline, from top to bottom."""
        return (self.trail, self.causes, self.new_values, self.comparison, self.segments, self.samples)

    def facts(self) -> Mapping[str, pd.DataFrame]:
        """The facts of every view."""
        return {**worded(self.figures()), **self.samples.facts()}

    def figures(self) -> dict[str, pd.DataFrame]:
        """The facts of every view but the samples, with a ``where`` beside the text of every segment."""
        together = dict(self.timeline.typed_facts())
        for view in self.views:
            together |= {} if view is self.samples else view.typed_facts()
        return together

    def to_html(self, path: str | Path | None = None, *, samples: int = 300, redact: Sequence[str] = ()) -> str | Path:
        """One self-contained HTML file that needs no kernel and no network; the text itself without a ``path``.

        ``samples``: at most so many come along (0 for none), from all stretches of time. ``redact``: columns, or
        properties, of which nothing is told: no cell, no value or limit of a property that is or was computed from one,
        no reason and no segment that names it. What functions of yours made is left out with them, with a warning.
        Waits for the estimates and the alerts. At most 10 MB at any number of rows. A file is replaced only by a whole
        one. Raises InputError where ``samples`` is no such number, or there is no such folder; BackendError where the
        file can't be written.
        """
        check_count("samples", samples)
        written = None if path is None else local(path)
        if written is not None and written.is_dir():
            raise InputError(f"{written} is a folder; name a file in it, such as {written / 'dashboard.html'}.")
        if written is not None and not written.resolve().parent.is_dir():
            raise InputError(f"there is no folder {written.resolve().parent}; make it first.")
        self.monitor.wait()
        self.timeline.finish()
        page = page_of(self, samples, redact)
        if written is None:
            return page
        write_whole(written, page.encode())
        return written

    def close(self) -> None:
        """Close every view."""
        if self._closed:
            return
        self._closed = True
        for view in self.views:
            view.close()
        self.timeline.close()
        close_all([self])

    def __repr__(self) -> str:
        return line(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_fallback(super()._repr_mimebundle_(**options), self)
