"""Confidence: the probability of a sample's own prediction, whichever way it came; and the margin to the next class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prodmon_widgets.engine.table import expressions as x
from prodmon_widgets.engine.table.properties import Calculator, Column, Expression, Property, literal
from prodmon_widgets.engine.table.roles import Findings, Sides
from prodmon_widgets.schema import PROBABILITY_OF_CLASS_1


def confidence_calculators(
    given: Any, prediction: str | None, sides: Sides, findings: Findings
) -> Iterator[Calculator]:
    """``confidence``, and ``margin`` where each class has a probability."""
    if given is None:
        return
    if isinstance(given, tuple):
        yield from _one_a_class(given, prediction, sides)
        return
    facts = sides.facts[given]
    if facts.form == "nested":
        yield _number("confidence", (given,), lambda c: f"list_max({c[given].sql})")
        yield _number("margin", (given,), lambda c: _lead(f"CAST({c[given].sql} AS DOUBLE[])"))
        return
    if not (facts.low >= 0 and facts.high <= 1) and facts.n:
        findings.notes.append(
            f"{given!r} holds values from {facts.low:g} to {facts.high:g}: no probabilities, used as a number"
        )
    positive = _positive(given, prediction, sides)
    if positive is None or prediction is None:
        yield _number("confidence", (given,), lambda c: x.as_number(c[given]))
        return
    findings.notes.append(
        f"{given!r} is read as the probability of class {positive!r}; confidence is that of the prediction"
    )
    yield _number("confidence", (given, prediction), lambda c: _own(c[given], c[prediction], positive))


def _number(name: str, needs: tuple[str, ...], expression: Expression) -> Calculator:
    return Calculator(Property(name, "numeric", None, "computed"), needs, expression)


def _positive(column: str, prediction: str | None, sides: Sides) -> str | None:
    """Class 1 of a binary prediction, where the column's name says that its probability is meant."""
    if prediction is None or column.strip().lower() != PROBABILITY_OF_CLASS_1:
        return None
    facts = sides.facts[prediction]
    classes = ("False", "True") if facts.form == "boolean" else facts.values
    if len(classes) == 1 and classes[0] in ("0", "1"):
        classes = ("0", "1")
    return sorted(classes)[1] if len(classes) == 2 else None


def _own(probability: Column, prediction: Column, positive: str) -> str:
    number, predicted = x.as_number(probability), x.as_text(prediction)
    is_positive = f"{predicted} = {literal(positive)}"
    return f"CASE WHEN {is_positive} THEN {number} WHEN {predicted} IS NOT NULL THEN 1 - {number} END"


def _one_a_class(given: Sequence[str], prediction: str | None, sides: Sides) -> Iterator[Calculator]:
    needs = tuple(given)

    def largest(columns: Mapping[str, Column]) -> str:
        return f"greatest({', '.join(x.as_number(columns[c]) for c in given)})"

    owners = _classes(given, sides.facts[prediction].values) if prediction else {}

    def own(columns: Mapping[str, Column]) -> str:
        if not owners or prediction is None:
            return largest(columns)
        whens = " ".join(f"WHEN {literal(name)} THEN {x.as_number(columns[c])}" for name, c in owners.items())
        return f"CASE {x.as_text(columns[prediction])} {whens} ELSE {largest(columns)} END"

    yield _number("confidence", (*needs, *((prediction,) if owners and prediction else ())), own)
    if len(given) > 1:
        yield _number("margin", needs, lambda c: _lead(f"[{', '.join(x.as_number(c[n]) for n in given)}]"))


def _lead(probabilities: str) -> str:
    """The largest less the second largest."""
    ordered = f"list_reverse_sort({probabilities}, 'NULLS LAST')"
    return f"{ordered}[1] - {ordered}[2]"


def _classes(columns: Sequence[str], classes: Sequence[str]) -> dict[str, str]:
    """Class → its column, where every class is the end of exactly one column's name; else empty."""
    found = {name: [c for c in columns if c.lower().endswith(name.lower())] for name in classes}
    owners = {name: min(ends, key=len) for name, ends in found.items() if ends}
    complete = len(owners) == len(classes) and len(set(owners.values())) == len(owners)
    return owners if complete else {}
