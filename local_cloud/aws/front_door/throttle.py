"""
Token-bucket throttling of a stage.

Source: API Gateway, Throttle requests to your HTTP APIs.
"""

import time
from collections.abc import Callable


class Throttle:
    """A bucket of `burst` requests that refills at `rate` requests a second."""

    def __init__(self, rate: float, burst: int, now: Callable[[], float] = time.monotonic) -> None:
        self.setting = (rate, burst)
        self._now = now
        self._tokens = float(burst)
        self._filled = now()

    def admits(self) -> bool:
        """Take a token if there is one."""
        rate, burst = self.setting
        moment = self._now()
        self._tokens = min(float(burst), self._tokens + (moment - self._filled) * rate)
        self._filled = moment
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
