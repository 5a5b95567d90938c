"""A list read from YAML with the line of every entry, so that whatever is wrong in it can be told with its place.

Whoever wrote it is not trusted: text, depth and what aliases make of it are bounded before anything is built.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prodmon_widgets.errors import InputError, shown

LONGEST_TEXT = 256_000
DEEPEST = 40
MOST_NODES = 10_000
"""Of an entry, with every alias written out."""

PLAIN = (str, int, float, bool, type(None), datetime.date)
BAD_SCALARS = (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError)
"""What PyYAML lets out where a scalar isn't what its tag, or its look, says."""


@dataclass(frozen=True, eq=False)
class YamlList:
    """The entries of a list in YAML as nodes, which know their lines; ``name`` is what errors call the source."""

    name: str
    entries: tuple[yaml.Node, ...]

    @classmethod
    def read(cls, source: str | Path, entry: str) -> YamlList:
        """From a path, or from YAML text (a string with a line break or a colon followed by a space).

        ``entry`` says what an entry should be. Raises InputError with the line where it is no YAML or no list, where a
        key comes twice, and where it is nested or repeated beyond all rules.
        """
        text, name = _text(source)
        try:
            _check_depth(text, name)
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            said = _cut(getattr(error, "problem", None) or error)
            raise InputError(f"{name}{line}: {said}; expected YAML.") from error
        if not isinstance(root, yaml.SequenceNode):
            raise InputError(f"{name}, line 1: expected a list of rules, each with {entry}.")
        listed = cls(name, tuple(root.value))
        sizes: dict[int, int] = {}
        for node in listed.entries:
            listed._check(node, sizes)
        return listed

    def _check(self, node: yaml.Node, sizes: dict[int, int]) -> int:
        """How many nodes this is with all aliases written out; refuses too many, and keys that come twice."""
        known = sizes.get(id(node))
        if known is not None:
            return known
        sizes[id(node)] = MOST_NODES + 1  # a node that holds itself never ends
        if isinstance(node, yaml.MappingNode):
            self._check_keys(node)
        size = 1 + sum(self._check(each, sizes) for each in _within(node))
        if size > MOST_NODES:
            raise InputError(f"{self.place(node)}: more than {MOST_NODES:,} values, with aliases written out.")
        sizes[id(node)] = size
        return size

    def _check_keys(self, node: yaml.MappingNode) -> None:
        keys: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise InputError(f"{self.place(key)}: a key is a word, not a list or a mapping.")
            if key.value in keys:
                raise InputError(f"{self.place(key)}: the key {shown(key.value)} comes twice.")
            keys.add(key.value)

    def place(self, node: yaml.Node) -> str:
        """Where a node stands, for a message."""
        return f"{self.name}, line {node.start_mark.line + 1}"

    def value(self, node: yaml.Node) -> Any:
        """What a node says, in plain types only: no tag makes an object. Raises InputError with the line."""
        loader = yaml.SafeLoader("")
        try:
            value = loader.construct_object(node, deep=True)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or node.start_mark
            what = f"value can't be read: {_cut(getattr(error, 'problem', error))}; expected YAML of plain values."
            raise InputError(f"{self.name}, line {mark.line + 1}: {what}") from error
        except BAD_SCALARS as error:
            raise InputError(f"{self.place(node)}: value can't be read: {_cut(error)}; put text in quotes.") from error
        finally:
            loader.dispose()
        if not _is_plain(value):
            raise InputError(f"{self.place(node)}: {shown(value)} is no plain value; expected text, numbers or lists.")
        return value


def _check_depth(text: str, name: str) -> None:
    """Refuse what is nested beyond all rules: composing it would recurse as deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            mark = event.start_mark
            raise InputError(f"{name}, line {mark.line + 1 if mark else 1}: nested more than {DEEPEST} deep.")


def _within(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
    return isinstance(value, PLAIN)


def _cut(said: object) -> str:
    return str(said)[:300]


def _text(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or ": " in source):
        return _bounded(source, "rules"), "rules"
    path = Path(source)
    if not path.is_file():
        raise InputError(f"rules {shown(str(source))}: there is no such file.")
    try:
        if path.stat().st_size > LONGEST_TEXT:
            return _bounded(" " * (LONGEST_TEXT + 1), path.name), path.name
        return path.read_text(encoding="utf-8"), path.name
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is no UTF-8 text (byte {error.start}); save it as UTF-8.") from error
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error


def _bounded(text: str, name: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise InputError(f"{name} is longer than {LONGEST_TEXT // 1000} kB; rules are a few lines each.")
    return text
