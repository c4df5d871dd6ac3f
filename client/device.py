"""Sign in on another device: this machine shows a code, and the person enters it where there is a browser."""

import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import anyio
import httpx2

from client.discovery import Described, discover
from client.errors import BadAnswer, NotAllowed, SignInFailed
from client.exchange import Exchange
from client.login import denied
from client.outputs import Outputs
from client.provider import check_answer, json_object, reason
from client.tokens import Tokens

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
LEAST_WAIT_SECONDS, SLOWER_SECONDS = 5, 5  # RFC 8628 §3.2 and §3.5
LONGEST_WAIT_SECONDS = 1800
OFFLINE = "offline_access"


@dataclass(frozen=True)
class DeviceCode:
    """What the person enters where, and for how many seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: float
    interval: float


Show = Callable[[DeviceCode], None]
Sleep = Callable[[float], Awaitable[None]]


def tell(code: DeviceCode) -> None:
    """Say what to do, away from stdout."""
    print(
        f"On any device, open {code.verification_uri} and enter the code {code.user_code}\n"
        f"or open {code.verification_uri_complete}\n"
        "Go on only if you started this yourself; waiting ...",
        file=sys.stderr,
        flush=True,
    )


async def sign_in_on_another_device(
    outputs: Outputs,
    scopes: Sequence[str],
    exchange: Exchange,
    show: Show = tell,
    sleep: Sleep = anyio.sleep,
) -> Tokens:
    """
    Ask for a code, show it, and wait until the person has entered it.

    Raises:
        NotAllowed: the stack does not have device sign-in, or Okta does not give this person these scopes.
        SignInFailed: the code ran out, or Okta refused for another reason.
        BadAnswer, ServerError, NetworkError.

    Source: RFC 8628.
    """
    if outputs.device_login is False:
        raise switched_off(outputs)
    described = await discover(outputs, exchange)
    asked = [*scopes, OFFLINE]
    code = await ask_code(outputs, described, asked, exchange)
    show(code)
    body, received = await poll(outputs, described, code, asked, exchange, sleep)
    return Tokens(
        issuer=outputs.issuer,
        client_id=outputs.client_id,
        access_token=body["access_token"],
        refresh_token=body.get("refresh_token"),
        expires_at=received + body.get("expires_in", 3600),
        scopes=tuple(str(body.get("scope") or " ".join(asked)).split()),
        metadata=described.metadata.model_dump(mode="json", exclude_none=True),
    )


async def ask_code(outputs: Outputs, described: Described, scopes: Sequence[str], exchange: Exchange) -> DeviceCode:
    """Begin. Source: RFC 8628 §3.1 and §3.2."""
    form = {"client_id": outputs.client_id, "scope": " ".join(scopes)}
    url = described.endpoint("device_authorization_endpoint")
    response = check_answer(request := httpx2.Request("POST", url, data=form), await exchange(request))
    body = json_object(response)
    if body.get("error") in ("unauthorized_client", "unsupported_grant_type"):
        raise switched_off(outputs)
    if response.status_code != 200:
        raise SignInFailed(f"Okta gives no device code: {reason(response)}", "mcp-okta login")
    return read_code(body, outputs)


def read_code(body: dict[str, Any], outputs: Outputs) -> DeviceCode:
    """
    The code of an answer.

    Raises:
        BadAnswer: something is missing or of another type.
    """
    texts = [body.get(name) for name in ("device_code", "user_code", "verification_uri")]
    lifetime, interval = body.get("expires_in"), body.get("interval", LEAST_WAIT_SECONDS)
    if not all(isinstance(text, str) and text for text in texts) or not (_is_number(lifetime) and _is_number(interval)):
        raise BadAnswer(f"{outputs.issuer} answered without a device code", "mcp-okta login")
    device_code, user_code, uri = map(str, texts)
    complete = body.get("verification_uri_complete") or uri
    return DeviceCode(device_code, user_code, uri, str(complete), min(lifetime, LONGEST_WAIT_SECONDS), max(interval, 1))


async def poll(
    outputs: Outputs, described: Described, code: DeviceCode, scopes: Sequence[str], exchange: Exchange, sleep: Sleep
) -> tuple[dict[str, Any], float]:
    """
    Ask until there is an answer; the tokens, and when they came.

    Source: RFC 8628 §3.4 and §3.5.
    """
    form = {"grant_type": GRANT, "device_code": code.device_code, "client_id": outputs.client_id}
    url, interval, waited = described.endpoint("token_endpoint"), code.interval, 0.0
    while waited < code.expires_in:
        await sleep(interval)
        waited += interval
        received = time.time()
        request = httpx2.Request("POST", url, data=form)
        response = check_answer(request, await exchange(request))
        if response.status_code == 200:
            return json_object(response), received
        error = json_object(response).get("error")
        if error == "slow_down":
            interval += SLOWER_SECONDS
        elif error == "access_denied":
            raise denied(outputs, scopes, (), reason(response))
        elif error != "authorization_pending":
            raise SignInFailed(f"the sign-in on the other device failed: {reason(response)}", "mcp-okta login --device")
    raise SignInFailed("the code was not entered in time", "mcp-okta login --device")


def switched_off(outputs: Outputs) -> NotAllowed:
    """What to say where the stack's configuration does not have it."""
    return NotAllowed(
        f"device sign-in is switched off for {outputs.url}",
        "mcp-okta login; or, who deploys it: pulumi config set deviceLogin true, then mcp-okta up",
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
