"""The lines of code that open what was inspected."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prodmon_widgets.schema import Schema

MOSTLY = 0.9
"""Where so large a share of a file is annotated, it is an evaluation set."""


@dataclass(frozen=True)
class Opening:
    """A source, its samples and how many of them people annotated."""

    source: Any
    n_rows: int
    n_annotated: int

    @property
    def share(self) -> float:
        """Share of annotated samples."""
        return self.n_annotated / max(self.n_rows, 1)


def code_of(found: Sequence[Opening], scores: Any, schema: Schema | None) -> str:
    """Python that opens these sources.

    >>> print(code_of([Opening("log.csv", 10, 3)], None, None))
    import prodmon_widgets as pm
    <BLANKLINE>
    monitor = pm.Monitor.from_log("log.csv")
    pm.Dashboard(monitor)
    """
    more = "" if scores is None else f", scores={_spelled(scores, 'scores')}"
    more += "" if schema is None else f", schema=pm.{schema!r}"
    return "\n".join(["import prodmon_widgets as pm", "", f"monitor = {_call(found, more)}", "pm.Dashboard(monitor)"])


def _call(found: Sequence[Opening], more: str) -> str:
    if not found:
        return f'pm.Monitor("evaluation file", "production file"{more})'
    if len(found) > 1:
        evaluation, production = sorted(found[:2], key=lambda each: -each.share)
        left, right = _spelled(evaluation.source, "evaluation"), _spelled(production.source, "production")
        return f"pm.Monitor({left}, {right}{more})"
    only = found[0]
    if only.n_annotated == 0:
        return f'pm.Monitor("evaluation file", {_spelled(only.source, "production")}{more})'
    if only.share >= MOSTLY:
        return f'pm.Monitor({_spelled(only.source, "evaluation")}, "production file"{more})'
    return f"pm.Monitor.from_log({_spelled(only.source, 'log')}{more})"


def _spelled(source: Any, otherwise: str) -> str:
    """A path as a literal, any other source by a name."""
    if isinstance(source, str | os.PathLike):
        text = os.fspath(source)
        return (
            '"' + text + '"'
            if isinstance(text, str) and text.isprintable() and not set(text) & set('"\\')
            else repr(text)
        )
    if isinstance(source, list | tuple) and all(isinstance(each, str | os.PathLike) for each in source):
        return "[" + ", ".join(_spelled(each, otherwise) for each in source) + "]"
    if isinstance(source, Mapping):
        return "{" + ", ".join(f'"{side}": {_spelled(each, otherwise)}' for side, each in source.items()) + "}"
    return otherwise
