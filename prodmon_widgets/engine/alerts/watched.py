"""What alerts need of a monitor."""

from __future__ import annotations

from typing import Protocol

import pandas as pd


class Benchmark(Protocol):
    """What production's scores are compared with."""

    @property
    def score(self) -> float:
        """The evaluation set's estimated score."""


class Watched(Protocol):
    """Quality and properties over time. Frames of :class:`prodmon_widgets.engine.monitor.Monitor`."""

    @property
    def evaluation_score(self) -> Benchmark:
        """The benchmark line."""

    def timeline(self, every: str | int | None = None, where: dict[str, object] | None = None) -> pd.DataFrame:
        """Quality over time; ``.attrs["noise"]``: the variance of each score by its samples."""

    def shares(self, every: str | int | None = None) -> pd.DataFrame:
        """Values over time: start, end, property, value, n (samples), share."""

    def compare(self, window: tuple[object, object]) -> pd.DataFrame:
        """Properties of a window."""

    def new_values(self, window: tuple[object, object]) -> pd.DataFrame:
        """Values that the evaluation set lacks."""
