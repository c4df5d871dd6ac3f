"""
One line per request: who, client, tool, outcome, milliseconds; never a token, never arguments.

The gate writes it, so what is answered before the gate has none: the metadata, 404 and 405. They are in the access
log of the API.
"""

import logging
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from lambda_server.metrics import Measured, embed

logger = logging.getLogger("lambda_server.audit")
logger.setLevel(logging.INFO)  # whatever LOG_LEVEL says

KEY = "lambda_server.call"
LONGEST_NAME = 128
INTERNAL_ERROR = -32603  # JSON-RPC 2.0 §5.1

OK, TOOL_ERROR, FAILED = "ok", "tool_error", "failed"
WRONG_HOST, WRONG_ORIGIN, NO_TOKEN, INSUFFICIENT_SCOPE = "wrong_host", "wrong_origin", "no_token", "insufficient_scope"
UNANSWERED, TOO_LATE, NOTIFICATION, BAD_REQUEST = "unanswered", "too_late", "notification", "bad_request"
REFUSALS = frozenset({WRONG_HOST, WRONG_ORIGIN, NO_TOKEN, INSUFFICIENT_SCOPE})
ERRORS = frozenset({FAILED, TOO_LATE, f"error {INTERNAL_ERROR}"})
NOTES_UNAVAILABLE = "notes_unavailable"  # a reason for which a call failed, though it was answered


@dataclass
class Call:
    """What became known about a request while it was served."""

    uid: str | None = None
    subject: str | None = None
    client_id: str | None = None
    method: str | None = None
    name: str | None = None  # of the tool or prompt, or the URI or template of the resource
    tool: str | None = None  # a declared one, and no other
    scopes: tuple[str, ...] = ()  # of the token
    wanted: tuple[str, ...] = ()  # all scopes that it needs, where the token lacks one
    outcome: str = UNANSWERED
    reason: str | None = None  # for which the token was not accepted, or the call failed
    write: Callable[[int], None] = field(default=lambda status: None, repr=False)

    @classmethod
    def of(cls, scope: MutableMapping[str, Any]) -> "Call":
        """The record that travels with the ASGI scope."""
        call = scope.setdefault(KEY, cls())
        assert isinstance(call, cls)
        return call

    def close(self, status: int) -> None:
        """Write the line, once, with the status that the caller gets."""
        write, self.write = self.write, lambda status: None
        write(status)


_serving: ContextVar[Call | None] = ContextVar("serving", default=None)


@contextmanager
def serving(call: Call) -> Iterator[None]:
    """Let `blame` find the record of the request that is served meanwhile."""
    token = _serving.set(call)
    try:
        yield
    finally:
        _serving.reset(token)


def blame(reason: str) -> None:
    """Say why the call that is being served fails, where the answer's own words are for the caller."""
    call = _serving.get()
    if call is not None:
        call.reason = reason


class Audit:
    """
    Writes the lines of one process; the first one is the cold start's.

    Args:
        environment: what the metrics are counted by.
        now: seconds since 1970.
    """

    def __init__(self, environment: str, now: Callable[[], float] = time.time) -> None:
        self._environment = environment
        self._now = now
        self._cold = True

    def open(self, scope: MutableMapping[str, Any]) -> Call:
        """The record of a request that begins now."""
        call, started, cold = Call.of(scope), time.perf_counter(), self._cold
        self._cold = False

        def write(status: int) -> None:
            self._write(call, status, (time.perf_counter() - started) * 1000, cold)

        call.write = write
        return call

    def _write(self, call: Call, status: int, milliseconds: float, cold: bool) -> None:
        outcome = outcome_at(call, status)
        fields = {
            "uid": call.uid,
            "sub": call.subject,
            "client_id": call.client_id,
            "method": call.method,
            "name": call.name,
            "scopes": list(call.scopes) or None,
            "missing": [scope for scope in call.wanted if scope not in call.scopes] or None,
            "outcome": outcome,
            "reason": call.reason,
            "status": status,
            "ms": round(milliseconds, 1),
            "cold": cold,
        }
        refused = outcome in REFUSALS or (call.reason is not None and 400 <= status < 500)
        failed = outcome in ERRORS or status >= 500
        why = (call.reason or outcome) if refused or failed else None
        measured = Measured(call.tool, refused, failed, why, round(milliseconds, 1), cold)
        metrics = embed(measured, self._environment, self._now())
        given = {key: value for key, value in fields.items() if value is not None}
        logger.info("call", extra={"fields": given | metrics})


def outcome_at(call: Call, status: int) -> str:
    """What came of it, where no handler could say."""
    if call.outcome != UNANSWERED:
        return call.outcome
    if status == 202:
        return NOTIFICATION
    return BAD_REQUEST if 400 <= status < 500 else UNANSWERED


def outcome_of(result: object, name: str | None, reason: str | None = None) -> str:
    """
    What a handler's answer says; a tool that broke is told from one that explains what it cannot do.

    Args:
        reason: for which the call failed, whatever the tool's words are.

    Source: the SDK's UnexpectedToolError: its message is only this, while a ToolError's is the tool's own.
    """
    if not isinstance(result, dict) or not result.get("isError"):
        return OK
    if reason is not None:
        return FAILED
    texts = [content.get("text") for content in result.get("content", ())]
    return FAILED if texts == [f"Error executing tool {name}"] else TOOL_ERROR


def shorten(value: object) -> str | None:
    """A name as the caller sent it, at a length that a log line can bear."""
    return value[:LONGEST_NAME] if isinstance(value, str) else None
