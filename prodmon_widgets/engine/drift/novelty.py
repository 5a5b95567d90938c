"""New values: what production has and the evaluation set never had.

Read off the cubes: a value of a categorical, boolean or set property with samples in production and none on evaluation.
Rare ones have cells of their own as long as there are codes; how many more there are is said.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import OTHER, Levels
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.cube import Axis, Cube
from prodmon_widgets.engine.quality.estimate import BlockTerms, estimate

COLUMNS = ("property", "value", "first_seen", "n", "share", "window_share", "score", "supported_share")


def new_values(
    cube: Cube, evaluation: Cube, first: int = 0, last: int | None = None, terms: BlockTerms | None = None
) -> pd.DataFrame:
    """The new values of production, the most frequent first.

    Columns: ``property, value, first_seen`` (start of the first time bin that has it), ``n, share`` (of all production;
    a set property's shares don't add up to 1), ``window_share`` (of the time bins [first, last)), ``score,
    supported_share`` (of the value's samples there; NaN where there are none or nothing is scored yet).
    ``.attrs["more"]``: property → number of further new values, too rare among too many to have figures of their own.
    """
    last = cube.time.count if last is None else last
    at = new_cells(cube, evaluation)
    frame = pd.DataFrame(
        {**_names(cube, at), **_counts(cube, at, first, last), **_scores(cube, at, first, last, terms)}
    )
    frame = frame.sort_values(["n", "property", "value"], ascending=[False, True, True], ignore_index=True)
    frame.attrs["more"] = {
        a.name: a.bins.new_beyond for a in cube.axes if isinstance(a.bins, Levels) and a.bins.new_beyond
    }
    return frame[list(COLUMNS)]


def dated(found: pd.DataFrame, codes: CodeTable, times: NDArray[np.float64] | None) -> pd.DataFrame:
    """New values with the time of the first sample of each as ``first_seen``; ``times``: epoch milliseconds of rows.

    A value that only rows without a time have keeps the start of its bin.
    """
    if times is None or not len(found):
        return found
    when = {name: _first_times(codes, name, times) for name in found["property"].unique()}
    place = {name: {label: at for at, label in enumerate(codes.bins[name].labels)} for name in when}
    exact = [when[p][place[p][v]] for p, v in zip(found["property"], found["value"], strict=True)]
    seen = pd.to_datetime(pd.Series(exact, index=found.index).round(), unit="ms").astype("datetime64[ms]")
    return found.assign(first_seen=seen.fillna(found["first_seen"]))


def _first_times(codes: CodeTable, name: str, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The earliest time of each code of a property, NaN where no dated row has it; of a set those of its members."""
    of_row, members = codes.codes[name], codes.members.get(name)
    first = np.full(codes.bins[name].size if members is None else len(members), np.inf)
    known = ~np.isnan(times)
    np.minimum.at(first, of_row[known], times[known])
    if members is not None:
        first = np.where(members, first[:, None], np.inf).min(axis=0, initial=np.inf)
    return np.where(np.isinf(first), np.nan, first)


def new_cells(cube: Cube, evaluation: Cube) -> list[int]:
    """The cells of values with samples in production and none on evaluation, in cell order."""
    n = cube.cells["n"].sum(axis=0)
    known = evaluation.placed(evaluation.time, cube.axes).cells["n"].sum(axis=0)
    is_new = (n > 0) & (known == 0)
    return [cell for axis in cube.axes for cell in _values_of(axis) if is_new[cell]]


def _values_of(axis: Axis) -> range:
    return range(axis.offset + OTHER + 1, axis.offset + axis.size) if isinstance(axis.bins, Levels) else range(0)


def _names(cube: Cube, at: list[int]) -> dict[str, object]:
    names = [
        (axis.name, axis.labels[cell - axis.offset]) for cell in at for axis in cube.axes if cell in _values_of(axis)
    ]
    starts = cube.time.edges()[(cube.cells["n"][:, at] > 0).argmax(axis=0)] if at else np.empty(0, dtype=np.int64)
    first_seen = pd.to_datetime(starts, unit="ms").astype("datetime64[ms]") if cube.time.is_time else starts
    texts = np.array(names, dtype=object).reshape(-1, 2)
    return {"property": texts[:, 0], "value": texts[:, 1], "first_seen": first_seen}


def _counts(cube: Cube, at: list[int], first: int, last: int) -> dict[str, object]:
    window = cube.window(first, last)
    n = cube.cells["n"][:, at].sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "n": n,
            "share": n / np.float64(cube.totals["n"].sum()),
            "window_share": window.cells["n"][at] / np.float64(window.totals["n"]),
        }


def _scores(cube: Cube, at: list[int], first: int, last: int, terms: BlockTerms | None) -> dict[str, object]:
    if not cube.scored:
        unknown = np.full(len(at), np.nan)
        return {"score": unknown, "supported_share": unknown}
    terms = terms or BlockTerms.neutral(cube.time.count)
    got = estimate({m: c[first:last, at] for m, c in cube.cells.items()}, terms.part(first, last))
    return {"score": got.score, "supported_share": got.supported}
