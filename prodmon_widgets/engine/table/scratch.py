"""Temporary folders: one a process, private, gone with it; what a killed process left is swept by the next one.

A process holds a lock on a file in its folder as long as it lives, on any machine and in any container that shares the
disk. A folder whose lock is free belongs to nobody any more.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from prodmon_widgets.engine.work.behind import end_all

PREFIX, BEING_MADE = "prodmon-", "prodmon.new-"
LOCK = "lock"


class Scratch:
    """A temporary folder that lives as long as the rows that were written into it, or as the process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rows-", dir=process_folder()))
        remove = weakref.finalize(self, _remove, self.folder, os.getpid())
        # at the interpreter's end the process's whole folder goes
        remove.atexit = False


def process_folder() -> Path:
    """The folder of this process, for its user alone (0700); a forked child has one of its own."""
    return _folder_of(os.getpid())


@cache
def _folder_of(process: int) -> Path:
    base = Path(tempfile.gettempdir())
    made = Path(tempfile.mkdtemp(prefix=BEING_MADE, dir=base))
    lock = _lock(made)
    lock.acquire()
    # nobody sweeps what isn't called so yet: it is locked by then
    folder = made.rename(made.with_name(made.name.replace(BEING_MADE, PREFIX)))
    _held.append(lock)
    atexit.register(_leave, folder, process)
    sweep(base)
    return folder


_held: list[FileLock] = []
"""Locks are let go when the process is gone, however it went."""


def sweep(base: Path) -> None:
    """Remove the folders of processes that are gone; what is somebody else's, or no folder of this kind, is left."""
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if _is_own(folder) and _is_left(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_own(folder: Path) -> bool:
    if folder.is_symlink() or not (folder / LOCK).is_file():
        return False
    return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()


def _is_left(folder: Path) -> bool:
    lock = _lock(folder)
    try:
        lock.acquire()
    except Timeout:
        return False
    lock.release()
    return True


def _lock(folder: Path) -> FileLock:
    return FileLock(folder / LOCK, timeout=0, mode=0o600, thread_local=False)


def _leave(folder: Path, process: int) -> None:
    end_all()
    _remove(folder, process)


def _remove(folder: Path, process: int) -> None:
    # a forked child ends with the parent's objects in hand: they are not its own to remove
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
