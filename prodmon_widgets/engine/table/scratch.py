"""A folder that lives as long as the rows that were written into it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


class Scratch:
    """A temporary folder, removed when nothing refers to it any more or at the interpreter's end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="prodmon-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
