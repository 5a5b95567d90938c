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

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import yaml

from prodmon_widgets.engine.annotator.rules import Condition, Group, Rule, Rules
from prodmon_widgets.engine.work.yamlfile import YamlList
from prodmon_widgets.errors import InputError, unknown

_RULE = ("name", "annotation", "when")
_CONDITION = ("property", "operator", "value")
_JOINS = ("AND", "OR")
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
    listed = YamlList.read(source, ", ".join(_RULE))
    reader = _Reader(listed)
    return Rules(tuple(reader.rule(node) for node in listed.entries))


def rules_of(given: Rules | Sequence[Rule] | str | Path | None) -> Rules:
    """Rules from whatever a user gives: rules, a path to YAML, YAML text, or None for none."""
    if isinstance(given, Rules):
        return given
    return read(given) if isinstance(given, str | Path) else Rules(tuple(given or ()))


class _Reader:
    """Nodes of a YAML tree, which know their lines, as rules."""

    def __init__(self, listed: YamlList) -> None:
        self._listed = listed

    def rule(self, node: yaml.Node) -> Rule:
        entries = self._entries(node, _RULE, "a rule")
        annotation = self._word(entries["annotation"]).lower()
        when = self._when(entries["when"], 0)
        name = self._word(entries["name"])
        return self._made(entries["annotation"], lambda: Rule(name, annotation, when), f"rule {name!r}: ")

    def _when(self, node: yaml.Node, depth: int) -> Condition | Group:
        if depth > _DEEPEST:
            raise self._wrong(node, f"conditions are nested more than {_DEEPEST} deep")
        if isinstance(node, yaml.SequenceNode):
            raise self._wrong(node, "a list of conditions says AND or OR before it, as in 'AND: [..., ...]'")
        if isinstance(node, yaml.MappingNode) and len(node.value) == 1 and node.value[0][0].value not in _CONDITION:
            join, parts = node.value[0]
            if join.value not in _JOINS:
                raise self._wrong(join, unknown("join", join.value, _JOINS).removesuffix("."))
            if not isinstance(parts, yaml.SequenceNode):
                raise self._wrong(parts, "AND and OR are followed by a list of conditions")
            within = tuple(self._when(part, depth + 1) for part in parts.value)
            return self._made(join, lambda: Group(join.value, within))
        entries = self._entries(node, _CONDITION, "a condition")
        value = self._listed.value(entries["value"])
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

    def _made(self, node: yaml.Node, make: Callable[[], Made], prefix: str = "") -> Made:
        try:
            return make()
        except InputError as error:
            raise self._wrong(node, str(error).removeprefix(prefix).removesuffix(".")) from error

    def _wrong(self, node: yaml.Node, what: str) -> InputError:
        return InputError(f"{self._listed.place(node)}: {what}.")
