"""Planted drops: frames of thirteen properties in which five causes, five weak segments and three drifters are known.

Evaluation and production share weak segments; in the last 11 of 61 days five causes lower production's quality: a mix
shift toward a weak segment, a new category, and declines in a conjunction, in an interval with borders off any grid,
and in a tail × category. Annotations are flipped with probability .12. Seeds below 1000 are for development, reports
use others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

DAY = 86_400_000
START = 19_600 * DAY
DAYS, WINDOW_DAYS = 61, 11
FLIPPED = 0.12

SIZES = {"region": 8, "device": 4, "plan": 5, "channel": 6, "browser": 12, "country": 30}
NUMBERS = ("age", "latency", "amount", "tenure", "length", "hour", "battery")
NEW = "newcomer"

Condition = tuple[str, object]


@dataclass(frozen=True)
class Planted:
    """A planted segment: conditions (value, or (low, high)), its kind and its gap or decline in probability."""

    name: str
    kind: str
    conditions: tuple[Condition, ...]
    size: float

    def mask(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Which rows are in it."""
        return np.logical_and.reduce([_meets(columns[name], wanted) for name, wanted in self.conditions])


@dataclass(frozen=True)
class World:
    """What a seed fixes: shares, borders, weak segments, causes, and the properties that drift without harm."""

    shares: dict[str, np.ndarray]
    weak: tuple[Planted, ...]
    causes: tuple[Planted, ...]
    drifters: tuple[str, str, str]


@dataclass(frozen=True)
class Drop:
    """One scenario: frames, the true probability of good of every row, and the rows of each cause in production."""

    evaluation: pd.DataFrame
    production: pd.DataFrame
    probability: np.ndarray
    in_window: np.ndarray
    world: World
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    evaluation_masks: dict[str, np.ndarray] = field(default_factory=dict)


def world(seed: int, *, disjoint: bool = False) -> World:
    """Everything about a scenario but its draws."""
    rng = np.random.default_rng([seed, 1])
    shares = {name: np.sort(rng.dirichlet(np.full(size, 4.0)))[::-1] for name, size in SIZES.items()}
    names = list(rng.permutation([*SIZES]))
    numbers = list(rng.permutation(NUMBERS))
    # drifters have properties of their own: what drifts there carries nothing
    drifting = (numbers[0], names[0], names[1])
    names, numbers = names[2:], numbers[1:]
    weak = _weak(rng, shares, names, numbers)
    causes = _disjoint(rng, shares, names, numbers, weak) if disjoint else _causes(rng, shares, names, numbers, weak)
    return World(shares, weak, causes, drifting)


@dataclass(frozen=True)
class Setting:
    """How a scenario is drawn: ``effect`` scales what the causes do, ``off`` switches one off, ``null`` everything.

    ``draw``: another draw of the same world. ``disjoint``: causes that share no row.
    """

    effect: float = 1.0
    off: str = ""
    null: bool = False
    disjoint: bool = False
    draw: int = 0


def drop(seed: int, n: int = 100_000, n_evaluation: int = 20_000, **setting: object) -> Drop:
    """Draw a scenario; the keywords are those of :class:`Setting`."""
    chosen = Setting(**setting)
    given = world(seed, disjoint=chosen.disjoint)
    rng = np.random.default_rng([seed, 2, chosen.draw])
    known, columns = _columns(rng, given, n_evaluation), _columns(rng, given, n)
    at = START + np.sort(rng.integers(0, DAYS * DAY, n))
    in_window = at >= START + (DAYS - WINDOW_DAYS) * DAY
    causes = _active(given, chosen)
    p0, p1 = _quality(known, given.weak), _happened(rng, seed, given, chosen, columns, in_window)
    evaluation = _annotated(rng, known, p0, _days(rng, n_evaluation))
    production = _annotated(rng, columns, p1, at)
    masks = {cause.name: cause.mask(columns) for cause in causes}
    known_masks = {cause.name: cause.mask(known) for cause in causes}
    return Drop(evaluation, production, p1, in_window, given, masks, known_masks)


def window_score(seed: int, n: int = 300_000, **setting: object) -> float:
    """The window's mean probability of good in a draw of its own; causes switched off change nothing but themselves."""
    chosen = Setting(**setting)
    given = world(seed, disjoint=chosen.disjoint)
    rng = np.random.default_rng([seed, 2, chosen.draw])
    columns = _columns(rng, given, n)
    return float(_happened(rng, seed, given, chosen, columns, np.ones(n, dtype=bool)).mean())


def _active(given: World, chosen: Setting) -> tuple[Planted, ...]:
    return () if chosen.null else tuple(cause for cause in given.causes if cause.name != chosen.off)


