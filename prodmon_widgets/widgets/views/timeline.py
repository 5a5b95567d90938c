"""PerformanceTimeline: estimated quality over time with its band and bounds, the benchmark, volume, and the brush."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import ipywidgets
import pandas as pd
import traitlets
from ipywidgets import widget_serialization

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.engine.time.bins import DAY, TimeBins
from prodmon_widgets.widgets.base import MOST_ROWS, View, line, with_fallback, worded
from prodmon_widgets.widgets.charts import BQPLOT_GL, TimelineCharts, bqplot_gl_installed
from prodmon_widgets.widgets.owned import close_all
from prodmon_widgets.widgets.selection import Selection, check_monitor
from prodmon_widgets.widgets.views.history import history_of
from prodmon_widgets.widgets.views.search import LatestOnly, Token


class TimelineHead(View):
    """What the window is and how good it is, presets, the filter and the keyboard; it draws into the charts below.

    ``charts``: their parts by name. ``history``: alerts and the onset. ``zoom``: the stretch of time that the charts
    show, a pair of epoch milliseconds (or row numbers), or None for all.
    """

    front_end = "timeline"

    together = traitlets.List(traitlets.Instance(ipywidgets.Widget)).tag(sync=True, **widget_serialization)
    """What is closed with this view, for the browser to let go of."""

    charts = traitlets.Dict().tag(sync=True, **widget_serialization)
    history = traitlets.Dict().tag(sync=True)
    zoom = traitlets.List(traitlets.Float(), default_value=None, allow_none=True).tag(sync=True)

    def __init__(self, monitor: Monitor, selection: Selection, charts: TimelineCharts) -> None:
        # the page draws as soon as it hears of the view: it must hear of the charts with it
        self._parts = charts.parts
        super().__init__(monitor, selection)
        self.selection.observe(self._on_conditions, "conditions")

    @traitlets.default("charts")
    def _own_parts(self) -> dict[str, ipywidgets.Widget]:
        return self._parts

    def refresh(self) -> None:
        """Ask again what history says; a rehearsal of the rules takes its time, so nothing waits for it."""
        if self.monitor.scored:
            self._rehearsal.ask(self.selection.where)

    @property
    def _rehearsal(self) -> LatestOnly[Mapping[str, object]]:
        if "_rehearsing" not in self.__dict__:
            self._rehearsing = LatestOnly[Mapping[str, object]](self._rehearse, "prodmon-history")
        return self._rehearsing

    def _rehearse(self, where: Mapping[str, object], token: Token) -> None:
        with self.guarded():
            found = history_of(self.monitor, where or None)
            if not token.cancelled():
                self.history = found

    def _on_conditions(self, _change: object) -> None:
        with self.guarded():
            self.refresh()

    def finish(self) -> None:
        """Return when history has said all."""
        self._rehearsal.join()

    def close(self) -> None:
        """Stop rehearsing, and let go of the selection, the monitor and the front end."""
        if not self._closed:
            self._rehearsal.cancel()
            self.selection.unobserve(self._on_conditions, "conditions")
        super().close()


class PerformanceTimeline(ipywidgets.VBox):
    """The timeline of a monitor; dragging over it chooses the window of every view with the same selection."""

    _closed = True
    """Until it is complete there is nothing to let go of."""

    def __init__(self, monitor: Monitor, selection: Selection | None = None) -> None:
        check_monitor(monitor, type(self).__name__)
        self.monitor = monitor
        self.charts = TimelineCharts(monitor.time_bins.is_time)
        self._shared = selection
        self.selection = selection or Selection(monitor, self.charts.brush)
        if self.selection.brush is None:
            self.selection.brush = self.charts.brush
        elif self.selection.brush is not self.charts.brush:
            self.charts.use(self.selection.brush)
        self.selection.share_line = self.selection.share_line or self.charts.share
        self.head = TimelineHead(monitor, self.selection, self.charts)
        children: list[ipywidgets.Widget] = [self.head, self.charts.quality_figure, self.charts.volume_figure]
        if bqplot_gl_installed():
            children.insert(0, ipywidgets.HTML(f"<strong>{BQPLOT_GL}</strong>"))
        super().__init__(children)
        self.add_class("prodmon-timeline")
        self.head.together = [self, self.charts.quality_figure, self.charts.volume_figure, self.charts.link]
        self._closed = False

    def finish(self) -> None:
        """Return when alerts and the onset are there."""
        self.head.finish()

    def facts(self) -> Mapping[str, pd.DataFrame]:
        """What is known of :meth:`typed_facts`, as people read it."""
        return worded(self.typed_facts())

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """The figures above the charts, and the whole timeline in a few stretches, as far as they are known."""
        where = self.selection.where or None
        if not self.monitor.scored:
            return {"Samples over time": self.monitor.series(MOST_ROWS, where)}
        every = whole_days(self.monitor.time_bins)
        over_time = self.monitor.timeline(every, where) if every else self.monitor.series(MOST_ROWS, where)
        return {"Estimated quality": self._figures(), "Estimated quality over time": over_time}

    def _figures(self) -> pd.DataFrame:
        """One row: what is shown, its score beside that of the evaluation set, and how far both can be trusted."""
        now = self.monitor.score(self.selection.window, self.selection.where or None)
        line = self.monitor.benchmark(self.selection.where or None)
        known = {name: getattr(now, name).item() for name in ("n", "score", "low", "high", "coverage", "supported")}
        shown = {"shown": self.selection.window_text, "segment": self.selection.segment_text}
        told = {**shown, "where": self.selection.where, **known, "evaluation": line.score, "true": line.true}
        frame = pd.DataFrame([told])
        frame.attrs["adds_up"] = True
        return frame

    def close(self) -> None:
        """Let go of the monitor and of all parts."""
        if self._closed:
            return
        self._closed = True
        self.head.close()
        self.charts.close()
        if self._shared is None:
            self.selection.close()
        close_all([self, self.charts.brush], keep=[self._shared] if self._shared else [])

    def __repr__(self) -> str:
        return line(self)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_fallback(super()._repr_mimebundle_(**options), self)


def whole_days(time: TimeBins) -> str | None:
    """The fewest whole days with which the static fallback holds all of a time axis; None where that is short.

    >>> from prodmon_widgets.engine.time.bins import TimeBins
    >>> whole_days(TimeBins(start=0, step=DAY // 2, count=2 * 92, is_time=True))
    '3D'
    """
    span = time.step * time.count
    if not time.is_time or span < MOST_ROWS * DAY:
        return None
    unit = math.lcm(time.step, DAY)
    return f"{unit * -(-span // ((MOST_ROWS - 1) * unit)) // DAY}D"
