"""Rank: every class, bin and chosen segment by what it carries of the drop, from the cube as it travels.

The browser does the same at every brush (``segment-rows.ts``, ``table.tsx``; both share golden vectors), so that the
static fallback and an exported page say what the screen says: corrected by labels, against the baseline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.causes.contribution import KINDS, contribution, spread
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.cube.wire import from_wire

Floats = NDArray[np.float64]
Arrays = Mapping[str, NDArray[Any]]
Bins = tuple[int, int]

FEWEST = 30
"""Fewer samples than this on both sides together say nothing."""

SURE = 3.0
"""Contributions of fewer standard errors are not told apart from chance: they rank behind those that are."""

WEAK_ERRORS, WEAK_GAP = 3.0, 0.02
"""How far, in standard errors and in score, a weak segment lies below the rest of the evaluation set."""

MEASURES = ("n", "score", "unsupported")


@dataclass(frozen=True)
class Side:
    """Sums of one side of a comparison: (places,), the cells and then the chosen segments, and of everything."""

    n: Floats
    score: Floats
    unsupported: Floats
    all_n: float
    all_score: float

    @property
    def share(self) -> Floats:
        """Share of the side's samples, in [0, 1]."""
        return self.n / self.all_n

    @property
    def mean(self) -> Floats:
        """The score; NaN without samples."""
        return self.score / self.n


