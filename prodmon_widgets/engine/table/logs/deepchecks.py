"""Deepchecks LLM: its CSV in both templates, what its SDK returns; columns keep their names, which are ours too."""

from __future__ import annotations

from prodmon_widgets.engine.table.logs.format import Format, signature

FORMAT = Format(
    name="deepchecks",
    samples=signature(
        "user_interaction_id input output",
        "user_interaction_id annotation",
        "input output user_annotation",
        "input output annotation_reason",
        "input output information_retrieval",
        "input output interaction_type",
    ),
    paths={
        "id": ("user_interaction_id",),
        "timestamp": ("started_at", "interaction_datetime", "created_at"),
        "ended": ("finished_at",),
        "input": ("input",),
        "output": ("output",),
        "full_prompt": ("full_prompt",),
        "information_retrieval": ("information_retrieval",),
        "history": ("history",),
        "expected_output": ("expected_output",),
        "session_id": ("session_id",),
        "model": ("model",),
        "annotation": ("annotation", "user_annotation"),
        "annotation_reason": ("annotation_reason",),
        "input_tokens": ("input_tokens",),
        "output_tokens": ("output_tokens",),
        "total_tokens": ("tokens",),
        "cost": ("cost",),
    },
    dropped=frozenset(["properties_reasons", "created_at", "interaction_datetime"]),
)
