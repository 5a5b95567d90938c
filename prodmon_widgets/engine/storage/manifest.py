"""The manifest: which files a saved monitor is, with the size and checksum of each.

It is the one file that a save replaces; what it names is whole by then. Names are plain and stay inside the folder,
links are not followed, and a file that isn't as long, or doesn't add up, is refused before anything of it is read.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from prodmon_widgets.engine.work.documents import UNREADABLE, damaged, opened, read_bytes, read_json, write_json
from prodmon_widgets.engine.work.plain import Reader, to_plain
from prodmon_widgets.errors import InputError

FORMAT = 5
NAME = "monitor.json"
SEAL = "sha256"
PLAIN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,80}(/[a-z0-9][a-z0-9_.-]{0,80}){0,4}")


@dataclass(frozen=True)
class Stored:
    """A file: its ``size`` in bytes and the SHA-256 of its content."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Stored:
        """A file that is there."""
        with opened(path) as file:
            return cls(path.stat().st_size, digest(file))


@dataclass(frozen=True)
class Manifest:
    """What a folder holds: ``files`` by name, relative to it; ``data`` is the folder in it with the last save."""

    format: int
    generation: str
    data: str
    files: dict[str, Stored]

    def write(self, path: Path) -> None:
        """Write it with its own checksum."""
        facts = to_plain(self)
        write_json(path, {SEAL: _seal(facts)} | facts)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a folder; raises InputError where there is none, it is damaged, or of another format."""
        path = folder / NAME
        if not path.exists() and not path.is_symlink():
            raise InputError(f"{folder} holds no saved monitor: {NAME} is missing.")
        facts = read_json(path)
        if not isinstance(facts, dict) or type(facts.get("format")) is not int:
            raise damaged(path, "it doesn't say in which format it was saved")
        _refuse_other(folder, facts["format"])
        if facts.pop(SEAL, None) != _seal(facts):
            raise damaged(path, "its content doesn't match its checksum")
        try:
            made: Manifest = Reader({}, {Manifest: _check}).read(cls, facts)
        except UNREADABLE as error:
            raise damaged(path, error) from error
        return made

    def path(self, folder: Path, name: str) -> Path:
        """Where a file lies; raises InputError where a link leads there, its size differs, or it isn't listed."""
        path = folder / name
        if name not in self.files:
            raise damaged(folder / NAME, f"{name} isn't among its files")
        for part in (*reversed(Path(name).parents), Path(name)):
            if part.name and (folder / part).is_symlink():
                raise InputError(f"{folder / part} is a link, which isn't followed.")
        with opened(path):
            size = path.stat().st_size
        if size != self.files[name].size:
            raise damaged(path, f"it has {size:,} bytes; {self.files[name].size:,} were saved")
        return path

    def checked(self, folder: Path, name: str) -> Path:
        """Where a small file lies, once its checksum was looked at."""
        path = self.path(folder, name)
        if hashlib.sha256(read_bytes(path)).hexdigest() != self.files[name].sha256:
            raise damaged(path, "its content doesn't match its checksum")
        return path


def digest(file: BinaryIO) -> str:
    """SHA-256 of all of a file."""
    found = hashlib.sha256()
    while part := file.read(1 << 20):
        found.update(part)
    return found.hexdigest()


def stored(folder: Path, names: Iterable[str]) -> dict[str, Stored]:
    """Files of a folder as a manifest lists them."""
    return {name: Stored.of(folder / name) for name in sorted(names)}


def _seal(facts: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _refuse_other(folder: Path, came: int) -> None:
    if came == FORMAT:
        return
    said = f"{folder} was saved in format {came}; this version reads format {FORMAT}."
    if came > FORMAT:
        raise InputError(f"{said} Update prodmon-widgets to read it.")
    raise InputError(
        f"{said} Fit again and save there: Monitor(evaluation, production).save(folder). Labels that people gave are "
        "still read: Monitor.labels_of(folder) is a frame that label() takes."
    )


def _check(manifest: Manifest) -> None:
    odd = [name for name in [manifest.data, *manifest.files] if not PLAIN.fullmatch(name) or ".." in name]
    if odd:
        raise ValueError(f"{odd[0]!r} is no plain name of a file inside the folder")
    wrong = [name for name, each in manifest.files.items() if each.size < 0 or len(each.sha256) != 64]
    if wrong:
        raise ValueError(f"{wrong[0]!r} has no size and checksum")
