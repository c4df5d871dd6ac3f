"""`scripts/bench auth`: what checking a token costs, against the same handler that checks nothing, in one run."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mcp.server.auth.provider import AccessToken

from lambda_server.auth.okta import okta_client
from lambda_server.auth.verifier import Verifier, build_verifier
from lambda_server.gateway import Gateway
from lambda_server.server import build_app
from lambda_server.settings import Settings
from tests.bench.deployment import deployment, sign_in
from tests.bench.figures import Report, Timing, as_json, timing_table
from tests.bench.local import in_turn, log_to_nowhere, settings_in_process
from tests.bench.requests import Context, event, is_answered

LEAP_SECONDS = 1  # four cases a round: longer than an answer of Okta's is remembered


class Unchecked:
    """A verifier that takes every token for the same good one: the handler without authorization."""

    def __init__(self, token: str, settings: Settings) -> None:
        claims = {"iss": settings.issuer, "aud": settings.url, "uid": "00u", "sub": "reader@example.com"}
        self._access = AccessToken(
            token=token,
            client_id=settings.client_ids[0],
            scopes=["mcp:read"],
            expires_at=int(time.time()) + 3600,
            subject="reader@example.com",
            claims=claims,
        )

    async def verify(self, token: str) -> AccessToken:
        """The same answer, whatever the token."""
        return self._access


class Switch:
    """One handler for all cases: a verifier that is another one at each call."""

    def __init__(self) -> None:
        self.chosen: Verifier

    async def verify(self, token: str) -> AccessToken:
        """What the chosen one says."""
        return await self.chosen.verify(token)


class LeapingClock:
    """A clock that leaps at each call, further than an answer of Okta's is remembered."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.seconds


def run(calls: int, json_wanted: bool, say: Callable[[str], None]) -> Report:
    """Measure and report; the cases run in turn, so that the machine's moods meet all of them."""
    say("deploying an environment of its own ...")
    with deployment() as deployed:
        token = asyncio.run(sign_in(deployed.outputs, "reader@example.com", "mcp:read"))["access_token"]
        say(f"{calls} calls of each kind, in turn ...")
        timings = _measure(deployed.outputs, token, calls)
    return Report(as_json(timings) if json_wanted else "\n".join(timing_table(timings, timings[0])))


def _measure(outputs: Mapping[str, Any], token: str, calls: int) -> list[Timing]:
    log_to_nowhere()
    jwt, asking = settings_in_process(outputs), settings_in_process(outputs, TOKEN_CHECK="introspection")
    switch, leaping, still = Switch(), LeapingClock(), LeapingClock()
    okta = okta_client(jwt.issuer, None)
    verifiers: dict[str, Verifier] = {
        "no check": Unchecked(token, jwt),
        "jwt": build_verifier(jwt, okta, time.time),
        "introspection, remembered": build_verifier(asking, okta, still),
        "introspection, each time": build_verifier(asking, okta, leaping),
    }
    gateway, sent = Gateway(build_app(jwt, verifier=switch)), event(outputs["url"], token)

    def call(verifier: Verifier) -> None:
        switch.chosen = verifier
        leaping.seconds += LEAP_SECONDS
        answer = gateway(sent, Context())
        if not is_answered(answer["statusCode"], answer["body"]):
            raise RuntimeError(f"the function answered {answer['statusCode']}: {answer['body'][:200]}")

    try:
        measured = in_turn(tuple(partial(call, verifier) for verifier in verifiers.values()), calls)
    finally:
        gateway.close()
    return [Timing.of(name, seconds) for name, seconds in zip(verifiers, measured, strict=True)]
