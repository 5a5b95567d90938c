"""What a reader knows of a tool's export: how to recognise it, and where in a record what lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from prodmon_widgets.engine.table.logs.nested import Record

SaidBy = Literal["human", "judge", "unknown"]

Signature = tuple[frozenset[str], ...]
"""Sets of columns; where one of them is there, it is that export."""


@dataclass(frozen=True)
class Score:
    """What was said of a sample: ``target`` is its id, or that of a span within it, ``trace`` its trace's."""

    name: str
    value: Any
    said_by: SaidBy
    target: str | None = None
    trace: str | None = None
    at: dt.datetime | None = None
    expected: bool = False
    """Whether it is the right answer, not a judgement of the one given."""


def _no_scores(_: Record) -> Iterable[Score]:
    return ()


def _as_it_is(record: Record) -> Iterator[Record]:
    yield record


@dataclass(frozen=True)
class Format:
    """A tool's export.

    Attributes
    ----------
    name : what the format is called.
    samples, scores : signatures of the export itself, and of a second table with scores of its samples.
    paths : our column → dotted paths, of which the first that holds something is taken. Columns: id, parent, trace,
        kind, name, timestamp, ended, latency, input, output, model, session_id, user_id, error, whatever else has one.
    dropped : top-level names that are no property of a sample: ids of projects, times of updates, comments.
    own : a text in dotted paths that are the tool's own, such as ``mlflow.``.
    latency_per_second : what ``latency`` counts: 1 for seconds, 1000 for milliseconds.
    unpack : one record of the file → the records of its samples and spans.
    scores_in : the scores that a record carries.
    score_of : one record of the second table as scores.
    is_root : whether a record is a sample although it has a parent, or none although it has not; None: by its parent.
    """

    name: str
    samples: Signature
    paths: Mapping[str, tuple[str, ...]]
    scores: Signature = ()
    dropped: frozenset[str] = frozenset()
    own: str = "\0"
    latency_per_second: int = 1
    unpack: Callable[[Record], Iterable[Record]] = _as_it_is
    scores_in: Callable[[Record], Iterable[Score]] = _no_scores
    score_of: Callable[[Record], Iterable[Score]] = _no_scores
    is_root: Callable[[Record], bool | None] = field(default=lambda _: None)

    def holds_samples(self, columns: Iterable[str]) -> bool:
        """Whether these are the columns of its export."""
        return _matches(self.samples, columns)

    def holds_scores(self, columns: Iterable[str]) -> bool:
        """Whether these are the columns of its second table."""
        return _matches(self.scores, columns)


def signature(*alternatives: str) -> Signature:
    """Signatures, each a text of column names.

    >>> [sorted(each) for each in signature("a b", "c")]
    [['a', 'b'], ['c']]
    """
    return tuple(frozenset(each.split()) for each in alternatives)


def _matches(known: Signature, columns: Iterable[str]) -> bool:
    there = frozenset(columns)
    return any(each <= there for each in known)
