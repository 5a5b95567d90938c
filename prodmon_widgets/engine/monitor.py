"""Monitor: the one object that notebooks and widgets call.

It holds both sides as coded samples with frozen scores, and their cubes. Its methods translate windows and segments
into bins and rows, and leave the figures to the module that owns them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine import comparison, dating, diagnosis, novelty, scoring, store, timeline, weak, wire
from prodmon_widgets.engine.alertfile import alert_rules
from prodmon_widgets.engine.alerts import Alerts, rehearse
from prodmon_widgets.engine.annotator import Annotator
from prodmon_widgets.engine.bins import TimeBins, bins_of, fitting, time_bins_of
from prodmon_widgets.engine.candidates import candidates
from prodmon_widgets.engine.causes import Causes
from prodmon_widgets.engine.cube import Cube
from prodmon_widgets.engine.draws import Draw, choose
from prodmon_widgets.engine.encode import encode
from prodmon_widgets.engine.features import Features
from prodmon_widgets.engine.labels import Labels, frame_of
from prodmon_widgets.engine.performance import BlockTerms, Estimate, Z, estimate
from prodmon_widgets.engine.progress import Progress
from prodmon_widgets.engine.samples import SampleSet
from prodmon_widgets.engine.sampling import Order, rows_to_look_at
from prodmon_widgets.engine.scoring import merged_terms
from prodmon_widgets.engine.segments import Segment
from prodmon_widgets.engine.series import MOST_SEGMENTS, series_of
from prodmon_widgets.engine.symptoms import symptoms
from prodmon_widgets.engine.table import good, prepare
from prodmon_widgets.engine.windows import Window, bounds
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

ESTIMATE_ROWS = 20_000

Where = Mapping[str, object]


@dataclass(frozen=True)
class EvaluationScore:
    """The benchmark line: the annotator's out-of-fold estimate on the evaluation set, and the true score beside it."""

    score: float
    low: float
    high: float
    true: float
    n: int

    def __repr__(self) -> str:
        band = f"{self.score:.3f} [{self.low:.3f}, {self.high:.3f}]"
        return f"EvaluationScore({band} estimated, {self.true:.3f} true, n={self.n:,})"


