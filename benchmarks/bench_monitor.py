"""From two frames in memory to a displayed dashboard: seconds of each step, memory, and what a window costs then.

``python -m benchmarks.bench_monitor [production rows]`` (a million without arguments), on the film story with its
evaluation set of 20 thousand at that size. The limits are those of the project, side by side with what was measured.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import prodmon_widgets as pm

LATE_JULY = ("2023-07-22", "2023-08-01")
MOST_SECONDS, MOST_MS, MOST_PAYLOAD_MB = 10.0, 1.0, 4.0
REPEATS = 200


def megabytes() -> float:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def displayed(frames: tuple[object, object], *, text: bool) -> tuple[pm.Monitor, dict[str, float]]:
    """Seconds until the dashboard's display bundle is there, and until every estimate is."""
    before, start, cpu = megabytes(), time.perf_counter(), time.process_time()
    monitor = pm.Monitor(*frames, text=text, progress=False)
    dashboard = pm.Dashboard(monitor)
    json.dumps(dashboard._repr_mimebundle_()[0])
    shown = time.perf_counter() - start
    monitor.wait()
    scored = time.perf_counter() - start
    dashboard.close()
    figures = {"shown s": shown, "scored s": scored, "CPU s": time.process_time() - cpu, "MB": megabytes() - before}
    return monitor, figures


def milliseconds(call: Callable[[], object]) -> float:
    """Mean wall time of a call, warm."""
    call()
    start = time.perf_counter()
    for _ in range(REPEATS):
        call()
    return (time.perf_counter() - start) / REPEATS * 1000


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    frames = pm.datasets.movies(n=parser.parse_args().rows)
    print(
        f"{len(frames[0]):,} evaluation and {len(frames[1]):,} production rows, {frames[1].shape[1]} columns, in memory"
    )
    monitor, bare = displayed(frames, text=False)
    print(f"without text: {_line(bare)} (limit {MOST_SECONDS:.0f} s to a displayed dashboard)")
    payload = len(monitor.cube_wire()[1]) / 1e6
    print(f"travels to the browser: {payload:.2f} MB (limit {MOST_PAYLOAD_MB:.0f})")
    print(f"compare a window: {milliseconds(lambda: monitor.compare(LATE_JULY)):.2f} ms (limit {MOST_MS:.0f})")
    print(f"score a window: {milliseconds(lambda: monitor.score(LATE_JULY)):.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        saving = seconds(lambda: monitor.save(folder))
        loading = seconds(lambda: pm.Monitor.load(folder))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
    print(f"save {saving:.1f} s, load {loading:.1f} s, {size:.0f} MB on disk")
    _, read = displayed(frames, text=True)
    print(f"with text: {_line(read)}")
    sys.stdout.flush()


def _line(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.1f}" for name, value in figures.items())


if __name__ == "__main__":
    main()
