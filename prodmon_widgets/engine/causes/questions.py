"""Questions: a monitor's samples put as questions to the searches for causes and weak segments.

Production is compared with the evaluation set on the annotator's own scale – its out-of-fold estimates – since people's
labels beside estimates would make every estimate's error look like a cause. Samples that people labelled count as they
are; the evaluation set's then count by as much as they make up of the window: where it is labelled throughout, labels
are compared with labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.annotator.symptoms import symptoms
from prodmon_widgets.engine.causes.causes import Causes, find_causes
from prodmon_widgets.engine.causes.items import EVERYWHERE
from prodmon_widgets.engine.causes.labelled import labelled_drop
from prodmon_widgets.engine.causes.sides import Question, Side
from prodmon_widgets.engine.causes.total import Sureness
from prodmon_widgets.engine.labels.labels import ByLabels
from prodmon_widgets.engine.quality.estimate import BlockTerms, estimate
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.state import State, Where, named
from prodmon_widgets.engine.time.bins import DAY
from prodmon_widgets.engine.time.windows import Window
from prodmon_widgets.errors import InputError

Masks = NDArray[np.bool_]


def causes(
    state: State, window: Window, baseline: Window | Where, cancelled: Callable[[], bool] | None = None
) -> Causes:
    """The causes of a drop from ``baseline`` to the window; see ``Monitor.causes``.

    Raises InputError where a side has no sample.
    """
    after = _counted(state, window, None)
    before, ignored = None, frozenset[str]()
    sureness = _sureness(state, window, baseline)
    if isinstance(baseline, Mapping):
        before, ignored = _counted(state, None, baseline), frozenset(baseline)
        after &= ~before
        if not after.any():
            raise InputError(f"window {window!r} has no sample but the baseline's own, {baseline!r}; choose another.")
    elif baseline is not None:
        before = _counted(state, baseline, None)
    question = replace(_question(state, after, before, ignored), sureness=sureness)
    found = find_causes(question, cancelled=cancelled)
    items = found.items
    carried = float(items.loc[items["segment"] != EVERYWHERE, "contribution"].sum())
    new, old = (None if rows is None else _by_labels(state, rows) for rows in (after, before))
    return replace(found, labelled=labelled_drop(_evaluation_by_labels(state) if before is None else old, new, carried))


def _by_labels(state: State, rows: Masks) -> ByLabels | None:
    return state.labels.alone(state.production.codes, state.terms, rows)


def _evaluation_by_labels(state: State) -> ByLabels | None:
    """The evaluation set is compared as it is: its labels have no error."""
    known = state.evaluation.actual[~np.isnan(state.evaluation.actual)]
    return ByLabels(float(known.mean()), 0.0, len(known)) if len(known) else None


def _sureness(state: State, window: Window, baseline: Window | Where) -> Sureness:
    """How sure the difference between the two sides' scores is."""
    later = state.score(window, None)
    if baseline is None:
        return Sureness.of(estimate(state.evaluation_cube.totals, BlockTerms.neutral(1)), later)
    if isinstance(baseline, Mapping):
        return Sureness.of(state.score(None, baseline), later)
    return Sureness.of(state.score(baseline, None), later)


def _counted(state: State, window: Window, where: Where | None) -> Masks:
    """The rows of a side, of which there must be some."""
    rows = state.mask(window, where) & (state.production.codes.time >= 0)
    if not rows.any():
        raise InputError(f"no sample is in {named(window, where)}; choose another side to compare.")
    return rows


def _question(state: State, after: Masks, before: Masks | None, ignored: frozenset[str]) -> Question:
    """Production rows ``after`` against the rows ``before`` or the evaluation set (None).

    ``ignored``: properties that tell the two sides apart by themselves.
    """
    production, evaluation = state.production, state.evaluation
    said, score = state.said(), state.labels.counted(production.codes, state.terms)
    labelled = not np.isnan(said[after if before is None else after | before]).any()
    time = production.codes.time_bins
    day = days_of_bins(production) if time.is_time and time.step <= DAY else days_of_times(production)
    known = Side(evaluation.codes, None, days_of_times(evaluation), evaluation.actual)
    if before is not None:
        baseline = Side(production.codes, before, day, score)
    else:
        share = float((~np.isnan(said[after])).mean())
        baseline = Side(evaluation.codes, None, known.day, share * evaluation.actual + (1 - share) * evaluation.score())
    window = Side(production.codes, after, day, score)
    # a judge that the annotator listens to is a symptom too, whatever it is called
    last = frozenset([*symptoms(evaluation), *state.annotator.estimators_.signals_.names_])
    held = production.as_held
    return Question(baseline, window, known, labelled=labelled, ignored=ignored, symptoms=last, as_held=held)


def days_of_bins(samples: SampleSet) -> NDArray[np.int64] | None:
    """The day of each row by its time bin, −1 where it has no time; None where row order is time."""
    time = samples.codes.time_bins
    if not time.is_time:
        return None
    of_bin = np.append(time.edges()[:-1] // DAY, -1)
    return np.asarray(of_bin[samples.codes.time.astype(np.int64)])


def days_of_times(samples: SampleSet) -> NDArray[np.int64] | None:
    """The day of each row by its own time, −1 where it has none; None without a time column."""
    times = samples.times()
    if times is None:
        return None
    return np.where(np.isnan(times), -1, np.nan_to_num(times) // DAY).astype(np.int64)
