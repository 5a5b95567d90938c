"""Table: samples behind one interface, prepared by the schema.

``prepare`` is the single door: it reads both sides, settles which column plays which role, and gives each table the
expressions of its properties. Nothing is computed until rows are asked for; then one SQL projection streams them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from prodmon_widgets.engine.table import clock, plan, truth
from prodmon_widgets.engine.table.alike import like
from prodmon_widgets.engine.table.arrow import arrow_table
from prodmon_widgets.engine.table.canonical import as_stored, as_text
from prodmon_widgets.engine.table.checks import inspected
from prodmon_widgets.engine.table.folders import like_before, with_folders
from prodmon_widgets.engine.table.kept import Kept, kept_of
from prodmon_widgets.engine.table.later import Writings, as_written
from prodmon_widgets.engine.table.logs.reading import log_of
from prodmon_widgets.engine.table.logs.sides import completed, sides_of
from prodmon_widgets.engine.table.plan import Plan
from prodmon_widgets.engine.table.properties import UNIT_SEPARATOR, Column, Property, literal, quoted
from prodmon_widgets.engine.table.roles import TIME
from prodmon_widgets.engine.table.rows import ArrowRows, Rows, as_frame, plain_levels
from prodmon_widgets.engine.table.settle import Settled, read_again, settle
from prodmon_widgets.engine.table.sources import is_nothing, kept, open_rows
from prodmon_widgets.engine.table.userfunctions import PREFIX, with_functions
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.errors import InputError, unknown
from prodmon_widgets.schema import Schema

Name = Literal["evaluation", "production"]
Functions = Sequence[Callable[[pd.DataFrame], object]]


def rest_of(name: str) -> str:
    """The column in which a coded batch has a property's texts that are none of the known values."""
    return f"{name}{UNIT_SEPARATOR}rest"


