"""What travels to the browser: one description that JSON can hold, and one bounded block of bytes with the cube.

Arrays lie one after the other, little-endian, each aligned to 8 bytes; counts are uint32, fixed-point sums float64,
which holds them exactly. Nothing in it grows with the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import MISSING, OTHER, Levels, ValueBins
from prodmon_widgets.engine.cube.counting import COUNTS
from prodmon_widgets.engine.cube.cube import Axis, Cube
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms
from prodmon_widgets.engine.time.bins import TimeBins

VERSION = 3
IN_PYTHON_ONLY = ("bad",)
"""Measures that no view needs."""
ALIGNMENT = 8


@dataclass(frozen=True)
class Series:
    """Sums per time bin of named segments beyond single cells.

    ``described``: one JSON object a segment (``text``, ``conditions``, ``weak``); ``production``: measure → (T, S);
    ``evaluation``: measure → (S,).
    """

    described: Sequence[Mapping[str, Any]] = ()
    production: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    evaluation: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)


def to_wire(
    cube: Cube,
    evaluation: Cube,
    *,
    terms: BlockTerms | None = None,
    segments: Series | None = None,
    evaluation_actual: Mapping[str, NDArray[np.int64]] | None = None,
) -> tuple[dict[str, Any], bytes]:
    """(meta, payload) of production's cube and the evaluation set's, which has one time bin and is laid out alike.

    ``terms``: an entry a bin. ``evaluation_actual``: further totals of the evaluation set, one bin: how many samples
    people annotated, and how many of them good. Its scores are estimates all the same, as production's are.
    """
    series = segments or Series()
    terms = terms or BlockTerms.neutral(cube.time.count)
    evaluation = evaluation.placed(evaluation.time, cube.axes).merged
    cube = cube.merged
    arrays = {**_cube_arrays(cube), **_evaluation_arrays(evaluation), **_term_arrays(terms), **_series_arrays(series)}
    arrays |= {f"evaluation.totals.{name}": values.astype("<u4") for name, values in (evaluation_actual or {}).items()}
    placed, payload = packed(arrays)
    meta = {
        "version": VERSION,
        "scale": SCALE,
        "scored": cube.scored,
        "time": _time(cube.time),
        "properties": [_property(axis) for axis in cube.axes],
        "n_cells": cube.n_cells,
        "measures": _travelling(cube.cells),
        "segments": [dict(each) for each in series.described],
        "arrays": placed,
    }
    return meta, payload


def from_wire(meta: Mapping[str, Any], payload: bytes) -> dict[str, NDArray[Any]]:
    """The arrays by name, as the browser reads them."""
    return {
        name: np.frombuffer(payload, "<" + at["dtype"], int(np.prod(at["shape"])), at["offset"]).reshape(at["shape"])
        for name, at in meta["arrays"].items()
    }


def _time(time: TimeBins) -> dict[str, int | bool]:
    return {"start": time.start, "step": time.step, "count": time.count, "is_time": time.is_time}


def _property(axis: Axis) -> dict[str, Any]:
    bins = axis.bins
    return {
        "name": axis.name,
        "kind": axis.kind,
        "unit": axis.unit,
        "offset": axis.offset,
        "size": axis.size,
        "labels": axis.labels,
        "edges": bins.edges.tolist() if isinstance(bins, ValueBins) else None,
        "center": bins.center if isinstance(bins, ValueBins) else None,
        "positions": bins.positions.tolist() if isinstance(bins, ValueBins) else None,
        "missing": MISSING,
        "other": OTHER if isinstance(bins, Levels) else None,
        "numeric": axis.numeric,
        "levels": bins.n_levels if isinstance(bins, Levels) else None,
        "new_beyond": bins.new_beyond if isinstance(bins, Levels) else 0,
    }


def _sums(measure: str, values: NDArray[np.int64]) -> NDArray[Any]:
    return values.astype("<u4" if measure in COUNTS else "<f8")


def _cube_arrays(cube: Cube) -> dict[str, NDArray[Any]]:
    cells = {f"cells.{m}": _sums(m, cube.cells[m]) for m in _travelling(cube.cells)}
    totals = {f"totals.{m}": _sums(m, cube.totals[m]) for m in _travelling(cube.totals)}
    return {**cells, **totals, "values": cube.values.astype("<f8")}


def _evaluation_arrays(cube: Cube) -> dict[str, NDArray[Any]]:
    sums = cube.window()
    chosen = [m for m in _travelling(sums.cells) if not m.startswith("known")]
    cells = {f"evaluation.cells.{m}": _sums(m, sums.cells[m]) for m in chosen}
    totals = {f"evaluation.totals.{m}": _sums(m, np.array([sums.totals[m]])) for m in chosen}
    return {**cells, **totals, "evaluation.values": sums.values.astype("<f8")}


def _term_arrays(terms: BlockTerms) -> dict[str, NDArray[Any]]:
    return {name: values.astype("<u1" if values.dtype == bool else "<f8") for name, values in vars(terms).items()}


def _series_arrays(series: Series) -> dict[str, NDArray[Any]]:
    production = {f"segments.{m}": _sums(m, series.production[m]) for m in _travelling(series.production)}
    known = {f"evaluation.segments.{m}": _sums(m, series.evaluation[m]) for m in _travelling(series.evaluation)}
    return {**production, **known}


def _travelling(measures: Mapping[str, Any]) -> list[str]:
    return [measure for measure in measures if measure not in IN_PYTHON_ONLY]


def packed(arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, Any], bytes]:
    """Where each array lies, and all of them in one block."""
    placed: dict[str, Any] = {}
    block = bytearray()
    for name, values in arrays.items():
        placed[name] = {"offset": len(block), "dtype": values.dtype.str[1:], "shape": list(values.shape)}
        block += np.ascontiguousarray(values).tobytes()
        block += bytes(-len(block) % ALIGNMENT)
    return placed, bytes(block)
