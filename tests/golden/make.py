"""Golden vectors: cubes as they travel, and the figures that Python computes from them for some windows.

``python -m tests.golden.make`` writes the files; pytest holds them to the Python code, vitest to the browser's.
NaN is written as null.
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from prodmon_widgets.engine.bins import bins_of, time_bins_of
from prodmon_widgets.engine.cube import Cube
from prodmon_widgets.engine.encode import CodeTable, encode
from prodmon_widgets.engine.performance import SCALE, BlockTerms, Estimate, estimate
from prodmon_widgets.engine.wire import to_wire
from tests.engine.coded import Rows, drawn

FOLDER = Path(__file__).parent
DAY = 86_400_000
WINDOWS: tuple[tuple[int, int] | None, ...] = (
    None,
    (20 * DAY, 30 * DAY),
    (5 * DAY + 1, 5 * DAY + 2),
    (40 * DAY, 41 * DAY),
)
"""Everything; a third; inside one bin; after the end."""


@dataclass(frozen=True)
class Sides:
    """Cubes of production and of the evaluation set, and the terms of production's time bins."""

    production: Cube
    evaluation: Cube
    terms: BlockTerms


def sides(evaluation: Rows, production: Rows, *, scored: bool) -> Sides:
    """Both sides counted, with made-up scores that fall over time."""
    bins = bins_of(evaluation, production)
    time = time_bins_of(production, list(bins.values()), most_bytes=200_000)
    codes = encode(production, time, bins)
    evaluation_codes = encode(evaluation, None, codes.bins)
    if scored:
        annotate(codes, 1)
        annotate(evaluation_codes, 2)
    rng = np.random.default_rng(3)
    terms = BlockTerms(
        rng.random(time.count) / 50,
        rng.normal(size=time.count) / 100,
        rng.random(time.count) / 1e4,
        rng.random(time.count) < 0.9,
    )
    return Sides(Cube.build(codes), Cube.build(evaluation_codes), terms)


def annotate(codes: CodeTable, seed: int) -> None:
    """Fill in scores, states and support."""
    rng = np.random.default_rng(seed)
    score = np.clip(rng.beta(8, 2, codes.n_rows) - codes.time / (4 * codes.time_bins.count), 0, 1)
    codes.score = np.round(score * SCALE).astype(np.int32)
    codes.state = np.where(score > 0.7, 0, np.where(score < 0.3, 1, 2)).astype(np.uint8)
    codes.supported = rng.random(codes.n_rows) < 0.8


def case(of: Sides, window: tuple[int, int] | None) -> dict[str, Any]:
    """A window, its time bins and what must come out."""
    first, last = of.production.time.snap(*(window or (None, None)))
    expected: dict[str, Any] = {}
    if of.production.scored:
        expected["performance"] = performance(of, first, last)
    return {"window": window, "baseline": None, "bins": [first, last], "expected": expected}


def performance(of: Sides, first: int, last: int) -> dict[str, Any]:
    """The estimate of the window, and of each cell of the properties as they travel."""
    cube = of.production.merged
    terms = of.terms.part(first, last)
    totals = estimate({m: t[first:last] for m, t in cube.totals.items()}, terms)
    cells = estimate({m: t[first:last] for m, t in cube.cells.items()}, terms)
    return {"window": fields(totals), "cells": fields(cells)}


def fields(of: Estimate) -> dict[str, Any]:
    """An estimate's arrays by name."""
    return {name: plain(np.asarray(values).tolist()) for name, values in vars(of).items()}


def plain(value: Any) -> Any:
    """The same with None for NaN, which JSON can't say."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def golden(of: Sides) -> dict[str, Any]:
    """A golden file's content."""
    benchmark = {"score": 0.8, "estimated": 0.79, "low": 0.77, "high": 0.81, "n": float(of.evaluation.totals["n"][0])}
    meta, payload = to_wire(of.production, of.evaluation, terms=of.terms, benchmark=benchmark)
    return {
        "meta": meta,
        "payload": base64.b64encode(payload).decode(),
        "cases": [case(of, window) for window in WINDOWS],
    }


def files() -> dict[str, dict[str, Any]]:
    """File name → content."""
    evaluation, production = drawn(800, 1), drawn(3000, 2, shift=0.3, new=True)
    return {
        "scored.json": golden(sides(evaluation, production, scored=True)),
        "unscored.json": golden(sides(evaluation, production, scored=False)),
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_text(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")
