"""
Rate limits: so many calls a minute for each kind of endpoint, refilled when the minute is over.

Nothing is refused until a test asks for it.

Source: https://developer.okta.com/docs/reference/rl-best-practices/; https://developer.okta.com/docs/reference/rl-global-mgmt/
"""

from dataclasses import dataclass

from local_cloud.okta.errors import OktaError

# A minute, less the second by which a `Date` header may lag behind: nobody is told to wait longer than a minute.
LIMIT, WINDOW_SECONDS = 600, 59


@dataclass
class Window:
    """
    One minute of one kind of endpoint.

    Args:
        resets_at: when it is over, in whole seconds since the epoch.
    """

    limit: int
    remaining: int
    resets_at: int


class RateLimits:
    """The windows of every kind of endpoint, and what a new one holds."""

    def __init__(self) -> None:
        self._windows: dict[str, Window] = {}
        self._enforced = False
        self._limit = self._first = LIMIT

    def enforce(self, limit: int, remaining: int) -> None:
        """Allow so many calls a minute from now on, and so many in the minute that begins with the next call."""
        self._windows.clear()
        self._enforced, self._limit, self._first = True, limit, remaining

    def lift(self) -> None:
        """Refuse nothing."""
        self._windows.clear()
        self._enforced, self._limit, self._first = False, LIMIT, LIMIT

    def window(self, kind: str, now: float) -> Window:
        """The present minute of a kind of endpoint."""
        present = self._windows.get(kind)
        # A clock that was moved back must not make anybody wait longer than a minute.
        if present is None or not now < present.resets_at <= now + WINDOW_SECONDS:
            remaining = self._first if present is None else self._limit
            present = Window(self._limit, remaining, int(now) + WINDOW_SECONDS)
            self._windows[kind] = present
        return present

    def take(self, kind: str, now: float) -> None:
        """
        Count a call.

        Raises:
            OktaError: E0000047, when none is left in this minute.
        """
        window = self.window(kind, now)
        if self._enforced and window.remaining <= 0:
            raise OktaError(429, "E0000047", "API call exceeded rate limit due to too many requests.")
        window.remaining = window.remaining - 1 if self._enforced else window.limit - 1


def kind_of(path: str) -> str:
    """The kind of endpoint that a path counts against: a collection, or everything below its objects."""
    parts = path.strip("/").split("/")
    return "/" + "/".join(parts[:3]) + ("/{id}" if len(parts) > 3 else "")
