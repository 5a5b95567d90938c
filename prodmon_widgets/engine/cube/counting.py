"""Counting coded samples by fused keys: one integer a row that holds time bin, state and code.

Rows are taken in chunks that stay in the processor's cache, so that memory does not grow with them; where rows come in
time order a chunk meets few time bins. The sums are integers and therefore exact in any order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.moments import TimeRuns, centered, typical
from prodmon_widgets.engine.quality.estimate import SCALE

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

COUNTS = ("n", "annotated", "bad", "unsupported", "known", "known_good")
MEASURES = (*COUNTS, "score", "variance", "supported_score")
"""score = Σs, variance = Σs(1 − s), supported_score = Σs of supported samples: fixed point 2**20.

A sample that people labelled counts as it is: with a score of 1 or 0 that has no variance, annotated and supported;
``known`` are these, ``known_good`` the good ones.
"""

STATES, SUPPORTS = 3, 2
ESTIMATED = STATES * SUPPORTS
KNOWN_GOOD, KNOWN_BAD = ESTIMATED, ESTIMATED + 1
GROUPS = ESTIMATED + 2
"""Each state with and without support, and what people said was good, or bad."""
CHUNK = 1 << 18

Measured = dict[str, Integers]
EVERYTHING = ""
"""Stands for the one cell of all samples."""


def count(codes: CodeTable, mask: NDArray[np.bool_] | None = None) -> dict[str, Measured]:
    """Property → measure → (T, codes of the property), and under "" the totals (T, 1).

    ``mask`` (n_rows,) chooses samples; those without a time are left out. Without scores the only measure is ``n``.
    """
    tallies = {name: _Tally.of(codes, name) for name in (EVERYTHING, *codes.bins)}
    for chunk in _chunks(codes, mask):
        for tally in tallies.values():
            tally.add(chunk)
    return {name: tally.measured() for name, tally in tallies.items()}


def segment_sums(codes: CodeTable, mask: NDArray[np.bool_], counts: dict[str, NDArray[np.int64]]) -> Floats:
    """(T, numeric, 3) of the samples in ``mask``; ``counts``: property → (T, codes) of the same samples.

    From the kept values; where a property has none, each sample stands for the mean of its bin.
    """
    n_bins = codes.time_bins.count
    rows = np.flatnonzero(mask)
    parts = [rows[low : low + CHUNK] for low in range(0, len(rows), CHUNK)]
    runs = [TimeRuns(codes.time[part], n_bins) for part in parts]
    sums = np.zeros((n_bins, len(codes.numeric), 3))
    for index, name in enumerate(codes.numeric):
        if name not in codes.values:
            sums[:, index] = counts[name] @ typical(codes.by_code[name])
            continue
        for part, run in zip(parts, runs, strict=True):
            sums[:, index] += run.sums(centered(codes.values[name][part].astype(np.float64), codes.bins[name]))
    return sums


def members_of(codes: CodeTable, name: str) -> tuple[Integers, Integers]:
    """What the distinct sets of a property contain: set i has ``members[ends[i − 1]:ends[i]]``."""
    _, members = np.nonzero(codes.members[name])
    return np.cumsum(codes.members[name].sum(axis=1)), members


@dataclass(frozen=True)
class _Chunk:
    """Some rows: their first time bin, and for each the group (time bin from there × state × support) and its sums."""

    rows: slice | Integers
    first: int
    n_bins: int
    group: Integers
    score: Floats | None
    variance: Floats | None


def _chunks(codes: CodeTable, mask: NDArray[np.bool_] | None) -> Iterator[_Chunk]:
    for low in range(0, codes.n_rows, CHUNK):
        part = slice(low, min(low + CHUNK, codes.n_rows))
        chosen = codes.time[part] >= 0
        if mask is not None:
            chosen &= mask[part]
        if chosen.any():
            yield _chunk(codes, part if chosen.all() else low + np.flatnonzero(chosen))


def _chunk(codes: CodeTable, rows: slice | Integers) -> _Chunk:
    time = codes.time[rows].astype(np.int64)
    first, last = int(time.min()), int(time.max())
    time -= first
    if codes.score is None or codes.state is None or codes.supported is None:
        return _Chunk(rows, first, last - first + 1, time, None, None)
    score = codes.score[rows].astype(np.int64)
    group = codes.state[rows].astype(np.int64) * SUPPORTS + codes.supported[rows]
    if codes.known is not None:
        known = codes.known[rows]
        score = np.where(known < 0, score, known.astype(np.int64) * SCALE)
        group = np.where(known < 0, group, np.where(known == 1, KNOWN_GOOD, KNOWN_BAD))
    group += time * GROUPS
    variance = (score * (SCALE - score) + SCALE // 2) // SCALE
    return _Chunk(rows, first, last - first + 1, group, score.astype(np.float64), variance.astype(np.float64))


class _Tally:
    """Counts of one property's codes, (T, groups, size), and the same of scores and variances."""

    def __init__(self, codes: CodeTable, name: str, size: int) -> None:
        self._codes = codes.codes.get(name)
        self._sets = members_of(codes, name) if name in codes.members else None
        self._size = size
        self._scored = codes.score is not None
        shape = (codes.time_bins.count, GROUPS if self._scored else 1, size)
        self._sums = [np.zeros(shape, dtype=np.int64) for _ in range(3 if self._scored else 1)]

    @classmethod
    def of(cls, codes: CodeTable, name: str) -> _Tally:
        """For a property, or for everything."""
        return cls(codes, name, codes.bins[name].size if name else 1)

    def add(self, chunk: _Chunk) -> None:
        """Count a chunk's rows."""
        group, code, rows = self._expanded(chunk)
        key = group * self._size
        key += code
        bins = slice(chunk.first, chunk.first + chunk.n_bins)
        for into, weights in zip(self._sums, (None, chunk.score, chunk.variance), strict=False):
            of_rows = weights if weights is None or rows is None else weights[rows]
            # float64 holds these integers exactly: a chunk's sum stays far below 2**53
            summed = np.bincount(key, of_rows, into[bins].size)
            into[bins] += summed.astype(np.int64, copy=False).reshape(into[bins].shape)

    def _expanded(self, chunk: _Chunk) -> tuple[Integers, NDArray[np.integer] | int, Integers | None]:
        """Each row's group and code; a set's rows once a member, and then also which rows they are."""
        if self._codes is None:
            return chunk.group, 0, None
        code = self._codes[chunk.rows]
        if self._sets is None:
            return chunk.group, code, None
        ends, members = self._sets
        n_members = np.diff(ends, prepend=0)[code]
        rows = np.repeat(np.arange(len(code)), n_members)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(n_members) - ends[code], n_members)
        return chunk.group[rows], members[within], rows

    def measured(self) -> Measured:
        """Measure → (T, size)."""
        if not self._scored:
            return {"n": self._sums[0][:, 0]}
        n, score, variance = self._sums
        of_state = n[:, :ESTIMATED].reshape(len(n), STATES, SUPPORTS, self._size)
        good, bad = n[:, KNOWN_GOOD], n[:, KNOWN_BAD]
        return {
            "n": n.sum(axis=1),
            "annotated": of_state[:, :2].sum(axis=(1, 2)) + good + bad,
            "bad": of_state[:, 1].sum(axis=1) + bad,
            "unsupported": of_state[:, :, 0].sum(axis=1),
            "known": good + bad,
            "known_good": good,
            "score": score.sum(axis=1),
            "variance": variance.sum(axis=1),
            "supported_score": score[:, 1:ESTIMATED:SUPPORTS].sum(axis=1) + score[:, KNOWN_GOOD],
        }
