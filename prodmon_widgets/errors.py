"""What can go wrong, in four kinds: each error also is the built-in error that a caller would expect.

An error says what came, what was expected and what to do, with the values.
"""

from __future__ import annotations

import difflib
import re
import reprlib
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


class DamagedError(InputError):
    """A file isn't what was saved: the message names it."""


class KeywordError(InputError, TypeError):
    """A keyword that does not exist: both a wrong input and Python's own error for it."""


class NotFittedError(MonitorError, RuntimeError):
    """Something was asked that is known only after a fit or a build."""


class BackendError(MonitorError, RuntimeError):
    """The engine that holds the rows refused; the message carries what it said."""


LONGEST = 200
"""Characters of a value that a message shows."""

_cut = reprlib.Repr()
_cut.maxlevel, _cut.maxlist, _cut.maxtuple, _cut.maxdict, _cut.maxset = 3, 8, 8, 8, 8
_cut.maxstring = _cut.maxother = LONGEST
_cut.maxlong = 60


def shown(value: object) -> str:
    """A value as a message shows it: bounded, however long or deeply nested it is, and without control characters.

    >>> shown(["a"] * 1000)
    "['a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', ...]"
    """
    try:
        text = _cut.repr(value)
    except ValueError:
        # more digits than Python writes out
        return "a number of very many digits"
    return text if len(text) <= 3 * LONGEST else f"{text[: 3 * LONGEST]}…"


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Text for a terminal: what would move its cursor, forge a line or turn its direction is written out.

    >>> printable("a\\x1b[31mb\\n")
    'a\\\\x1b[31mb\\\\n'
    """
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def unknown(what: str, name: object, known: Iterable[object], advice: str = "") -> str:
    """The message for a name that isn't there, with the nearest known one and at most twelve of the others.

    >>> unknown("column", "scores", ["score", "age"])
    "column 'scores' does not exist; did you mean 'score'? There are: 'score', 'age'."
    """
    names = [str(k) for k in known]
    near = difflib.get_close_matches(str(name)[:LONGEST], names, n=1)
    hint = f"; did you mean {shown(near[0])}?" if near else "."
    listed = ", ".join(shown(n) for n in names[:12]) + (f", … ({len(names)} in all)" if len(names) > 12 else "")
    return f"{what} {shown(name)} does not exist{hint} There are: {listed or 'none'}.{' ' + advice if advice else ''}"


def check_count(name: str, given: object, least: int = 0) -> None:
    """Refuse what is no whole number from ``least`` on.

    >>> check_count("n", -1)
    Traceback (most recent call last):
    ...
    prodmon_widgets.errors.InputError: n is -1; expected a whole number, 0 or more.
    """
    if isinstance(given, bool) or not isinstance(given, Integral) or given < least:
        raise InputError(f"{name} is {given!r}; expected a whole number, {least:,} or more.")
