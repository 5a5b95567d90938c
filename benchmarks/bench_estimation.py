"""Estimated quality against the truth, beside CBPE in the same process: the table of the estimation recipe.

    python -m benchmarks.bench_estimation [--seeds 3] [--draws 200] [--only car_loan,noaa_rain] [--no-speed]

Nothing here is tuned on: production's outcomes are read only to print the figures.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import prodmon_widgets as pm
from benchmarks.estimation_peer import Estimates, cbpe
from benchmarks.estimation_sets import LOADERS, EstimationSet, Side
from prodmon_widgets.engine.annotator.annotator import Annotations
from prodmon_widgets.engine.labels.draws import choose, correct

Z = 1.959963984540054
ROWS_TO_ADAPT = 5000
N_LABELS = (30, 100)


@dataclass(frozen=True)
class Run:
    """What our annotator says of a set, chunk by chunk and sample by sample."""

    estimates: Estimates
    annotations: Annotations


def ours(data: EstimationSet, seed: int) -> Run:
    """Fit on the evaluation set, adapt to each chunk as a block of time, annotate everything."""
    start = time.process_time()
    annotator = pm.Annotator(random_state=seed)
    annotator.fit(data.evaluation.features, data.evaluation.good, confidence="confidence", prediction="prediction")
    chunk = data.production.chunk
    rows = _sample(chunk, seed)
    # rows of both sides are in order of time
    annotator.adapt(data.production.features.iloc[rows], chunk[rows], len(data.evaluation.good) + rows.astype(float))
    given = annotator.annotate(data.production.features, chunk)
    seconds = time.process_time() - start
    table = annotator.blocks_.sort_values("block")
    score, sampling = by_chunk(given.score, chunk), by_chunk(given.score * (1 - given.score), chunk)
    sd = np.sqrt(sampling / np.bincount(chunk)[np.unique(chunk)] + table["calibration"].to_numpy(np.float64) ** 2)
    low, high = np.clip(score - Z * sd, 0, 1), np.clip(score + Z * sd, 0, 1)
    supported = by_chunk(given.supported, chunk)
    worst = by_chunk(given.score * given.supported, chunk)
    bounded = 1 - supported - table["spoken"].to_numpy(np.float64) > 0.5
    low, high = np.where(bounded, worst, low), np.where(bounded, worst + 1 - supported, high)
    flagged = bounded | ~table["estimable"].to_numpy(bool)
    return Run(Estimates(score, low, high, flagged, seconds), given)


def _sample(chunk: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    order = np.random.default_rng(seed).permutation(len(chunk))
    first = pd.Series(chunk[order]).groupby(chunk[order]).cumcount().to_numpy() < ROWS_TO_ADAPT
    return np.sort(order[first])


def by_chunk(values: NDArray[np.generic], chunk: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean of the values of each chunk that occurs, in order."""
    present = np.unique(chunk)
    return (np.bincount(chunk, np.asarray(values, np.float64)) / np.maximum(np.bincount(chunk), 1))[present]


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(estimates: Estimates, true: NDArray[np.float64], no_change: float) -> dict[str, float]:
    """In percentage points: MAE, ratio to no-change, width, Winkler score; and shares covered and flagged."""
    error = np.abs(estimates.score - true)
    miss = np.maximum(0, np.maximum(estimates.low - true, true - estimates.high))
    width = estimates.high - estimates.low
    open_ = ~estimates.flagged
    return {
        "MAE": 100 * error.mean(),
        "ratio": error.mean() / np.abs(no_change - true).mean(),
        "covered": (miss == 0).mean(),
        "covered_unflagged": (miss[open_] == 0).mean() if open_.any() else np.nan,
        "width": 100 * width.mean(),
        "winkler": 100 * (width + 40 * miss).mean(),
        "flagged": estimates.flagged.mean(),
        "n_chunks": len(true),
        "seconds": estimates.seconds,
    }


