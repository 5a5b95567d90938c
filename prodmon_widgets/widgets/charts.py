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
from ipywidgets import jslink
from numpy.typing import NDArray

MOST_POINTS = 240
"""Stretches of time that a line is drawn from; more can't be told apart on a screen."""

BLUE, ORANGE, GREY, GREEN, PURPLE, RED = "#0072b2", "#b35900", "#8a8a8a", "#00785a", "#aa4499", "#cc3311"
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
        self.doubtful = _area(scales, GREY, 0.30, "not estimable")
        self.actual = _line(scales, GREEN, "dotted")
        self.doubtful.visible = self.actual.visible = False
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
        self.coverage = _line({"x": self._x, "y": self._share_y}, GREEN, "solid")
        self.supported = _line({"x": self._x, "y": self._share_y}, PURPLE, "dotted")
        # the share of a segment that is pointed at elsewhere; the browser fills in its y
        self.share = _line({"x": self._x, "y": self._share_y}, RED, "solid")
        self.share.visible = False
        self._score_axis = _axis(self._y, "score", ".0%")
        self._volume_axis = _axis(self._volume_y, "samples", "~s", side="right")
        share_axis = _axis(self._share_y, "share", ".0%")
        share_axis.tick_values = np.array([0.0, 0.5, 1.0])
        # never marks=: a selector with marks filters their points in the browser, which costs a pass each move
        self.brush = bqplot.interacts.BrushIntervalSelector(scale=self._x, color=BLUE)
        self.quality_figure = self._figure(
            [self.doubtful, self.bounds, self.band, self.benchmark_band, self.benchmark, self.actual, self.score],
            [self._score_axis],
            QUALITY_HEIGHT,
        )
        self.volume_figure = self._figure(
            [self.volume, self.coverage, self.supported, self.share],
            [share_axis, self._volume_axis],
            VOLUME_HEIGHT,
        )
        self.quality_figure.interaction = self.brush
        self._below = bqplot.interacts.BrushIntervalSelector(scale=self._x, color=BLUE)
        self.volume_figure.interaction = self._below
        self._follow()

    def _follow(self) -> None:
        """Both charts show one brush: linked in the browser, so that neither waits for the kernel."""
        self._link = jslink((self.brush, "selected"), (self._below, "selected"))

    def use(self, brush: Any) -> None:
        """Take another chart's brush in place of the own one."""
        self._link.close()
        self.brush = self.quality_figure.interaction = brush
        self._follow()

    def _figure(self, marks: list[Any], axes: list[Any], height: str) -> bqplot.Figure:
        time_axis = bqplot.Axis(scale=self._x, grid_lines="none", num_ticks=8)
        figure = bqplot.Figure(
            marks=marks, axes=[time_axis, *axes], fig_margin=MARGINS, animation_duration=0, padding_x=0, padding_y=0
        )
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
        self._span(frame)
        known = frame[frame["n"] > 0] if "score" in frame else frame.iloc[:0]
        at = self._positions(known)
        with self.quality_figure.hold_sync(), self.volume_figure.hold_sync():
            self._show_volume(frame, x, known, at)
            if not len(known):
                return
            _fill(self.bounds, at, known["worst"], known["best"])
            _fill(self.band, at, known["low"], known["high"])
            _set(self.score, at, known["score"])
            self.actual.visible = "actual" in known and bool(known["actual"].notna().any())
            if self.actual.visible:
                _set(self.actual, at, known["actual"])
            self._show_benchmark(x, benchmark)
            self._fit(known, benchmark)

    def _show_volume(self, frame: pd.DataFrame, x: Any, known: pd.DataFrame, at: Any) -> None:
        _set(self.volume, x, frame["n"])
        _set(self.share, x, frame["n"] * 0.0)
        ticks = ticks_between(0.0, float(max(frame["n"].max(), 1)), most=3)
        self._volume_y.max = float(ticks[-1])
        self._volume_axis.tick_values = ticks
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
        ticks = ticks_between(max(0.0, low - 0.02), min(1.0, high + 0.02))
        self._y.min, self._y.max = float(ticks[0]), float(ticks[-1])
        self._score_axis.tick_values = ticks
        estimable = frame["estimable"].to_numpy(dtype=bool) | (frame["n"] == 0).to_numpy()
        doubtful = np.where(estimable, np.nan, 1.0)
        # a line of nothing but gaps is drawn with an invalid path
        self.doubtful.visible = not estimable.all()
        if estimable.all():
            return
        _fill(self.doubtful, self._positions(frame), pd.Series(doubtful * ticks[0]), pd.Series(doubtful * ticks[-1]))

    def _span(self, frame: pd.DataFrame) -> None:
        """Both charts from the first stretch's start to the last one's end."""
        start, end = frame["start"].iloc[0], frame["end"].iloc[-1]
        self._x.min, self._x.max = (
            (start.to_pydatetime(), end.to_pydatetime()) if self._is_time else (float(start), float(end))
        )

    def _positions(self, frame: pd.DataFrame) -> NDArray[Any]:
        """The middle of each stretch."""
        if not self._is_time:
            return ((frame["start"] + frame["end"]) / 2).to_numpy(dtype=np.float64)
        middle = frame["start"] + (frame["end"] - frame["start"]) / 2
        return middle.to_numpy().astype("datetime64[ms]")


def ticks_between(low: float, high: float, most: int = 5) -> NDArray[np.float64]:
    """At most ``most`` steps of a round size around [low, high].

    >>> ticks_between(0.63, 0.88).tolist()
    [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]
    """
    rough = max(high - low, 1e-9) / most
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return np.round(np.arange(first, last + 1) * step, 10)


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
    # later versions of bqplot read the orientation off the side
    older = {"orientation": "vertical"} if "orientation" in bqplot.Axis.class_traits() else {}
    return bqplot.Axis(
        **older,
        scale=scale,
        side=side,
        label=label,
        tick_format=tick_format,
        num_ticks=5,
        grid_lines="solid" if side == "left" else "none",
        label_offset="36px",
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
