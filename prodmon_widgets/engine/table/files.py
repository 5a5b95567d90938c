"""From paths, folders and globs to the files that hold rows: what is hidden or half written is no data."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from prodmon_widgets.engine.table.lake import table_folder
from prodmon_widgets.engine.table.paths import local
from prodmon_widgets.errors import READABLE, InputError

ENDINGS = {
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".csv": "CSV",
    ".tsv": "CSV",
    ".jsonl": "JSON",
    ".ndjson": "JSON",
    ".json": "JSON",
    ".xlsx": "Excel",
    ".xlsm": "Excel",
    ".xlsb": "Excel",
    ".xls": "Excel",
    ".ods": "Excel",
}

COMPRESSED = (".gz", ".zst", ".bz2")


Folders = Mapping[str, str | None]
"""The key=value folders that a file lies in; None where the value is missing."""


@dataclass(frozen=True)
class Found:
    """Files of one kind in the order in which they are read, and the key=value folders that each lies in."""

    kind: str
    paths: tuple[str, ...]
    folders: tuple[Folders, ...]


def keys_of(folders: Sequence[Folders]) -> dict[str, frozenset[str | None]]:
    """Key of a folder's name → its values; only keys that every file has.

    >>> {key: sorted(v) for key, v in keys_of([{"day": "1", "x": "a"}, {"day": "2"}]).items()}
    {'day': ['1', '2']}
    """
    first = folders[0] if folders else {}
    shared = [key for key in first if all(key in each for each in folders)]
    return {key: frozenset(each[key] for each in folders) for key in shared}


def is_paths(source: Any) -> bool:
    """Whether the source names files: a path, or a list of them."""
    parts = source if isinstance(source, (list, tuple)) else [source]
    return bool(parts) and all(isinstance(part, (str, bytes, os.PathLike)) for part in parts)


def found(source: Any, side: str) -> Found:
    """The files that paths, folders and globs name.

    Raises
    ------
    InputError
        Where nothing matches, kinds are mixed, or what is there is no regular file.
    """
    given = [os.fsdecode(path) for path in (source if isinstance(source, (list, tuple)) else [source])]
    files = [file for pattern in given for file in _matching(pattern, side)]
    kinds: dict[str, str] = {}
    for path, _ in files:
        kinds.setdefault(kind_of(path), path)
    if len(kinds) > 1:
        listed = " and ".join(f"{kind} ({Path(path).name})" for kind, path in sorted(kinds.items()))
        raise InputError(f"{side} mixes kinds of files: {listed}; give files of one kind.")
    return Found(next(iter(kinds)), tuple(path for path, _ in files), tuple(folders for _, folders in files))


def kind_of(path: str) -> str:
    """Parquet, CSV, JSON or Excel, by the file's ending; raises InputError for any other."""
    kind = known_kind(path)
    if kind is None:
        raise InputError(f"{path} ends in none of {', '.join(ENDINGS)}; rename it or read it into a frame first.")
    return kind


def known_kind(path: str) -> str | None:
    """The same; None for any other ending."""
    lower = path.lower()
    bare = next((lower.removesuffix(end) for end in COMPRESSED if lower.endswith(end)), lower)
    kind = ENDINGS.get(Path(bare).suffix)
    return kind if bare == lower or kind in ("CSV", "JSON") else None


def _matching(pattern: str, side: str) -> list[tuple[str, Folders]]:
    path = _path(pattern, side)
    if path.is_dir():
        root, matched = (
            path,
            [p for p in sorted(path.rglob("*")) if not _hidden(p.relative_to(path)) and known_kind(str(p))],
        )
        _refuse_tables(path, side)
    elif path.exists():
        _check_regular(path, side)
        return [(str(path), {})]
    else:
        root = _literal_part(path)
        # Path.glob refuses absolute patterns
        names = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
        asked = any(part.startswith(("_", ".")) for part in path.relative_to(root).parts)
        matched = [Path(name) for name in names if asked or not _hidden(Path(name).relative_to(root))]
    matched = [p for p in matched if p.is_file()]
    if not matched:
        raise InputError(f"{side}: no file matches {pattern!r} (looked in {Path.cwd()}); give {READABLE}.")
    return [(str(p), dict(_folders(p.relative_to(root).parent))) for p in matched]


def _path(pattern: str, side: str) -> Path:
    """The pattern as a local path; raises InputError for what is none."""
    if not pattern.strip():
        raise InputError(f"{side} is an empty path; give {READABLE}.")
    if "\0" in pattern:
        raise InputError(f"{side} is a path with a zero byte in it; give {READABLE}.")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", pattern):
        address = urlsplit(pattern)
        if address.scheme.lower() == "file" and address.hostname in (None, "localhost"):
            return Path(unquote(address.path))
        where = f"{address.scheme}://{address.hostname or ''}"
        raise InputError(
            f"{side} is an address ({where}/…), not a path; only files that lie here are read. Download it, or hand "
            "over a DuckDB relation or a frame that was read from there."
        )
    return local(pattern)


def _literal_part(path: Path) -> Path:
    """The folder above the first part that is a pattern."""
    plain = []
    for part in path.parts[:-1]:
        if glob.has_magic(part):
            break
        plain.append(part)
    return Path(*plain)


def _hidden(path: Path) -> bool:
    """Half-written and bookkeeping files and folders, as Spark and the table formats mark them."""
    return any(p.startswith((".", "~$")) or (p.startswith("_") and "=" not in p) for p in path.parts)


def _folders(folder: Path) -> Iterator[tuple[str, str | None]]:
    for part in folder.parts:
        key, equals, value = part.partition("=")
        if key and equals:
            yield unquote(key), None if value == "__HIVE_DEFAULT_PARTITION__" else unquote(value)


def _check_regular(path: Path, side: str) -> None:
    if not path.is_file():
        raise InputError(
            f"{side}: {path} is no regular file but a pipe, socket or device; its rows are read several times, so "
            "write them to a file first."
        )


def _refuse_tables(folder: Path, side: str) -> None:
    """Folders of table formats hold files that are no longer part of the table."""
    for below in sorted(p for p in folder.rglob("*") if p.is_dir()):
        kind = table_folder(below)
        if kind is not None:
            raise InputError(f"{side}: {below} is a table of {kind}; give its folder by itself.")


def check_readable(paths: Sequence[str], side: str) -> None:
    """Refuse a file that this user may not read."""
    for path in paths:
        if not os.access(path, os.R_OK):
            raise InputError(f"{side}: {path} can't be read: permission denied.")
