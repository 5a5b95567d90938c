"""Readiness: whether the scores are there yet, who waits for them, and who is told when figures change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from prodmon_widgets.engine.work.behind import Behind
from prodmon_widgets.engine.work.progress import Progress
from prodmon_widgets.errors import BackendError


class Readiness:
    """Work that gives scores is done at once or in a thread; whoever needs them waits, or hears what went wrong.

    Who waits also waits for all listeners to have heard of the last change: what they show and what a figure says is
    one state. Listeners themselves, in the thread that tells them, don't wait for each other.

    >>> ready = Readiness(Progress(False))
    >>> ready.run(lambda: None)
    >>> ready.done, ready.status
    (True, '')
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._listeners: list[Callable[[], None]] = []
        self._failure: BaseException | None = None
        self._over = threading.Event()
        self._telling = threading.RLock()
        self._process = os.getpid()
        self._behind: Behind | None = None

    def run(self, work: Callable[[], None]) -> None:
        """Do the work here; an error is the caller's."""
        work()
        self._finish()

    def run_behind(self, work: Callable[[], None]) -> None:
        """Do the work in a thread; an error is raised where somebody waits."""
        self._behind = Behind(lambda: self._guarded(work), "prodmon-scores")

    @property
    def stopping(self) -> bool:
        """Whether the interpreter ends while the work is still being done."""
        return self._behind is not None and self._behind.stopping

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            self.run(work)
        except BaseException as failure:  # noqa: BLE001  handed to whoever waits for the scores
            self._failure = failure
            self._finish()

    def _finish(self) -> None:
        # held before anybody wakes: who waits for the scores then waits for those who are told, too
        with self._telling:
            self._over.set()
            if not self.stopping:
                self.tell()

    def wait(self) -> None:
        """Return when the work is done and everybody has heard of it; raises what went wrong with it."""
        self._check_process()
        self._over.wait()
        with self._telling:
            pass
        if self._failure is not None:
            raise self._failure

    def _check_process(self) -> None:
        """A forked child has none of the parent's threads: what they were doing is never done there."""
        if self._process == os.getpid():
            return
        if not self._over.is_set():
            raise BackendError(
                "this process was forked while the estimates were still being made, and nobody makes them here; "
                "call monitor.wait() before forking, or make the monitor in this process."
            )
        self._process, self._telling = os.getpid(), threading.RLock()

    @property
    def done(self) -> bool:
        """Whether the scores are there."""
        return self._over.is_set() and self._failure is None

    @property
    def status(self) -> str:
        """What is being done now; empty when the scores are there."""
        if self._failure is not None:
            return f"the estimates failed: {self._failure}"
        return "" if self.done else self._progress.text

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever figures change; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def tell(self) -> None:
        """Figures have changed: call every listener."""
        self._check_process()
        with self._telling:
            for listener in list(self._listeners):
                listener()
