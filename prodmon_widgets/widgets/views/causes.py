"""Causes: the drop of the brushed window, itemised by the full search, which runs beside the kernel's own work.

The browser writes ``question`` when the hand rests; a worker thread answers in ``finding``, and a newer question
cancels the one being worked on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from prodmon_widgets.engine.causes.causes import Causes, SearchCancelledError
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import MonitorError
from prodmon_widgets.widgets.base import View
from prodmon_widgets.widgets.charts import MOST_POINTS
from prodmon_widgets.widgets.views.search import LatestOnly, Token

FIGURES = {
    "contribution": "contribution",
    "low": "low",
    "high": "high",
    "shareBefore": "share_before",
    "shareAfter": "share",
    "scoreBefore": "score_before",
    "scoreAfter": "score",
    "supported": "supported",
}
"""The browser's name → the column of the items."""


class CausesView(View):
    """A waterfall from the baseline's score to the window's: causes, what is unexplained, and the finding in words.

    ``explained`` names the items that were taken out, in order.
    """

    front_end = "causes"

    question = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    finding = traitlets.Dict().tag(sync=True)
    explained = traitlets.List(traitlets.Unicode()).tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)

    def refresh(self) -> None:
        """Search again: the estimates, the labels or the rows have changed."""
        if self.question is not None and self.monitor.scored:
            self._search.ask(self.question)

    @traitlets.default("finding")
    def _nothing(self) -> dict[str, Any]:
        return {}

    @property
    def _search(self) -> LatestOnly[Mapping[str, Any]]:
        if "_searching" not in self.__dict__:
            self._searching = LatestOnly[Mapping[str, Any]](self._answer, "prodmon-causes")
        return self._searching

    @traitlets.observe("question")
    def _on_question(self, _change: object) -> None:
        self.notice = ""
        self.refresh()

    def _answer(self, question: Mapping[str, Any], token: Token) -> None:
        with self.guarded():
            try:
                found = found_causes(self.monitor, question, token)
            except SearchCancelledError:
                return
            except MonitorError as error:
                if not token.cancelled():
                    self.notice = str(error)
                return
            shares = [shares_over_time(self.monitor, where) for where in found.items["where"]]
            if not token.cancelled():
                self.finding = {"question": dict(question), **as_json(found), "shares": shares}

    def finish(self) -> None:
        """Return when nothing is being searched."""
        self._search.join()

    def typed_facts(self) -> Mapping[str, pd.DataFrame]:
        """The items of the window's drop; nothing while no window is chosen."""
        if self.selection.window is None or not self.monitor.scored:
            return {}
        items = self.monitor.causes(self.selection.window, self.selection.baseline).items
        items.attrs["adds_up"] = True
        return {"Causes": items}

    def close(self) -> None:
        """Stop searching, and let go of the monitor and the front end."""
        self._search.cancel()
        super().close()


def found_causes(monitor: Monitor, question: Mapping[str, Any], token: Token) -> Causes:
    """The causes of a question's window, with those taken out that were explained away."""
    found = monitor.causes(question["window"], question["baseline"], cancelled=token.cancelled)
    for text in question["explained"]:
        if text in set(found.items["segment"]):
            found = found.explain_away(text)
    return found


def shares_over_time(monitor: Monitor, where: Mapping[str, object]) -> list[float]:
    """A segment's share of each stretch of the timeline, 0 where there are no samples."""
    if not where:
        return []
    n, part = (monitor.series(MOST_POINTS, of)["n"].to_numpy(dtype=np.float64) for of in (None, where))
    shares: list[float] = np.divide(part, n, out=np.zeros_like(n), where=n > 0).round(4).tolist()
    return shares


def as_json(found: Causes) -> dict[str, Any]:
    """Causes as the browser reads them; the waterfall starts below what was explained away."""
    drop = {"baseline": found.score + found.total, "window": found.score}
    rest = {"total": found.total, "unexplained": found.unexplained}
    items = [item_as_json(row) for row in found.items.to_dict("records")]
    return {"drop": {**drop, **rest, "items": items}, "text": found.text(), "harmless": list(found.harmless)}


def item_as_json(item: Mapping[Any, Any]) -> dict[str, Any]:
    """One item; a share or score that isn't known is None."""
    where = item["where"]
    return {
        "text": str(item["segment"]),
        "conditions": Segment(where).to_json() if where else [],
        "kind": str(item["kind"]),
        "weak": bool(item["weak_on_evaluation"]),
        **{name: plain(item[column]) for name, column in FIGURES.items()},
    }


def plain(value: float) -> float | None:
    """A number that JSON can hold, or None."""
    return float(value) if np.isfinite(value) else None
