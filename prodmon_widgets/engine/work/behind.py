"""Work in threads beside the caller's own, which ends before the interpreter does.

A thread that is still inside a C++ library when the interpreter goes aborts the process. So what works behind is told
to stop at the interpreter's end, and waited for.
"""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections.abc import Callable

_working: weakref.WeakSet[Behind] = weakref.WeakSet()


class Behind:
    """A function in a thread of its own; ``stopping`` is what long work polls.

    >>> done = threading.Event()
    >>> work = Behind(done.set, "an-example")
    >>> work.join()
    >>> done.is_set(), work.alive
    (True, False)
    """

    def __init__(self, work: Callable[[], None], name: str, stop: Callable[[], None] = lambda: None) -> None:
        self._work = work
        self._stop = stop
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        if _ended.is_set():
            self.stop()
            return
        _working.add(self)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            _working.discard(self)

    @property
    def alive(self) -> bool:
        """Whether it works; in a forked child nothing does that the parent began."""
        return self._thread.is_alive()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._asked.is_set()

    def stop(self) -> None:
        """Tell it to stop soon."""
        self._asked.set()
        self._stop()

    def join(self) -> None:
        """Return when it has ended."""
        if self.alive and self._thread is not threading.current_thread():
            self._thread.join()


_ended = threading.Event()


@atexit.register
def end_all() -> None:
    """Tell all that works behind to stop, and wait for it."""
    _ended.set()
    working = list(_working)
    for each in working:
        each.stop()
    for each in working:
        each.join()


def _in_child() -> None:
    _working.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
