"""Paths as a user gives them."""

from __future__ import annotations

import os
from pathlib import Path


def local(path: str | os.PathLike[str]) -> Path:
    """The path, ``~`` for the user's home; a name that begins with a tilde and is nobody's home stays.

    >>> local("~tilde.csv").name
    '~tilde.csv'
    """
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
