"""Columns whose cells keep their own spelling, from the schema and the usual names: 1.10 is no number in a version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from prodmon_widgets.schema import USUAL_NAMES, USUAL_TEXTS, USUAL_VERSIONS, Schema

_SPELLED = ("id", "version", "session")
_CLASSES = ("prediction", "label")
_TEXTS = ("text", "annotation")


@dataclass(frozen=True)
class Kept:
    """Names in small letters.

    ``spelled``: ids, versions and sessions, numbers only where all are plain whole ones. ``classes``: predictions and
    labels, in which 1,2 may be two classes. ``texts``: never anything but text. ``text``: columns, by their exact
    names, that an earlier build read from text in a way of their own.
    """

    spelled: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    text: frozenset[str] = frozenset()

    def is_spelled(self, column: str) -> bool:
        """Whether the column names something."""
        return plain(column) in self.spelled

    def is_class(self, column: str) -> bool:
        """Whether the column holds classes."""
        return plain(column) in self.classes

    def is_as_written(self, column: str) -> bool:
        """Whether no cell of the column is ever read as a number or date written for people."""
        return plain(column) in self.spelled | self.texts

    def as_text(self, columns: Iterable[str]) -> Kept:
        """The same with these columns read as text, whatever is in them."""
        return replace(self, text=frozenset(columns))


ALL_TYPED = Kept()
"""Nothing keeps its spelling."""


def kept_of(schema: Schema) -> Kept:
    """The columns that the schema and the usual names give these roles.

    >>> kept = kept_of(Schema(version="build"))
    >>> [name for name in ("build", "model", "Session ID", "age") if kept.is_spelled(name)]
    ['build', 'Session ID']
    """
    return Kept(*(frozenset(_names(schema, roles)) for roles in (_SPELLED, _CLASSES, _TEXTS)))


def _names(schema: Schema, roles: Iterable[str]) -> Iterable[str]:
    usual = {**USUAL_NAMES, "version": USUAL_VERSIONS, "text": USUAL_TEXTS}
    named = schema.named()
    for role in roles:
        yield from map(plain, named.get(role, usual[role]))


def plain(column: str) -> str:
    """A column's name without capitals and blanks."""
    return column.strip().lower().replace(" ", "_").replace("-", "_")
