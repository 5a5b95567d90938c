"""The scripts that draw widgets outside of a notebook server, as they were installed: no page of ours loads any."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jupyter_core.paths import jupyter_path

from prodmon_widgets.errors import BackendError
from prodmon_widgets.widgets.bundled import STATIC

AMD = ("bqscales", "bqplot", "anywidget")


@cache
def libraries() -> dict[str, str]:
    """Name → script, in the order in which they must run: the last one draws what it finds, with all the others."""
    require, embed = ((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in ("require", "embed-amd"))
    return {"require": require, **{name: _named(name, _nbextension(name)) for name in AMD}, "embed-amd": embed}


def _nbextension(name: str) -> str:
    """The script that a widget library's wheel installs."""
    for folder in jupyter_path("nbextensions"):
        path = Path(folder) / name / "index.js"
        if path.exists():
            return path.read_text(encoding="utf-8")
    message = f"the front end of {name} is not installed below {jupyter_path('nbextensions')}; reinstall {name}."
    raise BackendError(message)


def _named(name: str, script: str) -> str:
    """An anonymous AMD module under its name, so that several can stand in one page.

    >>> _named("bqplot", 'before(); define(["base"], function () {})')
    'before(); define("bqplot",["base"], function () {})'
    """
    before, found, after = script.rpartition("define([")
    if not found:
        message = f"the front end of {name} is no AMD module; this version of {name} can't be exported."
        raise BackendError(message)
    return f'{before}define("{name}",[{after}'
