"""One text out of what a model was given or gave: of messages the last one of the user, and the first of the model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from prodmon_widgets.engine.table.logs.nested import parsed

USERS = ("user", "human")
MODELS = ("assistant", "ai", "model", "bot")

ASKED_IN = (
    "messages",
    "input",
    "question",
    "query",
    "prompt",
    "user_input",
    "request",
    "text",
    "content",
    "message",
    "inputs",
    "contents",
    "value",
)
ANSWERED_IN = (
    "output_text",
    "choices",
    "generations",
    "candidates",
    "output",
    "answer",
    "response",
    "result",
    "completion",
    "text",
    "content",
    "message",
    "messages",
    "generation",
    "outputs",
    "contents",
    "value",
)
"""Keys under which the text lies, best first."""

MOST_NESTED = 8


def asked(value: Any, nested: int = 0) -> str | None:
    """The last thing that the user said.

    >>> asked('[{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Hello"}]')
    'Hello'
    >>> asked({"question": "Why?", "language": "en"})
    'Why?'
    """
    value = parsed(value)
    if isinstance(value, list):
        return _of_messages(value, USERS, last=True)
    if isinstance(value, Mapping) and nested < MOST_NESTED:
        inner = _under(value, ASKED_IN)
        return _as_json(value) if inner is None else asked(inner, nested + 1)
    return _plain_text(value)


def answered(value: Any, nested: int = 0) -> str | None:
    """The first text that the model gave; of a conversation that holds the user's words too, the last one.

    >>> answered({"choices": [{"message": {"role": "assistant", "content": [{"type": "text", "text": "Hi"}]}}]})
    'Hi'
    """
    value = parsed(value)
    if isinstance(value, list):
        return _of_messages(value, MODELS, last=any(_role(each) in USERS for each in value))
    if isinstance(value, Mapping) and nested < MOST_NESTED:
        inner = _under(value, ANSWERED_IN)
        return _as_json(value) if inner is None else answered(inner, nested + 1)
    return _plain_text(value)


def _under(value: Mapping[str, Any], keys: Sequence[str]) -> Any:
    """What lies under the best known key, or under the only one."""
    found = next((value[key] for key in keys if value.get(key)), None)
    if found is None and len(value) == 1:
        found = next(iter(value.values()))
    return found


def _plain_text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _as_json(value: Any) -> str | None:
    return json.dumps(value, ensure_ascii=False, default=str) if value else None


def _of_messages(messages: Sequence[Any], roles: Sequence[str], last: bool) -> str | None:
    """The first or last text among messages of these roles, else among all of them."""
    messages = [parsed(each) for each in messages]
    if messages and all(isinstance(each, list) for each in messages):
        # a batch of conversations, or one of pairs (role, text)
        pairs = all(len(each) == 2 and all(isinstance(part, str) for part in each) for each in messages)
        messages = [{"role": each[0], "content": each[1]} for each in messages] if pairs else list(messages[0])
    ordered = messages[::-1] if last else messages
    own = [each for each in ordered if _role(each) in roles]
    return next((text for each in [*own, *ordered] if (text := _content(each))), None)


def _body(message: Any) -> Any:
    """A message within what wraps it: LangChain's ``kwargs``, OpenInference's and OpenAI's ``message``."""
    message = parsed(message)
    for wrap in ("message", "kwargs"):
        if isinstance(message, Mapping) and isinstance(message.get(wrap), Mapping):
            message = message[wrap]
    return message


def _role(message: Any) -> str:
    body = _body(message)
    if not isinstance(body, Mapping):
        return ""
    role = body.get("role") or body.get("message.role") or body.get("type") or ""
    return str(role).lower().removesuffix("message")


def _content(message: Any) -> str | None:
    """The text of one message, whose content is a text or a list of parts."""
    body = _body(message)
    if not isinstance(body, Mapping):
        return _plain_text(body) if isinstance(body, str) else None
    for key in ("content", "message.content", "parts", "contents", "message.contents", "text", "value"):
        text = _joined(body.get(key))
        if text:
            return text
    return None


def _joined(content: Any) -> str | None:
    content = parsed(content)
    if not isinstance(content, list):
        return _part(content)
    return "\n".join(text for each in content if (text := _part(each))) or None


def _part(part: Any) -> str | None:
    """The text of a part; images, calls of tools and the like have none."""
    if isinstance(part, str):
        return part or None
    if not isinstance(part, Mapping):
        return None
    keys = ("text", "content", "message_content.text")
    found = next((part[key] for key in keys if isinstance(part.get(key), str)), None)
    return found or _part(part.get("message_content"))
