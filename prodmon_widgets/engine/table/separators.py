"""What separates several classes in one text: a sign between them, or the brackets and quotes of a list written out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

LIST_TEXT = "[,]"
"""The separator of a list that was written out as text, as a CSV does: ``['Drama', 'Action']``."""

ARRAY_TEXT = "[ ]"
"""The same of an array, whose members have no commas between them: ``['Drama' 'Action']``."""

SEPARATORS = ("|", ";", ",")

_BRACKETED = re.compile(r"(?:(?:frozenset|set|array)\()?(?:\[.*\]|\(.*\)|\{.*\}|)(?:,\s*dtype=\w+)?\)?", re.DOTALL)
_QUOTED = re.compile(r"""(?:(?:frozenset|set|array)\()?[\[({]\s*(['"]).*\1\s*,?\s*[\])}].*""", re.DOTALL)
_ARRAY = re.compile(r"""\[\s*(?:'[^']*'|"[^"]*"|[-+.\d][^\s,]*)(?:\s+(?:'[^']*'|"[^"]*"|[-+.\d][^\s,]*))+\s*\]""")
_MEMBER = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_INTERVAL = re.compile(r"[\[(]\s*(-?[\d.]+|-inf)\s*,\s*(-?[\d.]+|inf)\s*[\])]")


_STARTS = ("[", "(", "{", "set(", "frozenset(", "array(")
FIRST_LOOK = 100
"""Where none of so many texts begins like a list, none is looked at."""


def separator_in(texts: Collection[str], known: Collection[str] = ()) -> str | None:
    """What separates several classes in these distinct texts; None where each is one class.

    ``|`` and ``;`` always do. A comma does only if the parts recur, or are ``known``: ``Portland, OR`` is one class.

    >>> separator_in(["Action,Drama", "Drama", "Action"]), separator_in(["['a', 'b']", "[]"])
    (',', '[,]')
    >>> [separator_in(t) for t in (["Portland, OR", "Salem, OR"], ["[UNK]", "[PAD]"], ["Yes", "No", "Yes, but"])]
    [None, None, None]
    """
    values = [text.strip() for text in texts if text.strip()]
    listed = listed_in(values)
    if listed is not None:
        return listed
    for separator in SEPARATORS:
        several = [v for v in values if separator in v]
        if several and (separator != "," or _parts_recur(values, several, known)):
            return separator
    return None


def listed_in(values: Sequence[str]) -> str | None:
    """How lists were written out as these texts; None where they are no lists.

    >>> listed_in(["['a' 'b']"]), listed_in(["[1, 2]", "[3]"]), listed_in(["[0, 10)", "[10, 20)"])
    ('[ ]', '[,]', None)
    """
    if not any(value.startswith(_STARTS) for value in values[:FIRST_LOOK]):
        return None
    bracketed = [v for v in values if _BRACKETED.fullmatch(v)]
    quoted = [v for v in bracketed if _QUOTED.fullmatch(v)]
    if any(_ARRAY.fullmatch(v) for v in bracketed) and (quoted or len(bracketed) == len(values)):
        return ARRAY_TEXT
    if quoted:
        return LIST_TEXT
    if len(bracketed) < len(values):
        return None
    inside = [_inside(v) for v in values]
    if all(_INTERVAL.fullmatch(v) for v in values) and _are_intervals(values):
        return None
    several = [parts for parts in inside if len(parts) > 1]
    if all(_is_number(part) for parts in inside for part in parts):
        return LIST_TEXT
    return LIST_TEXT if several and _recur(several, inside) else None


def parts(text: str, separator: str) -> list[str]:
    """The classes in one text, as ``canonical.as_set`` reads them.

    >>> parts("['Sci-Fi, Fantasy', 'Drama']", "[,]"), parts("['a' 'b']", "[ ]"), parts("a|b", "|")
    (['Sci-Fi, Fantasy', 'Drama'], ['a', 'b'], ['a', 'b'])
    """
    if separator not in (LIST_TEXT, ARRAY_TEXT):
        return [part.strip() for part in text.split(separator) if part.strip()]
    quoted = [one or other for one, other in _MEMBER.findall(text)]
    if quoted:
        return [part.strip() for part in quoted if part.strip()]
    return _inside(text) if separator == LIST_TEXT else text.strip("[] \n").split()


def _inside(value: str) -> list[str]:
    return [part.strip() for part in value.strip("[](){} ").split(",") if part.strip()]


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", text))


def _are_intervals(values: Sequence[str]) -> bool:
    """Each a lower and an upper border, and where one ends another begins."""
    borders = [(float(m[1]), float(m[2])) for m in map(_INTERVAL.fullmatch, values) if m]
    lows, highs = {low for low, _ in borders}, {high for _, high in borders}
    return all(low < high for low, high in borders) and len(lows & highs) >= len(borders) - 1


def _parts_recur(values: Sequence[str], several: Sequence[str], known: Collection[str]) -> bool:
    split = [[part.strip() for part in v.split(",")] for v in several]
    if known and all(part in known for parts in split for part in parts):
        return True
    alone = {v for v in values if "," not in v}
    return _recur(split, [[part.strip() for part in v.split(",")] for v in values], alone)


RECURRING = 0.75
"""Of the parts of values with commas at least so many occur in another value too, where they are classes."""


def _recur(several: Sequence[Sequence[str]], all_parts: Sequence[Sequence[str]], alone: Collection[str] = ()) -> bool:
    """Nearly all parts of what has several occur in other values too, and not always in the same place of as many."""
    times = Counter(part for parts in all_parts for part in set(parts))
    distinct = {part for parts in several for part in parts}
    # where whatever stands alone is also a part, half of the parts are enough: "a" and "b, a", not "No" and "Yes, but"
    least = 0.5 if alone and distinct.issuperset(alone) else RECURRING
    if sum(times[part] > 1 for part in distinct) < least * len(distinct):
        return False
    return not _are_addresses(all_parts)


def _are_addresses(all_parts: Sequence[Sequence[str]]) -> bool:
    """Everything has two or more parts, as many each, and no part stands in two places: city and state."""
    n_parts = {len(parts) for parts in all_parts}
    if len(n_parts) != 1 or n_parts == {1}:
        return False
    places = [set(place) for place in zip(*all_parts, strict=True)]
    return sum(map(len, places)) == len(set().union(*places))
