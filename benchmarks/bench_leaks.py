"""Opening and closing a dashboard in JupyterLab, over and over: what the page still holds, in a real browser.

Beside it three others are opened and closed in the same way, which show nothing: one bare anywidget, one whose output
carries as much text/html as a dashboard's facts, and as many widgets as a dashboard is made of. So what JupyterLab
keeps of a run cell, of its output, and of each closed widget's channel is seen apart from what we keep. Closed models
that something still holds are counted, and decoded cubes, whose arrays are in no heap figure of Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.browser.jupyter import chromium, serve
from tests.browser.leaks import Held, cycle, held, prepared

CYCLES = 100
BARE, WORDY, MANY = "bare()", "wordy()", "many()"


def main(cycles: int = CYCLES) -> None:
    """Print models, DOM nodes, listeners and memory before, halfway and after."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        root, home = Path(folder) / "root", Path(folder) / "home"
        for each in (root, home):
            each.mkdir()
        with serve(root, home) as server:
            page, chrome = prepared(server, browser, root)
            for code, shown in (
                (BARE, ".bare"),
                (WORDY, ".bare"),
                (MANY, ".bare"),
                ("pm.Dashboard(monitor)", "[data-view=samples] [data-sample]"),
            ):
                _run(code, cycles, lambda: held(page, chrome), lambda c=code, s=shown: cycle(page, c, s))


def _run(code: str, cycles: int, look: Callable[[], Held], once: Callable[[], None]) -> None:
    # the first ones load what stays
    for _ in range(3):
        once()
    before: Held = look()
    print(f"{code}: {cycles} times opened and closed")
    print(f"  {'after':>6} {'models':>7} {'nodes':>7} {'listeners':>10} {'heap MB':>8} {'kept':>6} {'cubes':>6}")
    for at in range(cycles + 1):
        if at in (0, cycles // 2, cycles):
            now = look() if at else before
            counts = f"{at:>6} {now.models:>7} {now.nodes:>7} {now.listeners:>10}"
            print(f"  {counts} {now.heap / 1e6:>8.1f} {now.kept:>6} {now.cubes:>6}", flush=True)
        if at < cycles:
            once()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
