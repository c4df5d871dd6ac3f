"""Ways to show the sign-in page to a person."""

import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping

import anyio

Browser = Callable[[str], Awaitable[None]]

STDERR = 2  # the descriptor: sys.stderr may be a stand-in without one
_OPEN = "import sys, webbrowser; webbrowser.open(sys.argv[1])"


async def open_browser(url: str) -> None:
    """Open the URL in the person's browser (`$BROWSER` is honoured), and say it, for where nothing opens."""
    _say("Opening the browser to sign in. If nothing opens, use this address in a browser on this machine:", url)
    browser = _start(url)
    while browser.poll() is None:  # noqa: ASYNC110 - a waiting thread would keep us from ending before the browser
        await anyio.sleep(0.05)


async def print_url(url: str) -> None:
    """Ask the person to open the URL."""
    _say("Open this address in a browser on this machine to sign in:", url)


def _say(text: str, url: str) -> None:
    """The URL stands on a line of its own, away from stdout."""
    print(f"{text}\n{url}", file=sys.stderr, flush=True)


def _start(url: str) -> subprocess.Popen[bytes]:
    """In a process of its own: what a browser prints must not reach stdout, and it may outlive us."""
    return subprocess.Popen(
        [sys.executable, "-c", _OPEN, url], stdin=subprocess.DEVNULL, stdout=STDERR, start_new_session=True
    )


def default_browser(environ: Mapping[str, str], attended: bool) -> Browser | None:
    """The browser if somebody could see it: `$BROWSER` is set, or a terminal is attached."""
    return open_browser if environ.get("BROWSER") or attended else None


def attended() -> bool:
    """Whether a person is at a terminal of this process."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
