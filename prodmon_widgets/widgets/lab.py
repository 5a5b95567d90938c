"""What the side panel of the JupyterLab extension lists: the monitors of a kernel, as plain facts.

The extension evaluates one fixed expression, ``monitors(globals())``, and gets JSON back; nothing here waits for
estimates or reads rows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from prodmon_widgets.engine.monitor import Monitor
from prodmon_widgets.errors import MonitorError

MOST_POINTS = 120


class MonitorFacts(list[dict[str, Any]]):
    """A list of facts that reaches the front end as JSON."""

    def _repr_json_(self) -> list[dict[str, Any]]:
        return list(self)


def monitors(namespace: Mapping[str, object]) -> MonitorFacts:
    """The monitors that a namespace names, in its order: name, score with band, benchmark, trend, open alerts."""
    named = {name: value for name, value in namespace.items() if isinstance(value, Monitor) and name[:1] != "_"}
    return MonitorFacts(facts(name, monitor) for name, monitor in named.items())


def facts(name: str, monitor: Monitor) -> dict[str, Any]:
    """One monitor's row; without figures while its scores are being estimated."""
    known = {"name": name, "summary": monitor.status}
    if not monitor.scored:
        return known | {"score": None, "low": None, "high": None, "benchmark": None, "trend": [], "alerts": 0}
    now = monitor.score()
    return known | {
        "summary": f"{int(now.n):,} production samples",
        "score": number(now.score),
        "low": number(now.low),
        "high": number(now.high),
        "benchmark": number(monitor.evaluation_score.score),
        "trend": trend(monitor),
        "alerts": open_alerts(monitor),
    }


def trend(monitor: Monitor) -> list[float | None]:
    """The score over time, in at most 120 steps."""
    scores = monitor.timeline()["score"]
    step = max(1, math.ceil(len(scores) / MOST_POINTS))
    return [number(score) for score in scores.iloc[::step]]


def open_alerts(monitor: Monitor) -> int:
    """How many of the default rules' alerts are open; none where they can't be rehearsed."""
    alerts = getattr(monitor, "alerts", None)
    if alerts is None:
        return 0
    try:
        return len(alerts().open)
    except MonitorError:
        return 0


def number(value: Any) -> float | None:
    """A float that JSON can hold, or None.

    >>> number(0.5), number(float("nan"))
    (0.5, None)
    """
    known = float(value)  # numpy scalars and 0-d arrays come as well
    return known if math.isfinite(known) else None
