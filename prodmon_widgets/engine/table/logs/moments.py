"""Times as exports write them: ISO 8601 with or without a zone, or numbers since 1970 in whatever unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from prodmon_widgets.engine.table.epochs import epoch_of

UTC = dt.UTC


def moment(value: Any) -> dt.datetime | None:
    """A time, without a zone taken as UTC; None where it is none.

    >>> moment("2026-08-01 10:00:00 UTC") == moment(1785578400) == moment("1785578400000000000")
    True
    >>> moment("soon") is None
    True
    """
    if isinstance(value, dt.datetime):
        return None if value is pd.NaT else _in_utc(value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, str):
        text = value.strip()
        digits = text.lstrip("-").replace(".", "", 1)
        return _of_number(float(text) if "." in text else int(text)) if digits.isdecimal() else _of_text(text)
    return _of_number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _in_utc(value: dt.datetime) -> dt.datetime:
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _of_number(number: float) -> dt.datetime | None:
    epoch = epoch_of(number)
    if epoch is None:
        return None
    micros = number * 1_000_000 // epoch.per_second
    return dt.datetime(1970, 1, 1, tzinfo=UTC) + dt.timedelta(microseconds=int(micros))


def _of_text(text: str) -> dt.datetime | None:
    bare = text.removesuffix("UTC").strip()
    try:
        return _in_utc(dt.datetime.fromisoformat(bare))
    except (ValueError, OverflowError):
        pass
    if not bare[:4].isdecimal():
        return None
    try:
        return _in_utc(pd.Timestamp(bare))
    except (ValueError, OverflowError):
        return None


def seconds_between(start: dt.datetime | None, end: dt.datetime | None) -> float | None:
    """How long it took; None where one of them isn't known, or it ended before it began."""
    if start is None or end is None or end < start:
        return None
    return (end - start).total_seconds()
