"""Judging a token by asking Okta too: a revoked one is refused at once, at the price of a request per call."""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

import httpx2
from mcp.server.auth.provider import AccessToken

from lambda_server.auth.claims import check_claims
from lambda_server.auth.errors import InactiveToken, WrongClaim
from lambda_server.auth.flights import Flights
from lambda_server.auth.okta import ask
from lambda_server.auth.reasons import Reason
from lambda_server.settings import Settings

CACHE_SECONDS = 2.0  # one client's burst of requests; a revocation is seen that much later
CACHE_ENTRIES = 256
SAME = ("cid", "sub", "uid", "exp", "iat", "jti")  # in the token and in Okta's answer about it


class IntrospectionVerifier:
    """
    Judges by Okta's introspection endpoint, as a public client does, what is good by signature and claims already.

    Args:
        check: judges by signature and claims, here.
        now: seconds since 1970.

    Source: RFC 7662; docs/facts/okta.md §2 (client_id as a parameter, no Authorization header).
    """

    def __init__(
        self,
        settings: Settings,
        check: Callable[[str], Awaitable[AccessToken]],
        client: httpx2.AsyncClient,
        now: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._check = check
        self._client = client
        self._now = now
        self._cache: dict[bytes, tuple[float, AccessToken | InactiveToken]] = {}
        self._flights = Flights[AccessToken]()

    async def verify(self, token: str) -> AccessToken:
        """
        Ask Okta, unless it was asked a moment ago; then check the same claims as in a JWT.

        Raises:
            RefusedToken: forged, inactive, or a claim says something else than it must.
            CheckUnavailable: Okta did not answer, or not with a judgement; or its keys are not to be had.
        """
        key = sha256(token.encode("utf-8", "replace")).digest()
        remembered = self._cache.get(key)
        if remembered is None or self._now() >= remembered[0]:
            return await self._flights.share(key, lambda: self._judge(key, token))
        known = remembered[1]
        if isinstance(known, InactiveToken):
            raise InactiveToken(known.reason, known.detail)
        return known

    async def _judge(self, key: bytes, token: str) -> AccessToken:
        """What cannot be good is refused here; what may be is Okta's to say, and the answer is checked again."""
        local = await self._check(token)
        check_askable(local.client_id, self._settings)
        claims = local.claims
        assert claims is not None  # `check_claims` hands them on
        try:
            access = self._accept(claims, await self._introspect(token, local.client_id))
        except InactiveToken as error:
            self._remember(key, error, claims["exp"] + self._settings.leeway_seconds)  # then the claims refuse it
            raise
        self._remember(key, access, claims["exp"])
        return access

    def _accept(self, claims: Mapping[str, Any], answer: Mapping[str, Any]) -> AccessToken:
        said = as_claims(answer)
        access = check_claims(said, self._settings, self._now())
        check_same(claims, said)
        return access

    async def _introspect(self, token: str, client_id: str) -> Mapping[str, Any]:
        form = {"token": token, "token_type_hint": "access_token", "client_id": client_id}
        request = self._client.build_request("POST", f"{self._settings.issuer}/v1/introspect", data=form)
        answer = await ask(self._client, request)
        if answer.get("active") is not True:
            raise InactiveToken(Reason.TOKEN_INACTIVE)
        if answer.get("token_type", "Bearer") != "Bearer":
            raise InactiveToken(Reason.TOKEN_TYPE_WRONG)
        return answer

    def _remember(self, key: bytes, judgement: AccessToken | InactiveToken, expires_at: float) -> None:
        while len(self._cache) >= CACHE_ENTRIES:
            del self._cache[next(iter(self._cache))]
        self._cache[key] = (min(self._now() + CACHE_SECONDS, expires_at), judgement)


def check_askable(client_id: str, settings: Settings) -> None:
    """
    Refuse a service by name: it is no public client, so Okta would tell nobody but itself about its token.

    Raises:
        WrongClaim: `cid` is a service's.

    Source: RFC 7662 §2.1; infra/settings.py refuses the combination before it is deployed.
    """
    if client_id in settings.service_client_ids:
        raise WrongClaim(Reason.CID_SERVICE, "an app for people where TOKEN_CHECK is introspection", client_id)


def check_same(claims: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """
    Accept an answer that speaks of this token.

    Raises:
        InactiveToken: a claim differs, or the scopes.

    Source: ours. RFC 7662 §4 leaves it to the resource server to make sure.
    """
    different = [name for name in SAME if claims.get(name) != answer.get(name)]
    if sorted(claims["scp"]) != sorted(answer["scp"]):
        different.append("scp")
    if different:
        raise InactiveToken(Reason.ANSWER_MISMATCH, f"Okta's answer differs in {', '.join(different)}")


def as_claims(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer in the words of Okta's access token: `cid` for `client_id`, `scp` for `scope`."""
    scope = answer.get("scope")
    claims = {name: value for name, value in answer.items() if name not in ("active", "scope", "scp", "client_id")}
    scopes = {"scp": scope.split() if isinstance(scope, str) else scope} if "scope" in answer else {}
    return claims | {"cid": answer.get("client_id")} | scopes
