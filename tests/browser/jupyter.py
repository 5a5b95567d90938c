"""A Jupyter server of its own for browser tests, and a Chromium to look at it."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nbformat import NotebookNode
from nbformat.sign import NotebookNotary
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PATIENCE_S = 60
NO_NEWS = {"@jupyterlab/apputils-extension/notification.jupyterlab-settings": '{"fetchNews": "false"}'}
"""Lab would ask whether it may fetch news, in a notice that covers what a test looks at."""


@dataclass(frozen=True)
class Server:
    """Where a running server answers."""

    url: str
    token: str
    home: Path

    def lab(self, document: str = "") -> str:
        """The address of JupyterLab in a workspace of its own, at a document where one is named."""
        tree = f"/tree/{quote(document)}" if document else ""
        return f"{self.url}/lab/workspaces/{secrets.token_hex(6)}{tree}?token={self.token}"

    def trust(self, notebook: NotebookNode) -> NotebookNode:
        """Sign a notebook as if its reader had run it, so that its outputs show in full."""
        NotebookNotary(data_dir=str(self.home / "data")).sign(notebook)
        return notebook


@contextmanager
def serve(root: Path, home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """JupyterLab over a folder, with empty settings and configuration: those of a user would leak into a test."""
    for name, text in {**NO_NEWS, **(settings or {})}.items():
        (home / "settings" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "settings" / name).write_text(text)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", secrets.token_hex(16), home)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += [f"--IdentityProvider.token={server.token}", f"--ServerApp.root_dir={root}"]
    command += [
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment(home), stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(server, process, home / "server.log")
            yield server
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and end it: a server that still waits for a kernel would keep the next tests waiting."""
    process.terminate()
    try:
        process.wait(timeout=PATIENCE_S / 4)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=PATIENCE_S)


def environment(home: Path) -> dict[str, str]:
    """Settings and data of its own below a folder, beside what the machine has."""
    own = {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "OMP_NUM_THREADS": "1",
    }
    return {**os.environ, **own}


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE_S * 2):
        with suppress(urllib.error.URLError, TimeoutError, ConnectionError):
            urllib.request.urlopen(f"{server.url}/api/status?token={server.token}", timeout=5).close()
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
            break
    raise AssertionError(f"no Jupyter server within {PATIENCE_S} s:\n{log.read_text()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Whatever Chrome or Chromium the machine has, headless."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert path is not None, f"the browser tests need one of {', '.join(NAMES)}; make browser says how to get it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()
