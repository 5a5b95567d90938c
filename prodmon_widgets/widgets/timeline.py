"""PerformanceTimeline: estimated quality over time with its band and bounds, the benchmark, volume, and the brush."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import pandas as pd

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.widgets.charts import BQPLOT_GL, MOST_POINTS, TimelineCharts, bqplot_gl_installed
from prodmon_widgets.widgets.selection import Selection
from prodmon_widgets.widgets.view import View, bundle, line, with_fallback


class TimelineHead(View):
    """What the window is and how good it is, presets, the filter and the keyboard."""

    _esm = bundle("timeline")


class PerformanceTimeline(ipywidgets.VBox):
    """The timeline of a monitor; dragging over it chooses the window of every view with the same selection."""

    _closed = True
    """Until it is complete there is nothing to let go of."""

    def __init__(self, monitor: Monitor, selection: Selection | None = None) -> None:
        self.monitor = monitor
        self.charts = TimelineCharts(monitor.time_bins.is_time)
        self.selection = selection or Selection(monitor, self.charts.brush)
        if self.selection.brush is None:
            self.selection.brush = self.charts.brush
        elif self.selection.brush is not self.charts.brush:
            self.charts.use(self.selection.brush)
        self.selection.share_line = self.selection.share_line or self.charts.share
        self.head = TimelineHead(monitor, self.selection)
        children: list[ipywidgets.Widget] = [self.head, self.charts.quality_figure, self.charts.volume_figure]
        if bqplot_gl_installed():
            children.insert(0, ipywidgets.HTML(f"<strong>{BQPLOT_GL}</strong>"))
        super().__init__(children)
        self.add_class("prodmon-timeline")
        self._stop = monitor.on_change(self.refresh)
        self._closed = False
        self.selection.observe(self._on_conditions, "conditions")
        self.refresh()

    def refresh(self) -> None:
        """Draw the timeline of the selected segment again; what goes wrong stands in the head."""
        with self.head.guarded():
            self.charts.show(self._frame(), self._benchmark())

    def _frame(self) -> pd.DataFrame:
        return self.monitor.series(MOST_POINTS, self.selection.where or None)

    def _benchmark(self) -> tuple[float, float, float] | None:
        if not self.monitor.scored:
            return None
        known = self.monitor.evaluation_score
        return known.score, known.low, known.high

    def _on_conditions(self, _change: object) -> None:
        self.refresh()

    def facts(self) -> Mapping[str, pd.DataFrame]:
        """The timeline by week, or as much of it as is known."""
        if not self.monitor.scored:
            return {"Samples over time": self._frame()}
        return {"Estimated quality over time": self.monitor.timeline()}

    def close(self) -> None:
        """Let go of the monitor and of all parts."""
        if self._closed:
            return
        self._closed = True
        self._stop()
        self.selection.unobserve(self._on_conditions, "conditions")
        self.head.close()
        super().close()

    def __repr__(self) -> str:
        return line(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_fallback(super()._repr_mimebundle_(**options), self)
