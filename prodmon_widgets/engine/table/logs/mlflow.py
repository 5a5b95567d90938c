"""MLflow traces, versions 2 and 3: frames of ``search_traces()``, ``TraceInfo``, whole traces with their spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prodmon_widgets.engine.table.logs.format import Format, SaidBy, Score, signature
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.logs.nested import Record, at, first, parsed, text_of
from prodmon_widgets.engine.table.logs.spans import INNER

SAID_BY: dict[str, SaidBy] = {"HUMAN": "human", "LLM_JUDGE": "judge", "AI_JUDGE": "judge", "CODE": "judge"}


def _meta(*names: str) -> tuple[str, ...]:
    return tuple(f"{where}.{name}" for where in ("trace_metadata", "request_metadata") for name in names)


PATHS = {
    "id": ("trace_id", "request_id"),
    "timestamp": ("request_time", "timestamp_ms"),
    "latency": ("execution_duration", "execution_duration_ms", "execution_time_ms"),
    "input": ("request", *_meta("mlflow.traceInputs"), "data.request", "request_preview"),
    "output": ("response", *_meta("mlflow.traceOutputs"), "data.response", "response_preview"),
    "model": _meta("mlflow.modelId"),
    "session_id": _meta("mlflow.trace.session"),
    "user_id": _meta("mlflow.trace.user"),
    "input_tokens": _meta("mlflow.trace.tokenUsage.input_tokens"),
    "output_tokens": _meta("mlflow.trace.tokenUsage.output_tokens"),
    "total_tokens": _meta("mlflow.trace.tokenUsage.total_tokens"),
    "cost": _meta("mlflow.trace.cost.total_cost"),
    "release": _meta("mlflow.source.git.commit"),
    "name": ("tags.mlflow.traceName",),
    "status": ("state", "status"),
}


def _unpack(record: Record) -> Iterator[Record]:
    """The trace, then the spans within but for its root, which says the same as the trace."""
    info = parsed(record.get("info"))
    if isinstance(info, Mapping):
        record = {**info, "data": record.get("data")}
    trace = text_of(first(record, *PATHS["id"]))
    yield record
    spans = first({"spans": parsed(record.get("spans"))}, "spans") or first(record, "data.spans")
    found = [each for each in map(parsed, spans if isinstance(spans, list) else ()) if isinstance(each, Mapping)]
    parents = [text_of(first(each, "parent_id", "parent_span_id")) for each in found]
    linked = any(parents)
    for number, (each, parent) in enumerate(zip(found, parents, strict=True)):
        if (parent is None) if linked else number == 0:
            continue
        yield {
            INNER: {
                "id": f"{trace}/{text_of(first(each, 'span_id', 'context.span_id')) or number}",
                "parent": trace,
                "trace": trace,
                "kind": str(first(each, "span_type", "type", "attributes.mlflow.spanType") or "").strip('"'),
                "name": each.get("name"),
                "timestamp": first(each, "start_time_unix_nano", "start_time_ns", "start_time"),
                "ended": first(each, "end_time_unix_nano", "end_time_ns", "end_time"),
                "status": first(each, "status.code", "status_code", "status.status_code"),
                "model": first(each, "attributes.mlflow.llm.model", "attributes.mlflow.chat.model"),
            }
        }


def _scores_in(record: Record) -> Iterator[Score]:
    target = text_of(first(record, *PATHS["id"]))
    told = parsed(record.get("assessments"))
    for each in map(parsed, told if isinstance(told, list) else ()):
        if isinstance(each, Mapping):
            yield from _assessment(each, target)


def _assessment(said: Mapping[str, Any], target: str | None) -> Iterator[Score]:
    name = text_of(first(said, "assessment_name", "name"))
    expected = at(said, "expectation") is not None
    value = first(said, "expectation.value", "expectation.serialized_value.value", "feedback.value", "value")
    kind = str(first(said, "source.source_type", "source_type")).upper()
    overruled = at(said, "valid") is False
    if name is not None and value is not None and not overruled:
        when = moment(first(said, "last_update_time", "create_time", "last_update_time_ms", "create_time_ms"))
        yield Score(name, value, SAID_BY.get(kind, "unknown"), target, at=when, expected=expected)


FORMAT = Format(
    name="mlflow",
    samples=signature(
        "trace_id request_time",
        "trace_id trace_metadata",
        "trace_id assessments",
        "trace_id execution_duration",
        "request_id timestamp_ms",
        "request_id request_metadata",
        "request_id execution_time_ms",
        "info data",
    ),
    paths=PATHS,
    dropped=frozenset(
        ["trace", "client_request_id", "spans", "assessments", "info", "data", "trace_location", "experiment_id"]
    ),
    own=".mlflow.",
    latency_per_second=1000,
    unpack=_unpack,
    scores_in=_scores_in,
)
