"""What finds causes or weak segments in a planted scenario: ours, a ranking of drifts, and the field's tools.

Peers run in environments of their own (``sh scripts/peers.sh``).
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.causes_scenarios import Scenario, question
from prodmon_widgets.engine.causes.causes import find_causes
from prodmon_widgets.engine.cube.segments import Segment

PEERS = ("sliceline", "divexplorer", "pysubgroup")
FOLDER = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Answer:
    """What a method returned: masks over the window's rows, best first, the properties of each, and CPU seconds."""

    masks: list[np.ndarray]
    properties: list[set[str]]
    seconds: float


def ours(of: Scenario) -> Answer:
    """The cause search, from the code table to items with bands."""
    asked = question(of)
    started = time.process_time()
    items = find_causes(asked).items
    seconds = time.process_time() - started
    where = [each for each in items["where"] if each]
    return Answer([Segment(w).mask(of.after)[of.rows] for w in where], [set(w) for w in where], seconds)


def drift_ranking(of: Scenario) -> Answer:
    """Cells by their part of the population stability index, largest first."""
    started = time.process_time()
    ranked = []
    for name, codes in of.after.codes.items():
        size = of.after.bins[name].size
        p1, p0 = (np.bincount(c, minlength=size) / len(c) for c in (codes[of.rows], of.before.codes[name]))
        p0, p1 = np.maximum(p0, 1e-4), np.maximum(p1, 1e-4)
        part = np.where(p1 > p0, (p1 - p0) * np.log(p1 / p0), 0.0)
        ranked += [(float(part[code]), name, code) for code in np.argsort(-part)[:10]]
    best = sorted(ranked, reverse=True)[:10]
    seconds = time.process_time() - started
    masks = [of.after.codes[name][of.rows] == code for _, name, code in best]
    return Answer(masks, [{name} for _, name, _ in best], seconds)


def peer(name: str, of: Scenario) -> Answer | None:
    """One of the field's tools on ten bins a number; None where it isn't installed or fails."""
    names = sorted(of.after.bins)
    coded = np.column_stack([ten_bins(of, each) for each in names])
    bad = of.drop.production["annotation"].eq("bad").to_numpy()[of.rows]
    found = asked_of(name, "scenario.npz", lambda path: np.savez(path, window=coded, window_bad=bad))
    if found is None:
        return None
    segments = [segment for segment in found["segments"] if segment]
    masks = [np.logical_and.reduce([coded[:, place] == code for place, code in segment]) for segment in segments]
    return Answer(masks, [{names[place] for place, _ in segment} for segment in segments], found["seconds"])


def ten_bins(of: Scenario, name: str) -> np.ndarray:
    """A property of the window's rows in at most ten quantile bins; a category by its code."""
    codes = of.after.codes[name][of.rows].astype(np.int64)
    if of.after.bins[name].kind != "numeric":
        return codes
    share = np.cumsum(np.bincount(of.before.codes[name], minlength=of.after.bins[name].size)) / of.before.n_rows
    return np.minimum((share * 10 - 1e-9).astype(np.int64), 9)[codes]


def deepchecks(evaluation: pd.DataFrame, good: np.ndarray) -> tuple[list[np.ndarray], float] | None:
    """WeakSegmentsPerformance: masks and CPU seconds; None where it isn't installed or fails."""
    frame = evaluation.drop(columns=["clean", "annotation", "timestamp"]).assign(good=good)
    found = asked_of("deepchecks", "evaluation.csv", lambda path: frame.to_csv(path, index=False))
    if found is None:
        return None
    masks = []
    for rows in found["rows"]:
        mask = np.zeros(len(frame), dtype=bool)
        mask[rows] = True
        masks.append(mask)
    return masks, found["seconds"]


def python_of(peer: str) -> Path:
    """The interpreter of a peer's environment."""
    return FOLDER / ".venv-peers" / peer / "bin" / "python"


def asked_of(peer: str, name: str, write: Callable[[Path], object]) -> dict[str, Any] | None:
    """What a peer's script prints about a file; None where it isn't installed or fails, which is said."""
    if not python_of(peer).exists():
        return None
    script = FOLDER / "benchmarks" / "peers" / f"{peer}_peer.py"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        command = [python_of(peer), "-W", "ignore", script, path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{peer} failed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])
