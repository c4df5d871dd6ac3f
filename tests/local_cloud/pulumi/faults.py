"""Faults between a plugin and its cloud: which request goes wrong, and how."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

Answer = TypeVar("Answer")
FOR_EVER = 10_000


class Kind(Enum):
    """What happens to a request."""

    REFUSED = "refused with 400"
    CONFLICT = "409 once"
    LIMITED = "429 with a reset, once"
    FAILED = "500 once"
    FAILED_AFTER = "handled, and then 500"
    FAILS = "500 for ever"
    DROPPED = "dropped before it was handled"
    LOST = "dropped after it was handled"
    SILENT = "a timeout, not handled"
    SLOW = "a timeout, handled"


HANDLED = (Kind.FAILED_AFTER, Kind.LOST, Kind.SLOW)
STATUS = {
    Kind.REFUSED: 400,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.FAILED: 500,
    Kind.FAILED_AFTER: 500,
    Kind.FAILS: 500,
}


@dataclass
class Faults:
    """
    The seam. Without a kind it only counts.

    Args:
        refuse: an answer with the status.
        drop: the error of a connection that ended.
        time_out: the error of an answer that did not come in time.
    """

    refuse: Callable[[int, Any], Any]
    drop: Callable[[], Exception]
    time_out: Callable[[], Exception]
    kind: Kind | None = None
    at: int = 0
    asked: list[str] = field(default_factory=list)

    def arm(self, kind: Kind | None, at: int = 0) -> None:
        """From now on the request with this number goes wrong."""
        self.kind, self.at, self.asked = kind, at, []

    def pass_through(self, label: str, request: Any, send: Callable[[], Answer]) -> Answer:
        """Answer one request, or not."""
        number = len(self.asked)
        self.asked.append(label)
        last = FOR_EVER if self.kind is Kind.FAILS else self.at
        if self.kind is None or not self.at <= number <= last:
            return send()
        if self.kind in HANDLED:
            send()
        if self.kind in STATUS:
            return self.refuse(STATUS[self.kind], request)  # type: ignore[no-any-return]
        raise self.time_out() if self.kind in (Kind.SILENT, Kind.SLOW) else self.drop()
