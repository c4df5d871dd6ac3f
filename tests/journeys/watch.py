"""Looks over a checkout's shoulder while commands run: its processes, and the tokens that come and go in its files."""

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys.checkout import Checkout

EVERY_SECONDS = 0.05
PROC = Path("/proc")


def json_files(folder: Path) -> Iterator[Path]:
    """All JSON files below the folder; whatever goes away meanwhile is passed over."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names if name.endswith(".json"))


@dataclass
class Watch:
    """What was seen so far."""

    checkout: Checkout
    command_lines: set[str] = field(default_factory=set)
    variables: set[tuple[bool, str, str]] = field(default_factory=set)  # whether it is the function's, name, value
    tokens: set[str] = field(default_factory=set)
    looks: int = 0

    def look(self) -> None:
        """Take one sample."""
        self.looks += 1
        for process in PROC.iterdir():
            if process.name.isdigit():
                with contextlib.suppress(OSError):  # it has ended, or is somebody else's
                    self._note(process)
        for folder in (self.checkout.root / ".local/tokens", self.checkout.root / "tmp"):
            for path in json_files(folder):
                with contextlib.suppress(OSError, ValueError):  # it has gone, or is being written
                    self.tokens |= set(tokens_in(json.loads(path.read_text())))

    def _note(self, process: Path) -> None:
        """A process of the checkout: its command line, which everybody may read, and its environment."""
        pairs = [text.partition("=")[::2] for text in (process / "environ").read_text(errors="replace").split("\0")]
        if dict(pairs).get("HOME") != self.checkout.env["HOME"] and not self._runs_here(process):
            return
        self.command_lines.add((process / "cmdline").read_text(errors="replace").replace("\0", " "))
        own = any(name == "AWS_LAMBDA_FUNCTION_NAME" for name, _ in pairs)
        self.variables |= {(own, name, value) for name, value in pairs}

    def _runs_here(self, process: Path) -> bool:
        return (process / "cwd").resolve().is_relative_to(self.checkout.root)


def tokens_in(document: Any) -> Iterator[str]:
    """The tokens of a file of tokens."""
    for name in ("access_token", "refresh_token", "id_token"):
        if isinstance(document, dict) and isinstance(document.get(name), str):
            yield document[name]


@contextlib.contextmanager
def watching(checkout: Checkout) -> Iterator[Watch]:
    """Take a sample every moment until the block ends."""
    watch, ended = Watch(checkout), threading.Event()

    def run() -> None:
        while not ended.wait(EVERY_SECONDS):
            watch.look()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join(20)
