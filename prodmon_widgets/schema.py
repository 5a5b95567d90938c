"""Which column plays which role.

A ``Schema`` holds what the user said; ``resolve`` fills the rest from the columns' usual names and from what is known
of their values, and keeps the reason for every column that it leaves out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from prodmon_widgets.errors import InputError, KeywordError, unknown

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "timestamp": ("timestamp", "started_at"),
    "id": ("user_interaction_id", "id", "sample_id"),
    "prediction": ("prediction", "y_pred", "predictions"),
    "label": ("label", "y_true", "labels"),
    "annotation": ("annotation",),
    "confidence": ("confidence", "y_pred_proba"),
    "session": ("session_id", "conversation_id", "thread_id", "session"),
}
"""Role → column names that are taken for it, best first; capitals and blanks don't matter."""

USUAL_TIMES = (
    "start_time",
    "starttime",
    "request_time",
    "timestamp_ms",
    "event_time",
    "datetime",
    "created_at",
    "time",
)
"""More names of the time, best first; they are taken only where their values are times."""

USUAL_VERSIONS = ("version", "model", "prompt_version", "release")
"""Columns that may say which model, prompt or release made a sample: the first that varies is the version."""

USUAL_TEXTS = ("input", "output", "full_prompt", "information_retrieval", "history", "expected_output")
"""Columns of LLM evaluation logs that hold text."""

PROBABILITY_OF_CLASS_1 = "y_pred_proba"
"""A confidence column of this name holds P(class 1) of a binary classifier, not that of its own prediction."""

Good = Callable[..., Any]


@dataclass(frozen=True)
class Threshold:
    """A comparison that says which numbers are good: ``sign`` is one of ``>=``, ``<=``, ``>``, ``<``."""

    sign: str
    number: float


