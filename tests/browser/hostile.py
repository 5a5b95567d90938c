"""Texts that would like to be code: the names that the front end's own tests use, read from there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

JS = Path(__file__).parents[2] / "js"
READ = 'import { HOSTILE_NAMES } from "./tests/hostile-names"; console.log(JSON.stringify(HOSTILE_NAMES));'


def _read() -> list[str]:
    bundle = subprocess.run(
        ["node_modules/.bin/esbuild", "--bundle", "--platform=node", "--log-level=error"],
        cwd=JS,
        input=READ,
        capture_output=True,
        text=True,
        check=True,
    )
    run = subprocess.run(["node", "-"], input=bundle.stdout, capture_output=True, text=True, check=True)
    # a lone surrogate is no text to Python's files and frames
    return [name.encode("utf-8", "replace").decode() for name in json.loads(run.stdout)]


HOSTILE_TEXTS = _read()
