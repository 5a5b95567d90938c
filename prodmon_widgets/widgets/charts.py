"""The bqplot charts, and the only place that imports bqplot: the timeline of quality, and volume with coverage below.

Charts draw bins, never rows. Times are naive UTC, since bqplot takes a slow path for anything else.
"""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import bqplot
import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_POINTS = 240
"""Stretches of time that a line is drawn from; more can't be told apart on a screen."""

BLUE, ORANGE, GREY = "#0072b2", "#b35900", "#8a8a8a"
MARGINS = {"top": 12, "bottom": 26, "left": 52, "right": 46}
QUALITY_HEIGHT, VOLUME_HEIGHT = "230px", "120px"


class TimelineCharts:
    """Two figures over one time axis, each with a brush; ``brush`` is the one that the selection observes."""

    def __init__(self, is_time: bool) -> None:
        _warn_of_bqplot_gl()
        self._is_time = is_time
        self._x = (bqplot.DateScale if is_time else bqplot.LinearScale)()
        self._y = bqplot.LinearScale(min=0.0, max=1.0)
        self._volume_y = bqplot.LinearScale(min=0.0)
        self._share_y = bqplot.LinearScale(min=0.0, max=1.0)
        scales = {"x": self._x, "y": self._y}
        nothing = np.array([])
        self.bounds = _area(scales, GREY, 0.16, "bounds")
        self.band = _area(scales, BLUE, 0.28, "band")
        self.benchmark_band = _area(scales, ORANGE, 0.18, "benchmark band")
        self.benchmark = _line(scales, ORANGE, "dashed")
        self.score = _line(scales, BLUE, "solid")
        self.doubtful = bqplot.Scatter(
            x=nothing, y=nothing, scales=scales, marker="cross", colors=[GREY], default_size=28, names=np.array([])
        )
        self.actual = bqplot.Scatter(
            x=nothing,
            y=nothing,
            scales=scales,
            marker="diamond",
            colors=["#00785a"],
            default_size=36,
            names=np.array([]),
        )
        self.volume = bqplot.Lines(
            x=nothing,
            y=nothing,
            scales={"x": self._x, "y": self._volume_y},
            colors=[GREY],
            fill="bottom",
            fill_opacities=[0.35],
            stroke_width=1,
            interpolation="step-after",
        )
        self.coverage = _line({"x": self._x, "y": self._share_y}, "#00785a", "solid")
        self.supported = _line({"x": self._x, "y": self._share_y}, "#aa4499", "dotted")
        # never marks=: a selector with marks filters their points in the browser, which costs a pass each move
        self.brush = bqplot.interacts.BrushIntervalSelector(scale=self._x, color=BLUE)
        self.quality_figure = self._figure(
            [self.bounds, self.band, self.benchmark_band, self.benchmark, self.score, self.doubtful, self.actual],
            [_axis(self._y, "estimated score", ".0%")],
            QUALITY_HEIGHT,
        )
        self.volume_figure = self._figure(
            [self.volume, self.coverage, self.supported],
            [_axis(self._share_y, "coverage, support", ".0%"), _axis(self._volume_y, "samples", "~s", side="right")],
            VOLUME_HEIGHT,
        )
        self.quality_figure.interaction = self.brush

    def _figure(self, marks: list[Any], axes: list[Any], height: str) -> bqplot.Figure:
        time_axis = bqplot.Axis(scale=self._x, grid_lines="none", num_ticks=8)
        figure = bqplot.Figure(marks=marks, axes=[time_axis, *axes], fig_margin=MARGINS, animation_duration=0)
        figure.layout.height = height
        figure.layout.min_height = height
        figure.layout.width = "100%"
        figure.min_aspect_ratio, figure.max_aspect_ratio = 0.1, 100
        if figure.has_trait("display_toolbar"):
            figure.display_toolbar = False
        return figure

    def show(self, frame: pd.DataFrame, benchmark: tuple[float, float, float] | None) -> None:
        """Draw a timeline frame (one row a stretch) and the benchmark (score, low, high)."""
        x = self._positions(frame)
        known = frame[frame["n"] > 0] if "score" in frame else frame.iloc[:0]
        at = self._positions(known)
        with self.quality_figure.hold_sync(), self.volume_figure.hold_sync():
            self._show_volume(frame, x, known, at)
            if not len(known):
                return
            _fill(self.bounds, at, known["worst"], known["best"])
            _fill(self.band, at, known["low"], known["high"])
            _set(self.score, at, known["score"])
            doubtful = ~known["estimable"].to_numpy(dtype=bool)
            _set(self.doubtful, at[doubtful], known["score"][doubtful])
            self._show_benchmark(x, benchmark)
            self._fit(known, benchmark)

    def _show_volume(self, frame: pd.DataFrame, x: Any, known: pd.DataFrame, at: Any) -> None:
        _set(self.volume, x, frame["n"])
        if len(known):
            _set(self.coverage, at, known["coverage"])
            _set(self.supported, at, known["supported"])

    def _show_benchmark(self, x: Any, benchmark: tuple[float, float, float] | None) -> None:
        if benchmark is None or not len(x):
            return
        ends = x[[0, -1]]
        score, low, high = (pd.Series([value, value]) for value in benchmark)
        _set(self.benchmark, ends, score)
        _fill(self.benchmark_band, ends, low, high)

    def _fit(self, frame: pd.DataFrame, benchmark: tuple[float, float, float] | None) -> None:
        """The score's axis around what there is to see, never beyond [0, 1]; bounds may reach out of it."""
        values = np.concatenate([frame["low"], frame["high"], benchmark or []])
        values = values[np.isfinite(values)]
        low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
        room = max(0.02, (high - low) * 0.08)
        self._y.min = max(0.0, np.floor((low - room) * 20) / 20)
        self._y.max = min(1.0, np.ceil((high + room) * 20) / 20)

    def _positions(self, frame: pd.DataFrame) -> NDArray[Any]:
        """The middle of each stretch."""
        if not self._is_time:
            return ((frame["start"] + frame["end"]) / 2).to_numpy(dtype=np.float64)
        middle = frame["start"] + (frame["end"] - frame["start"]) / 2
        return middle.to_numpy().astype("datetime64[ms]")


