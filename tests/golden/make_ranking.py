"""Golden ranking of segments, which Python and the browser compute alike from the cube of ``scored.json``.

``python -m tests.golden.make_ranking`` writes the file; pytest holds it to Python, vitest to the browser.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np

from prodmon_widgets.engine.causes.rank import ranked
from tests.golden.make import plain

FILE = Path(__file__).parent / "ranking.json"
CUBE = Path(__file__).parent / "scored.json"


def content() -> list[dict[str, Any]]:
    """A case for each window and baseline of the cube: the segments in order, and their figures."""
    cube = json.loads(CUBE.read_text())
    payload = base64.b64decode(cube["payload"])
    step, start = cube["meta"]["time"]["step"], cube["meta"]["time"]["start"]
    found = []
    for each in cube["cases"]:
        low, high = each["baseline"] or (0, 0)
        baseline = (int((low - start) // step), int(np.ceil((high - start) / step))) if each["baseline"] else None
        frame = ranked(cube["meta"], payload, tuple(each["bins"]), baseline).drop(columns="where")
        rows = [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]
        found.append({"bins": each["bins"], "baseline": baseline, "rows": rows})
    return found


if __name__ == "__main__":
    FILE.write_text(json.dumps(content(), ensure_ascii=False, allow_nan=False) + "\n")
