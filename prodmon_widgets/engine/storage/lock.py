"""One writer at a time, and nothing removed that another still reads.

Both are locks of the operating system on a file: they end with the process that holds them, however it ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from prodmon_widgets.errors import InputError

try:
    import fcntl
except ImportError:  # Windows, where a file that is open isn't removed anyway
    fcntl = None  # type: ignore[assignment]

LOCK, IN_USE = "lock", "in-use"
PATIENCE = 60.0
"""Seconds that a writer waits for another."""


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold a store while it is changed; raises InputError where another holds it for longer than PATIENCE."""
    # one object a path, so that who holds it may take it again
    held = filelock.FileLock(folder.resolve() / LOCK, mode=0o600, is_singleton=True)
    try:
        held.acquire(timeout=PATIENCE)
    except filelock.Timeout as error:
        raise InputError(
            f"{folder} is being changed by another process, for more than {PATIENCE:g} seconds now. Nothing was "
            "written: try again when it has ended."
        ) from error
    try:
        yield
    finally:
        held.release()


class Reading:
    """As long as this lives, a folder of data is read by somebody."""

    def __init__(self, data: Path) -> None:
        self._file: int | None = None
        if fcntl is None or not (data / IN_USE).is_file():
            return
        self._file = os.open(data / IN_USE, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            os.close(self._file)  # type: ignore[arg-type]  # it is none of None
            self._file = None


def is_read(data: Path) -> bool:
    """Whether somebody, here or in another process, may still read a folder of data."""
    if fcntl is None or not (data / IN_USE).is_file():
        return False
    file = os.open(data / IN_USE, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
