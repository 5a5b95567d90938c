"""Dates of three numbers, such as 05/06/2023: whether the day or the month comes first follows from all of them.

A day above twelve tells, on either side; years without a century stand where they vary least. Where nothing tells,
the order stays open: whoever uses such a column as the time has to say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from prodmon_widgets.engine.table.properties import literal
from prodmon_widgets.engine.table.rows import Reading

Order = Literal["dmy", "mdy", "ymd"]

_CLOCK = r"([ T,]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?\s*([AaPp]\.?[Mm]\.?)?)?"
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p", " %I:%M:%S%p")
MONTHS = 12
DAYS = 31


@dataclass(frozen=True)
class Shape:
    """What stands between the numbers, and how many digits the year has, which comes first or last."""

    separator: str
    digits: int
    year_first: bool = False

    @property
    def pattern(self) -> str:
        """Three numbers and perhaps a time of day."""
        mark = re.escape(self.separator)
        # 1.2.10 is a version, 1/2/10 a date
        short = "[0-9]{1,2}" if self.digits == 4 or self.separator == "/" else "[0-9]{2}"
        year = f"([0-9]{{{self.digits}}})"
        three = (year, f"({short})", f"({short})") if self.year_first else (f"({short})", f"({short})", year)
        return rf"\s*{mark.join(three)}{_CLOCK}\s*"


SHAPES = (
    *(Shape(separator, 4) for separator in "/.-"),
    *(Shape(separator, 4, year_first=True) for separator in "/."),
    *(Shape(separator, 2) for separator in "/.-"),
)


def shape_of(texts: Sequence[str]) -> Shape | None:
    """The shape of most texts; None where they are no such dates.

    >>> shape_of(["05/06/2023 10:00", "6/6/2023"]).separator, shape_of(["2023-06-05"]), shape_of(["1.2.10"])
    ('/', None, None)
    """
    counts = {shape: sum(map(bool, map(re.compile(shape.pattern).fullmatch, texts))) for shape in SHAPES}
    best = max(SHAPES, key=lambda shape: counts[shape])
    return best if counts[best] > len(texts) / 2 else None


@dataclass(frozen=True)
class Counts:
    """How many values each order reads, and how far apart the years are where they stand last and first."""

    n: int
    dmy: int
    mdy: int
    ymd: int
    last: int
    first: int

    def __add__(self, other: Counts) -> Counts:
        both = zip(self.numbers, other.numbers, strict=True)
        n, dmy, mdy, ymd, *_ = (a + b for a, b in both)
        return Counts(n, dmy, mdy, ymd, max(self.last, other.last), max(self.first, other.first))

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of them, in order."""
        return self.n, self.dmy, self.mdy, self.ymd, self.last, self.first


def counted(cell: str, shape: Shape) -> str:
    """SQL of the aggregates that make :class:`Counts`."""
    a, b, c = (f"TRY_CAST(regexp_extract({cell}, {literal(shape.pattern)}, {i}) AS INTEGER)" for i in (1, 2, 3))
    orders = ((a, b), (b, a), (c, b))
    valid = [f"count_if({day} BETWEEN 1 AND {DAYS} AND {month} BETWEEN 1 AND {MONTHS})" for day, month in orders]
    return ", ".join([f"count({cell})", *valid, f"max({c}) - min({c})", f"max({a}) - min({a})"])


def order_of(shape: Shape, counts: Counts) -> Order | None:
    """The order that these values show; None where they show none.

    >>> order_of(Shape("/", 4), Counts(9, 9, 9, 0, 0, 8)) is None
    True
    >>> order_of(Shape("/", 4), Counts(9, 8, 9, 0, 0, 8)), order_of(Shape("-", 2), Counts(9, 9, 8, 9, 0, 12))
    ('mdy', 'dmy')
    """
    if shape.year_first:
        return "ymd"
    if shape.digits == 2 and counts.ymd >= max(counts.dmy, counts.mdy):
        if counts.first == counts.last:
            return None
        if counts.first < counts.last:
            return "ymd"
    if counts.dmy != counts.mdy:
        return "dmy" if counts.dmy > counts.mdy else "mdy"
    return None


def settled(shapes: Sequence[Shape], counts: Sequence[Counts], day_first: bool | None) -> list[Order | None]:
    """The order of one column on each side: its own values tell, else those of both, else what the user says."""
    own = [order_of(shape, each) for shape, each in zip(shapes, counts, strict=True)]
    alike = len(set(shapes)) == 1 and len(shapes) > 1
    together = order_of(shapes[0], counts[0] + counts[1]) if alike else None
    said: Order | None = None if day_first is None else "dmy" if day_first else "mdy"
    known = together or next((order for order in own if order not in (None, "ymd")), None)
    usual: list[Order | None] = ["dmy" if shape.separator == "." else None for shape in shapes]
    return [mine or known or said or by_mark for mine, by_mark in zip(own, usual, strict=True)]


def reading(shape: Shape, order: Order) -> Reading:
    """SQL for the time; NULL for what is none of the shape."""
    year = "%Y" if shape.digits == 4 else "%y"
    parts: Mapping[str, str] = {"d": "%d", "m": "%m", "y": year}
    date = shape.separator.join(parts[letter] for letter in order)
    formats = ", ".join(literal(date + time) for time in _TIMES)
    plain = (
        "regexp_replace(regexp_replace(trim(CAST({} AS VARCHAR)), '[ T,]+', ' '), '([AaPp])\\.?([Mm])\\.?$', '\\1\\2')"
    )
    return Reading(f"try_strptime({plain}, [{formats}])", pa.timestamp("us"))
