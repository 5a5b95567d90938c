"""What browser tests share: one browser, and a server a module with that module's notebook, opened and run.

A module says with ``CELL`` what its notebook runs (the film story without it), with ``SETTINGS`` what JupyterLab is
set to, and with ``CONTEXT`` how the browser looks at it beyond the usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.jupyter import Server, chromium, serve
from tests.browser.notebooks import STORY, run_first, write

Open = Callable[[str], Page]
NOTEBOOK = "story.ipynb"
CONTEXT = {"viewport": {"width": 1500, "height": 1100}}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one of all tests: playwright's synchronous interface may run only once in a thread."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the module's server serves."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="module")
def server(folder: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Server]:
    """JupyterLab over a folder with the module's notebook."""
    write(folder / NOTEBOOK, getattr(request.module, "CELL", STORY))
    settings = getattr(request.module, "SETTINGS", None)
    with serve(folder, tmp_path_factory.mktemp("jupyter"), settings) as running:
        yield running


@pytest.fixture(scope="module")
def shown(server: Server, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The module's notebook with its views, which all tests of the module look at."""
    context = browser.new_context(**{**CONTEXT, **getattr(request.module, "CONTEXT", {})})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    page = context.new_page()
    page.goto(server.lab(NOTEBOOK))
    run_first(page)
    yield page
    context.close()


@pytest.fixture
def open_at(browser: Browser) -> Iterator[Open]:
    """Opens addresses as pages of one window of the browser."""
    context = browser.new_context(**CONTEXT)

    def opened(address: str) -> Page:
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    context.close()
