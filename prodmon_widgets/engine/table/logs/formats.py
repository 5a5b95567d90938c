"""All formats that are known. One more is a module with a ``FORMAT``, its line here, and a fixture in the tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prodmon_widgets.engine.table.logs import deepchecks, langfuse, langsmith, mlflow, opik, otlp, phoenix
from prodmon_widgets.engine.table.logs.format import Format

FORMATS: Sequence[Format] = tuple(
    module.FORMAT for module in (otlp, phoenix, langsmith, mlflow, opik, langfuse, deepchecks)
)
"""The first whose signature fits is taken: the most telling signatures come first."""


def of_samples(columns: Iterable[str]) -> Format | None:
    """The format of an export with these columns; None where none is known.

    >>> of_samples(["resourceSpans"]).name, of_samples(["age", "prediction"])
    ('otlp', None)
    """
    there = frozenset(columns)
    return next((each for each in FORMATS if each.holds_samples(there)), None)


def of_scores(columns: Iterable[str]) -> Format | None:
    """The format of a table of scores with these columns; None where none is known."""
    there = frozenset(columns)
    return next((each for each in FORMATS if each.holds_scores(there)), None)
