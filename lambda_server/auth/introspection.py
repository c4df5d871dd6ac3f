"""Judging a token by asking Okta: a revoked one is refused at once, at the price of a request per call."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import httpx2
from mcp.server.auth.provider import AccessToken

from lambda_server.auth.claims import check_claims, check_client
from lambda_server.auth.errors import InactiveToken
from lambda_server.auth.okta import ask
from lambda_server.auth.parts import read_claims, take_apart
from lambda_server.settings import Settings

CACHE_SECONDS = 2.0  # one client's burst of requests; a revocation is seen that much later
CACHE_ENTRIES = 256


class IntrospectionVerifier:
    """
    Judges by Okta's introspection endpoint, as a public client does.

    Source: RFC 7662; docs/facts/okta.md §2 (client_id as a parameter, no Authorization header).
    """

    def __init__(self, settings: Settings, client: httpx2.AsyncClient, now: Callable[[], float]) -> None:
        self._settings = settings
        self._client = client
        self._now = now
        self._cache: dict[bytes, tuple[float, AccessToken]] = {}

    async def verify(self, token: str) -> AccessToken:
        """
        Ask Okta, unless it was asked a moment ago; then check the same claims as in a JWT.

        Raises:
            RefusedToken: inactive, or a claim says something else than it must.
            CheckUnavailable: Okta did not answer, or not with a judgement.
        """
        key = sha256(token.encode("utf-8", "replace")).digest()
        until, access = self._cache.get(key, (0.0, None))
        if access is not None and self._now() < until:
            return access
        self._cache.pop(key, None)
        access = check_claims(await self._introspect(token), self._settings, self._now())
        self._remember(key, access)
        return access

    async def _introspect(self, token: str) -> Mapping[str, Any]:
        # Unsigned so far: it only chooses which of our own client ids asks.
        client_id = check_client(read_claims(take_apart(token)), self._settings.client_ids)
        form = {"token": token, "token_type_hint": "access_token", "client_id": client_id}
        request = self._client.build_request(
            "POST", f"{self._settings.issuer}/v1/introspect", data=form, headers={"accept": "application/json"}
        )
        answer = await ask(self._client, request)
        if answer.get("active") is not True:
            raise InactiveToken("Okta says that it is not active")
        return as_claims(answer)

    def _remember(self, key: bytes, access: AccessToken) -> None:
        while len(self._cache) >= CACHE_ENTRIES:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (min(self._now() + CACHE_SECONDS, float(access.expires_at or 0)), access)


def as_claims(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer in the words of Okta's access token: `cid` for `client_id`, `scp` for `scope`."""
    scope = answer.get("scope", "")
    claims = {name: value for name, value in answer.items() if name not in ("active", "scope", "client_id")}
    return claims | {"cid": answer.get("client_id"), "scp": scope.split() if isinstance(scope, str) else scope}
