"""Start the daemon as the leader of a session of its own, and wait until it says that everything answers."""

import json
import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local_cloud.environment import daemon_environment
from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.processes import MARK, command_of, stop_processes
from local_cloud.state import remove_state

START_SECONDS = 120
PATIENCE_SECONDS = 10
LARGEST_LOG = 5_000_000
READY_FD = 3


def launch(folder: LocalFolder, report: Callable[[str], None], seconds: float = START_SECONDS) -> None:
    """
    Start the daemon; when this returns, the state file is there.

    Raises:
        LocalCloudError: it could not start, with its own reason, or else the last lines of its log.
    """
    _turn_over(folder.log)
    begin = folder.log.stat().st_size if folder.log.exists() else 0
    reading, writing = os.pipe()
    try:
        _spawn(folder, writing)
        os.close(writing)
        _wait_ready(reading, folder, begin, report, seconds)
    except BaseException:
        # Also after Ctrl-C: nothing is left half-started.
        stop_processes(folder.root)
        remove_state(folder)
        raise
    finally:
        os.close(reading)


def _spawn(folder: LocalFolder, writing: int) -> int:
    command = [*command_of(folder.root, sys.executable), "--ready-fd", str(READY_FD)]
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        sys.executable,
        command,
        daemon_environment() | {MARK: str(folder.root)},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, writing, READY_FD),
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(folder.log), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def _wait_ready(reading: int, folder: LocalFolder, begin: int, report: Callable[[str], None], seconds: float) -> None:
    for message in _messages(reading, report, seconds):
        if "say" in message:
            report(message["say"])
        if "error" in message:
            raise LocalCloudError(message["error"], message["remedy"] or "mcp-okta local logs local-cloud")
        if "ready" in message:
            return
    raise LocalCloudError(
        f"the local cloud died while starting: {_last_lines(folder.log, begin)}",
        remedy="mcp-okta local logs local-cloud",
    )


def _messages(reading: int, report: Callable[[str], None], seconds: float) -> Iterator[dict[str, Any]]:
    """The daemon's messages, until it closes its end."""
    received, started = b"", time.monotonic()
    while True:
        waited = time.monotonic() - started
        if waited > seconds:
            raise LocalCloudError(
                f"the local cloud did not start within {seconds:.0f} seconds", remedy="mcp-okta local logs local-cloud"
            )
        if not select.select([reading], [], [], min(PATIENCE_SECONDS, seconds))[0]:
            report(f"still starting ({time.monotonic() - started:.0f} s)")
            continue
        chunk = os.read(reading, 65536)
        if not chunk:
            return
        *lines, received = (received + chunk).split(b"\n")
        yield from (json.loads(line) for line in lines)


def _last_lines(log: Path, begin: int, count: int = 5) -> str:
    """What the daemon wrote last in this start."""
    if not log.exists():
        return "it wrote no log"
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode(errors="replace").strip().splitlines()
    return " / ".join(line.strip() for line in lines[-count:]) or "it wrote nothing to its log"


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
