"""What has to hold of samples, bins, terms and labels that come from a file: shapes, ranges and counts that fit."""

from __future__ import annotations

import numpy as np

from prodmon_widgets.engine.annotator.checks import same, within
from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.valuebins import Levels, ValueBins
from prodmon_widgets.engine.labels.draws import Draw
from prodmon_widgets.engine.labels.labels import Labels, SamplingFrame
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.engine.work.plain import Check

FARTHEST = 1 << 61
"""No time lies farther from 1970, in milliseconds."""


def check_samples(codes: CodeTable, n_rows: int, n_reasons: int, highest: int) -> None:
    """Raise ValueError where the columns of samples are not of one length, or a reason isn't there."""
    same("rows with codes", codes.n_rows, n_rows)
    if codes.score is None or codes.state is None or codes.supported is None:
        raise ValueError("samples have no scores")
    within("reasons", float(highest), 0, max(n_reasons - 1, 0))


def _time_bins(bins: TimeBins) -> None:
    within("time bins", bins.count, 1, np.iinfo(np.int16).max)
    within("the step of time bins", bins.step, 1, FARTHEST)
    within("the start of time bins", bins.start, -FARTHEST, FARTHEST)
    within("the end of time bins", bins.end, -FARTHEST, FARTHEST)


def _value_bins(bins: ValueBins) -> None:
    if bins.edges.ndim != 1 or not np.isfinite(bins.edges).all() or (np.diff(bins.edges) <= 0).any():
        raise ValueError(f"the borders of {bins.name!r} don't rise")
    if bins.distinct is not None:
        same(f"values of {bins.name!r}", len(bins.distinct), len(bins.edges) + 1)
    within(f"the middle of {bins.name!r}", bins.center, -1e308, 1e308)


def _levels(levels: Levels) -> None:
    if levels.kind not in ("categorical", "boolean", "set") or len(set(levels.values)) != len(levels.values):
        raise ValueError(f"{levels.name!r} has a value twice, or is of kind {levels.kind!r}")
    within(f"values of {levels.name!r}", levels.n_levels, 0, 1 << 60)


def _codes(codes: CodeTable) -> None:
    n, names = codes.n_rows, list(codes.bins)
    same("properties with codes", list(codes.codes), names)
    if any(bins.name != name for name, bins in codes.bins.items()):
        raise ValueError("bins are called other than their property")
    within("time bins of samples", codes.time, -1, codes.time_bins.count - 1)
    for name, bins in codes.bins.items():
        same(f"codes of {name!r}", codes.codes[name].shape, (n,))
        most = bins.size
        if bins.kind == "set":
            same(f"members of {name!r}", codes.members[name].shape[1:], (bins.size,))
            most = len(codes.members[name])
        within(f"codes of {name!r}", int(codes.codes[name].max(initial=0)), 0, most - 1)
    same("sets", set(codes.members), {name for name in names if codes.bins[name].kind == "set"})
    same("sums of numbers", codes.sums.shape, (codes.time_bins.count, len(codes.numeric), 3))
    _values(codes)
    _scores(codes)


def _values(codes: CodeTable) -> None:
    if {*codes.values, *codes.by_code} != set(codes.numeric):
        raise ValueError("a number has neither values nor sums")
    for name, values in codes.values.items():
        same(f"values of {name!r}", values.shape, (codes.n_rows,))
    for name, sums in codes.by_code.items():
        same(f"sums of {name!r}", sums.shape, (codes.bins[name].size, 3))


def _scores(codes: CodeTable) -> None:
    for what, column, kind, highest in (("scores", codes.score, "i", SCALE), ("states", codes.state, "u", 2)):
        if column is not None:
            same(what, (column.dtype.kind, column.shape), (kind, (codes.n_rows,)))
            within(what, np.array([column.min(initial=0), column.max(initial=0)]), 0, highest)
    if codes.supported is not None:
        same("support", (codes.supported.dtype.kind, codes.supported.shape), ("b", (codes.n_rows,)))


def _terms(terms: BlockTerms) -> None:
    for name, values in vars(terms).items():
        if isinstance(values, np.ndarray):
            same(f"{name} of time bins", values.shape, terms.calibration.shape)
            within(f"{name} of time bins", values, -1e6, 1e6)


def _draw(draw: Draw) -> None:
    same("probabilities of a draw", draw.probability.shape, draw.rows.shape)
    same("dimensions of a draw", draw.rows.ndim, 1)
    if not ((draw.probability > 0) & (draw.probability <= 1)).all():
        raise ValueError("a sample was drawn with a probability outside (0, 1]")
    within("the samples that a draw took from", draw.n_frame, len(draw.rows), 1 << 60)


def check_labels(labels: Labels, n_rows: int) -> None:
    """Raise ValueError where labels or draws are of rows that aren't there, or say what no label says."""
    rows = [*labels.said, *labels.why, *(row for draw in labels.draws for row in draw.rows.tolist())]
    within("labelled rows", np.array(rows or [0]), 0, max(n_rows - 1, 0))
    odd = [value for value in labels.said.values() if value not in (0.0, 1.0) and not np.isnan(value)]
    if odd or not set(labels.why) <= set(labels.said):
        raise ValueError(f"labels say {odd[:3]}, or have reasons without a label")
    for draw in labels.draws:
        _draw(draw)
        SamplingFrame.from_key(draw.key)


CHECKS: dict[type, Check] = {
    BlockTerms: _terms,
    CodeTable: _codes,
    Levels: _levels,
    TimeBins: _time_bins,
    ValueBins: _value_bins,
}