def _happened(
    rng: np.random.Generator,
    seed: int,
    given: World,
    chosen: Setting,
    columns: dict[str, np.ndarray],
    in_window: np.ndarray,
) -> np.ndarray:
    """Change production's columns as in the scenario, and return each row's probability of good."""
    if not chosen.null:
        _drift(rng, columns, in_window, given.drifters)
    # each cause draws for itself, so that switching one off changes nothing about the others
    own = {cause.name: np.random.default_rng([seed, 5, chosen.draw, k]) for k, cause in enumerate(given.causes)}
    causes = _active(given, chosen)
    for cause in causes:
        # how much of a new value comes belongs to the world: another draw of it has the same share
        arriving = np.random.default_rng([seed, 5, 0, given.causes.index(cause)]).uniform(0.025, 0.05)
        size = arriving if cause.kind == "new" else cause.size
        _shift(own[cause.name], columns, in_window, cause, chosen.effect * size)
    p = _quality(columns, given.weak)
    for cause in causes:
        _worsen(p, cause.mask(columns) & in_window, cause, chosen.effect)
    return p


def _annotated(rng: np.random.Generator, columns: dict[str, np.ndarray], p: np.ndarray, at: np.ndarray) -> pd.DataFrame:
    """The columns with time, the clean outcome, and the annotation, which is flipped now and then."""
    good = rng.random(len(p)) < p
    annotation = np.where(good ^ (rng.random(len(p)) < FLIPPED), "good", "bad")
    return pd.DataFrame(
        {**columns, "timestamp": pd.to_datetime(at, unit="ms"), "clean": good, "annotation": annotation}
    )


def _worsen(p: np.ndarray, mask: np.ndarray, cause: Planted, effect: float) -> None:
    """Lower the quality of a new category, or of a segment that declines."""
    if cause.kind != "mix":
        p[mask] = np.clip(p[mask] - cause.size * (effect if cause.kind == "within" else 1.0), 0.02, 1)


