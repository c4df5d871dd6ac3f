"""The code that a person enters on another device: asked for, and read. Source: RFC 8628 §3.1 and §3.2."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import httpx2

from client.discovery import Described
from client.errors import BadAnswer, NotAllowed, SignInFailed
from client.exchange import Exchange
from client.outputs import Outputs
from client.token_answer import check_answer, json_object, reason

LEAST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 1800


@dataclass(frozen=True)
class DeviceCode:
    """What the person enters where, and for how many seconds."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: float
    interval: float


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


def switched_off(outputs: Outputs) -> NotAllowed:
    """What to say where the stack's configuration does not have it."""
    return NotAllowed(
        f"device sign-in is switched off for {outputs.url}",
        "mcp-okta login; or, who deploys it: pulumi config set deviceLogin true, then mcp-okta up",
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
