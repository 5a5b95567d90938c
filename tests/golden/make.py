"""Golden vectors: cubes as they travel, and the figures that Python computes from them for some windows.

``python -m tests.golden.make`` writes the files; pytest holds them to the Python code, vitest to the browser's.
NaN is written as null.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from prodmon_widgets.engine.cube.cube import Cube
from prodmon_widgets.engine.cube.wire import to_wire
from prodmon_widgets.engine.drift.comparison import compare
from prodmon_widgets.engine.drift.novelty import new_values
from prodmon_widgets.engine.quality.estimate import BlockTerms, Estimate, EvaluationScore, estimate
from tests.engine.coded import DAY, annotate, drawn, encoded, labelled, tables

FOLDER = Path(__file__).parent
Window = tuple[int, int] | None
WINDOWS: tuple[tuple[Window, Window], ...] = (
    (None, None),
    ((20 * DAY, 30 * DAY), None),
    ((5 * DAY + 1, 5 * DAY + 2), None),
    ((40 * DAY, 41 * DAY), None),
    ((20 * DAY, 30 * DAY), (3 * DAY, 12 * DAY)),
)
"""Window and baseline (None: the evaluation set): everything; a third; inside one bin; after the end; two windows."""


@dataclass(frozen=True)
class Sides:
    """Cubes of production and of the evaluation set, and the terms of production's time bins."""

    production: Cube
    evaluation: Cube
    terms: BlockTerms


def sides(evaluation: pd.DataFrame, production: pd.DataFrame, *, scored: bool) -> Sides:
    """Both sides counted, with made-up scores that fall over time, and labels by people."""
    evaluation_codes, codes = encoded(*tables(evaluation, production))
    if scored:
        annotate(evaluation_codes, 2)
        codes = labelled(annotate(codes, 1), 0.1)
    rng = np.random.default_rng(3)
    n_bins = codes.time_bins.count
    terms = BlockTerms(
        calibration=rng.random(n_bins) / 50,
        offset=rng.normal(size=n_bins) / 100,
        offset_variance=rng.random(n_bins) / 1e4,
        estimable=rng.random(n_bins) < 0.9,
        corrected=np.where(rng.random(n_bins) < 0.2, 0.5, 0.0),
        spoken=np.where(rng.random(n_bins) < 0.2, 0.5, 0.0),
        lean=rng.normal(size=n_bins) / 100,
        whole=np.ones(n_bins, dtype=bool),
        apart=rng.random(n_bins) < 0.05,
        wide=rng.random(n_bins) < 0.05,
        judged=rng.random(n_bins) < 0.05,
    )
    return Sides(Cube.build(codes), Cube.build(evaluation_codes), terms)


def case(of: Sides, window: Window, baseline: Window) -> dict[str, Any]:
    """A window with its baseline, its time bins and what must come out."""
    cube, evaluation = of.production, of.evaluation.window()
    first, last = cube.time.snap(*(window or (None, None)))
    against = evaluation if baseline is None else cube.window(*cube.time.snap(*baseline))
    expected = {
        "comparison": records(compare(cube.axes, cube.window(first, last), against, cube.window(), evaluation)),
        "new_values": records(new_values(cube, of.evaluation, first, last, of.terms)),
    }
    if of.production.scored:
        expected["performance"] = performance(of, first, last)
    return {"window": window, "baseline": baseline, "bins": [first, last], "expected": expected}


def performance(of: Sides, first: int, last: int) -> dict[str, Any]:
    """The estimate of the window, and of each cell of the properties as they travel."""
    cube = of.production.merged
    terms = of.terms.part(first, last)
    totals = estimate({m: t[first:last] for m, t in cube.totals.items()}, terms)
    cells = estimate({m: t[first:last] for m, t in cube.cells.items()}, terms)
    return {"window": fields(totals), "cells": fields(cells)}


def benchmark(of: Sides, actual: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The evaluation set's estimate and its true score, where there are scores."""
    n, n_good = int(actual["actual"][0]), int(actual["actual_good"][0])
    known = {"true": n_good / n, "nTrue": n}
    if not of.production.scored:
        return known
    got = EvaluationScore.of(of.evaluation.totals, n, n_good)
    return {"n": int(of.evaluation.totals["n"].sum()), "score": got.score, "low": got.low, "high": got.high, **known}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A frame's rows as JSON has them; times in epoch milliseconds."""
    times = frame.select_dtypes("datetime")
    frame = frame.assign(**{name: times[name].astype("int64") for name in times})
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


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
    n = int(of.evaluation.totals["n"][0])
    actual = {"actual": np.array([n - 10]), "actual_good": np.array([n // 2])}
    meta, payload = to_wire(of.production, of.evaluation, terms=of.terms, evaluation_actual=actual)
    return {
        "benchmark": benchmark(of, actual),
        "meta": meta,
        "payload": base64.b64encode(payload).decode(),
        "cases": [case(of, *windows) for windows in WINDOWS],
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
