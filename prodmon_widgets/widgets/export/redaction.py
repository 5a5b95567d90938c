"""Redaction: what columns say is taken out of everything that an exported page would carry.

A text column is only in the samples. A column that is also a property is in the figures too: its values get numbers
in place of names there, and sentences and tables that would name them stay behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.errors import InputError, unknown

REDACTED = "(redacted)"
FIRST_LEVEL = 2
"""Codes of a categorical property below this stand for missing and other, which tell nothing."""


class Redaction:
    """What is said in place of the cells of some columns.

    >>> people = Redaction(["name"], [{"name": "name", "edges": None, "labels": ["missing", "other", "Ann", "Bo"]}])
    >>> people.text([{"property": "name", "values": ["Bo"]}])
    'name = (redacted 2)'
    """

    def __init__(
        self,
        columns: Iterable[str],
        properties: Sequence[Mapping[str, Any]],
        *,
        key: str | None = None,
        time: str | None = None,
    ) -> None:
        self._key, self._time = key, time
        self.columns = frozenset([columns] if isinstance(columns, str) else columns)
        self._names = {
            each["name"]: {
                label: f"(redacted {at - FIRST_LEVEL + 1})"
                for at, label in enumerate(each["labels"])
                if at >= FIRST_LEVEL
            }
            for each in properties
            if each["name"] in self.columns and each["edges"] is None
        }

    @property
    def in_figures(self) -> bool:
        """Whether a redacted column is a property whose values the figures would name."""
        return bool(self._names)

    def check(self, columns: Sequence[str]) -> None:
        """Raise InputError for a column that isn't there: a typing error must not let out what it should keep."""
        for name in sorted(self.columns - set(columns)):
            raise InputError(unknown("column to redact", name, columns))

    def conditions(self, conditions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """A segment's conditions."""
        return [
            {**each, "values": [self._names[each["property"]].get(value, REDACTED) for value in each["values"]]}
            if each["property"] in self._names and "values" in each
            else dict(each)
            for each in conditions
        ]

    def text(self, conditions: Sequence[Mapping[str, Any]]) -> str:
        """A segment's text."""
        return str(Segment.from_json(self.conditions(conditions)))

    def meta(self, meta: Mapping[str, Any]) -> dict[str, Any]:
        """The description of a cube."""
        properties = [
            {**each, "labels": [self._names[each["name"]].get(label, label) for label in each["labels"]]}
            if each["name"] in self._names
            else each
            for each in meta["properties"]
        ]
        return {**meta, "properties": properties, "segments": [self._segment(each) for each in meta["segments"]]}

    def _segment(self, described: Mapping[str, Any]) -> dict[str, Any]:
        conditions = described["conditions"]
        if not conditions:
            return dict(described)
        return {**described, "text": self.text(conditions), "conditions": self.conditions(conditions)}

    def finding(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """The causes of a window."""
        if not self.in_figures:
            return dict(finding)
        drop = finding["drop"]
        return {**finding, "text": "", "drop": {**drop, "items": [self._segment(each) for each in drop["items"]]}}

    def sample(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One sample as the browser reads it.

        >>> sample = {"cells": {"name": "Ann", "age": "30"}, "cut": ["name"], "reason": ""}
        >>> Redaction(["name"], []).sample(sample)
        {'cells': {'name': '(redacted)', 'age': '30'}, 'cut': [], 'reason': ''}
        """
        cells = {name: REDACTED if name in self.columns else cell for name, cell in row["cells"].items()}
        kept = {**row, "cells": cells, "cut": [name for name in row["cut"] if name not in self.columns]}
        return kept | ({"id": str(row["row"])} if self._key in self.columns else {})

    def moment(self, at: int | None, bins: Mapping[str, Any]) -> int | None:
        """A sample's time: where that is redacted, the start of its time bin, which the timeline shows anyway.

        >>> Redaction(["at"], [], time="at").moment(119, {"start": 100, "step": 10})
        110
        """
        if at is None or self._time not in self.columns:
            return at
        return int(at - (at - bins["start"]) % bins["step"])

    def table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A table of facts without redacted cells, and without rows of which the segment or property is redacted."""
        kept = frame.assign(**{name: REDACTED for name in frame.columns if name in self.columns})
        if not self.in_figures:
            return kept
        for column in {"segment", "property"} & set(frame.columns):
            kept = kept[[not any(name in text for name in self._names) for text in kept[column].astype(str)]]
        return kept
