"""Files written whole: beside their place first, and moved there only when every byte is on the disk."""

from __future__ import annotations

import os
import stat
import uuid
from contextlib import suppress
from pathlib import Path

from prodmon_widgets.errors import BackendError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is the old one until it is the new one; a link stays a link, a device is written to.

    Its mode is that of the file that it replaces, or what the process gives new files. Raises BackendError where it
    can't be written: then what was there is there still, and nothing lies beside it.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise BackendError(
            f"{path} can't be written: {error.strerror or error}. What was there before is as it was; "
            "make room, or name another place."
        ) from error


def _replace(place: Path, data: bytes) -> None:
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
    beside = place.with_name(f".{place.name[:60]}-{uuid.uuid4().hex}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(place)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
