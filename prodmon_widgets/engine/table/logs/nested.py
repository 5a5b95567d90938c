"""Nested cells – structs, maps, JSON texts – read by dotted path, and flattened within bounds."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

Record = Mapping[str, Any]

MOST_DEPTH = 3
"""Names of a dotted path; what lies deeper is left out."""

LONGEST_LITERAL = 200_000
"""Characters of a Python literal that is read; beyond, it stays a text."""


def plain(cell: Any) -> Any:
    """The cell as plain Python: arrays as lists, maps as dicts, any missing value as None.

    >>> plain([("a", 1), ("b", 2)]), plain(float("nan")), plain(np.array([1, 2]))
    ({'a': 1, 'b': 2}, None, [1, 2])
    """
    if isinstance(cell, str | bool | int | dict) or cell is None:
        return cell
    if isinstance(cell, np.ndarray):
        cell = cell.tolist()
    if isinstance(cell, list | tuple):
        pairs = bool(cell) and all(isinstance(each, tuple) and len(each) == 2 for each in cell)
        return {str(key): value for key, value in cell} if pairs else list(cell)
    if isinstance(cell, np.generic):
        cell = cell.item()
    if pd.api.types.is_scalar(cell):
        return None if pd.isna(cell) else cell
    told = getattr(cell, "to_dict", None) or getattr(cell, "to_dictionary", None)
    return plain(told()) if callable(told) else cell


def parsed(cell: Any) -> Any:
    """What a cell holds: a text of JSON, or of Python's spelling of it, as the value that it writes.

    >>> parsed('{"a": [1]}'), parsed("{'a': None}"), parsed("[sic] a text")
    ({'a': [1]}, {'a': None}, '[sic] a text')
    """
    cell = plain(cell)
    if not isinstance(cell, str) or cell.lstrip()[:1] not in ("{", "["):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return _literal(cell)


def _literal(text: str) -> Any:
    if len(text) > LONGEST_LITERAL:
        return text
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text


def at(record: Any, path: str) -> Any:
    """The value at a dotted path, whether its names are keys within keys or one key with dots; None where it isn't.

    >>> at({"info": '{"a.b": {"c": 1}}'}, "info.a.b.c"), at({"a.b": 2}, "a.b"), at({"a": 1}, "a.b")
    (1, 2, None)
    """
    if not isinstance(record, Mapping):
        return None
    if path in record and (found := plain(record[path])) is not None:
        return found
    head = path
    while "." in head:
        head = head.rpartition(".")[0]
        inner = record.get(head)
        found = None if inner is None else at(parsed(inner), path[len(head) + 1 :])
        if found is not None:
            return found
    return None


def first(record: Any, *paths: str) -> Any:
    """The first of these paths that holds something; blank texts hold nothing."""
    for path in paths:
        found = at(record, path)
        if found is not None and found != "" and found != {} and found != []:
            return found
    return None


def text_of(value: Any) -> str | None:
    """An id, a name or a word as text; whole floats, which frames make of whole numbers, without their point.

    >>> text_of(3.0), text_of(" a "), text_of("")
    ('3', 'a', None)
    """
    value = plain(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None or isinstance(value, list | Mapping) else str(value).strip()
    return text or None


def flat(value: Any, name: str = "", depth: int = MOST_DEPTH) -> Iterator[tuple[str, Any]]:
    """(dotted path, cell) of everything that a table can hold: numbers, texts, booleans, lists of texts.

    >>> dict(flat({"a": '{"b": 1, "c": {"d": {"e": 2}}}', "tags": ["x"], "deep": [{"y": 1}]}))
    {'a.b': 1, 'tags': ['x']}
    """
    value = parsed(value)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if depth > 0:
                yield from flat(inner, f"{name}.{key}" if name else str(key), depth - 1)
    elif isinstance(value, list):
        if all(isinstance(each, str | int | bool) for each in value):
            yield name, [str(each) for each in value]
    elif value is not None and value != "":
        yield name, value
