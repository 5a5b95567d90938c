"""Opik: traces and spans as JSON, ``{trace, spans}`` of its command line, and its CSV with a row a span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prodmon_widgets.engine.table.logs.format import Format, SaidBy, Score, signature
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.logs.nested import Record, first, parsed, text_of
from prodmon_widgets.engine.table.logs.spans import INNER

SAID_BY: dict[str, SaidBy] = {"ui": "human", "online_scoring": "judge"}

PATHS = {
    "id": ("id",),
    "parent": ("parent_span_id",),
    "trace": ("trace_id",),
    "kind": ("type",),
    "name": ("name",),
    "timestamp": ("start_time",),
    "ended": ("end_time",),
    "latency": ("duration",),
    "input": ("input",),
    "output": ("output",),
    "model": ("model", "metadata.model", "metadata.model_name"),
    "provider": ("provider", "providers"),
    "session_id": ("thread_id",),
    "input_tokens": ("usage.prompt_tokens", "usage.input_tokens"),
    "output_tokens": ("usage.completion_tokens", "usage.output_tokens"),
    "total_tokens": ("usage.total_tokens",),
    "cost": ("total_estimated_cost",),
    "tags": ("tags",),
    "environment": ("environment",),
    "error": ("error_info",),
}


def _unpack(record: Record) -> Iterator[Record]:
    """A trace, and the spans within it, whichever way they come."""
    whole = parsed(record.get("trace"))
    if isinstance(whole, Mapping):
        yield whole
        spans = parsed(record.get("spans"))
        for span in map(parsed, spans if isinstance(spans, list) else ()):
            if isinstance(span, Mapping):
                yield _span(span, text_of(whole.get("id")))
    elif "trace_start_time" in record or "trace_input" in record:
        trace = {name.removeprefix("trace_"): cell for name, cell in record.items() if name.startswith("trace_")}
        yield trace
        span = {name.removeprefix("span_"): cell for name, cell in record.items() if name.startswith("span_")}
        if text_of(span.get("id")) is not None:
            yield _span(span, text_of(trace.get("id")))
    else:
        yield record


def _span(span: Mapping[str, Any], trace: str | None) -> Record:
    """A span within a trace; one without a parent is the trace's."""
    own = {name: first(span, *PATHS[name]) for name in ("id", "kind", "name", "timestamp", "ended", "model", "error")}
    return {INNER: {**own, "parent": text_of(span.get("parent_span_id")) or trace, "trace": trace}}


def _scores_in(record: Record) -> Iterator[Score]:
    target = text_of(record.get("id"))
    told = parsed(record.get("feedback_scores"))
    for each in map(parsed, told if isinstance(told, list) else ()):
        if isinstance(each, Mapping) and text_of(each.get("name")) is not None:
            value = first(each, "value", "category_name")
            when = moment(first(each, "last_updated_at", "created_at"))
            said_by = SAID_BY.get(str(each.get("source")).lower(), "unknown")
            yield Score(str(each["name"]), value, said_by, target, at=when)


FORMAT = Format(
    name="opik",
    samples=signature(
        "feedback_scores start_time",
        "total_estimated_cost start_time",
        "thread_id start_time last_updated_at",
        "trace spans",
        "trace_id parent_span_id project_id",
        "trace_start_time span_id",
        "trace_id trace_start_time",
        "id project_id start_time created_by",
    ),
    paths=PATHS,
    dropped=frozenset(
        [
            "project_id",
            "created_at",
            "last_updated_at",
            "created_by",
            "last_updated_by",
            "span_feedback_scores",
            "comments",
            "experiment",
            "guardrails_validations",
            "annotation_queues",
            "feedback_scores",
            "usage",
            "spans",
            "trace",
            "workspace_id",
            "source",
        ]
    ),
    latency_per_second=1000,
    unpack=_unpack,
    scores_in=_scores_in,
)
