"""Numbers written for people: decimal commas, thousands apart, percentages. Found from the data, and said.

A column is read so where every cell of it is. "1,234" alone may be both: the other side's cells of the same column
tell, then the side's other columns; else a comma before three digits stands between thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from prodmon_widgets.engine.table.notes import Kind, Note
from prodmon_widgets.engine.table.properties import literal
from prodmon_widgets.engine.table.rows import Reading

_BLANKS = " \u00a0\u202f'’"
_PERCENT = r"\s*%"
_PLAIN = r"(0|[1-9][0-9]*)"


@dataclass(frozen=True)
class Style:
    """How numbers are written: the decimal mark, what stands between thousands, whether each is a percentage."""

    decimal: str
    thousands: str = ""
    percent: bool = False

    @property
    def pattern(self) -> str:
        """What every cell matches."""
        whole = _PLAIN
        if self.thousands:
            whole = rf"([1-9][0-9]{{0,2}}([{re.escape(self.thousands)}][0-9]{{3}})+|{_PLAIN})"
        mark = re.escape(self.decimal)
        number = rf"({whole}({mark}[0-9]+)?|{mark}[0-9]+)([eE][+-]?[0-9]+)?|(?i:inf)"
        return rf"\s*[+-]?({number}){_PERCENT if self.percent else ''}\s*"

    def reading(self, points: bool = False) -> Reading:
        """SQL for the number; ``points``: a percentage is its number of points, not a share."""
        bare = f"translate(trim(CAST({{}} AS VARCHAR)), {literal(self.thousands + _BLANKS + '%')}, '')"
        number = f"TRY_CAST(replace({bare}, {literal(self.decimal)}, '.') AS DOUBLE)"
        return Reading(f"{number} / 100" if self.percent and not points else number, pa.float64())

    def value(self, text: str, points: bool = False) -> float:
        """The number that a cell is.

        >>> Style(",", ".").value("1.234,5"), Style(".", percent=True).value("50 %")
        (1234.5, 0.5)
        """
        for mark in self.thousands + _BLANKS + "%":
            text = text.replace(mark, "")
        number = float(text.strip().replace(self.decimal, "."))
        return number / 100 if self.percent and not points else number

    @property
    def kind(self) -> Kind:
        """What is said of it."""
        if self.percent:
            return "percent"
        return "decimal comma" if self.decimal == "," else "thousands"


_STYLES = tuple(
    Style(decimal, thousands, percent)
    for percent in (False, True)
    for decimal, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (".", _BLANKS), (",", _BLANKS))
)
PLAIN = _STYLES[0]


def styles_of(texts: Sequence[str]) -> tuple[Style, ...]:
    """The styles in which all texts are numbers; none where they are plain numbers, or no numbers.

    >>> styles_of(["1,5", "2"])
    (Style(decimal=',', thousands='', percent=False),)
    >>> [style.kind for style in styles_of(["1,234"])], styles_of(["1.5"]), styles_of(["a"])
    (['decimal comma', 'thousands'], (), ())
    """
    found: list[Style] = []
    for style in _STYLES:
        if texts and all_in(style, texts):
            if style == PLAIN:
                return ()
            # what reads no text otherwise than a simpler one is no other style
            if not any(_agree(style, other, texts) for other in found):
                found.append(style)
    return tuple(found)


def all_in(style: Style, texts: Sequence[str]) -> bool:
    """Whether all texts are numbers in this style."""
    return all(map(_matcher(style), texts))


def _matcher(style: Style) -> Callable[[str], object]:
    return re.compile(style.pattern).fullmatch


def _agree(one: Style, other: Style, texts: Sequence[str]) -> bool:
    return all(one.value(text) == other.value(text) for text in texts)


def chosen(column: str, side: int, found: Sequence[Mapping[str, tuple[Style, ...]]], points: bool) -> Style:
    """The one style of a column that has several; ``points``: the side has other numbers with a decimal point."""
    mine = found[side][column]
    if len(mine) == 1:
        return mine[0]
    beside = [styles[column] for i, styles in enumerate(found) if i != side and column in styles]
    others = [styles for name, styles in found[side].items() if name != column]
    told = next((styles[0].decimal for styles in (*beside, *others) if len(styles) == 1), "." if points else None)
    told = told or "."
    return next((style for style in mine if style.decimal == told), mine[0])


def said(side: str, column: str, style: Style, points: bool, example: str) -> Note:
    """What is to be said of a column that is read so."""
    kind: Kind = "percent points" if points and style.percent else style.kind
    return Note(kind, side, column, example=example.strip(), what=f"{style.value(example, points):.12g}")
