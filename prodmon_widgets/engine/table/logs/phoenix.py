"""Phoenix / OpenInference: frames of spans (their id may be the index), REST, the UI's JSON lines; annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prodmon_widgets.engine.table.logs.format import Format, SaidBy, Score, signature
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.logs.nested import Record, at, first, parsed, text_of

SAID_BY: dict[str, SaidBy] = {"HUMAN": "human", "LLM": "judge", "CODE": "judge"}

CONTAINERS: dict[str, SaidBy] = {
    "attributes.annotations": "unknown",
    "annotations": "unknown",
    "span_annotations": "unknown",
    "attributes.trace.annotations": "unknown",
    "attributes.session.annotations": "unknown",
    "attributes.evaluations": "judge",
    "evaluations": "judge",
}
"""Where a span carries what was said of it, and who said it where that isn't written."""

PATHS = {
    "id": ("context.span_id", "span_id"),
    "parent": ("parent_id", "parent_span_id"),
    "trace": ("context.trace_id", "trace_id"),
    "kind": ("attributes.openinference.span.kind", "span_kind"),
    "name": ("name",),
    "timestamp": ("start_time",),
    "ended": ("end_time",),
    "input": ("attributes.llm.input_messages", "attributes.input.value"),
    "output": ("attributes.output.value", "attributes.llm.output_messages"),
    "model": ("attributes.llm.model_name",),
    "provider": ("attributes.llm.provider",),
    "session_id": ("attributes.session.id",),
    "user_id": ("attributes.user.id",),
    "input_tokens": ("attributes.llm.token_count.prompt",),
    "output_tokens": ("attributes.llm.token_count.completion",),
    "total_tokens": ("attributes.llm.token_count.total",),
    "cost": ("attributes.llm.cost.total",),
    "tags": ("attributes.tag.tags",),
    "prompt_version": ("attributes.llm.prompt_template.version",),
    "status": ("status_code", "status"),
}


def _entries(container: Any) -> Iterator[Mapping[str, Any]]:
    """What was said, from a list of it or from names that lead to it."""
    container = parsed(container)
    if isinstance(container, list):
        for each in container:
            yield from _entries(each)
    elif isinstance(container, Mapping) and ("annotation_name" in container or "annotator_kind" in container):
        yield container
    elif isinstance(container, Mapping):
        for name, inner in container.items():
            for each in parsed(inner) if isinstance(parsed(inner), list) else [inner]:
                if isinstance(parsed(each), Mapping):
                    yield {"name": name, **parsed(each)}


def _scores_in(record: Record) -> Iterator[Score]:
    target = text_of(first(record, *PATHS["id"]))
    for path, said_by in CONTAINERS.items():
        for entry in _entries(at(record, path)):
            yield from _said(entry, target, said_by)


def _said(entry: Record, target: str | None, otherwise: SaidBy) -> Iterator[Score]:
    name = text_of(first(entry, "annotation_name", "name"))
    value = first(entry, "result.score", "score")
    value = first(entry, "result.label", "label") if value is None else value
    if name is not None:
        kind = str(first(entry, "annotator_kind")).upper()
        when = moment(first(entry, "updated_at", "created_at"))
        yield Score(name, value, SAID_BY.get(kind, otherwise), target, text_of(first(entry, "trace_id")), when)


def _score_of(record: Record) -> Iterator[Score]:
    yield from _said(record, text_of(first(record, "span_id", "context.span_id")), "unknown")


FORMAT = Format(
    name="phoenix",
    samples=signature(
        "context.span_id start_time",
        "context.span_id parent_id",
        "context span_kind",
        "context attributes parent_id",
        "context attributes start_time",
        "attributes.openinference.span.kind",
        "attributes.input.value start_time",
    ),
    scores=signature("annotation_name annotator_kind", "annotation_name result.score", "annotator_kind span_id result"),
    paths=PATHS,
    dropped=frozenset(
        [
            "events",
            "status_message",
            "context",
            "annotations",
            "evaluations",
            "span_annotations",
            "annotation_counts",
            "id",
        ]
    ),
    scores_in=_scores_in,
    score_of=_score_of,
)
