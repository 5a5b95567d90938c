"""Objects of ours as plain values and arrays, and back: field by field, by the types that our own classes declare.

What is read decides nothing. A class comes from the declaration, never from a name in a file; a value of another type,
a number out of range, a field too many or too few is refused. A field with a default may be missing: older files then
still load.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Check = Callable[[Any], None]
"""Raises ValueError where an object's fields don't fit each other."""

DEEPEST = 60
KIND, ARRAY, NUMBERS = "class", "array", {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


@dataclass
class Arrays:
    """The arrays of a document, each once: what is held twice is written once."""

    held: list[Array] = field(default_factory=list)
    _at: dict[int, int] = field(default_factory=dict)

    def place(self, array: Array) -> int:
        """Where an array lies."""
        at = self._at.setdefault(id(array), len(self.held))
        if at == len(self.held):
            self.held.append(array)
        return at


# --- writing ---------------------------------------------------------------------------------------------------------


def to_plain(value: Any, arrays: Arrays | None = None) -> Any:
    """A value as JSON can hold it; arrays are put aside, or written as lists where there is no place for them.

    >>> to_plain({"a": (1, np.float64(0.5), float("nan"))})
    {'a': [1, 0.5, 'nan']}
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.ndarray):
        return [to_plain(each) for each in value.tolist()] if arrays is None else {ARRAY: arrays.place(value)}
    if isinstance(value, np.generic):
        return to_plain(value.item(), arrays)
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else str(float(value))
    if isinstance(value, Mapping):
        return {str(key): to_plain(each, arrays) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        ordered = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
        return [to_plain(each, arrays) for each in ordered]
    cls: Any = type(value)
    return {KIND: cls.__name__} | {name: to_plain(getattr(value, name), arrays) for name in kinds_of(cls)}


@cache
def kinds_of(cls: type) -> dict[str, Any]:
    """The fields of a class that are saved, each with its type.

    Of a dataclass those that it is made of and compared by: one that doesn't count there is no part of what it says.
    """
    hints = get_type_hints(cls)
    if is_dataclass(cls):
        return {each.name: hints[each.name] for each in fields(cls) if each.init and each.compare}
    own = {name: hints[name] for name in hints if not name.startswith("_")}
    if not own:
        raise AssertionError(f"{cls.__name__} declares no fields; nothing of it can be saved")
    return own


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Reads plain values as what our classes declare; ``checks`` are asked of each object that was made."""

    arrays: Mapping[int, Array]
    checks: Mapping[type, Check]

    def read(self, kind: Any, given: Any, at: str = "", depth: int = 0) -> Any:
        """``given`` as a value of ``kind``; raises ValueError that says where it isn't one."""
        if depth > DEEPEST:
            raise ValueError(f"{at or 'it'} is nested more than {DEEPEST} deep")
        origin = get_origin(kind)
        if origin in (Union, types.UnionType):
            return self.read(self._of_union(get_args(kind), given, at), given, at, depth)
        if kind is Any:
            return _scalar_or_list(given, at)
        if origin is np.ndarray:
            return self._array((kind,), given, at)
        if origin in (list, tuple, set, frozenset, dict) or kind is np.ndarray:
            return self._many(kind, given, at, depth)
        if origin is Literal:
            return _one_of(get_args(kind), given, at)
        if kind in _SCALARS:
            return _SCALARS[kind](given, at)
        return self._object(kind, given, at, depth)

    def _of_union(self, kinds: tuple[Any, ...], given: Any, at: str) -> Any:
        """Which of the declared kinds this is."""
        if given is None and types.NoneType in kinds:
            return types.NoneType
        rest = [kind for kind in kinds if kind is not types.NoneType]
        if len(rest) == 1:
            return rest[0]
        found = next((kind for kind in rest if _looks_like(kind, given, self.arrays)), None)
        if found is None:
            raise _wrong(at, given, " or ".join(_named(kind) for kind in rest))
        return found

    def _array(self, kinds: tuple[Any, ...], given: Any, at: str) -> Array:
        dtype = _dtype(kinds[0])
        if isinstance(given, list):
            return _from_list(given, dtype, at)
        found = _held(given, self.arrays)
        if found is None or (dtype is not None and found.dtype != dtype):
            raise _wrong(at, given if found is None else found.dtype, f"an array of {dtype}")
        return found

    def _many(self, kind: Any, given: Any, at: str, depth: int) -> Any:
        origin, within = get_origin(kind), get_args(kind)
        if origin is dict:
            if not isinstance(given, dict):
                raise _wrong(at, given, "an object")
            return {
                _key(within[0], key, at): self.read(within[1], each, f"{at}[{key!r}]", depth + 1)
                for key, each in given.items()
            }
        if not isinstance(given, list):
            raise _wrong(at, given, "a list")
        if origin is tuple and not (len(within) == 2 and within[1] is Ellipsis):
            if len(given) != len(within):
                raise _wrong(at, f"{len(given)} values", f"{len(within)} values")
            each_kind: Any = within
        else:
            each_kind = (within[0],) * len(given)
        return origin(
            self.read(kind, each, f"{at}[{i}]", depth + 1)
            for i, (kind, each) in enumerate(zip(each_kind, given, strict=True))
        )

    def _object(self, cls: type, given: Any, at: str, depth: int) -> Any:
        kinds = kinds_of(cls)
        if not isinstance(given, dict) or given.get(KIND, cls.__name__) != cls.__name__:
            raise _wrong(at, given, f"an object {cls.__name__}")
        extra = sorted(set(given) - set(kinds) - {KIND})
        if extra:
            raise ValueError(f"{at or cls.__name__} has fields that it can't have: {extra[:5]}")
        missing = [name for name in kinds if name not in given and name not in _defaults(cls)]
        if missing:
            raise ValueError(f"{at or cls.__name__} has no {missing[0]!r}")
        held = {n: self.read(kinds[n], given[n], f"{at}.{n}".lstrip("."), depth + 1) for n in kinds if n in given}
        made = _made(cls, held)
        for base in cls.__mro__:
            if base in self.checks:
                try:
                    self.checks[base](made)
                except (ValueError, IndexError, TypeError) as error:
                    raise ValueError(f"{at or cls.__name__}: {error}") from error
        return made


def _made(cls: type, held: dict[str, Any]) -> Any:
    if is_dataclass(cls):
        return cls(**held)
    made: Any = object.__new__(cls)
    for name, value in held.items():
        setattr(made, name, value)
    return made


@cache
def _defaults(cls: type) -> frozenset[str]:
    if not is_dataclass(cls):
        return frozenset(name for name in kinds_of(cls) if hasattr(cls, name))
    return frozenset(f.name for f in fields(cls) if f.default is not MISSING or f.default_factory is not MISSING)


def _looks_like(kind: Any, given: Any, arrays: Mapping[int, Array]) -> bool:
    """Whether a value may be of this one of several declared kinds."""
    origin = get_origin(kind)
    if origin is np.ndarray:
        found = _held(given, arrays)
        return found is not None and found.dtype == _dtype(kind)
    if origin in (list, tuple, set, frozenset):
        return isinstance(given, list)
    if origin is dict:
        return isinstance(given, dict)
    if kind is float:
        return type(given) in (int, float) or (isinstance(given, str) and given in NUMBERS)
    if kind in (bool, str, int):
        return type(given) is kind
    return isinstance(given, dict) and given.get(KIND) == kind.__name__


def _held(given: Any, arrays: Mapping[int, Array]) -> Array | None:
    at = given.get(ARRAY) if isinstance(given, dict) and len(given) == 1 else None
    return arrays.get(at) if type(at) is int else None


def _dtype(kind: Any) -> np.dtype[Any] | None:
    scalar = get_args(get_args(kind)[1])[0]
    return None if scalar is Any else np.dtype(scalar)


def _from_list(given: list[Any], dtype: np.dtype[Any] | None, at: str) -> Array:
    by_kind: dict[str, Callable[[Any, str], Any]] = {"f": _float, "b": _bool}
    read = _int if dtype is None else by_kind.get(dtype.kind, _int)
    return np.array([read(each, f"{at}[{i}]") for i, each in enumerate(given)], dtype=dtype)


def _key(kind: Any, key: str, at: str) -> Any:
    if kind is not int:
        return _str(key, at)
    if not (key.removeprefix("-").isascii() and key.removeprefix("-").isdigit() and len(key) < 20):
        raise _wrong(at, key, "a whole number as key")
    return int(key)


def _int(given: Any, at: str) -> int:
    if type(given) is not int or not -(1 << 63) <= given < 1 << 63:
        raise _wrong(at, given, "a whole number")
    return given


def _float(given: Any, at: str) -> float:
    if isinstance(given, str) and given in NUMBERS:
        return NUMBERS[given]
    if type(given) is float and math.isfinite(given):
        return given
    if type(given) is not int or abs(given) >= 1 << 63:
        raise _wrong(at, given, "a number")
    return float(given)


def _bool(given: Any, at: str) -> bool:
    if type(given) is not bool:
        raise _wrong(at, given, "true or false")
    return given


def _str(given: Any, at: str) -> str:
    if type(given) is not str:
        raise _wrong(at, given, "a text")
    # half a character, which JSON can hold, is no text that can be written again
    given.encode("utf-8")
    return given


def _none(given: Any, at: str) -> None:
    if given is not None:
        raise _wrong(at, given, "null")


_SCALARS: dict[Any, Callable[[Any, str], Any]] = {
    int: _int,
    float: _float,
    bool: _bool,
    str: _str,
    types.NoneType: _none,
}


def _scalar_or_list(given: Any, at: str) -> Any:
    """What a rule compares with: text, number, boolean, or a list of them."""
    if isinstance(given, list):
        return [_scalar_or_list(each, at) for each in given if not isinstance(each, list)]
    read = {str: _str, bool: _bool, int: _int, float: _float}.get(type(given))
    if read is None:
        raise _wrong(at, given, "a text, a number, or true or false")
    return read(given, at)


def _one_of(allowed: tuple[Any, ...], given: Any, at: str) -> Any:
    if given not in allowed:
        raise _wrong(at, given, f"one of {list(allowed)}")
    return given


def _named(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


def _wrong(at: str, came: Any, expected: str) -> ValueError:
    shown = repr(came)
    return ValueError(f"{at or 'it'} is {shown if len(shown) <= 60 else shown[:59] + '…'}; expected {expected}")
