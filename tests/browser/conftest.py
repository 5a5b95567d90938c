"""One browser for all browser tests: playwright's synchronous interface may run only once in a thread."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.jupyter import chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running
