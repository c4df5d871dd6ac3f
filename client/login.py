"""Refresh, and sign in: the two ways to tokens. Source: RFC 6749 §4.1 and §6, RFC 7636, RFC 8252."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import httpx2
from mcp.client.auth import AuthorizationCodeResult
from mcp.shared.auth import OAuthMetadata
from pydantic import ValidationError

from client.browser import Afterwards, Browser
from client.callback import Callback, open_callback
from client.claims import person_of
from client.errors import BadAnswer, ClientError, NotAllowed, SignInFailed
from client.exchange import Exchange, check_address
from client.outputs import Outputs
from client.provider import Memory, bare_request, build_provider, drive, kept
from client.tokens import Tokens

RESERVED_SCOPES = {"openid", "profile", "email", "address", "phone", "offline_access", "device_sso"}
# What Okta says where a person who is asked for consent says no.
DECLINED = "The resource owner or authorization server denied the request."
REFRESH_NOW = 1.0  # the SDK takes 0 for "never expires"


async def refresh(outputs: Outputs, tokens: Tokens, exchange: Exchange) -> Tokens | None:
    """
    Trade the refresh token for new tokens; None when Okta no longer takes it.

    Raises:
        ServerError, NetworkError: Okta could not say; the refresh token may still be good.

    Source: RFC 6749 §6.
    """
    memory = Memory(outputs, tokens)
    provider = build_provider(outputs, memory, outputs.loopback_uris[0])
    try:
        provider.context.oauth_metadata = OAuthMetadata.model_validate(tokens.metadata)
    except ValidationError:
        return None
    provider.context.token_expiry_time = REFRESH_NOW
    await drive(provider, bare_request(outputs), outputs, exchange)
    return kept(outputs, memory, provider.context.oauth_metadata)


async def authorize(
    outputs: Outputs,
    tokens: Tokens | None,
    refusal: httpx2.Response,
    exchange: Exchange,
    browser: Browser,
    wait_seconds: float,
) -> Tokens:
    """
    Ask a person, in the browser, for what the refusal demands on top of the tokens' scopes.

    Raises:
        NotAllowed, SignInFailed, PortsTaken, BadAnswer, ServerError, NetworkError.
    """
    async with open_callback(outputs, wait_seconds) as callback:
        afterwards = ExitStack()
        memory = Memory(outputs, tokens)

        async def redirect(url: str) -> None:
            if provider.context.oauth_metadata is None:
                raise BadAnswer(f"{outputs.issuer} publishes no metadata", "mcp-okta outputs --json")
            url = with_hint(url, tokens)
            check_address(url, outputs.issuer)
            callback.expect(url)
            if over := await show(browser, url, callback):
                afterwards.callback(over)

        async def answer() -> AuthorizationCodeResult:
            asked = (provider.context.client_metadata.scope or "").split()
            return await take_code(callback, outputs, asked, tokens.scopes if tokens else ())

        provider = build_provider(outputs, memory, callback.redirect_uri, redirect, answer)
        with afterwards:
            await drive(provider, bare_request(outputs), outputs, exchange, refusal)
    new = kept(outputs, memory, provider.context.oauth_metadata)
    if new is None:
        raise SignInFailed(f"the sign-in for {outputs.url} ended without a token")
    return new


def with_hint(url: str, tokens: Tokens | None) -> str:
    """The address, with who is meant where somebody is signed in. Source: OpenID Connect Core §3.1.2.1, login_hint."""
    person = person_of(tokens) if tokens else None
    return str(httpx2.URL(url).copy_add_param("login_hint", person)) if person else url


async def show(browser: Browser, url: str, callback: Callback, grace_seconds: float = 1) -> Afterwards | None:
    """
    Open the browser and go on when it returns, or when the answer is there: some return only when closed.

    What the browser left for the time after the sign-in comes back.
    """
    opening: asyncio.Future[Afterwards | None] = asyncio.ensure_future(browser(url))
    waited_for: set[asyncio.Future[Any]] = {opening, callback.future}
    try:
        await asyncio.wait(waited_for, timeout=callback.remaining, return_when=asyncio.FIRST_COMPLETED)
        if callback.future.done():
            await asyncio.wait({opening}, timeout=grace_seconds)
        return opening.result() if opening.done() else None
    finally:
        opening.cancel()


async def take_code(
    callback: Callback, outputs: Outputs, asked: Sequence[str], granted: Sequence[str]
) -> AuthorizationCodeResult:
    """
    Wait for Okta's answer, and turn a refusal into words.

    Raises:
        NotAllowed: Okta's rules do not give this person these scopes.
        SignInFailed: the person said no, or any other error (RFC 6749 §4.1.2.1), or no answer in time.
    """
    answer = await callback.wait()
    if answer.error == "access_denied":
        raise denied(outputs, asked, granted, answer.description)
    if answer.error is not None or answer.code is None:
        raise SignInFailed(f"Okta refused the sign-in: {answer.description or 'no reason given'} ({answer.error})")
    return AuthorizationCodeResult(code=answer.code, state=answer.state, iss=answer.issuer)


def denied(outputs: Outputs, asked: Sequence[str], granted: Sequence[str], words: str) -> ClientError:
    """
    Okta's refusal, with the scopes that were asked for and not held, and the groups that would have them.

    Source: RFC 6749 §4.1.2.1: access_denied is also the answer where the person, asked for consent, says no.
    """
    ours = tuple(scope for scope in asked if scope not in RESERVED_SCOPES)
    missing = tuple(scope for scope in ours if scope not in granted) or ours
    groups = outputs.grantors(ours)
    remedy = (
        f"ask an Okta administrator to add you to the group {' or '.join(groups)}"
        if groups
        else "ask an Okta administrator for access"
    )
    message = f"Okta does not give you {' '.join(missing)} on {outputs.url}: {words or 'access denied'}"
    if words.startswith(DECLINED):
        return SignInFailed(message, f"run the same command again and agree; if you did, {remedy}")
    return NotAllowed(message, remedy, missing)
