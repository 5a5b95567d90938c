"""InvestigationTrail: every window, baseline, filter and explanation that was looked at, to undo or to copy as code."""

from __future__ import annotations

import traitlets
from ipywidgets import Widget, widget_serialization

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.widgets.base import View
from prodmon_widgets.widgets.selection import Selection
from prodmon_widgets.widgets.views.causes import CausesView


class InvestigationTrail(View):
    """The steps of an investigation, kept by the browser when the hand rests.

    ``steps`` is one dict a step, oldest first: ``kind`` (start, window, baseline, filter, explain) and ``looked``, the
    window, baseline, conditions and explained causes after it.
    """

    front_end = "trail"

    causes = traitlets.Instance(CausesView).tag(sync=True, **widget_serialization)
    steps = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(self, monitor: Monitor, selection: Selection, causes: CausesView) -> None:
        # the page keeps steps as soon as it hears of the view: it must hear of the causes with it
        self._of = causes
        super().__init__(monitor, selection)

    def _borrowed(self) -> list[Widget]:
        return [*super()._borrowed(), self.causes]

    @traitlets.default("causes")
    def _given(self) -> CausesView:
        return self._of

    @traitlets.default("steps")
    def _begun(self) -> list[dict[str, object]]:
        # here and not in the page, which hears of a window set in the same cell at its own time
        looked = {name: getattr(self.selection, name) for name in ("window", "baseline", "conditions")}
        return [{"kind": "start", "looked": {**looked, "explained": self._of.explained}}]
