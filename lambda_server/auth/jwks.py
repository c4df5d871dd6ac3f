"""The issuer's signing keys: cached, fetched again for an unknown `kid`, kept for a while when Okta is down."""

import logging
import math
from collections.abc import Callable, Mapping

import anyio
import httpx2
from joserfc.jwk import RSAKey

from lambda_server.auth.errors import CheckUnavailable, UnknownKey
from lambda_server.auth.key_set import read_keys
from lambda_server.auth.okta import ask
from lambda_server.auth.reasons import Reason

logger = logging.getLogger(__name__)

FRESH_SECONDS = 3600.0
STALE_SECONDS = 24 * 3600.0  # how long old keys serve when Okta does not answer, unless the settings say otherwise
PAUSE_SECONDS = 10.0  # between two fetches, whether or not the first succeeded
# Whoever holds a usable key asks for new ones in passing: one caller, for so long, and again after so long.
BRIEF_SECONDS = 1.0
BRIEF_PAUSE_SECONDS = 60.0  # longer than the pause, so that whoever needs another key gets a turn


class Keys:
    """The keys of one issuer, by `kid`."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        issuer: str,
        now: Callable[[], float],
        stale_seconds: float = STALE_SECONDS,
    ) -> None:
        self._client = client
        self._url = f"{issuer}/v1/keys"
        self._now = now
        self._longest_seconds = FRESH_SECONDS + stale_seconds
        self._keys: Mapping[str, RSAKey] = {}
        self._fetched_at = self._tried_at = -math.inf
        self._lock = anyio.Lock()

    async def find(self, kid: str) -> RSAKey:
        """
        The key with that id; one that is held and usable is not waited for, but by one caller, briefly, once it is old.

        Raises:
            UnknownKey: the issuer has no such key.
            CheckUnavailable: the keys could not be fetched, and the ones that are left are too old or lack this one.
        """
        if self._held(kid) is None:
            async with self._lock:  # whoever waited here finds what the first one fetched, and fetches no more
                if self._claim(PAUSE_SECONDS):
                    await self._refresh()
        elif self._age() >= FRESH_SECONDS and self._claim(BRIEF_PAUSE_SECONDS):
            async with self._lock:
                await self._refresh(BRIEF_SECONDS)
        key = self._held(kid)
        if key is not None:
            return key
        if self._fetched_at < self._tried_at:  # it may be one that Okta made since
            raise CheckUnavailable(Reason.KEYS_UNAVAILABLE, f"no keys from {self._url}")
        raise UnknownKey(Reason.KEY_UNKNOWN, f"no key of {self._url} has the kid {kid!r}")

    def _held(self, kid: str) -> RSAKey | None:
        return self._keys.get(kid) if self._age() < self._longest_seconds else None

    def _claim(self, pause_seconds: float) -> bool:
        """Whether the caller is to fetch; all others find that somebody did, whatever comes of it."""
        due = self._now() - self._tried_at >= pause_seconds
        if due:
            self._tried_at = self._now()
        return due

    def _age(self) -> float:
        return self._now() - self._fetched_at

    async def _refresh(self, longest_seconds: float | None = None) -> None:
        """Fetch the keys, in as long as any answer of Okta's may take or in less; a failure leaves the old ones."""
        tried_at = self._tried_at
        try:
            request = self._client.build_request("GET", self._url)
            keys = read_keys(await ask(self._client, request, longest_seconds))
            if not keys:
                raise CheckUnavailable(Reason.KEYS_UNUSABLE, f"{self._url} holds no RSA key for RS256 signatures")
        except CheckUnavailable as error:
            fields = {"reason": error.reason, "detail": error.detail, "old_keys": len(self._keys)}
            logger.warning("keys not fetched", extra={"fields": fields})
            return
        self._keys, self._fetched_at = keys, tried_at
