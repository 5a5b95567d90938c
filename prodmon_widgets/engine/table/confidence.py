"""Confidence: the probability of a sample's own prediction, whichever way it came; and the margin to the next class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.classcolumns import is_probability_of_one, names_class, owners_of, probability_columns
from prodmon_widgets.engine.table.profile import Facts
from prodmon_widgets.engine.table.properties import Calculator, Column, Expression, Property, literal
from prodmon_widgets.engine.table.roles import Findings, Sides
from prodmon_widgets.schema import PROBABILITY_OF_CLASS_1

POSITIVE = frozenset(
    (
        *("1", "true", "yes", "y", "positive", "pos", "spam", "fraud", "fraudulent", "churn", "churned", "default"),
        *("anomaly", "attack", "toxic", "sick", "ill", "disease", "malignant", "malicious", "failure", "fail", "click"),
        *("clicked", "converted", "bought", "approved", "accept", "accepted", "relevant"),
    )
)
"""How the class is called whose probability a binary classifier gives, in lower case."""


def found_confidence(
    prediction: str, sides: Sides, free: Sequence[str], findings: Findings
) -> str | tuple[str, ...] | None:
    """Columns called after the classes of the prediction, one each; or one after a class of two."""
    facts = sides.facts[prediction]
    classes = ("False", "True") if facts.is_boolean else facts.values
    found = probability_columns(classes, {column: sides.facts[column] for column in free})
    if found:
        findings.notes.append(f"{list(found)} are read as the probabilities of the classes that they are called after")
        return found
    single = [c for c in free if len(classes) == 2 and is_probability_of_one(c, classes, sides.facts[c])]
    return single[0] if len(single) == 1 else None


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
    if facts.form in ("nested", "list"):
        yield _number("confidence", (given,), lambda c: f"list_max({x.as_numbers(c[given])})")
        yield _number("margin", (given,), lambda c: _lead(x.as_numbers(c[given])))
        return
    if facts.n and facts.form not in ("integer", "number"):
        findings.notes.append(f"{given!r} holds no numbers, such as {facts.values[:1]}: no confidence is read from it")
        return
    if not (facts.low >= 0 and facts.high <= 1) and facts.n:
        findings.notes.append(
            f"{given!r} holds values from {facts.low:g} to {facts.high:g}: no probabilities, used as a number"
        )
    positive = positive_of(given, prediction, sides)
    if positive is None or prediction is None:
        yield _number("confidence", (given,), lambda c: x.as_number(c[given]))
        return
    why = f", {positive.why}" if positive.why else ""
    findings.notes.append(
        f"{given!r} is read as the probability of class {positive.name!r}{why}; confidence is that of the prediction"
    )
    facts = sides.facts[prediction]
    yield _number("confidence", (given, prediction), lambda c: _own(c[given], _class(c[prediction], facts), positive))


def _number(name: str, needs: tuple[str, ...], expression: Expression) -> Calculator:
    return Calculator(Property(name, "numeric", None, "computed"), needs, expression)


@dataclass(frozen=True)
class Positive:
    """The class that a probability belongs to, and why it is taken for it."""

    name: str
    why: str


def positive_of(column: str, prediction: str | None, sides: Sides) -> Positive | None:
    """The class whose probability a column holds: one that it is named after, or class 1 of a binary prediction."""
    if prediction is None:
        return None
    facts = sides.facts[prediction]
    classes = ("False", "True") if facts.is_boolean else facts.values
    if len(classes) == 1 and classes[0] in ("0", "1"):
        classes = ("0", "1")
    if len(classes) != 2:
        return None
    named = [name for name in classes if names_class(column, name)]
    if len(named) == 1:
        return Positive(named[0], "after which it is called")
    if column.strip().lower() != PROBABILITY_OF_CLASS_1:
        return None
    if facts.is_boolean or facts.are_numbers:
        greater = max(classes, key=float) if facts.are_numbers else "True"
        return Positive(greater, "" if greater in ("1", "True") else "the greater one")
    usual = [name for name in classes if name.lower() in POSITIVE]
    if len(usual) == 1:
        return Positive(usual[0], "as such classes are called")
    return Positive(sorted(classes)[1], "the second in the alphabet, as scikit-learn orders classes")


def _class(prediction: Column, facts: Facts) -> str:
    """SQL for the class that was predicted, spelled as ``facts.values`` are."""
    if facts.is_boolean:
        return x.as_boolean(prediction)
    return x.as_class(prediction, like_number=facts.are_numbers)


def _own(probability: Column, predicted: str, positive: Positive) -> str:
    number = x.as_number(probability)
    is_positive = f"{predicted} = {literal(positive.name)}"
    return f"CASE WHEN {is_positive} THEN {number} WHEN {predicted} IS NOT NULL THEN 1 - {number} END"


def _one_a_class(given: Sequence[str], prediction: str | None, sides: Sides) -> Iterator[Calculator]:
    needs = tuple(given)

    def largest(columns: Mapping[str, Column]) -> str:
        return f"greatest({', '.join(x.as_number(columns[c]) for c in given)})"

    owners = owners_of(given, sides.facts[prediction].values) if prediction else {}

    def own(columns: Mapping[str, Column]) -> str:
        if not owners or prediction is None:
            return largest(columns)
        whens = " ".join(f"WHEN {literal(name)} THEN {x.as_number(columns[c])}" for name, c in owners.items())
        predicted = _class(columns[prediction], sides.facts[prediction])
        return f"CASE {predicted} {whens} ELSE {largest(columns)} END"

    yield _number("confidence", (*needs, *((prediction,) if owners and prediction else ())), own)
    if len(given) > 1:
        yield _number("margin", needs, lambda c: _lead(f"[{', '.join(x.as_number(c[n]) for n in given)}]"))


def _lead(probabilities: str) -> str:
    """The largest less the second largest."""
    ordered = f"list_reverse_sort({probabilities}, 'NULLS LAST')"
    return f"{ordered}[1] - {ordered}[2]"
