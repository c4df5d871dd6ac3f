"""The check of a token, in order: header, key, signature, claims. Only Okta's public keys are asked for."""

from collections.abc import Callable
from typing import Protocol

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import CompactSignature, validate_compact
from mcp.server.auth.provider import AccessToken

from lambda_server.auth.claims import check_claims
from lambda_server.auth.errors import BadSignature, MalformedToken
from lambda_server.auth.introspection import IntrospectionVerifier
from lambda_server.auth.jwks import Keys
from lambda_server.auth.parts import read_claims, take_apart
from lambda_server.settings import INTROSPECTION, Settings

ALGORITHM = "RS256"


class Verifier(Protocol):
    """Whatever can judge a token."""

    async def verify(self, token: str) -> AccessToken:
        """
        Say who calls, with which scopes.

        Raises:
            RefusedToken: the token is not good.
            CheckUnavailable: nothing is known about it, since Okta could not be asked.
        """
        ...


class JwtVerifier:
    """Judges by signature and claims, here; a revoked token stays good until it expires."""

    def __init__(self, settings: Settings, keys: Keys, now: Callable[[], float]) -> None:
        self._settings = settings
        self._keys = keys
        self._now = now

    async def verify(self, token: str) -> AccessToken:
        """
        Check header, key, signature and claims, in that order.

        Raises:
            RefusedToken: the first check that failed.
            CheckUnavailable: the issuer's keys are not to be had.

        Source: RFC 9068 §4, RFC 8725 §3.1; no `typ` is asked for, since Okta sends none.
        """
        parts = take_apart(token)
        key = await self._keys.find(read_kid(parts))
        check_signature(parts, key)
        return check_claims(read_claims(parts), self._settings, self._now())


def read_kid(parts: CompactSignature) -> str:
    """
    The id of the key, from a header that asks for RS256 and nothing unusual.

    Raises:
        MalformedToken: another algorithm, no `kid`, or extensions that must be understood.

    Source: RFC 8725 §3.1 (never let the token choose the algorithm); RFC 7515 §4.1.11 (`crit`).
    """
    header = parts.headers()
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM:
        raise MalformedToken(f"alg must be {ALGORITHM}, and is {header.get('alg')!r}")
    if "crit" in header or not isinstance(kid, str):
        raise MalformedToken("the header has crit" if "crit" in header else "the header has no kid")
    return kid


def check_signature(parts: CompactSignature, key: RSAKey) -> None:
    """
    Accept only what that key signed.

    Raises:
        BadSignature: something else did.
    """
    try:
        good = validate_compact(parts, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise BadSignature(f"not checkable: {error}") from None
    if not good:
        raise BadSignature("the signature does not match")


def build_verifier(settings: Settings, client: httpx2.AsyncClient, now: Callable[[], float]) -> Verifier:
    """The verifier that the settings ask for."""
    if settings.token_check == INTROSPECTION:
        return IntrospectionVerifier(settings, client, now)
    return JwtVerifier(settings, Keys(client, settings.issuer, now), now)
