"""OpenTelemetry: OTLP as JSON lines, with the attributes of its GenAI conventions or of OpenInference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prodmon_widgets.engine.table.closed import SAID, closed
from prodmon_widgets.engine.table.logs import phoenix
from prodmon_widgets.engine.table.logs.format import Format, Score, signature
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.logs.nested import Record, first, parsed, text_of

_OTHER = phoenix.PATHS
PATHS = {
    "id": ("spanId", "span_id"),
    "parent": ("parentSpanId", "parent_span_id"),
    "trace": ("traceId", "trace_id"),
    "kind": ("attributes.gen_ai.operation.name", "attributes.openinference.span.kind"),
    "name": ("name",),
    "timestamp": ("startTimeUnixNano", "start_time_unix_nano"),
    "ended": ("endTimeUnixNano", "end_time_unix_nano"),
    "input": ("attributes.gen_ai.input.messages", "attributes.gen_ai.prompt", *_OTHER["input"]),
    "output": ("attributes.gen_ai.output.messages", "attributes.gen_ai.completion", *_OTHER["output"]),
    "model": ("attributes.gen_ai.response.model", "attributes.gen_ai.request.model", *_OTHER["model"]),
    "provider": ("attributes.gen_ai.provider.name", "attributes.gen_ai.system", *_OTHER["provider"]),
    "session_id": ("attributes.gen_ai.conversation.id", *_OTHER["session_id"], "attributes.session_id"),
    "user_id": ("attributes.enduser.id", *_OTHER["user_id"]),
    "input_tokens": (
        "attributes.gen_ai.usage.input_tokens", "attributes.gen_ai.usage.prompt_tokens", *_OTHER["input_tokens"],
    ),
    "output_tokens": (
        "attributes.gen_ai.usage.output_tokens", "attributes.gen_ai.usage.completion_tokens", *_OTHER["output_tokens"],
    ),
    "total_tokens": _OTHER["total_tokens"],
    "cost": _OTHER["cost"],
    "time_to_first_token": ("attributes.gen_ai.response.time_to_first_chunk",),
    "release": ("resource.service.version",),
    "environment": ("resource.deployment.environment.name", "resource.deployment.environment"),
    "service": ("resource.service.name",),
    "status": ("status.code",),
    "error": ("attributes.error.type",),
}  # fmt: skip


def _value(told: Any) -> Any:
    """An attribute's value out of what says its type."""
    if not isinstance(told, Mapping):
        return told
    for kind, inner in told.items():
        if kind in ("intValue", "int_value"):
            return _whole(inner)
        if kind in ("arrayValue", "array_value"):
            return [_value(each) for each in _several(inner, "values")]
        if kind in ("kvlistValue", "kvlist_value"):
            return _attributes(_several(inner, "values"))
        return inner
    return None


def _whole(cell: Any) -> Any:
    """The number that OTLP writes as a text; what is none stays as it came."""
    try:
        return int(cell)
    except (TypeError, ValueError, OverflowError):
        return cell


def _attributes(listed: Any) -> dict[str, Any]:
    if isinstance(listed, Mapping):
        return dict(listed)
    listed = listed if isinstance(listed, list) else ()
    pairs = [each for each in listed if isinstance(each, Mapping) and "key" in each]
    return {str(each["key"]): _value(each.get("value")) for each in pairs}


def _several(record: Any, *names: str) -> Iterable[Any]:
    found = next((parsed(record[name]) for name in names if isinstance(record, Mapping) and record.get(name)), None)
    return found if isinstance(found, list) else ()


def _unpack(record: Record) -> Iterator[Record]:
    if not any(name in record for name in ("resourceSpans", "resource_spans")):
        yield {**record, "attributes": _attributes(parsed(record.get("attributes")))}
    for resource in _several(record, "resourceSpans", "resource_spans"):
        about = _attributes(first(resource, "resource.attributes"))
        for scope in _several(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            for span in _several(scope, "spans"):
                if isinstance(span, Mapping):
                    yield {**span, "attributes": _attributes(span.get("attributes")), "resource": about}


def _scores_in(record: Record) -> Iterator[Score]:
    """Evaluation events. Nothing says who gave a score, so they are judges', but for names that say people spoke."""
    target = text_of(first(record, *PATHS["id"]))
    for event in map(parsed, _several(record, "events")):
        if not isinstance(event, Mapping) or event.get("name") != "gen_ai.evaluation.result":
            continue
        told = _attributes(event.get("attributes"))
        name = text_of(told.get("gen_ai.evaluation.name"))
        value = first(told, "gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label")
        if name is not None:
            when = moment(first(event, "timeUnixNano", "time_unix_nano"))
            yield Score(name, value, "human" if closed(name) == SAID else "judge", target, at=when)
    yield from phoenix.FORMAT.scores_in({**record, "span_id": target})


FORMAT = Format(
    name="otlp",
    samples=signature("resourceSpans", "resource_spans", "traceId spanId startTimeUnixNano", "spanId attributes"),
    paths=PATHS,
    dropped=frozenset(
        [
            "kind",
            "events",
            "links",
            "resource",
            "flags",
            "traceState",
            "droppedAttributesCount",
            "droppedEventsCount",
            "droppedLinksCount",
            "endTimeUnixNano",
        ]
    ),
    unpack=_unpack,
    scores_in=_scores_in,
)
