"""`prodmon demo`, and so `make demo`, started for real: JupyterLab comes up on the story's notebook, which runs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.jupyter import PATIENCE_S, environment
from tests.browser.notebooks import view

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+/lab/\S+token=\w+")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The address that the running command prints."""
    command = [str(Path(sys.executable).parent / "prodmon"), "demo", "--no-browser", "--folder", str(tmp_path / "demo")]
    log = tmp_path / "demo.log"
    with log.open("w") as written:
        process = subprocess.Popen(command, env=environment(tmp_path), stdout=written, stderr=subprocess.STDOUT)
        try:
            yield printed(process, log)
        finally:
            # as Ctrl+C does; twice ends it without asking
            for _ in range(2):
                process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)


def printed(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(PATIENCE_S * 6):
        found = ADDRESS.search(log.read_text())
        if found:
            return found[0]
        try:
            process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"no address within {PATIENCE_S * 3} s:\n{log.read_text()}")


def test_the_demo_opens_jupyterlab_on_the_story_which_runs_to_its_dashboard(demo: str, browser: Browser) -> None:
    assert "01-film-story.ipynb" in demo
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.goto(demo)
    expect(page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab", has_text="01-film-story")).to_be_visible(timeout=60_000)
    page.locator("#jp-main-statusbar").get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    page.locator(".lm-MenuBar-item", has_text="Run").click()
    page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
    dashboard = view(page, "timeline").first
    dashboard.wait_for(timeout=180_000)
    expect(page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]')).to_have_count(0)
    expect(dashboard).to_have_attribute("data-window", re.compile(r"\d+,\d+"), timeout=60_000)
    context.close()
