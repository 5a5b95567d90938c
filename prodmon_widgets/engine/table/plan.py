"""Plan: the filled schema and its expressions, the same for both sides and for rows appended later."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from prodmon_widgets.engine.table import canonical as x
from prodmon_widgets.engine.table.calculators import (
    Prediction,
    from_column,
    from_roles,
    prediction_of,
    settle_names,
    with_role,
)
from prodmon_widgets.engine.table.confidence import found_confidence
from prodmon_widgets.engine.table.disorder import refuse_disorder
from prodmon_widgets.engine.table.epochs import Epoch
from prodmon_widgets.engine.table.later import Agreed, Writings, agreed_of, agreed_set, writings
from prodmon_widgets.engine.table.profile import PROFILE_ROWS, Facts, facts_of
from prodmon_widgets.engine.table.properties import Calculator, Column
from prodmon_widgets.engine.table.roles import (
    Findings,
    Sides,
    free_columns,
    infer_roles,
    keeps_spelling,
    no_time,
    usable,
)
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.engine.table.settle import Settled
from prodmon_widgets.engine.table.userfunctions import PREFIX, check_functions, column_of
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import USUAL_VERSIONS, Schema


@dataclass(frozen=True)
class Plan:
    """How a table's rows become time, properties and good."""

    schema: Schema = field(default_factory=Schema)
    calculators: tuple[Calculator, ...] = ()
    prediction: Prediction | None = None
    functions: tuple[Callable[..., Any], ...] = ()
    agreed: Mapping[str, Agreed] = field(default_factory=dict, repr=False)
    """What both sides agreed on of each column, for pieces that come later."""
    written: Mapping[str, Writings] = field(default_factory=dict, repr=False)
    """Side → column → how the side writes it."""
    within: tuple[int, int] | None = None
    """The first and last time that isn't far from all others, in epoch milliseconds; None where none is."""
    settled: Settled = field(default_factory=Settled)
    """How numbers and dates are written in columns of text."""
    watched: tuple[Calculator, ...] = ()
    """What columns that are constant so far would be, should they change."""

    def with_changed(self, found: Sequence[Calculator]) -> Plan:
        """With properties of watched columns that change now."""
        names = {each.property.name for each in found}
        left_out = {name: why for name, why in self.schema.left_out.items() if name not in names}
        notes = [f"{name!r} was a constant so far and is a property now" for name in sorted(names)]
        schema = self.schema.filled({}, left_out, [*self.schema.notes, *notes])
        watched = tuple(each for each in self.watched if each.property.name not in names)
        return replace(self, schema=schema, calculators=(*self.calculators, *found), watched=watched)

    def time(self, column: Column) -> str:
        """SQL for the epoch milliseconds of a time column; NULL for what is no time, or far from all others."""
        read = x.as_milliseconds(column)
        if self.within is None:
            return read
        return f"CASE WHEN {read} BETWEEN {self.within[0]} AND {self.within[1]} THEN {read} END"

    def writings(self, rows: Rows, label: str | None = None) -> Writings:
        """How a later piece writes its columns; ``label`` is what it calls the column of true labels."""
        agreed = dict(self.agreed)
        if label is not None and self.schema.label in agreed:
            agreed[label] = agreed[self.schema.label]
        elif label is not None and self.prediction is not None:
            agreed[label] = agreed[self.prediction.column]
        return writings(rows, agreed)


def make(schema: Schema, evaluation: Rows, production: Rows, functions: Sequence[Callable[..., Any]]) -> Plan:
    """The plan for two sides, from samples of their values."""
    sides = _sides(schema, evaluation, production)
    findings = Findings()
    roles = infer_roles(schema, sides, findings)
    if roles["timestamp"] is None:
        refuse_disorder(schema, production, sides)
    prediction = prediction_of(roles["prediction"], sides.facts.get(roles["prediction"]))
    if prediction is not None and prediction.kind == "text" and prediction.column not in roles["text"]:
        roles["text"] = (*roles["text"], prediction.column)
    if prediction is not None and prediction.kind == "class" and roles["confidence"] is None:
        roles["confidence"] = found_confidence(prediction.column, sides, free_columns(schema, roles, sides), findings)
    _check_truth(schema, roles, prediction, sides)
    sides, agreed = agreed_sides(roles, prediction, sides)
    note_epochs(roles["timestamp"], sides, findings)
    columns = usable(schema, roles, sides, findings)
    constant: list[str] = []
    if schema.properties is None:
        constant = [c for c in columns if _is_constant(c, sides, (evaluation, production), findings)]
        columns = [c for c in columns if c not in constant]
    findings.notes += [
        f"{c!r} is read as numbers: {', '.join(map(repr, sides.facts[c].blanks))} in it is missing"
        for c in columns
        if sides.facts[c].blanks
    ]
    computed = settle_names(list(from_roles(roles, prediction, sides, findings)), columns, roles, sides, findings)
    computed = [c for c in computed if c.property.name not in findings.left_out]
    users = [from_column(column_of(f), sides.facts[column_of(f)], f.__name__, "user") for f in functions]
    check_functions(functions, [c.property.name for c in computed])
    if not computed and not users:
        raise InputError(
            "evaluation and production share no column that can be used as a property: evaluation has "
            f"{sorted(evaluation.columns)[:12]}, production {sorted(production.columns)[:12]}. Give both sides the "
            "columns that describe their samples, or name them in Schema(properties=...)."
        )
    filled = schema.filled(roles, findings.left_out, findings.notes)
    written = {name: sides.written(name) for name in ("evaluation", "production")}
    watched = tuple(_watched(c, sides.facts[c], roles) for c in constant)
    return Plan(filled, (*computed, *users), prediction, tuple(functions), agreed, written, watched=watched)