def realised_error(
    given: Annotations, good: NDArray[np.float64], among: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """Share of wrong ones among given annotations (of the samples ``among``), and share of samples that have one."""
    said = (given.state != 2) & (np.ones(len(good), dtype=bool) if among is None else among)
    return float(((given.state == 0) != (good == 1))[said].mean()) if said.any() else np.nan, float(said.mean())


def labelled(run: Run, data: EstimationSet, n_labels: int, n_draws: int, seed: int) -> dict[str, float]:
    """Coverage and width of corrected chunks over seeded draws, and the width of the same labels alone."""
    rng = np.random.default_rng(seed)
    chunk, good = data.production.chunk, data.production.good
    of_chunk = [np.flatnonzero(chunk == c) for c in np.unique(chunk)]
    covered, width, alone = [], [], []
    for draw in range(n_draws):
        rows = of_chunk[rng.integers(len(of_chunk))]
        score = run.annotations.score[rows].astype(np.float64)
        at, probability = choose(score, run.annotations.supported[rows], n_labels, seed=draw)
        known = good[rows][at]
        made = correct(float(score.mean()), score[at], known, probability, len(rows))
        if made is None:
            continue
        middle, half = score.mean() + made.offset, Z * made.deviation
        low, high = max(0, middle - half), min(1, middle + half)
        covered.append(low <= good[rows].mean() <= high)
        width.append(high - low)
        uniform = good[rng.choice(rows, min(n_labels, len(rows)), replace=False)]
        alone.append(_wald(uniform, len(rows)))
    return {"covered": np.mean(covered), "width": np.median(width), "alone": np.median(alone)}


def _wald(labels: NDArray[np.float64], n_frame: int) -> float:
    """Width of the plain interval of labels alone, with the finite correction."""
    m = len(labels)
    return 2 * Z * float(np.sqrt(labels.var(ddof=1) / m * max(0.0, 1 - m / n_frame)))


# --- the table ------------------------------------------------------------------------------------------------------


def table(names: list[str], n_seeds: int, n_draws: int) -> pd.DataFrame:
    """One row a set, method and seed."""
    rows = []
    for name in names:
        data = LOADERS[name]()
        true, no_change = by_chunk(data.production.good, data.production.chunk), float(data.evaluation.good.mean())
        rows.append({"set": name, "method": "CBPE", "seed": 0, **figures(cbpe(data), true, no_change)})
        for seed in range(n_seeds):
            run = ours(data, seed)
            wrong, coverage = realised_error(run.annotations, data.production.good)
            stands = ~run.estimates.flagged[np.unique(data.production.chunk, return_inverse=True)[1]]
            wrong_open, _ = realised_error(run.annotations, data.production.good, stands)
            row = {"wrong": wrong, "wrong_unflagged": wrong_open, "coverage": coverage}
            row |= figures(run.estimates, true, no_change)
            for n in N_LABELS if seed == 0 else ():
                row |= {f"{k}_{n}": v for k, v in labelled(run, data, n, n_draws, seed).items()}
            rows.append({"set": name, "method": "ours", "seed": seed, **row})
        print(_read(pd.DataFrame(rows[-n_seeds - 1 :])), flush=True)
    return pd.DataFrame(rows)


def _read(frame: pd.DataFrame) -> str:
    return frame.round(3).to_string(index=False)


def summary(frame: pd.DataFrame) -> None:
    """Print each bar beside what was reached; ratios are geometric means over sets of the mean over seeds."""
    mine = frame[frame["method"] == "ours"]
    per_set = mine.groupby("set", sort=False).mean(numeric_only=True)
    peer = frame[frame["method"] == "CBPE"].set_index("set")
    chunks, open_ = per_set["n_chunks"], per_set["n_chunks"] * (1 - per_set["flagged"])
    pooled = (per_set["covered_unflagged"] * open_).sum() / open_.sum()
    print(f"geometric mean of MAE / no-change: ours {_geo(per_set['ratio']):.3f}, CBPE {_geo(peer['ratio']):.3f}")
    print(f"largest ratio: {per_set['ratio'].max():.3f} ({per_set['ratio'].idxmax()})")
    print(f"bands, chunks not flagged: pooled {pooled:.3f}, by set {per_set['covered_unflagged'].round(3).to_dict()}")
    winkler = pd.DataFrame({"ours": per_set["winkler"], "CBPE": peer["winkler"]})
    print(f"Winkler score, all chunks:\n{winkler.round(2).to_string()}")
    print(f"flagged: {(chunks * per_set['flagged']).sum() / chunks.sum():.3f} of all chunks")
    for n in N_LABELS:
        ratio = per_set[f"width_{n}"] / per_set[f"alone_{n}"]
        by_set = per_set[f"covered_{n}"].round(3).to_dict()
        print(f"{n} labels: covered {per_set[f'covered_{n}'].mean():.3f} {by_set}")
        print(f"   width / labels alone: {ratio.round(3).to_dict()}")
    print(f"wrong among given annotations: {per_set['wrong'].round(3).to_dict()}")
    print(f"   in chunks not flagged: {per_set['wrong_unflagged'].round(3).to_dict()}")


def _geo(ratio: pd.Series[float]) -> float:
    return float(np.exp(np.log(ratio).mean()))


def speed(sizes: tuple[int, ...] = (100_000, 1_000_000)) -> None:
    """CPU seconds of fit and estimate with as many evaluation as production rows, both methods, same rows."""
    data = LOADERS["car_loan"]()
    for n in sizes:
        grown = EstimationSet("grown", _grown(data.evaluation, n), _grown(data.production, n))
        peer = cbpe(grown, ("roc_auc", "f1", "accuracy")).seconds
        print(
            f"{n:>9,} rows: ours {ours(grown, 0).estimates.seconds:.1f} s, CBPE (three metrics) {peer:.1f} s",
            flush=True,
        )


def _grown(side: Side, n: int) -> Side:
    return side.taken(np.arange(n) % len(side.chunk), np.arange(n) * 10 // n)


def memory(n_rows: int = 10_000_000, batch: int = 200_000) -> None:
    """Peak memory of annotating that many rows in batches, after the first million and after all."""
    data = LOADERS["car_loan"]()
    annotator = pm.Annotator()
    annotator.fit(data.evaluation.features, data.evaluation.good, confidence="confidence", prediction="prediction")
    frame = data.production.features.iloc[np.arange(batch) % len(data.production.chunk)].reset_index(drop=True)
    start = time.process_time()
    for done in range(batch, n_rows + 1, batch):
        annotator.annotate(frame)
        if done in (1_000_000, n_rows):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{done:>10,} rows annotated: peak {peak:,.0f} MB, {time.process_time() - start:.0f} s", flush=True)


def main() -> None:
    """Print the table, the bars, and the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", default=",".join(LOADERS))
    parser.add_argument("--no-speed", action="store_true")
    given = parser.parse_args()
    summary(table(given.only.split(","), given.seeds, given.draws))
    if not given.no_speed:
        speed()
        memory()


if __name__ == "__main__":
    main()
