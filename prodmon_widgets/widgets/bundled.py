"""Bundled: a widget whose front end is loaded once a page, however many of its kind are opened and closed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import anywidget
import traitlets

STATIC = Path(__file__).parent.parent / "static"


class Bundled(anywidget.AnyWidget):
    """``front_end`` names its bundle under ``static``, which travels as a trait; ``_esm`` is the loader of them all.

    A browser never lets go of a module, and anywidget makes one of each model's ``_esm``.
    """

    _esm = STATIC / "loader.js"
    front_end = ""
    bundle = traitlets.Unicode().tag(sync=True)

    @traitlets.default("bundle")
    def _read(self) -> str:
        return text_of(self.front_end)


@cache
def text_of(front_end: str) -> str:
    """A built bundle."""
    return (STATIC / f"{front_end}.js").read_text(encoding="utf-8")
