"""A list read from YAML with the line of every entry, so that whatever is wrong in it can be told with its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from prodmon_widgets.errors import InputError


@dataclass(frozen=True, eq=False)
class YamlList:
    """The entries of a list in YAML as nodes, which know their lines; ``name`` is what errors call the source."""

    name: str
    entries: tuple[yaml.Node, ...]

    @classmethod
    def read(cls, source: str | Path, entry: str) -> YamlList:
        """From a path, or from YAML text (a string with a line break or a colon followed by a space).

        ``entry`` says what an entry should be. Raises InputError with the line where it is no YAML or no list.
        """
        text, name = _text(source)
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise InputError(f"{name}{line}: {getattr(error, 'problem', None) or error}; expected YAML.") from error
        if not isinstance(root, yaml.SequenceNode):
            raise InputError(f"{name}, line 1: expected a list of rules, each with {entry}.")
        return cls(name, tuple(root.value))

    def place(self, node: yaml.Node) -> str:
        """Where a node stands, for a message."""
        return f"{self.name}, line {node.start_mark.line + 1}"

    def value(self, node: yaml.Node) -> Any:
        """What a node says, in plain types only: no tag makes an object. Raises InputError with the line."""
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node, deep=True)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or node.start_mark
            what = f"value can't be read: {getattr(error, 'problem', error)}; expected YAML of plain values."
            raise InputError(f"{self.name}, line {mark.line + 1}: {what}") from error
        finally:
            loader.dispose()


def _text(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or ": " in source):
        return source, "rules"
    path = Path(source)
    if not path.is_file():
        raise InputError(f"rules {str(source)!r}: there is no such file.")
    return path.read_text(encoding="utf-8"), path.name
