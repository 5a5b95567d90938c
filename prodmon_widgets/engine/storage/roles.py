"""A schema on disk: its roles. Of a function only the name is kept; what it said lies beside the samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prodmon_widgets.errors import InputError
from prodmon_widgets.schema import ROLES, Schema


@dataclass(frozen=True)
class Function:
    """A function of the user's, by its ``name``; there is no way back from the name to it."""

    name: str


Role = str | list[str] | bool | int | float | Function | None


def of(schema: Schema) -> dict[str, Role]:
    """The roles of a schema."""
    return {role: _saved(getattr(schema, role)) for role in ROLES}


def _saved(value: Any) -> Role:
    if callable(value):
        return Function(str(getattr(value, "__name__", "function")))
    return list(value) if isinstance(value, tuple) else value


def schema(saved: dict[str, Role]) -> Schema:
    """The schema that was saved; a function of it is asked nothing any more, and says so."""
    return Schema(**{role: _gone(v.name) if isinstance(v, Function) else v for role, v in saved.items()})


def _gone(name: str) -> Callable[..., Any]:
    def said_before(_: object) -> None:
        raise InputError(
            f"Schema(good={name}) was a function when this monitor was saved; what it said was kept, not it."
        )

    said_before.__name__ = name
    return said_before
