"""Ways to show the sign-in page to a person."""

import functools
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import anyio

from client.handover import base_folder, hand_over, take_back

Afterwards = Callable[[], None]
Browser = Callable[[str], Awaitable[Afterwards | None]]  # what it returns is for when the sign-in is over

STDERR = 2  # the descriptor: sys.stderr may be a stand-in without one
_OPEN = "import sys, webbrowser; webbrowser.open(sys.argv[1])"


async def open_browser(url: str) -> Afterwards | None:
    """
    Open the URL in the person's browser (`$BROWSER` is honoured), and say it, for where nothing opens.

    The browser gets it from a file that only this person can read; what comes back removes the file.
    """
    _say("Opening the browser. If no sign-in page opens, use this address in a browser on this machine:", url)
    try:
        page = hand_over(url, base_folder(os.environ, Path.home()))
    except (OSError, RuntimeError):  # no home, or not ours to write: the address is said, and on no command line
        return None
    try:
        await _run(page.as_uri())
    except BaseException:
        take_back(page)
        raise
    return functools.partial(take_back, page)


async def print_url(url: str) -> None:
    """Ask the person to open the URL."""
    _say("Open this address in a browser on this machine to sign in:", url)


def _say(text: str, url: str) -> None:
    """The URL stands on a line of its own, away from stdout."""
    print(f"{text}\n{url}", file=sys.stderr, flush=True)


async def _run(address: str) -> None:
    """Start the browser, and wait for the command to end."""
    browser = _start(address)
    while browser.poll() is None:  # noqa: ASYNC110 - a waiting thread would keep us from ending before the browser
        await anyio.sleep(0.05)


def _start(address: str) -> subprocess.Popen[bytes]:
    """In a process of its own: what a browser prints must not reach stdout, and it may outlive us."""
    return subprocess.Popen(
        [sys.executable, "-c", _OPEN, address], stdin=subprocess.DEVNULL, stdout=STDERR, start_new_session=True
    )


def default_browser(environ: Mapping[str, str], attended: bool) -> Browser | None:
    """The browser if somebody could see it: `$BROWSER` is set, or a terminal is attached."""
    return open_browser if environ.get("BROWSER") or attended else None


def attended() -> bool:
    """Whether a person is at a terminal of this process."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
