"""The values of a segment's ``where`` as the data holds them: numbers as numbers, booleans as booleans.

Inside, values are texts, one spelling each. Whoever applies a ``where`` to the frame it came from compares with what
its columns hold, and there 3 is not ``"3"``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from prodmon_widgets.engine.table.table import Table

Where = dict[str, object]


def as_held(where: Mapping[str, object], table: Table) -> Where:
    """The same ``where`` with the values of the table's own columns; those of a computed property by its kind."""
    return {name: _wanted(wanted, _reader(name, table)) for name, wanted in where.items()}


def _wanted(wanted: object, read: Callable[[str], object]) -> object:
    if isinstance(wanted, str):
        return read(wanted)
    if isinstance(wanted, list):
        return [read(value) for value in wanted]
    return {key: _wanted(value, read) for key, value in wanted.items()} if isinstance(wanted, dict) else wanted


def _reader(name: str, table: Table) -> Callable[[str], object]:
    kind = next((each.kind for each in table.properties if each.name == name), None)
    at = table.rows.schema.get_field_index(name)
    held = _inner(table.rows.schema.field(at).type) if at >= 0 else None
    if kind == "boolean" and (held is None or pa.types.is_boolean(held)):
        return lambda text: text == "True"
    if held is not None and pa.types.is_boolean(held):
        return lambda text: {"True": True, "False": False, "1": True, "0": False}.get(text, text)
    if held is not None and (pa.types.is_floating(held) or pa.types.is_decimal(held)):
        return _number(float)
    if kind == "numeric" or (held is not None and pa.types.is_integer(held)):
        return _number(lambda text: int(text) if text.lstrip("-").isdigit() else float(text))
    return str


def _inner(arrow: pa.DataType) -> pa.DataType:
    """Of a list or a dictionary, what it holds."""
    value = getattr(arrow, "value_type", None)
    return arrow if value is None else _inner(value)


def _number(read: Callable[[str], object]) -> Callable[[str], object]:
    """Text that is no number stays as it is."""

    def parsed(text: str) -> object:
        try:
            return read(text)
        except ValueError:
            return text

    return parsed
