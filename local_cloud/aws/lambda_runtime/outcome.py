"""What an invocation came to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """`kind` is ok, function_error, runtime_error, throttled, too_large or missing; `tail` the end of its log."""

    kind: str
    body: bytes = b""
    tail: bytes = b""
