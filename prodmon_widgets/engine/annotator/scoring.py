"""Scores frozen into samples: an annotator learns on the evaluation set, adapts to each block of time, speaks once.

A block is a fixed stretch of time. Density re-weighting happens per block, so every sample keeps the score it got,
and every figure over a window is a plain sum over its samples.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from prodmon_widgets.engine.annotator.ageing import N_STRETCHES
from prodmon_widgets.engine.annotator.annotator import Annotations, Annotator
from prodmon_widgets.engine.annotator.calendar import told_by_calendar
from prodmon_widgets.engine.annotator.features import Features
from prodmon_widgets.engine.annotator.symptoms import ALWAYS, symptoms
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.time.bins import DAY, TimeBins
from prodmon_widgets.errors import InputError

Progress = Callable[[float], None]

FEWEST_LABELS, FEWEST_OF_A_KIND = 50, 10
ROWS_PER_BLOCK, MOST_BLOCKS, ADAPT_ROWS = 1000, 16, 5000
BATCH = 200_000


def as_annotator(given: object | None) -> Annotator:
    """Our annotator; an object with ``fit`` and ``predict_proba`` becomes its correctness model."""
    if isinstance(given, Annotator):
        return given
    if given is None:
        return Annotator()
    if hasattr(given, "fit") and hasattr(given, "predict_proba") and not isinstance(given, type):
        return Annotator(model=given)
    came = f"the class {given.__name__}" if isinstance(given, type) else f"a {type(given).__name__}"
    raise InputError(f"annotator is {came}; expected an Annotator or any object with fit and predict_proba.")


def check_labels(actual: NDArray[np.float64]) -> None:
    """Refuse an evaluation set that can't teach, warn of one that teaches little."""
    n_good, n_bad = int((actual == 1).sum()), int((actual == 0).sum())
    if not n_good or not n_bad:
        missing = "labelled" if not n_good + n_bad else "bad" if n_good else "good"
        raise InputError(
            f"the evaluation set has no {missing} sample ({n_good} good, {n_bad} bad of {len(actual)}); an annotator "
            "needs both kinds. Name the column with Schema(annotation=...), Schema(label=...) or Schema(good=...)."
        )
    if n_good + n_bad < FEWEST_LABELS or min(n_good, n_bad) < FEWEST_OF_A_KIND:
        warnings.warn(
            f"only {n_good} good and {n_bad} bad evaluation samples; below {FEWEST_LABELS} labels or "
            f"{FEWEST_OF_A_KIND} of a kind the bands are wide.",
            UserWarning,
            stacklevel=4,
        )


