"""Labels that people gave: their samples count as they are, and drawn ones correct the estimates of the others.

Labels on samples that somebody chose (worst first) say nothing of the others: only rows that ``to_label`` drew correct
the rest of the frame they were drawn from, each part of it by the same offset.
"""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.codes import CodeTable
from prodmon_widgets.engine.cube.segments import Segment
from prodmon_widgets.engine.labels.arrivals import Arrived
from prodmon_widgets.engine.labels.draws import Correction, Draw, correct
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms, Z
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.engine.work.documents import UNREADABLE, damaged, read_json, write_json
from prodmon_widgets.engine.work.plain import Reader, to_plain

MOSTLY = 0.5
UNKNOWN = 0.29
"""Standard deviation of a score of which nothing is known."""

Columns = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class SamplingFrame:
    """The rows that a draw can take, as in surveys: a window of time bins (in time units) and a segment."""

    start: int
    end: int
    where: Mapping[str, object] | None

    @property
    def key(self) -> str:
        """One text a frame."""
        segment = Segment(self.where) if self.where else None
        return json.dumps([self.start, self.end, segment.to_json() if segment else []])

    @classmethod
    def from_key(cls, key: str) -> SamplingFrame:
        """The frame of a text."""
        start, end, conditions = json.loads(key)
        return cls(start, end, Segment.from_json(conditions).where or None)

    def mask(self, codes: CodeTable) -> NDArray[np.bool_]:
        """Which rows are in it."""
        at = codes.time_bins.start + codes.time.astype(np.int64) * codes.time_bins.step
        inside = (codes.time >= 0) & (at >= self.start) & (at < self.end)
        return inside & Segment(self.where).mask(codes) if self.where else inside


@dataclass(frozen=True)
class ByLabels:
    """The score of some samples by labels alone, half of its 95 % band, and how many labels it rests on."""

    score: float
    half: float
    n: int


