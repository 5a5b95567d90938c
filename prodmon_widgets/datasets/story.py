"""The film story as arrays: when samples come, what they are like, and which of them are good.

Chances of a good output depend on a sample's properties in one and the same way in both frames; production changes
because the mix of samples changes with time. The mean numbers of predictions are met by correcting a few random rows.
"""

from dataclasses import dataclass

import numpy as np

from prodmon_widgets.datasets.genres import GENRES, LATECOMERS, MOST, NONE, draw_sets, other_than

DAY = 86_400_000


def _day(text: str) -> int:
    return int(np.datetime64(text, "ms").astype(np.int64))


COLLECTED = (_day("2023-03-01"), _day("2023-05-01"))
PRODUCTION = (_day("2023-05-01"), _day("2023-08-01"))
LATE_JULY = (_day("2023-07-22"), _day("2023-08-01"))
MEAN_EVALUATION, MEAN_PRODUCTION, MEAN_LATE_JULY = 1.96, 2.02, 2.21


@dataclass(frozen=True)
class Mix:
    """A categorical property: its values, their shares at first, and at the end of a ramp that starts on a day."""

    values: tuple[str, ...]
    first: tuple[float, ...]
    last: tuple[float, ...] | None = None
    since: str = "2023-05-01"


LANGUAGE = Mix(
    ("en", "fr", "es", "de", "it"), (0.54, 0.16, 0.14, 0.12, 0.04), (0.46, 0.13, 0.12, 0.10, 0.19), "2023-05-20"
)
DEVICE = Mix(("phone", "desktop", "tablet", "tv"), (0.46, 0.34, 0.12, 0.08), (0.40, 0.18, 0.12, 0.30), "2023-05-08")
FEED = Mix(("studio", "partner", "archive", "festival"), (0.48, 0.21, 0.17, 0.14))
COUNTRY = Mix(
    ("US", "GB", "CA", "FR", "DE", "ES", "MX", "IT", "CH", "AU"),
    (0.27, 0.14, 0.09, 0.11, 0.10, 0.09, 0.07, 0.05, 0.04, 0.04),
)
_USUAL_COUNTS = np.array([0.345, 0.405, 0.195, 0.055])
_DENSE_COUNTS = np.array([0.16, 0.38, 0.34, 0.12])
_DENSE_SINCE = "2023-06-05"
_LATECOMER_SHARE = (("Mystery", 0.030, "2023-05-22"), ("Western", 0.005, "2023-06-05"))
_HALVED = dict.fromkeys(FEED.values, 0.07)
_HALVED_LATER = {**_HALVED, "partner": 1.0}
_LATER = "2023-07-04"

_EASE = 3.5
_EASE_OF_COUNT = np.array([0.5, 0.0, -1.6, -2.2])
_EASE_OF_LANGUAGE = np.array([0.0, 0.05, 0.0, -0.05, -2.6])
_EASE_OF_LATECOMER = np.array([-6.5, -6.0])
_EASE_OF_HALF = -2.6


@dataclass(frozen=True)
class Draws:
    """Samples in the order of time; one entry (or row) a sample in every array."""

    started_ms: np.ndarray
    predicted: np.ndarray
    true: np.ndarray
    good: np.ndarray
    language: np.ndarray
    device: np.ndarray
    feed: np.ndarray
    country: np.ndarray
    halved: np.ndarray
    confidence: np.ndarray
    relevance: np.ndarray
    latency_ms: np.ndarray
    release_year: np.ndarray
    runtime_minutes: np.ndarray


def draw_evaluation(rng: np.random.Generator, n: int) -> Draws:
    """``n`` samples collected in March and April."""
    started = _times(rng, n, COLLECTED)
    counts = _counts(rng, np.zeros(n))
    _meet(rng, counts, np.arange(n), round(MEAN_EVALUATION * n))
    return _draw(rng, started, draw_sets(rng, counts))


def draw_production(rng: np.random.Generator, n: int) -> Draws:
    """``n`` samples from May to July."""
    started = _times(rng, n, PRODUCTION)
    counts = _production_counts(rng, started)
    predicted = draw_sets(rng, counts)
    _bring_latecomers(rng, started, counts, predicted)
    return _draw(rng, started, predicted)


def ramp(started_ms: np.ndarray, since: str) -> np.ndarray:
    """0 before the day, rising evenly to 1 at the end of production."""
    start, end = _day(since), PRODUCTION[1]
    return np.clip((started_ms - start) / (end - start), 0.0, 1.0)


