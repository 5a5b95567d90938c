"""From column names and facts to roles and properties: what the user said wins, the rest is inferred and noted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prodmon_widgets.engine.table.epochs import epoch_of
from prodmon_widgets.engine.table.profile import Facts
from prodmon_widgets.errors import InputError, unknown
from prodmon_widgets.schema import USUAL_NAMES, USUAL_TEXTS, Schema

TIME = "__time"
"""The column of a prepared table that holds epoch milliseconds UTC, or row numbers where there is no time column."""

AN_ID = "an id"
EVALUATION_ONLY = ("label", "annotation", "good")
"""Roles whose column production need not have."""

NAMED_ONLY = {
    "session_id": "an id of a session",
    "annotation_reason": "says why people annotated as they did, which production can't have",
}


@dataclass
class Findings:
    """What resolving a schema gathers: reasons for columns left out, and notes."""

    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sides:
    """The columns of both sides and the facts of each."""

    evaluation: tuple[str, ...]
    production: tuple[str, ...]
    facts: Mapping[str, Facts]

    @property
    def all(self) -> list[str]:
        """Every column, evaluation's first."""
        return list(dict.fromkeys([*self.evaluation, *self.production]))

    def only_in(self, column: str) -> str | None:
        """The side that alone has the column."""
        if column not in self.production:
            return "evaluation"
        return "production" if column not in self.evaluation else None


def infer_roles(schema: Schema, sides: Sides, findings: Findings) -> dict[str, Any]:
    """Role → column for every role, from the user's schema and the usual names.

    Raises
    ------
    InputError
        For a column that the schema names and the data don't have.
    """
    _check_named(schema, sides)
    roles: dict[str, Any] = {"good": schema.good}
    taken = {c for role, columns in schema.named().items() if role != "properties" for c in columns}
    for role, names in USUAL_NAMES.items():
        given = getattr(schema, role)
        free = [c for c in sides.all if c not in taken and c not in (schema.properties or ())]
        roles[role] = given if given is not None else _usual(role, names, free, sides)
    if roles["timestamp"] is None:
        roles["timestamp"] = _only_time(sides, taken, findings)
    if roles["timestamp"] is None:
        _refuse_numbers(schema, sides, taken)
    roles["text"] = schema.text if schema.text is not None else _texts(schema, sides, _columns(roles))
    return roles


def _columns(roles: Mapping[str, Any]) -> set[str]:
    """Every column that has a role."""
    flat = [v if isinstance(v, tuple) else (v,) for v in roles.values() if v is not None and not callable(v)]
    return {name for names in flat for name in names}


def _check_named(schema: Schema, sides: Sides) -> None:
    for role, columns in schema.named().items():
        for column in columns:
            if column not in sides.all:
                raise InputError(unknown("column", column, sides.all, f"Schema({role}=...) names it."))
            missing = _needed_but_missing(role, column, sides)
            if missing:
                side = sides.production if missing == "production" else sides.evaluation
                raise InputError(
                    unknown(f"{missing} column", column, side, f"Schema({role}=...) needs it on both sides.")
                )


def _needed_but_missing(role: str, column: str, sides: Sides) -> str | None:
    """The side that lacks a column which both must have."""
    if role in (*EVALUATION_ONLY, "ignore", "properties", "id", "timestamp"):
        in_need = role in EVALUATION_ONLY and column not in sides.evaluation
        return "evaluation" if in_need else None
    only = sides.only_in(column)
    return {"evaluation": "production", "production": "evaluation"}[only] if only else None


def _usual(role: str, names: Sequence[str], free: Collection[str], sides: Sides) -> str | None:
    by_plain = {_plain(c): c for c in reversed(list(free))}
    for name in names:
        column = by_plain.get(name)
        if column is None or (role == "timestamp" and not _is_time(sides.facts[column])):
            continue
        if role in ("prediction", "confidence") and sides.only_in(column):
            continue
        return column
    return None


def _plain(column: str) -> str:
    return column.strip().lower().replace(" ", "_").replace("-", "_")


