"""Frames of a stream with ids, a city and a number, and a monitor of them that is made in half a second."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from prodmon_widgets.engine.monitor import Monitor


def labelled(n: int, start: str, days: float, seed: int, cities: str = "ABC") -> pd.DataFrame:
    """Rows of id, timestamp, city, x, prediction, label; the label is right more often where x is large."""
    rng = np.random.default_rng(seed)
    made = pd.DataFrame(
        {
            "id": [f"{seed}-{i}" for i in range(n)],
            "timestamp": (pd.Timestamp(start) + pd.to_timedelta(np.sort(rng.random(n)) * days, unit="D")).floor("s"),
            "city": rng.choice(list(cities), n),
            "x": rng.random(n),
            "prediction": rng.choice(["a", "b"], n),
        }
    )
    return made.assign(label=np.where(rng.random(n) < 0.6 + 0.35 * made["x"], made["prediction"], "z"))


def stream(n: int, start: str, days: float, seed: int, cities: str = "ABC") -> pd.DataFrame:
    """The same as production sends it: without the label."""
    return labelled(n, start, days, seed, cities).drop(columns="label")


def watched(evaluation: Any, production: Any, **more: Any) -> Monitor:
    """A monitor with a fast annotator."""
    return Monitor(
        evaluation, production, text=False, progress=False, annotator=LogisticRegression(max_iter=5_000), **more
    )
