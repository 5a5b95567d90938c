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
    evaluation_probability: np.ndarray
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
    effect, off, null, disjoint, draw = chosen.effect, chosen.off, chosen.null, chosen.disjoint, chosen.draw
    given = world(seed, disjoint=disjoint)
    rng = np.random.default_rng([seed, 2, draw])
    causes = () if null else tuple(cause for cause in given.causes if cause.name != off)
    known = _columns(rng, given, n_evaluation)
    at = START + np.sort(rng.integers(0, DAYS * DAY, n))
    in_window = at >= START + (DAYS - WINDOW_DAYS) * DAY
    columns = _columns(rng, given, n)
    _shift(rng, columns, in_window, given, causes, effect, null)
    p0, p1 = _quality(known, given.weak), _quality(columns, given.weak)
    for cause in causes:
        if cause.kind == "new":
            mask = cause.mask(columns)
            p1[mask] = np.clip(p1[mask] - cause.size * min(effect * 1.0, 1.0), 0.02, 1)
        if cause.kind == "within":
            mask = cause.mask(columns) & in_window
            p1[mask] = np.clip(p1[mask] - cause.size * effect, 0.02, 1)
    evaluation = pd.DataFrame(known).assign(timestamp=pd.to_datetime(_days(rng, n_evaluation), unit="ms"))
    production = pd.DataFrame(columns).assign(timestamp=pd.to_datetime(at, unit="ms"))
    for frame, p in ((evaluation, p0), (production, p1)):
        good = rng.random(len(frame)) < p
        frame["clean"] = good
        frame["annotation"] = np.where(good ^ (rng.random(len(frame)) < FLIPPED), "good", "bad")
    return Drop(
        evaluation, production, p0, p1, in_window, given,
        {cause.name: cause.mask(columns) for cause in causes},
        {cause.name: cause.mask(known) for cause in causes},
    )  # fmt: skip


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


def _shift(
    rng: np.random.Generator, columns: dict[str, np.ndarray], in_window: np.ndarray, given: World,
    causes: tuple[Planted, ...], effect: float, null: bool,
) -> None:  # fmt: skip
    """Change shares in the window: those of mix and new causes, and of the drifters."""
    n = len(in_window)
    if not null:
        number, moved, gained = given.drifters
        columns[number] = np.where(in_window, columns[number] * 1.15, columns[number])
        swap = in_window & (columns[moved] == f"{moved} 0") & (rng.random(n) < 0.4)
        columns[moved][swap] = f"{moved} 1"
        columns[gained][in_window & (rng.random(n) < 0.04)] = "harmless newcomer"
    for cause in causes:
        name, wanted = cause.conditions[0]
        if cause.kind == "mix":
            columns[name][in_window & (rng.random(n) < cause.size * effect)] = wanted
        if cause.kind == "new":
            share = 0.025 + 0.025 * np.random.default_rng([int(cause.size * 1e6), 4]).random()
            columns[name][in_window & (rng.random(n) < share * effect)] = NEW


def _quality(columns: Mapping[str, np.ndarray], weak: tuple[Planted, ...]) -> np.ndarray:
    p = np.full(len(columns["age"]), 0.93)
    for each in weak:
        p -= each.size * each.mask(columns)
    return np.clip(p, 0.05, 1)


def _meets(column: np.ndarray, wanted: object) -> np.ndarray:
    if isinstance(wanted, tuple):
        return (column >= wanted[0]) & (column < wanted[1])
    return np.asarray(column == wanted)
