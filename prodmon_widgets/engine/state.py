"""State: both sides of a monitor as coded samples with frozen scores, their cubes, and what people labelled.

Windows and segments become bins, rows and sums here; what figures follow from them is the monitor's to say.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from prodmon_widgets.engine.annotator import scoring
from prodmon_widgets.engine.annotator.annotator import Annotator
from prodmon_widgets.engine.annotator.symptoms import symptoms
from prodmon_widgets.engine.causes import weak
from prodmon_widgets.engine.causes.candidates import candidates
from prodmon_widgets.engine.causes.series import MOST_SEGMENTS, series_of
from prodmon_widgets.engine.cube import wire
from prodmon_widgets.engine.cube.bins import bins_of, fitting, time_bins_of
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.encode import encode
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.labels.arrivals import Arrived
from prodmon_widgets.engine.labels.labels import Labels
from prodmon_widgets.engine.labels.provenance import IN_THE_DATA, with_provenance
from prodmon_widgets.engine.quality import timeline
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms, Estimate, error_of, estimate
from prodmon_widgets.engine.samples import watched
from prodmon_widgets.engine.samples.repeats import Duplicates, settled
from prodmon_widgets.engine.samples.sample_set import SampleSet
from prodmon_widgets.engine.table.table import Table, good
from prodmon_widgets.engine.time.windows import Window, bounds
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

Where = Mapping[str, object]
Share = Callable[[float], None]
"""Told the share of a step that is done."""


@dataclass
class State:
    """What a monitor knows. ``text``: the text columns that the annotator reads. ``terms``: one each time bin.

    ``origin``: what of it lies in a store, which is the storage's to know.
    ``followed``: segments that the browser ranks beside single values → whether it is weak on the evaluation set.
    """

    schema: Schema
    text: tuple[str, ...]
    annotator: Annotator
    evaluation: SampleSet
    production: SampleSet
    terms: BlockTerms
    labels: Labels = field(default_factory=Labels)
    followed: dict[Segment, bool] = field(default_factory=dict)
    origin: object = field(default=None, repr=False)
    cube: Cube = field(init=False)
    evaluation_cube: Cube = field(init=False)

    def __post_init__(self) -> None:
        self.production.count_as_known(self.said())
        for side in (self.production, self.evaluation):
            side.codes.aliases = self.schema.aliases()
        self._count()

    @classmethod
    def of(
        cls,
        schema: Schema,
        evaluation: Table,
        production: Table,
        annotator: Annotator,
        text: tuple[str, ...],
        progress: Share,
    ) -> State:
        """Both tables encoded into one set of bins; nothing is scored yet."""
        bins = bins_of(evaluation, production)
        time = time_bins_of(production, list(bins.values()), extra_cells=MOST_SEGMENTS)
        codes = encode(production, time, bins, progress)
        # values that no sample had were met on the way and need room too
        time = fitting(time, list(codes.bins.values()), extra_cells=MOST_SEGMENTS)
        codes = codes.rebinned(time)
        known = SampleSet((evaluation,), encode(evaluation, None, codes.bins), good(evaluation))
        later = SampleSet((production,), codes, good(production))
        return cls(schema, text, annotator, known, later, BlockTerms.neutral(time.count))

    # --- scores ------------------------------------------------------------------------------------------------------

    def learn(self) -> None:
        """Fit the annotator and freeze the evaluation set's out-of-fold scores."""
        scoring.fit(self.annotator, self.evaluation, self.text)

    def annotate(self, progress: Share) -> None:
        """Freeze the scores of production, count them, and choose the segments to follow."""
        self.terms = self.freeze(self.production, progress)
        self._count()
        self._follow()

    def _follow(self) -> None:
        self.followed = {Segment(where): True for where in self.weak()["where"]}
        ignored = symptoms(self.evaluation)
        found = candidates(self.production.codes, self.evaluation.codes, ignored, beside=self.followed)
        self.followed |= dict.fromkeys(found, False)

    def freeze(self, samples: SampleSet, progress: Share, past: SampleSet | None = None) -> BlockTerms:
        """Freeze scores into these samples.

        Rows that are added to a ``past`` are judged together with the stretch before them that one build would take
        for a block: the last rows of a stream are as many as they happen to come in.
        """
        time = samples.codes.time_bins
        n_rows = samples.n_rows + (past.n_rows if past else 0)
        block = (scoring.blocks_to_the_end if past else scoring.blocks_of_bins)(time, n_rows)
        return scoring.freeze(self.annotator, samples, block, self.text, progress, past)

    def append(self, frame: object, duplicates: Duplicates | None, progress: Share) -> bool:
        """Add rows of production, scored on their own; the cube is merged. False where nothing is to be added."""
        raw = self.production.tables[-1].later(frame)
        came = None if raw is None else settled(self.production, raw, duplicates)
        if came is None:
            return False
        if came.table is not None:
            self._add(came.table, came.gone, progress)
        if came.n_again:
            self.schema = self.schema.noted(f"appended: {came}")
            warnings.warn(f"{came}.", UserWarning, stacklevel=3)
        return came.table is not None

    def _add(self, raw: Table, gone: NDArray[np.int64], progress: Share) -> None:
        before = self.production.codes.time_bins
        table = self._watch(replace(raw, plan=replace(raw.plan, schema=self.schema)).settled(before))
        bins = self.production.codes.bins
        extent = table.time_range()
        time = before if extent is None else before.extended(extent[0], extent[1] + 1)
        time = fitting(time, list(bins.values()), extra_cells=MOST_SEGMENTS)
        later = SampleSet((table,), encode(table, time, bins), good(table))
        later.count_as_known(later.actual)
        terms = self.freeze(later, progress, self.production)
        # nothing has changed so far: what fails leaves all as it was
        self.remove(gone)
        cube, before = self.cube.coarser(time.step), before.coarser(time.step)
        unlabelled = self.cube.totals["n"] - self.cube.totals["known"]
        mine = self.terms.gathered(self.production.codes.time_bins.first_in(before), unlabelled)
        self.schema = table.plan.schema
        self.terms = scoring.merged_terms(mine, before, terms, later.codes)
        self.production = self.production.extended(later)
        self.cube = cube.append(later.codes)
        self.evaluation.codes = self.evaluation.codes.with_levels(later.codes.bins)
        self.evaluation_cube = self.evaluation_cube.placed(self.evaluation_cube.time, self.cube.axes)

    def _watch(self, later: Table) -> Table:
        """Make properties of the columns that were constant until these rows came."""
        known = self.evaluation.tables[0]
        found = watched.changed(known, later)
        if not found:
            return later
        bins = watched.bins_of_changed(known, later, found)
        for each in found:
            if each.property.kind in ("categorical", "boolean") and each.property.role != "version":
                self.annotator.watch(each.property.name, watched.known_value(known, each))
        self.production = watched.with_properties(self.production, found, bins)
        self.evaluation = watched.with_properties(self.evaluation, found, bins)
        self._count()
        return replace(later, plan=later.plan.with_changed(found))

    def say_unknown(self, n_labels: int) -> None:
        """Warn of labels that no row has, and note it."""
        if n_labels:
            text = f"{n_labels:,} labels have an id that production doesn't have: they are left"
            self.schema = self.schema.noted(text)
            warnings.warn(f"{text}.", UserWarning, stacklevel=3)

    def remove(self, rows: NDArray[np.int64]) -> None:
        """Take rows of production out of samples, counts and labels; the others are numbered anew."""
        if not len(rows):
            return
        gone = np.zeros(self.production.n_rows, dtype=bool)
        gone[rows] = True
        counted = Cube.build(self.production.codes, gone)
        self.cube = self.cube.without(counted.placed(self.cube.time, self.cube.axes))
        self.production = self.production.without(gone, counted.values)
        self.labels = self.labels.without(gone)

    def forget(self, gone: NDArray[np.bool_]) -> None:
        """Take rows of production out for good, and say how many."""
        if gone.all():
            raise InputError(f"all {len(gone):,} production samples would be forgotten; a monitor needs some.")
        if gone.any():
            self.remove(np.flatnonzero(gone))
            # whatever is read of a store keeps the save that it lies in
            self.evaluation = self.evaluation.apart()
            self.schema = self.schema.noted(f"{gone.sum():,} production samples were forgotten")

    def refit(self, frame: object | None) -> None:
        """Learn anew, on another evaluation set or the same; scores that production has stay as they are."""
        side, codes = self.evaluation, self.production.codes
        if frame is not None:
            table = side.tables[0].another(frame)
            side = SampleSet((table,), encode(table, None, codes.bins), good(table))
        scoring.check_labels(side.actual)
        side = replace(side, codes=replace(side.codes), reason=side.reason, reasons=list(side.reasons))
        annotator = clone(self.annotator)
        scoring.fit(annotator, side, self.text)
        self.annotator, self.evaluation = annotator, side
        self.production = self.production.with_levels(side.codes.bins)
        counted = Cube.build(side.codes)
        self.cube = self.cube.placed(self.cube.time, counted.axes)
        self.evaluation_cube = counted
        self._follow()

    def _count(self) -> None:
        self.cube = Cube.build(self.production.codes)
        evaluation = Cube.build(self.evaluation.codes)
        self.evaluation_cube = evaluation.placed(evaluation.time, self.cube.axes)

    # --- what people said --------------------------------------------------------------------------------------------

    def said(self) -> NDArray[np.float64]:
        """What people said of every production sample, with the data or later: 1 good, 0 bad, NaN nothing."""
        return self.labels.actual(self.production.actual)

    def counted(self) -> CodeTable:
        """Production's codes with the scores that count: what people said of a sample, and what drawn labels add."""
        codes = self.production.codes
        return replace(codes, score=np.round(self.labels.counted(codes, self.terms) * SCALE).astype(np.int32))

    def relabel(self, labels: Labels) -> None:
        """Go on with these labels and no others."""
        self.labels = labels
        self.production.count_as_known(self.said())
        self.cube = Cube.build(self.production.codes)

    def take(self, labels: Arrived) -> None:
        """Take labels; of the cube only what these samples count is replaced."""
        self.labels.take(labels, [*self.production.reasons, IN_THE_DATA])
        rows, codes = np.unique(labels.rows), self.production.codes
        before = codes.bare(rows)
        self.production.count_as_known(self.said())
        self.cube = self.cube.relabelled(before, codes.bare(rows))

    def realised(self, every: str | int | None, where: Where | None) -> pd.DataFrame:
        """What was estimated of the labelled samples beside what people said of them; see ``Monitor.realised``."""
        codes = self.production.codes
        mask = codes.labelled & Segment(where).mask(codes) if where else codes.labelled
        bare = replace(codes, bins={}, codes={}, members={}, values={}, sums=codes.sums[:, :0])
        without = self.terms_of_estimates(where)
        estimated = timeline.timeline(
            Cube.build(replace(bare, known=None), mask).totals, codes.time_bins, without, every
        )
        said = timeline.timeline(Cube.build(bare, mask).totals, codes.time_bins, without, every)
        return timeline.realised(estimated, said["actual"])

    def weak(self) -> pd.DataFrame:
        """Segments of the evaluation set that score low by people's annotations."""
        side = self.evaluation
        found = weak.weak_segments(side.codes, side.actual, ignored=symptoms(side))
        return found.assign(where=found["where"].map(side.as_held))

    # --- windows and segments ----------------------------------------------------------------------------------------

    def bins(self, window: Window) -> tuple[int, int]:
        """The time bins [first, last) of a window, outward."""
        time = self.cube.time
        return time.snap(*(bounds(window, is_time=time.is_time) or (None, None)))

    def edges(self, first: int, last: int) -> tuple[object, object]:
        """Where the bins [first, last) start and end: timestamps, or row numbers."""
        start, end = self.cube.time.window(first, last)
        if not self.cube.time.is_time:
            return start, end
        return pd.Timestamp(start, unit="ms"), pd.Timestamp(end, unit="ms")

    def mask(self, window: Window, where: Where | None) -> NDArray[np.bool_]:
        """Which production rows are in a window and a segment."""
        codes = self.production.codes
        mask = np.ones(codes.n_rows, dtype=bool) if where is None else Segment(where).mask(codes)
        if window is not None:
            first, last = self.bins(window)
            mask &= (codes.time >= first) & (codes.time < last)
        return mask

    def cube_of(self, where: Where | None) -> Cube:
        """The cube of production, or of a segment of it."""
        return Cube.build(self.production.codes, Segment(where).mask(self.production.codes)) if where else self.cube

    def terms_of(self, where: Where | None) -> BlockTerms:
        """The terms of every time bin with what labels say, of everything or of a segment."""
        codes, terms = self.production.codes, self.terms_of_estimates(where)
        if not self.labels.draws:
            return terms
        return self.labels.corrected(codes, terms, Segment(where).mask(codes) if where else None)

    def terms_of_estimates(self, where: Where | None) -> BlockTerms:
        """The same without what labels say."""
        if not where:
            return self.terms
        said = self.evaluation_totals(where)
        known = int(said["actual"][0]), int(said["actual_good"][0])
        return self.terms.of_segment(error_of(self.evaluation_cube_of(where).totals, *known))

    def score(self, window: Window, where: Where | None) -> Estimate:
        """Estimated quality of a window and segment."""
        first, last = self.bins(window)
        totals = {measure: total[first:last] for measure, total in self.cube_of(where).totals.items()}
        return estimate(totals, self.terms_of(where).part(first, last))

    # --- the evaluation set ------------------------------------------------------------------------------------------

    def evaluation_cube_of(self, where: Where | None) -> Cube:
        """The cube of the evaluation set, or of a segment of it; one time bin."""
        codes = self.evaluation.codes
        return Cube.build(codes, Segment(where).mask(codes)) if where else self.evaluation_cube

    def evaluation_totals(self, where: Where | None) -> dict[str, NDArray[np.int64]]:
        """What people said of the evaluation set, or of a segment of it: ``actual`` and ``actual_good``."""
        said, codes = self.evaluation.actual, self.evaluation.codes
        known = ~np.isnan(said) & (Segment(where).mask(codes) if where else True)
        return {"actual": np.array([known.sum()]), "actual_good": np.array([(said[known] == 1).sum()])}

    def evaluation_shares(self) -> dict[str, float]:
        """The evaluation set's own coverage and support, in [0, 1]: what production's are compared with."""
        totals = {measure: int(total.sum()) for measure, total in self.evaluation_cube.totals.items()}
        n = max(totals["n"], 1)
        annotated, unsupported = totals.get("annotated", 0), totals.get("unsupported", 0)
        return {"evaluation_coverage": annotated / n, "evaluation_supported": 1 - unsupported / n}

    # --- rows --------------------------------------------------------------------------------------------------------

    def annotated(self, frame: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
        """A frame of these rows with what is shown of them: score, annotation, reason, supported, annotated_by."""
        said = self.labels.told(rows)
        rules = self.annotator.rule_reasons
        estimates = with_provenance(self.production.estimates(rows), self.production.actual[rows], said, rules)
        renamed = {name: f"given_{name}" for name in estimates if name in frame.columns}
        return frame.rename(columns=renamed).set_axis(rows, axis=0).assign(**estimates)

    def patch(self, rows: NDArray[np.int64] | Sequence[int]) -> pd.DataFrame:
        """These rows as the evaluation set has them, annotated by people or Unknown."""
        chosen = np.asarray(rows, dtype=np.int64)
        frame = self.production.take(chosen).reset_index(drop=True)
        said = self.said()[chosen]
        words = np.where(np.isnan(said), "Unknown", np.where(said == 1, "Good", "Bad"))
        columns = [c for c in self.evaluation.tables[0].columns if c in frame.columns]
        return frame[columns].assign(**{self.schema.annotation or "annotation": words})

    # --- what the browser gets ---------------------------------------------------------------------------------------

    def wire(self, where: Where | None) -> tuple[dict[str, Any], bytes]:
        """Description and bytes of what answers a brush, of everything or of one segment, laid out alike."""
        segment = Segment(where) if where else None
        return wire.to_wire(
            self.cube_of(where),
            self.evaluation_cube_of(where),
            terms=self.terms_of(where),
            segments=series_of(self.followed, self.production.codes, self.evaluation.codes, segment),
            evaluation_actual=self.evaluation_totals(where),
        )


def named(window: Window, where: Where | None) -> str:
    """A selection in an error: what was given, or all of production.

    >>> named(("2023-07-22", "2023-08-01"), {"device": "phone"})
    "window ('2023-07-22', '2023-08-01') and where {'device': 'phone'}"
    """
    said = [f"{name} {given!r}" for name, given in (("window", window), ("where", where or None)) if given is not None]
    return " and ".join(said) or "production with a time"
