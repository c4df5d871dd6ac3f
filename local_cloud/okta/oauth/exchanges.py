"""
What is exchanged for tokens: codes, refresh tokens, and what a service is by itself.

Source: RFC 6749 §4.1.3, §4.4, §6; RFC 7636 §4.6.
"""

import base64
import hashlib
import hmac

from local_cloud.okta.apps import auth_method
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.grant_types import CLIENT, CODE
from local_cloud.okta.ids import digest
from local_cloud.okta.oauth import families
from local_cloud.okta.oauth.answers import answer, first_answer
from local_cloud.okta.oauth.api_scopes import granted_scopes
from local_cloud.okta.oauth.checks import asked_scopes
from local_cloud.okta.oauth.decisions import decide, may_use
from local_cloud.okta.oauth.issuers import ORG, known_scopes
from local_cloud.okta.oauth.revocations import forget_access_token
from local_cloud.okta.oauth.wording import NO_DEFAULT_SCOPES, UNKNOWN_SCOPES
from local_cloud.okta.org import Org
from local_cloud.okta.servers import RESERVED_SCOPES
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import Grant

# Okta, refresh access tokens; elsewhere it is less.
LONGEST_REFRESH_SCOPE = 4096
BAD_CODE = "The authorization code is invalid or has expired."
BAD_REFRESH = "The refresh token is invalid or expired."
BAD_REDIRECT = "The 'redirect_uri' does not match the redirection URI used in the authorization request."


def by_code(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Exchange an authorization code; a second use takes the tokens of the first away (RFC 6749 §4.1.2)."""
    row = org.store.get("codes", digest(form.get("code", "")))
    if row is None or (row["server"], row["client"]) != (server["id"], app["id"]) or row["expires"] <= org.now():
        raise OAuthError("invalid_grant", BAD_CODE)
    if row["spent"] is not None:
        _take_back(org, row["spent"])
        raise OAuthError("invalid_grant", BAD_CODE)
    if "rule" not in row:  # of an earlier version, whose state file this is
        raise OAuthError("invalid_grant", BAD_CODE)
    if form.get("redirect_uri") != row["redirect_uri"]:
        raise OAuthError("invalid_grant", BAD_REDIRECT)
    check_verifier(row["challenge"], form.get("code_verifier"))
    user, scopes = check_user(org, app, row["user"], BAD_CODE), tuple(row["scopes"])
    grant = Grant(server, app, row["rule"], scopes, CODE, user, row["auth_time"], row["nonce"])
    given, family = first_answer(org, grant)
    spent = {"access_token": digest(str(given["access_token"])), "family": family}
    org.store.put("codes", row["id"], {**row, "spent": spent})
    return given


def by_refresh(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Exchange a refresh token; one that was rotated away ends its whole family."""
    token = form.get("refresh_token", "")
    row = families.find(org, token)
    if row is None or (row["server"], row["client"]) != (server["id"], app["id"]) or not families.is_alive(org, row):
        raise OAuthError("invalid_grant", BAD_REFRESH)
    if not families.accepts(org, row, token):
        families.revoke(org, row["id"])
        raise OAuthError("invalid_grant", BAD_REFRESH)
    user, kind = check_user(org, app, row["user"], BAD_REFRESH), families.kind_of(row)
    scopes = asked_scopes(form, LONGEST_REFRESH_SCOPE) or tuple(row["scopes"])
    if not set(scopes) <= set(row["scopes"]):
        raise OAuthError("invalid_scope", "The requested scope exceeds what was granted.")
    rule, scopes = decide(org, server, app, kind, scopes, user)
    given = answer(org, Grant(server, app, rule, scopes, kind, user, row["auth_time"], family=row["id"]))
    return {**given, "refresh_token": families.rotate(org, row, app, token)}


def by_client(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Give a service a token of its own. Source: RFC 6749 §4.4."""
    if auth_method(app) == "none":
        raise OAuthError("unauthorized_client", "A public client cannot use client_credentials.")
    asked = asked_scopes(form)
    scopes = granted_scopes(org, app, asked) if server["id"] == ORG else service_scopes(org, server, asked)
    rule, scopes = decide(org, server, app, CLIENT, scopes, None, by_default=not asked)
    refuse_consent(org, server, scopes)
    return answer(org, Grant(server, app, rule, scopes, CLIENT))


def service_scopes(org: Org, server: Row, asked: tuple[str, ...]) -> tuple[str, ...]:
    """
    The scopes of a service, none of which is about people.

    Raises:
        OAuthError: invalid_scope, or consent_required for what was asked.
    """
    known = known_scopes(org, server)
    scopes = asked or tuple(name for name, row in known.items() if row["default"] and name not in RESERVED_SCOPES)
    if not scopes:
        raise OAuthError("invalid_scope", NO_DEFAULT_SCOPES)
    if any(name not in known or name in RESERVED_SCOPES for name in scopes):
        raise OAuthError("invalid_scope", UNKNOWN_SCOPES)
    refuse_consent(org, server, asked)
    return scopes


def refuse_consent(org: Org, server: Row, scopes: tuple[str, ...]) -> None:
    """
    Accept only scopes to which no person would have to agree.

    Raises:
        OAuthError: consent_required.
    """
    known = known_scopes(org, server)
    if any(known[name]["consent"] == "REQUIRED" for name in scopes if name in known):
        raise OAuthError("consent_required", "A scope requires consent, which nobody can give to a service.")


def check_verifier(challenge: str | None, verifier: str | None) -> None:
    """The code's owner alone knows the verifier. Source: RFC 7636 §4.6, RFC 9700 §2.1.1 (downgrade)."""
    if challenge is None:
        if verifier is not None:
            raise OAuthError("invalid_grant", "PKCE verification failed.")
        return
    if verifier is None:
        raise OAuthError("invalid_grant", "PKCE code verifier is required.")
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest(hashed, challenge):
        raise OAuthError("invalid_grant", "PKCE verification failed.")


def check_user(org: Org, app: Row, user_id: str, refusal: str) -> Row:
    """The person must still be active and assigned."""
    user = org.store.get("users", user_id)
    if user is None or not may_use(org, app, user):
        raise OAuthError("invalid_grant", refusal)
    return user


def _take_back(org: Org, spent: dict[str, str]) -> None:
    if spent["family"]:
        families.revoke(org, spent["family"])
    forget_access_token(org, spent["access_token"])