def ranked(meta: Mapping[str, Any], payload: bytes, window: Bins, baseline: Bins | None = None) -> pd.DataFrame:
    """Segments with a sample in the window's bins [first, last) or the baseline's; None is the evaluation set.

    One row a segment, what surely lowers the score first: ``segment, where, kind`` (mix, within, new),
    ``effect_on_score`` (negative lowers it; NaN with too few samples), counts ``n``, shares and scores of the window,
    of all production and of the evaluation set, ``unsupported_share`` of the window, and whether it is ``weak`` on the
    evaluation set.

    It cannot see a decline that all segments share.
    """
    arrays = from_wire(meta, payload)
    evaluation = _evaluation(arrays, meta["scale"])
    production, after = (_production(arrays, meta["scale"], bins) for bins in ((0, meta["time"]["count"]), window))
    before = evaluation if baseline is None else _production(arrays, meta["scale"], baseline)
    with np.errstate(invalid="ignore", divide="ignore"):
        figures = {
            **_carried(before, after),
            "n": after.n.astype(np.int64),
            "n_before": before.n,
            "share": after.share,
            "share_production": production.share,
            "share_evaluation": evaluation.share,
            "score": after.mean,
            "score_production": production.mean,
            "score_evaluation": evaluation.mean,
            "unsupported_share": after.unsupported / after.n,
            "weak": _is_weak(evaluation),
        }
    named, weak = _named(meta)
    frame = pd.DataFrame(figures).iloc[list(named.values())]
    frame.insert(0, "segment", list(map(str, named)))
    frame.insert(1, "where", [segment.where for segment in named])
    return _ordered(frame.assign(weak=frame["weak"] | frame["segment"].isin(weak)))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that say something, in the order of the screen."""
    n, before = frame["n"], frame["n_before"]
    frame = frame[(n + before >= FEWEST) | ((n > 0) & (before == 0))]
    sure = (frame["effect_on_score"] < 0) & (frame["z"] >= SURE)
    keyed = frame.assign(chance=~sure, fewer=-frame["n"])
    ordered: pd.DataFrame = keyed.sort_values(["chance", "effect_on_score", "fewer"], kind="stable")
    return ordered.drop(columns=["chance", "fewer", "z", "n_before"])


def _carried(before: Side, after: Side) -> dict[str, object]:
    """``effect_on_score``, ``z`` and ``kind`` of every place; NaN and "" where nothing can be said."""
    whole = [(side.all_n, side.all_score) for side in (before, after)]
    found = contribution(before.n, before.score, whole[0], after.n, after.score, whole[1])
    everything = (before.n == before.all_n) & (after.n == after.all_n)
    said = (before.n + after.n >= FEWEST) & ~everything & (before.all_n > 0) & (after.all_n > 0)
    kinds = np.array(KINDS, dtype=object)[found["kind"].astype(np.int64)]
    return {
        "kind": np.where(said, kinds, ""),
        "effect_on_score": np.where(said, -found["contribution"], np.nan),
        "z": np.where(said, found["z"], 0.0),
    }


def _is_weak(side: Side) -> NDArray[np.bool_]:
    """Which places score lower than the rest of their side, by more than chance and a trifle."""
    rest = side.all_n - side.n
    own, other = side.mean, (side.all_score - side.score) / rest
    error = np.sqrt(spread(own) / side.n + spread(other) / rest)
    gap: NDArray[np.bool_] = other - own > np.maximum(WEAK_ERRORS * error, WEAK_GAP)
    return gap & (side.n >= FEWEST) & (rest >= FEWEST)


# --- sums ------------------------------------------------------------------------------------------------------------


def _production(arrays: Arrays, scale: float, bins: Bins) -> Side:
    """The bins [first, last), with what labels say of the samples that nobody labelled."""
    stretch = slice(*bins)
    offset = arrays["offset"].ravel()[stretch]
    sums = {}
    for group in _groups(arrays):
        n, score, unsupported = (arrays[f"{group}.{m}"][stretch].astype(np.float64) for m in MEASURES)
        known = arrays.get(f"{group}.known")
        open_n = n if known is None else n - known[stretch]
        corrected = score / scale + (open_n.T * offset).T
        sums[group] = [values.sum(axis=0) for values in (n, corrected, unsupported)]
    return _side(sums)


def _evaluation(arrays: Arrays, scale: float) -> Side:
    """The evaluation set, which no term applies to."""
    sums = {}
    for group in _groups(arrays):
        n, score, unsupported = (arrays[f"evaluation.{group}.{m}"].astype(np.float64) for m in MEASURES)
        sums[group] = [n, score / scale, unsupported]
    return _side(sums)


def _groups(arrays: Arrays) -> list[str]:
    """Segments only travel where some were chosen."""
    return [group for group in ("cells", "segments", "totals") if f"{group}.n" in arrays]


def _side(sums: Mapping[str, Sequence[Floats]]) -> Side:
    groups = [sums[name] for name in ("cells", "segments") if name in sums]
    n, score, unsupported = (np.concatenate(parts) for parts in zip(*groups, strict=True))
    return Side(n, score, unsupported, float(np.sum(sums["totals"][0])), float(np.sum(sums["totals"][1])))


# --- names -----------------------------------------------------------------------------------------------------------


def _named(meta: Mapping[str, Any]) -> tuple[dict[Segment, int], set[str]]:
    """Every nameable cell and every chosen segment with its place, each once; and those chosen as weak."""
    found: dict[Segment, int] = {}
    for each in meta["properties"]:
        for code in range(each["size"]):
            where = cell_where(each, code)
            if where is not None:
                found[Segment(where)] = each["offset"] + code
    chosen = [Segment.from_json(each["conditions"]) for each in meta["segments"]]
    for number, segment in enumerate(chosen):
        found.setdefault(segment, meta["n_cells"] + number)
    return found, {each["text"] for each in meta["segments"] if each["weak"]}


def cell_where(described: Mapping[str, Any], code: int) -> dict[str, Any] | None:
    """What a cell of a property stands for, as a ``where``; None for the rare rest.

    >>> cell_where({"name": "n", "edges": [1.0, 2.0], "labels": [], "missing": 0, "other": None}, 3)
    {'n': (2.0, None)}
    """
    name, edges = described["name"], described["edges"]
    if code == described["missing"]:
        return {name: None}
    if edges is None:
        return None if code == described["other"] else {name: described["labels"][code]}
    low, high = [None, *edges][code - 1], [*edges, None][code - 1]
    return None if low is None and high is None else {name: (low, high)}
