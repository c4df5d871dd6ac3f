"""The wait until the person has entered the code on another device. Source: RFC 8628 §3.4 and §3.5."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from client.device_code import DeviceCode
from client.discovery import Described
from client.errors import ClientError, NetworkError, ServerError, SignInFailed
from client.exchange import Exchange
from client.login import denied
from client.outputs import Outputs
from client.token_answer import check_answer, json_object, reason

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_SECONDS = 5
LONGEST_PAUSE_SECONDS = 60
AGAIN = "mcp-okta login --device"

Sleep = Callable[[float], Awaitable[None]]


@dataclass
class Pace:
    """When to ask next, and whether it is too late; slept time counts, and so does the time that answers take."""

    interval: float
    lifetime: float
    waited: float = 0.0
    asked_for: float = 0.0
    started: float = field(default_factory=time.monotonic)

    @property
    def over(self) -> bool:
        """Whether the code has run out."""
        return max(self.waited, time.monotonic() - self.started) >= self.lifetime

    async def pause(self, sleep: Sleep) -> None:
        """Wait for the interval, or once for as long as the server asked."""
        seconds, self.asked_for = max(self.interval, self.asked_for), 0.0
        await sleep(seconds)
        self.waited += seconds

    def slow_down(self, asked_for: float = 0.0) -> None:
        """Ask less often from now on; `asked_for` seconds are granted once, within bounds."""
        self.interval += SLOWER_SECONDS
        self.asked_for = min(asked_for, LONGEST_PAUSE_SECONDS)


async def poll(
    outputs: Outputs, described: Described, code: DeviceCode, scopes: Sequence[str], exchange: Exchange, sleep: Sleep
) -> tuple[dict[str, Any], float]:
    """
    Ask until there is an answer; the tokens, and when they came.

    A server that is in trouble or does not answer is asked again, more slowly, for as long as the code is good.

    Raises:
        NotAllowed: Okta does not give this person these scopes.
        SignInFailed: the code ran out, or Okta refused for another reason.
        BadAnswer: no answer of a token endpoint.
    """
    form = {"grant_type": GRANT, "device_code": code.device_code, "client_id": outputs.client_id}
    pace, trouble = Pace(code.interval, code.expires_in), None
    while not pace.over:
        await pace.pause(sleep)
        received = time.time()
        request = httpx2.Request("POST", described.endpoint("token_endpoint"), data=form)
        try:
            response = check_answer(request, await exchange(request))
        except (NetworkError, ServerError) as failure:
            trouble = failure
            pace.slow_down(failure.retry_after_seconds if isinstance(failure, ServerError) else 0.0)
            continue
        if response.status_code == 200:
            return json_object(response), received
        trouble = None
        go_on(outputs, response, scopes, pace)
    raise ran_out(trouble)


def go_on(outputs: Outputs, response: httpx2.Response, scopes: Sequence[str], pace: Pace) -> None:
    """
    Let the wait go on where the answer says so.

    Raises:
        NotAllowed, SignInFailed: it does not.
    """
    error = json_object(response).get("error")
    if error == "slow_down":
        pace.slow_down()
    elif error == "access_denied":
        raise denied(outputs, scopes, (), reason(response))
    elif error != "authorization_pending":
        raise SignInFailed(f"the sign-in on the other device failed: {reason(response)}", AGAIN)


def ran_out(trouble: ClientError | None) -> SignInFailed:
    """The end of a wait for too long, with what stood in the way at last."""
    if trouble is None:
        return SignInFailed("the code was not entered in time", AGAIN)
    return SignInFailed(f"the code ran out before Okta could say more: {trouble.message}", AGAIN)
