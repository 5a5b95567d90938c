"""The properties out of the box, as calculators: what follows from the roles, then every usable column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.confidence import confidence_calculators
from prodmon_widgets.engine.table.profile import Facts
from prodmon_widgets.engine.table.properties import Calculator, Column, Expression, Kind, Origin, Property
from prodmon_widgets.engine.table.roles import Findings, Sides, is_version
from prodmon_widgets.engine.table.separators import separator_in

MOST_CLASSES = 100
"""Whole numbers with at most so many different values are classes, not a number."""


@dataclass(frozen=True)
class Prediction:
    """How the prediction column is to be read."""

    column: str
    kind: str
    """class, set, number or text"""
    are_numbers: bool = False
    """Classes that are numbers: texts are read as numbers first."""
    are_booleans: bool = False


def prediction_of(column: str | None, facts: Facts | None) -> Prediction | None:
    """How to read the prediction column, from its facts."""
    if column is None or facts is None:
        return None
    if facts.form == "list" or (not facts.is_text and _has_several(facts)):
        return Prediction(column, "set")
    if facts.is_text:
        return Prediction(column, "text")
    if facts.form in ("integer", "number"):
        return Prediction(column, "class" if _are_classes(facts) else "number", are_numbers=True)
    return Prediction(column, "class", facts.are_numbers, facts.is_boolean)


def _has_several(facts: Facts) -> bool:
    """Texts of a side have several classes in one cell."""
    if facts.form not in ("string", "levels"):
        return False
    known = frozenset[str]().union(*(side.texts() for side in facts.sides))
    return any(separator_in(side.distinct, known) is not None for side in facts.sides)


def _are_classes(facts: Facts) -> bool:
    whole = all(v.lstrip("-").isdigit() for v in facts.values)
    return whole and (facts.distinct <= 2 or (facts.distinct <= MOST_CLASSES and 2 * facts.distinct <= facts.n))


def from_roles(
    roles: Mapping[str, Any], prediction: Prediction | None, sides: Sides, findings: Findings
) -> Iterator[Calculator]:
    """Properties that follow from the roles."""
    if prediction is not None and prediction.kind != "text":
        yield from _of_prediction(prediction, sides.facts[prediction.column])
    yield from confidence_calculators(
        roles["confidence"], None if prediction is None else prediction.column, sides, findings
    )
    for text in roles["text"]:
        yield from _of_text(text)
    yield from _latency(sides, findings)


def _of_prediction(prediction: Prediction, facts: Facts) -> Iterator[Calculator]:
    column = prediction.column
    if prediction.kind == "set":

        def members(columns: Mapping[str, Column]) -> str:
            return x.as_set(columns[column])

        def packed(columns: Mapping[str, Column]) -> str:
            return x.as_packed(columns[column])

        yield Calculator(Property("prediction", "set"), (column,), members, packed)
        number = Property("n_predictions", "numeric", origin="computed", counts="prediction")
        yield Calculator(number, (column,), lambda columns: f"len({members(columns)})")
    elif prediction.kind == "number":
        yield _computed("prediction", "numeric", (column,), lambda c: x.as_number(c[column]), origin="column")
    elif facts.is_boolean:
        yield _computed("prediction", "boolean", (column,), lambda c: x.as_boolean(c[column]), origin="column")
    else:
        are_numbers = prediction.are_numbers
        spelled = lambda c: x.as_class(c[column], are_numbers)  # noqa: E731  as the other expressions are
        yield _computed("prediction", "categorical", (column,), spelled, origin="column")


def _of_text(text: str) -> Iterator[Calculator]:
    yield _computed(f"{text}_words", "numeric", (text,), lambda c: x.words(c[text]), unit="words")
    yield _computed(f"{text}_characters", "numeric", (text,), lambda c: x.characters(c[text]), unit="characters")


def _latency(sides: Sides, findings: Findings) -> Iterator[Calculator]:
    start, end = (next((c for c in sides.all if c.strip().lower() == n), None) for n in ("started_at", "finished_at"))
    if start is None or end is None or sides.only_in(start) or sides.only_in(end):
        return
    findings.left_out[end] = "its time since the start is the property 'latency'"
    yield _computed("latency", "numeric", (start, end), lambda c: _seconds(c[start], c[end]), unit="s")


def _seconds(start: Column, end: Column) -> str:
    return f"({x.as_milliseconds(end)} - {x.as_milliseconds(start)}) / 1000.0"


def _computed(
    name: str,
    kind: Kind,
    needs: tuple[str, ...],
    expression: Expression,
    unit: str | None = None,
    origin: Origin = "computed",
) -> Calculator:
    return Calculator(Property(name, kind, unit, origin), needs, expression)


def from_column(column: str, facts: Facts, name: str | None = None, origin: Origin = "column") -> Calculator:
    """The property that a column is."""
    kind, facts_are_numbers = kind_of(facts), facts.are_numbers
    read: dict[Kind, Expression] = {
        "numeric": lambda c: x.as_number(c[column]),
        "boolean": lambda c: x.as_boolean(c[column]),
        "set": lambda c: x.as_set(c[column]),
        "categorical": lambda c: x.as_class(c[column], facts_are_numbers),
    }
    unit = "s" if facts.form == "duration" else None
    packed = (lambda c: x.as_packed(c[column])) if kind == "set" else None
    return Calculator(Property(name or column, kind, unit, origin), (column,), read[kind], packed)


def kind_of(facts: Facts) -> Kind:
    """Numbers are numeric, lists are sets, true and false are boolean, the rest is categorical."""
    if facts.form in ("integer", "number", "duration"):
        return "numeric"
    if facts.form == "list":
        return "set"
    return "boolean" if facts.is_boolean else "categorical"


def with_role(column: str, facts: Facts, roles: Mapping[str, Any]) -> Calculator:
    """The property that a column is, and what else it is: a version, whose values keep their spelling, or a judge.

    A release beside the model that is the version is no reason for anything either.
    """
    if column == roles.get("version") or is_version(column, facts):
        version = Property(column, "categorical", role="version")
        return Calculator(version, (column,), lambda c: x.as_text(c[column]))
    made = from_column(column, facts)
    judge = column in (roles.get("judges") or ())
    return replace(made, property=replace(made.property, role="judge")) if judge else made


def settle_names(
    computed: Sequence[Calculator], columns: Sequence[str], roles: Mapping[str, Any], sides: Sides, findings: Findings
) -> list[Calculator]:
    """All properties, names once each: a user's own column called like a computed property wins."""
    result = []
    for calculator in computed:
        name = calculator.property.name
        if name in columns and name not in calculator.needs:
            findings.notes.append(f"your column {name!r} is used instead of the property of that name computed here")
            continue
        result.append(calculator)
    return result + [with_role(column, sides.facts[column], roles) for column in columns]
