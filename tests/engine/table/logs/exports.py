"""Small exports by hand, one a format, in other shapes than a tool's own happy case; what they hold is in FACTS."""

import json

QUESTION, ANSWER = "Where is my parcel?", "It arrives on Monday."
START_MS = 1_785_578_400_000  # 2026-08-01 10:00 UTC
FACTS = {
    "input": QUESTION,
    "output": ANSWER,
    "model": "m-1",
    "session_id": "chat-7",
    "input_tokens": 12,
    "latency": 1.5,
    "cost": 0.25,
    "tone": 0.75,
}
"""What the sample "one" says by our names; ``tone`` is a judge's."""


def langfuse():
    """API v2's camelCase, the generation below a span without tokens; structs as texts; no end of the child."""
    root = {
        "id": "one",
        "traceId": "t1",
        "parentObservationId": None,
        "type": "SPAN",
        "startTime": "2026-08-01T10:00:00.000Z",
        "endTime": "2026-08-01T10:00:01.500Z",
        "input": {"messages": [{"role": "user", "content": QUESTION}]},
        "output": json.dumps({"role": "assistant", "content": ANSWER}),
        "sessionId": "chat-7",
        "userId": "u1",
        "level": "DEFAULT",
        "metadata": '{"tenant": "a", "deep": {"a": {"b": 1}}}',
        "release": "r1",
    }
    child = {
        "id": "two",
        "traceId": "t1",
        "parentObservationId": "one",
        "type": "GENERATION",
        "model": "m-1",
        "startTime": "2026-08-01T10:00:00.100Z",
        "usageDetails": {"input": 12, "output": 3},
        "totalCost": 0.25,
    }
    scores = [
        {"id": "s1", "traceId": "t1", "name": "tone", "value": 0.75, "source": "EVAL", "dataType": "NUMERIC"},
        {
            "id": "s2",
            "traceId": "t1",
            "observationId": "one",
            "name": "right",
            "value": 1,
            "stringValue": "True",
            "source": "ANNOTATION",
            "dataType": "BOOLEAN",
        },
        {"id": "s3", "traceId": "t1", "name": "taste", "value": 0.1, "source": "API", "dataType": "NUMERIC"},
        {"id": "s4", "traceId": "gone", "name": "tone", "value": 0.1, "source": "EVAL", "dataType": "NUMERIC"},
    ]
    return [child, root], scores


def phoenix():
    """REST: nested context, flat attributes, annotations within; the parent is an empty text."""
    root = {
        "context": {"span_id": "one", "trace_id": "t1"},
        "parent_id": "",
        "name": "chat",
        "span_kind": "CHAIN",
        "start_time": "2026-08-01T12:00:00+02:00",
        "end_time": "2026-08-01T12:00:01.500+02:00",
        "status_code": "OK",
        "attributes": {
            "llm.input_messages": [{"message": {"role": "user", "content": QUESTION}}],
            "output.value": ANSWER,
            "llm.model_name": "m-1",
            "session.id": "chat-7",
            "llm.token_count.prompt": 12,
            "llm.cost.total": 0.25,
        },
        "annotations": [
            {"name": "tone", "annotator_kind": "LLM", "result": {"score": 0.75}},
            {"name": "right", "annotator_kind": "HUMAN", "result": {"label": "correct", "score": None}},
        ],
    }
    tool = {
        **root,
        "context": {"span_id": "two", "trace_id": "t1"},
        "parent_id": "one",
        "span_kind": "TOOL",
        "annotations": [],
    }
    return [root, {**tool, "name": "lookup"}], None


def langsmith():
    """The SDK's runs: structs, extra as a struct, a run below twice; feedback by people through the app."""
    root = {
        "id": "one",
        "trace_id": "one",
        "parent_run_id": None,
        "session_id": "the project",
        "run_type": "chain",
        "start_time": 1_785_578_400.0,
        "end_time": 1_785_578_401.5,
        "status": "success",
        "dotted_order": "a",
        "inputs": {"input": QUESTION, "language": "en"},
        "outputs": {"output": {"content": ANSWER}},
        "extra": {"metadata": {"ls_model_name": "m-1", "conversation_id": "chat-7"}},
        "prompt_tokens": 12,
        "total_cost": "0.25",
        "feedback_stats": {"tone": {"n": 1, "avg": 0.75}, "right": {"n": 1, "avg": 1}},
    }
    child = {**root, "id": "two", "parent_run_id": "one", "run_type": "tool", "feedback_stats": {}}
    feedback = [
        {"run_id": "one", "key": "tone", "score": 0.75, "feedback_source": '{"type": "auto_eval"}'},
        {"run_id": "one", "key": "right", "score": None, "value": "yes", "feedback_source": {"type": "app"}},
    ]
    return [child, root, child], feedback


