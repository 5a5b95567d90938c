"""From a move of the pointer to the last changed DOM node of all views, in a real browser.

``python -m benchmarks.bench_brush [rows ...]`` (100 thousand and 10 million without arguments): production with 40
properties in Parquet, a dashboard in one HTML file as the browser gets it, and a drag over the timeline without any
kernel. Counted from the capture-phase pointermove handler, over the moves that changed the window; exit status 1 where
p95 is above 16 ms.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from playwright.sync_api import Page
from sklearn.dummy import DummyClassifier

import prodmon_widgets as pm
from tests.browser.jupyter import chromium

LIMIT_MS = 16.0
DAY = 86_400_000
N_NUMERIC, N_CATEGORICAL, N_LEVELS = 28, 12, 16
CHUNK = 1_000_000
MOVES = 60
PASSES = 3
WATCH = """() => {
  const views = [...document.querySelectorAll("[data-view]")];
  const shown = () => views.map((view) => view.dataset.window).join();
  window.delays = [];
  let started = null, changed = null, before = "";
  new MutationObserver(() => { changed = performance.now(); })
    .observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  window.addEventListener("pointermove", () => {
    [started, changed, before] = [performance.now(), null, shown()];
    requestAnimationFrame(() => {
      if (started !== null && changed !== null && shown() !== before) window.delays.push(changed - started);
      started = null;
    });
  }, { capture: true });
  return views.length;
}"""


def rows(n: int, start: int, of: int) -> pa.Table:
    """Rows [start, start + n) of ``of``: 90 days, 28 numbers and 12 categories that all drift a little."""
    rng = np.random.default_rng(start)
    at = (start + np.arange(n)) / of
    levels = np.array([f"level {i}" for i in range(N_LEVELS)])
    numbers = {f"number_{i:02}": rng.normal(at * i / N_NUMERIC, 1, n).astype(np.float32) for i in range(N_NUMERIC)}
    texts = {f"category_{i:02}": levels[_skewed(rng, at, n)] for i in range(N_CATEGORICAL)}
    predicted = {"prediction": levels[_skewed(rng, at, n)]}
    return pa.table(
        {"timestamp": pa.array((at * 90 * DAY).astype(np.int64), pa.timestamp("ms")), **numbers, **texts} | predicted
    )


def _skewed(rng: np.random.Generator, at: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    return np.minimum(rng.geometric(0.25 - 0.1 * at, n) - 1, N_LEVELS - 1)


def write(folder: Path, n: int) -> tuple[pd.DataFrame, Path]:
    """The evaluation set, and the path of production."""
    evaluation = rows(20_000, 7, 20_007).to_pandas()
    good = evaluation["number_00"] > -1
    path = folder / f"production_{n}.parquet"
    with pq.ParquetWriter(path, rows(1, 0, 1).schema) as writer:
        for start in range(0, n, CHUNK):
            writer.write_table(rows(min(CHUNK, n - start), start, n))
    return evaluation.assign(annotation=np.where(good, "Good", "Bad")), path


def delays(page: Page, path: Path) -> NDArray[np.float64]:
    """Milliseconds from each move to the last change it made."""
    page.goto(path.as_uri())
    page.locator("[data-view=segments] [data-segment]").first.wait_for(timeout=60_000)
    page.evaluate(WATCH)
    box = page.locator(".prodmon-timeline .brushintsel .overlay").first.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.05, y)
    page.mouse.down()
    there = np.linspace(0.06, 0.95, MOVES)
    for part in np.concatenate([there, there[::-1]] * PASSES):
        page.mouse.move(box["x"] + box["width"] * part, y)
        # one move a frame, as a hand makes them: the browser merges what comes faster
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    return np.array(page.evaluate("window.delays"))


def measure(n: int, folder: Path) -> float:
    """Print one line of figures; p95 in milliseconds."""
    evaluation, path = write(folder, n)
    began = time.perf_counter()
    # the brush doesn't depend on how good the scores are, so they come from a model that is learned in no time
    monitor = pm.Monitor(evaluation, path, annotator=DummyClassifier(), text=False, progress=False)
    made = time.perf_counter() - began
    dashboard = pm.Dashboard(monitor)
    page_path = folder / f"{n}.html"
    dashboard.to_html(page_path)
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        found = delays(page, page_path)
    p50, p95 = np.percentile(found, [50, 95])
    size = len(dashboard.selection.cube.payload) / 1e6
    print(
        f"{n:>11,} rows  {len(monitor.compare()):>3} properties  monitor {made:6.1f} s  payload {size:4.2f} MB  "
        f"{len(found)} moves  p50 {p50:5.1f} ms  p95 {p95:5.1f} ms  (limit {LIMIT_MS:g})",
        flush=True,
    )
    path.unlink()
    return float(p95)


def main() -> int:
    """Every number of rows; 1 where one is too slow."""
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(int(n), Path(folder)) for n in sys.argv[1:] or ("100000", "10000000")]
    return int(max(found) > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
