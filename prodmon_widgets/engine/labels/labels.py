"""Labels that people gave: they change what is shown of their own samples, and drawn ones correct estimates.

Labels on samples that somebody chose (worst first) say nothing of the others: only rows that ``to_label`` drew correct
the frame they were drawn from, each part of it by the same offset.
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
from prodmon_widgets.engine.quality.estimate import SCALE, BlockTerms
from prodmon_widgets.engine.time.bins import TimeBins
from prodmon_widgets.engine.work.documents import UNREADABLE, damaged, read_json, write_json
from prodmon_widgets.engine.work.plain import Reader, to_plain

MOSTLY = 0.5

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


@dataclass
class Labels:
    """Who said what: ``said`` row → 1 good, 0 bad, NaN unknown; ``why`` row → reason; and the draws."""

    said: dict[int, float] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)
    draws: list[Draw] = field(default_factory=list)

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
            else:
                self.said[row] = float(value)
                self.why[row] = "" if why in own_reasons else why

    def without(self, gone: NDArray[np.bool_]) -> Labels:
        """Of the rows that are not ``gone`` (n_rows,), numbered anew; a draw keeps what else it drew."""
        to = np.cumsum(~gone) - 1
        said = {int(to[row]): value for row, value in self.said.items() if not gone[row]}
        why = {int(to[row]): value for row, value in self.why.items() if not gone[row]}
        left = [(draw, ~gone[draw.rows]) for draw in self.draws if not gone[draw.rows].all()]
        draws = [replace(d, rows=to[d.rows[kept]], probability=d.probability[kept]) for d, kept in left]
        return replace(self, said=said, why=why, draws=draws)

    def actual(self, actual: NDArray[np.float64]) -> NDArray[np.float64]:
        """What is known of every row, (n,): 1 good, 0 bad, NaN unknown; ``actual`` came with the data, a label wins."""
        result = actual.copy()
        for row, value in self.said.items():
            result[row] = result[row] if np.isnan(value) else value
        return result

    def shown(
        self, rows: NDArray[np.int64], estimates: dict[str, NDArray[np.generic]]
    ) -> dict[str, NDArray[np.generic]]:
        """Estimates of rows with what people said in place of the annotation; the score stays the estimate."""
        if not self.said:
            return estimates
        annotation, reason = estimates["annotation"].copy(), estimates["reason"].copy()
        for at in np.flatnonzero(np.isin(rows, list(self.said))):
            value = self.said[int(rows[at])]
            annotation[at] = "unknown" if np.isnan(value) else "good" if value else "bad"
            reason[at] = f"annotated by a person: {self.why[int(rows[at])]}".rstrip(": ")
        return {**estimates, "annotation": annotation, "reason": reason}

    def corrections(self, codes: CodeTable) -> list[tuple[NDArray[np.bool_], Correction]]:
        """(rows, correction) of each frame with enough labels; a row belongs to the frame drawn from last."""
        free = np.ones(codes.n_rows, dtype=bool)
        found = []
        for key in dict.fromkeys(draw.key for draw in reversed(self.draws)):
            rows = SamplingFrame.from_key(key).mask(codes)
            made = self._correction(key, rows, codes)
            if made is not None:
                found.append((rows & free, made))
                free &= ~rows
        return found

    def _correction(self, key: str, rows: NDArray[np.bool_], codes: CodeTable) -> Correction | None:
        draws = [draw for draw in self.draws if draw.key == key]
        drawn = np.concatenate([draw.rows for draw in draws])
        # the k-th draw of a frame takes what the earlier ones left: together each row's chance is about the sum
        share = sum(len(draw.rows) for draw in draws) / len(draws[0].rows)
        probability = np.minimum(1.0, np.concatenate([draw.probability for draw in draws]) * share)
        good = np.array([self.said.get(int(row), np.nan) for row in drawn])
        known = ~np.isnan(good)
        if codes.score is None or not known.any():
            return None
        score = codes.score[drawn[known]] / SCALE
        mean = float(codes.score[rows].mean() / SCALE)
        return correct(mean, score, good[known], probability[known], int(rows.sum()))

    def corrected(self, codes: CodeTable, terms: BlockTerms, segment: NDArray[np.bool_] | None = None) -> BlockTerms:
        """The terms with what labels say, of all samples or those of a ``segment``.

        A part of a bin that lies in a labelled frame takes the frame's offset and its deviation; the rest keeps its
        own. Deviations of a frame's bins are one error, so they are taken as fully correlated.
        """
        n = _count(codes, segment)
        offset, deviation, share = (np.zeros(len(n)) for _ in range(3))
        for rows, made in self.corrections(codes):
            part = _count(codes, rows if segment is None else rows & segment) / np.maximum(n, 1)
            offset += part * made.offset
            deviation += part * made.deviation
            share += part
        if not share.any():
            return terms
        calibration = (1 - share) * terms.calibration + deviation
        estimable = terms.estimable | (share > MOSTLY)
        spoken = (1 - share) * terms.spoken
        return replace(
            terms, offset=offset, calibration=calibration, estimable=estimable, corrected=share, spoken=spoken
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


def _count(codes: CodeTable, rows: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    chosen = codes.time >= 0 if rows is None else rows & (codes.time >= 0)
    return np.bincount(codes.time[chosen], minlength=codes.time_bins.count)


def sampling_frame(time: TimeBins, bins: Sequence[int], where: Mapping[str, object] | None) -> SamplingFrame:
    """The frame of the time bins [first, last) and a segment."""
    start, end = time.window(bins[0], bins[1])
    return SamplingFrame(start, end, where or None)
