"""The audit lines of the deployed function, as its log on this machine has them."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cli.demo.errors import DemoError

LOGGER = '"lambda_server.audit"'
PATIENCE_SECONDS = 10.0  # the function's output comes on a pipe of its own, after its answer
LOOK_SECONDS = 0.05

Line = dict[str, Any]


def last_line(log: Path, matches: Callable[[Line], bool]) -> Line:
    """
    The last audit line that matches, waited for.

    Raises:
        DemoError: there is none.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [line for line in read_lines(log) if matches(line)]
        if found:
            return found[-1]
        if time.monotonic() > until:
            raise DemoError(f"{log.name} holds no audit line of the call")
        time.sleep(LOOK_SECONDS)


def read_lines(log: Path) -> Iterator[Line]:
    """Every audit line of the log; one that is still being written is left for later."""
    for text in log.read_text(errors="replace").splitlines() if log.exists() else ():
        if LOGGER in text and text.endswith("}"):
            yield json.loads(text[text.index("{") :])
