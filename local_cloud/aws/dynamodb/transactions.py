"""
A transaction is done once, however often the SDK sends it.

Source: DynamoDB API reference, TransactWriteItems: ClientRequestToken, which the SDK fills in.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.aws.account import moto_lock
from local_cloud.aws.replies import Reply, peek_body, refusal

_VALID_SECONDS = 600
_MISMATCH = "DynamoDB rejected the request because a request with the same token and another payload was made before."


@dataclass(frozen=True)
class _Done:
    payload: str
    reply: Reply
    until: float


class Transactions:
    """What was done of late, by its token; what failed is not remembered, and may be tried again."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._done: dict[str, _Done] = {}

    def reply(self, environ: dict[str, Any], act: Callable[[dict[str, Any]], Reply]) -> Reply:
        """Answer as before, or let `act` do it; two at once are done one after the other."""
        wanted = json.loads(peek_body(environ) or b"{}")
        token = wanted.pop("ClientRequestToken", None)
        if not isinstance(token, str):
            return act(environ)
        with moto_lock:
            return self._once(environ, token, _digest(wanted), act)

    def _once(self, environ: dict[str, Any], token: str, payload: str, act: Callable[..., Reply]) -> Reply:
        self._done = {name: done for name, done in self._done.items() if done.until > self._now()}
        done = self._done.get(token)
        if done is None:
            reply = act(environ)
            if reply.status == 200:
                self._done[token] = _Done(payload, reply, self._now() + _VALID_SECONDS)
            return reply
        return done.reply if done.payload == payload else _mismatch(environ)


def _mismatch(environ: dict[str, Any]) -> Reply:
    return refusal(environ, 400, "IdempotentParameterMismatchException", _MISMATCH)


def _digest(wanted: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
