"""A cube over Parquet beside one scan of the same columns: seconds, rows a second and peak memory, in one run.

"seconds" is bins, codes and counts; inferring the schema reads some thousand rows and is printed by itself.

``python benchmarks/bench_cube.py [rows ...]`` (1 and 10 million without arguments). Each figure comes from a process
of its own; "added" is its peak memory less what it had after the imports.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DAY = 86_400_000
N_NUMERIC, N_CATEGORICAL = 10, 5
GROUP = 122_880
LIMIT_RATIO, LIMIT_MB = 5.0, 700.0


def rows(n: int, seed: int, *, start: int = 0, of: int | None = None) -> pa.Table:
    """Rows [start, start + n) of ``of``: 180 days, numbers, categories, one class and a list of classes."""
    rng = np.random.default_rng(seed)
    at = (start + np.arange(n)) * (180 * DAY) // (of or n)
    classes = np.array([f"class {i}" for i in range(19)])
    levels = np.array([f"level {i}" for i in range(20)])
    lengths = rng.integers(1, 4, n)
    columns = {
        "timestamp": pa.array(at, pa.timestamp("ms")),
        **{f"x{i}": rng.normal(i, 1 + i, n) if i % 2 else rng.exponential(1 + i, n) for i in range(N_NUMERIC)},
        **{f"c{i}": levels[rng.integers(0, 20, n)] for i in range(N_CATEGORICAL)},
        "outcome": classes[np.minimum(rng.geometric(0.15, n) - 1, 18)],
        "prediction": pa.ListArray.from_arrays(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
            pa.array(classes[rng.integers(0, 19, lengths.sum())]),
        ),
    }
    return pa.table(columns)


def write(folder: Path, n: int) -> tuple[Path, Path]:
    """Evaluation and production as Parquet."""
    evaluation, production = folder / "evaluation.parquet", folder / f"production_{n}.parquet"
    if not evaluation.exists():
        pq.write_table(rows(20_000, 1).append_column("annotation", pa.array(["good", "bad"] * 10_000)), evaluation)
    with pq.ParquetWriter(production, rows(1, 0).schema) as writer:
        for start in range(0, n, 8 * GROUP):
            size = min(8 * GROUP, n - start)
            writer.write_table(rows(size, 2 + start, start=start, of=n), row_group_size=GROUP)
    return evaluation, production


def scan(evaluation: Path, production: Path) -> dict[str, float]:
    """The limit: every column of every row read once, nothing kept."""
    import duckdb

    with measured() as got:
        reader = duckdb.read_parquet(str(production)).to_arrow_reader(200_000)
        for batch in reader:
            assert batch.num_rows
    return got


def cube(evaluation: Path, production: Path) -> dict[str, float]:
    """From two paths to a scored cube: bins, codes, cube; the scores themselves are made up."""
    from prodmon_widgets.engine.cube.bins import bins_of, time_bins_of
    from prodmon_widgets.engine.cube.cube import Cube
    from prodmon_widgets.engine.cube.encode import encode
    from prodmon_widgets.engine.table.table import prepare

    with measured() as got:
        with part(got, "schema"):
            _, known, new = prepare(str(evaluation), str(production))
        with part(got, "bins"):
            bins = bins_of(known, new)
            time_bins = time_bins_of(new, list(bins.values()))
        with part(got, "encode"):
            codes = encode(new, time_bins, bins)
        rng = np.random.default_rng(0)
        codes.score = rng.integers(0, 1 << 20, codes.n_rows, dtype=np.int32)
        codes.state = rng.integers(0, 3, codes.n_rows, dtype=np.uint8)
        codes.supported = rng.integers(0, 2, codes.n_rows, dtype=np.bool_)
        with part(got, "count"):
            built = Cube.build(codes)
    # the schema is inferred from some thousand rows whatever the size: it is no part of the pass over all of them
    got["seconds"] -= got["schema s"]
    after(got, codes, built, Cube)
    return got


def after(got: dict[str, float], codes: object, built: object, cube_type: type) -> None:
    """What an interaction costs: a window, a comparison, a segment's cube; and what travels."""
    from prodmon_widgets.engine.cube.wire import to_wire
    from prodmon_widgets.engine.drift.comparison import compare

    count = built.time.count
    evaluation = built.window(0, count // 10)
    built.window()
    got["window ms"] = 1000 * per_call(lambda: built.window(count // 3, count // 2), 200)
    window = built.window(count // 3, count // 2)
    got["compare ms"] = 1000 * per_call(lambda: compare(built.axes, window, evaluation, evaluation, evaluation), 50)
    mask = codes.has("outcome", codes.bins["outcome"].code_of["class 9"])
    got["segment rows"] = float(mask.sum())
    got["segment ms"] = 1000 * per_call(lambda: cube_type.build(codes, mask), 3)
    _, payload = to_wire(built, built)
    got["payload MB"] = len(payload) / 1e6


def per_call(call: Callable[[], object], times: int) -> float:
    """Seconds that one call takes, the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        for _ in range(times):
            call()
        best = min(best, (time.perf_counter() - started) / times)
    return best


@contextmanager
def part(got: dict[str, float], name: str) -> Iterator[None]:
    """Time a step."""
    started = time.perf_counter()
    yield
    got[f"{name} s"] = time.perf_counter() - started


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Time a block and the memory that it adds to this process at its peak."""
    before = resident()
    got: dict[str, float] = {}
    started = time.perf_counter()
    yield got
    got["seconds"] = time.perf_counter() - started
    got["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    got["added MB"] = got["peak MB"] - before


def resident() -> float:
    """MB that this process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def apart(task: str, evaluation: Path, production: Path) -> dict[str, float]:
    """Run a task in a process of its own."""
    command = [sys.executable, __file__, "--task", task, "--files", str(evaluation), str(production)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def best(task: str, files: tuple[Path, Path]) -> dict[str, float]:
    """The faster of two runs: other work on the machine only ever adds."""
    return min((apart(task, *files) for _ in range(2)), key=lambda got: got["seconds"])


def report(sizes: list[int]) -> None:
    """Print the table, and say which limits hold."""
    table = []
    with tempfile.TemporaryDirectory(prefix="prodmon-bench-") as name:
        for n in sizes:
            files = write(Path(name), n)
            limit, got = best("scan", files), best("cube", files)
            row = {"rows": n, "scan s": limit["seconds"], **got, "rows/s": n / got["seconds"]}
            table.append(row | {"ratio": got["seconds"] / limit["seconds"]})
    print(pd.DataFrame(table).round(2).T.to_string(header=False))
    for row in table:
        print(
            f"{row['rows']:,} rows: {row['ratio']:.1f} × one scan (at most {LIMIT_RATIO:g}), "
            f"{row['added MB']:.0f} MB added (at most {LIMIT_MB:g})"
        )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[1_000_000, 10_000_000])
    parser.add_argument("--task", choices=["scan", "cube"], help=argparse.SUPPRESS)
    parser.add_argument("--files", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        print(json.dumps({"scan": scan, "cube": cube}[given.task](*given.files)))
    else:
        report(given.rows)


if __name__ == "__main__":
    main()
