"""Causes: the drop of the brushed window, itemised by the full search, which runs beside the kernel's own work.

The browser writes ``question`` when the hand rests; a worker thread answers in ``finding``, and a newer question
cancels the one being worked on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from prodmon_widgets.engine.segments import Segment
from prodmon_widgets.errors import MonitorError
from prodmon_widgets.widgets.search import LatestOnly, Token
from prodmon_widgets.widgets.view import View, bundle

SHOWN = ("share_before", "share_after", "score_before", "score_after", "supported")


class CausesView(View):
    """A waterfall from the baseline's score to the window's: causes, what is unexplained, and the finding in words.

    ``explained`` names the items that were taken out, in order.
    """

    _esm = bundle("causes")

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
            except MonitorError as error:
                if not token.cancelled():
                    self.notice = str(error)
                return
            if not token.cancelled():
                self.finding = {"question": dict(question), **as_json(found)}

    def facts(self) -> Mapping[str, pd.DataFrame]:
        """The items of the window's drop; nothing while no window is chosen."""
        if self.selection.window is None or not self.monitor.scored:
            return {}
        items = self.monitor.causes(self.selection.window, self.selection.baseline).items
        return {"Causes": items.drop(columns="where")}

    def close(self) -> None:
        """Stop searching, and let go of the monitor and the front end."""
        self._search.cancel()
        super().close()


def found_causes(monitor: Any, question: Mapping[str, Any], token: Token) -> Any:
    """The causes of a question's window, with those taken out that were explained away."""
    found = monitor.causes(question["window"], question["baseline"], cancelled=token.cancelled)
    for text in question["explained"]:
        at = np.flatnonzero(found.items["segment"] == text)
        if len(at) and not token.cancelled():
            found = found.explain_away(int(at[0]))
    return found


def as_json(found: Any) -> dict[str, Any]:
    """Causes as the browser reads them."""
    drop = {name: plain(getattr(found, name)) for name in ("baseline", "window", "total", "unexplained")}
    items = [item_as_json(row) for row in found.items.to_dict("records")]
    return {"drop": {**drop, "items": items}, "text": found.text(), "harmless": names(found.harmless)}


def item_as_json(item: Mapping[str, Any]) -> dict[str, Any]:
    """One item; a share or score that isn't known is None."""
    where = item["where"]
    return {
        "text": str(item["segment"]),
        "conditions": Segment(where).to_json() if where else [],
        "kind": str(item["kind"]),
        "weak": bool(item.get("weak", False)),
        **{name: plain(item.get(name)) for name in ("contribution", "low", "high")},
        **{camel(name): plain(item.get(name)) for name in SHOWN},
    }


def camel(name: str) -> str:
    """``share_before`` → ``shareBefore``, as the browser names things."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def plain(value: Any) -> float | None:
    """A number that JSON can hold, or None."""
    return None if value is None or not np.isfinite(value) else float(value)


def names(harmless: Sequence[str] | pd.DataFrame) -> list[str]:
    """The properties that drifted without carrying any of the drop."""
    return [str(name) for name in (harmless["property"] if isinstance(harmless, pd.DataFrame) else harmless)]
