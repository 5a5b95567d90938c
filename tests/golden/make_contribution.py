"""Golden vectors of contributions to a drop, which Python and the browser compute alike.

``python -m tests.golden.make_contribution`` writes the file; pytest holds it to Python, vitest to the browser.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from prodmon_widgets.engine.causes.contribution import KINDS, contribution

FILE = Path(__file__).parent / "contribution.json"
BEFORE, AFTER = (20000.0, 16000.0), (18000.0, 13100.5)
EDGES = [(0, 0, 0, 0), (0, 0, 800, 240), (39, 30, 800, 240), (40, 30, 800, 240), (500, 450, 18000, 13100.5)]


def content() -> dict[str, Any]:
    """Totals, and one entry a segment: its sums and what must come out."""
    rng = np.random.default_rng(0)
    n = rng.integers(1, 6000, (40, 2))
    drawn = np.column_stack([n[:, 0], n[:, 0] * rng.random(40), n[:, 1], n[:, 1] * rng.random(40)])
    sums = np.concatenate([np.array(EDGES, dtype=np.float64), drawn.round(3)])
    n0, s0, n1, s1 = sums.T
    found = contribution(n0, s0, BEFORE, n1, s1, AFTER)
    cases = [
        {
            "before": {"n": row[0], "score": row[1]},
            "after": {"n": row[2], "score": row[3]},
            "expected": {
                "contribution": float(found["contribution"][i]),
                "z": float(found["z"][i]),
                "kind": KINDS[int(found["kind"][i])],
            },
        }
        for i, row in enumerate(sums.tolist())
    ]
    totals = [{"n": total[0], "score": total[1]} for total in (BEFORE, AFTER)]
    return {"before": totals[0], "after": totals[1], "cases": cases}


if __name__ == "__main__":
    FILE.write_text(json.dumps(content(), allow_nan=False) + "\n")
