"""Alarms of the usual rules on simulated day sums, beside CUSUM and three standard deviations, as NannyML has them.

Streams of days: a level, weekdays that differ, days that wobble (autoregressive), scores drawn for each sample. How
many streams without change ever raise an alarm in a year of daily looks after four weeks of warm-up, and how soon a
planted change is told. The rules' own code runs on them, all usual rules on a change together. The constants of the
detector were chosen on seeds below 500; the tables printed are of seed 900.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from prodmon_widgets.engine.alerts.changes import LEAST_LINE_SD, LEAST_SIZE
from prodmon_widgets.engine.alerts.sequential import CERTAIN, Series, alarms, evidence

Floats = NDArray[np.float64]

WARM_UP, YEAR = 28, 365
LEVEL, SPREAD, WEEKDAY = 0.8, 0.2, 0.015
PLANTED = ((200, 0.05, 14), (200, 0.03, 21), (2_000, 0.03, 21), (20_000, 0.03, 21), (20_000, 0.01, 28))
"""Samples a day, the fall, and the days within which it should be told."""

SHARES = np.array([0.4, 0.3, 0.2, 0.1] * 5)
"""Shares of the values of five properties."""


def days(rng: np.random.Generator, shape: tuple[int, int], level: float, sd: float) -> Floats:
    """Levels of days: a weekday's, and a wobble with an autocorrelation of .7."""
    streams, length = shape
    wobble = np.zeros(shape)
    step = rng.normal(0, sd, shape)
    wobble[:, 0] = step[:, 0]
    for at in range(1, length):
        wobble[:, at] = 0.7 * wobble[:, at - 1] + np.sqrt(1 - 0.49) * step[:, at]
    weekday = rng.normal(0, WEEKDAY, (streams, 7))[:, np.arange(length) % 7]
    return np.clip(level + wobble + weekday, 0.02, 0.98)


def scores(rng: np.random.Generator, level: Floats, n: int) -> tuple[Floats, Floats]:
    """Means of n scores that scatter by SPREAD, and the variance of each as its samples show it."""
    seen = level + rng.normal(0, SPREAD / np.sqrt(n), level.shape)
    return seen, np.full(level.shape, SPREAD**2 / n)


def told(values: Floats, noise: Floats, rule: tuple[str, float], line: Floats, many: int = 1) -> Floats:
    """The period of each stream's first alarm; infinite where there is none. ``many``: rows that belong together."""
    measure, sign = rule
    sd = np.full(len(values), LEAST_LINE_SD.get(measure, 0.05))
    series = Series(values, noise, np.ones(values.shape[1], bool), line, sd, 7)
    found = evidence(series, sign)
    limit, first = CERTAIN + np.log(many), np.full(len(values), np.inf)
    for row in np.flatnonzero((found.log > limit).any(axis=1)):
        kept = [a.at for a in alarms(series, int(row), found, sign, limit, False) if abs(a.size) >= LEAST_SIZE[measure]]
        first[row] = kept[0] if kept else np.inf
    return first.reshape(-1, many).min(axis=1)


def usual_rules(rng: np.random.Generator, level: Floats, n: int, sd: float) -> Floats:
    """The first alarm of any of the usual rules; only the score's level changes where one is planted."""
    streams, length = level.shape
    value, noise = scores(rng, level, n)
    line = LEVEL + rng.normal(0, 0.02, streams)
    first = np.minimum(told(value, noise, ("score", -1.0), line), told(value, noise, ("score", 1.0), line))
    for measure, share, wobble in (("coverage", 0.7, sd), ("supported", 0.97, 0.0)):
        seen = rng.binomial(n, days(rng, (streams, length), share, wobble)) / n
        own = share + rng.normal(0, 0.02, streams)
        first = np.minimum(first, told(seen, seen * (1 - seen) / n + 1e-9, (measure, -1.0), own))
    shares = rng.binomial(n, np.tile(SHARES, streams)[:, None], (streams * len(SHARES), length)) / n
    noise = np.clip(shares * (1 - shares), 1e-3, None) / n
    begin = shares[:, :14].mean(axis=1)
    return np.minimum(first, told(shares, noise, ("drift", 0.0), begin, many=len(SHARES)))


def three_sd(value: Floats) -> Floats:
    """Beyond three standard deviations of the warm-up."""
    known = value[:, :WARM_UP]
    return first_of(abs(value - known.mean(axis=1, keepdims=True)) > 3 * known.std(axis=1, ddof=1, keepdims=True))


def cusum(value: Floats) -> Floats:
    """Two-sided CUSUM, slack .5 and limit 5 standard deviations, of values less their weekday's mean of the warm-up."""
    known = value[:, :WARM_UP].reshape(len(value), -1, 7)
    usual = known.mean(axis=1)[:, np.arange(value.shape[1]) % 7]
    away = (value - usual) / (known - known.mean(axis=1, keepdims=True)).std(axis=(1, 2), ddof=7)[:, None]
    high, low, beyond = np.zeros(len(value)), np.zeros(len(value)), np.zeros(value.shape, bool)
    for at in range(WARM_UP, value.shape[1]):
        high = np.maximum(0, high + away[:, at] - 0.5)
        low = np.maximum(0, low - away[:, at] - 0.5)
        beyond[:, at] = np.maximum(high, low) > 5
    return first_of(beyond)


def first_of(beyond: NDArray[np.bool_]) -> Floats:
    """The first period beyond, after the warm-up."""
    beyond = beyond.copy()
    beyond[:, :WARM_UP] = False
    return np.where(beyond.any(axis=1), beyond.argmax(axis=1), np.inf)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seed", type=int, default=900)
    asked = parser.parse_args()
    others: dict[str, Callable[[Floats], Floats]] = {"CUSUM .5/5": cusum, "3 sd (as NannyML's)": three_sd}
    print("Share of streams without change that ever alarm in a year: all usual rules | peers on the score alone")
    for n in (200, 2_000, 20_000):
        for sd in (0.0, 0.01, 0.02, 0.05):
            rng = np.random.default_rng([asked.seed, n, int(sd * 1000)])
            level = days(rng, (asked.streams, WARM_UP + YEAR), LEVEL, sd)
            ours = np.isfinite(usual_rules(rng, level, n, sd)).mean()
            value, _ = scores(rng, level, n)
            peers = ", ".join(f"{name} {np.isfinite(of(value)).mean():.2f}" for name, of in others.items())
            print(f"  {n:6,} a day, days' sd {sd:.2f}: {ours:.3f} | {peers}", flush=True)
    print("Share of planted falls that are told in time, and the median delay in days")
    for n, drop, within in (
        (200, 0.05, 14),
        (200, 0.03, 21),
        (2_000, 0.03, 21),
        (20_000, 0.03, 21),
        (20_000, 0.01, 28),
    ):
        for sd in (0.0, 0.01, 0.02):
            for at in (WARM_UP, 90):
                rng = np.random.default_rng([asked.seed, n, int(sd * 1000), at])
                level = days(rng, (asked.streams, at + within), LEVEL, sd)
                level[:, at:] -= drop
                value, noise = scores(rng, level, n)
                line = LEVEL + rng.normal(0, 0.02, asked.streams)
                first = told(value, noise, ("score", -1.0), line)
                hit = (first >= at) & np.isfinite(first)
                late = np.median(first[hit] - at + 1) if hit.any() else np.nan
                print(
                    f"  {n:6,} a day, {drop * 100:.0f} points on day {at}, days' sd {sd:.2f}: "
                    f"{hit.mean():.2f} within {within} days, median {late:.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
