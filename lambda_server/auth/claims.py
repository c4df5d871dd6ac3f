"""The claims of an access token, one check per claim; `check_claims` is the list, in order."""

from collections.abc import Mapping
from typing import Any

from mcp.server.auth.provider import AccessToken

from lambda_server.auth.errors import WrongClaim
from lambda_server.settings import Settings


def check_claims(claims: Mapping[str, Any], settings: Settings, now: float) -> AccessToken:
    """
    Accept the claims of a token that Okta issued for this server, and say who calls with what.

    Raises:
        WrongClaim: the first claim that is absent or says something else.

    Does not check: the signature; whether the scopes suffice for a call.
    """
    check_issuer(claims, settings.issuer)
    check_audience(claims, settings.url)
    expires_at = check_lifetime(claims, now, settings.leeway_seconds)
    client_id = check_client(claims, settings.client_ids)
    return AccessToken(
        token="",  # no tool can leak what it never had
        client_id=client_id,
        scopes=read_scopes(claims),
        expires_at=int(expires_at),
        resource=settings.url,
        subject=_text(claims, "sub"),
        claims=dict(claims),
    )


def check_issuer(claims: Mapping[str, Any], issuer: str) -> None:
    """
    Accept only our authorization server.

    Raises:
        WrongClaim: `iss` is another.

    Source: RFC 9068 §4.
    """
    if claims.get("iss") != issuer:
        raise WrongClaim("iss", issuer, claims.get("iss"))


def check_audience(claims: Mapping[str, Any], audience: str) -> None:
    """
    Accept only a token issued for this server; Okta writes one string, so a list is not taken.

    Raises:
        WrongClaim: `aud` is absent, or names another resource.

    Source: RFC 9068 §4; docs/facts/okta.md §2. The MCP SDK leaves this check to us.
    """
    if claims.get("aud") != audience:
        raise WrongClaim("aud", audience, claims.get("aud"))


def check_lifetime(claims: Mapping[str, Any], now: float, leeway_seconds: float) -> float:
    """
    Accept a token between `nbf`, where it has one, and `exp`; return `exp`.

    Args:
        now: seconds since 1970.

    Raises:
        WrongClaim: `exp` is absent or past, or `nbf` is in the future, both by more than the leeway.

    Source: RFC 7519 §4.1.4, §4.1.5.
    """
    expires_at = _number(claims, "exp")
    if now >= expires_at + leeway_seconds:
        raise WrongClaim("exp", f"after {int(now)}", claims["exp"])
    if "nbf" in claims and now < _number(claims, "nbf") - leeway_seconds:
        raise WrongClaim("nbf", f"before {int(now)}", claims["nbf"])
    return expires_at


def check_client(claims: Mapping[str, Any], client_ids: tuple[str, ...]) -> str:
    """
    Accept only tokens that one of our apps asked for; return its client id.

    Raises:
        WrongClaim: `cid` is absent or another app's.

    Source: Okta access token reference, `cid`.
    """
    client_id = _text(claims, "cid")
    if client_id not in client_ids:
        raise WrongClaim("cid", f"one of {', '.join(client_ids)}", client_id)
    return client_id


def read_scopes(claims: Mapping[str, Any]) -> list[str]:
    """
    The scopes that Okta granted.

    Raises:
        WrongClaim: `scp` is there and is no list of texts.

    Source: Okta access token reference, `scp`: an array.
    """
    scopes = claims.get("scp", [])
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise WrongClaim("scp", "a list of texts", scopes)
    return scopes


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise WrongClaim(name, "a text", value)
    return value


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise WrongClaim(name, "a number of seconds", value)
    return value