def _is_time(facts: Facts) -> bool:
    """Times, text that may be read as times, or numbers that may count from 1970."""
    return facts.form in ("time", "string") or epoch_of(facts.high) is not None


def no_time(column: str, facts: Facts) -> str:
    """What to say of a column of numbers that are no times."""
    return (
        f"the numbers in {column!r} go from {facts.low:,.12g} to {facts.high:,.12g}: no times; expected times, ISO "
        "8601 text, or seconds, milliseconds, micro- or nanoseconds since 1970, such as 1690848000. Convert them with "
        f"pandas.to_datetime, or leave them out with Schema(ignore=[{column!r}]): then row order is time."
    )


def _only_time(sides: Sides, taken: Collection[str], findings: Findings) -> str | None:
    """The one column of times, whatever its name."""
    times = [c for c in sides.production if sides.facts[c].form == "time" and c not in taken]
    if len(times) != 1:
        if times:
            findings.notes.append(
                f"which of {times} is the time? Name it in Schema(timestamp=...); until then row order is."
            )
        return None
    findings.notes.append(f"{times[0]!r} is taken for the time: the only column of times")
    return times[0]


def _refuse_numbers(schema: Schema, sides: Sides, taken: Collection[str]) -> None:
    """A column that is called a time and holds other numbers must not become a property unheard."""
    for column in sides.production:
        facts = sides.facts[column]
        known = column in taken or column in (schema.properties or ())
        usual = not known and _plain(column) in USUAL_NAMES["timestamp"]
        if usual and facts.form in ("integer", "number") and facts.n:
            raise InputError(no_time(column, facts))


def _texts(schema: Schema, sides: Sides, taken: Collection[str]) -> tuple[str, ...]:
    closed = {*taken, *(schema.ignore or ()), *(schema.properties or ()), *NAMED_ONLY}
    return tuple(
        c
        for c in sides.all
        if c not in closed
        and not sides.only_in(c)
        and (sides.facts[c].is_text or (_plain(c) in USUAL_TEXTS and sides.facts[c].form == "string"))
    )


def usable(schema: Schema, roles: Mapping[str, Any], sides: Sides, findings: Findings) -> list[str]:
    """The columns without a role that describe samples; ``findings`` gets the reason for each of the others."""
    taken = _columns(roles) | (_columns({"good": schema.good}))
    result = []
    for column in sides.all:
        if column in taken:
            continue
        named = schema.properties is not None and column in schema.properties
        reason = None if named else _unusable(column, schema, sides)
        if named and sides.only_in(column):
            findings.notes.append(f"property {column!r} is in {sides.only_in(column)} only: missing on the other side")
        if reason is None:
            result.append(column)
        else:
            findings.left_out[column] = reason
    ids = [column for column, reason in findings.left_out.items() if reason.startswith(f"{AN_ID}:")]
    if ids and roles["id"] is None:
        findings.notes.append(
            f"samples have no id, so their row numbers are it; if {ids[0]!r} is one, say so: Schema(id={ids[0]!r})"
        )
    return result


def _unusable(column: str, schema: Schema, sides: Sides) -> str | None:
    """Why a column that nobody asked for is no property; None where it is one."""
    facts = sides.facts[column]
    only = sides.only_in(column)
    reasons = (
        (column in (schema.ignore or ()), "ignored, as the schema says"),
        (column == TIME, "its name is the engine's own"),
        (schema.properties is not None, "not among Schema(properties=...)"),
        (_plain(column) in NAMED_ONLY, NAMED_ONLY.get(_plain(column), "")),
        (only is not None, f"only in {only}: nothing to compare it with"),
        (facts.form == "null" or facts.n == 0, "no values"),
        (
            facts.form == "nested",
            "its values are nested, bytes or times of day: turn them into numbers, categories or lists of these",
        ),
        (facts.form == "time", "a time: name it in Schema(timestamp=...), or turn it into a number or category"),
        (facts.is_identifier, f"{AN_ID}: hardly a value of {facts.n:,} occurs twice"),
        (facts.is_text, "free text that isn't named in Schema(text=...)"),
    )
    return next((reason for holds, reason in reasons if holds), None)
