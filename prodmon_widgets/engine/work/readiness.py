"""Readiness: whether the scores are there yet, who waits for them, and who is told when figures change."""

from __future__ import annotations

import threading
from collections.abc import Callable

from prodmon_widgets.engine.work.progress import Progress


class Readiness:
    """Work that gives scores is done at once or in a thread; whoever needs them waits, or hears what went wrong.

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

    def run(self, work: Callable[[], None]) -> None:
        """Do the work here; an error is the caller's."""
        work()
        self._over.set()
        self.tell()

    def run_behind(self, work: Callable[[], None]) -> None:
        """Do the work in a thread; an error is raised where somebody waits."""
        threading.Thread(target=self._guarded, args=(work,), name="prodmon-scores", daemon=True).start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            self.run(work)
        except BaseException as failure:  # noqa: BLE001  handed to whoever waits for the scores
            self._failure = failure
            self._over.set()
            self.tell()

    def wait(self) -> None:
        """Return when the work is done; raises what went wrong with it."""
        self._over.wait()
        if self._failure is not None:
            raise self._failure

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
        for listener in list(self._listeners):
            listener()
