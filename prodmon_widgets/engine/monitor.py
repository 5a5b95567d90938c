"""Monitor: the one object that notebooks and widgets call.

What it knows lies in its state; its methods ask the module that owns a figure for it, once the scores are there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.alerts.alerts import Alerts, rehearse
from prodmon_widgets.engine.alerts.rulefile import alert_rules, has_thin_days
from prodmon_widgets.engine.annotator import scoring
from prodmon_widgets.engine.annotator.features import Features
from prodmon_widgets.engine.causes import dating, questions
from prodmon_widgets.engine.causes.causes import Causes
from prodmon_widgets.engine.cube.shares import shares_over_time
from prodmon_widgets.engine.drift import comparison, novelty
from prodmon_widgets.engine.labels import labelling
from prodmon_widgets.engine.labels.arrivals import UnknownIds, arrived
from prodmon_widgets.engine.labels.provenance import BY_A_PERSON, IN_THE_DATA
from prodmon_widgets.engine.quality import timeline
from prodmon_widgets.engine.quality.estimate import Estimate, EvaluationScore
from prodmon_widgets.engine.samples.order import Order, rows_to_look_at
from prodmon_widgets.engine.samples.repeats import Duplicates, rows_before, rows_with
from prodmon_widgets.engine.state import State, Where, named
from prodmon_widgets.engine.storage import relabel, saved
from prodmon_widgets.engine.table.logs.reading import read_log
from prodmon_widgets.engine.table.logs.sides import split
from prodmon_widgets.engine.table.paths import local
from prodmon_widgets.engine.table.table import good, prepare, prepare_labelled
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.engine.time.windows import Window
from prodmon_widgets.engine.work.cancellation import SearchCancelledError
from prodmon_widgets.engine.work.progress import Progress
from prodmon_widgets.engine.work.readiness import Readiness
from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import Schema

ESTIMATE_ROWS = 20_000
"""At most so many samples of a selection are read where its estimates are refitted."""

_EXAMPLE = "pm.Schema(label='y_true')"


class Monitor:
    """A model in production beside its labelled evaluation set.

    With text the constructor returns while scores are still being estimated; whatever needs them waits.

    Parameters
    ----------
    evaluation, production
        Anything that holds rows: pandas, Polars or Arrow tables, paths or globs to CSV, Parquet or JSON lines, DuckDB
        relations. The evaluation set says of its samples whether they are good; production need not.
    schema
        Names columns whose names aren't the usual ones. None: all roles are inferred.
    annotator
        An :class:`~prodmon_widgets.engine.annotator.annotator.Annotator`, or any object with ``fit`` and
        ``predict_proba``, which becomes its correctness model. None: the usual one.
    properties
        Functions of a DataFrame of samples that return one value a sample; each becomes a property of its name.
    text
        Whether the annotator reads columns of text; without, it takes a fraction of the time.
    progress
        Whether long work shows a bar.
    scores
        Scores that a tool keeps in a second table (Langfuse, LangSmith, Phoenix), joined by id: one of both sides, or
        ``{"evaluation": ..., "production": ...}``. People's become the annotation, judges' properties.
    hive_partitioning
        Whether ``key=value`` folders that files lie in are columns. None: where both sides share values of them.
    day_first
        Whether 05/06/2023 is 5 June. None: the dates themselves tell; where they don't, they are refused as times.

    Raises
    ------
    InputError
        Where the data can't be monitored: no labels, missing columns, no rows.

    Notes
    -----
    In every method a ``window`` is a pair of anything pandas reads as a time (without a zone: UTC), half-open and
    snapped outward to time bins, a pair of row numbers where there is no time, or None for all. ``where`` is a segment:
    ``{property: value}``, ``[any of]``, ``(low, high)`` half-open with None for no limit, or None for missing; on a
    property of several values a value means "contains".

    No estimate sees a change of P(good | properties): a decline that no property shows takes labels.

    Examples
    --------
    >>> from prodmon_widgets import datasets
    >>> monitor = Monitor(*datasets.movies(n=5000), text=False, progress=False)
    >>> late_july = ("2023-07-22", "2023-08-01")
    >>> bool(monitor.score(late_july).high < monitor.evaluation_score.low)
    True
    >>> compared = monitor.compare(late_july).set_index("property")
    >>> compared.loc["n_predictions", ["window", "production", "evaluation"]].astype(float).round(2).tolist()
    [2.21, 2.02, 1.96]
    >>> monitor.new_values()["value"].tolist()
    ['Mystery', 'Western']
    >>> "prediction = Mystery" in monitor.causes(late_july).items["segment"].tolist()
    True
    """

    def __init__(  # noqa: PLR0913  all but two are keyword-only
        self,
        evaluation: object,
        production: object,
        *,
        schema: Schema | None = None,
        annotator: object | None = None,
        properties: Sequence[Callable[[pd.DataFrame], object]] = (),
        text: bool = True,
        progress: bool = True,
        scores: object | None = None,
        hive_partitioning: bool | None = None,
        day_first: bool | None = None,
    ) -> None:
        if schema is not None and not isinstance(schema, Schema):
            raise InputError(f"schema is a {type(schema).__name__}; expected pm.Schema(...), such as {_EXAMPLE}.")
        tell = Progress(progress)
        with tell.step("reading"):
            schema, known, later = prepare_labelled(
                evaluation,
                production,
                schema,
                properties,
                scores,
                hive_partitioning=hive_partitioning,
                day_first=day_first,
            )
        scoring.check_labels(good(known))
        read = tuple(schema.text or ()) if text else ()
        with tell.step("counting"):
            state = State.of(schema, known, later, scoring.as_annotator(annotator), read, tell.at)
        self._hold(state, tell)
        # text takes long: the page is there meanwhile
        (self._ready.run_behind if read else self._ready.run)(self._score)

    @classmethod
    def from_log(
        cls, log: object, *, schema: Schema | None = None, scores: object | None = None, **options: Any
    ) -> Monitor:
        """A monitor of one log: its annotated rows are the evaluation set, the others production.

        ``log`` is a tool's export or any table of samples, ``scores`` its second table; ``options`` are those of the
        constructor. Annotated rows are seldom a random draw of all, which the schema's notes say.

        Raises InputError where no row is annotated, or every one is.
        """
        table = read_log(log, scores)
        _, both, _ = prepare(table, table, schema)
        return cls(*split(table, good(both)), schema=schema, **options)

    def _hold(self, state: State, progress: Progress) -> None:
        self._state = state
        self._progress = progress
        self._ready = Readiness(progress)

    @property
    def schema(self) -> Schema:
        """Which column plays which role, and why the others play none."""
        return self._state.schema

    # --- estimating, at once or behind the dashboard -------------------------------------------------------------

    def _score(self) -> None:
        with self._progress.step("learning on the evaluation set"):
            self._state.learn()
        with self._progress.step("estimating annotations"):
            self._state.annotate(self._at)

    def _at(self, share: float) -> None:
        if self._ready.stopping:
            raise SearchCancelledError("the process ends while the estimates are being made; nobody waits for them.")
        self._progress.at(share)

    def wait(self) -> Monitor:
        """Return when every sample has its score; raises what went wrong with them."""
        self._ready.wait()
        return self

    @property
    def scored(self) -> bool:
        """Whether the estimates are there."""
        return self._ready.done

    @property
    def status(self) -> str:
        """What the monitor is doing now, empty when it is ready."""
        return self._ready.status

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever figures change (scores ready, labels, new rows); returns how to stop that."""
        return self._ready.on_change(listener)

    # --- figures -------------------------------------------------------------------------------------------------

    @property
    def evaluation_score(self) -> EvaluationScore:
        """Quality of the evaluation set: estimated out of fold, like production's, and true."""
        return self.benchmark()

    def benchmark(self, where: Where | None = None) -> EvaluationScore:
        """The same of a segment of the evaluation set; NaN where it has none of the segment's samples."""
        self.wait()
        said = self._state.evaluation_totals(where)
        n, n_good = int(said["actual"][0]), int(said["actual_good"][0])
        return EvaluationScore.of(self._state.evaluation_cube_of(where).totals, n, n_good)

    def timeline(self, every: str | int | None = None, where: Where | None = None) -> pd.DataFrame:
        """Estimated quality of production over time; see :func:`prodmon_widgets.engine.quality.timeline.timeline`.

        ``actual`` is the share of good among the ``n_actual`` samples that people annotated, whoever chose them: with
        the data, or by :meth:`label`. NaN where there are none.
        """
        self.wait()
        state = self._state
        frame = timeline.timeline(state.cube_of(where).totals, state.cube.time, state.terms_of(where), every)
        frame.attrs |= state.evaluation_shares()
        return frame

    def shares(self, every: str | int | None = None) -> pd.DataFrame:
        """Shares of values over time; see :func:`prodmon_widgets.engine.cube.shares.shares_over_time`."""
        return shares_over_time(self._state.cube, every)

    def realised(self, every: str | int | None = None, where: Where | None = None) -> pd.DataFrame:
        """How good the estimates were: those of the samples that people labelled, beside what people said of them.

        One row for each stretch as in :meth:`timeline` that has labels: ``start, end, n`` (labelled samples),
        ``estimated`` with its 95 % band ``low, high`` as if nobody had labelled any, ``estimable``, ``actual`` (share
        of good), ``error`` (estimated less actual) and ``held`` (whether the band holds it). It speaks of the labelled
        samples: where somebody chose them, not of all.
        """
        self.wait()
        return self._state.realised(every, where)

    def series(self, most: int, where: Where | None = None) -> pd.DataFrame:
        """The timeline in at most ``most`` stretches, also of a segment; only start, end and n before it is scored."""
        cube = self._state.cube_of(where)
        return timeline.series(cube.totals, cube.time, self._state.terms_of(where), most)

    @property
    def time_bins(self) -> TimeBins:
        """The time bins that windows snap to."""
        return self._state.cube.time

    def score(self, window: Window = None, where: Where | None = None) -> Estimate:
        """Estimated quality of a window and segment, with band, bounds, coverage and support."""
        self.wait()
        return self._state.score(window, where)

    def compare(self, window: Window = None, baseline: Window | Where = None) -> pd.DataFrame:
        """Property statistics of the window beside all production and evaluation.

        Drift, effect and verdict are against ``baseline``: the evaluation set (None), a window, or a ``where``.
        ``.attrs["window"]`` is the window snapped outward to whole time bins, ``.attrs["n"]`` its samples.
        """
        state = self._state
        first, last = state.bins(window)
        inside, evaluation = state.cube.window(first, last), state.evaluation_cube.window()
        against = evaluation
        if isinstance(baseline, Mapping):
            against = state.cube_of(baseline).window()
        elif baseline is not None:
            against = state.cube.window(*state.bins(baseline))
        frame = comparison.compare(state.cube.axes, inside, against, state.cube.window(), evaluation)
        frame.attrs["window"] = state.edges(first, last)
        frame.attrs["n"] = inside.totals["n"]
        return frame

    def new_values(self, window: Window = None) -> pd.DataFrame:
        """Classes and values of production that the evaluation set doesn't have; see ``engine.novelty``.

        ``first_seen`` is the time of a value's first sample.
        """
        self.wait()
        state = self._state
        found = novelty.new_values(state.cube, state.evaluation_cube, *state.bins(window), state.terms_of(None))
        return novelty.dated(found, state.production.codes, state.production.times())

    def estimates(self, window: Window = None, where: Where | None = None) -> pd.DataFrame:
        """Every estimate of a selection side by side, refitted for it: no other figure is.

        Columns ``estimate, score, low, high``: the band is of the ``combined`` estimate, as on the timeline.
        ``.attrs``: ``auc`` of telling the selection from the evaluation set, ``effective_n`` (samples of it that are
        like the selection), ``supported`` share, ``estimable``, the band's ``assumption``. At most ``ESTIMATE_ROWS``
        seeded samples are read. Labels don't enter: they correct :meth:`score`.
        """
        self.wait()
        rows = np.flatnonzero(self._state.mask(window, where))
        if not len(rows):
            raise InputError(f"no sample is in {named(window, where)}; choose another.")
        n = len(rows)
        if n > ESTIMATE_ROWS:
            rows = np.sort(np.random.default_rng(0).choice(rows, ESTIMATE_ROWS, replace=False))
        frame = self._state.annotator.estimates(Features(self._state.production, self._state.text).take(rows), n)
        # whether it is estimable is one question with one answer, refitted or not
        told = self.score(window, where)
        frame.attrs |= {"estimable": bool(told.estimable), "why": told.why}
        return frame

    def weak_segments(self, window: Window = None) -> pd.DataFrame:
        """Segments of one or two conditions that score low on the evaluation set, by people's annotations.

        See :func:`prodmon_widgets.engine.causes.weak.weak_segments`; beside it the same segment's estimated score
        and share in all of production (``production_score, production_share``) and in the window.
        """
        self.wait()
        frame = self._state.weak()
        for name, stretch in (("production", None), ("window", window)):
            whole = max(float(self.score(stretch).n), 1.0)
            found = [self.score(stretch, where) for where in frame["where"]]
            frame[f"{name}_share"] = [float(each.n) / whole for each in found]
            frame[f"{name}_score"] = [float(each.score) for each in found]
        return frame

    def causes(
        self, window: Window = None, baseline: Window | Where = None, *, cancelled: Callable[[], bool] | None = None
    ) -> Causes:
        """The drop from ``baseline`` to the window, itemised into segments that add up.

        Baseline None is the evaluation set on the annotator's own scale, its out-of-fold estimates; a window or a
        ``where`` compares production with itself: with ``{"model": "v1"}`` the window's samples of all other models
        are compared with all of v1. Confidence, judges' scores and whatever else says itself how good a sample is are
        looked at last, as signs. ``cancelled`` is polled.
        """
        self.wait()
        return questions.causes(self._state, window, baseline, cancelled)

    def when(self, window: Window = None, baseline: Window | Where = None) -> pd.DataFrame:
        """When the decline and each of the window's causes began, in production up to the window's end.

        See :func:`prodmon_widgets.engine.causes.dating.dated`.
        """
        items = self.causes(window, baseline).items
        return dating.dated(self._state.counted(), items, 0, self._state.bins(window)[1])

    def alerts(self, rules: object = None, planted: float = 0.05) -> Alerts:
        """Rules rehearsed on history: a list of AlertRules or dicts, a path or YAML text; None means the usual ones.

        The usual ones look for changes of score, coverage, support and of any property's values beyond what days
        vary by anyhow, for new values, and for days with few samples: :data:`prodmon_widgets.engine.alerts.rulefile`.

        See :class:`prodmon_widgets.engine.alerts.rulefile.AlertRule` and
        :class:`prodmon_widgets.engine.alerts.alerts.Alerts`.
        """
        self.wait()
        thin = has_thin_days(self.time_bins, self._state.production.n_rows)
        return rehearse(self, alert_rules(rules, weekly=thin), planted)

    # --- what the browser gets -----------------------------------------------------------------------------------

    def cube_wire(self) -> tuple[dict[str, Any], bytes]:
        """Description and bytes of everything that answers a brush; without scores while they are estimated."""
        return self._state.wire(None)

    def segment_wire(self, where: Where) -> bytes:
        """The same bytes for the samples of one segment alone, laid out alike."""
        return self._state.wire(where)[1]

    @property
    def plain_reasons(self) -> frozenset[str]:
        """Reasons of samples that tell nothing: they name no property, no rule and no words of a person."""
        return frozenset([*self._state.annotator.plain_reasons, IN_THE_DATA, BY_A_PERSON])

    def columns_of_properties(self) -> dict[str, tuple[str, ...] | None]:
        """Property → the columns it is computed from; None where a function of the user made it."""
        return self._state.production.tables[0].made_of()

    # --- samples ---------------------------------------------------------------------------------------------------

    def samples(
        self, window: Window = None, where: Where | None = None, n: int = 50, order: Order = "worst", skip: int = 0
    ) -> pd.DataFrame:
        """The first ``n`` production samples of a selection, with score, annotation, reason and supported.

        ``annotated_by`` is person, data (its column), rule or annotator: what people said stands in place of the
        estimate, whose score stays. The index is the row number; ``skip`` leaves out the first so many, to read page
        after page. A column of the user's that has one of these names becomes ``given_<name>``.
        """
        self.wait()
        rows = np.flatnonzero(self._state.mask(window, where))
        side = self._state.production
        time = side.codes.time[rows].astype(np.int64)
        chosen = rows_to_look_at(rows, order, n, score=side.score(rows), time=time, skip=skip)
        return self._state.annotated(side.take(chosen), chosen)

    def annotations(self, order: Order | None = None) -> pd.DataFrame:
        """Every production sample's id, score, annotation, reason, supported and annotated_by, in row order.

        ``order`` puts the worst, the most uncertain or the newest first instead.
        """
        self.wait()
        side = self._state.production
        rows = np.arange(side.n_rows)
        ids = pd.DataFrame({"id": side.ids()})
        if order is not None:
            time = side.codes.time.astype(np.int64)
            rows = rows_to_look_at(rows, order, len(rows), score=side.score(rows), time=time)
        return self._state.annotated(ids.iloc[rows], rows)

    @property
    def left_out(self) -> dict[str, str]:
        """Columns that the annotator doesn't read, with the reason: one tells the time, names samples, never varies."""
        self.wait()
        return dict(self._state.annotator.left_out_)

    def evaluation_patch(
        self, where: Where | None = None, window: Window = None, rows: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """Production samples ready to join the evaluation set: its columns, annotated Good, Bad or Unknown by people.

        ``pd.concat([evaluation, patch])`` or a file written from it loads as an evaluation set. An estimate never
        becomes an annotation: who has not been asked is Unknown. ``rows`` takes those row numbers instead.
        """
        return self._state.patch(np.flatnonzero(self._state.mask(window, where)) if rows is None else rows)

    # --- more rows, and another day ----------------------------------------------------------------------------------

    def append(self, frame: object, *, duplicates: Duplicates | None = None) -> Monitor:
        """Add production rows: they are scored with their recent past, and the cube is merged, not rebuilt.

        Scores given before stay. A class or value that is new gets a place of its own at once. Rows whose time is far
        from all others are set apart, and the schema's notes say so. No rows are nothing to do.

        ``duplicates`` says what becomes of rows whose id is known: ``"skip"`` leaves them out, ``"replace"`` puts them
        in place of those before, with their labels, ``"keep"`` counts them again. None skips where every id of
        production names one sample, and else keeps. How many there were is warned of, and noted in the schema.

        Raises
        ------
        InputError
            Where the time column or one that a property needs is missing, for ``"skip"`` and ``"replace"`` without ids,
            and for ``"replace"`` where an id names several samples.

        Examples
        --------
        >>> from prodmon_widgets import datasets
        >>> evaluation, production = datasets.movies(n=2000)
        >>> monitor = Monitor(evaluation, production[:-100], text=False, progress=False)
        >>> bool(monitor.append(production[-100:]).score().n == len(production))
        True
        """
        self.wait()
        with self._progress.step("estimating annotations"):
            is_more = self._state.append(frame, duplicates, self._progress.at)
        if is_more:
            self._ready.tell()
        return self

    def forget(self, ids: Sequence[object] | None = None, *, before: object | None = None) -> Monitor:
        """Take production samples out for good – by id, and those before a time – with what was counted and labelled.

        The time bins stay as they are. Where this monitor was loaded from, the rows are gone once it is saved there.
        What the annotator learned on the evaluation set holds nothing of production.

        Parameters
        ----------
        ids
            The samples with one of these ids; one that production doesn't have is gone already.
        before
            The samples with an earlier time (without a time column: with a smaller row number).

        Raises
        ------
        InputError
            Where neither is given, ids are given and samples have none, or nothing would be left.

        Examples
        --------
        >>> from prodmon_widgets import datasets
        >>> monitor = Monitor(*datasets.movies(n=2000), text=False, progress=False)
        >>> bool(monitor.forget(before="2023-07-01").score(("2023-05-01", "2023-07-01")).n == 0)
        True
        """
        self.wait()
        if ids is None and before is None:
            raise InputError("nothing is named to be forgotten; give ids, or before=<a time>.")
        side = self._state.production
        gone = np.zeros(side.n_rows, dtype=bool)
        if ids is not None:
            gone |= rows_with(side, [ids] if isinstance(ids, str) or not isinstance(ids, Iterable) else list(ids))
        if before is not None:
            gone |= rows_before(side, before)
        self._state.forget(gone)
        self._ready.tell()
        return self

    def refit(self, evaluation: object | None = None) -> Monitor:
        """A new annotator, learned on another evaluation set, or on the same one again.

        It scores what is appended from now on. History stays as it was told: the scores that production has, its
        labels, and so every alert. The bins stay as the first build settled them; a value that is new to them gets a
        place of its own. For history scored anew make a new monitor.

        Raises
        ------
        InputError
            For an evaluation set that lacks a column which a property needs, or that can't teach.

        Examples
        --------
        >>> from prodmon_widgets import datasets
        >>> evaluation, production = datasets.movies(n=2000)
        >>> monitor = Monitor(evaluation.head(500), production, text=False, progress=False)
        >>> before = monitor.score()
        >>> monitor.refit(evaluation).score() == before, monitor.evaluation_score.n == len(evaluation)
        (True, True)
        """
        self.wait()
        with self._progress.step("learning on the evaluation set"):
            self._state.refit(evaluation)
        self._ready.tell()
        return self

    def save(self, folder: str | Path) -> Path:
        """Write rows, codes, scores, the annotator, labels and draws to a folder, a store; never pickle.

        Where this monitor was loaded from the folder, or saved there before, only what is new is written; a monitor
        that never was there replaces what is. It is the user's own: no other may read it. Returns the folder.

        What was saved there before stays whole until all is written, and rows that another monitor still reads stay.
        Of several processes one at a time writes: the others wait for a minute.

        Raises
        ------
        InputError
            Where the folder is a file, where another saved there since this monitor was loaded, or holds it for longer;
            nothing is written then.
        BackendError
            Where it can't be written, on a full disk for instance.
        """
        self.wait()
        target = local(folder)
        if target.exists() and not target.is_dir():
            raise InputError(f"{target} is a file; a monitor is saved to a folder.")
        return saved.save(self._state, target)

    @classmethod
    def load(cls, folder: str | Path, *, trusted: Collection[str | type] = (), progress: bool = True) -> Monitor:
        """The monitor that was saved there, with the same figures; nothing is fitted or counted over rows again.

        Nothing in the folder runs, whoever wrote it. Only a model of your own, other than a logistic regression, is
        made by the code of its types: loading then takes ``trusted``, the exact names of all of them, and its refusal
        lists them. Raises InputError that names the file for whatever is damaged, and for another format.
        """
        monitor = cls.__new__(cls)
        monitor._hold(saved.load(local(folder), trusted), Progress(progress))
        monitor._ready.run(lambda: None)
        return monitor

    @staticmethod
    def labels_of(folder: str | Path) -> pd.DataFrame:
        """The labels of a saved monitor, as a frame that :meth:`label` takes: ``id, annotation, reason``.

        Also of one that was saved in an older format, whose estimates can't be read any more: fit again, and label.
        Raises InputError where nothing was saved there, or it is damaged.
        """
        return relabel.labels_of(local(folder))

    # --- labels ------------------------------------------------------------------------------------------------------

    def to_label(
        self, n: int = 20, window: Window = None, where: Where | None = None, *, seed: int | None = None
    ) -> pd.DataFrame:
        """Draw ``n`` samples whose labels narrow the estimate of a window and segment most, and remember the draw.

        The user's columns with ``id``, the estimates, and the ``probability`` that each had of being drawn.
        ``.attrs["width"]`` is the band's width now, ``.attrs["expected_width"]`` what it should be once they are
        labelled (with labels given before to the same window and segment). A few can leave it wider than it was: the
        band now assumes that P(good | properties) is as on the evaluation set, labels assume nothing. Then
        ``.attrs["narrows"]`` is False, and ``.attrs["note"]`` says so in words.
        Only labels of samples drawn here correct the estimates of others. Raises InputError where there is nothing left
        to draw.
        """
        self.wait()
        return labelling.to_label(self._state, n, window, where, seed)

    def label(
        self, frame: object, *, unknown_ids: UnknownIds = "raise", sampled: labelling.Sampled | None = None
    ) -> Monitor:
        """Take labels by people: columns ``id``, ``annotation`` (good, bad, unknown; None takes one back), ``reason``.

        ``frame`` is anything that holds rows, as in the constructor; the id may be called as in production. In place of
        an annotation it may hold the true ``label``, which is compared with the prediction. A labelled sample counts as
        it is in every figure; labels of samples that :meth:`to_label` drew also correct the estimates of the others in
        the window and segment they were drawn from, and so do those of which ``sampled="random"`` vouches that they are
        a random sample of the period that they cover (a review of random rows, labels that came late for whatever
        row). ``unknown_ids="ignore"`` leaves labels whose id production doesn't have, warns of
        how many, and notes it in the schema; the same labels given twice change nothing.

        Raises
        ------
        InputError
            For another ``sampled``, unknown annotations, and unknown ids where they are not ignored: nothing is taken.
        """
        self.wait()
        came = arrived(self._state.production.tables, frame, unknown_ids)
        labelling.label(self._state, came, sampled)
        self._state.say_unknown(came.n_unknown)
        self._ready.tell()
        return self

    # --- windows, segments, rows -----------------------------------------------------------------------------------

    def as_properties(self, where: Where) -> dict[str, object]:
        """The same segment by the names of properties: a column such as y_pred is the property ``prediction``."""
        aliases = self.schema.aliases()
        return {
            name if name in self._state.production.codes.bins else aliases.get(name, name): where[name]
            for name in where
        }

    def belongs(self, rows: Sequence[int], where: Where) -> NDArray[np.bool_]:
        """Which of these production rows are in a segment."""
        mask: NDArray[np.bool_] = self._state.mask(None, where)[np.asarray(rows, dtype=np.int64)]
        return mask

    def snapped(self, window: Window) -> tuple[int, int] | None:
        """The window outward to whole time bins, in epoch milliseconds (or row numbers); None means all.

        Raises InputError for a window that production has no time bin in.
        """
        if window is None:
            return None
        first, last = self._state.bins(window)
        if first == last:
            start, end = self._state.edges(0, self._state.cube.time.count)
            raise InputError(
                f"window ({window[0]}, {window[1]}) lies outside of production, which is {start} to {end}."
            )
        return self._state.cube.time.window(first, last)

    def window_text(self, window: Window) -> str:
        """A window as people read it: ``2023-07-22 to 2023-08-01``, row numbers, or ``all``."""
        if window is None:
            return "all"
        start, end = (str(edge).removesuffix(" 00:00:00") for edge in self._state.edges(*self._state.bins(window)))
        return f"{start} to {end}"

    def __reduce__(self) -> Any:
        raise InputError(
            "a Monitor can't be pickled: its rows may lie in files, and a pickle runs code where it is loaded. "
            "monitor.save(folder) writes it, pm.Monitor.load(folder) reads it, in another process too."
        )

    def __repr__(self) -> str:
        state = repr(self.evaluation_score) if self.scored else self.status
        known, later = self._state.evaluation, self._state.production
        return (
            f"Monitor({known.n_rows:,} evaluation and {later.n_rows:,} production samples, "
            f"{len(later.properties)} properties, {self._state.cube.time}, {state})"
        )
