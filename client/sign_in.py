"""Sign in and out without a session: what `login` and `logout` do."""

from collections.abc import Sequence

import anyio
import httpx2

from client.auth import SIGN_IN_SECONDS, OktaAuth, replace
from client.browser import Browser
from client.device import Show, sign_in_on_another_device, tell
from client.exchange import to_okta
from client.outputs import Outputs
from client.polling import Sleep
from client.remedies import no_browser_to_sign_in
from client.revocation import forget
from client.tokens import Notice, Tokens, TokenStore, tell_person
from client.transport import ChallengeTransport, Network


async def sign_in(
    outputs: Outputs,
    tokens: TokenStore,
    browser: Browser | None,
    scopes: Sequence[str] = (),
    *,
    transport: httpx2.AsyncBaseTransport | None = None,
    sign_in_seconds: float = SIGN_IN_SECONDS,
    notice: Notice = tell_person,
) -> Tokens:
    """
    Sign in anew, for the base scopes and these, whoever is signed in now.

    Raises:
        ClientError: a subclass says what happened and what to type.
    """
    if browser is None:
        raise no_browser_to_sign_in(outputs, scopes)
    asked = " ".join(dict.fromkeys((*outputs.base_scopes, *scopes)))
    refusal = httpx2.Response(401, headers={"WWW-Authenticate": f'Bearer scope="{asked}"'})
    network = ChallengeTransport(transport or Network())
    async with to_okta(outputs, network) as exchange:
        auth = OktaAuth(outputs, tokens, exchange, browser, sign_in_seconds, notice=notice)
        return await auth.sign_in(refusal, None, fresh=True)


async def sign_in_by_device(
    outputs: Outputs,
    tokens: TokenStore,
    scopes: Sequence[str] = (),
    *,
    show: Show = tell,
    sleep: Sleep = anyio.sleep,
    transport: httpx2.AsyncBaseTransport | None = None,
    notice: Notice = tell_person,
) -> Tokens:
    """
    Sign in anew on another device, for the base scopes and these, whoever is signed in now.

    Raises:
        ClientError: a subclass says what happened and what to type.

    Source: RFC 8628.
    """
    asked = tuple(dict.fromkeys((*outputs.base_scopes, *scopes)))
    async with to_okta(outputs, transport or Network()) as exchange:
        new = await sign_in_on_another_device(outputs, asked, exchange, show, sleep)
        await replace(outputs, tokens, new, exchange, notice)
        return new


async def sign_out(outputs: Outputs, tokens: TokenStore, *, transport: httpx2.AsyncBaseTransport | None = None) -> bool:
    """
    Revoke and forget the tokens; False when nobody was signed in.

    Raises:
        RevocationFailed: they are forgotten here, but Okta could not be told.
    """
    async with to_okta(outputs, transport or Network()) as exchange:
        return await forget(outputs, tokens, exchange)
