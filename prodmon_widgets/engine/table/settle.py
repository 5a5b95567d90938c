"""What only the cells of both sides together can tell: how numbers and dates are written in columns of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow.compute as pc

from prodmon_widgets.engine.table import dates, numerals
from prodmon_widgets.engine.table.dates import Order
from prodmon_widgets.engine.table.kept import Kept
from prodmon_widgets.engine.table.notes import Kind, Note
from prodmon_widgets.engine.table.numerals import Style
from prodmon_widgets.engine.table.profile import PROFILE_ROWS
from prodmon_widgets.engine.table.properties import among, literal
from prodmon_widgets.engine.table.rows import Reading, Rows
from prodmon_widgets.engine.table.writing import MISSING_WORDS

TEXTS = ("string", "levels")
_MOST_TEXT = 64
"""Characters of the longest number or date."""


@dataclass(frozen=True)
class Settled:
    """How columns of text are read since the first build; ``open_dates``: column → a date that may be two."""

    styles: Mapping[str, Style] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    open_dates: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Side:
    name: str
    rows: Rows
    texts: dict[str, list[str]]
    floats: bool
    readings: dict[str, Reading] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def settle(
    sides: Mapping[str, Rows], kept: Kept, day_first: bool | None = None, before: Settled | None = None
) -> tuple[list[Rows], Settled]:
    """The sides with such columns read as what they are; ``before``: what an earlier build settled."""
    looked = [_looked_at(name, rows, kept) for name, rows in sides.items()]
    known = before or Settled()
    styles = _read_numbers(looked, kept, known)
    orders, open_dates = _read_dates(looked, day_first, known)
    result = [_read(side) for side in looked]
    return result, Settled({**known.styles, **styles}, {**known.orders, **orders}, open_dates)


def _read(side: _Side) -> Rows:
    if not side.readings and not side.notes:
        return side.rows
    rows = side.rows.read_as(side.readings)
    rows.notes = (*side.rows.notes, *side.notes)
    return rows


def _looked_at(name: str, rows: Rows, kept: Kept) -> _Side:
    texts: dict[str, list[str]] = {}
    written = [c for c, column in rows.columns.items() if column.form in TEXTS and not kept.is_as_written(c)]
    floats = any(column.form == "number" for column in rows.columns.values())
    if not written:
        return _Side(name, rows, texts, floats)
    sample = rows.sample(PROFILE_ROWS)
    for column in written:
        cells = pc.unique(sample.column(column)).drop_null()
        found = [str(cell) for cell in cells.slice(0, 500).to_pylist()]
        found = [cell for cell in found if cell.strip() and cell not in MISSING_WORDS]
        if found and all(len(cell) <= _MOST_TEXT for cell in found):
            texts[column] = found
    return _Side(name, rows, texts, floats)


def _read_numbers(sides: Sequence[_Side], kept: Kept, known: Settled) -> dict[str, Style]:
    found = [{c: s for c, t in side.texts.items() if (s := _styles(c, t, known))} for side in sides]
    result: dict[str, Style] = {}
    for at, side in enumerate(sides):
        comma = any(s[0].decimal == "," and len(s) == 1 for c, s in found[at].items() if not kept.is_class(c))
        wanted = [c for c in found[at] if not kept.is_class(c) or comma]
        styles = {c: numerals.chosen(c, at, found, side.floats) for c in wanted}
        styles = {c: _as_before(c, found[at][c], style, known) for c, style in styles.items()}
        for column, style in _everywhere(side.rows, styles).items():
            points = style.percent and _in_points(column, at, sides)
            side.readings[column] = style.reading(points)
            example = max(side.texts[column], key=len)
            side.notes.append(numerals.said(side.name, column, style, points, example))
            result[column] = style
    return result


def _styles(column: str, texts: Sequence[str], known: Settled) -> tuple[Style, ...]:
    before = known.styles.get(column)
    return (before,) if before is not None and numerals.all_in(before, texts) else numerals.styles_of(texts)


def _as_before(column: str, possible: Sequence[Style], style: Style, known: Settled) -> Style:
    before = known.styles.get(column)
    return next((each for each in possible if before and each.decimal == before.decimal), style)


def _everywhere(rows: Rows, styles: Mapping[str, Style]) -> dict[str, Style]:
    """Those in which every cell is a number, not only the cells that were looked at."""
    if not styles:
        return {}
    asked = []
    for column, style in styles.items():
        cell = f"CAST({rows.columns[column].sql} AS VARCHAR)"
        asked.append(
            f"bool_and(regexp_full_match({cell}, {literal(style.pattern)}) OR {among(f'trim({cell})', MISSING_WORDS)})"
        )
    answers = rows.relation().aggregate(", ".join(asked)).fetchall()[0]
    return {column: style for (column, style), holds in zip(styles.items(), answers, strict=True) if holds}


def _in_points(column: str, at: int, sides: Sequence[_Side]) -> bool:
    """Whether another side has the column as numbers that are no shares."""
    for other in (side for i, side in enumerate(sides) if i != at):
        came = other.rows.columns.get(column)
        if came is not None and came.form in ("integer", "number"):
            largest = other.rows.relation().aggregate(f"max(abs({came.sql}))").fetchall()[0][0]
            return largest is not None and float(largest) > 1.5
    return False


def _read_dates(
    sides: Sequence[_Side], day_first: bool | None, known: Settled
) -> tuple[dict[str, Order], dict[str, str]]:
    orders: dict[str, Order] = {}
    unsure: dict[str, str] = {}
    for column in dict.fromkeys(c for side in sides for c in side.texts):
        mine = [side for side in sides if column in side.texts and column not in side.readings]
        shapes = {side.name: s for side in mine if (s := dates.shape_of(side.texts[column])) is not None}
        mine = [side for side in mine if side.name in shapes]
        counts = [_counts(side, column, shapes[side.name]) for side in mine]
        found = dates.settled(list(shapes.values()), counts, day_first) if mine else []
        for side, count, order in zip(mine, counts, found, strict=True):
            order = order or known.orders.get(column)
            if order is None and max(count.dmy, count.mdy) < count.n / 2:
                continue
            if order is None:
                unsure[column] = side.texts[column][0]
            elif (n := getattr(count, order)) >= count.n / 2:
                orders[column] = order
                side.readings[column] = dates.reading(shapes[side.name], order)
                side.notes += _said(side, column, order, count.n - n)
    return orders, unsure


def _counts(side: _Side, column: str, shape: dates.Shape) -> dates.Counts:
    cell = f"CAST({side.rows.columns[column].sql} AS VARCHAR)"
    row = side.rows.relation().aggregate(dates.counted(cell, shape)).fetchall()[0]
    return dates.Counts(*(int(number or 0) for number in row))


_KINDS: Mapping[Order, Kind] = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}


def _said(side: _Side, column: str, order: Order, n_odd: int) -> Iterator[Note]:
    reading, cell = side.readings[column], side.rows.columns[column].sql
    read = reading.sql.format(cell)
    nothing = f"{cell} IS NOT NULL AND {read} IS NULL"
    asked = f"CAST(max({cell}) FILTER ({read} IS NOT NULL) AS VARCHAR), count(*) FILTER ({nothing})"
    if n_odd:
        asked += f", CAST(min({cell}) FILTER ({read} IS NULL) AS VARCHAR)"
    example, n, *odd = side.rows.relation().aggregate(asked).fetchall()[0]
    if example is not None:
        shown = side.rows.relation().project(reading.sql.format(literal(example))).limit(1).fetchall()[0][0]
        yield Note(_KINDS[order], side.name, column, example=example, what=str(shown))
    if odd and n:
        yield Note("no date", side.name, column, n=n, example=str(odd[0]))


def read_again(rows: Rows, side: str, kept: Kept, before: Settled) -> tuple[Rows, Settled]:
    """Rows appended, read as the first build settled it."""
    (again,), settled = settle({side: rows}, kept, before=before)
    return again, replace(before, open_dates=settled.open_dates)
