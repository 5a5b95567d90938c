"""Window against baseline, property by property: an effect with its band, a drift and a verdict.

Everything is computed from a cube's sums on the bins that also travel to the browser, which shows the same figures
(``statistics.ts``; both sides share golden vectors). A verdict needs an effect that is large, not only certain, so that
more rows of the same distribution don't change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from prodmon_widgets.engine.cube.bins import OTHER, ValueBins
from prodmon_widgets.engine.cube.cube import Axis, Sums, merged_axes
from prodmon_widgets.engine.drift import distances

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

Z = 1.96
FEWEST = 30
"""Samples on either side below which there is no verdict."""

LARGE_SD = 0.1
LARGE_SHARE = 0.02
LARGE_DISTANCE = 0.1
"""From where a difference of means (in standard deviations), of shares, and a Jensen–Shannon distance are drift."""

CERTAIN = 3.0
"""Standard errors by which an effect must be beyond what is large. The value that differs most of k is taken, so for
shares it is √(3² + 2 ln k): chance then reaches as far about as seldom as with one value."""

MOST_SD = 10.0
"""Effects are cut here, where the standard deviation is next to nothing."""

EXPECTED = 5.0
"""A value of the baseline is gone if the window has none where so many were to be expected. A distance counts for the
verdict from so many samples a value on either side (Cochran 1954): below, what chance gives is not well known."""


def compare(axes: Sequence[Axis], window: Sums, baseline: Sums, production: Sums, evaluation: Sums) -> pd.DataFrame:
    """One row a property: what it is in the window, in production and on evaluation, and how it differs from baseline.

    All sums are laid out by ``axes``. Columns: ``property, kind, statistic`` ("mean", or "share of V" with the value V
    whose share differs most), ``window, production, evaluation`` (that statistic), ``drift`` (Jensen–Shannon distance
    less what chance gives, in [0, 1]; of a set property the absolute effect), ``effect`` (of means in standard
    deviations, of shares their difference; window − baseline) with its 95 % band ``low, high``, ``verdict`` ("drift",
    "new values", "stable", or "too few" below 30 samples), ``psi, hellinger, ks, wasserstein, cramers_v`` (NaN where
    they don't apply), ``n_window, n_baseline, new_values, gone_values`` and the shares that are missing.
    It cannot see a change within a bin that leaves the mean as it is.
    """
    layout = _layout(tuple(axes))
    sides = [layout.side(sums) for sums in (window, baseline, production, evaluation)]
    columns = _figures(layout, *sides)
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class _Side:
    """One side's sums as matrices: ``cells`` (P, K) padded with zeros, n samples, and moments (P,) of numeric ones."""

    n: int
    cells: Integers
    n_values: Floats
    mean: Floats
    variance: Floats

    @cached_property
    def share(self) -> Floats:
        """Share of each value, (P, K)."""
        with np.errstate(invalid="ignore"):
            result: Floats = self.cells / np.float64(self.n)
        return result


@dataclass(frozen=True)
class _Layout:
    """How the cells of some axes become a matrix of one row a property."""

    axes: tuple[Axis, ...]
    names: pd.api.extensions.ExtensionArray
    kinds: pd.api.extensions.ExtensionArray
    starts: Integers
    index: Integers
    used: NDArray[np.bool_]
    positions: Floats
    numeric: Integers
    center: Floats
    is_set: NDArray[np.bool_]
    known: WeakKeyDictionary[Sums, _Side] = field(default_factory=WeakKeyDictionary)

    def side(self, sums: Sums) -> _Side:
        """A side's cells merged to the travelling bins, and the moments of its numeric properties."""
        if sums not in self.known:
            self.known[sums] = self._side(sums)
        return self.known[sums]

    def _side(self, sums: Sums) -> _Side:
        cells = np.append(np.add.reduceat(sums.cells["n"], self.starts), 0)[self.index]
        mean, variance, n_values = (np.full(len(self.axes), np.nan) for _ in range(3))
        n, first, second = sums.values.T if len(sums.values) else np.empty((3, 0))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean[self.numeric] = self.center + first / n
            variance[self.numeric] = np.maximum(second / n - (first / n) ** 2, 0.0)
        n_values[self.numeric] = n
        return _Side(int(sums.totals["n"]), cells, n_values, mean, variance)


@lru_cache(maxsize=16)
def _layout(axes: tuple[Axis, ...]) -> _Layout:
    merged, starts = merged_axes(axes)
    sizes, offsets = (np.array([getattr(a, part) for a in merged], dtype=np.int64) for part in ("size", "offset"))
    widest = int(sizes.max(initial=2))
    column = np.arange(widest)
    used = column < sizes[:, None]
    index = np.where(used, offsets[:, None] + column, sizes.sum())
    numeric = [(i, axis.bins) for i, axis in enumerate(merged) if isinstance(axis.bins, ValueBins)]
    positions = np.zeros((len(merged), widest - 1))
    for i, bins in numeric:
        positions[i, : bins.size - 1] = bins.positions
        positions[i, bins.size - 1 :] = bins.positions[-1]
    return _Layout(
        merged,
        # made once: pandas infers the type of a column of text more slowly than all statistics are computed
        pd.Series([axis.name for axis in merged]).array,
        pd.Series([axis.kind for axis in merged]).array,
        starts,
        index,
        used,
        positions,
        np.array([i for i, _ in numeric], dtype=np.int64),
        np.array([bins.center for _, bins in numeric]),
        np.array([axis.kind == "set" for axis in merged], dtype=bool),
    )


def _figures(
    layout: _Layout, window: _Side, baseline: _Side, production: _Side, evaluation: _Side
) -> dict[str, object]:
    statistic, level = _statistics(layout, window, baseline)
    effect, error = _effects(layout, window, baseline, level)
    low, high = effect - Z * error, effect + Z * error
    is_share = level >= 0
    drift, certain_drift = _drifts(layout, window, baseline, effect)
    new, gone = _appeared(layout, window, baseline), _gone(layout, window, baseline)
    large = np.where(is_share, LARGE_SHARE, LARGE_SD)
    with np.errstate(invalid="ignore"):
        drifted = (np.abs(effect) - _certain(window, baseline, is_share) * error > large) | (
            certain_drift >= LARGE_DISTANCE
        )
    few = min(window.n, baseline.n) < FEWEST
    return {
        "property": layout.names,
        "kind": layout.kinds,
        "statistic": statistic,
        "window": _value(window, level),
        "production": _value(production, level),
        "evaluation": _value(evaluation, level),
        "drift": drift,
        "effect": effect,
        "low": np.where(is_share, np.maximum(low, -1.0), low),
        "high": np.where(is_share, np.minimum(high, 1.0), high),
        "verdict": np.select([np.full(len(new), few), drifted, new > 0], ["too few", "drift", "new values"], "stable"),
        **_distances(layout, window, baseline),
        "n_window": window.n,
        "n_baseline": baseline.n,
        "new_values": new,
        "gone_values": gone,
        "missing_window": window.share[:, 0],
        "missing_production": production.share[:, 0],
        "missing_evaluation": evaluation.share[:, 0],
    }


def _statistics(layout: _Layout, window: _Side, baseline: _Side) -> tuple[list[str], Integers]:
    """What each row says, and the code of its value (−1 where it says the mean)."""
    difference = np.nan_to_num(np.abs(window.share - baseline.share))
    difference[~layout.used] = -1.0
    difference[:, OTHER : OTHER + 1] = -1.0
    level = difference.argmax(axis=1)
    level[layout.numeric] = -1
    labels = zip(layout.axes, level.tolist(), strict=True)
    return ["mean" if code < 0 else f"share of {axis.labels[code]}" for axis, code in labels], level


def _value(side: _Side, level: Integers) -> Floats:
    shares = side.share[np.arange(len(level)), np.maximum(level, 0)]
    return np.where(level < 0, side.mean, shares)


def _effects(layout: _Layout, window: _Side, baseline: _Side, level: Integers) -> tuple[Floats, Floats]:
    """Effects and their standard errors: standardised mean differences, and differences of shares."""
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, mean_error = _mean_effect(window, baseline)
        share, share_error = _share_effect(window, baseline, level)
    is_mean = level < 0
    return np.where(is_mean, mean, share), np.where(is_mean, mean_error, share_error)


def _mean_effect(window: _Side, baseline: _Side) -> tuple[Floats, Floats]:
    n, m = window.n_values, baseline.n_values
    pooled = np.sqrt((n * window.variance + m * baseline.variance) / (n + m))
    difference = window.mean - baseline.mean
    effect = np.where(difference == 0, 0.0, np.clip(difference / pooled, -MOST_SD, MOST_SD))
    effect = np.where(np.isnan(difference), np.nan, effect)
    return effect, np.sqrt(1 / n + 1 / m + effect**2 / (2 * (n + m)))


def _share_effect(window: _Side, baseline: _Side, level: Integers) -> tuple[Floats, Floats]:
    """The band of Agresti and Caffo (2000): one success and one failure added to each side."""
    at = np.arange(len(level)), np.maximum(level, 0)
    effect = window.share[at] - baseline.share[at]
    return effect, np.sqrt(sum(_share_variance(side.cells[at], side.n) for side in (window, baseline)))


def _share_variance(count: Integers, n: int) -> Floats:
    p: Floats = (count + 1) / (n + 2)
    return p * (1 - p) / (n + 2)


def _certain(window: _Side, baseline: _Side, is_share: NDArray[np.bool_]) -> Floats:
    n_values = np.maximum(_n_values(window, baseline), 1)
    return np.where(is_share, np.sqrt(CERTAIN**2 + 2 * np.log(n_values)), CERTAIN)


def _n_values(window: _Side, baseline: _Side) -> Integers:
    n: Integers = ((window.cells + baseline.cells) > 0).sum(axis=1)
    return n


def _drifts(layout: _Layout, window: _Side, baseline: _Side, effect: Floats) -> tuple[Floats, Floats]:
    """The distance less what chance gives on average, and less what it hardly ever exceeds (0 where unknown)."""
    divergence = distances.jensen_shannon_divergence(window.cells, baseline.cells)
    mean, deviation = distances.divergence_by_chance(window.cells, baseline.cells)
    with np.errstate(invalid="ignore"):
        drift = np.sqrt(np.maximum(divergence - mean, 0.0))
        certain = np.sqrt(np.maximum(divergence - mean - CERTAIN * deviation, 0.0))
    sparse = min(window.n, baseline.n) < EXPECTED * _n_values(window, baseline)
    return np.where(layout.is_set, np.abs(effect), drift), np.where(layout.is_set | sparse, 0.0, certain)


def _distances(layout: _Layout, window: _Side, baseline: _Side) -> dict[str, Floats]:
    a, b = window.cells, baseline.cells
    is_numeric = np.zeros(len(layout.axes), dtype=bool)
    is_numeric[layout.numeric] = True
    whole = {"psi": distances.psi(a, b), "hellinger": distances.hellinger(a, b)}
    ordered = {
        "ks": distances.kolmogorov_smirnov(a[:, 1:], b[:, 1:]),
        "wasserstein": distances.wasserstein(a[:, 1:], b[:, 1:], layout.positions),
    }
    return {
        **{name: np.where(layout.is_set, np.nan, values) for name, values in whole.items()},
        **{name: np.where(is_numeric, values, np.nan) for name, values in ordered.items()},
        "cramers_v": np.where(layout.is_set | is_numeric, np.nan, distances.cramers_v(a, b)),
    }


def _appeared(layout: _Layout, window: _Side, baseline: _Side) -> Integers:
    """How many values the window has and the baseline hasn't; no count for numbers."""
    found = (window.cells[:, OTHER:] > 0) & (baseline.cells[:, OTHER:] == 0)
    return _of_levels(layout, found)


def _gone(layout: _Layout, window: _Side, baseline: _Side) -> Integers:
    """How many values of the baseline the window lacks, where at least five were to be expected."""
    expected = baseline.share[:, OTHER:] * window.n >= EXPECTED
    return _of_levels(layout, expected & (window.cells[:, OTHER:] == 0))


def _of_levels(layout: _Layout, found: NDArray[np.bool_]) -> Integers:
    n: Integers = found.sum(axis=1)
    n[layout.numeric] = 0
    return n
