"""The check of a token, in order: header, key, signature, claims. Only Okta's public keys are asked for."""

from collections.abc import Callable
from typing import Protocol

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry, extract_compact, validate_compact
from mcp.server.auth.provider import AccessToken

from lambda_server.auth.claims import check_claims
from lambda_server.auth.errors import BadSignature
from lambda_server.auth.header import ALGORITHM, read_kid
from lambda_server.auth.introspection import IntrospectionVerifier
from lambda_server.auth.jwks import Keys
from lambda_server.auth.parts import Parts, take_apart
from lambda_server.auth.reasons import Reason
from lambda_server.settings import INTROSPECTION, Settings

REGISTRY = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)  # `read_kid` has looked at the header


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
        return check_claims(parts.claims, self._settings, self._now())


def check_signature(parts: Parts, key: RSAKey) -> None:
    """
    Accept only what that key signed.

    Raises:
        BadSignature: something else did.

    Source: RFC 7515 §5.2; RFC 7518 §3.3.
    """
    try:
        good = validate_compact(extract_compact(parts.compact, registry=REGISTRY), key, registry=REGISTRY)
    except (JoseError, ValueError) as error:
        raise BadSignature(Reason.SIGNATURE_WRONG, type(error).__name__) from None
    if not good:
        raise BadSignature(Reason.SIGNATURE_WRONG)


def build_verifier(settings: Settings, client: httpx2.AsyncClient, now: Callable[[], float]) -> Verifier:
    """The verifier that the settings ask for."""
    local = JwtVerifier(settings, Keys(client, settings.issuer, now, settings.stale_seconds), now)
    if settings.token_check == INTROSPECTION:
        return IntrospectionVerifier(settings, local.verify, client, now)
    return local
