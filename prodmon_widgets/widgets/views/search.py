"""A long question answered beside the kernel's own work: one thread, the newest question wins, older ones stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from prodmon_widgets.engine.work.behind import Behind

Question = TypeVar("Question")


@dataclass(frozen=True)
class Token:
    """Whether a question still matters. Long work polls ``cancelled`` and stops early."""

    _event: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Say that nobody waits for the answer any more."""
        self._event.set()

    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        return self._event.is_set()


class LatestOnly(Generic[Question]):
    """Calls ``work(question, token)`` in its own thread for the newest question only.

    ``ask`` returns at once; it cancels the question being worked on and replaces the one waiting. What ``work`` raises
    is its own to catch.
    """

    def __init__(self, work: Callable[[Question, Token], None], name: str = "prodmon-search") -> None:
        self._work = work
        self._name = name
        # at the interpreter's end a thread that is asked for is cancelled instead, by who asks
        self._changed = threading.RLock()
        self._waiting: tuple[Question, Token] | None = None
        self._token = Token()
        self._behind: Behind | None = None

    def ask(self, question: Question) -> None:
        """Answer this question next, and drop any older one."""
        with self._changed:
            self._token.cancel()
            self._token = Token()
            self._waiting = (question, self._token)
            if self._behind is None or not self._behind.alive:
                self._behind = Behind(self._run, self._name, self.cancel)

    def cancel(self) -> None:
        """Drop what waits and what is being worked on."""
        with self._changed:
            self._token.cancel()
            self._waiting = None

    def join(self) -> None:
        """Return when nothing is being worked on."""
        behind = self._behind
        if behind is not None:
            behind.join()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            self._work(*job)

    def _next(self) -> tuple[Question, Token] | None:
        """The newest question, or None, and then the thread ends: an idle view keeps none."""
        with self._changed:
            job, self._waiting = self._waiting, None
            if job is None:
                self._behind = None
            return job
