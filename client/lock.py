"""One holder at a time, across processes: a lock on a file, waited for without blocking the event loop."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

from client.errors import StoreBusy, StoreUnusable

if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@asynccontextmanager
async def locked(path: Path, wait_seconds: float = 60, poll_seconds: float = 0.02) -> AsyncIterator[None]:
    """
    Hold the lock that the file stands for; closing the file gives it back, also when the process dies.

    Raises:
        StoreBusy: somebody else held it for all of `wait_seconds`.
        StoreUnusable: the file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnusable(
            f"{path} cannot be opened: {error.strerror}", "give yourself write access to that folder"
        ) from error
    try:
        await _wait_for_lock(descriptor, path, wait_seconds, poll_seconds)
        yield
    finally:
        os.close(descriptor)


async def _wait_for_lock(descriptor: int, path: Path, wait_seconds: float, poll_seconds: float) -> None:
    deadline = anyio.current_time() + wait_seconds
    while not _try_lock(descriptor):
        if anyio.current_time() >= deadline:
            raise StoreBusy(
                f"another mcp-okta has held {path} for {wait_seconds:.0f} seconds", "end that process, then try again"
            )
        await anyio.sleep(poll_seconds)
