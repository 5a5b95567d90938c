"""Folders of Delta Lake, Iceberg and Hudi: read by their own readers, never file by file.

Such a folder holds files that a later commit has removed; only the format's log says which rows are there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from prodmon_widgets.errors import InputError

_MARKS = {"Delta Lake": "_delta_log", "Hudi": ".hoodie"}
_READERS = {"Delta Lake": "deltalake", "Iceberg": "pyiceberg"}


def table_folder(folder: Path) -> str | None:
    """The format whose table a folder is; None where it is a plain one."""
    marked = next((kind for kind, mark in _MARKS.items() if (folder / mark).is_dir()), None)
    return marked or ("Iceberg" if _metadata(folder) else None)


def open_table(folder: Path, kind: str, side: str) -> Any:
    """The table as it is now, as something with batches of Arrow.

    Raises
    ------
    InputError
        Where its own reader isn't installed, or there is none.
    """
    try:
        if kind == "Delta Lake":
            from deltalake import DeltaTable

            return DeltaTable(str(folder))
        if kind == "Iceberg":
            from pyiceberg.table import StaticTable

            return StaticTable.from_metadata(str(_metadata(folder))).scan().to_arrow_batch_reader()
    except ImportError as error:
        raise InputError(
            f"{side}: {folder} is a table of {kind}; reading it takes its own reader: pip install {_READERS[kind]}."
        ) from error
    raise InputError(
        f"{side}: {folder} is a table of {kind}, which isn't read; write its rows to Parquet or hand over a frame."
    )


def _metadata(folder: Path) -> Path | None:
    """The newest description of an Iceberg table: v12.metadata.json, or 00012-<uuid>.metadata.json."""
    found = (folder / "metadata").glob("*.metadata.json") if (folder / "metadata").is_dir() else ()
    return max(found, key=lambda path: int((re.findall(r"\d+", path.name) or ["0"])[0]), default=None)
