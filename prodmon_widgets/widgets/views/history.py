"""What history says beside the score: when alerts would have fired, and when the decline began, as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.alerts.alerts import Alerts
from prodmon_widgets.engine.causes.onset import decline
from prodmon_widgets.engine.monitor import Monitor


def history_of(monitor: Monitor, where: Mapping[str, object] | None = None) -> dict[str, Any]:
    """``alerts``: a rule that fired with its stretches of time, worst first; ``onset``: of the decline, or None.

    Times are epoch milliseconds, or row numbers. Alerts are those of all production, the onset is that of ``where``.
    """
    return {"alerts": alerts_as_json(monitor.alerts()), "onset": onset_of(monitor.timeline(where=where))}


def alerts_as_json(alerts: Alerts) -> list[dict[str, Any]]:
    """Rules that fired: name, threshold, stretches, and whether the alert is open now."""
    now = {str(row["rule"]): row for row in alerts.open.to_dict("records")}
    found = []
    for rule in alerts.rules.loc[alerts.rules["fired"] > 0].to_dict("records"):
        name = str(rule["rule"])
        mine = alerts.history[alerts.history["rule"] == name]
        value = now[name]["value"] if name in now else None
        found.append({"rule": name, "fired": stretches(mine), "open": name in now, "value": value})
    return sorted(found, key=lambda alert: not alert["open"])


def stretches(history: pd.DataFrame) -> list[tuple[float, float]]:
    """Consecutive periods that fired, as one [start, end) each."""
    fired = history["fired"].to_numpy(dtype=bool)
    edges = np.flatnonzero(np.diff(fired, prepend=False, append=False))
    starts, ends = _numbers(history["start"]), _numbers(history["end"])
    return [(float(starts[low]), float(ends[high - 1])) for low, high in list(pairwise(edges))[::2]]


def onset_of(timeline: pd.DataFrame) -> dict[str, Any] | None:
    """When the score's decline began, with its 95 % interval; None where nothing, or no decline, is beyond chance."""
    found = decline(timeline)
    if found is None:
        return None
    starts, ends = _numbers(timeline["start"]), _numbers(timeline["end"])
    return {
        "shape": found.shape,
        "at": float(starts[found.at]),
        "low": float(starts[found.low]),
        "high": float(ends[found.high]),
        "before": found.before,
        "after": found.after,
    }


def _numbers(times: pd.Series[Any]) -> NDArray[np.float64]:
    if not pd.api.types.is_datetime64_any_dtype(times):
        return times.to_numpy(dtype=np.float64)
    return times.to_numpy(dtype="datetime64[ms]").astype(np.int64).astype(np.float64)
