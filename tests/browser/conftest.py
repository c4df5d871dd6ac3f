"""A real browser, an org that listens, and a window to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.authorization import Client, serve_client
from tests.browser.chromium import start_chromium
from tests.browser.window import Window
from tests.contract.clients.served_org import ServedOrg, serve_org


@pytest.fixture(scope="module")
def org() -> Iterator[ServedOrg]:
    """An org with everything that the product creates."""
    with serve_org() as served:
        served.run(served.deploy)
        yield served


@pytest.fixture(scope="module")
def client(org: ServedOrg) -> Iterator[Client]:
    """The org's app, with a callback that listens."""
    with serve_client(org) as listening:
        yield listening


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a file of tests, none of them asynchronous: the driver has an event loop of its own."""
    with start_chromium() as running:
        yield running


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[..., Window]]:
    """Open windows; at the end none may have complained on its console."""
    windows: list[Window] = []

    def open_one(**settings: Any) -> Window:
        windows.append(Window(browser.new_context(**settings)))
        return windows[-1]

    yield open_one
    for window in windows:
        window.context.close()
    assert [error for window in windows for error in window.errors] == []


@pytest.fixture
def window(open_window: Callable[..., Window]) -> Window:
    """An ordinary window."""
    return open_window()