def mlflow():
    """A whole trace of version 3: info and data, times in ISO, duration in ms, spans in ns."""
    meta = {
        "mlflow.trace.session": "chat-7",
        "mlflow.modelId": "m-1",
        "tenant": "a",
        "mlflow.trace.tokenUsage": {"input_tokens": 12},
        "mlflow.trace.cost": '{"total_cost": 0.25}',
    }
    told = [
        {"assessment_name": "tone", "source": {"source_type": "CODE"}, "feedback": {"value": 0.75}},
        {"assessment_name": "right", "source": {"source_type": "HUMAN"}, "feedback": {"value": "yes"}},
        {"assessment_name": "truth", "source": {"source_type": "HUMAN"}, "expectation": {"value": "Monday"}},
    ]
    spans = [
        {"span_id": "a", "parent_id": None, "name": "agent"},
        {
            "span_id": "b",
            "parent_id": "a",
            "name": "find",
            "start_time_unix_nano": START_MS * 10**6,
            "end_time_unix_nano": START_MS * 10**6 + 5 * 10**8,
            "attributes": {"mlflow.spanType": '"TOOL"'},
        },
    ]
    info = {
        "trace_id": "one",
        "request_time": "2026-08-01T10:00:00Z",
        "execution_duration_ms": 1500,
        "state": "OK",
        "trace_metadata": meta,
        "assessments": told,
        "request_preview": "cut off",
        "tags": {"mlflow.traceName": "qa"},
    }
    return [
        {"info": info, "data": {"request": json.dumps({"question": QUESTION}), "response": ANSWER, "spans": spans}}
    ], None


def opik():
    """The command line's {trace, spans}; scores by hand, by a rule and by nobody known."""
    trace = {
        "id": "one",
        "project_id": "p",
        "start_time": "2026-08-01T10:00:00Z",
        "duration": 1500.0,
        "thread_id": "chat-7",
        "input": {"messages": [{"type": "human", "content": QUESTION}]},
        "output": {"answer": ANSWER},
        "usage": {"prompt_tokens": 12},
        "total_estimated_cost": 0.25,
        "feedback_scores": [
            {"name": "tone", "value": 0.75, "source": "online_scoring"},
            {"name": "right", "value": 1, "source": "ui"},
            {"name": "taste", "value": 3, "source": "sdk"},
        ],
    }
    spans = [
        {"id": "two", "parent_span_id": None, "type": "llm", "model": "m-1", "start_time": "2026-08-01T10:00:00Z"},
        {"id": "three", "parent_span_id": "two", "type": "tool", "name": "find", "error_info": {"message": "no"}},
    ]
    return [{"trace": trace, "spans": spans}], None


def otlp():
    """One object with a resource; the root is a request, the model's span lies below it; an evaluation of it."""
    text = lambda key, value: {"key": key, "value": {"stringValue": value}}  # noqa: E731  as short as what it stands for
    said = lambda role, content: json.dumps([{"role": role, "parts": [{"type": "text", "content": content}]}])  # noqa: E731
    score = {
        "name": "gen_ai.evaluation.result",
        "attributes": [
            text("gen_ai.evaluation.name", "tone"),
            {"key": "gen_ai.evaluation.score.value", "value": {"doubleValue": 0.75}},
        ],
    }
    nano = START_MS * 10**6
    root = {
        "traceId": "t1",
        "spanId": "one",
        "parentSpanId": "",
        "name": "POST /chat",
        "startTimeUnixNano": str(nano),
        "endTimeUnixNano": str(nano + 1_500_000_000),
        "attributes": [],
        "events": [score],
    }
    child = {
        "traceId": "t1",
        "spanId": "two",
        "parentSpanId": "one",
        "name": "chat",
        "startTimeUnixNano": nano + 1,
        "attributes": [
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.request.model", "m-1"),
            text("gen_ai.conversation.id", "chat-7"),
            text("gen_ai.input.messages", said("user", QUESTION)),
            text("gen_ai.output.messages", said("assistant", ANSWER)),
            {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "12"}},
        ],
    }
    resource = {"attributes": [text("service.version", "r1")]}
    return [{"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [child, root]}]}]}], None


MADE = {"langfuse": langfuse, "phoenix": phoenix, "langsmith": langsmith, "mlflow": mlflow, "opik": opik, "otlp": otlp}
HUMAN = {"langfuse": 1, "phoenix": "correct", "langsmith": "yes", "mlflow": "yes", "opik": 1}
