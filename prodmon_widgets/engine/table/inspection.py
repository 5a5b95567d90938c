"""Inspection: what a file is and how it will be read, before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from prodmon_widgets.engine.table import plan
from prodmon_widgets.engine.table.calculators import kind_of, prediction_of
from prodmon_widgets.engine.table.checks import inspected
from prodmon_widgets.engine.table.kept import kept_of
from prodmon_widgets.engine.table.logs.formats import of_scores
from prodmon_widgets.engine.table.logs.log import TABLE, Log, with_roles
from prodmon_widgets.engine.table.logs.reading import log_facts, log_of
from prodmon_widgets.engine.table.logs.records import records_of
from prodmon_widgets.engine.table.opening import Opening, code_of
from prodmon_widgets.engine.table.plan import Plan
from prodmon_widgets.engine.table.profile import PROFILE_ROWS, facts_of
from prodmon_widgets.engine.table.roles import Findings, Sides, infer_roles, keeps_spelling, usable
from prodmon_widgets.engine.table.table import Table, good
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

FEW_ANNOTATED = 50
"""Fewer annotated samples make bands wide."""


@dataclass(frozen=True)
class Inspection:
    """What was found; nothing of it has been computed yet.

    Attributes
    ----------
    format : ``langfuse``, ``otlp`` and so on; ``table`` for an ordinary table of samples.
    n_rows : samples in it.
    n_annotated : samples of which people said whether they are good.
    roles : role → its column, or columns.
    why : role → how it was found.
    columns : one row a column: name, type, role (or property, or none), missing share, distinct values, reason.
    missing : what isn't there, and which figure needs it.
    problems : what looks wrong.
    notes : what reading it has done.
    code : the lines that open it.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({"prediction": ["a", "b"] * 30, "label": ["a"] * 60, "age": range(0, 120, 2)})
    >>> found = inspect(log)
    >>> found.format, found.n_annotated, found.roles["label"]
    ('table', 60, 'label')
    """

    format: str
    n_rows: int
    n_annotated: int = 0
    roles: Mapping[str, str | list[str]] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    columns: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    missing: Sequence[str] = ()
    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    code: str = ""
    others: Sequence[Inspection] = field(default=(), repr=False)
    """The same of the other files."""

    def __repr__(self) -> str:
        return (
            f"Inspection(format={self.format!r}, n_rows={self.n_rows:,}, n_annotated={self.n_annotated:,}, "
            f"roles={list(self.roles)}, problems={len(self.problems)})"
        )

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """All of it in words, the lines of code last."""
        parts = ["\n".join(each._lines()) for each in (self, *self.others)]
        return "\n\n".join([*parts, f"To open it:\n{_indented(self.code)}"])

    def _lines(self) -> Iterator[str]:
        what = "a table of samples" if self.format == TABLE else self.format
        yield f"{what}: {self.n_rows:,} rows, {self.n_annotated:,} annotated"
        yield from _listed("roles", [f"{r}: {_named(c)} ({self.why.get(r, '')})" for r, c in self.roles.items()])
        yield from _listed("missing", self.missing)
        yield from _listed("looks wrong", self.problems)
        yield from _listed("notes", self.notes)
        if len(self.columns):
            shown = self.columns[self.columns["role"] == "none"]
            yield from _listed("left out", [f"{c.name}: {c.reason}" for c in shown.itertuples(index=False)])
            used = self.columns.loc[self.columns["role"] == "property", "name"].tolist()
            yield from _listed(f"properties ({len(used)})", [", ".join(used)] if used else [])

    def to_dict(self) -> dict[str, Any]:
        """What JSON can hold."""
        simple = {name: getattr(self, name) for name in ("format", "n_rows", "n_annotated", "code")}
        lists = {name: list(getattr(self, name)) for name in ("missing", "problems", "notes")}
        cells = self.columns.astype(object).where(self.columns.notna(), None).to_dict("records")
        maps = {"roles": dict(self.roles), "why": dict(self.why), "columns": cells}
        return {**simple, **maps, **lists, "others": [each.to_dict() for each in self.others]}


def _listed(head: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"  {head}:"
        yield from (f"    {line}" for line in lines)


def _named(columns: str | list[str]) -> str:
    return columns if isinstance(columns, str) else ", ".join(columns)


def _indented(code: str) -> str:
    return "\n".join(f"  {line}" for line in code.splitlines())


def inspect(*sources: Any, scores: Any = None, schema: Schema | None = None) -> Inspection:
    """What files or frames are, which column plays which role, what is missing or looks wrong, and how to open them.

    One source is a log; of two, one is the evaluation set and the other production; a second table of scores may be
    among them. Nothing is fitted, and of each column a sample is looked at; times, ids and annotations are counted over
    all rows.

    Raises
    ------
    InputError
        Where a source can't be read.

    Examples
    --------
    >>> span = {"traceId": "t", "spanId": "s", "startTimeUnixNano": "1785578400000000000", "attributes": []}
    >>> found = inspect([span])
    >>> found.format, found.roles["timestamp"], found.missing[0][:23]
    ('otlp', 'timestamp', 'no human annotation: 0 ')
    """
    if not sources:
        raise InputError("inspect takes a file or frame, or several; it got none.")
    tables = [source for source in sources if _is_scores(source)]
    samples = [source for source in sources if not any(source is table for table in tables)]
    given = scores if scores is not None or not tables else tables[0] if len(tables) == 1 else tables
    if not samples:
        return _of_scores(tables)
    if len(samples) > 2 and all(isinstance(each, str | os.PathLike) for each in samples):
        samples = [list(samples)]
    found = [_of_samples(source, given, schema or Schema()) for source in samples]
    ways = [Opening(s, f.n_rows, f.n_annotated) for s, f in zip(samples, found, strict=True)]
    return replace(found[0], others=tuple(found[1:]), code=code_of(ways, given, schema))


def _is_scores(source: Any) -> bool:
    columns, _ = records_of(source, "the file")
    return of_scores(columns) is not None


def _of_scores(tables: Sequence[Any]) -> Inspection:
    columns, records = records_of(tables[0], "the file")
    form = of_scores(columns)
    said = [score for record in records for score in (form.score_of(record) if form else ())]
    names = sorted({f"{score.name} ({score.said_by})" for score in said})
    given = tables[0] if len(tables) == 1 else list(tables)
    return Inspection(
        f"{form.name} scores" if form else TABLE,
        len(said),
        missing=("the samples: these are scores of them, which go with scores=",),
        notes=(f"scores by: {', '.join(names)}",) if names else (),
        code=code_of([], given, None),
    )


def _of_samples(source: Any, scores: Any, schema: Schema) -> Inspection:
    source = log_of(source, "the log", scores)
    log = log_facts(source) or Log(TABLE)
    table = Table.read(source, "evaluation", kept_of(schema))
    try:
        made = _planned(table, log, schema)
    except InputError as error:
        return Inspection(log.format, table.n_rows, problems=(str(error),), notes=tuple(log.notes("the log")))
    said = _said(made.table)
    problems = [*_problems(made), *said.problems]
    return Inspection(
        log.format,
        table.n_rows,
        int((~np.isnan(said.good)).sum()),
        {role: list(c) if isinstance(c, tuple) else c for role, c in made.roles.items()},
        {role: _why(role, column, log, schema) for role, column in made.roles.items()},
        _columns(made),
        tuple(_missing(made, said.good, log)),
        tuple(problems),
        tuple(dict.fromkeys([*log.notes("the log"), *made.findings.notes])),
    )


@dataclass(frozen=True)
class _Made:
    """The roles of one table, as if it were both sides."""

    table: Table
    roles: Mapping[str, Any]
    sides: Sides
    findings: Findings
    properties: Sequence[str]


def _planned(table: Table, log: Log, schema: Schema) -> _Made:
    columns = {"evaluation": table.columns, "production": table.columns}
    schema = with_roles(schema, {"evaluation": log, "production": log}, columns)
    sample = table.rows.sample(PROFILE_ROWS)
    sides = Sides(
        table.columns,
        table.columns,
        {name: facts_of([sample.column(name)], keeps_spelling(name, vars(schema))) for name in table.columns},
    )
    findings = Findings()
    roles = infer_roles(schema, sides, findings)
    properties = usable(schema, roles, sides, findings)
    prediction = prediction_of(roles["prediction"], sides.facts.get(roles["prediction"]))
    sides, _ = plan.agreed_sides(roles, prediction, sides)
    plan.note_epochs(roles["timestamp"], sides, findings)
    known = {role: column for role, column in roles.items() if column not in (None, ()) and not callable(column)}
    made = Plan(schema.filled(roles, findings.left_out, ()), prediction=prediction)
    written = sides.written("evaluation")
    return _Made(replace(table, plan=made, written=written), known, sides, findings, properties)


@dataclass(frozen=True)
class _Said:
    good: Any
    problems: Sequence[str] = ()


def _said(table: Table) -> _Said:
    """What people said of the rows, or why that can't be read."""
    nothing = np.full(table.n_rows, np.nan)
    if callable(table.plan.schema.good):
        return _Said(nothing)
    try:
        return _Said(good(table))
    except InputError as error:
        return _Said(nothing, (str(error),))


