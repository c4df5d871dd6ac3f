"""One line per request: who, client, tool, outcome, milliseconds; never a token, never arguments."""

import logging
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger("lambda_server.audit")
logger.setLevel(logging.INFO)  # whatever LOG_LEVEL says

KEY = "lambda_server.call"
LONGEST_NAME = 128


@dataclass
class Call:
    """What became known about a request while it was served."""

    subject: str | None = None
    client_id: str | None = None
    method: str | None = None
    name: str | None = None  # of the tool or prompt, or the URI of the resource
    outcome: str = "unanswered"
    reason: str | None = None  # for which the token was not accepted
    missing: tuple[str, ...] = ()  # all scopes that it needs, where the token lacks one

    @classmethod
    def of(cls, scope: MutableMapping[str, Any]) -> "Call":
        """The record that travels with the ASGI scope."""
        call = scope.setdefault(KEY, cls())
        assert isinstance(call, cls)
        return call

    def write(self, status: int, milliseconds: float) -> None:
        """Write the line."""
        fields = {
            "subject": self.subject,
            "client_id": self.client_id,
            "method": self.method,
            "name": self.name,
            "outcome": self.outcome,
            "reason": self.reason,
            "status": status,
            "ms": round(milliseconds, 1),
        }
        logger.info("call", extra={"fields": {key: value for key, value in fields.items() if value is not None}})


def shorten(value: object) -> str | None:
    """A name as the caller sent it, at a length that a log line can bear."""
    return value[:LONGEST_NAME] if isinstance(value, str) else None
