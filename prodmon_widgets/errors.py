"""What can go wrong, in four kinds: each error also is the built-in error that a caller would expect.

An error says what came, what was expected and what to do, with the values.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from numbers import Integral

READABLE = "a pandas, Polars or Arrow table, a path or glob of CSV, Parquet or JSON-lines files, or a DuckDB relation"
"""What a monitor reads, in the words of messages."""


class MonitorError(Exception):
    """Base of every error that the package raises on purpose."""


class InputError(MonitorError, ValueError):
    """The data or an argument can't be used as given.

    >>> issubclass(InputError, ValueError)
    True
    """


class KeywordError(InputError, TypeError):
    """A keyword that does not exist: both a wrong input and Python's own error for it."""


class NotFittedError(MonitorError, RuntimeError):
    """Something was asked that is known only after a fit or a build."""


class BackendError(MonitorError, RuntimeError):
    """The engine that holds the rows refused; the message carries what it said."""


def unknown(what: str, name: object, known: Iterable[object], advice: str = "") -> str:
    """The message for a name that isn't there, with the nearest known one and at most twelve of the others.

    >>> unknown("column", "scores", ["score", "age"])
    "column 'scores' does not exist; did you mean 'score'? There are: 'score', 'age'."
    """
    names = [str(k) for k in known]
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    listed = ", ".join(repr(n) for n in names[:12]) + (f", … ({len(names)} in all)" if len(names) > 12 else "")
    return f"{what} {name!r} does not exist{hint} There are: {listed or 'none'}.{' ' + advice if advice else ''}"


def check_count(name: str, given: object, least: int = 0) -> None:
    """Refuse what is no whole number from ``least`` on.

    >>> check_count("n", -1)
    Traceback (most recent call last):
    ...
    prodmon_widgets.errors.InputError: n is -1; expected a whole number, 0 or more.
    """
    if isinstance(given, bool) or not isinstance(given, Integral) or given < least:
        raise InputError(f"{name} is {given!r}; expected a whole number, {least:,} or more.")