def _line(scales: dict[str, Any], color: str, style: str) -> bqplot.Lines:
    return bqplot.Lines(x=np.array([]), y=np.array([]), scales=scales, colors=[color], line_style=style, stroke_width=2)


def _area(scales: dict[str, Any], color: str, opacity: float, name: str) -> bqplot.Lines:
    return bqplot.Lines(
        x=np.array([]),
        y=np.array([[], []]),
        scales=scales,
        colors=[color, color],
        fill="between",
        stroke_width=0,
        fill_colors=[color],
        fill_opacities=[opacity],
        opacities=[0.0, 0.0],
        labels=[name],
    )


def _axis(scale: bqplot.Scale, label: str, tick_format: str, side: str = "left") -> bqplot.Axis:
    return bqplot.Axis(
        scale=scale,
        orientation="vertical",
        side=side,
        label=label,
        tick_format=tick_format,
        num_ticks=5,
        grid_lines="solid" if side == "left" else "none",
        label_offset="38px",
    )


def _set(mark: Any, x: NDArray[Any], y: pd.Series[float]) -> None:
    with mark.hold_sync():
        mark.x = x
        mark.y = y.to_numpy(dtype=np.float64)


def _fill(mark: Any, x: NDArray[Any], low: pd.Series[float], high: pd.Series[float]) -> None:
    with mark.hold_sync():
        mark.x = x
        mark.y = np.array([low.to_numpy(dtype=np.float64), high.to_numpy(dtype=np.float64)])


def _warn_of_bqplot_gl() -> None:
    """bqplot-gl beside bqplot draws brushes whose selection never changes."""
    if bqplot_gl_installed():
        warnings.warn(BQPLOT_GL, UserWarning, stacklevel=2)


def bqplot_gl_installed() -> bool:
    """Whether the package that breaks brushing is there."""
    return importlib.util.find_spec("bqplot_gl") is not None


BQPLOT_GL = (
    "bqplot-gl is installed: with it JupyterLab draws brushes that never select anything. Remove it with "
    "'pip uninstall bqplot-gl' and reload the page."
)
