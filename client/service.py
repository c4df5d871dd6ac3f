"""A program that calls without a person: it proves who it is with a private key. Source: RFC 6749 §4.4, RFC 7523."""

import secrets
import time
from collections.abc import AsyncGenerator
from dataclasses import replace

import anyio
import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider

from client.auth import bearing_text
from client.challenge import needed_scopes, needs_more_scope
from client.errors import NotAllowed, ServiceUnusable
from client.exchange import Exchange
from client.keys import MAKE_KEY, public_jwk
from client.outputs import Outputs, Service
from client.provider import Memory, bare_request, drive
from client.step_up import Denials
from client.token_answer import reason

ASSERTION_SECONDS = 300


class ServiceAuth(httpx2.Auth):
    """The authorization of a service's requests: a token of its own, asked for when it is needed and never stored."""

    def __init__(self, outputs: Outputs, name: str, key: RSAPrivateKey, exchange: Exchange) -> None:
        """
        Know the service.

        Raises:
            ServiceUnusable: the stack has no such service.
        """
        self._outputs = outputs
        self._name = name
        self._service = find_service(outputs, name)
        self._key = key
        self._exchange = exchange
        self._token: str | None = None
        self._turn = anyio.Lock()
        self._denials = Denials()

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send the request with the token there is, and once more after each thing that improves it."""
        kept = self._token is not None
        response = yield bearing_text(request, sent := await self._current())
        if response.status_code == 401 and kept:
            self._token = None
            response = yield bearing_text(request, sent := await self._current())
        if needs_more_scope(response):
            await self._widen(needed := needed_scopes(response), sent)
            response = yield bearing_text(request, await self._current())
            if needs_more_scope(response):
                raise self._refused(needed)

    async def _current(self) -> str:
        if self._token is None:
            self._token = await ask_token(self._outputs, self._service, self._key, self._exchange)
        return self._token

    async def _widen(self, needed: list[str], sent: str) -> None:
        """
        Ask for what a tool needs on top of what there is, unless the outputs say what the service has.

        Raises:
            NotAllowed: the service does not have it, or nothing is named that it lacks.
        """
        async with self._turn:
            if self._token != sent and set(needed) <= set(self._service.scopes):
                return  # another request of this session was faster
            missing = tuple(scope for scope in needed if scope not in self._service.scopes)
            if not missing:
                raise self._refused(needed)
            if self._name in self._outputs.services:
                raise self._lacks(missing)
            self._denials.check(self._name, missing)
            await self._ask_for(missing)

    async def _ask_for(self, missing: tuple[str, ...]) -> None:
        wider = replace(self._service, scopes=(*self._service.scopes, *missing))
        try:
            self._token = await ask_token(self._outputs, wider, self._key, self._exchange)
        except NotAllowed as denial:
            lacks = self._lacks(missing, f" ({denial.message})")
            self._denials.keep(self._name, lacks)
            raise lacks from denial
        self._service = wider

    def _lacks(self, missing: tuple[str, ...], why: str = "") -> NotAllowed:
        return NotAllowed(
            f"the service {self._name} does not have {' '.join(missing)} on {self._outputs.url}{why}",
            "who deploys it adds the scope to `services` of the stack, then: mcp-okta up",
            missing,
        )

    def _refused(self, needed: list[str]) -> NotAllowed:
        """The server's refusal of a token that should do, or that nothing is said about."""
        lack = f"for lack of {' '.join(needed)}, which its token should have"
        return NotAllowed(
            f"{self._outputs.url} refuses the service {self._name} "
            f"{lack if needed else 'without saying which scope it lacks'}",
            "who deploys it: mcp-okta up, so that Okta, the server and the outputs agree",
            tuple(needed),
        )


def find_service(outputs: Outputs, name: str) -> Service:
    """
    The service of that name; where the settings know none, the name is a client id that asks for the base scopes.

    Raises:
        ServiceUnusable: the stack has no such service; its services are named.
    """
    if name in outputs.services:
        return outputs.services[name]
    if outputs.environment:
        known = ", ".join(outputs.services) or "none"
        raise ServiceUnusable(
            f"{outputs.url} has no service {name!r} (it has: {known})",
            "who deploys it adds it to `services` of the stack, then: mcp-okta up",
        )
    return Service(name, outputs.base_scopes)


async def ask_token(outputs: Outputs, service: Service, key: RSAPrivateKey, exchange: Exchange) -> str:
    """
    An access token for the service, with all of its scopes.

    Raises:
        NotAllowed: Okta refuses the key or the scopes.
        BadAnswer, SignInFailed, ServerError, NetworkError.
    """
    memory = Memory(outputs, None)

    async def assertion(_: str) -> str:
        return sign(service.client_id, f"{outputs.issuer}/v1/token", key)

    async def asking(request: httpx2.Request) -> httpx2.Response:
        return refuse_error(request, await exchange(request), outputs)

    scope = " ".join(service.scopes)
    provider = PrivateKeyJWTOAuthProvider(outputs.url, memory, service.client_id, assertion, scope, outputs.issuer)
    refusal = httpx2.Response(401, headers={"WWW-Authenticate": f'Bearer scope="{scope}"'})
    await drive(provider, bare_request(outputs), outputs, asking, refusal)
    if memory.received is None:
        raise NotAllowed(f"{outputs.issuer} gave the service no token", MAKE_KEY)
    return memory.received.access_token


def refuse_error(request: httpx2.Request, response: httpx2.Response, outputs: Outputs) -> httpx2.Response:
    """
    Let Okta's answer through, unless it refuses the token.

    Raises:
        NotAllowed: with Okta's words.
    """
    if request.method == "POST" and 400 <= response.status_code < 500 and response.status_code != 429:
        raise NotAllowed(
            f"Okta gives the service no token for {outputs.url}: {reason(response)}",
            "compare the key and `services` of the stack: mcp-okta outputs",
        )
    return response


def sign(client_id: str, audience: str, key: RSAPrivateKey) -> str:
    """
    The assertion by which the client proves who it is.

    Source: RFC 7523 §3; Okta, client authentication: `aud` is the endpoint that is asked.
    """
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "iat": now, "exp": now + ASSERTION_SECONDS}
    header = {"kid": public_jwk(key)["kid"]}
    return jwt.encode(claims | {"jti": secrets.token_urlsafe()}, key, "RS256", header)
