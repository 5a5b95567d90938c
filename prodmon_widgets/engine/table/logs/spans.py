"""Samples are roots: what lies below a root is counted, timed and named on it, and lends it what it lacks."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prodmon_widgets.engine.table.logs.format import Format
from prodmon_widgets.engine.table.logs.moments import moment, seconds_between
from prodmon_widgets.engine.table.logs.nested import Record, first, text_of

INNER = "__span"
"""The key under which a reader hands over a span that lies within a sample's record, by our names."""

FAILED = ("ERROR", "STATUS_CODE_ERROR", "FAILED", "FAILURE", "2")
TOOLS = ("TOOL", "EXECUTE_TOOL", "FUNCTION")
SUMMED = ("input_tokens", "output_tokens", "total_tokens", "cost")
MOST_STEPS = 12
"""Steps of a path that are named; the rest of a long one is dots."""

MOST_KINDS = 8
"""Kinds of spans that get a duration each: the most frequent."""


@dataclass
class Span:
    """One span by our names; ``values`` has what the format's paths lead to, ``record`` the whole of it."""

    id: str | None
    parent: str | None
    trace: str | None
    kind: str
    start: dt.datetime | None
    end: dt.datetime | None
    failed: bool
    is_root: bool | None
    values: dict[str, Any]
    record: Record = field(repr=False)

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return seconds_between(self.start, self.end)


def span_of(record: Record, form: Format) -> Span:
    """A record as a span."""
    inner = record.get(INNER)
    values = (
        dict(inner) if isinstance(inner, Mapping) else {ours: first(record, *form.paths[ours]) for ours in form.paths}
    )
    status = str(text_of(values.get("status"))).upper()
    return Span(
        id=text_of(values.get("id")),
        parent=_parent(values.get("parent")),
        trace=text_of(values.get("trace")),
        kind=(text_of(values.get("kind")) or "").upper(),
        start=moment(values.get("timestamp")),
        end=moment(values.get("ended")),
        failed=status in FAILED or values.get("error") is not None,
        is_root=form.is_root(record),
        values=values,
        record={} if inner is not None else record,
    )


def _parent(value: Any) -> str | None:
    """Some tools write a root's missing parent as zeros."""
    text = text_of(value)
    return None if text is None or not text.strip("0") or text.lower() in ("none", "null", "nan") else text


@dataclass
class Tree:
    """The roots in the order of the file, what lies below each, and how many spans came twice or have a lost parent."""

    roots: list[Span]
    below: list[list[Span]]
    n_twice: int = 0
    n_orphans: int = 0

    def root_of(self) -> dict[str, int]:
        """Id of any span → number of its root."""
        found = {span.id: number for number, spans in enumerate(self.below) for span in spans if span.id is not None}
        return found | {root.id: number for number, root in enumerate(self.roots) if root.id is not None}

    def of_trace(self) -> dict[str, list[int]]:
        """Trace → the numbers of its roots."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, root in enumerate(self.roots):
            if root.trace is not None:
                found[root.trace].append(number)
        return found


def tree_of(spans: Iterable[Span]) -> Tree:
    """Spans told into roots and what lies below them; of one id that came twice the last is kept."""
    every = list(spans)
    by_id = {span.id if span.id is not None else f"\0{number}": span for number, span in enumerate(every)}
    kept = list(by_id.values())
    tops = _tops(kept, by_id)
    roots = [span for span in kept if tops[id(span)] is span]
    number_of = {id(root): number for number, root in enumerate(roots)}
    below: list[list[Span]] = [[] for _ in roots]
    for span in kept:
        top = tops[id(span)]
        if top is not span:
            below[number_of[id(top)]].append(span)
    orphans = sum(root.parent is not None and not root.is_root for root in roots)
    return Tree(roots, below, len(every) - len(kept), orphans)


def _tops(kept: Iterable[Span], by_id: Mapping[str, Span]) -> dict[int, Span]:
    """Each span (by identity) → the highest one above it that the file holds; in a circle each is its own."""
    tops: dict[int, Span] = {}
    for span in kept:
        path: dict[int, Span] = {}
        at: Span | None = span
        while at is not None and id(at) not in tops and id(at) not in path:
            path[id(at)] = at
            above = None if at.parent is None or at.is_root is True else by_id.get(at.parent)
            if above is None:
                tops[id(at)] = at
            at = above
        in_circle = at is not None and id(at) not in tops
        for each in list(path.values())[::-1]:
            above = by_id.get(each.parent or "")
            tops.setdefault(id(each), each if in_circle or above is None else tops[id(above)])
    return tops


def lend(root: Span, below: Sequence[Span]) -> None:
    """Give a root what it lacks and its spans have: the first's input and model, the last's output, sums of tokens."""
    ordered = sorted(below, key=lambda span: (span.start is None, span.start or dt.datetime.max.replace(tzinfo=dt.UTC)))
    for name, spans in (("input", ordered), ("model", ordered), ("session_id", ordered), ("output", ordered[::-1])):
        if root.values.get(name) is None:
            found = next((s.values[name] for s in spans if s.values.get(name) is not None), None)
            root.values[name] = found
    leaves = {span.id for span in below} - {span.parent for span in below}
    for name in SUMMED:
        # an inner span may hold the sum of those within it
        parts = [number for s in below if s.id in leaves and (number := _number(s.values.get(name))) is not None]
        if root.values.get(name) is None and parts:
            root.values[name] = sum(parts)


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def frequent_kinds(tree: Tree) -> list[str]:
    """The kinds of spans below roots, most frequent first."""
    counted = Counter(span.kind for spans in tree.below for span in spans if span.kind)
    return [kind for kind, _ in counted.most_common(MOST_KINDS)]


def rolled_up(root: Span, below: Sequence[Span], kinds: Sequence[str]) -> dict[str, Any]:
    """What a sample says of the spans below it."""
    tools = [span for span in below if span.kind in TOOLS]
    ordered = sorted(below, key=lambda span: span.start or dt.datetime.min.replace(tzinfo=dt.UTC))
    steps = [span.kind or str(span.values.get("name") or "span") for span in ordered]
    told: dict[str, Any] = {
        "n_spans": 1 + len(below),
        "n_tool_calls": len(tools),
        "n_errors": sum(span.failed for span in (root, *below)),
        "span_path": " > ".join([*_runs(steps[:MOST_STEPS]), *(["…"] if len(steps) > MOST_STEPS else [])]) or "alone",
        "tools": sorted({str(span.values["name"]) for span in tools if span.values.get("name")}),
    }
    for kind in kinds:
        lasted = [span.seconds for span in below if span.kind == kind and span.seconds is not None]
        told[f"{kind.lower()}_seconds"] = sum(lasted) if lasted else None
    return told


def _runs(steps: Sequence[str]) -> list[str]:
    """Steps, those that repeat one another once, with their number.

    >>> _runs(["LLM", "TOOL", "TOOL"])
    ['LLM', 'TOOL ×2']
    """
    told: list[tuple[str, int]] = []
    for step in steps:
        if told and told[-1][0] == step:
            told[-1] = (step, told[-1][1] + 1)
        else:
            told.append((step, 1))
    return [step if times == 1 else f"{step} ×{times}" for step, times in told]
