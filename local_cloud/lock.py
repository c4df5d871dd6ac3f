"""One `local up` or `local down` at a time. Source: flock(2); the kernel lets go of it when its holder dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator

from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder


@contextlib.contextmanager
def locked(folder: LocalFolder, report: Callable[[str], None], seconds: float = 150) -> Iterator[None]:
    """
    Hold the lock of this local cloud.

    Raises:
        LocalCloudError: another process has held it for too long.
    """
    descriptor = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try(descriptor):
            report("another mcp-okta is starting or stopping the local cloud; waiting for it")
            _wait(descriptor, folder, seconds)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, folder: LocalFolder, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not _try(descriptor):
        if time.monotonic() > deadline:
            raise LocalCloudError(
                f"another mcp-okta has held {folder.path / 'lock'} for {seconds:.0f} seconds",
                remedy="end that one, then run the same command again",
            )
        time.sleep(0.05)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