class Monitor:
    """A model in production beside its labelled evaluation set.

    ``evaluation`` and ``production`` are anything that holds rows: pandas, Polars or Arrow tables, paths or globs to
    CSV, Parquet or JSON lines, DuckDB relations. ``schema`` names columns whose names aren't the usual ones.
    ``annotator`` is an Annotator or any object with ``fit`` and ``predict_proba``. ``properties`` are functions of a
    DataFrame of samples that return one value a sample. ``text=False`` leaves text out of the annotator.

    With text the constructor returns while scores are still being estimated; whatever needs them waits.
    Raises InputError where the data can't be monitored: no labels, missing columns, no rows.
    """

    def __init__(
        self,
        evaluation: object,
        production: object,
        *,
        schema: Schema | None = None,
        annotator: object | None = None,
        properties: Sequence[Callable[[pd.DataFrame], object]] = (),
        text: bool = True,
        progress: bool = True,
    ) -> None:
        self._set_up(progress)
        with self._progress.step("reading"):
            self.schema, evaluation_table, production_table = prepare(evaluation, production, schema, properties)
        actual = good(evaluation_table)
        scoring.check_labels(actual)
        self._annotator = scoring.as_annotator(annotator)
        self._text = tuple(self.schema.text or ()) if text else ()
        with self._progress.step("counting"):
            bins = bins_of(evaluation_table, production_table)
            time = time_bins_of(production_table, list(bins.values()), extra_cells=MOST_SEGMENTS)
            production_codes = encode(production_table, time, bins, self._progress.at)
            # values that no sample had were met on the way and need room too
            time = fitting(time, list(production_codes.bins.values()), extra_cells=MOST_SEGMENTS)
            production_codes = production_codes.rebinned(time)
            evaluation_codes = encode(evaluation_table, None, production_codes.bins)
        self._evaluation = SampleSet((evaluation_table,), evaluation_codes, actual)
        self._production = SampleSet((production_table,), production_codes, good(production_table))
        self._count()
        self._terms = BlockTerms.neutral(time.count)
        self._start()

    def _set_up(self, progress: bool) -> None:
        self._progress = Progress(progress)
        self._listeners: list[Callable[[], None]] = []
        self._labels = Labels()
        self._followed: dict[Segment, bool] = {}
        self._known_ids: dict[str, int] | None = None
        self._failure: BaseException | None = None
        self._scored = threading.Event()

    # --- estimating, at once or behind the dashboard -------------------------------------------------------------

    def _start(self) -> None:
        """Score both sides: here without text, in a thread with it, since text takes long."""
        if not self._text:
            self._score()
            return
        threading.Thread(target=self._score_behind, name="prodmon-scores", daemon=True).start()

    def _score_behind(self) -> None:
        try:
            self._score()
        except BaseException as failure:  # noqa: BLE001  handed to whoever waits for the scores
            self._failure = failure
            self._scored.set()
            self._tell()

    def _score(self) -> None:
        with self._progress.step("learning on the evaluation set"):
            scoring.fit(self._annotator, self._evaluation, self._text)
        with self._progress.step("estimating annotations"):
            self._terms = self._freeze(self._production)
        self._count()
        self._follow_segments()
        self._scored.set()
        self._tell()

    def _follow_segments(self) -> None:
        """Segments that are weak on evaluation, or stand out at some time, are ranked in the browser beside values."""
        self._followed = {Segment(where): True for where in self._weak()["where"]}
        found = candidates(
            self._production.codes, self._evaluation.codes, symptoms(self._evaluation), beside=self._followed
        )
        self._followed |= dict.fromkeys(found, False)

    def _series_within(self, segment: Segment | None) -> wire.Series:
        return series_of(self._followed, self._production.codes, self._evaluation.codes, segment)

    def _count(self) -> None:
        self._cube = Cube.build(self._production.codes)
        evaluation = Cube.build(self._evaluation.codes)
        self._evaluation_cube = evaluation.placed(evaluation.time, self._cube.axes)

    def _freeze(self, samples: SampleSet) -> BlockTerms:
        time = samples.codes.time_bins
        if samples.codes.n_rows and not np.isnan(samples.actual).any():
            return scoring.actual_alone(samples, time.count)
        block = scoring.blocks_of_bins(time, samples.codes.n_rows)
        return scoring.freeze(self._annotator, samples, block, self._text, self._progress.at)

    def wait(self) -> Monitor:
        """Return when every sample has its score; raises what went wrong with them."""
        self._scored.wait()
        if self._failure is not None:
            raise self._failure
        return self

    @property
    def scored(self) -> bool:
        """Whether the estimates are there."""
        return self._scored.is_set() and self._failure is None

    @property
    def status(self) -> str:
        """What the monitor is doing now, empty when it is ready."""
        if self._failure is not None:
            return f"the estimates failed: {self._failure}"
        return "" if self.scored else self._progress.text

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever figures change (scores ready, labels, new rows); returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    # --- figures -------------------------------------------------------------------------------------------------

    @property
    def evaluation_score(self) -> EvaluationScore:
        """Quality of the evaluation set: estimated out of fold, like production's, and true."""
        self.wait()
        got = estimate(self._evaluation_cube.totals, BlockTerms.neutral(1))
        known = self._evaluation.actual[~np.isnan(self._evaluation.actual)]
        return EvaluationScore(float(got.score), float(got.low), float(got.high), float(known.mean()), len(known))

    def timeline(self, every: str | int | None = None, where: Where | None = None) -> pd.DataFrame:
        """Estimated quality of production over time; see :func:`prodmon_widgets.engine.timeline.timeline`.

        ``actual`` is the share of good among the ``n_actual`` samples that people annotated, whoever chose them: with
        the data, or by :meth:`label`. NaN where there are none.
        """
        self.wait()
        totals = {**self._cube_of(where).totals, **self._actual_totals(where)}
        return timeline.timeline(totals, self._cube.time, self._terms_of(where), every)

    def _actual_totals(self, where: Where | None) -> dict[str, NDArray[np.int64]]:
        """What people said, in each time bin: how many samples, and how many good ones."""
        said, codes = self._labels.actual(self._production.actual), self._production.codes
        known = ~np.isnan(said) & (codes.time >= 0) & (Segment(where).mask(codes) if where else True)
        n_bins = self._cube.time.count
        return {
            timeline.ACTUAL: np.bincount(codes.time[known], minlength=n_bins),
            timeline.ACTUAL_GOOD: np.bincount(codes.time[known], said[known], minlength=n_bins).astype(np.int64),
        }

    def series(self, most: int, where: Where | None = None) -> pd.DataFrame:
        """The timeline in at most ``most`` stretches, also of a segment; only start, end and n before it is scored."""
        cube = self._cube_of(where)
        return timeline.series(cube.totals, cube.time, self._terms_of(where), most)

    @property
    def time_bins(self) -> TimeBins:
        """The time bins that windows snap to."""
        return self._cube.time

    def score(self, window: Window = None, where: Where | None = None) -> Estimate:
        """Estimated quality of a window and segment, with band, bounds, coverage and support."""
        self.wait()
        first, last = self._bins(window)
        cube = self._cube_of(where)
        terms = self._terms_of(where)
        return estimate({m: t[first:last] for m, t in cube.totals.items()}, terms.part(first, last))

    def _terms_of(self, where: Where | None) -> BlockTerms:
        """The terms of every time bin with what labels say, of everything or of a segment."""
        codes, terms = self._production.codes, self._terms.of_segment() if where else self._terms
        if not self._labels.draws:
            return terms
        return self._labels.corrected(codes, terms, Segment(where).mask(codes) if where else None)

    def compare(self, window: Window = None, baseline: Window | Where = None) -> pd.DataFrame:
        """Property statistics of the window beside all production and evaluation.

        Drift, effect and verdict are against ``baseline``: the evaluation set (None), a window, or a ``where``.
        ``.attrs["window"]`` is the window snapped outward to whole time bins, ``.attrs["n"]`` its samples.
        """
        first, last = self._bins(window)
        evaluation = self._evaluation_cube.window()
        against = evaluation
        if isinstance(baseline, Mapping):
            against = self._cube_of(baseline).window()
        elif baseline is not None:
            against = self._cube.window(*self._bins(baseline))
        frame = comparison.compare(
            self._cube.axes, self._cube.window(first, last), against, self._cube.window(), evaluation
        )
        frame.attrs["window"] = self._as_window(first, last)
        frame.attrs["n"] = self._cube.window(first, last).totals["n"]
        return frame

    def new_values(self, window: Window = None) -> pd.DataFrame:
        """Classes and values of production that the evaluation set doesn't have; see ``engine.novelty``."""
        self.wait()
        first, last = self._bins(window)
        return novelty.new_values(self._cube, self._evaluation_cube, first, last, self._terms_of(None))

    def estimates(self, window: Window = None, where: Where | None = None) -> pd.DataFrame:
        """Every estimate of a selection side by side, refitted for it: no other figure is.

        Columns ``estimate, score, low, high``: the band is of the ``combined`` estimate, as on the timeline.
        ``.attrs``: ``auc`` of telling the selection from the evaluation set, ``effective_n`` (samples of it that are
        like the selection), ``supported`` share, ``estimable``, the band's ``assumption``. At most ``ESTIMATE_ROWS``
        seeded samples are read. Labels don't enter: they correct :meth:`score`.
        """
        self.wait()
        rows = np.flatnonzero(self._mask(window, where))
        if not len(rows):
            raise InputError(f"no sample is in window {window!r} and where {where!r}; choose another.")
        n = len(rows)
        if n > ESTIMATE_ROWS:
            rows = np.sort(np.random.default_rng(0).choice(rows, ESTIMATE_ROWS, replace=False))
        return self._annotator.estimates(Features(self._production, self._text).take(rows), n)

    def weak_segments(self, window: Window = None) -> pd.DataFrame:
        """Segments of one or two conditions that score low on the evaluation set, by people's annotations.

        See :func:`prodmon_widgets.engine.weak.weak_segments`; beside it the same segment's estimated score and share in
        all of production (``production_score, production_share``) and in the window.
        """
        self.wait()
        frame = self._weak()
        for name, stretch in (("production", None), ("window", window)):
            whole = max(float(self.score(stretch).n), 1.0)
            found = [self.score(stretch, where) for where in frame["where"]]
            frame[f"{name}_share"] = [float(each.n) / whole for each in found]
            frame[f"{name}_score"] = [float(each.score) for each in found]
        return frame

    def _weak(self) -> pd.DataFrame:
        side = self._evaluation
        return weak.weak_segments(side.codes, side.actual, ignored=symptoms(side))

    def causes(
        self, window: Window = None, baseline: Window | Where = None, *, cancelled: Callable[[], bool] | None = None
    ) -> Causes:
        """The drop from ``baseline`` to the window, itemised into segments that add up.

        Baseline None is the evaluation set on the annotator's own scale, its out-of-fold estimates; a window or a
        ``where`` compares production with itself, for instance two values of ``model``. Confidence, judges' scores
        and whatever else says itself how good a sample is are looked at last, as signs. ``cancelled`` is polled.
        """
        self.wait()
        after = self._counted(window, None)
        before = None
        if isinstance(baseline, Mapping):
            before = self._counted(None, baseline)
        elif baseline is not None:
            before = self._counted(baseline, None)
        ignored = tuple(baseline) if isinstance(baseline, Mapping) else ()
        return diagnosis.causes(self._production, self._evaluation, after, before, ignored=ignored, cancelled=cancelled)

    def when(self, window: Window = None, baseline: Window | Where = None) -> pd.DataFrame:
        """When the decline and each of the window's causes began, in production up to the window's end.

        See :func:`prodmon_widgets.engine.dating.dated`.
        """
        items = self.causes(window, baseline).items
        return dating.dated(self._production.codes, items, 0, self._bins(window)[1])

    def alerts(self, rules: object = None, planted: float = 0.05) -> Alerts:
        """Rules rehearsed on history: a list of AlertRules or dicts, a path or YAML text; None means the usual ones.

        See :class:`prodmon_widgets.engine.alertfile.AlertRule` and :class:`prodmon_widgets.engine.alerts.Alerts`.
        """
        self.wait()
        return rehearse(self, alert_rules(rules), planted)

    def _counted(self, window: Window, where: Where | None) -> NDArray[np.bool_]:
        """The rows of a side, of which there must be some."""
        rows = self._mask(window, where) & (self._production.codes.time >= 0)
        if not rows.any():
            raise InputError(f"no sample is in window {window!r} and where {where!r}; choose another side to compare.")
        return rows

    # --- what the browser gets -----------------------------------------------------------------------------------

    def cube_wire(self) -> tuple[dict[str, Any], bytes]:
        """Description and bytes of everything that answers a brush; without scores while they are estimated."""
        benchmark = vars(self.evaluation_score) if self.scored else {}
        if benchmark:
            benchmark = {**benchmark, "estimated": benchmark["score"], "score": benchmark["true"]}
        terms, series = self._terms_of(None), self._series_within(None)
        actual = self._actual_totals(None)
        return wire.to_wire(
            self._cube, self._evaluation_cube, terms=terms, benchmark=benchmark, segments=series, actual=actual
        )

    def segment_wire(self, where: Where) -> bytes:
        """The same bytes for the samples of one segment alone, laid out alike."""
        segment = Segment(where)
        mine = Cube.build(self._production.codes, segment.mask(self._production.codes))
        known = Cube.build(self._evaluation.codes, segment.mask(self._evaluation.codes))
        actual = self._actual_totals(where)
        return wire.to_wire(
            mine, known, terms=self._terms_of(where), segments=self._series_within(segment), actual=actual
        )[1]

    # --- samples ---------------------------------------------------------------------------------------------------

    def samples(
        self, window: Window = None, where: Where | None = None, n: int = 50, order: Order = "worst"
    ) -> pd.DataFrame:
        """The first ``n`` production samples of a selection, with score, annotation, reason and supported.

        The index is the row number. A column of the user's that has one of these names becomes ``given_<name>``.
        """
        self.wait()
        rows = np.flatnonzero(self._mask(window, where))
        side = self._production
        time = side.codes.time[rows].astype(np.int64)
        chosen = rows_to_look_at(rows, order, n, score=side.score(rows), time=time)
        return self._annotated(side.take(chosen), chosen)

    def annotations(self, order: Order | None = None) -> pd.DataFrame:
        """Every production sample's id, score, annotation, reason and supported, in row order (the index).

        ``order`` puts the worst, the most uncertain or the newest first instead.
        """
        self.wait()
        side, rows = self._production, np.arange(self._production.n_rows)
        ids = pd.DataFrame({"id": side.ids()})
        if order is not None:
            time = side.codes.time.astype(np.int64)
            rows = rows_to_look_at(rows, order, len(rows), score=side.score(rows), time=time)
        return self._annotated(ids.iloc[rows], rows)

    @property
    def left_out(self) -> dict[str, str]:
        """Columns that the annotator doesn't read, with the reason: one tells the time, names samples, never varies."""
        self.wait()
        return dict(self._annotator.left_out_)

    def evaluation_patch(
        self, where: Where | None = None, window: Window = None, rows: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """Production samples ready to join the evaluation set: its columns, annotated Good, Bad or Unknown by people.

        ``pd.concat([evaluation, patch])`` or a file written from it loads as an evaluation set. An estimate never
        becomes an annotation: who has not been asked is Unknown. ``rows`` takes those row numbers instead.
        """
        chosen = np.flatnonzero(self._mask(window, where)) if rows is None else np.asarray(rows, dtype=np.int64)
        frame = self._production.take(chosen).reset_index(drop=True)
        said = self._labels.actual(self._production.actual)[chosen]
        words = np.where(np.isnan(said), "Unknown", np.where(said == 1, "Good", "Bad"))
        columns = [c for c in self._evaluation.tables[0].columns if c in frame.columns]
        return frame[columns].assign(**{self.schema.annotation or "annotation": words})

    def _annotated(self, frame: pd.DataFrame, rows: NDArray[np.int64]) -> pd.DataFrame:
        estimates = self._labels.shown(rows, self._production.estimates(rows))
        renamed = {name: f"given_{name}" for name in estimates if name in frame.columns}
        return frame.rename(columns=renamed).set_axis(rows, axis=0).assign(**estimates)

    # --- more rows, and another day ----------------------------------------------------------------------------------

    def append(self, frame: object) -> Monitor:
        """Add production rows: they are scored on their own, and the cube is merged, not rebuilt.

        Scores given before stay. A class or value that is new gets a place of its own at once. Raises InputError where
        a column that a property needs is missing.
        """
        self.wait()
        table = self._production.tables[-1].append(frame)
        codes = self._production.codes
        before = codes.time_bins
        extent = table.time_range()
        time = before if extent is None else before.extended(extent[0], extent[1] + 1)
        time = fitting(time, list(codes.bins.values()), extra_cells=MOST_SEGMENTS)
        later = SampleSet((table,), encode(table, time, codes.bins), good(table))
        with self._progress.step("estimating annotations"):
            terms = self._freeze(later)
        cube, before = self._cube.coarser(time.step), before.coarser(time.step)
        mine = self._terms.gathered(codes.time_bins.first_in(before), self._cube.totals["n"])
        self._terms = merged_terms(mine, before, terms, later.codes)
        self._production = self._production.extended(later)
        self._cube = cube.append(later.codes)
        self._evaluation_cube = self._evaluation_cube.placed(self._evaluation_cube.time, self._cube.axes)
        self._tell()
        return self

    def save(self, folder: str | Path) -> Path:
        """Write rows, codes, scores, the annotator, labels and draws to a folder; never pickle. Returns the folder."""
        self.wait()
        target = Path(folder)
        for name, side in (("evaluation", self._evaluation), ("production", self._production)):
            store.save_samples(target / name, side)
        store.save_terms(target / "terms.npz", self._terms)
        self._annotator.save(target / "annotator")
        self._labels.save(target / "labels.json")
        followed = [{"where": each.to_json(), "weak": weak} for each, weak in self._followed.items()]
        facts = {"format": store.FORMAT, "text": list(self._text), "followed": followed}
        facts["schema"] = store.schema_to_json(self.schema)
        store.write_json(target / "monitor.json", facts)
        return target

    @classmethod
    def load(cls, folder: str | Path) -> Monitor:
        """The monitor that was saved there, with the same figures; nothing is fitted or counted over rows again."""
        source = Path(folder)
        facts = store.read_facts(source / "monitor.json")
        monitor = cls.__new__(cls)
        monitor._set_up(progress=True)
        schema = Schema(**facts["schema"])
        paths = [str(source / name / store.ROWS) for name in ("evaluation", "production")]
        monitor.schema, *tables = prepare(paths[0], paths[1], schema)
        monitor._annotator = Annotator.load(source / "annotator")
        monitor._text = tuple(facts["text"])
        sides = [store.load_samples(source / t.name, t) for t in tables]
        monitor._evaluation, monitor._production = sides
        monitor._terms = store.load_terms(source / "terms.npz")
        monitor._labels = Labels.load(source / "labels.json")
        monitor._count()
        monitor._followed = {Segment.from_json(each["where"]): each["weak"] for each in facts["followed"]}
        monitor._scored.set()
        return monitor

    # --- labels ------------------------------------------------------------------------------------------------------

    def to_label(
        self, n: int = 20, window: Window = None, where: Where | None = None, *, seed: int | None = None
    ) -> pd.DataFrame:
        """Draw ``n`` samples whose labels narrow the estimate of a window and segment most, and remember the draw.

        The user's columns with ``id``, the estimates, and the ``probability`` that each had of being drawn.
        ``.attrs["width"]`` is the band's width now, ``.attrs["expected_width"]`` what the labels should make of it.
        Only labels of samples drawn here correct estimates. Raises InputError where there is nothing left to draw.
        """
        self.wait()
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
            raise InputError(f"n is {n!r}; expected a whole number of samples, 1 or more.")
        side = self._production
        frame = frame_of(self._cube.time, self._bins(window), where)
        inside = frame.mask(side.codes)
        inside[self._labels.drawn()] = False
        rows = np.flatnonzero(inside)
        if not len(rows):
            raise InputError(f"no sample is left to draw in window {window!r} and where {where!r}.")
        supported = side.estimates(rows)["supported"].astype(bool)
        chance = len(self._labels.draws) if seed is None else seed
        at, probability = choose(side.score(rows), supported, int(n), chance)
        drawn = rows[at]
        self._labels.draws.append(Draw(frame.key, drawn, probability, len(rows)))
        return self._to_judge(drawn, probability, self.score(window, where))

    def _to_judge(self, rows: NDArray[np.int64], probability: NDArray[np.float64], now: Estimate) -> pd.DataFrame:
        frame = self._annotated(self._production.take(rows), rows).assign(probability=probability)
        if "id" not in frame.columns:
            frame.insert(0, "id", self._production.ids()[rows])
        p = float(np.clip(now.score, 0.1, 0.9))
        frame.attrs["width"] = float(now.high - now.low)
        frame.attrs["expected_width"] = min(frame.attrs["width"], float(2 * Z * np.sqrt(p * (1 - p) / len(rows))))
        return frame

    def label(self, frame: pd.DataFrame) -> Monitor:
        """Take labels by people: columns ``id``, ``annotation`` (good, bad, unknown; None takes one back), ``reason``.

        A label changes what is shown of its sample; labels of samples that :meth:`to_label` drew also correct the
        estimates of the window and segment they were drawn from. Raises InputError for unknown ids and annotations.
        """
        self.wait()
        self._labels.take(frame, self._rows_by_id())
        self._tell()
        return self

    def _rows_by_id(self) -> dict[str, int]:
        ids = self._production.ids()
        if self._known_ids is None or len(self._known_ids) != len(ids):
            self._known_ids = {str(each): row for row, each in enumerate(ids)}
        return self._known_ids

    # --- windows, segments, rows -----------------------------------------------------------------------------------

    def belongs(self, rows: Sequence[int], where: Where) -> NDArray[np.bool_]:
        """Which of these production rows are in a segment."""
        mask: NDArray[np.bool_] = self._mask(None, where)[np.asarray(rows, dtype=np.int64)]
        return mask

    def _bins(self, window: Window) -> tuple[int, int]:
        """The time bins [first, last) of a window, outward."""
        time = self._cube.time
        return time.snap(*(bounds(window, is_time=time.is_time) or (None, None)))

    def snapped(self, window: Window) -> tuple[int, int] | None:
        """The window outward to whole time bins, in epoch milliseconds (or row numbers); None means all."""
        return None if window is None else self._cube.time.window(*self._bins(window))

    def window_text(self, window: Window) -> str:
        """A window as people read it: ``2023-07-22 to 2023-08-01``, row numbers, or ``all``."""
        if window is None:
            return "all"
        start, end = (str(edge).removesuffix(" 00:00:00") for edge in self._as_window(*self._bins(window)))
        return f"{start} to {end}"

    def _as_window(self, first: int, last: int) -> tuple[object, object]:
        start, end = self._cube.time.window(first, last)
        return (
            (pd.Timestamp(start, unit="ms"), pd.Timestamp(end, unit="ms")) if self._cube.time.is_time else (start, end)
        )

    def _mask(self, window: Window, where: Where | None) -> NDArray[np.bool_]:
        """Which production rows are in a window and a segment."""
        codes = self._production.codes
        mask = np.ones(codes.n_rows, dtype=bool) if where is None else Segment(where).mask(codes)
        if window is not None:
            first, last = self._bins(window)
            mask &= (codes.time >= first) & (codes.time < last)
        return mask

    def _cube_of(self, where: Where | None) -> Cube:
        if not where:
            return self._cube
        return Cube.build(self._production.codes, Segment(where).mask(self._production.codes))

    def __repr__(self) -> str:
        state = repr(self.evaluation_score) if self.scored else self.status
        return (
            f"Monitor({self._evaluation.n_rows:,} evaluation and {self._production.n_rows:,} production samples, "
            f"{len(self._production.properties)} properties, {self._cube.time}, {state})"
        )
