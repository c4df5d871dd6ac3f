"""The claims of an access token, one check per claim; `check_claims` is the list, in order."""

import re
from collections.abc import Mapping
from typing import Any

from mcp.server.auth.provider import AccessToken

from lambda_server.auth.errors import WrongClaim
from lambda_server.auth.reasons import Reason
from lambda_server.settings import Settings

LONGEST_LIFETIME_SECONDS = 24 * 3600  # the most that a rule of Okta's can give an access token
LONGEST_SUBJECT = 256
USER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §3.3

Claims = Mapping[str, Any]


def check_claims(claims: Claims, settings: Settings, now: float) -> AccessToken:
    """
    Accept the claims of a token that Okta issued for this server, and say who calls with what.

    Raises:
        WrongClaim: the first claim that is absent or says something else.

    Does not check: the signature; whether the scopes suffice for a call.
    """
    check_issuer(claims, settings.issuer)
    check_audience(claims, settings.url)
    check_bearer(claims)
    expires_at = check_lifetime(claims, now, settings.leeway_seconds)
    client_id = check_client(claims, (*settings.client_ids, *settings.service_client_ids))
    if client_id in settings.service_client_ids:
        check_service(claims, client_id)
    else:
        check_person(claims, client_id)
    return AccessToken(
        token="",  # no tool can leak what it never had
        client_id=client_id,
        scopes=read_scopes(claims),
        expires_at=expires_at,
        resource=settings.url,
        subject=claims["sub"],
        claims=dict(claims),
    )


def check_issuer(claims: Claims, issuer: str) -> None:
    """
    Accept only our authorization server, byte for byte.

    Raises:
        WrongClaim: `iss` is another.

    Source: RFC 9068 §4; RFC 8725 §3.8.
    """
    if _text(claims, "iss") != issuer:
        raise WrongClaim(Reason.ISS_WRONG, issuer, claims["iss"])


def check_audience(claims: Claims, audience: str) -> None:
    """
    Accept only a token issued for this server; Okta writes one string, so a list is not taken.

    Raises:
        WrongClaim: `aud` is absent, or names another resource.

    Source: RFC 9068 §4; RFC 8707 §2; docs/facts/okta.md §2. The MCP SDK leaves this check to us.
    """
    if _text(claims, "aud") != audience:
        raise WrongClaim(Reason.AUD_WRONG, audience, claims["aud"])


def check_bearer(claims: Claims) -> None:
    """
    Refuse a token that is bound to a key or a certificate: whoever sends it as a bearer may have stolen it.

    Raises:
        WrongClaim: it has a `cnf`.

    Source: RFC 9449 §7.2; RFC 8705 §3.
    """
    if "cnf" in claims:
        raise WrongClaim(Reason.CNF_BOUND, "absent", claims["cnf"])


def check_lifetime(claims: Claims, now: float, leeway_seconds: float) -> int:
    """
    Accept a token between `iat` (and `nbf`, where it has one) and `exp`; return `exp`.

    Args:
        now: seconds since 1970.

    Raises:
        WrongClaim: a time is absent, no whole number, past or to come by more than the leeway; or `exp` is further
            from `iat` than Okta can make it.

    Source: RFC 7519 §4.1.4 to §4.1.6; RFC 9068 §2.2; docs/facts/okta.md §2 (lifetimes).
    """
    expires_at, issued_at = _seconds(claims, "exp"), _seconds(claims, "iat")
    if now >= expires_at + leeway_seconds:
        raise WrongClaim(Reason.EXP_PAST, f"after {int(now)}", expires_at)
    if now < issued_at - leeway_seconds:
        raise WrongClaim(Reason.IAT_FUTURE, f"before {int(now)}", issued_at)
    if expires_at - issued_at > LONGEST_LIFETIME_SECONDS:
        raise WrongClaim(Reason.EXP_FAR, f"within {LONGEST_LIFETIME_SECONDS} s of iat", expires_at)
    if "nbf" in claims and now < _seconds(claims, "nbf") - leeway_seconds:
        raise WrongClaim(Reason.NBF_FUTURE, f"before {int(now)}", claims["nbf"])
    return expires_at


def check_client(claims: Claims, client_ids: tuple[str, ...]) -> str:
    """
    Accept only tokens that one of our apps asked for; return its client id.

    Raises:
        WrongClaim: `cid` is absent or another app's.

    Source: Okta access token reference, `cid`.
    """
    client_id = _text(claims, "cid")
    if client_id not in client_ids:
        raise WrongClaim(Reason.CID_WRONG, f"one of {', '.join(client_ids)}", client_id)
    return client_id


def check_person(claims: Claims, client_id: str) -> None:
    """
    Accept a person: `uid` is Okta's id of theirs, `sub` a name that can be shown and is not the app's.

    Raises:
        WrongClaim: `uid` or `sub` is absent, or not of that form.

    Source: Okta access token reference, `uid` and `sub`; RFC 9068 §5 (a client must not pass for a person).
    """
    if USER_ID.fullmatch(_text(claims, "uid")) is None:
        raise WrongClaim(Reason.UID_FORM, "an id of Okta's", claims["uid"])
    subject = _text(claims, "sub")
    if len(subject) > LONGEST_SUBJECT or not subject.isprintable():
        raise WrongClaim(Reason.SUB_FORM, "a name that can be shown", subject)
    if subject == client_id:
        raise WrongClaim(Reason.SUB_WRONG, "a person's", subject)


def check_service(claims: Claims, client_id: str) -> None:
    """
    Accept a service that speaks for itself and for nobody else.

    Raises:
        WrongClaim: there is a `uid`, or `sub` is not the client id.

    Source: docs/facts/okta.md §2 (client credentials: sub = cid, no uid).
    """
    if "uid" in claims:
        raise WrongClaim(Reason.UID_UNEXPECTED, "absent", claims["uid"])
    if _text(claims, "sub") != client_id:
        raise WrongClaim(Reason.SUB_WRONG, client_id, claims["sub"])


def read_scopes(claims: Claims) -> list[str]:
    """
    The scopes that Okta granted.

    Raises:
        WrongClaim: `scp` is absent, or no list of scopes.

    Source: Okta access token reference, `scp`: an array; RFC 6749 §3.3.
    """
    if "scp" not in claims:
        raise WrongClaim(Reason.SCP_MISSING, "a list of scopes", None)
    scopes = claims["scp"]
    if not isinstance(scopes, list) or not all(isinstance(scope, str) and SCOPE.fullmatch(scope) for scope in scopes):
        raise WrongClaim(Reason.SCP_FORM, "a list of scopes", scopes)
    return scopes


def _text(claims: Claims, name: str) -> str:
    if name not in claims:
        raise WrongClaim(Reason(f"{name}_missing"), "a text", None)
    value = claims[name]
    if not isinstance(value, str) or not value:
        raise WrongClaim(Reason(f"{name}_form"), "a text", value)
    return value


def _seconds(claims: Claims, name: str) -> int:
    """A time as Okta writes it: whole seconds. Source: RFC 7519 §2 (NumericDate)."""
    if name not in claims:
        raise WrongClaim(Reason(f"{name}_missing"), "a number of seconds", None)
    value = claims[name]
    if type(value) is not int or value < 0:
        raise WrongClaim(Reason(f"{name}_form"), "a whole number of seconds", value)
    return value
