"""The clock of the emulated clouds: real time plus an offset that a test may move."""

import time
from datetime import UTC, datetime


class Clock:
    """
    Tells the time to everything that is emulated.

    Args:
        offset_seconds: how far ahead of real time the emulated clouds live.

    Source: ours. Tokens and sessions expire without anybody waiting for them.
    """

    def __init__(self, offset_seconds: float = 0) -> None:
        self.offset_seconds = offset_seconds

    def now(self) -> float:
        """Seconds since the epoch, as the emulated clouds see them."""
        return time.time() + self.offset_seconds

    def timestamp(self) -> str:
        """The time as Okta writes it, for example 2026-03-01T09:00:00.000Z."""
        return iso(self.now())


def iso(seconds: float) -> str:
    """Write seconds since the epoch in Okta's form, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