@dataclass(frozen=True)
class Table:
    """The samples of one side, in the user's row order.

    ``columns`` are the user's, ``properties`` what the schema made of them. Safe to read from several threads.
    """

    name: Name
    rows: Rows = field(repr=False)
    plan: Plan = field(default_factory=Plan, repr=False)
    columns: tuple[str, ...] = ()
    first_row: int = 0
    written: Writings = field(default_factory=dict, repr=False)
    """How this side, or this piece of it, writes its columns."""

    @classmethod
    def read(cls, source: Any, name: Name, kept: Kept, *, may_be_empty: bool = False) -> Table:
        """Any readable source as a table without properties; see ``sources.open_rows``."""
        rows = open_rows(source, name, kept)
        if not rows.n_rows and not may_be_empty:
            message = f"{name} has no rows (columns: {', '.join(rows.schema.names)}); expected one row a sample."
            raise InputError(message)
        return cls(name, rows, columns=tuple(rows.schema.names))

    @property
    def n_rows(self) -> int:
        """Number of samples."""
        return self.rows.n_rows

    @property
    def properties(self) -> tuple[Property, ...]:
        """The properties, computed ones first."""
        return tuple(c.property for c in self.plan.calculators)

    def made_of(self) -> dict[str, tuple[str, ...] | None]:
        """Property → the user's columns that it is computed from; None for what a function of the user made of any."""
        own = set(self.columns)
        return {c.property.name: c.needs if own.issuperset(c.needs) else None for c in self.plan.calculators}

    @property
    def has_time(self) -> bool:
        """Whether this table has the time column."""
        return self.plan.schema.timestamp in self.rows.columns

    @cached_property
    def cells(self) -> Mapping[str, Column]:
        """The user's columns as expressions read them."""
        return as_written(self.rows, self.written)

    def lazy(self) -> nw.LazyFrame[Any]:
        """``__time`` and every property, on DuckDB: Int64, Float64, String or List(String); missing is null."""
        lazy: nw.LazyFrame[Any] = nw.from_native(self._select([TIME, *(p.name for p in self.properties)]))
        return lazy

    def coded_batches(
        self, columns: Sequence[str], levels: Mapping[str, Sequence[str]], size: int = 200_000
    ) -> Iterator[pa.RecordBatch]:
        """Like ``batches``, in the forms that are cheapest to encode.

        Sets come as one text each; see ``expressions.as_packed``. A property in ``levels`` comes as an Arrow dictionary
        of these values, and a column called :func:`rest_of` it has the text of what is none of them.
        """
        chosen = [f"{self._sql(name, packed=True)} AS {quoted(name)}" for name in columns if name not in levels]
        for name, values in levels.items():
            text = self._sql(name)
            listed = ", ".join(literal(value) for value in values)
            known = f"TRY_CAST({text} AS ENUM({listed}))" if values else "CAST(NULL AS VARCHAR)"
            rest = f"CASE WHEN {known} IS NULL THEN {text} END AS {quoted(rest_of(name))}"
            chosen += [f"{known} AS {quoted(name)}", rest]
        return iter(self.rows.relation().project(", ".join(chosen)).to_arrow_reader(size))

    def batches(self, columns: Sequence[str], size: int = 200_000) -> Iterator[pa.RecordBatch]:
        """These columns – ``__time``, properties, or else the user's – of all rows in order; memory is flat."""
        return iter(self._select(columns).to_arrow_reader(size))

    def row_types(self) -> pa.Schema:
        """The user's columns as they came, then what functions of the user made of them."""
        made = [p.name for p in self.properties if p.origin == "user" and p.name not in self.columns]
        fields = [self.rows.schema.field(name) for name in self.columns]
        return pa.schema([*fields, *self._select(made).limit(0).to_arrow_table().schema] if made else fields)

    def row_batches(self, called: Mapping[str, str], size: int = 200_000) -> Iterator[pa.RecordBatch]:
        """The columns of :meth:`row_types` of all rows in order, as a file calls them; lengths of time are seconds."""
        came = self.cells
        cells = {n: as_stored(came[n]) if n in self.columns else self._sql(n) for n in self.row_types().names}
        chosen = [f"{sql} AS {quoted(called[name])}" for name, sql in cells.items()]
        return iter(self.rows.relation().project(", ".join(chosen)).to_arrow_reader(size))

    def _select(self, columns: Sequence[str]) -> Any:
        chosen = [f"{self._sql(name)} AS {quoted(name)}" for name in columns]
        return self.rows.relation().project(", ".join(chosen))

    def _sql(self, name: str, packed: bool = False) -> str:
        if name == TIME:
            return self._time_sql()
        calculator = next((c for c in self.plan.calculators if c.property.name == name), None)
        if calculator is not None:
            return calculator.sql(self.cells, packed)
        if name not in self.columns:
            raise InputError(unknown("column", name, [*(p.name for p in self.properties), *self.columns]))
        return self.cells[name].sql

    def _time_sql(self) -> str:
        if self.has_time:
            return f"CAST({self.plan.time(self.cells[str(self.plan.schema.timestamp)])} AS BIGINT)"
        return f"CAST(row_number() OVER () - 1 + {self.first_row} AS BIGINT)"

    def times(self) -> NDArray[np.float64]:
        """``__time`` of every row, NaN where there is none."""
        if not self.has_time:
            return np.arange(self.first_row, self.first_row + self.n_rows, dtype=np.float64)
        parts = [batch.column(0).to_numpy(zero_copy_only=False) for batch in self.batches([TIME])]
        return np.concatenate(parts).astype(np.float64)

    def time_range(self) -> tuple[int, int] | None:
        """The first and last ``__time``; None where no row has one."""
        if not self.has_time:
            return self.first_row, self.first_row + self.n_rows - 1
        extent = self._select([TIME]).aggregate(f"min({TIME}) AS low, max({TIME}) AS high").to_arrow_table()
        low, high = (extent.column(i)[0].as_py() for i in range(2))
        return None if low is None else (int(low), int(high))

    def time_bins(self) -> TimeBins:
        """The finest time bins of the ladder that cover every row's time.

        Raises
        ------
        InputError
            Where there is a time column and no time in it can be read.
        """
        extent = self.time_range()
        if extent is None:
            message = (
                f"no value of {self.plan.schema.timestamp!r} in {self.name} can be read as a time; convert it with "
                "pandas.to_datetime, or ignore it: Schema(ignore=[...]) makes row order the time."
            )
            raise InputError(message)
        return TimeBins.cover(extent[0], extent[1] + 1, is_time=self.has_time)

    def take(self, rows: NDArray[np.int64], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The user's columns (or properties, by name) of these row positions, in the order asked.

        Positions count from 0 within this table. Memory grows with the rows taken, not with the table.
        """
        wanted = list(self.columns if columns is None else columns)
        positions = self._checked(rows)
        if all(name in self.columns for name in wanted):
            return as_frame(plain_levels(self.rows.take(positions, wanted)))
        whole = ArrowRows(self.rows.take(positions, self.rows.schema.names))
        return as_frame(replace(self, rows=whole)._select(wanted).to_arrow_table())

    def _checked(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        positions = np.asarray(rows, dtype=np.int64)
        if len(positions) and not (positions.min() >= 0 and positions.max() < self.n_rows):
            message = f"rows {positions.min()} to {positions.max()} were asked of {self.n_rows:,}; they count from 0."
            raise InputError(message)
        return positions

    def ids(self) -> pa.ChunkedArray:
        """The id of every row, in row order; its row number where there is no id column."""
        name = self.plan.schema.id
        if name is None or name not in self.columns:
            return pa.chunked_array([pa.array(np.arange(self.first_row, self.first_row + self.n_rows))])
        reader = self._select([name]).to_arrow_reader(200_000)
        return reader.read_all().column(0)

    @property
    def has_ids(self) -> bool:
        """Whether the schema names a column of ids."""
        return self.plan.schema.id is not None

    def id_keys(self) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
        """A hash of every row's id, as text, and whether it has one; none has where the column is missing."""
        name = self.plan.schema.id
        if name is None or name not in self.columns:
            return np.zeros(self.n_rows, dtype=np.uint64), np.zeros(self.n_rows, dtype=bool)
        text = as_text(self.rows.columns[name])
        found = self.rows.relation().project(f"hash({text}) AS key, {text} IS NOT NULL AS given").to_arrow_table()
        return found.column(0).to_numpy(), found.column(1).to_numpy().astype(bool)

    def append(self, source: Any, known: TimeBins | None = None) -> Table | None:
        """New rows as a table of their own under the same schema: :meth:`later`, then :meth:`settled`."""
        new = self.later(source)
        return None if new is None else new.settled(known)

    def later(self, source: Any) -> Table | None:
        """New rows as a table of their own under the same schema; row numbers go on where this one ends.

        None where there are no rows. They keep nothing else alive of what they came in.

        Raises
        ------
        InputError
            Where the time column or one that a property needs is missing.
        """
        if is_nothing(source):
            return None
        spelled = kept_of(self.plan.schema).as_text(self.plan.settled.styles)
        source = completed(log_of(source, self.name, spelled=spelled), self.rows.schema)
        new = Table.read(source, self.name, spelled, may_be_empty=True)
        if not new.n_rows:
            return None
        read, settled = read_again(like_before(new.rows, self.rows), self.name, spelled, self.plan.settled)
        _check_dates(settled, self.plan.schema, self.name)
        new = replace(new, rows=read, columns=tuple(read.schema.names))
        self._check_columns(new)
        rows = with_functions(like(new.rows, self.cells, self.plan), source, self.plan.functions)
        rows = rows.owned() if isinstance(rows, ArrowRows) else rows
        rows.notes = read.notes
        written, plan = self.plan.writings(rows), replace(self.plan, within=None)
        return replace(new, rows=rows, plan=plan, first_row=self.first_row + self.n_rows, written=written)

    def distinct(self, names: Sequence[str]) -> pd.DataFrame:
        """The different rows that these properties or columns make."""
        return as_frame(self._select(names).distinct().to_arrow_table())

    def another(self, source: Any) -> Table:
        """Other rows in place of these, under the same schema; raises InputError as :meth:`later`, and for no rows."""
        new = self.later(source)
        if new is None:
            raise InputError(f"{self.name} has no rows; expected one row a sample.")
        return replace(new, plan=self.plan, first_row=0)

    def keys_of(self, ids: Sequence[object]) -> NDArray[np.uint64]:
        """The hashes of ids as a user names them: see :meth:`id_keys`."""
        name = str(self.plan.schema.id)
        named = arrow_table(pd.DataFrame({name: pd.Series(list(ids), dtype=None if len(ids) else object)}), "ids")
        keys, given = replace(self, rows=ArrowRows(named), columns=(name,)).id_keys()
        return keys[given]

    def settled(self, known: TimeBins | None = None) -> Table:
        """With what is to be said of these rows among its notes; times far from those in ``known`` bins are set apart.

        Raises
        ------
        InputError
            Where most times can't be read.
        """
        plan = replace(self.plan, within=None if known is None else clock.limits_beside(known, self))
        said = [*self.rows.notes, *inspected(self.name, self.rows, self.cells, plan, appended=True)]
        notes = [f"appended: {note}" for note in said]
        schema = plan.schema.filled({}, plan.schema.left_out, [*plan.schema.notes, *notes])
        return replace(self, plan=replace(plan, schema=schema))

    def kept(self, mask: NDArray[np.bool_]) -> Table:
        """Only the rows in ``mask`` (n_rows,)."""
        # without a time column those that are left go on with the numbers that they had where the first ones go
        first = int(np.argmax(mask)) if mask.any() else 0
        return replace(self, rows=kept(self.rows, mask), first_row=self.first_row + first)

    def _check_columns(self, new: Table) -> None:
        """Refuse rows that lack the time or what a property needs."""
        given = [name for name in self.rows.columns if not name.startswith(PREFIX)]
        needed = {name for c in self.plan.calculators for name in c.needs if name in given}
        if self.has_time:
            needed.add(str(self.plan.schema.timestamp))
        for name in sorted(needed - set(new.columns)):
            raise InputError(unknown("column", name, new.columns, f"The rows appended to {self.name} need it."))


def prepare(
    evaluation_source: Any,
    production_source: Any,
    schema: Schema | None = None,
    properties: Sequence[Callable[[pd.DataFrame], object]] = (),
    scores: Any = None,
    *,
    hive_partitioning: bool | None = None,
    day_first: bool | None = None,
) -> tuple[Schema, Table, Table]:
    """Both sides read and prepared: the filled schema, evaluation, production.

    ``scores``: a second table of scores of both sides, or one a side by its name.
    ``day_first``: whether 05/06 is 5 June, where no date tells.
    ``hive_partitioning``: whether key=value folders are columns; None: where both sides share values of them.

    Raises
    ------
    InputError
        For a source that can't be read, has no rows or a column name twice, and for a schema that doesn't fit it.
    """
    properties = (properties,) if callable(properties) else tuple(properties or ())
    properties = (properties,) if callable(properties) else tuple(properties or ())
    spelled = kept_of(schema or Schema())
    logs = sides_of(evaluation_source, production_source, scores, spelled)
    read = _opened(logs.sources, spelled, hive_partitioning)
    # what was saved is settled
    if not (isinstance(evaluation_source, Rows) and isinstance(production_source, Rows)):
        read = read.settle(spelled, day_first)
    read = read.with_functions(properties)
    return _planned(read, logs.schema(schema or Schema(), read.columns), properties, *logs.notes)


def prepare_labelled(
    evaluation_source: Any,
    production_source: Any,
    schema: Schema | None = None,
    properties: Sequence[Callable[[pd.DataFrame], object]] = (),
    scores: Any = None,
    *,
    hive_partitioning: bool | None = None,
    day_first: bool | None = None,
) -> tuple[Schema, Table, Table]:
    """Like :func:`prepare`, without the rows of the evaluation set of which people said nothing; these are noted.

    Nothing can be learned from them, and in the benchmark they would be estimates beside labels.
    """
    properties = (properties,) if callable(properties) else tuple(properties or ())
    spelled = kept_of(schema or Schema())
    logs = sides_of(evaluation_source, production_source, scores, spelled)
    read = _opened(logs.sources, spelled, hive_partitioning)
    # what was saved is settled
    if not (isinstance(evaluation_source, Rows) and isinstance(production_source, Rows)):
        read = read.settle(spelled, day_first)
    read = read.with_functions(properties)
    schema = logs.schema(schema or Schema(), read.columns)
    planned = _planned(read, schema, properties, *logs.notes)
    evaluation = planned[1]
    labelled = ~np.isnan(good(evaluation))
    if labelled.all() or not labelled.any():
        return planned
    alone = replace(read.sides[0], rows=kept(read.sides[0].rows, labelled))
    note = f"{(~labelled).sum():,} of {evaluation.n_rows:,} evaluation rows have no label and are left out."
    return _planned(replace(read, sides=(alone, read.sides[1])), schema, properties, *logs.notes, note)


@dataclass(frozen=True)
class _Read:
    """Both sides as they were read, what was settled over both, and why folders are no columns."""

    sources: tuple[Any, Any]
    sides: tuple[Table, ...]
    settled: Settled
    reasons: Mapping[str, str]

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        return {table.name: table.columns for table in self.sides}

    def settle(self, spelled: Kept, day_first: bool | None) -> _Read:
        """With numbers and dates in columns of text read as what they are."""
        rows, settled = settle({table.name: table.rows for table in self.sides}, spelled, day_first)
        return replace(self, sides=tuple(map(_with_rows, self.sides, rows)), settled=settled)

    def with_functions(self, properties: Functions) -> _Read:
        """With what the user's functions make of them."""
        pairs = zip(self.sides, self.sources, strict=True)
        return replace(self, sides=tuple(replace(t, rows=with_functions(t.rows, s, properties)) for t, s in pairs))


def _opened(sources: tuple[Any, Any], spelled: Kept, hive_partitioning: bool | None) -> _Read:
    sides = [Table.read(sources[0], "evaluation", spelled), Table.read(sources[1], "production", spelled)]
    rows, reasons = with_folders([table.rows for table in sides], hive_partitioning)
    return _Read(sources, tuple(map(_with_rows, sides, rows)), Settled(), reasons)


def _with_rows(table: Table, rows: Rows) -> Table:
    return replace(table, rows=rows, columns=tuple(rows.schema.names))


def _planned(read: _Read, schema: Schema, properties: Functions, *said: str) -> tuple[Schema, Table, Table]:
    """Both sides under one plan; ``said`` is to be noted of them."""
    made = plan.make(schema, read.sides[0].rows, read.sides[1].rows, properties)
    _check_dates(read.settled, made.schema, "evaluation and production")
    made = replace(made, settled=read.settled)
    sides = [replace(table, plan=made, written=made.written[table.name]) for table in read.sides]
    plans = [replace(made, within=clock.limits_of(table)) for table in sides]
    notes = [
        n
        for table, plan in zip(sides, plans, strict=True)
        for n in inspected(table.name, table.rows, table.cells, plan)
    ]
    of_files = [str(note) for table in sides for note in table.rows.notes]
    left_out = {**made.schema.left_out, **read.reasons}
    filled = made.schema.filled({}, left_out, [*of_files, *made.schema.notes, *said, *notes])
    evaluation, production = (
        replace(table, plan=replace(plan, schema=filled)) for table, plan in zip(sides, plans, strict=True)
    )
    return filled, evaluation, production


def _check_dates(settled: Settled, schema: Schema, side: str) -> None:
    """Refuse a time of which nothing says whether the day or the month comes first."""
    example = settled.open_dates.get(str(schema.timestamp))
    if example is not None:
        raise InputError(
            f"{example!r} in {schema.timestamp!r} may be one of two days: no date of "
            f"{side} says whether the day or the month comes first. Say it in Monitor(..., day_first=True) or False, "
            "or write dates as 2023-06-05."
        )


def good(table: Table, name: str | None = None) -> NDArray[np.float64]:
    """What people said of each row: 1.0 good, 0.0 bad, NaN unknown or nothing; ``name`` of the table is for messages.

    From ``Schema.good``, else the annotation, else label beside prediction: of several classes all must be right.

    Raises
    ------
    InputError
        For an annotation that is none of Good, Bad and Unknown.
    """
    told = table.plan.schema.good
    if callable(told):
        return _asked(table, told) if table.name == "evaluation" else np.full(table.n_rows, np.nan)
    columns = table.cells
    annotation = told if isinstance(told, str) else table.plan.schema.annotation
    if annotation is not None and annotation in columns:
        _refuse_foreign(table, columns[annotation], name or table.name)
    sql = truth.expression(table.plan.schema, table.plan.prediction, columns)
    if sql is None:
        return np.full(table.n_rows, np.nan)
    reader = table.rows.relation().project(f"CAST({sql} AS DOUBLE) AS good").to_arrow_reader(200_000)
    values: NDArray[np.float64] = reader.read_all().column(0).to_numpy().astype(np.float64)
    return values


def _asked(table: Table, told: Callable[..., Any]) -> NDArray[np.float64]:
    frame = table.take(np.arange(table.n_rows))
    return truth.from_function(told(frame), table.n_rows, getattr(told, "__name__", "function"))


def _refuse_foreign(table: Table, column: Column, name: str) -> None:
    as_numbers = table.plan.schema.threshold is not None
    foreign = truth.no_numbers(column) if as_numbers else truth.foreign_words(column)
    odd = table.rows.relation().project(f"{foreign} AS odd").filter("odd IS NOT NULL").distinct()
    found = [str(v) for v in odd.limit(5).to_arrow_table().column(0).to_pylist()]
    if not found:
        return
    expected = "numbers" if as_numbers else "Good, Bad or Unknown (any case)"
    advice = "" if as_numbers or not all(map(_is_number, found)) else " Numbers are good from Schema(good_from=...) on."
    raise InputError(f"{name} has annotations {found}; expected {expected}, or nothing.{advice}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
