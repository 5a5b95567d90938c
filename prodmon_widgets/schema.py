"""Which column plays which role.

A ``Schema`` holds what the user said; ``resolve`` fills the rest from the columns' usual names and from what is known
of their values, and keeps the reason for every column that it leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from prodmon_widgets.errors import KeywordError, unknown

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "timestamp": ("timestamp", "started_at"),
    "id": ("user_interaction_id", "id", "sample_id"),
    "prediction": ("prediction", "y_pred", "predictions"),
    "label": ("label", "y_true", "labels"),
    "annotation": ("annotation",),
    "confidence": ("confidence", "y_pred_proba"),
}
"""Role → column names that are taken for it, best first; capitals and blanks don't matter."""

USUAL_TEXTS = ("input", "output", "full_prompt", "information_retrieval", "history", "expected_output")
"""Columns of LLM evaluation logs that hold text."""

PROBABILITY_OF_CLASS_1 = "y_pred_proba"
"""A confidence column of this name holds P(class 1) of a binary classifier, not that of its own prediction."""

Good = Callable[..., Any]


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
        not known (None, NaN). Needed where the prediction is a number or text and there is no annotation.
    properties : columns to use as properties; then no other column is.
    ignore : columns to leave out.

    Raises
    ------
    KeywordError
        For a keyword that isn't one of these.

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
    left_out: Mapping[str, str] = field(default_factory=dict, compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __init__(self, **roles: Any) -> None:
        for name in roles:
            if name not in ROLES:
                raise KeywordError(unknown("Schema keyword", name, ROLES))
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

    def named(self) -> dict[str, tuple[str, ...]]:
        """Role → the columns that it names, for the roles that name any."""
        columns: dict[str, tuple[str, ...]] = {}
        for role in ROLES:
            value = getattr(self, role)
            if isinstance(value, str):
                columns[role] = (value,)
            elif isinstance(value, tuple):
                columns[role] = value
        return columns

    def __repr__(self) -> str:
        given = [f"{name}={_shown(getattr(self, name))}" for name in ROLES if getattr(self, name) is not None]
        if self.left_out:
            given.append("left_out={" + ", ".join(f"{c!r}: {why!r}" for c, why in self.left_out.items()) + "}")
        if self.notes:
            given.append(f"notes={list(self.notes)!r}")
        return f"Schema({', '.join(given)})"


ROLES = tuple(f.name for f in fields(Schema) if f.name not in ("left_out", "notes"))
"""The keywords of Schema, in order."""

_MANY = ("text", "properties", "ignore")


def _tidy(role: str, value: Any) -> Any:
    if value is None or callable(value):
        return value
    if isinstance(value, str):
        return (value,) if role in _MANY else value
    if role in (*_MANY, "confidence") and isinstance(value, Iterable):
        return tuple(str(v) for v in value)
    return (str(value),) if role in _MANY else str(value)


def _shown(value: object) -> str:
    if callable(value):
        return str(getattr(value, "__name__", "function"))
    return repr(list(value)) if isinstance(value, tuple) else repr(value)
