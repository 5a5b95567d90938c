"""From an export to one flat table, a row a sample, in the order of time."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd
import pyarrow as pa

from prodmon_widgets.engine.table.arrow import clean_text
from prodmon_widgets.engine.table.kept import ALL_TYPED, Kept
from prodmon_widgets.engine.table.logs.columns import column_of
from prodmon_widgets.engine.table.logs.format import Format, Score
from prodmon_widgets.engine.table.logs.formats import FORMATS, of_samples, of_scores
from prodmon_widgets.engine.table.logs.log import TABLE, Log
from prodmon_widgets.engine.table.logs.messages import answered, asked
from prodmon_widgets.engine.table.logs.nested import MOST_DEPTH, Record, flat, parsed, text_of
from prodmon_widgets.engine.table.logs.records import glanced, json_paths, records_of
from prodmon_widgets.engine.table.logs.scores import Told, told_of
from prodmon_widgets.engine.table.logs.spans import Span, Tree, frequent_kinds, lend, rolled_up, span_of, tree_of
from prodmon_widgets.engine.table.rows import Rows
from prodmon_widgets.engine.table.sources import open_rows
from prodmon_widgets.errors import InputError

MOST_COLUMNS = 200
LONGEST_WORD = 200
"""Characters of a text beside the input or output that is still a category."""

NUMBERS = ("input_tokens", "output_tokens", "total_tokens", "cost", "time_to_first_token")
NOT_KEPT = ("parent", "trace", "ended", "status", "latency")
VERSIONS = ("model", "prompt_version", "release", "version")
NESTED = ("metadata", "properties")
"""Columns of an ordinary table of samples whose cells may be nested."""


def read_log(log: Any, scores: Any = None) -> pa.Table:
    """Read a tool's export, or any table of samples, as one flat table: a row a sample, in the order of time.

    Known are exports of Deepchecks, Langfuse, LangSmith, MLflow, Opik, Phoenix (OpenInference) and the JSON of
    OpenTelemetry. Roots are samples; spans below are counted on them. Columns: ``id``, ``timestamp``, ``input``,
    ``output``, ``model``, ``session_id``, ``latency`` in seconds, ``input_tokens``, ``cost`` and so on, then what else
    the tool wrote, by dotted path. What a judge said is a column of the score's name, what people said is
    ``human.<name>``, what nobody known said ``feedback.<name>``, a right answer ``expectation.<name>``.

    Parameters
    ----------
    log : a path, folder or glob, a frame, or a list of dicts.
    scores : the second table in which Langfuse, LangSmith and Phoenix keep scores; joined by id.

    Returns
    -------
    A table whose schema's metadata names the format under ``b"prodmon.format"``.

    Raises
    ------
    InputError
        Where it can't be read, or ``scores`` are no scores.

    Examples
    --------
    >>> span = {"traceId": "t", "spanId": "s", "startTimeUnixNano": "1785578400000000000", "attributes": []}
    >>> table = read_log([span])
    >>> table.num_rows, table.schema.metadata[b"prodmon.format"], table.column("id").to_pylist()
    (1, b'otlp', ['s'])
    """
    flat_table = log_of(log, "the log", scores)
    if isinstance(flat_table, pa.Table):
        return flat_table
    rows = flat_table if isinstance(flat_table, Rows) else open_rows(flat_table, "the log")
    columns = [f"{column.sql} AS c{number}" for number, column in enumerate(rows.columns.values())]
    table = rows.relation().project(", ".join(columns)).to_arrow_table().rename_columns(list(rows.columns))
    return (Log.of(flat_table) or _as_is(list(rows.columns), table.num_rows)).on(table)


def log_of(source: Any, name: str, scores: Any = None, spelled: Kept = ALL_TYPED) -> Any:
    """A tool's export as a flat table; any other source as it came, files that were read for that as ``Rows``.

    ``name`` is for messages; ``spelled``: columns of text files that keep their spelling.
    """
    if isinstance(source, pa.Table) and Log.of(source) is not None and scores is None:
        return source
    source = list(source) if isinstance(source, tuple) else source
    source, columns = _glanced(source, name, spelled)
    form = of_samples(columns)
    if form is None and of_scores(columns) is not None and name != "labels":
        raise InputError(f"{name} is a table of scores; give the samples, and this as scores=.")
    if form is None or (scores is None and _is_flat(form, source, columns, name)):
        return source if scores is None else _joined(source, name, scores)
    told = [] if scores is None else list(scores_of(scores, f"the scores of {name}"))
    records = (one for record in records_of(source, name)[1] for one in form.unpack(record))
    return sampled(form, records, told)


def _glanced(source: Any, name: str, spelled: Kept) -> tuple[Any, list[str]]:
    """The source, opened where that is needed to see its columns, and these."""
    paths = json_paths(source, name)
    if paths:
        return source, glanced(paths)
    if isinstance(source, pd.DataFrame) or (isinstance(source, list) and source and isinstance(source[0], Mapping)):
        return source, records_of(source, name)[0]
    rows = open_rows(source, name, spelled)
    return rows, list(rows.columns)


def _is_flat(form: Format, source: Any, columns: Sequence[str], name: str) -> bool:
    """Whether the engine reads it as it is: our own names, and nothing nested."""
    return form.name == "deepchecks" and not any(column in NESTED for column in columns)


def _as_is(columns: Sequence[str], n_rows: int) -> Log:
    form = of_samples(columns)
    roles = {}
    if form is not None:
        named = {
            ours: next((p for p in form.paths[ours] if p in columns), None)
            for ours in ("id", "timestamp", "annotation")
        }
        roles = {role: column for role, column in named.items() if column is not None}
    return Log(TABLE if form is None else form.name, roles=roles, n_records=n_rows, n_samples=n_rows)


def log_facts(source: Any) -> Log | None:
    """What is known of a source that ``log_of`` has seen; None for an ordinary table."""
    found = Log.of(source)
    if found is None and isinstance(source, Rows):
        found = _as_is(list(source.columns), source.n_rows)
    elif found is None and isinstance(source, pd.DataFrame):
        found = _as_is([str(column) for column in source.columns], len(source))
    return None if found is None or found.format == TABLE else found


def scores_of(source: Any, name: str) -> Iterable[Score]:
    """The scores of a second table.

    Raises
    ------
    InputError
        Where it is none that is known.
    """
    columns, records = records_of(source, name)
    form = of_scores(columns)
    if form is None:
        known = "; ".join(f"{f.name}: {' '.join(sorted(f.scores[0]))}" for f in FORMATS if f.scores)
        raise InputError(f"{name} have the columns {columns[:12]}; expected those of an export ({known}).")
    return chain.from_iterable(form.score_of(record) for record in records)


def _joined(source: Any, name: str, scores: Any) -> Any:
    raise InputError(
        f"scores= goes with an export of {', '.join(f.name for f in FORMATS if f.scores)}; {name} is none of them. "
        "Join your scores by id and give one table."
    )


def sampled(form: Format, records: Iterable[Record], scores: Sequence[Score]) -> pa.Table:
    """The samples of an export as a table; see :func:`read_log`."""
    spans = [span_of(record, form) for record in records]
    tree = tree_of(spans)
    nested = (score for root in tree.roots for score in form.scores_in(root.record))
    told = told_of(chain(nested, scores), tree)
    kinds = frequent_kinds(tree)
    rows = []
    for root, below in zip(tree.roots, tree.below, strict=True):
        lend(root, below)
        rows.append(_row(root, form) | (rolled_up(root, below, kinds) if len(spans) > len(tree.roots) else {}))
    used = {path for paths in form.paths.values() for path in paths}
    rest = [dict(_rest(root, form, used)) for root in tree.roots]
    columns = _columns(rows)
    kept, n_left = _kept(rest, MOST_COLUMNS - len(columns) - len(told.columns))
    columns |= {name: [row.get(name) for row in rest] for name in kept if name not in columns}
    names = _place_scores(columns, told)
    held = {clean_text(name): column_of(cells) for name, cells in columns.items() if _is_filled(name, cells)}
    table = pa.table(held)
    log = _log(form, tree, told, names, columns, len(spans), n_left)
    return log.on(_in_order(table))


def _in_order(table: pa.Table) -> pa.Table:
    """Rows in the order of time; those of one time, and those without, as the file has them."""
    if "timestamp" not in table.column_names:
        return table
    order = pd.Series(table.column("timestamp").to_pylist(), dtype=object)
    ranked = order.map(lambda time: dt.datetime.max.replace(tzinfo=dt.UTC) if time is None or pd.isna(time) else time)
    return table.take(pa.array(ranked.argsort(kind="stable").to_numpy()))


def _row(root: Span, form: Format) -> dict[str, Any]:
    """A sample by our names."""
    values = root.values
    row: dict[str, Any] = {"id": root.id, "timestamp": root.start}
    row |= {"input": asked(values.get("input")), "output": answered(values.get("output"))}
    for name in form.paths:
        if name in row or name in NOT_KEPT or name == "error":
            continue
        cell = values.get(name)
        row[name] = _number(cell) if name in NUMBERS else parsed(cell) if name == "tags" else _word(cell)
    row["latency"] = root.seconds if root.seconds is not None else _latency(values.get("latency"), form)
    if "status" in form.paths or "error" in form.paths:
        row["error"] = root.failed
    return row


def _word(cell: Any) -> Any:
    cell = parsed(cell)
    return cell if isinstance(cell, list | bool) else text_of(cell)


def _number(cell: Any) -> float | None:
    try:
        return float(cell) if isinstance(cell, str) else cell if isinstance(cell, int | float) else None
    except ValueError:
        return None


def _latency(cell: Any, form: Format) -> float | None:
    if isinstance(cell, str) and cell.endswith("s"):
        return _number(cell.removesuffix("s"))
    number = _number(cell)
    return None if number is None else number / form.latency_per_second


def _rest(root: Span, form: Format, used: Collection[str]) -> Iterable[tuple[str, Any]]:
    """What else the tool wrote of a sample, by dotted path; ``used`` paths have been read."""
    for name, cell in root.record.items():
        if name in form.dropped or name in used:
            continue
        for path, value in flat(cell, str(name), MOST_DEPTH - 1):
            if path not in used and form.own not in path and not any(path.startswith(f"{each}.") for each in used):
                yield path.removeprefix("attributes."), value
    for ours, said in (("input", asked), ("output", answered)):
        value = root.values.get(ours)
        text = said(value)
        for path, cell in flat(parsed(value), ours, MOST_DEPTH - 1) if isinstance(parsed(value), Mapping) else ():
            if not _is_prose(cell, text):
                yield path, cell


def _is_prose(cell: Any, text: str | None) -> bool:
    """The text itself once more, or another that is too long for a word."""
    words = cell if isinstance(cell, list) else [cell]
    return any(isinstance(word, str) and (word == text or len(word) > LONGEST_WORD) for word in words)


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _kept(rest: Sequence[Mapping[str, Any]], most: int) -> tuple[list[str], int]:
    """The columns that are filled most, in the order of the file, and how many are left out."""
    filled = Counter(name for row in rest for name in row)
    chosen = {name for name, _ in filled.most_common(max(most, 0))}
    return [name for name in filled if name in chosen], len(filled) - len(chosen)


def _is_filled(name: str, cells: Sequence[Any]) -> bool:
    return name in ("id", "timestamp", "input", "output") or any(cell is not None and cell != [] for cell in cells)


def _place_scores(columns: dict[str, list[Any]], told: Told) -> dict[str, str]:
    """Add the columns of scores, one that is called like a column as ``score.<name>``; column → its name here."""
    names = {}
    for name, cells in told.columns.items():
        names[name] = name if name not in columns else f"score.{name}"
        columns[names[name]] = cells
    return names


def _log(
    form: Format,
    tree: Tree,
    told: Told,
    names: Mapping[str, str],
    columns: Mapping[str, list[Any]],
    n: int,
    n_left: int,
) -> Log:
    roles = {role: role for role in ("id", "timestamp") if any(c is not None for c in columns.get(role, ()))}
    if any(columns.get("session_id", ())):
        roles["session"] = "session_id"
    varying = [name for name in VERSIONS if len({str(c) for c in columns.get(name, ()) if c is not None}) > 1]
    version = next(iter(varying), next((name for name in VERSIONS if any(columns.get(name, ()))), None))
    roles |= {"version": version} if version is not None else {}
    if any(columns.get("annotation", ())):
        roles["annotation"] = "annotation"
    elif len(told.human) == 1:
        roles["annotation"] = told.human[0]
    human, judges, unknown, expected = (
        tuple(names[c] for c in group) for group in (told.human, told.judges, told.unknown, told.expected)
    )
    return Log(
        form.name,
        roles,
        human=human,
        judges=judges,
        unknown=unknown,
        expected=expected,
        n_records=n,
        n_samples=len(tree.roots),
        n_below=sum(map(len, tree.below)),
        n_twice=tree.n_twice,
        n_orphans=tree.n_orphans,
        n_lost_scores=told.n_lost,
        n_timeless=sum(root.start is None for root in tree.roots),
        n_columns_left=n_left,
    )