def _days(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.sort(START - 40 * DAY + rng.integers(0, 40 * DAY, n))


def _columns(rng: np.random.Generator, given: World, n: int) -> dict[str, np.ndarray]:
    """Thirteen properties; length goes along with amount, battery with hour."""
    categories = {
        name: np.array([f"{name} {i}" for i in range(size)], dtype=object)[rng.choice(size, n, p=given.shares[name])]
        for name, size in SIZES.items()
    }
    z = rng.normal(size=(7, n))
    numbers = {
        "age": 40 + 12 * z[0],
        "latency": np.exp(3 + 0.8 * z[1]),
        "amount": 50 * rng.exponential(size=n),
        "tenure": rng.uniform(0, 120, n),
        "length": rng.gamma(2.0, 100.0, n),
        "hour": rng.uniform(0, 24, n),
        "battery": rng.beta(2, 2, n),
    }
    numbers["length"] += numbers["amount"]
    numbers["battery"] = np.clip(numbers["battery"] - 0.01 * (numbers["hour"] - 12), 0, 1)
    return {**categories, **numbers}


def quantile(rng_seed: int, name: str, shares: list[float], given: World) -> list[float]:
    """Borders of a number, from a large draw."""
    column = _columns(np.random.default_rng([rng_seed, 3]), given, 50_000)[name]
    return np.quantile(column, shares).tolist()


def _interval(rng: np.random.Generator, name: str, low: float, high: float, shares: dict[str, np.ndarray]) -> Condition:
    given = World(shares, (), (), ("", "", ""))
    borders = quantile(int(rng.integers(1 << 30)), name, [max(low, 0.0), min(high, 1.0)], given)
    return name, (-np.inf if low <= 0 else borders[0], np.inf if high >= 1 else borders[1])


def _value(rng: np.random.Generator, name: str, shares: dict[str, np.ndarray], low: float, high: float) -> Condition:
    """A value with a share in [low, high), or the nearest to it."""
    fits = np.flatnonzero((shares[name] >= low) & (shares[name] < high))
    at = rng.choice(fits) if len(fits) else np.abs(shares[name] - (low + high) / 2).argmin()
    return name, f"{name} {at}"


def _weak(rng: np.random.Generator, shares: dict, names: list[str], numbers: list[str]) -> tuple[Planted, ...]:
    """Five segments that were always weak; the first is the one whose share may grow."""
    low = rng.uniform(0.1, 0.8)
    tail = rng.uniform(0.06, 0.12)
    return (
        Planted("weak value", "weak", (_value(rng, names[0], shares, 0.03, 0.09),), rng.uniform(0.25, 0.35)),
        Planted(
            "weak interval", "weak",
            (_interval(rng, numbers[0], low, low + rng.uniform(0.05, 0.1), shares),), rng.uniform(0.15, 0.3),
        ),
        Planted(
            "weak pair", "weak",
            (_value(rng, names[1], shares, 0.1, 0.25), _value(rng, names[2], shares, 0.1, 0.25)),
            rng.uniform(0.25, 0.4),
        ),
        Planted(
            "weak tail", "weak",
            (_interval(rng, numbers[1], 1 - tail, 1, shares), _value(rng, names[3], shares, 0.12, 0.3)),
            rng.uniform(0.3, 0.4),
        ),
        Planted(
            "weak low tail", "weak",
            (_interval(rng, numbers[2], 0, rng.uniform(0.04, 0.08), shares),), rng.uniform(0.15, 0.3),
        ),
    )  # fmt: skip


def _causes(
    rng: np.random.Generator, shares: dict, names: list[str], numbers: list[str], weak: tuple[Planted, ...]
) -> tuple[Planted, ...]:
    low, tail = rng.uniform(0.1, 0.75), rng.uniform(0.08, 0.14)
    high = bool(rng.random() < 0.5)
    pair = rng.permutation(names[1:])[:2]
    return (
        Planted("mix", "mix", weak[0].conditions, rng.uniform(0.08, 0.14)),
        Planted("new", "new", ((str(rng.choice(names[1:])), NEW),), rng.uniform(0.45, 0.65)),
        Planted(
            "pair", "within", tuple(_value(rng, str(name), shares, 0.18, 0.4) for name in pair), rng.uniform(0.3, 0.45)
        ),
        Planted(
            "interval", "within",
            (_interval(rng, numbers[3], low, low + rng.uniform(0.06, 0.12), shares),), rng.uniform(0.2, 0.35),
        ),
        Planted(
            "tail", "within",
            (
                _interval(rng, numbers[4], 1 - tail if high else 0, 1 if high else tail, shares),
                _value(rng, names[2], shares, 0.2, 0.45),
            ),
            rng.uniform(0.35, 0.5),
        ),
    )  # fmt: skip


def _disjoint(
    rng: np.random.Generator, shares: dict, names: list[str], numbers: list[str], weak: tuple[Planted, ...]
) -> tuple[Planted, ...]:
    """Causes that share no row: each has a value of its own of one property."""
    on = names[0]
    grown = weak[0].conditions[0][1]
    values = [f"{on} {i}" for i in range(SIZES[on]) if f"{on} {i}" != grown][:3]
    low = rng.uniform(0.1, 0.5)
    return (
        Planted("mix", "mix", weak[0].conditions, rng.uniform(0.08, 0.14)),
        Planted("new", "new", ((on, NEW),), rng.uniform(0.45, 0.65)),
        Planted("pair", "within", ((on, values[0]), _value(rng, names[1], shares, 0.25, 0.5)), rng.uniform(0.3, 0.45)),
        Planted(
            "interval", "within",
            ((on, values[1]), _interval(rng, numbers[3], low, low + 0.35, shares)), rng.uniform(0.3, 0.45),
        ),
        Planted(
            "tail", "within",
            ((on, values[2]), _interval(rng, numbers[4], 0.75, 1, shares)), rng.uniform(0.35, 0.5),
        ),
    )  # fmt: skip


def _drift(
    rng: np.random.Generator, columns: dict[str, np.ndarray], in_window: np.ndarray, drifters: tuple[str, str, str]
) -> None:
    """Move a number, swap two categories, and bring a new one: all of no consequence."""
    n = len(in_window)
    number, moved, gained = drifters
    columns[number] = np.where(in_window, columns[number] * 1.15, columns[number])
    columns[moved][in_window & (columns[moved] == f"{moved} 0") & (rng.random(n) < 0.4)] = f"{moved} 1"
    columns[gained][in_window & (rng.random(n) < 0.04)] = "harmless newcomer"


def _shift(
    rng: np.random.Generator, columns: dict[str, np.ndarray], in_window: np.ndarray, cause: Planted, share: float
) -> None:
    """Change the share of a mix or new cause in the window."""
    name, wanted = cause.conditions[0]
    if cause.kind != "within":
        columns[name][in_window & (rng.random(len(in_window)) < share)] = wanted


def _quality(columns: Mapping[str, np.ndarray], weak: tuple[Planted, ...]) -> np.ndarray:
    p = np.full(len(columns["age"]), 0.93)
    for each in weak:
        p -= each.size * each.mask(columns)
    return np.clip(p, 0.05, 1)


def _meets(column: np.ndarray, wanted: object) -> np.ndarray:
    if isinstance(wanted, tuple):
        return (column >= wanted[0]) & (column < wanted[1])
    return np.asarray(column == wanted)