@dataclass
class Labels:
    """Who said what: ``said`` row → 1 good, 0 bad, NaN unknown; ``why`` row → reason; and the draws.

    ``after`` row → how many draws there were when it was first labelled: a later draw did not have it in its frame.
    """

    said: dict[int, float] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)
    draws: list[Draw] = field(default_factory=list)
    after: dict[int, int] = field(default_factory=dict)

    def drawn(self) -> NDArray[np.int64]:
        """Rows that some draw took."""
        return np.concatenate([draw.rows for draw in self.draws]) if self.draws else np.empty(0, dtype=np.int64)

    def n_of(self, key: str) -> int:
        """How many labels people gave to samples drawn from a frame."""
        drawn = [row for draw in self.draws if draw.key == key for row in draw.rows.tolist()]
        return sum(not np.isnan(self.said.get(row, np.nan)) for row in drawn)

    def take(self, labels: Arrived, own_reasons: Container[str] = ()) -> None:
        """Add labels, or take back those of rows of which nothing is said.

        The annotator's ``own_reasons`` come along in frames that it gave out; they are nobody's reason for a label.
        """
        for row, value, silent, why in zip(labels.rows.tolist(), labels.said, labels.silent, labels.why, strict=True):
            if silent:
                self.said.pop(row, None)
                self.why.pop(row, None)
                self.after.pop(row, None)
            else:
                self.said[row] = float(value)
                self.after.setdefault(row, len(self.draws))
                self.why[row] = "" if why in own_reasons else why

    def without(self, gone: NDArray[np.bool_]) -> Labels:
        """Of the rows that are not ``gone`` (n_rows,), numbered anew; a draw keeps what else it drew."""
        to = np.cumsum(~gone) - 1
        said = {int(to[row]): value for row, value in self.said.items() if not gone[row]}
        why = {int(to[row]): value for row, value in self.why.items() if not gone[row]}
        some = [not gone[draw.rows].all() for draw in self.draws]
        left = [(draw, ~gone[draw.rows]) for draw, kept in zip(self.draws, some, strict=True) if kept]
        draws = [replace(d, rows=to[d.rows[kept]], probability=d.probability[kept]) for d, kept in left]
        after = {int(to[row]): sum(some[:n]) for row, n in self.after.items() if not gone[row]}
        return replace(self, said=said, why=why, draws=draws, after=after)

    def actual(self, actual: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is known of every row, (n,): 1 good, 0 bad, NaN unknown; ``actual`` came with the data, a label wins."""
        result = actual.copy()
        rows, values = self._said()
        known = ~np.isnan(values)
        result[rows[known]] = values[known]
        return result

    def _said(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows, and what people said of each."""
        n = len(self.said)
        return np.fromiter(self.said, np.int64, n), np.fromiter(self.said.values(), np.float64, n)

    def told(self, rows: NDArray[np.int64]) -> dict[int, tuple[float, str]]:
        """Place among ``rows`` → what a person said of that one (1 good, 0 bad, NaN unknown), and why."""
        places = np.flatnonzero(np.isin(rows, np.fromiter(self.said, np.int64, len(self.said))))
        return {int(at): (self.said[int(rows[at])], self.why[int(rows[at])]) for at in places}

    def corrections(self, codes: CodeTable, terms: BlockTerms) -> list[tuple[NDArray[np.bool_], Correction]]:
        """(rows, correction of those that nobody labelled) of each frame with enough labels.

        A row belongs to the frame that was drawn from last. ``terms``: how far the estimates alone can be off.
        """
        free = ~codes.labelled
        found = []
        for key in dict.fromkeys(draw.key for draw in reversed(self.draws)):
            rows = SamplingFrame.from_key(key).mask(codes)
            made = self._correction(key, rows, codes)
            if made is not None:
                rest = rows & ~codes.labelled
                found.append((rows & free, made.beside(_deviation(rest, codes, terms))))
                free &= ~rows
        return found

    def _correction(self, key: str, frame: NDArray[np.bool_], codes: CodeTable) -> Correction | None:
        """What the labels of a frame's draws say of its samples that nobody labelled; None where that is nothing."""
        draws = [draw for draw in self.draws if draw.key == key]
        rows = frame & ~self._known_before(self.draws.index(draws[0]), codes)
        drawn, probability = _pooled(draws)
        rows &= ~_known_bins(rows, drawn, codes)
        good = np.array([self.said.get(int(row), np.nan) for row in drawn])
        asked = ~np.isnan(good) & rows[drawn]
        if codes.score is None or not asked.any():
            return None
        mean = float(codes.score[rows].mean() / SCALE)
        score = codes.score[drawn[asked]] / SCALE
        made = correct(mean, score, good[asked], probability[asked], int(rows.sum()))
        return None if made is None else _of_the_rest(made, mean, rows, codes)

    def _known_before(self, first: int, codes: CodeTable) -> NDArray[np.bool_]:
        """Rows that people had labelled before a draw: it took none of them."""
        known = codes.labelled
        rows, _ = self._said()
        known[rows[np.array([self.after.get(row, 0) > first for row in rows.tolist()], dtype=bool)]] = False
        return known

    def counted(self, codes: CodeTable, terms: BlockTerms) -> NDArray[np.float64]:
        """(n,) what each row counts in a mean: what people said of it, else its estimate with what drawn labels add."""
        if codes.score is None:
            raise AssertionError("scores are asked for before they are there")
        score = codes.score / SCALE
        for rows, made in self.corrections(codes, terms):
            score[rows] += made.offset
        return score if codes.known is None else np.where(codes.known < 0, score, codes.known)

    def alone(self, codes: CodeTable, terms: BlockTerms, rows: NDArray[np.bool_]) -> ByLabels | None:
        """The score of these rows by labels alone; None where some have none and no draw speaks for them."""
        open_rows = rows & ~codes.labelled
        n_known = int((rows & codes.labelled).sum())
        good = 0.0 if codes.known is None else float((codes.known[rows] == 1).sum())
        variance, deviation, left = 0.0, 0.0, open_rows
        for frame, made in self.corrections(codes, terms):
            part, left = frame & open_rows, left & ~frame
            score = np.zeros(0) if codes.score is None else codes.score[part] / SCALE
            good += float((score + made.offset + made.lean).sum())
            variance += float((score * (1 - score)).sum())
            deviation += len(score) * made.deviation
        if left.any() or not n_known:
            return None
        n = int(rows.sum())
        half = Z * float(np.sqrt(variance + deviation**2)) / n
        return ByLabels(float(np.clip(good / n, 0.0, 1.0)), half, n_known)

    def corrected(self, codes: CodeTable, terms: BlockTerms, segment: NDArray[np.bool_] | None = None) -> BlockTerms:
        """The terms with what labels say, of all samples or those of a ``segment``.

        The unlabelled part of a bin that lies in a labelled frame takes the frame's offset and its deviation; the rest
        keeps its own. Deviations of a frame's bins are one error, so they are taken as fully correlated.
        """
        unlabelled = ~codes.labelled
        n = _count(codes, unlabelled if segment is None else unlabelled & segment)
        offset, lean, deviation, share = (np.zeros(len(n)) for _ in range(4))
        for rows, made in self.corrections(codes, terms):
            part = _count(codes, rows if segment is None else rows & segment) / np.maximum(n, 1)
            offset += part * made.offset
            lean += part * made.lean
            deviation += part * made.deviation
            share += part
        if not share.any():
            return terms
        return replace(
            terms,
            offset=offset,
            lean=lean,
            calibration=(1 - share) * terms.calibration + deviation,
            estimable=terms.estimable | (share > MOSTLY),
            corrected=share,
            spoken=(1 - share) * terms.spoken,
        )

    def save(self, path: Path) -> None:
        """Write labels and draws as JSON."""
        write_json(path, to_plain(self))

    @classmethod
    def load(cls, path: Path) -> Labels:
        """Labels and draws as saved. Raises InputError for what isn't any."""
        try:
            made: Labels = Reader({}, {}).read(cls, read_json(path))
        except UNREADABLE as error:
            raise damaged(path, error) from error
        return made


def _known_bins(frame: NDArray[np.bool_], drawn: NDArray[np.int64], codes: CodeTable) -> NDArray[np.bool_]:
    """Rows of the time bins of which people labelled everything, not only what was drawn: nothing is open there."""
    chosen = frame & codes.labelled
    chosen[drawn] = False
    closed = (_count(codes, chosen) > 0) & (_count(codes, frame & ~codes.labelled) == 0)
    return np.append(closed, False)[codes.time]


def _pooled(draws: Sequence[Draw]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of all draws of a frame, and about how likely each was to be drawn by one of them."""
    # the k-th draw of a frame takes what the earlier ones left: together each row's chance is about the sum
    share = sum(len(draw.rows) for draw in draws) / len(draws[0].rows)
    drawn = np.concatenate([draw.rows for draw in draws])
    return drawn, np.minimum(1.0, np.concatenate([draw.probability for draw in draws]) * share)


def _deviation(rows: NDArray[np.bool_], codes: CodeTable, terms: BlockTerms) -> float:
    """How far the mean estimate of these rows can be off; infinite where the evaluation set can't tell."""
    n = _count(codes, rows)
    if not n.any() or codes.supported is None:
        return np.inf
    estimable, spoken, calibration = (
        float(np.average(t, weights=n)) for t in (terms.estimable, terms.spoken, terms.calibration)
    )
    unsupported = max(0.0, float((~codes.supported[rows]).mean()) - spoken)
    if estimable <= MOSTLY or unsupported > MOSTLY:
        return np.inf
    return float(np.hypot(calibration, unsupported * UNKNOWN))


def _of_the_rest(made: Correction, mean: float, frame: NDArray[np.bool_], codes: CodeTable) -> Correction | None:
    """The correction of a frame's samples that nobody labelled, from the one of all: what is known is taken off.

    Its deviation leaves out how their own labels will vary, which every band has in it anyway.
    """
    rest = frame & ~codes.labelled
    n, n_rest = int(frame.sum()), int(rest.sum())
    if codes.score is None or not n_rest:
        return None
    score = codes.score[rest] / SCALE
    known = int((codes.known[frame] == 1).sum()) if codes.known is not None else 0
    offset = (n * (mean + made.offset) - known) / n_rest - float(score.mean())
    own = float((score * (1 - score)).sum()) / n_rest**2
    deviation = np.sqrt(max((n / n_rest * made.deviation) ** 2 - own, made.deviation**2))
    return replace(made, offset=offset, deviation=float(deviation))


def _count(codes: CodeTable, rows: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    chosen = codes.time >= 0 if rows is None else rows & (codes.time >= 0)
    return np.bincount(codes.time[chosen], minlength=codes.time_bins.count)


def sampling_frame(time: TimeBins, bins: Sequence[int], where: Mapping[str, object] | None) -> SamplingFrame:
    """The frame of the time bins [first, last) and a segment."""
    start, end = time.window(bins[0], bins[1])
    return SamplingFrame(start, end, where or None)
