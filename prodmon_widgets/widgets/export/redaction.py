"""Redaction: what columns say is taken out of everything that an exported page would carry.

A text column is only in the samples. A column that is also a property is in the figures too: values of categories get
numbers in place of names there, and numbers leave the figures altogether, with all that was computed from them.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import pandas as pd

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.cube.thinned import Thinned
from prodmon_widgets.errors import InputError, unknown

REDACTED = "(redacted)"
FIRST_LEVEL = 2
"""Codes of a categorical property below this stand for missing and other, which tell nothing."""

Conditions = Sequence[Mapping[str, Any]]


class Redaction:
    """What is said in place of the cells of some columns, and of the properties that were made of them.

    ``made_of``: property → the columns that it is computed from, None where a user's function made it: that may have
    read any of them, so it is left out with them. ``truth``: columns that say how
    samples were annotated; ``plain_reasons``: those of samples that name no value.

    >>> meta = {"properties": [{"name": "name", "edges": None, "labels": ["missing", "other", "Ann", "Bo"]}]}
    >>> people = Redaction(["name"], meta, {"name": ("name",)})
    >>> people.text([{"property": "name", "values": ["Bo"]}])
    'name = (redacted 2)'
    """

    def __init__(
        self,
        columns: Iterable[str],
        meta: Mapping[str, Any],
        made_of: Mapping[str, Collection[str] | None],
        *,
        key: str | None = None,
        time: str | None = None,
        truth: Collection[str] = (),
        plain_reasons: Collection[str] = (),
    ) -> None:
        self._key, self._time, self._meta, self._plain = key, time, meta, frozenset(["", *plain_reasons])
        self.columns = frozenset([columns] if isinstance(columns, str) else columns)
        self._hides_truth = bool(self.columns & set(truth))
        self._functions = [name for name, needs in made_of.items() if needs is None and name not in self.columns]
        hidden = {name for name, needs in made_of.items() if needs is None or self.columns & {name, *needs}}
        self._hidden = hidden if self.columns else set()
        self._names = {
            each["name"]: {
                label: f"(redacted {at - FIRST_LEVEL + 1})"
                for at, label in enumerate(each["labels"])
                if at >= FIRST_LEVEL
            }
            for each in meta["properties"]
            if each["name"] in self._hidden and each["edges"] is None
        }

    @property
    def in_figures(self) -> bool:
        """Whether a redacted column is a property, or made one, whose values the figures would tell."""
        return bool(self._hidden)

    def check(self, columns: Sequence[str]) -> None:
        """Raise InputError for a column that isn't there: a typing error must not let out what it should keep.

        ``columns`` are the user's; a property may be named as well. Warns of functions that are redacted unasked.
        """
        known = [*columns, *(each["name"] for each in self._meta["properties"])]
        for name in sorted(self.columns - set(known)):
            raise InputError(unknown("column to redact", name, known))
        if self.columns and self._functions:
            warnings.warn(
                f"{', '.join(map(repr, self._functions))} is redacted too: a function made it, which may have read "
                f"what is redacted ({', '.join(map(repr, sorted(self.columns)))}).",
                UserWarning,
                stacklevel=5,
            )

    # --- segments ----------------------------------------------------------------------------------------------------

    def tells(self, conditions: Conditions) -> bool:
        """Whether a segment can't be named at all: a number's limits have no other name."""
        return any(self._is_told(each) for each in conditions)

    def _is_told(self, condition: Mapping[str, Any]) -> bool:
        return condition["property"] in self._hidden and condition["property"] not in self._names

    def conditions(self, conditions: Conditions) -> list[dict[str, Any]]:
        """A segment's conditions; none where it can't be named."""
        return [] if self.tells(conditions) else [self._condition(each) for each in conditions]

    def _condition(self, condition: Mapping[str, Any]) -> dict[str, Any]:
        names = self._names.get(condition["property"])
        if names is None or "values" not in condition:
            return dict(condition)
        return {**condition, "values": [names.get(value, REDACTED) for value in condition["values"]]}

    def text(self, conditions: Conditions) -> str:
        """A segment's text."""
        return REDACTED if self.tells(conditions) else str(Segment.from_json(self.conditions(conditions)))

    def _segment(self, described: Mapping[str, Any]) -> dict[str, Any]:
        conditions = described["conditions"]
        if not conditions:
            return dict(described)
        return {**described, "text": self.text(conditions), "conditions": self.conditions(conditions)}

    # --- figures -----------------------------------------------------------------------------------------------------

    @cached_property
    def _thinned(self) -> Thinned:
        told = [at for at, each in enumerate(self._meta["segments"]) if self.tells(each["conditions"])]
        return Thinned(self._meta, self._hidden - set(self._names), told)

    def wire(self, payload: bytes) -> tuple[dict[str, Any], bytes]:
        """Description and bytes of the cube, or of a segment's."""
        meta, payload = self._thinned.wire(payload) if self._hidden else (dict(self._meta), payload)
        properties = [
            {**each, "labels": [self._names[each["name"]].get(label, label) for label in each["labels"]]}
            if each["name"] in self._names
            else each
            for each in meta["properties"]
        ]
        return {
            **meta,
            "properties": properties,
            "segments": [self._segment(each) for each in meta["segments"]],
        }, payload

    def finding(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """The causes of a window; what they would be called is numbered, so that they can be told apart."""
        if not self.in_figures:
            return dict(finding)
        items = [self._segment(each) for each in finding["drop"]["items"]]
        for number, item in enumerate((each for each in items if each["text"] == REDACTED), 1):
            item["text"] = f"(redacted segment {number})"
        harmless = [name for name in finding["harmless"] if name not in self._hidden]
        return {**finding, "text": "", "harmless": harmless, "drop": {**finding["drop"], "items": items}}

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table of facts. ``where`` beside a segment, and ``property`` beside a value, say what a row is about.

        Rows that can't be named are left out, unless the rows of a table add up (``attrs["adds_up"]``).
        """
        frame = self._moments(frame)
        if not self.in_figures:
            return frame
        if "where" in frame:
            frame = self._segments(frame)
        if "property" in frame:
            frame = self._values(frame) if "value" in frame else frame[~frame["property"].isin(self._hidden)]
        return frame

    def _moments(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Times of first samples, where those are redacted: the start of their time bins."""
        bins = self._meta.get("time", {})
        if self._time not in self.columns or "first_seen" not in frame or not bins.get("is_time"):
            return frame
        at = frame["first_seen"].astype("datetime64[ms]").astype("int64")
        start = bins["start"] + (at - bins["start"]) // bins["step"] * bins["step"]
        return frame.assign(first_seen=pd.to_datetime(start, unit="ms").astype("datetime64[ms]"))

    def _segments(self, frame: pd.DataFrame) -> pd.DataFrame:
        conditions = [Segment(where).to_json() if where else [] for where in frame["where"]]
        texts = [self.text(each) if each else text for each, text in zip(conditions, frame["segment"], strict=True)]
        told = [self.tells(each) for each in conditions]
        named = frame.assign(segment=texts)
        return named if frame.attrs.get("adds_up") else named[[not each for each in told]]

    def _values(self, frame: pd.DataFrame) -> pd.DataFrame:
        named = [
            self._names.get(name, {}).get(str(value), REDACTED) if name in self._hidden else value
            for name, value in zip(frame["property"], frame["value"], strict=True)
        ]
        return frame.assign(value=named)[~frame["property"].isin(self._hidden - set(self._names))]

    # --- samples -----------------------------------------------------------------------------------------------------

    def sample(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One sample as the browser reads it.

        >>> sample = {"row": 3, "id": "a", "cells": {"name": "Ann", "age": "30"}, "cut": ["name"], "reason": "no Ann"}
        >>> Redaction(["name"], {"properties": []}, {}).sample(sample)
        {'row': 3, 'id': 'a', 'cells': {'name': '(redacted)', 'age': '30'}, 'cut': [], 'reason': '(redacted)'}
        """
        if not self.columns:
            return dict(row)
        cells = {name: REDACTED if name in self.columns else cell for name, cell in row["cells"].items()}
        kept = {**row, "cells": cells, "cut": [name for name in row["cut"] if name not in self.columns]}
        if self._hides_truth and row["given"]:
            kept |= {"given": None, "annotation": "unknown", "reason": REDACTED}
        elif row["reason"] not in self._plain:
            # it names a value, or is what a person wrote
            kept["reason"] = REDACTED
        return kept | ({"id": str(row["row"])} if self._key in self.columns else {})

    def moment(self, at: int | None, bins: Mapping[str, Any]) -> int | None:
        """A sample's time: where that is redacted, the start of its time bin, which the timeline shows anyway.

        >>> Redaction(["at"], {"properties": []}, {}, time="at").moment(119, {"start": 100, "step": 10})
        110
        """
        if at is None or self._time not in self.columns:
            return at
        return int(at - (at - bins["start"]) % bins["step"])
