"""Waiting for another try, which the engine's Cancel ends."""

import threading
import time
from collections.abc import Callable

FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 60.0


class Patience:
    """
    The clock and the waits of one plugin.

    Args:
        now: seconds since the epoch.
        wait: wait so many seconds; true when the wait was cut short.
    """

    def __init__(self, now: Callable[[], float] = time.time, wait: Callable[[float], bool] | None = None) -> None:
        self.now = now
        self._cancelled = threading.Event()
        self._wait = wait or self._cancelled.wait

    def cancel(self) -> None:
        """End every wait, also those that come."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most a minute; false when the engine has cancelled."""
        if self._cancelled.is_set():
            return False
        return not self._wait(max(0.0, min(seconds, LONGEST_WAIT_SECONDS)))


def backoff_seconds(attempt: int) -> float:
    """The wait after the attempt with this number, which begins at 0: each is twice the one before."""
    return min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
