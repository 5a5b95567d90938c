"""Selection: what the user is looking at – window, baseline, segment – one object that every view observes.

In the browser it is the one writer of the window: it observes the brush, snaps to time bins, and tells the kernel when
the hand rests. ``CubeModel`` carries the cube that all views of a selection share, so that it crosses the wire once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pandas as pd
import traitlets
from ipywidgets import Widget, widget_serialization

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.engine.time.windows import Window
from prodmon_widgets.errors import InputError
from prodmon_widgets.widgets.bundled import Bundled
from prodmon_widgets.widgets.owned import close_all

SAMPLES = 200


class CubeModel(Bundled):
    """The cube of a monitor, and that of the selected segment, as bytes; it has no view."""

    front_end = "cube-model"

    meta = traitlets.Dict().tag(sync=True)
    payload = traitlets.Bytes().tag(sync=True)
    segment = traitlets.Unicode().tag(sync=True)
    segment_payload = traitlets.Bytes().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)

    def show(self, monitor: Monitor) -> None:
        """Take over the monitor's cube as it is now."""
        meta, payload = monitor.cube_wire()
        # meta first: who hears of the new payload must read it with its own description
        with self.hold_sync():
            self.status = monitor.status
            self.meta = meta
            self.payload = payload

    def show_segment(self, monitor: Monitor, where: Mapping[str, object]) -> None:
        """Take over the cube of one segment; ``{}`` is none."""
        with self.hold_sync():
            self.segment = str(Segment(where)) if where else ""
            self.segment_payload = monitor.segment_wire(where) if where else b""


def check_monitor(monitor: object, needed_by: str) -> None:
    """Raises InputError for anything that is no Monitor."""
    if not isinstance(monitor, Monitor):
        raise InputError(
            f"{needed_by} needs a Monitor, not a {type(monitor).__name__}: make one with "
            "pm.Monitor(evaluation, production)."
        )


class Selection(Bundled):
    """Window, baseline and segment that views show.

    ``window`` and ``baseline`` are pairs of anything that pandas reads as a time (stored as epoch milliseconds, snapped
    outward to time bins), or None for all. ``where`` is a dict of conditions on properties.
    """

    front_end = "selection"

    cube = traitlets.Instance(CubeModel).tag(sync=True, **widget_serialization)
    brush = traitlets.Instance(Widget, allow_none=True).tag(sync=True, **widget_serialization)
    share_line = traitlets.Instance(Widget, allow_none=True).tag(sync=True, **widget_serialization)
    window = traitlets.Any(allow_none=True).tag(sync=True)
    baseline = traitlets.Any(allow_none=True).tag(sync=True)
    conditions = traitlets.List(traitlets.Dict()).tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    _closed = True
    """Until it is complete there is nothing to let go of."""

    def __init__(self, monitor: Monitor, brush: Widget | None = None) -> None:
        check_monitor(monitor, type(self).__name__)
        self._monitor = monitor
        self._lock = threading.Lock()
        cube = CubeModel()
        cube.show(monitor)
        super().__init__(cube=cube, brush=brush, window=None, baseline=None)
        self._stop = monitor.on_change(self._on_change)
        self._closed = False
        if monitor.scored and not cube.meta["scored"]:
            # the scores came before anybody would have told of them
            self._on_change()

    @property
    def where(self) -> dict[str, object]:
        """The segment that every view is filtered to, ``{}`` for none."""
        return Segment.from_json(self.conditions).where

    @where.setter
    def where(self, where: Mapping[str, object] | None) -> None:
        segment = Segment(self._monitor.as_properties(where) if isinstance(where, Mapping) else where or {})
        if where:
            self._monitor.samples(None, segment.where, n=0)
        self.conditions = segment.to_json()

    @property
    def samples(self) -> pd.DataFrame:
        """The samples behind what is on screen, worst first."""
        return self._monitor.samples(self.window, self.where or None, n=SAMPLES)

    @property
    def text(self) -> str:
        """What is selected, in words: the window, what it is compared with, and the segment."""
        return ", ".join(filter(None, [self.window_text, self.segment_text]))

    @property
    def window_text(self) -> str:
        """The window, and what it is compared with, in words."""
        window = f"window {self._monitor.window_text(self.window)}"
        return window if self.baseline is None else f"{window}, baseline {self._monitor.window_text(self.baseline)}"

    @property
    def segment_text(self) -> str:
        """The segment, "" for none."""
        return str(Segment(self.where)) if self.conditions else ""

    def __repr__(self) -> str:
        return f"Selection({'closed' if self._closed else self.text})"

    def clear(self) -> None:
        """Back to all of production."""
        self.window = None
        self.conditions = []

    @traitlets.validate("window", "baseline")
    def _snap(self, proposal: Mapping[str, Any]) -> tuple[int, int] | None:
        given: Window = proposal["value"]
        return self._monitor.snapped(given)

    @traitlets.observe("conditions")
    def _on_conditions(self, _change: object) -> None:
        try:
            self.cube.show_segment(self._monitor, self.where)
            self.problem = ""
        except ValueError as error:
            self.problem = str(error)

    def _on_change(self) -> None:
        with self._lock:
            self.cube.show(self._monitor)
            if self.conditions:
                self._on_conditions(None)

    def close(self) -> None:
        """Let go of the monitor and of the cube; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._stop()
        close_all([self], keep=[each for each in (self.brush, self.share_line) if each is not None])
