"""Exports in which anything may be anything: a table, or an error that says what is wrong."""

import contextlib
import random

import pytest

from prodmon_widgets.engine.table.logs.reading import read_log
from prodmon_widgets.errors import MonitorError
from tests.engine.table.logs.exports import MADE

ODD = [
    *(None, "", [], {}, "x", 3, -1.5, True, float("nan"), float("inf"), 10**30, -(10**18), 1e300, "9" * 400, b"bytes"),
    *(
        "[",
        "{'a'",
        "nan",
        "2026-13-45T00:00:00Z",
        chr(0xD800),
        [1, "a", {}],
        [[]],
        [["a", "b"]],
        [None],
        {"role": "user"},
    ),
    {"a": {"b": [{"c": 1}]}},
]


def mutated(value: object, draw: random.Random) -> object:
    if draw.random() < 0.06:
        return draw.choice(ODD)
    if isinstance(value, dict):
        kept = {key: cell for key, cell in value.items() if draw.random() > 0.04}
        odd = chr(0xD800) if draw.random() < 0.02 else ""
        return {key + odd: mutated(cell, draw) for key, cell in kept.items()}
    if isinstance(value, list):
        return [mutated(cell, draw) for cell in value for _ in range(2 if draw.random() < 0.05 else 1)]
    return value


@pytest.mark.parametrize("name", MADE)
def test_whatever_an_export_holds_it_is_read_or_refused_in_words(name):
    draw, n_read = random.Random(name), 0  # noqa: S311  nothing secret
    for _ in range(60):
        records, scores = MADE[name]()
        records = [each for record in records * 2 if isinstance(each := mutated(record, draw), dict)]
        scores = [each for score in scores or () if isinstance(each := mutated(score, draw), dict)] or None
        if records:
            with contextlib.suppress(MonitorError):
                n_read += read_log(records, scores).num_rows > 0
    assert n_read > 20
