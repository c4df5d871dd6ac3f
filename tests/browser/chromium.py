"""The Chromium of this machine, driven by Playwright, which downloads none of its own here."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = "no Chromium on this machine; on Debian and Ubuntu: apt-get install chromium fonts-dejavu-core"


def find_chromium() -> str:
    """Where Chromium is; without one the test is skipped, with the command that brings it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(MISSING)
    return found


@contextmanager
def start_chromium() -> Iterator[Browser]:
    """A browser without a window; its sandbox does not work for root."""
    executable = find_chromium()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        try:
            yield browser
        finally:
            browser.close()
