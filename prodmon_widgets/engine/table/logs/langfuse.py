"""Langfuse: observations and traces of the blob export, the API's camelCase, the UI's export; and scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prodmon_widgets.engine.table.logs.format import Format, SaidBy, Score, signature
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.logs.nested import Record, first, parsed, text_of

SAID_BY: dict[str, SaidBy] = {"ANNOTATION": "human", "EVAL": "judge"}
"""Through the API (source API) come judges' scores and users' thumbs alike: who said it isn't known."""

PATHS = {
    "id": ("id",),
    "parent": ("parent_observation_id", "parentObservationId"),
    "trace": ("trace_id", "traceId"),
    "kind": ("type",),
    "name": ("name",),
    "timestamp": ("start_time", "startTime", "timestamp", "traceTimestamp"),
    "ended": ("end_time", "endTime"),
    "latency": ("latency",),
    "input": ("input",),
    "output": ("output",),
    "model": ("provided_model_name", "providedModelName", "model"),
    "prompt_name": ("prompt_name", "promptName"),
    "prompt_version": ("prompt_version", "promptVersion"),
    "release": ("release",),
    "version": ("version",),
    "session_id": ("session_id", "sessionId"),
    "user_id": ("user_id", "userId"),
    "input_tokens": ("usage_details.input", "usageDetails.input", "usage.input", "inputUsage", "promptTokens"),
    "output_tokens": ("usage_details.output", "usageDetails.output", "usage.output", "outputUsage", "completionTokens"),
    "total_tokens": ("usage_details.total", "usageDetails.total", "usage.total", "totalUsage", "totalTokens"),
    "cost": ("total_cost", "totalCost", "cost_details.total", "costDetails.total", "calculatedTotalCost"),
    "time_to_first_token": ("time_to_first_token", "timeToFirstToken"),
    "trace_name": ("trace_name", "traceName"),
    "tags": ("tags", "traceTags"),
    "environment": ("environment",),
    "status": ("level",),
}

DROPPED = frozenset(
    [
        "project_id",
        "projectId",
        "status_message",
        "statusMessage",
        "completion_start_time",
        "completionStartTime",
        "created_at",
        "createdAt",
        "updated_at",
        "updatedAt",
        "prompt_id",
        "promptId",
        "model_id",
        "modelId",
        "internalModelId",
        "internal_model_id",
        "usage_pricing_tier_id",
        "usagePricingTierId",
        "usage_pricing_tier_name",
        "usagePricingTierName",
        "bookmarked",
        "public",
        "comments",
        "tool_definitions",
        "toolDefinitions",
        "tool_calls",
        "toolCalls",
        "traceTimestamp",
        "scores",
        "isRootObservation",
        "is_root_observation",
        "htmlPath",
        "input_price",
        "inputPrice",
        "output_price",
        "outputPrice",
        "total_price",
        "totalPrice",
        "observations",
        "parent_observation_id",
    ]
)
KNOWN = DROPPED | {path.partition(".")[0] for paths in PATHS.values() for path in paths}
KNOWN |= {"metadata", "model_parameters", "modelParameters", "tool_call_names", "toolCallNames", "cost_details"}
KNOWN |= {"costDetails", "inputCost", "outputCost", "latencyMs", "unit", "timeToFirstTokenMs", "usage", "levelCounts"}


def _is_root(record: Record) -> bool | None:
    said = first(record, "isRootObservation", "is_root_observation")
    return said if isinstance(said, bool) else None


BY_NAME = "scores by name"
"""Where the columns of scores are gathered that the UI's export has: they are nothing else."""


def _unpack(record: Record) -> Iterator[Record]:
    """The UI's export has a column a score's name beside its own columns."""
    if not ("traceName" in record or "traceTags" in record or ("bookmarked" in record and "userId" in record)):
        yield record
        return
    own = {name: cell for name, cell in record.items() if name.partition(".")[0] in KNOWN}
    yield {**own, BY_NAME: {name: cell for name, cell in record.items() if name not in own}}


def _scores_in(record: Record) -> Iterator[Score]:
    """Nested ``scores``, and those of the UI's export, arrays that seldom say who gave them."""
    target = text_of(record.get("id"))
    told = parsed(record.get("scores"))
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict):
            yield from _score_of({"observation_id": target, **each})
    for name, cell in (record.get(BY_NAME) or {}).items():
        values = parsed(cell)
        value = values[-1] if isinstance(values, list) and values else values
        if value is not None and not isinstance(value, list | dict):
            yield Score(_bare(name), value, _said_in(name), target)


def _said_in(name: str) -> SaidBy:
    lower = name.lower()
    return "human" if "(annotation)" in lower else "judge" if "(eval)" in lower else "unknown"


def _bare(name: str) -> str:
    """A score's name without what the UI writes around it.

    >>> _bare("# tone (eval)")
    'tone'
    """
    return name.rpartition(" (")[0].lstrip("#ⒸⒷ ") if name.endswith(")") else name


def _score_of(record: Record) -> Iterator[Score]:
    name = text_of(record.get("name"))
    if name is None:
        return
    value: Any = record.get("value")
    worded = first(record, "string_value", "stringValue")
    if first(record, "data_type", "dataType") in ("CATEGORICAL", "TEXT") or value is None:
        value = worded
    yield Score(
        name,
        value,
        SAID_BY.get(str(record.get("source")).upper(), "unknown"),
        text_of(first(record, "observation_id", "observationId")),
        text_of(first(record, "trace_id", "traceId")),
        moment(first(record, "updated_at", "updatedAt", "timestamp")),
    )


FORMAT = Format(
    name="langfuse",
    samples=signature(
        "trace_id parent_observation_id",
        "traceId parentObservationId",
        "traceId startTime type",
        "trace_id start_time usage_details",
        "provided_model_name start_time",
        "traceName startTime",
        "id timestamp release session_id",
        "id timestamp sessionId userId",
        "id timestamp session_id user_id bookmarked",
        "timestamp bookmarked usage",
    ),
    scores=signature(
        "name value source observation_id",
        "name value source observationId",
        "name value source trace_id",
        "name value source traceId",
        "name value dataType traceId",
        "name value data_type trace_id",
        "name string_value trace_id source",
        "name stringValue traceId source",
    ),
    paths=PATHS,
    dropped=DROPPED | {BY_NAME},
    unpack=_unpack,
    scores_in=_scores_in,
    score_of=_score_of,
    is_root=_is_root,
)
