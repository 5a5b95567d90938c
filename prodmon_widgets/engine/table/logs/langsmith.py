"""LangSmith: runs of the bulk export or the SDK, results of experiments, and feedback.

``feedback_stats`` doesn't say who gave a score: until the feedback itself is there it is nobody's, and not read.
The ``session_id`` of a run is its project; the conversation is called thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodmon_widgets.engine.table.logs.format import Format, SaidBy, Score, signature
from prodmon_widgets.engine.table.logs.moments import moment
from prodmon_widgets.engine.table.logs.nested import Record, at, first, parsed, text_of

SAID_BY: dict[str, SaidBy] = {
    "app": "human",
    "user": "human",
    "model": "judge",
    "auto_eval": "judge",
    "evaluator": "judge",
}

_META = "extra.metadata"
PATHS = {
    "id": ("id", "run_id"),
    "parent": ("parent_run_id",),
    "trace": ("trace_id",),
    "kind": ("run_type",),
    "name": ("name",),
    "timestamp": ("start_time",),
    "ended": ("end_time",),
    "latency": ("execution_time", "latency"),
    "input": ("inputs",),
    "output": ("outputs",),
    "model": (f"{_META}.ls_model_name", "extra.invocation_params.model", "extra.invocation_params.model_name"),
    "release": (f"{_META}.revision_id",),
    "session_id": (f"{_META}.thread_id", f"{_META}.session_id", f"{_META}.conversation_id"),
    "user_id": (f"{_META}.user_id",),
    "input_tokens": ("prompt_tokens",),
    "output_tokens": ("completion_tokens",),
    "total_tokens": ("total_tokens",),
    "cost": ("total_cost",),
    "tags": ("tags",),
    "status": ("status",),
    "error": ("error",),
}


def _is_root(record: Record) -> bool | None:
    said = record.get("is_root")
    return said if isinstance(said, bool) else None


def _unpack(record: Record) -> Iterator[Record]:
    """An experiment's columns ``inputs.question`` are one ``inputs`` again."""
    gathered: dict[str, dict[str, object]] = {}
    for name, cell in record.items():
        head, dot, rest = name.partition(".")
        if dot and head in ("inputs", "outputs", "reference", "feedback"):
            gathered.setdefault(head, {})[rest] = cell
    others = {name: cell for name, cell in record.items() if name.partition(".")[0] not in gathered}
    yield {**others, **gathered} if gathered else record


def _scores_in(record: Record) -> Iterator[Score]:
    target = text_of(first(record, *PATHS["id"]))
    for container in ("feedback_stats", "feedback"):
        told = parsed(record.get(container))
        for name, said in told.items() if isinstance(told, Mapping) else ():
            value = at(said, "avg") if isinstance(said, Mapping) else said
            yield Score(str(name), value, "unknown", target)
    reference = parsed(record.get("reference"))
    for name, value in reference.items() if isinstance(reference, Mapping) else ():
        yield Score(str(name), value, "human", target, expected=True)


def _score_of(record: Record) -> Iterator[Score]:
    name = text_of(record.get("key"))
    if name is None:
        return
    value = first(record, "score", "value")
    kind = str(first(record, "feedback_source.type", "feedback_source_type")).lower()
    said_by = "human" if first(record, "correction") is not None else SAID_BY.get(kind, "unknown")
    when = moment(first(record, "modified_at", "created_at"))
    yield Score(name, value, said_by, text_of(record.get("run_id")), text_of(record.get("trace_id")), when)


FORMAT = Format(
    name="langsmith",
    samples=signature(
        "run_type trace_id",
        "run_type dotted_order",
        "run_type inputs",
        "run_type feedback_stats",
        "execution_time example_id",
    ),
    scores=signature("run_id key score", "run_id key value"),
    paths=PATHS,
    dropped=frozenset(
        [
            "tenant_id",
            "session_id",
            "parent_run_ids",
            "reference_example_id",
            "is_root",
            "dotted_order",
            "trace_tier",
            "events",
            "serialized",
            "feedback_stats",
            "feedback",
            "reference",
            "first_token_time",
            "example_id",
            "manifest_id",
            "app_path",
            "child_run_ids",
            "inputs_preview",
            "outputs_preview",
            "attachments",
            "share_token",
            "in_dataset",
        ]
    ),
    unpack=_unpack,
    scores_in=_scores_in,
    score_of=_score_of,
    is_root=_is_root,
)
