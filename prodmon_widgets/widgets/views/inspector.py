"""SampleInspector: the samples of the selection, in full on demand, with labels and a patch for the evaluation set.

The browser writes what it wants to see into ``query`` and ``asked``, what it copies into ``copying``, and what people
said into ``labels`` and ``patch``; the kernel answers in ``page``, ``full`` and ``copied``. All of it is synced
state, so that a view opened late has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import traitlets

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.errors import MonitorError
from prodmon_widgets.widgets.base import View
from prodmon_widgets.widgets.samples import ESTIMATES, columns_of, csv_of, full_text, rows_of, shown_first, text_of

MOST_SAMPLES = 1000
"""More samples than this are never sent to the browser at once; it asks for those that come into sight."""

MOST_COPIED, LONGEST_COPIED = 10_000, 4_000_000
"""Samples and characters that go to the clipboard at once; ``Selection.samples`` in Python has them all."""

FIRST_SAMPLES = 100
IN_FALLBACK = 10


class SampleInspector(View):
    """Samples of the selection's window and segment: worst first, or in another order.

    ``labels`` is what people said here, in order; each reaches ``Monitor.label`` at once, and undoing takes it back.
    ``patch`` holds row numbers of production; ``evaluation_patch`` is the frame to add to the evaluation set.
    """

    front_end = "inspector"

    query = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    page = traitlets.Dict().tag(sync=True)
    order = traitlets.Enum(["worst", "uncertain", "newest", "random"], "worst").tag(sync=True)
    shown_columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    labels = traitlets.List(traitlets.Dict()).tag(sync=True)
    patch = traitlets.List(traitlets.Int()).tag(sync=True)
    asked: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    full = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    copying: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    copied: Any = traitlets.Dict(default_value=None, allow_none=True).tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)

    def refresh(self) -> None:
        """Answer the query again: the estimates, the labels or the rows have changed."""
        self._answer(self.query or self._first_query())

    def _first_query(self) -> dict[str, Any]:
        window, conditions = self.selection.window, self.selection.conditions
        return {
            "window": window and list(window),
            "conditions": conditions,
            "order": self.order,
            "start": 0,
            "n": FIRST_SAMPLES,
        }

    def facts(self) -> Mapping[str, pd.DataFrame]:
        """The worst samples of the selection, texts cut."""
        if not self.monitor.scored:
            return {}
        return {"Samples": as_table(self.page_of({**self._first_query(), "n": IN_FALLBACK})["rows"])}

    @traitlets.observe("query")
    def _on_query(self, _change: object) -> None:
        with self.guarded():
            self.refresh()

    def _answer(self, query: Mapping[str, Any]) -> None:
        if not self.monitor.scored:
            return
        try:
            page = self.page_of(query)
        except MonitorError as error:
            self.notice = str(error)
            return
        schema = self.monitor.schema
        with self.hold_sync():
            self.notice = ""
            if not self.shown_columns:
                wanted = [schema.prediction, *(schema.text or ()), schema.timestamp]
                self.shown_columns = shown_first(page["columns"], wanted)
            self.page = page

    def page_of(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """The samples that a query (``window, conditions, order, start, n``) asks for, as plain objects."""
        frame = self._samples(query)
        schema = self.monitor.schema
        rows = rows_of(frame, key=schema.id, time=schema.timestamp)
        return {"query": dict(query), "columns": columns_of(frame), "rows": rows}

    def _samples(self, query: Mapping[str, Any], most: int = MOST_SAMPLES) -> pd.DataFrame:
        segment = Segment.from_json(query["conditions"])
        n = min(int(query["n"]), most)
        skip = int(query.get("start", 0))
        return self.monitor.samples(query["window"], segment.where or None, n=n, order=query["order"], skip=skip)

    @traitlets.observe("asked")
    def _on_asked(self, _change: object) -> None:
        if self.asked is None:
            return
        with self.guarded():
            one = {**(self.query or self._first_query()), "start": self.asked["at"], "n": 1}
            self.full = full_text(self._samples(one), self.asked)

    @traitlets.observe("copying")
    def _on_copying(self, _change: object) -> None:
        if self.copying is None:
            # megabytes that nobody needs any more would else be saved with the notebook
            self.copied = None
            return
        answer: dict[str, Any] = {"at": self.copying["at"], "text": "", "n": 0}
        with self.guarded():
            frame = self._samples({**self.copying["query"], "start": 0, "n": MOST_COPIED}, MOST_COPIED)
            columns = [str(name) for name in self.copying["columns"]]
            text, n = csv_of(frame, columns, key=self.monitor.schema.id, longest=LONGEST_COPIED)
            answer |= {"text": text, "n": n}
        self.copied = answer

    @traitlets.observe("labels")
    def _on_labels(self, change: Mapping[str, Any]) -> None:
        before, now = in_force(change["old"] or []), in_force(change["new"])
        changed = [label for key, label in now.items() if before.get(key) != label]
        changed += [{**label, "annotation": None} for key, label in before.items() if key not in now]
        if not changed:
            return
        with self.guarded():
            self.monitor.label(pd.DataFrame(changed)[["id", "annotation", "reason"]])

    @property
    def evaluation_patch(self) -> pd.DataFrame:
        """The samples that were added to the patch, ready to join the evaluation set."""
        return self.monitor.evaluation_patch(rows=self.patch)


def as_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """The first of some samples, as the browser gets them, as a table."""
    shown = rows[:IN_FALLBACK]
    estimates = [{name: text_of(row[name]) for name in ESTIMATES} for row in shown]
    return pd.DataFrame([{**row["cells"], **known} for row, known in zip(shown, estimates, strict=True)])


def in_force(labels: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The last label of each sample, by id."""
    return {str(label["id"]): label for label in labels}
