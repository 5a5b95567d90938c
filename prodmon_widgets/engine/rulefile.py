"""Annotation rules from YAML; whatever is wrong is told with its line.

::

    - name: hardly sure
      annotation: bad
      when:
        AND:
          - {property: confidence, operator: LT, value: 0.2}
          - OR:
              - {property: prediction, operator: OVERLAP, value: [Drama, Comedy]}
              - {property: n_predictions, operator: GE, value: 3}
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from prodmon_widgets.engine.rules import Condition, Group, Rule, Rules
from prodmon_widgets.errors import InputError, unknown

_RULE = ("name", "annotation", "when")
_CONDITION = ("property", "operator", "value")
_DEEPEST = 20
Made = TypeVar("Made")


def read(source: str | Path) -> Rules:
    """Rules from a path, or from YAML text (a string with a line break or a colon followed by a space).

    Raises InputError with the line for anything that isn't a rule.

    >>> read("- {name: a, annotation: bad, when: {property: x, operator: GT, value: 3}}").rules[0].when
    Condition(property='x', operator='GT', value=3)
    >>> read("- name: a\\n  annotation: awful\\n  when: {property: x, operator: GT, value: 3}")
    Traceback (most recent call last):
    ...
    prodmon_widgets.errors.InputError: rules, line 2: annotation 'awful' does not exist. There are: 'good', 'bad',
    'unknown'.
    """
    text, where = _text(source)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise InputError(f"{where}{line}: {getattr(error, 'problem', None) or error}; expected YAML.") from error
    if not isinstance(root, yaml.SequenceNode):
        raise InputError(f"{where}, line 1: expected a list of rules, each with {', '.join(_RULE)}.")
    return Rules(tuple(_Reader(where).rule(node) for node in root.value))


def _text(source: str | Path) -> tuple[str, str]:
    if isinstance(source, str) and ("\n" in source or ": " in source):
        return source, "rules"
    path = Path(source)
    if not path.is_file():
        raise InputError(f"rules {str(source)!r}: there is no such file.")
    return path.read_text(encoding="utf-8"), path.name


class _Reader:
    """Nodes of a YAML tree, which know their lines, as rules."""

    def __init__(self, where: str) -> None:
        self.where = where

    def rule(self, node: yaml.Node) -> Rule:
        entries = self._entries(node, _RULE, "a rule")
        annotation = self._word(entries["annotation"]).lower()
        when = self._when(entries["when"], 0)
        name = self._word(entries["name"])
        return self._made(entries["annotation"], lambda: Rule(name, annotation, when), f"rule {name!r}: ")

    def _when(self, node: yaml.Node, depth: int) -> Condition | Group:
        if depth > _DEEPEST:
            raise self._wrong(node, f"conditions are nested more than {_DEEPEST} deep")
        if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
            join, parts = node.value[0]
            if not isinstance(parts, yaml.SequenceNode):
                raise self._wrong(parts, "AND and OR are followed by a list of conditions")
            within = tuple(self._when(part, depth + 1) for part in parts.value)
            return self._made(join, lambda: Group(join.value, within))
        entries = self._entries(node, _CONDITION, "a condition")
        value = self._value(entries["value"])
        name, operator = self._word(entries["property"]), self._word(entries["operator"])
        return self._made(node, lambda: Condition(name, operator, value))

    def _entries(self, node: yaml.Node, names: tuple[str, ...], what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, f"expected {what} with {', '.join(names)}")
        entries = {}
        for key, value in node.value:
            if key.value not in names:
                raise self._wrong(key, unknown(f"in {what}, key", key.value, names).removesuffix("."))
            entries[key.value] = value
        missing = [name for name in names if name not in entries]
        if missing:
            raise self._wrong(node, f"{what} needs {missing[0]!r}")
        return entries

    def _word(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            raise self._wrong(node, "expected a word")
        return str(node.value)

    def _value(self, node: yaml.Node) -> Any:
        # the safe constructor knows plain types only: no tag makes an object
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node, deep=True)
        except yaml.YAMLError as error:
            raise self._wrong(node, f"value can't be read: {getattr(error, 'problem', error)}") from error
        finally:
            loader.dispose()

    def _made(self, node: yaml.Node, make: Callable[[], Made], prefix: str = "") -> Made:
        try:
            return make()
        except InputError as error:
            raise self._wrong(node, str(error).removeprefix(prefix).removesuffix(".")) from error

    def _wrong(self, node: yaml.Node, what: str) -> InputError:
        return InputError(f"{self.where}, line {node.start_mark.line + 1}: {what}.")