@dataclass(frozen=True, init=False, eq=True)
class Schema:
    """Roles of the columns of an evaluation set and of production; what is None is inferred.

    Parameters
    ----------
    timestamp : column of times; without one, row order is time.
    id : column that names a sample; labels that arrive later are joined by it.
    prediction : column with one class, several (lists, or strings with a separator), a number or text.
    label : column with the true class or classes, on evaluation.
    annotation : column with Good, Bad or Unknown, any case.
    confidence : probability of the sample's own prediction, in [0, 1]; or columns with one probability a class.
    text : columns of free text.
    good : column, or function of a DataFrame, that says per sample whether it is good (1, True), bad (0, False) or
        not known (None, NaN). Needed where the prediction is text and there is no annotation. A comparison such as
        ``">= 0.5"`` is taken for ``good_from``.
    properties : columns to use as properties; then no other column is.
    ignore : columns to leave out.
    version : column with the model, prompt or release that made a sample: compared, but no reason for anything. None:
        the first of version, model, prompt_version and release that varies.
    session : column with the conversation or user that samples belong to; never a property.
    judges : columns with scores by what doesn't know the truth: an LLM as judge, a heuristic.
    anchors : column that is true of samples which are judged again and again, to see whether a judge has moved.
    tolerance : how far a predicted number may be from the label and still be good, in the label's unit, or in percent
        of the label: ``0.2``, ``"5%"``.
    good_from : annotations are numbers, and good from this one on; or a comparison with one, such as ``"<= 2"``.

    Raises
    ------
    KeywordError
        For a keyword that isn't one of these.
    InputError
        For a tolerance or a threshold that is no such number.

    Examples
    --------
    >>> Schema(timestamp="when", confidence="p")
    Schema(timestamp='when', confidence='p')
    """

    timestamp: str | None
    id: str | None
    prediction: str | None
    label: str | None
    annotation: str | None
    confidence: str | tuple[str, ...] | None
    text: tuple[str, ...] | None
    good: str | Good | None
    properties: tuple[str, ...] | None
    ignore: tuple[str, ...] | None
    version: str | None
    session: str | None
    judges: tuple[str, ...] | None
    anchors: str | None
    tolerance: float | str | None
    good_from: float | str | None
    left_out: Mapping[str, str] = field(default_factory=dict, compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __init__(self, **roles: Any) -> None:
        for name in roles:
            if name not in ROLES:
                raise KeywordError(unknown("Schema keyword", name, ROLES))
        if isinstance(roles.get("good"), str) and _COMPARISON.fullmatch(roles["good"]):
            roles = {**roles, "good": None, "good_from": roles["good"]}
        for name in ROLES:
            object.__setattr__(self, name, _tidy(name, roles.get(name)))
        object.__setattr__(self, "left_out", {})
        object.__setattr__(self, "notes", ())

    def filled(self, roles: Mapping[str, Any], left_out: Mapping[str, str], notes: Sequence[str]) -> Schema:
        """The same schema with these roles, and what was found out about the rest."""
        result = Schema(**{name: getattr(self, name) for name in ROLES} | dict(roles))
        object.__setattr__(result, "left_out", dict(left_out))
        object.__setattr__(result, "notes", tuple(notes))
        return result

    def noted(self, note: str) -> Schema:
        """The same schema with one note more, unless it has it already."""
        return self if note in self.notes else self.filled({}, self.left_out, [*self.notes, note])

    def named(self) -> dict[str, tuple[str, ...]]:
        """Role → the columns that it names, for the roles that name any."""
        columns: dict[str, tuple[str, ...]] = {}
        for role in ROLES:
            value = getattr(self, role)
            if role in _FIGURES:
                continue
            if isinstance(value, str):
                columns[role] = (value,)
            elif isinstance(value, tuple):
                columns[role] = value
        return columns

    def aliases(self) -> dict[str, str]:
        """Column → the property of another name that it became.

        >>> Schema(prediction="y_pred").aliases()
        {'y_pred': 'prediction'}
        """
        columns = {"prediction": self.prediction, "confidence": self.confidence}
        return {c: name for name, c in columns.items() if isinstance(c, str) and c != name}

    @property
    def threshold(self) -> Threshold | None:
        """Which numbers of an annotation are good."""
        if self.good_from is None:
            return None
        found = _COMPARISON.fullmatch(self.good_from) if isinstance(self.good_from, str) else None
        return Threshold(">=", float(self.good_from)) if found is None else Threshold(_SIGNS[found[1]], float(found[2]))

    def __repr__(self) -> str:
        given = [f"{name}={_shown(getattr(self, name))}" for name in ROLES if getattr(self, name) is not None]
        if self.left_out:
            given.append("left_out={" + ", ".join(f"{c!r}: {why!r}" for c, why in self.left_out.items()) + "}")
        if self.notes:
            given.append(f"notes={list(self.notes)!r}")
        return f"Schema({', '.join(given)})"


ROLES = tuple(f.name for f in fields(Schema) if f.name not in ("left_out", "notes"))
"""The keywords of Schema, in order."""

_MANY = ("text", "properties", "ignore", "judges")
_FIGURES = ("tolerance", "good_from")
_SIGNS = {">=": ">=", "<=": "<=", ">": ">", "<": "<", "≥": ">=", "≤": "<="}
_COMPARISON = re.compile(r"\s*(>=|<=|>|<|≥|≤)\s*(-?\d*\.?\d+)\s*")


def _tidy(role: str, value: Any) -> Any:
    if value is None or callable(value):
        return value
    if role in _FIGURES:
        return _figure(role, value)
    if isinstance(value, str):
        return (value,) if role in _MANY else value
    if role in (*_MANY, "confidence") and isinstance(value, Iterable):
        return tuple(str(v) for v in value)
    return (str(value),) if role in _MANY else str(value)


def _figure(role: str, value: Any) -> float | str:
    """A tolerance or threshold as it was given, checked."""
    if role == "good_from" and isinstance(value, str) and _COMPARISON.fullmatch(value):
        return value
    share = isinstance(value, str) and role == "tolerance" and value.strip().endswith("%")
    try:
        number = float(value.strip().removesuffix("%") if share else value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number) or (role == "tolerance" and number < 0):
        expected = "a number from 0 on, such as 0.2, or a share such as '5%'" if role == "tolerance" else "a number"
        raise InputError(f"Schema({role}=...) is {value!r}; expected {expected}.")
    return f"{number:g}%" if share else number


def _shown(value: object) -> str:
    if callable(value):
        return str(getattr(value, "__name__", "function"))
    return repr(list(value)) if isinstance(value, tuple) else repr(value)