def blocks_of_bins(time: TimeBins, n_rows: int) -> NDArray[np.int64]:
    """Block number of each time bin: whole days where time is time, some ``ROWS_PER_BLOCK`` samples or more each.

    >>> np.bincount(blocks_of_bins(TimeBins(0, DAY // 4, 120), 7000)).tolist()
    [20, 20, 20, 20, 20, 20]
    """
    most = int(np.clip(n_rows // ROWS_PER_BLOCK, 1, MOST_BLOCKS))
    length = -(-time.count // most)
    if time.is_time and time.step < DAY:
        per_day = DAY // time.step
        length = -(-length // per_day) * per_day
    return np.arange(time.count) // length


def blocks_to_the_end(time: TimeBins, n_rows: int) -> NDArray[np.int64]:
    """The same, counted from the end: the last block is a whole one, however few samples its last day has.

    >>> np.bincount(blocks_to_the_end(TimeBins(0, DAY, 25), 3000)).tolist()
    [7, 9, 9]
    """
    from_start = blocks_of_bins(time, n_rows)
    return np.asarray(from_start.max() - from_start)[::-1]


def fit(annotator: Annotator, evaluation: SampleSet, text: tuple[str, ...]) -> None:
    """Learn on the evaluation set and freeze its out-of-fold scores into it."""
    features, time, roles = Features(evaluation, text), evaluation.times(), _roles(evaluation)
    X = features.take(np.arange(evaluation.n_rows))
    roled = {*text, *roles["judges"], roles["confidence"], roles["prediction"]} & set(X.columns)
    unread = told_by_calendar(X.drop(columns=list(roled)), time) | _versions(evaluation)
    with one_thread():
        annotator.fit(X, evaluation.actual, time=time, text_columns=text, sets=features.sets(), unread=unread, **roles)
    evaluation.allocate()
    _store(evaluation, slice(None), annotator.evaluation_)


def _versions(samples: SampleSet) -> dict[str, str]:
    """A new version is compared: that it is new makes no sample unlike the evaluation set's."""
    return {p.name: "says which version made a sample" for p in samples.properties if p.role == "version"}


def one_thread() -> threadpool_limits:
    """Small fits are as fast on one thread, and on a busy machine threads that wait for each other are far slower."""
    return threadpool_limits(limits=1, user_api="openmp")


def _roles(samples: SampleSet) -> dict[str, Any]:
    """Which of the features are the confidence, the predicted class, and scores that somebody gave samples."""
    names = {p.name for p in samples.properties}
    roles: dict[str, Any] = {role: role if role in names else None for role in ("confidence", "prediction")}
    numeric = {p.name for p in samples.properties if p.kind == "numeric"}
    return roles | {"judges": [name for name in symptoms(samples) if name in numeric and name not in ALWAYS]}


def freeze(
    annotator: Annotator,
    samples: SampleSet,
    block: NDArray[np.int64],
    text: tuple[str, ...],
    progress: Progress,
    past: SampleSet | None = None,
) -> BlockTerms:
    """Adapt to each block, then annotate all samples in batches; ``block`` is the block of each time bin.

    The ``past`` samples of a block teach what it is like and keep the scores that they have. Returns the terms of each
    time bin. Memory grows with the batch only; the result does not depend on its size.
    """
    of_row = _row_blocks(samples.codes, block)
    with one_thread():
        frame, of_frame = _like_the_blocks(samples, past, block, text)
        when = times_of_blocks(annotator, samples.codes.time_bins, block, samples.n_rows)
        annotator.adapt(frame, of_frame, when[of_frame])
    samples.allocate()
    for low, high, frame in Features(samples, text).batches(BATCH):
        _store(samples, slice(low, high), annotator.annotate(frame, of_row[low:high]))
        progress(high / max(samples.n_rows, 1))
    return _terms(annotator, block)


def _like_the_blocks(
    samples: SampleSet, past: SampleSet | None, block: NDArray[np.int64], text: tuple[str, ...]
) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Features of at most ADAPT_ROWS samples of each block that has some of ``samples``, and their blocks."""
    time, of_row = samples.codes.time_bins, _row_blocks(samples.codes, block)
    before, of_past = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if past is not None:
        past = past.with_levels(samples.codes.bins)
        bins = time.codes(past.codes.time_bins.edges()[:-1])
        touched = np.isin(block[bins], of_row)
        # −1, no time, points to the last entry
        before = np.flatnonzero(np.append(touched, False)[past.codes.time])
        of_past = block[bins[past.codes.time[before]]]
    both = np.concatenate([of_past, of_row])
    chosen = _sample_rows(both)
    earlier, later = chosen[chosen < len(before)], chosen[chosen >= len(before)] - len(before)
    frame = Features(samples, text).take(later)
    if past is not None and len(earlier):
        frame = pd.concat([Features(past, text).take(before[earlier]), frame], ignore_index=True)
    return frame, both[chosen]


def _row_blocks(codes: CodeTable, block: NDArray[np.int64]) -> NDArray[np.int64]:
    """Block of each row; a sample without a time, whose bin is −1, belongs to the last block."""
    return block[codes.time]


def times_of_blocks(annotator: Annotator, time: TimeBins, block: NDArray[np.int64], n_rows: int) -> NDArray[np.float64]:
    """The middle of each block on the clock that the annotator knows.

    Where one of the sides has no times it is as if production began right after the evaluation set.
    """
    middle = (time.edges()[:-1] + time.edges()[1:]) / 2
    of_block = np.bincount(block, middle) / np.maximum(np.bincount(block), 1)
    if annotator.timed_ and time.is_time:
        return np.asarray(of_block)
    rows = (of_block - time.start) / (time.end - time.start) * n_rows if time.is_time else of_block
    own = annotator.known_.ageing
    return np.asarray(own.middle + own.length * N_STRETCHES * (0.5 + rows / annotator.known_.n))


def _sample_rows(of_row: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most ADAPT_ROWS seeded rows of each block, in row order."""
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(len(of_row))
    order = shuffled[np.argsort(of_row[shuffled], kind="stable")]
    sorted_blocks = of_row[order]
    starts = np.searchsorted(sorted_blocks, sorted_blocks)
    return np.sort(order[np.arange(len(order)) - starts < ADAPT_ROWS])


def _store(samples: SampleSet, rows: slice, given: Annotations) -> None:
    codes = samples.codes
    if codes.score is None or codes.state is None or codes.supported is None:
        raise AssertionError("allocate first")
    codes.score[rows] = np.round(given.score.astype(np.float64) * SCALE)
    codes.state[rows] = given.state
    codes.supported[rows] = given.supported
    samples.reason[rows] = given.reason
    samples.reasons = list(given.reasons)


def _terms(annotator: Annotator, block: NDArray[np.int64]) -> BlockTerms:
    table = annotator.blocks_.set_index("block").reindex(np.arange(block.max() + 1))
    calibration = table["calibration"].fillna(table["calibration"].max()).fillna(0.0).to_numpy(np.float64)
    estimable, apart, judged = (
        table[name].map(lambda known: known is True or known == 1).to_numpy(bool)
        for name in ("estimable", "apart", "judged")
    )
    return replace(
        BlockTerms.neutral(len(block)),
        calibration=calibration[block],
        estimable=estimable[block],
        spoken=table["spoken"].fillna(0.0).to_numpy(np.float64)[block],
        apart=apart[block],
        wide=(~estimable & ~apart & ~judged)[block],
        judged=judged[block],
    )


def merged_terms(mine: BlockTerms, time: TimeBins, later: BlockTerms, codes: CodeTable) -> BlockTerms:
    """Terms over the later, longer bins: a bin that was there before keeps its own."""
    first = (time.start - codes.time_bins.start) // codes.time_bins.step
    placed = {name: values.copy() for name, values in vars(later).items()}
    for name, values in vars(mine).items():
        placed[name][first : first + time.count] = values
    return BlockTerms(**placed)
