"""Witness: a file as it was when it was first read, so that what is read later is of the same rows."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prodmon_widgets.errors import DamagedError, InputError

ANEW = "make the monitor anew, or load it anew where another was saved in its place."


@dataclass
class Witness:
    """A file's size and time; ``seal``, the SHA-256 of its content, is looked at once."""

    path: str
    size: int
    changed_ns: int
    seal: str | None = None

    @classmethod
    def of(cls, path: str, seal: str | None = None) -> Witness:
        """A file that is there; raises InputError where it isn't."""
        found = _stat(path)
        return cls(path, found.st_size, found.st_mtime_ns, seal)

    def check(self) -> None:
        """Raise InputError where the file isn't what it was."""
        found = _stat(self.path)
        if (found.st_size, found.st_mtime_ns) != (self.size, self.changed_ns):
            then, now = (datetime.fromtimestamp(ns / 1e9, UTC).isoformat(" ") for ns in self._times(found))
            raise InputError(
                f"{self.path} changed since it was first read: it had {self.size:,} bytes of {then}, and has "
                f"{found.st_size:,} of {now}. Its rows may be others: put it back, {ANEW}"
            )
        if self.seal is not None:
            self._check_seal(self.seal)

    def _times(self, found: os.stat_result) -> tuple[int, int]:
        return self.changed_ns, found.st_mtime_ns

    def _check_seal(self, seal: str) -> None:
        with Path(self.path).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != seal:
                raise DamagedError(
                    f"{self.path} is damaged: its content doesn't match its checksum. Take it from a copy or fit again."
                )
        self.seal = None


def _stat(path: str) -> os.stat_result:
    try:
        return Path(path).stat()
    except OSError as error:
        raise InputError(f"{path} is gone since it was first read; put it back, {ANEW}") from error
