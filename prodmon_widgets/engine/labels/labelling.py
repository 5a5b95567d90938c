"""Labelling: which samples people are asked about, and how much narrower their answers should make a band."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.labels.draws import Draw, choose, foreseen
from prodmon_widgets.engine.labels.labels import sampling_frame
from prodmon_widgets.engine.quality.estimate import Z
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.state import State, Where, named
from prodmon_widgets.engine.time.windows import Window
from prodmon_widgets.errors import InputError, check_count


def to_label(state: State, n: int, window: Window, where: Where | None, seed: int | None) -> pd.DataFrame:
    """Draw ``n`` samples and remember the draw in the state's labels; see ``Monitor.to_label``.

    Raises InputError where ``n`` is no count from 1 on, or nothing is left to draw.
    """
    check_count("n", n, least=1)
    side, labels = state.production, state.labels
    frame = sampling_frame(state.cube.time, state.bins(window), where)
    everyone = frame.mask(side.codes)
    left = everyone.copy()
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
    asked.attrs["expected_width"] = _expected_width(side, np.flatnonzero(everyone), n_labels)
    return asked


def _scores(side: SampleSet, rows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Score and support of these rows."""
    return side.score(rows), side.estimates(rows)["supported"].astype(bool)


def _expected_width(side: SampleSet, rows: NDArray[np.int64], n_labels: int) -> float:
    """Width of the band of these rows' score that so many drawn labels can be expected to leave."""
    score, supported = _scores(side, rows)
    sampling = float((score * (1 - score)).mean()) / len(rows)
    return float(min(1.0, 2 * Z * np.sqrt(sampling + foreseen(score, supported, n_labels) ** 2)))
