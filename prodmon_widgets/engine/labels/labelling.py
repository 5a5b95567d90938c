"""Labelling: which samples people are asked about, and how much narrower their answers should make a band."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.labels.arrivals import Arrived
from prodmon_widgets.engine.labels.draws import Draw, choose, foreseen
from prodmon_widgets.engine.labels.labels import sampling_frame
from prodmon_widgets.engine.quality.estimate import Z
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.state import State, Where, named
from prodmon_widgets.engine.time.windows import Window
from prodmon_widgets.errors import InputError, check_count, unknown

Sampled = Literal["random"]


def to_label(state: State, n: int, window: Window, where: Where | None, seed: int | None) -> pd.DataFrame:
    """Draw ``n`` samples and remember the draw in the state's labels; see ``Monitor.to_label``.

    Raises InputError where ``n`` is no count from 1 on, or nothing is left to draw.
    """
    check_count("n", n, least=1)
    side, labels = state.production, state.labels
    frame = sampling_frame(state.cube.time, state.bins(window), where)
    everyone = frame.mask(side.codes)
    left = everyone & np.isnan(state.said())
    left[labels.drawn()] = False
    rows = np.flatnonzero(left)
    if not len(rows):
        raise InputError(f"no sample is left to draw in {named(window, where)}.")
    at, probability = choose(*_scores(side, rows), int(n), len(labels.draws) if seed is None else seed)
    drawn = rows[at]
    n_labels = labels.n_of(frame.key) + len(drawn)
    labels.draws.append(Draw(frame.key, drawn, probability, len(rows)))
    now = state.score(window, where)
    asked = state.annotated(side.take(drawn), drawn).assign(probability=probability)
    if "id" not in asked.columns:
        asked.insert(0, "id", side.ids()[drawn])
    asked.attrs["width"] = float(now.high - now.low)
    everyone_drawn = left.copy()
    everyone_drawn[labels.drawn()] = True
    asked.attrs["expected_width"] = expected = _expected_width(side, everyone, everyone & everyone_drawn, n_labels)
    asked.attrs["narrows"] = expected < asked.attrs["width"]
    asked.attrs["note"] = "" if asked.attrs["narrows"] else _no_use(len(drawn), asked.attrs["width"], expected)
    return asked


def _no_use(n: int, width: float, expected: float) -> str:
    """That so many labels leave a band as wide as it is, or wider.

    >>> _no_use(30, 0.032, 0.365)
    '30 labels will not narrow this: the band is 0.032 wide now and should be 0.365 wide with them.'
    """
    return (
        f"{n} label{'s' * (n != 1)} will not narrow this: the band is {width:.3f} wide now and "
        f"should be {expected:.3f} wide with them."
    )


def label(state: State, labels: Arrived, sampled: Sampled | None) -> None:
    """Take labels into the state; see ``Monitor.label``. Raises InputError for another ``sampled``."""
    if sampled is not None and sampled not in get_args(Sampled):
        raise InputError(unknown("sampled", str(sampled), get_args(Sampled)))
    if sampled == "random":
        state.labels.draws += _vouched(state, np.unique(labels.rows[~np.isnan(labels.said)]))
    state.take(labels)


def _vouched(state: State, rows: NDArray[np.int64]) -> list[Draw]:
    """These rows as drawn at random from those without a label in the period that they cover, in whole time bins."""
    codes = state.production.codes
    rows = rows[(codes.time[rows] >= 0) & ~codes.labelled[rows]]
    if not len(rows):
        return []
    period = int(codes.time[rows].min()), int(codes.time[rows].max()) + 1
    frame = sampling_frame(codes.time_bins, period, None)
    n_frame = int((frame.mask(codes) & ~codes.labelled).sum())
    return [Draw(frame.key, rows, np.full(len(rows), len(rows) / n_frame), n_frame)]


def _scores(side: SampleSet, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Score and support of these rows."""
    return side.score(rows), side.estimates(rows)["supported"].astype(bool)


def _expected_width(side: SampleSet, frame: NDArray[np.bool_], drawn_from: NDArray[np.bool_], n_labels: int) -> float:
    """Width of the band of a frame's score that so many labels, drawn from these rows of it, should leave."""
    score, supported = _scores(side, np.flatnonzero(drawn_from))
    n, mean, share = len(score), float(score.mean()), len(score) / int(frame.sum())
    half = Z * foreseen(score, supported, n_labels)
    # what will be known by then bounds the rest
    least = mean * n_labels / n
    return share * float(min(mean + half, least + 1 - n_labels / n) - max(mean - half, least))
