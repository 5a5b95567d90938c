"""Worlds to tune estimates on: parts of evaluation sets against one another, and generated models, worlds and drifts.

    python -m benchmarks.tuning_suite [--seeds 2] [--repeats 1] [--only later,cut] [--csv now.csv] [--against old.csv]

Whoever changes a rule or a constant of the annotator decides by these figures. The production side of the seven
reported sets is dropped before anything else happens, so nothing here can be tuned on what `bench_estimation` reports.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.bench_estimation import by_chunk, figures, ours
from benchmarks.estimation_sets import LOADERS, EstimationSet, Side

Rows = NDArray[np.int64]
Draw = np.random.Generator

N_CHUNKS = 6
MOST_TAUGHT, MOST_IN_CHUNK = 15_000, 2_500
LEFT_OUT = 0.3
STRONGEST_TILT = 1.5
N_WORLDS = 6
WORLD_ROWS, WORLD_CHUNK = 8_000, 2_000


# --- parts of an evaluation set ---------------------------------------------------------------------------------------


def later(known: Side, rng: Draw) -> tuple[Rows, list[Rows]]:
    """The first half teaches, the later half is watched stretch by stretch: what time alone does."""
    n = len(known.label)
    return np.arange(n // 2), np.array_split(np.arange(n // 2, n), N_CHUNKS)


def tilt(known: Side, rng: Draw) -> tuple[Rows, list[Rows]]:
    """A random half teaches; of the other each chunk prefers, more and more, one end of a random mix of properties."""
    order = rng.permutation(len(known.label))
    taught, rest = np.sort(order[: len(order) // 2]), order[len(order) // 2 :]
    mix = _mix(known.features.iloc[rest], rng)
    strength = np.linspace(0.0, STRONGEST_TILT, N_CHUNKS)
    # Gumbel noise makes the largest keys a draw without repeats, with weights exp(strength × mix)
    keys = strength[:, None] * mix + rng.gumbel(size=(N_CHUNKS, len(rest)))
    size = len(rest) // 4
    return taught, [rest[np.argsort(-key)[:size]] for key in keys]


def cut(known: Side, rng: Draw) -> tuple[Rows, list[Rows]]:
    """One end of a random number is left out of what teaches; chunks have more and more of it, at last half."""
    numbers = [c for c in known.features if known.features[c].dtype == np.float64 and c != "confidence"]
    values = known.features[rng.choice(numbers or ["confidence"])].rank(pct=True).to_numpy()
    high = rng.random() < 0.5
    region = values > 1 - LEFT_OUT if high else values < LEFT_OUT
    beyond, inside = rng.permutation(np.flatnonzero(region)), rng.permutation(np.flatnonzero(~region))
    taught, usual = np.sort(inside[: len(inside) // 2]), inside[len(inside) // 2 :]
    size = len(usual) // N_CHUNKS
    chunks = []
    for index, share in enumerate(np.linspace(0.0, 0.5, N_CHUNKS)):
        n_beyond = min(int(share * size), len(beyond))
        own = usual[index * size : (index + 1) * size - n_beyond]
        chunks.append(np.concatenate([own, rng.choice(beyond, n_beyond, replace=False)]))
    return taught, chunks


KINDS: dict[str, Callable[[Side, Draw], tuple[Rows, list[Rows]]]] = {"later": later, "tilt": tilt, "cut": cut}


def _mix(features: pd.DataFrame, rng: Draw) -> NDArray[np.float64]:
    """A random direction in the properties, standardised: ranks of numbers, a random step for each category."""
    total = np.zeros(len(features))
    for name in features.columns:
        column = features[name]
        numeric = column.dtype == np.float64
        score = column.rank(pct=True) if numeric else column.map({v: rng.random() for v in column.dropna().unique()})
        total += rng.normal() * (score.astype(np.float64).fillna(0.5).to_numpy() - 0.5)
    result: NDArray[np.float64] = (total - total.mean()) / max(total.std(), 1e-9)
    return result


def _part(side: Side, chunks: list[Rows]) -> Side:
    return side.taken(np.concatenate(chunks), np.repeat(np.arange(len(chunks)), [len(each) for each in chunks]))


def split(name: str, known: Side, kind: str, rng: Draw) -> EstimationSet:
    """An evaluation set against itself, bounded in size."""
    taught, chunks = KINDS[kind](known, rng)
    few = np.sort(rng.permutation(taught)[:MOST_TAUGHT])
    bounded = [np.sort(rng.permutation(rows)[:MOST_IN_CHUNK]) for rows in chunks]
    return EstimationSet(f"{kind} {name}", _part(known, [few]), _part(known, bounded))


# --- worlds of our own ------------------------------------------------------------------------------------------------


def world(rng: Draw) -> EstimationSet:
    """Random outcomes of random properties, a model of some kind that learned them, and properties that drift.

    P(outcome | properties) never changes. The model may lack a property, and its confidence may be too bold or shy.
    """
    n_numbers, n_groups = int(rng.integers(3, 9)), int(rng.integers(3, 12))
    linear, bent = rng.normal(size=n_numbers), rng.normal(size=n_numbers)
    pair, of_group = rng.integers(n_numbers, size=2), rng.normal(scale=0.8, size=n_groups)
    drift, drift_of_group = rng.normal(size=n_numbers), rng.normal(size=n_groups)
    drift *= rng.uniform(0.3, 1.5) / np.linalg.norm(drift)
    hidden, temperature = int(rng.integers(n_numbers + 1)), rng.uniform(0.6, 1.6)

    def rows(n: int, strength: float) -> tuple[NDArray[np.float64], Rows, NDArray[np.int64]]:
        chance = np.exp(strength * drift_of_group)
        numbers = rng.normal(size=(n, n_numbers)) + strength * drift
        group = rng.choice(n_groups, n, p=chance / chance.sum())
        value = numbers @ linear + np.sin(2 * numbers) @ bent + numbers[:, pair[0]] * numbers[:, pair[1]]
        outcome = rng.random(n) < 1 / (1 + np.exp(-(value + of_group[group])))
        return numbers, group, outcome.astype(np.int64)

    def seen(numbers: NDArray[np.float64], group: Rows) -> NDArray[np.float64]:
        return np.column_stack([np.delete(numbers, hidden, axis=1) if hidden < n_numbers else numbers, group])

    bold = rng.random() < 0.5
    model = HistGradientBoostingClassifier(max_iter=30, random_state=0) if bold else LogisticRegression()
    numbers, group, outcome = rows(3000, 0.0)
    model.fit(seen(numbers, group), outcome)

    def side(parts: list[tuple[NDArray[np.float64], Rows, NDArray[np.int64]]]) -> Side:
        numbers, group, outcome = (np.concatenate(each) for each in zip(*parts, strict=True))
        odds = model.predict_proba(seen(numbers, group))[:, 1].clip(1e-6, 1 - 1e-6)
        p = 1 / (1 + ((1 - odds) / odds) ** temperature)
        yes = p >= 0.5
        frame = pd.DataFrame(numbers, columns=[f"x{i}" for i in range(n_numbers)])
        frame["group"] = pd.Categorical([f"g{g}" for g in group])
        predicted = np.where(yes, "1", "0").astype(object)
        frame["prediction"], frame["confidence"] = pd.Categorical(predicted), np.where(yes, p, 1 - p)
        both = pd.DataFrame({"0": 1 - p, "1": p})
        chunk = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
        return Side(frame, predicted, both, outcome.astype(str).astype(object), chunk)

    evaluation = side([rows(WORLD_ROWS, 0.0)])
    return EstimationSet("world", evaluation, side([rows(WORLD_CHUNK, s) for s in np.linspace(0, 1, N_CHUNKS)]))


# --- figures ----------------------------------------------------------------------------------------------------------


def scenarios(kinds: list[str], seeds: int) -> Iterator[tuple[str, int, EstimationSet]]:
    """(kind, seed, set) of everything that is asked for; the same for the same seed."""
    known = {name: load().evaluation for name, load in LOADERS.items()} if set(kinds) & set(KINDS) else {}
    for seed in range(seeds):
        for kind in kinds:
            if kind == "world":
                for index in range(N_WORLDS):
                    made = world(np.random.default_rng([seed, index]))
                    yield kind, seed, replace(made, name=f"world {index + 1}")
                continue
            for index, (name, side) in enumerate(known.items()):
                yield kind, seed, split(name, side, kind, np.random.default_rng([seed, index, len(kind)]))


def table(kinds: list[str], seeds: int, repeats: int) -> pd.DataFrame:
    """One row a scenario and repeat (the annotator's own seed); ``spread``: what that seed alone does, in points."""
    rows = []
    for kind, seed, data in scenarios(kinds, seeds):
        true, no_change = by_chunk(data.production.good, data.production.chunk), float(data.evaluation.good.mean())
        found = [ours(data, seed + 100 * repeat).estimates for repeat in range(repeats)]
        score = np.array([each.score for each in found])
        spread = 100 * float(score.std(axis=0, ddof=1).mean()) if repeats > 1 else np.nan
        made = pd.DataFrame([figures(each, true, no_change) for each in found]).mean()
        rows.append({"kind": kind, "scenario": data.name, "seed": seed, **made, "spread": spread})
    return pd.DataFrame(rows)


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a kind and one of all: geometric means of ratio and Winkler score, plain means of the rest."""
    groups = [*frame.groupby("kind", sort=False), ("all", frame)]
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "n": len(part),
                "ratio": _geometric(part["ratio"]),
                "MAE": part["MAE"].mean(),
                "winkler": _geometric(part["winkler"]),
                "covered": np.average(part["covered"], weights=part["n_chunks"]),
                "covered_unflagged": part["covered_unflagged"].mean(),
                "width": part["width"].mean(),
                "flagged": part["flagged"].mean(),
                "spread": part["spread"].mean(),
                "seconds": part["seconds"].sum(),
            }
            for kind, part in groups
        ]
    )


def compared(now: pd.DataFrame, before: pd.DataFrame) -> str:
    """Change of each figure, scenario by scenario: the mean of the log ratio with its standard error, in per cent."""
    both = now.merge(before, on=["kind", "scenario", "seed"], suffixes=("", "_before"))
    lines = [f"{len(both)} scenarios in both"]
    for name in ("MAE", "winkler", "width", "spread", "seconds"):
        change = 100 * np.log(both[name] / both[f"{name}_before"])
        parts = [f"{kind} {part.mean():+.1f}" for kind, part in change.groupby(both["kind"], sort=False)]
        lines.append(f"{name}: {change.mean():+.1f} % ± {change.sem():.1f} ({', '.join(parts)})")
    return "\n".join(lines)


def _geometric(values: pd.Series[float]) -> float:
    return float(np.exp(np.log(values).mean()))


def main() -> None:
    """Print the figures of each kind of scenario, and what changed against an earlier run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--only", default=",".join([*KINDS, "world"]))
    parser.add_argument("--csv")
    parser.add_argument("--against")
    given = parser.parse_args()
    frame = table(given.only.split(","), given.seeds, given.repeats)
    if given.csv:
        frame.to_csv(given.csv, index=False)
    print(summary(frame).round(3).to_string(index=False))
    if given.against:
        print(compared(frame, pd.read_csv(given.against)))


if __name__ == "__main__":
    main()
