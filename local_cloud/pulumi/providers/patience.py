"""Waiting for another try, which the engine's Cancel ends."""

import random
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
        chance: a number from 0 to 1, so that calls that failed together do not come back together.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.time,
        wait: Callable[[float], bool] | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.now = now
        self._cancelled = threading.Event()
        self._wait = wait or self._cancelled.wait
        self._chance = chance

    @property
    def cancelled(self) -> bool:
        """Whether the engine wants to end."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """End every wait, also those that come."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most a minute; false when the engine has cancelled."""
        if self.cancelled:
            return False
        return not self._wait(max(0.0, min(seconds, LONGEST_WAIT_SECONDS)))

    def back_off(self, attempt: int) -> bool:
        """Wait after a failed attempt, between half of its time and all; false when the engine has cancelled."""
        return self.wait(backoff_seconds(attempt) * (1 + self._chance()) / 2)


def backoff_seconds(attempt: int) -> float:
    """The longest wait after the attempt with this number, which begins at 0: each is twice the one before."""
    return min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
