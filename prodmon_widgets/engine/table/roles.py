"""From column names and facts to roles and properties: what the user said wins, the rest is inferred and noted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prodmon_widgets.engine.table.closed import PERSON, closed, plain
from prodmon_widgets.engine.table.epochs import epoch_of
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.profile import Facts
from prodmon_widgets.engine.table.side import Side
from prodmon_widgets.engine.table.userfunctions import PREFIX
from prodmon_widgets.engine.table.writing import Written
from prodmon_widgets.errors import InputError, unknown
from prodmon_widgets.schema import USUAL_NAMES, USUAL_TEXTS, USUAL_TIMES, USUAL_VERSIONS, Schema

TIME = "__time"
"""The column of a prepared table that holds epoch milliseconds UTC, or row numbers where there is no time column."""

AN_ID = "an id"
EVALUATION_ONLY = ("label", "annotation", "good")
"""Roles whose column production need not have."""
ONE_SIDE_IS_ENOUGH = (*EVALUATION_ONLY, "ignore", "properties", "id", "timestamp", "version", "session", "anchors")
MOST_VERSIONS = 50
"""What has more values is no version unless the user says so."""

SIDES = ("evaluation", "production")

SPELLED_AS_THEY_ARE = (*USUAL_VERSIONS, "id", "uuid", "revision", "session", "zip", "zip_code", "postal_code")
"""Names, and ends of names after an underscore, of columns whose texts are no numbers: ``1.10`` isn't ``1.1``."""


def keeps_spelling(column: str, roles: Mapping[str, Any]) -> bool:
    """Whether a column's texts stay as they are, whatever they look like: ids, versions, sessions."""
    name = plain(column)
    if column in (roles.get("id"), roles.get("session"), roles.get("version")):
        return True
    return any(name == each or name.endswith(f"_{each}") for each in SPELLED_AS_THEY_ARE)


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

    def having(self, column: str) -> list[str]:
        """The sides that have the column, functions of the user included."""
        return list(SIDES) if column.startswith(PREFIX) else [n for n in SIDES if column in getattr(self, n)]

    def side(self, name: str, column: str) -> Side:
        """One side's sample of a column."""
        sides = self.facts[column].sides
        # a table that is inspected alone is both sides
        return sides[min(self.having(column).index(name), len(sides) - 1)]

    def written(self, name: str) -> dict[str, Written]:
        """How one side writes each of its columns."""
        return {c: self.side(name, c).written for c in self.facts if name in self.having(c)}

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
    roles |= {role: getattr(schema, role) for role in ("judges", "anchors")}
    for role, names in USUAL_NAMES.items():
        given = getattr(schema, role)
        free = [c for c in sides.all if c not in taken and c not in (schema.properties or ())]
        roles[role] = given if given is not None else _usual(role, names, free, sides)
    if roles["timestamp"] is None:
        roles["timestamp"] = _time_by_values(schema, sides, taken) or _only_time(sides, taken, findings)
    if roles["timestamp"] is None:
        _refuse_numbers(schema, sides, taken)
    roles["version"] = schema.version or _version(schema, sides, {*taken, *_columns(roles)}, findings)
    roles["text"] = schema.text if schema.text is not None else _texts(schema, sides, _columns(roles))
    return roles


def _columns(roles: Mapping[str, Any]) -> set[str]:
    """Every column that has a role."""
    flat = [v if isinstance(v, tuple) else (v,) for v in roles.values() if v is not None and not callable(v)]
    return {name for names in flat for name in names}


def free_columns(schema: Schema, roles: Mapping[str, Any], sides: Sides) -> list[str]:
    """The columns of both sides that have no role and that the schema doesn't name."""
    taken = _columns(roles) | {c for columns in schema.named().values() for c in columns}
    return [c for c in sides.all if c not in taken and not sides.only_in(c)]


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
    if role in ONE_SIDE_IS_ENOUGH:
        in_need = role in EVALUATION_ONLY and column not in sides.evaluation
        return "evaluation" if in_need else None
    only = sides.only_in(column)
    return {"evaluation": "production", "production": "evaluation"}[only] if only else None


def _usual(role: str, names: Sequence[str], free: Collection[str], sides: Sides) -> str | None:
    by_plain = {plain(c): c for c in reversed(list(free))}
    for name in names:
        column = by_plain.get(name)
        if column is None or (role == "timestamp" and not _is_time(sides.facts[column])):
            continue
        if role == "session" and sides.facts[column].form not in ("string", "levels", "integer", "null"):
            continue
        if role in ("prediction", "confidence") and sides.only_in(column):
            continue
        return column
    return None


