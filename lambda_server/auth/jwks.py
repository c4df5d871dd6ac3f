"""The issuer's signing keys: cached, fetched again for an unknown `kid`, kept for a while when Okta is down."""

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import anyio
import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from lambda_server.auth.errors import CheckUnavailable, UnknownKey
from lambda_server.auth.okta import ask

logger = logging.getLogger(__name__)

FRESH_SECONDS = 3600.0
STALE_SECONDS = 24 * 3600.0  # how long old keys serve when Okta does not answer
PAUSE_SECONDS = 10.0  # between two fetches, whether or not the first succeeded
SMALLEST_KEY_BITS = 2048  # RFC 7518 §3.3


class Keys:
    """The keys of one issuer, by `kid`."""

    def __init__(self, client: httpx2.AsyncClient, issuer: str, now: Callable[[], float]) -> None:
        self._client = client
        self._url = f"{issuer}/v1/keys"
        self._now = now
        self._keys: Mapping[str, RSAKey] = {}
        self._fetched_at = self._tried_at = -math.inf
        self._lock = anyio.Lock()

    async def find(self, kid: str) -> RSAKey:
        """
        The key with that id.

        Raises:
            UnknownKey: the issuer has no such key.
            CheckUnavailable: the keys could not be fetched, and none are left that are young enough.
        """
        if not self._knows(kid):
            async with self._lock:
                if not self._knows(kid) and self._now() - self._tried_at >= PAUSE_SECONDS:
                    await self._refresh()
        if self._age() >= FRESH_SECONDS + STALE_SECONDS:
            raise CheckUnavailable(f"no keys from {self._url}")
        if kid not in self._keys:
            raise UnknownKey(f"no key of {self._url} has the kid {kid!r}")
        return self._keys[kid]

    def _knows(self, kid: str) -> bool:
        return kid in self._keys and self._age() < FRESH_SECONDS

    def _age(self) -> float:
        return self._now() - self._fetched_at

    async def _refresh(self) -> None:
        """Fetch the keys; a failure leaves the old ones, and the next attempt waits either way."""
        self._tried_at = self._now()
        try:
            keys = dict(read_keys(await ask(self._client, self._client.build_request("GET", self._url))))
            if not keys:
                raise CheckUnavailable(f"{self._url} holds no RSA key for RS256 signatures")
        except CheckUnavailable as error:
            logger.warning("keys not fetched", extra={"fields": {"reason": error.reason}})
            return
        self._keys, self._fetched_at = keys, self._tried_at


def read_keys(document: Mapping[str, Any]) -> Iterator[tuple[str, RSAKey]]:
    """
    The keys of a JWK set that can check an RS256 signature; others are passed over.

    Source: RFC 7517 §5 (keys that are not understood are ignored); RFC 7518 §3.3.
    """
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        key = read_key(entry)
        if key is not None:
            yield entry["kid"], key


def read_key(entry: object) -> RSAKey | None:
    """The RSA key of an entry for RS256 signatures; None where it is for something else or not usable."""
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        return None
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return None
    try:
        if len(entry["n"]) * 6 < SMALLEST_KEY_BITS:  # six bits per character of base64
            return None
        return RSAKey.import_key({"kty": "RSA", "n": entry["n"], "e": entry["e"]})
    except (JoseError, KeyError, TypeError, ValueError):
        return None