def _times(rng: np.random.Generator, n: int, span: tuple[int, int]) -> np.ndarray:
    """Sorted times in epoch milliseconds: fewer at night and on Sundays, slowly more from week to week."""
    edges = np.arange(span[0], span[1] + 1, DAY // 24)
    hours = np.arange(len(edges) - 1)
    weekday = (span[0] // DAY + hours // 24 + 3) % 7
    volume = (
        (1.3 - np.cos(2 * np.pi * (hours % 24) / 24))
        * np.where(weekday == 6, 0.75, 1.0)
        * (1 + 0.1 * hours / len(hours))
    )
    passed = np.concatenate([[0.0], np.cumsum(volume)])
    return np.interp(np.sort(rng.random(n)), passed / passed[-1], edges).astype(np.int64)


def _production_counts(rng: np.random.Generator, started: np.ndarray) -> np.ndarray:
    """Predictions a sample: as in evaluation at first, then more; the two means are met to one sample."""
    late = started >= LATE_JULY[0]
    total, total_late = round(MEAN_PRODUCTION * len(started)), round(MEAN_LATE_JULY * int(late.sum()))
    rise = ramp(started, _DENSE_SINCE)
    before = (total - total_late) / max(1, int((~late).sum())) - MEAN_EVALUATION
    mean_rise = np.where(late, MEAN_LATE_JULY - MEAN_EVALUATION, before * rise / max(1e-9, rise[~late].mean()))
    ordered = np.arange(1, MOST + 1)
    counts = _counts(rng, mean_rise / float((_DENSE_COUNTS - _USUAL_COUNTS) @ ordered))
    _meet(rng, counts, np.flatnonzero(late), total_late)
    _meet(rng, counts, np.flatnonzero(~late), total - total_late)
    return counts


def _counts(rng: np.random.Generator, dense: np.ndarray) -> np.ndarray:
    """Numbers of predictions, 1 to MOST; ``dense`` is the weight of the dense distribution for each sample."""
    usual, more = np.cumsum(_USUAL_COUNTS), np.cumsum(_DENSE_COUNTS)
    chance = rng.random(len(dense))
    below = [chance >= a + (b - a) * dense for a, b in zip(usual[:-1], more[:-1], strict=True)]
    return 1 + np.asarray(np.sum(below, axis=0, dtype=np.int64))


def _meet(rng: np.random.Generator, counts: np.ndarray, rows: np.ndarray, total: int) -> None:
    """Change random rows by one, in place, until the rows' counts sum to ``total``."""
    while missing := total - int(counts[rows].sum()):
        step = 1 if missing > 0 else -1
        movable = rows[(counts[rows] + step >= 1) & (counts[rows] + step <= MOST)]
        counts[rng.choice(movable, size=min(abs(missing), len(movable)), replace=False)] += step


def _bring_latecomers(rng: np.random.Generator, started: np.ndarray, counts: np.ndarray, predicted: np.ndarray) -> None:
    """Put each new class into its share of the samples, in place, more and more of them with time."""
    free = np.ones(len(started), dtype=bool)
    for name, share, since in _LATECOMER_SHARE:
        with np.errstate(divide="ignore"):
            arrival = rng.exponential(size=len(started)) / (ramp(started, since) * free)
        rows = np.argsort(arrival, kind="stable")[: round(share * len(started))]
        predicted[rows, rng.integers(0, counts[rows])] = GENRES.index(name)
        free[rows] = False


def _draw(rng: np.random.Generator, started: np.ndarray, predicted: np.ndarray) -> Draws:
    n = len(started)
    language, device, feed, country = (_values(rng, mix, started) for mix in (LANGUAGE, DEVICE, FEED, COUNTRY))
    halved = rng.random(n) < _halved_share(feed, started)
    ease = _ease(predicted, language, halved) + rng.normal(0.0, 1.8, n)
    good = rng.random(n) < _logistic(ease)
    return Draws(
        started_ms=started,
        predicted=predicted,
        true=_true_sets(rng, predicted, good),
        good=good,
        language=language,
        device=device,
        feed=feed,
        country=country,
        halved=halved,
        confidence=_logistic(0.75 * ease + rng.normal(0.0, 0.6, n)).round(4),
        relevance=_logistic(0.5 * ease + 2.0 * good - 1.5 + rng.normal(0.0, 0.85, n)).round(3),
        latency_ms=rng.lognormal(6.6, 0.4, n).astype(np.int64),
        release_year=2023 - rng.geometric(0.06, n).clip(max=90),
        runtime_minutes=np.where(rng.random(n) < 0.03, np.nan, rng.normal(104, 18, n).round().clip(45, 210)),
    )


def _values(rng: np.random.Generator, mix: Mix, started: np.ndarray) -> np.ndarray:
    """Codes into the values of a mix, int8, by the shares of each sample's time."""
    rise = ramp(started, mix.since)
    first, last = np.cumsum(mix.first), np.cumsum(mix.last or mix.first)
    chance = rng.random(len(started))
    above = [chance >= a + (b - a) * rise for a, b in zip(first[:-1], last[:-1], strict=True)]
    return np.asarray(np.sum(above, axis=0, dtype=np.int8))


def _halved_share(feed: np.ndarray, started: np.ndarray) -> np.ndarray:
    first, later = (np.array([shares[name] for name in FEED.values]) for shares in (_HALVED, _HALVED_LATER))
    return np.asarray(np.where(started >= _day(_LATER), later[feed], first[feed]))


def _ease(predicted: np.ndarray, language: np.ndarray, halved: np.ndarray) -> np.ndarray:
    """How easy the samples are for the model, as log odds of a good output."""
    counts = (predicted != NONE).sum(axis=1)
    ease: np.ndarray = _EASE + _EASE_OF_COUNT[counts - 1] + _EASE_OF_LANGUAGE[language] + _EASE_OF_HALF * halved
    for name, effect in zip(LATECOMERS, _EASE_OF_LATECOMER, strict=True):
        ease += effect * (predicted == GENRES.index(name)).any(axis=1)
    return ease


def _true_sets(rng: np.random.Generator, predicted: np.ndarray, good: np.ndarray) -> np.ndarray:
    """The true genres: those predicted, with one of them exchanged in every bad sample (a new class first)."""
    true = predicted.copy()
    bad = np.flatnonzero(~good)
    counts = (predicted[bad] != NONE).sum(axis=1)
    late = predicted[bad] >= len(GENRES) - len(LATECOMERS)
    place = np.where(late.any(axis=1), late.argmax(axis=1), rng.integers(0, counts))
    true[bad, place] = other_than(rng, predicted[bad])
    return true


def _logistic(x: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-x)))