def _version(schema: Schema, sides: Sides, taken: Collection[str], findings: Findings) -> str | None:
    """The first column that by its name and values says what made a sample; one that varies, where there is one."""
    closed_to_us = {*taken, *(schema.properties or ()), *(schema.ignore or ())}
    free = {plain(c): c for c in reversed(sides.all) if c not in closed_to_us and not sides.only_in(c)}
    found = [free[name] for name in USUAL_VERSIONS if name in free and _are_versions(sides.facts[free[name]])]
    column = next((c for c in found if sides.facts[c].distinct > 1), found[0] if found else None)
    if column is not None and sides.facts[column].distinct > 1:
        findings.notes.append(
            f"{column!r} is taken for the version: it is compared, and no estimate reads it. Where it isn't one, name "
            "another in Schema(version=...)"
        )
    return column


def is_version(column: str, facts: Facts) -> bool:
    """Whether a column's name and values say which model, prompt or release made a sample."""
    return plain(column) in USUAL_VERSIONS and _are_versions(facts)


def _are_versions(facts: Facts) -> bool:
    few = 0 < facts.distinct <= MOST_VERSIONS and not facts.unique
    return few and not facts.is_text and facts.form in ("string", "levels", "integer", "number")


def _is_time(facts: Facts) -> bool:
    """Times, text that may be read as times, or numbers that may count from 1970."""
    return facts.form in ("time", "string", "levels") or epoch_of(facts.high) is not None


def no_time(column: str, facts: Facts) -> str:
    """What to say of a column of numbers that are no times."""
    return (
        f"the numbers in {column!r} go from {facts.low:,.12g} to {facts.high:,.12g}: no times; expected times, ISO "
        "8601 text, or seconds, milliseconds, micro- or nanoseconds since 1970, such as 1690848000. Convert them with "
        f"pandas.to_datetime, or leave them out with Schema(ignore=[{column!r}]): then row order is time."
    )


def _time_by_values(schema: Schema, sides: Sides, taken: Collection[str]) -> str | None:
    """A column that is called a time and holds times on every side that has it."""
    free = {plain(c): c for c in sides.production[::-1] if c not in taken and c not in (schema.properties or ())}
    return next((free[name] for name in USUAL_TIMES if name in free and holds_times(sides.facts[free[name]])), None)


def holds_times(facts: Facts) -> bool:
    """Times, numbers that count from 1970, or texts that read as times."""
    if facts.form in ("string", "levels"):
        seen = facts.values[:: len(facts.values) // 50 + 1]
        return bool(seen) and all(moment(value) is not None for value in seen)
    return facts.form == "time" or (epoch_of(facts.low) is not None and epoch_of(facts.high) is not None)


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
        usual = not known and plain(column) in USUAL_NAMES["timestamp"]
        if usual and facts.form in ("integer", "number") and facts.n:
            raise InputError(no_time(column, facts))


def _texts(schema: Schema, sides: Sides, taken: Collection[str]) -> tuple[str, ...]:
    others = {*taken, *(schema.ignore or ()), *(schema.properties or ())}
    return tuple(
        c
        for c in sides.all
        if c not in others
        and closed(c) is None
        and not sides.only_in(c)
        and (sides.facts[c].is_text or (plain(c) in USUAL_TEXTS and sides.facts[c].form == "string"))
    )


def usable(schema: Schema, roles: Mapping[str, Any], sides: Sides, findings: Findings) -> list[str]:
    """The columns without a role that describe samples; ``findings`` gets the reason for each of the others."""
    wanted = _columns({role: roles.get(role) for role in ("version", "judges")})
    taken = (_columns(roles) | _columns({"good": schema.good})) - wanted
    result = []
    for column in sides.all:
        if column in taken:
            continue
        named = column in wanted or (schema.properties is not None and column in schema.properties)
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
    only, by_name = sides.only_in(column), closed(column)
    reasons = (
        (column in (schema.ignore or ()), "ignored, as the schema says"),
        (column == TIME, "its name is the engine's own"),
        (schema.properties is not None, "not among Schema(properties=...)"),
        (by_name not in (None, PERSON), by_name or ""),
        (only is not None, f"only in {only}: nothing to compare it with"),
        (facts.form == "null" or facts.n == 0, "no values"),
        (
            facts.form == "nested",
            "its values are nested, bytes or times of day: turn them into numbers, categories or lists of these",
        ),
        (facts.form == "time", "a time: name it in Schema(timestamp=...), or turn it into a number or category"),
        (facts.is_identifier, f"{AN_ID}: hardly a value of {facts.n:,} occurs twice"),
        (by_name == PERSON, PERSON),
        (facts.is_text, "free text that isn't named in Schema(text=...)"),
    )
    return next((reason for holds, reason in reasons if holds), None)