def _watched(column: str, facts: Facts, roles: Mapping[str, Any]) -> Calculator:
    """What a constant column would be: a version where it is called like one, since only then it varies."""
    is_version = roles.get("version") is None and column.lower() in USUAL_VERSIONS
    return with_role(column, facts, {**roles, "version": column} if is_version else roles)


def _sides(schema: Schema, evaluation: Rows, production: Rows) -> Sides:
    samples = [rows.sample(PROFILE_ROWS) for rows in (evaluation, production)]
    names = [tuple(c for c in s.column_names if not c.startswith(PREFIX)) for s in samples]
    all_names = dict.fromkeys(name for s in samples for name in s.column_names)
    facts = {name: facts_of(_column(name, samples), keeps_spelling(name, vars(schema))) for name in all_names}
    return Sides(names[0], names[1], facts)


def _column(name: str, samples: Sequence[pa.Table]) -> list[pa.ChunkedArray]:
    return [s.column(name) for s in samples if name in s.column_names]


def agreed_sides(
    roles: Mapping[str, Any], prediction: Prediction | None, sides: Sides
) -> tuple[Sides, dict[str, Agreed]]:
    """What later pieces are read by; and several classes in one text taken apart as each side writes them."""
    agreed = {name: agreed_of(facts, keeps_spelling(name, roles)) for name, facts in sides.facts.items()}
    known: frozenset[str] = frozenset()
    facts = dict(sides.facts)
    columns = [roles["prediction"], roles["label"]] if prediction is not None and prediction.kind == "set" else []
    columns += [c for c, each in facts.items() if each.form == "list" and c not in columns]
    for column in columns:
        if column in facts:
            of_role = known if column == roles["label"] else frozenset[str]()
            split, classes = agreed_set(facts[column].sides, of_role)
            known = classes if column == roles["prediction"] else known
            facts[column] = replace(facts[column], sides=tuple(split))
            agreed[column] = Agreed("list", classes)
    return replace(sides, facts=facts), agreed


def _check_truth(schema: Schema, roles: Mapping[str, Any], prediction: Prediction | None, sides: Sides) -> None:
    """The evaluation set must say of its samples whether they are good."""
    if roles["good"] is not None or roles["annotation"] in sides.evaluation:
        return
    if roles["label"] not in sides.evaluation:
        message = (
            f"evaluation has no annotation: its columns are {list(sides.evaluation)}; expected 'annotation' (Good, "
            "Bad, Unknown) or 'label' beside 'prediction'. Name them in Schema(annotation=...), "
            "Schema(label=..., prediction=...) or Schema(good=...)."
        )
        raise InputError(message)
    if prediction is not None and prediction.kind == "number" and schema.tolerance is not None:
        return
    if prediction is None or prediction.kind in ("number", "text"):
        what = (
            "there is no prediction column"
            if prediction is None
            else f"{prediction.column!r} holds {_many[prediction.kind]}"
        )
        message = (
            f"label {roles['label']!r} can't say what is good: {what}. Say it in Schema(good=<column or function>)"
            + (", or how near is good in Schema(tolerance=...)." if prediction and prediction.kind == "number" else ".")
        )
        raise InputError(message)


_many = {"number": "numbers", "text": "free text"}


def note_epochs(column: str | None, sides: Sides, findings: Findings) -> None:
    """What the numbers of a time column count, from their size; each side may count in another unit."""
    if column is None or math.isnan(sides.facts[column].high):
        return
    units: dict[Epoch, list[str]] = {}
    for name in sides.having(column):
        side = sides.side(name, column)
        if side.form in ("integer", "number"):
            epoch = side.written.epoch
            if epoch is None:
                raise InputError(no_time(column, sides.facts[column]))
            units.setdefault(epoch, []).append(name)
    for epoch, names in units.items():
        where = f" in {names[0]}" if len(units) > 1 else ""
        findings.notes.append(f"{column!r} is read as {epoch.name} since 1970{where}")


def _is_constant(column: str, sides: Sides, rows: Sequence[Rows], findings: Findings) -> bool:
    """One value only, on both sides: true of the sample first, then of all rows."""
    facts = sides.facts[column]
    if facts.distinct > 1 or facts.form == "duration" or not facts.n or facts.n_missing:
        return False
    found: set[str] = set()
    for side in rows:
        if column in side.columns:
            found |= _extremes(side, column, facts)
    if len(found) > 1:
        return False
    findings.left_out[column] = f"a constant: {_short(next(iter(found), ''))}"
    return True


def _extremes(rows: Rows, column: str, facts: Facts) -> set[str]:
    text = f"coalesce(CAST({x.as_text(rows.columns[column])} AS VARCHAR), '')"
    both = rows.relation().aggregate(f"min({text}) AS low, max({text}) AS high").to_arrow_table()
    return {str(both.column(i)[0].as_py()) for i in range(2)}


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")