def _why(role: str, column: Any, log: Log, schema: Schema) -> str:
    if getattr(schema, role, None) is not None:
        return "as you said"
    if log.roles.get(role) == column or (role == "judges" and log.judges):
        return f"the export of {log.format} says so"
    return "its texts" if role == "text" else "by its name" if role != "timestamp" else "by its name and values"


def _columns(made: _Made) -> pd.DataFrame:
    rows = []
    of_role = {c: role for role, given in made.roles.items() for c in (given if isinstance(given, tuple) else (given,))}
    for name in made.table.columns:
        facts = made.sides.facts[name]
        role = of_role.get(name) or ("property" if name in made.properties else "none")
        n = facts.n + facts.n_missing
        rows.append(
            {
                "name": name,
                "type": kind_of(facts) if role == "property" else facts.form,
                "role": role,
                "missing": facts.n_missing / n if n else 0.0,
                "distinct": facts.distinct,
                "reason": made.findings.left_out.get(name, ""),
            }
        )
    return pd.DataFrame(rows, columns=["name", "type", "role", "missing", "distinct", "reason"])


def _missing(made: _Made, said: Any, log: Log) -> Iterator[str]:
    """What isn't there, and what needs it."""
    n_said, n_rows, roles = int((~np.isnan(said)).sum()), made.table.n_rows, made.roles
    if not n_said:
        yield (
            f"no human annotation: 0 of {n_rows:,}; as an evaluation set it needs some. Name a column in "
            "Schema(annotation=...) or give scores=..."
        )
    elif n_said < FEW_ANNOTATED:
        yield f"{n_said:,} of {n_rows:,} samples are annotated: fewer than {FEW_ANNOTATED} make wide bands"
    elif len(set(said[~np.isnan(said)])) < 2:
        yield f"all {n_said:,} annotated samples are {'good' if np.nanmax(said) else 'bad'}: estimates need both kinds"
    needs = {
        "timestamp": "the timeline is by row number",
        "id": "labels that come later can't be joined but by row number",
        "session": "bands take samples for independent",
        "version": "versions can't be compared",
    }
    yield from (f"no {role}: {what}" for role, what in needs.items() if role not in roles)


def _problems(made: _Made) -> Iterator[str]:
    try:
        yield from map(str, inspected("the log", made.table.rows, made.table.cells, made.table.plan))
    except InputError as error:
        yield str(error)
    if made.table.has_time:
        times = made.table.times()
        known = times[~np.isnan(times)]
        if len(known) > 1 and (np.diff(known) < 0).any():
            newest = bool((np.diff(known) <= 0).all())
            yield "rows are newest first" if newest else "rows are not in the order of time"
    empty = [name for name in made.table.columns if not made.sides.facts[name].n]
    if empty:
        yield f"{len(empty)} columns hold nothing: {', '.join(empty[:8])}"
