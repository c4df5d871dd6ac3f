"""Sign in on another device: this machine shows a code, and the person enters it where there is a browser."""

import sys
from collections.abc import Callable, Sequence

import anyio

from client.device_code import DeviceCode, ask_code, switched_off
from client.discovery import discover
from client.exchange import Exchange
from client.outputs import Outputs
from client.polling import Sleep, poll
from client.tokens import Tokens

OFFLINE = "offline_access"

Show = Callable[[DeviceCode], None]


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
