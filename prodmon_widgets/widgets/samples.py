"""Samples as the browser gets them: a bounded number of rows, every cell as text of bounded length."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from prodmon_widgets.engine.labels.provenance import BY_PEOPLE, COLUMN

LONGEST_CELL = 240
"""Characters of a cell that travel with the page; the rest comes when somebody asks for it."""

ESTIMATES = ("score", "annotation", "reason", "supported")
SAID = (*ESTIMATES, COLUMN)
"""Columns of a frame of samples that are not the user's."""


def text_of(value: object) -> str:
    """A cell as text: nothing for what is missing, members of a list with commas, no lone surrogates.

    >>> text_of(None), text_of(["War", "Drama"]), text_of(0.25), text_of(float("nan"))
    ('', 'War, Drama', '0.25', '')
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return ", ".join(text_of(each) for each in value)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.6g}"
    return text_of(str(value))


def rows_of(frame: pd.DataFrame, *, key: str | None, time: str | None) -> list[dict[str, Any]]:
    """Samples (index: row number; the user's columns beside the estimates) as plain objects for the browser.

    ``key`` (sample ids) and ``time`` are columns or None.
    """
    cells = {name: [text_of(value) for value in frame[name]] for name in columns_of(frame)}
    ids = cells[key] if key in cells else [str(row) for row in frame.index]
    estimates = _estimates(frame)
    times = _milliseconds(frame[time]) if time in frame else [int(row) for row in frame.index]
    return [
        {
            "id": ids[at],
            "row": int(row),
            "time": times[at],
            "cells": {name: column[at][:LONGEST_CELL] for name, column in cells.items()},
            "cut": [name for name, column in cells.items() if len(column[at]) > LONGEST_CELL],
            **estimates[at],
        }
        for at, row in enumerate(frame.index)
    ]


def _estimates(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = (frame[name].tolist() for name in SAID)
    return [
        {
            "score": None if np.isnan(score) else float(score),
            "annotation": str(annotation),
            "reason": text_of(reason),
            "given": str(annotation) if by in BY_PEOPLE else None,
            "supported": bool(supported),
        }
        for score, annotation, reason, supported, by in zip(*columns, strict=True)
    ]


def columns_of(frame: pd.DataFrame) -> list[str]:
    """The user's columns of a frame of samples."""
    return [str(name) for name in frame.columns if name not in SAID]


def shown_first(columns: Sequence[str], wanted: Iterable[str | None], most: int = 4) -> list[str]:
    """The columns to show before anybody chose: those wanted that are there, then others up to ``most``.

    >>> shown_first(["id", "at", "text", "label"], ["label", None, "text"], most=3)
    ['label', 'text', 'id']
    """
    first = list(dict.fromkeys(name for name in wanted if name is not None and name in columns))
    return (first + [name for name in columns if name not in first])[: max(most, len(first))]


def full_text(frame: pd.DataFrame, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The first ``length`` characters of the cell (``row`` number, ``column``) of samples, and how long it is."""
    row, column = int(asked["row"]), str(asked["column"])
    text = text_of(frame.loc[row, column]) if row in frame.index and column in frame.columns else ""
    return {"row": row, "column": column, "text": text[: max(0, int(asked["length"]))], "length": len(text)}


FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet takes for a formula; csv.ts has it too."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def guarded(cell: str) -> str:
    """A cell that a spreadsheet shows and doesn't run: an apostrophe stands before what isn't a plain number.

    >>> guarded("=HYPERLINK(1)"), guarded("-2+3"), guarded("-1.5")
    ("'=HYPERLINK(1)", "'-2+3", '-1.5')
    """
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def csv_of(frame: pd.DataFrame, columns: Iterable[str], *, key: str | None, longest: int) -> tuple[str, int]:
    """Samples as CSV (RFC 4180) of at most about ``longest`` characters, texts in full; and how many are in it.

    ``columns`` of the user stand after the id (the column ``key``, or the row number) and the estimates. What a
    spreadsheet would run is guarded.
    """
    shown = [name for name in columns if name in frame]
    ids = frame[key] if key in frame else frame.index.to_series()
    estimates = [frame[name] for name in ("score", "annotation", "reason", "supported")]
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["id", "score", "estimated_annotation", "reason", "supported", *map(guarded, shown)])
    n = 0
    for row in zip(ids, *estimates, *(frame[name] for name in shown), strict=True):
        writer.writerow([guarded(text_of(value)) for value in row])
        n += 1
        if written.tell() > longest:
            break
    return written.getvalue(), n


def _milliseconds(times: pd.Series) -> list[int | None]:
    at = pd.to_datetime(times, utc=True, errors="coerce").to_numpy(dtype="datetime64[ms]")
    return [None if np.isnat(moment) else int(moment.astype(np.int64)) for moment in at]
