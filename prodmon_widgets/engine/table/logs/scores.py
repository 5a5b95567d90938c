"""Scores, one row each, become columns, one a name: what people said apart from what judges and nobody known said."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prodmon_widgets.engine.table.logs.format import Score
from prodmon_widgets.engine.table.logs.nested import plain
from prodmon_widgets.engine.table.logs.spans import Tree

HUMAN, UNKNOWN, EXPECTED = "human.", "feedback.", "expectation."
"""Before the names of what people said, of what somebody said who isn't named, and of right answers."""

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass
class Told:
    """Columns of scores, each a cell a sample; which are people's and judges', and how many scores found no sample."""

    columns: dict[str, list[Any]] = field(default_factory=dict)
    human: list[str] = field(default_factory=list)
    judges: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    n_lost: int = 0


def told_of(scores: Iterable[Score], tree: Tree) -> Told:
    """Scores joined to their samples: by the sample's own id, else that of a span within it, else by the trace.

    The nearer one counts; of equally near ones the latest, of equally late ones the last.
    """
    told = Told()
    cells: dict[str, dict[int, tuple[int, dt.datetime, Any]]] = defaultdict(dict)
    roots = {root.id: number for number, root in enumerate(tree.roots) if root.id is not None}
    inner, traces = tree.root_of(), tree.of_trace()
    for score in scores:
        rows, near = _rows(score, roots, inner, traces)
        told.n_lost += not rows
        column = cells[column_of(score)]
        for row in rows:
            found = (near, score.at or _EARLIEST, plain(score.value))
            if found[2] is not None and (row not in column or column[row][:2] <= found[:2]):
                column[row] = found
    _place(told, cells, len(tree.roots))
    return told


def _rows(
    score: Score, roots: Mapping[str, int], inner: Mapping[str, int], traces: Mapping[str, list[int]]
) -> tuple[list[int], int]:
    if score.target is not None and score.target in roots:
        return [roots[score.target]], 2
    if score.target is not None and score.target in inner:
        return [inner[score.target]], 0
    trace = score.trace if score.target is None or score.trace is not None else score.target
    return (traces.get(trace) or ([roots[trace]] if trace in roots else []), 1) if trace is not None else ([], 0)


def column_of(score: Score) -> str:
    """The column that holds a score: its prefix says that no estimate reads it.

    >>> [column_of(Score("tone", 1, by)) for by in ("human", "judge", "unknown")]
    ['human.tone', 'tone', 'feedback.tone']
    """
    if score.expected:
        return EXPECTED + score.name
    if score.said_by == "judge":
        return score.name
    return (HUMAN if score.said_by == "human" else UNKNOWN) + score.name


def _place(told: Told, cells: Mapping[str, Mapping[int, tuple[int, dt.datetime, Any]]], n_rows: int) -> None:
    for column, by_row in cells.items():
        known = column.removeprefix(UNKNOWN)
        # the same score beside a second table that says who gave it
        if not by_row or (column.startswith(UNKNOWN) and (known in cells or HUMAN + known in cells)):
            continue
        told.columns[column] = [by_row[row][2] if row in by_row else None for row in range(n_rows)]
        prefixes = {HUMAN: told.human, UNKNOWN: told.unknown, EXPECTED: told.expected}
        next((listed for prefix, listed in prefixes.items() if column.startswith(prefix)), told.judges).append(column)
