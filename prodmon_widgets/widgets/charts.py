"""The bqplot charts, and the only place that imports bqplot: the timeline of quality, and volume with coverage below.

Python makes marks, scales and axes; what they show is drawn by the browser from the cube, which every view holds there
anyway: so a filter and a zoom answer at once, and without a kernel.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import warnings
from typing import Any

import bqplot
import numpy as np
import traitlets
from ipywidgets import Widget, jslink

MOST_POINTS = 240
"""Stretches of time that a line is drawn from; more can't be told apart on a screen. quality-series.ts has it too."""

# the theme and the palette of the settings decide, as in the other views; where there is no style, these
BLUE = "var(--pm-window, #0072b2)"
ORANGE = "var(--pm-benchmark, #b35900)"
GREY = "var(--pm-volume, #8a8a8a)"
GREEN = "var(--pm-coverage, #00785a)"
PURPLE = "var(--pm-supported, #aa4499)"
RED = "var(--pm-actual, #cc3311)"
MARGINS = {"top": 22, "bottom": 26, "left": 56, "right": 56}
"""``timeline.tsx`` has them too, for what it lays over the charts."""
QUALITY_HEIGHT, VOLUME_HEIGHT = "230px", "120px"


class Brush(bqplot.interacts.BrushIntervalSelector):
    """A brush that the kernel doesn't repeat to the page: over a slow line, that would move it back under the hand.

    Other pages of the same kernel follow the selection's window, and place their own brush there.
    """

    brushing = traitlets.Bool().tag(sync=True, echo_update=False)
    selected = bqplot.interacts.Array(None, allow_none=True).tag(
        sync=True, echo_update=False, **bqplot.interacts.array_serialization
    )


class TimelineCharts:
    """Two figures over one time axis, each with a brush; ``brush`` is the one that the selection observes."""

    def __init__(self, is_time: bool) -> None:
        _warn_of_bqplot_gl()
        self._time_axes: list[bqplot.Axis] = []
        self._x = (bqplot.DateScale if is_time else bqplot.LinearScale)()
        self._y, volume_y, share_y = (bqplot.LinearScale(min=0.0, max=1.0) for _ in range(3))
        above = _quality_marks({"x": self._x, "y": self._y})
        below = _volume_marks({"x": self._x, "y": volume_y}, {"x": self._x, "y": share_y})
        self.share = below["share"]
        score_axis = _axis(self._y, "score", ".2f")
        volume_axis = _axis(volume_y, "samples", "~s", side="right")
        share_axis = _axis(share_y, "share", ".0%")
        share_axis.tick_values = np.array([0.0, 0.5, 1.0])
        # never marks=: a selector with marks filters their points in the browser, which costs a pass each move
        self.brush = Brush(scale=self._x, color=BLUE)
        self.quality_figure = self._figure(list(above.values()), [score_axis], QUALITY_HEIGHT)
        self.volume_figure = self._figure(list(below.values()), [share_axis, volume_axis], VOLUME_HEIGHT)
        self.quality_figure.interaction = self.brush
        self._below = Brush(scale=self._x, color=BLUE)
        self.volume_figure.interaction = self._below
        self.parts: dict[str, Widget] = {
            **above,
            **below,
            "x": self._x,
            "y": self._y,
            "volume_y": volume_y,
            "score_axis": score_axis,
            "volume_axis": volume_axis,
            "time_axis": self._time_axes[0],
            "time_axis_below": self._time_axes[1],
        }
        """What the browser draws into, by name."""
        self._follow()

    def _follow(self) -> None:
        """Both charts show one brush: linked in the browser, so that neither waits for the kernel."""
        self.link = jslink((self.brush, "selected"), (self._below, "selected"))

    def use(self, brush: Any) -> None:
        """Take another chart's brush in place of the own one."""
        self.link.close()
        self.brush.close()
        self.brush = self.quality_figure.interaction = brush
        self._follow()

    def close(self) -> None:
        """Let go of the link between the brushes; figures go with the widget that shows them."""
        self.link.close()

    def _figure(self, marks: list[Any], axes: list[Any], height: str) -> bqplot.Figure:
        # without num_ticks the ticks of a date scale are round dates
        time_axis = bqplot.Axis(scale=self._x, grid_lines="none")
        self._time_axes.append(time_axis)
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


def _quality_marks(scales: dict[str, Any]) -> dict[str, bqplot.Lines]:
    """What the upper chart draws, from back to front."""
    return {
        "bounds": _area(scales, GREY, 0.20),
        "band": _area(scales, BLUE, 0.28),
        "benchmark_band": _area(scales, ORANGE, 0.18),
        "benchmark": _line(scales, ORANGE, "dashed"),
        "score": _line(scales, BLUE, "solid"),
        # dashes, not points: bqplot pads a chart by the size of its points, and the two would no longer line up
        "actual": _line(scales, RED, "solid"),
    }


def _volume_marks(of_volume: dict[str, Any], of_shares: dict[str, Any]) -> dict[str, bqplot.Lines]:
    """What the lower chart draws, from back to front; ``share`` is that of a segment that is pointed at elsewhere."""
    volume = bqplot.Lines(
        x=np.array([]),
        y=np.array([]),
        scales=of_volume,
        colors=[GREY],
        fill="bottom",
        fill_opacities=[0.35],
        stroke_width=1,
        interpolation="step-after",
    )
    share = _line(of_shares, RED, "solid")
    share.visible = False
    return {
        "volume": volume,
        "coverage": _line(of_shares, GREEN, "solid"),
        "supported": _line(of_shares, PURPLE, "dotted"),
        "share": share,
    }


def _line(scales: dict[str, Any], color: str, style: str) -> bqplot.Lines:
    return bqplot.Lines(x=np.array([]), y=np.array([]), scales=scales, colors=[color], line_style=style, stroke_width=2)


def _area(scales: dict[str, Any], color: str, opacity: float) -> bqplot.Lines:
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
        grid_lines="solid" if side == "left" else "none",
        label_offset="38px",
    )


def _warn_of_bqplot_gl() -> None:
    """bqplot-gl beside bqplot draws brushes whose selection never changes."""
    if bqplot_gl_installed():
        warnings.warn(BQPLOT_GL, UserWarning, stacklevel=2)


def bqplot_gl_installed() -> bool:
    """Whether the package that breaks brushing is there, or only its front end: that is what breaks it."""
    installed = importlib.metadata.Distribution.discover(name="bqplot-gl")
    return importlib.util.find_spec("bqplot_gl") is not None or any(True for _ in installed)


BQPLOT_GL = (
    "bqplot-gl is installed: with it JupyterLab draws brushes that never select anything. Remove it with "
    "'pip uninstall bqplot-gl' and reload the page."
)
