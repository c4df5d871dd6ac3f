"""
How an execution environment fails: what the caller gets, and what the log says.

Source: AWS Lambda, Troubleshoot invocation issues; execution environment, "Failures during the Init phase".
"""

import json
from signal import strsignal
from typing import Any


class RuntimeFailed(Exception):
    """
    The environment is lost.

    Args:
        kind: Lambda's errorType.
        lines: what the log says.
        body: what the caller gets.
        status: as in the REPORT line: timeout or error.
    """

    def __init__(self, kind: str, lines: list[str], body: bytes, status: str = "error") -> None:
        super().__init__(lines[0])
        self.kind = kind
        self.lines = lines
        self.body = body
        self.status = status

    @property
    def ending(self) -> tuple[str, str | None]:
        """The end of the REPORT or INIT_REPORT line: a timeout has no type there."""
        return self.status, None if self.status == "timeout" else self.kind


def timed_out(request_id: str, seconds: int) -> RuntimeFailed:
    """The function's timeout passed."""
    text = f"Task timed out after {seconds:.2f} seconds"
    body = _body("Sandbox.Timedout", f"RequestId: {request_id} Error: {text}")
    return RuntimeFailed("Sandbox.Timedout", [f"{request_id} {text}"], body, "timeout")


def exited(request_id: str, status: int) -> RuntimeFailed:
    """The process ended while a call was waiting; a negative status is a signal."""
    how = f"signal: {(strsignal(-status) or '').lower()}" if status < 0 else f"exit status {status}"
    why = f"Runtime exited with error: {how}" if status else "Runtime exited without providing a reason"
    text = f"RequestId: {request_id} Error: {why}"
    return RuntimeFailed("Runtime.ExitError", [text, "Runtime.ExitError"], _body("Runtime.ExitError", text))


def init_error(body: bytes) -> RuntimeFailed:
    """The runtime itself said why it cannot start; the caller gets its words."""
    try:
        error: Any = json.loads(body)
    except ValueError:
        error = None
    kind = str(error.get("errorType", "Runtime.Unknown")) if isinstance(error, dict) else "Runtime.Unknown"
    return RuntimeFailed(kind, [kind], body)


def not_runnable(kind: str, text: str) -> RuntimeFailed:
    """This machine has no way to start it."""
    return RuntimeFailed(kind, [f"{kind}: {text}"], _body(kind, text))


def _body(kind: str, text: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": text}).encode()
