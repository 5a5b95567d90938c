"""Cancellation: long work polls whether anybody still waits for it, and stops early if not."""

from __future__ import annotations

from collections.abc import Callable

from prodmon_widgets.errors import MonitorError


class SearchCancelledError(MonitorError, RuntimeError):
    """Nobody waits for this search any more."""


def polling(cancelled: Callable[[], bool] | None) -> Callable[[], None]:
    """What a search calls often: raises SearchCancelledError once ``cancelled`` says so."""

    def poll() -> None:
        if cancelled is not None and cancelled():
            raise SearchCancelledError("this search was cancelled; ask again to get an answer.")

    return poll
