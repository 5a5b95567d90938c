"""Pages of Evidently, NannyML and Responsible AI widgets beside ours, on the film story, made and looked at anew.

Each page is made in its peer's environment (scripts/peer_pages.sh), opened in a browser without a network, and its
screenshot, its size, its time and what it asked of the network are written to benchmarks/output/pages.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from playwright.sync_api import Browser, Request

import prodmon_widgets as pm
from tests.browser.jupyter import chromium

ROWS = 20_000
FOLDER = Path(__file__).parent / "output" / "pages"
PEERS = ("evidently", "nannyml", "raiwidgets")
SILENT = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1", "OMP_NUM_THREADS": "1"}
LEFT_OUT = ["user_interaction_id", "finished_at", "label", "annotation_reason"]


def single_label(frame: pd.DataFrame) -> pd.DataFrame:
    """The first class only, which is all that the peers can read, beside the number of classes."""
    first = frame.assign(n_predictions=frame["prediction"].str.len(), prediction=frame["prediction"].str[0])
    return first.drop(columns=[name for name in LEFT_OUT if name in frame])


def main(rows: int = ROWS, *only: str) -> None:
    """Make all pages, or ours and those of some peers, and print their table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    sides = pm.datasets.movies(n=rows)
    paths = [FOLDER / "evaluation.csv", FOLDER / "production.csv"]
    for frame, path in zip(sides, paths, strict=True):
        single_label(frame).to_csv(path, index=False)
    print(f"{'page':<14} {'MB':>6} {'CPU s':>6} {'DOM nodes':>10} {'height px':>10}  asked of the network")
    with chromium() as browser:
        start = time.process_time()
        monitor = pm.Monitor(*sides, text=False, progress=False).wait()
        dashboard = pm.Dashboard(monitor)
        dashboard.selection.window = ("2023-07-22", "2023-08-01")
        page = Path(dashboard.to_html(FOLDER / "ours.html"))
        report("ours", page, browser, {"seconds": time.process_time() - start, "address": page.as_uri()})
        for peer in only or PEERS:
            with made_by(peer, paths) as (page, facts):
                if facts:
                    report(peer, page, browser, facts)


@contextmanager
def made_by(peer: str, paths: list[Path]) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """A peer's page and what it says of it; its process lives as long as the page is looked at."""
    page = FOLDER / f"{peer}.html"
    python = Path(".venv-peers") / peer / "bin" / "python"
    if not python.exists():
        print(f"{peer:<14} not installed: sh scripts/peer_pages.sh")
        yield page, {}
        return
    script = Path(__file__).parent / "peers" / f"{peer}_page.py"
    command = [str(python), "-W", "ignore", str(script), *map(str, paths), str(page)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **SILENT},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    told = next((line for line in process.stdout if line.startswith("{")), "{}")
    facts = json.loads(told)
    if not facts:
        print(f"{peer:<14} failed: {' '.join(command)}")
    address = str(facts.get("address", ""))
    yield page, facts | {"address": address if address.startswith("http") else page.as_uri()} if facts else {}
    process.stdin.close()
    process.wait()


def report(name: str, page: Path, browser: Browser, facts: Mapping[str, object]) -> None:
    """One line of the table, and two screenshots: what a reader sees first, and the whole page."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    shown = context.new_page()
    elsewhere: set[str] = set()
    shown.on("request", lambda asked: elsewhere.update(host_of(asked)))
    shown.goto(str(facts["address"]), wait_until="load")
    shown.wait_for_function("() => document.body.innerText.trim().length > 200", timeout=60_000)
    shown.wait_for_timeout(4000)
    shown.screenshot(path=FOLDER / f"{name}.png")
    shown.screenshot(path=FOLDER / f"{name}-whole.png", full_page=True)
    nodes, height = shown.evaluate("() => [document.querySelectorAll('*').length, document.body.scrollHeight]")
    size = page.stat().st_size / 1e6
    asked = ", ".join(sorted(elsewhere)) or "nothing"
    print(f"{name:<14} {size:>6.1f} {facts['seconds']:>6.1f} {nodes:>10,} {height:>10,}  {asked}", flush=True)
    context.close()


def host_of(request: Request) -> set[str]:
    """The host that a request names, none for the page itself and what it made."""
    scheme, _, rest = request.url.partition("://")
    return {rest.split("/")[0]} if scheme in ("http", "https", "ws", "wss") else set()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
