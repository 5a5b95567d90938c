"""Documents: JSON and arrays in files, read as data only.

A document is what ``plain`` makes of an object: its JSON lies beside the arrays in one ``.npz``. Before an array is
made its header is held against the bytes that are there, so a file that lies about its size allocates nothing.
"""

from __future__ import annotations

import io
import json
import math
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from prodmon_widgets.engine.work.plain import Array, Arrays, Check, Reader, to_plain
from prodmon_widgets.errors import DamagedError, InputError

FACTS = "facts"
PRIVATE = 0o600
NUMBERS = "biuf"
"""Kinds of arrays that a document holds: no objects, no text, no dates."""

UNREADABLE = (
    *(ValueError, TypeError, KeyError, IndexError, EOFError, OSError, OverflowError, SyntaxError, AttributeError),
    *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, MemoryError),
)
"""What Python's readers raise for bytes that are no document; a RecursionError is a RuntimeError."""


def write_document(path: Path, value: object) -> None:
    """Write an object of ours; see ``plain``."""
    arrays = Arrays()
    facts = json.dumps(to_plain(value, arrays), ensure_ascii=False, allow_nan=False).encode()
    held = {FACTS: np.frombuffer(facts, dtype=np.uint8)} | {f"{i}": np.asarray(a) for i, a in enumerate(arrays.held)}
    odd = [f"{array.dtype}" for array in held.values() if array.dtype.kind not in NUMBERS]
    if odd:
        raise AssertionError(f"arrays of {odd} can't be saved")
    with created(path) as file:
        np.savez(file, **held)


def read_document(path: Path, kind: Any, checks: Mapping[type, Check]) -> Any:
    """The object of this kind in a document; raises InputError that names the file for anything else."""
    content = read_bytes(path)
    try:
        arrays = arrays_of(content)
        facts = json_of(arrays.pop(FACTS).tobytes())
        numbered = {int(name): array for name, array in arrays.items() if name.isascii() and name.isdigit()}
        return Reader(numbered, checks).read(kind, facts)
    except UNREADABLE as error:
        raise damaged(path, error) from error


def arrays_of(content: bytes) -> dict[str, Array]:
    """The arrays of an ``.npz``, none of which is made before its size is known to be there; ValueError otherwise."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(set(names)) != len(names):
            raise ValueError("a name occurs twice in it")
        if any(m.compress_type != zipfile.ZIP_STORED or m.file_size != m.compress_size for m in members):
            raise ValueError("it is packed, which no file of ours is")
        if sum(member.file_size for member in members) > len(content):
            raise ValueError("it says that it holds more than it has bytes")
        return {m.filename.removesuffix(".npy"): _array(archive.read(m)) for m in members}


def _array(content: bytes) -> Array:
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ValueError(f"an array has header {version}")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in NUMBERS or dtype.hasobject or not dtype.isnative:
        raise ValueError(f"an array is of {dtype}; expected numbers")
    if not all(type(length) is int and length >= 0 for length in shape):
        raise ValueError(f"an array is {shape} long")
    start = file.tell()
    if math.prod(shape) * dtype.itemsize != len(content) - start:
        raise ValueError(f"an array of {shape} doesn't fit {len(content) - start} bytes")
    if dtype.kind == "b" and np.frombuffer(content, dtype=np.uint8, offset=start).max(initial=0) > 1:
        raise ValueError("an array of true and false holds something else")
    # a copy: what was read is written to later
    return np.frombuffer(content, dtype=dtype, offset=start).reshape(shape, order="F" if by_columns else "C").copy()


# --- JSON ------------------------------------------------------------------------------------------------------------


def json_of(content: bytes) -> Any:
    """JSON as the standard has it: no NaN, no key twice; raises ValueError otherwise."""
    return json.loads(content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)


def read_json(path: Path) -> Any:
    """The JSON of a file; raises InputError that names it for anything else."""
    content = read_bytes(path)
    try:
        return json_of(content)
    except UNREADABLE as error:
        raise damaged(path, error) from error


def write_json(path: Path, content: object) -> None:
    """Write JSON as UTF-8, for its owner alone."""
    with created(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode())


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    pairs = list(pairs)
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a key occurs twice in it")
    return held


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


# --- files -----------------------------------------------------------------------------------------------------------


def created(path: Path) -> BinaryIO:
    """A new file, for its owner alone; what is there already is never written through."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, PRIVATE), "wb")


def opened(path: Path) -> BinaryIO:
    """A regular file to read; raises InputError for a link, a pipe, and where there is none."""
    try:
        found = os.open(path, os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as error:
        raise DamagedError(f"{path} is missing; what was saved there is damaged.") from error
    except OSError as error:
        why = "is a link, which isn't followed" if path.is_symlink() else f"can't be opened: {error.strerror}"
        raise InputError(f"{path} {why}.") from error
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise InputError(f"{path} is no file; what was saved there is damaged.")
    return os.fdopen(found, "rb")


_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def read_bytes(path: Path) -> bytes:
    """All of a file; raises InputError that names it."""
    with opened(path) as file:
        try:
            return file.read()
        except OSError as error:
            raise InputError(f"{path} can't be read: {error.strerror}.") from error


def damaged(path: Path, why: object) -> DamagedError:
    """The error for a file that isn't what was saved."""
    said = " ".join(str(why).split()) or type(why).__name__
    return DamagedError(
        f"{path} is damaged: {said[:200]}. Nothing of it was used; take it from a copy, or fit again and save anew."
    )
