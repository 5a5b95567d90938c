"""What an append costs as the history grows: 300 batches of 1,000 rows onto 500,000, and one onto each size.

Run ``python benchmarks/bench_append.py [rows] [appends]``. Figures are CPU seconds of one process and bytes a row, as
ratios: the last tenth of the appends to the first, and one append at two million rows to one at twenty thousand.
"""

from __future__ import annotations

import gc
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from prodmon_widgets.engine.monitor import Monitor

BATCH, SIZES = 1_000, (20_000, 200_000, 2_000_000)


def rows(n: int, start: pd.Timestamp, days: float, seed: int) -> pd.DataFrame:
    """Rows with an id, a time, two categories, two numbers and a prediction."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "id": [f"{seed}-{i}" for i in range(n)],
            "timestamp": (start + pd.to_timedelta(np.sort(rng.random(n)) * days, unit="D")).floor("s"),
            "city": rng.choice(list("ABCDEFGH"), n),
            "plan": rng.choice(["basic", "pro"], n),
            "x": rng.random(n),
            "y": rng.normal(size=n),
            "prediction": rng.choice(["a", "b"], n),
        }
    )


def evaluation(n: int = 2_000) -> pd.DataFrame:
    """The same with labels."""
    made = rows(n, pd.Timestamp("2024-01-01"), 30, 0)
    good = np.random.default_rng(1).random(n) < 0.6 + 0.35 * made["x"]
    return made.assign(label=np.where(good, made["prediction"], "z"))


def monitor(n: int) -> Monitor:
    """A monitor of ``n`` production rows over sixty days, with a fast annotator."""
    production = rows(n, pd.Timestamp("2024-02-01"), 60, 1)
    return Monitor(evaluation(), production, text=False, progress=False, annotator=LogisticRegression())


def appended(made: Monitor, k: int) -> float:
    """CPU seconds of the k-th batch, a day later each."""
    batch = rows(BATCH, pd.Timestamp("2024-04-01") + pd.Timedelta(days=k), 1, 2 + k)
    begun = time.process_time()
    made.append(batch)
    return time.process_time() - begun


def resident() -> int:
    """Bytes of memory in use."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def many(n_rows: int, n_appends: int) -> None:
    """Print how the cost and the memory of appends grow."""
    made, tenth = monitor(n_rows), max(n_appends // 10, 1)
    appended(made, 0)
    before = resident()
    took = np.array([appended(made, 1 + k) for k in range(n_appends)])
    first, last = took[:tenth].sum(), took[-tenth:].sum()
    print(f"{n_appends} appends of {BATCH:,} rows onto {n_rows:,}: {took.sum():.1f} CPU s")
    print(f"  first {tenth}: {first:.2f}, last {tenth}: {last:.2f}, ratio {last / first:.2f} (at most 1.5)")
    print(f"  memory: {(resident() - before) / (n_appends * BATCH):.0f} bytes a row (at most 400)")


def sizes() -> None:
    """Print what one append costs at several sizes, the least of three."""
    took = {}
    for n in SIZES:
        made = monitor(n)
        took[n] = min(appended(made, k) for k in range(3))
        print(f"one append onto {n:,}: {took[n]:.3f} CPU s")
    print(f"  ratio of the largest to the smallest: {took[SIZES[-1]] / took[SIZES[0]]:.2f} (at most 3)")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sizes()
    many(*(int(each) for each in (sys.argv[1:] or (500_000, 300))))
