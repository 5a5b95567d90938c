"""How the texts of one side write a column's values: numbers, booleans, times, several classes in one cell.

Everything is found from the distinct texts of a sample. Each side, and each piece that comes later, is looked at on its
own, since an evaluation set and a log are seldom written by the same program.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from prodmon_widgets.engine.table.epochs import Epoch

MISSING_WORDS = ("", "#N/A", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null")
"""What means missing in a CSV file, as pandas reads it, and among texts that are otherwise numbers."""

YES_WORDS = ("true", "1", "1.0", "yes", "y", "t", "on")
NO_WORDS = ("false", "0", "0.0", "no", "n", "f", "off")
"""How booleans are written, in lower case."""


@dataclass(frozen=True)
class Numbers:
    """How numbers are written: what groups digits, what comes before the fraction, and whether they are percents."""

    group: str = ""
    point: str = "."
    percent: bool = False

    def parsed(self, text: str) -> float | None:
        """The number; None where the text is none. What means missing is none.

        >>> Numbers(".", ",").parsed("1.234,5"), Numbers(percent=True).parsed("50 %"), Numbers().parsed("1,5")
        (1234.5, 0.5, None)
        """
        plain = text.strip()
        if self.percent:
            plain = plain.removesuffix("%").rstrip()
        if self.group:
            plain = plain.replace(self.group, "")
        if self.point != ".":
            plain = plain.replace(self.point, ".")
        if not _NUMBER.fullmatch(plain):
            return None
        return float(plain) / (100 if self.percent else 1)


PLAIN = Numbers()
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)", re.IGNORECASE)
_WRITTEN = (
    (PLAIN, _NUMBER),
    (Numbers(percent=True), re.compile(r"[+-]?(\d+\.?\d*|\.\d+)\s*%")),
    (Numbers(point=",", percent=True), re.compile(r"[+-]?\d+(,\d+)?\s*%")),
    (Numbers(group=","), re.compile(r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?")),
    (Numbers(point=","), re.compile(r"[+-]?\d*(,\d+)?")),
    (Numbers(group=".", point=","), re.compile(r"[+-]?\d{1,3}(\.\d{3})*(,\d+)?")),
)
FIRST_LOOK = 100
"""So many texts of which hardly any is a number settle that a column isn't numbers."""

MOST_UNREAD = 0.05
"""Up to this share of the texts of a column of numbers may be other words; they are missing, and counted."""

LEAST_NUMBERS = 20
"""Other words are unread numbers only beside so many different numbers; beside fewer they are classes."""


@dataclass(frozen=True)
class Written:
    """How one side writes a column.

    ``separator`` stands between several classes, ``epoch`` is what its numbers count as times, ``numbers`` how numbers
    are written, ``unread`` the words among them that are none; ``points`` says that whole numbers end in ``.0``, and
    ``boolean`` that the words are those for true and false.
    """

    separator: str | None = None
    epoch: Epoch | None = None
    numbers: Numbers = PLAIN
    unread: tuple[str, ...] = ()
    points: bool = False
    boolean: bool = False
    durations: bool = False
    """Lengths of time, as pandas or ISO 8601 write them."""


AS_IT_CAME = Written()
"""Of a column whose type says how its values are meant."""


def numbers_in(texts: Collection[str]) -> tuple[Numbers, list[float], tuple[str, ...]] | None:
    """How these distinct texts write numbers, the numbers, and the words among them that are none.

    None where they aren't numbers: with leading zeros they are codes, with ends like ``1.9`` and ``1.10`` versions.

    >>> numbers_in(["1,5", "2,25", "N/A"])
    (Numbers(group='', point=',', percent=False), [1.5, 2.25], ('N/A',))
    >>> numbers_in(["007", "008"]) is numbers_in(["1.9", "1.10"]) is numbers_in(["1", "2", "A"]) is None
    True
    """
    words = [text.strip() for text in texts if text.strip()]
    if not words or sum(_looks_numeric(word) for word in words[:FIRST_LOOK]) < 0.5 * len(words[:FIRST_LOOK]):
        return None
    fitting = ((sum(bool(form.fullmatch(word)) for word in words), style) for style, form in _WRITTEN)
    n_read, style = max(fitting, key=lambda each: each[0])
    if not n_read:
        return None
    found = {word: style.parsed(word) for word in words}
    numbers = [number for number in found.values() if number is not None]
    odd = tuple(sorted(word for word, number in found.items() if number is None))
    foreign = [word for word in odd if word not in MISSING_WORDS]
    if foreign and (len(set(numbers)) < LEAST_NUMBERS or len(foreign) > MOST_UNREAD * len(words)):
        return None
    return None if _are_codes([word for word in words if found[word] is not None], style) else (style, numbers, odd)


def _looks_numeric(word: str) -> bool:
    return word[0] in "+-.,0123456789" or word in MISSING_WORDS


def _are_codes(words: Sequence[str], style: Numbers) -> bool:
    """Leading zeros, or fractions of several lengths that end in 0, which no program writes of a number."""
    if any(re.match(r"[+-]?0\d", word) for word in words):
        return True
    fractions = [word.partition(style.point)[2] for word in words if style.point in word]
    lengths = {len(fraction) for fraction in fractions}
    return len(lengths) > 1 and any(fraction.strip("0") and fraction.endswith("0") for fraction in fractions)


def are_booleans(texts: Iterable[str], beside_booleans: bool = False) -> bool:
    """Words for true and false; those of which neither is ``true`` or ``false`` only where booleans stand beside them.

    >>> are_booleans(["True", "0"]), are_booleans(["yes", "no"]), are_booleans(["yes", "no"], beside_booleans=True)
    (True, False, True)
    """
    words = {text.strip().lower() for text in texts if text.strip() not in MISSING_WORDS}
    if not words or not words <= {*YES_WORDS, *NO_WORDS}:
        return False
    return beside_booleans or bool(words & {"true", "false"})


_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s*(Z|UTC|[+-]\d\d(:?\d\d)?)?)?")


def are_times(texts: Collection[str]) -> bool:
    """ISO 8601 dates or times throughout."""
    return bool(texts) and all(_ISO.fullmatch(text.strip()) for text in texts)


_DURATION = re.compile(
    r"-?\d+ days?(,? [+-]?\d+:\d\d:\d\d(\.\d+)?)?|-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
)


def are_durations(texts: Collection[str]) -> bool:
    """Lengths of time throughout.

    >>> are_durations(["0 days 00:00:05", "-1 days +23:59:55"]), are_durations(["P0DT0H0M5S"]), are_durations(["P"])
    (True, True, False)
    """
    return bool(texts) and all(_DURATION.fullmatch(text.strip()) for text in texts)


def has_fraction(text: str) -> bool:
    """A number that isn't whole.

    >>> has_fraction("0.5"), has_fraction("2.0"), has_fraction("v0.5")
    (True, False, False)
    """
    number = PLAIN.parsed(text)
    return number is not None and not number.is_integer()


def have_points(texts: Iterable[str]) -> bool:
    """Whole numbers are written with ``.0`` here, as a column of floats turned into text has them."""
    return any(_POINT.fullmatch(text) for text in texts)


def without_point(text: str) -> str:
    """A whole number without its ``.0``; all else as it is.

    >>> without_point("2.0"), without_point("2.0b"), without_point("02.0")
    ('2', '2.0b', '02.0')
    """
    return text.partition(".")[0] if _POINT.fullmatch(text) else text


_POINT = re.compile(r"-?(0|[1-9]\d*)\.0+")
