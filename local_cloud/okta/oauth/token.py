"""
The token endpoint.

Source: RFC 6749 §4.1.3, §4.4, §6; https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/ (token).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta import people
from local_cloud.okta.apps import auth_method, is_assigned, oauth_settings
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.ids import digest
from local_cloud.okta.oauth import families
from local_cloud.okta.oauth.checks import UNKNOWN_SCOPES, unauthorized_grant
from local_cloud.okta.oauth.clients import authenticate
from local_cloud.okta.oauth.forms import read_form
from local_cloud.okta.oauth.revocations import forget_access_token
from local_cloud.okta.org import Org
from local_cloud.okta.policy import FAILURE, Ask, first_rule
from local_cloud.okta.servers import RESERVED_SCOPES, scopes_of
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import Grant, access_token, access_token_seconds, id_token

BAD_CODE = "The authorization code is invalid or has expired."
BAD_REFRESH = "The refresh token is invalid or expired."
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


async def token(org: Org, server: Row, request: Request) -> Response:
    """Exchange a grant for tokens."""
    form = await read_form(request)
    app = authenticate(org, request, form)
    kind = form.get("grant_type")
    if kind is None:
        raise OAuthError("invalid_request", "The token request must specify a grant type.")
    exchange = EXCHANGES.get(kind)
    if exchange is None:
        raise OAuthError(
            "unsupported_grant_type",
            "The authorization grant type is not supported by the authorization server. "
            f"Configured grant types: [{', '.join(EXCHANGES)}].",
        )
    if kind not in oauth_settings(app)["grant_types"]:
        raise OAuthError("unauthorized_client", unauthorized_grant(oauth_settings(app)["grant_types"]))
    return JSONResponse(exchange(org, server, app, form), headers=NO_STORE)


def by_code(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Exchange an authorization code; a second use takes the tokens of the first away (RFC 6749 §4.1.2)."""
    row = org.store.get("codes", digest(form.get("code", "")))
    if row is None or (row["server"], row["client"]) != (server["id"], app["id"]) or row["expires"] <= org.now():
        raise OAuthError("invalid_grant", BAD_CODE)
    if row["spent"] is not None:
        _take_back(org, row["spent"])
        raise OAuthError("invalid_grant", BAD_CODE)
    if form.get("redirect_uri") != row["redirect_uri"]:
        why = "The 'redirect_uri' does not match the redirection URI used in the authorization request."
        raise OAuthError("invalid_grant", why)
    check_verifier(row["challenge"], form.get("code_verifier"))
    user = check_user(org, app, row["user"], BAD_CODE)
    grant = _decide(org, server, app, tuple(row["scopes"]), user, row["auth_time"], row["nonce"])
    answer = _tokens(org, grant)
    spent = {"access_token": answer["access_token"], "family": answer.pop("family")}
    org.store.put("codes", row["id"], {**row, "spent": {**spent, "access_token": digest(str(spent["access_token"]))}})
    return answer


def by_refresh(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Exchange a refresh token; one that was rotated away ends its whole family."""
    given = form.get("refresh_token", "")
    row = families.find(org, given)
    if row is None or (row["server"], row["client"]) != (server["id"], app["id"]) or not families.is_alive(org, row):
        raise OAuthError("invalid_grant", BAD_REFRESH)
    if not families.accepts(org, row, given):
        families.revoke(org, row["id"])
        raise OAuthError("invalid_grant", BAD_REFRESH)
    user = check_user(org, app, row["user"], BAD_REFRESH)
    granted = tuple(row["scopes"])
    scopes = tuple(dict.fromkeys(form.get("scope", "").split())) or granted
    if not set(scopes) <= set(granted):
        raise OAuthError("invalid_scope", "The requested scope exceeds what was granted.")
    grant = _decide(org, server, app, scopes, user, row["auth_time"], None, row["id"])
    answer = _answer(org, grant)
    answer["refresh_token"] = families.rotate(org, row, app, given)
    return answer


def by_client(org: Org, server: Row, app: Row, form: dict[str, str]) -> dict[str, object]:
    """Give a service a token of its own. Source: RFC 6749 §4.4."""
    if auth_method(app) == "none":
        raise OAuthError("unauthorized_client", "A public client cannot use client_credentials.")
    known = scopes_of(org, server["id"])
    asked = tuple(dict.fromkeys(form.get("scope", "").split()))
    scopes = asked or tuple(name for name, row in known.items() if row["default"])
    if not scopes or any(name not in known or name in RESERVED_SCOPES for name in scopes):
        raise OAuthError("invalid_scope", UNKNOWN_SCOPES)
    return _answer(org, _decide(org, server, app, scopes, None, None, None))


def check_verifier(challenge: str | None, verifier: str | None) -> None:
    """The code's owner alone knows the verifier. Source: RFC 7636 §4.6."""
    if challenge is None:
        return
    if verifier is None:
        raise OAuthError("invalid_grant", "PKCE code verifier is required.")
    hashed = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not hmac.compare_digest(hashed, challenge):
        raise OAuthError("invalid_grant", "PKCE verification failed.")


def check_user(org: Org, app: Row, user_id: str, refusal: str) -> Row:
    """The person must still be active and assigned."""
    user = org.store.get("users", user_id)
    if user is None or user["status"] != "ACTIVE" or not is_assigned(org, app, user, _group_ids(org, user)):
        raise OAuthError("invalid_grant", refusal)
    return user


def _decide(
    org: Org,
    server: Row,
    app: Row,
    scopes: tuple[str, ...],
    user: Row | None,
    auth_time: int | None,
    nonce: str | None,
    family: str | None = None,
) -> Grant:
    kind = "authorization_code" if user else "client_credentials"
    groups = _group_ids(org, user) if user else frozenset()
    ask = Ask(app["id"], kind, frozenset(scopes), user["id"] if user else None, groups)
    rule = first_rule(org.store.rows("policies", _server=server["id"]), org.store.rows("rules"), ask)
    if rule is None:
        raise OAuthError("access_denied", FAILURE)
    return Grant(server, app, rule, scopes, user, auth_time, nonce, family)


def _tokens(org: Org, grant: Grant) -> dict[str, object]:
    family, refresh = None, None
    if "offline_access" in grant.scopes:
        family, refresh = families.start(org, grant)
    answer = _answer(org, Grant(**{**vars(grant), "family": family}))
    if refresh is not None:
        answer["refresh_token"] = refresh
    return {**answer, "family": family}


def _answer(org: Org, grant: Grant) -> dict[str, object]:
    answer: dict[str, object] = {
        "token_type": "Bearer",
        "expires_in": access_token_seconds(grant.rule),
        "access_token": access_token(org, grant),
        "scope": " ".join(grant.scopes),
    }
    if grant.user and "openid" in grant.scopes:
        answer["id_token"] = id_token(org, grant, grant.user)
    return answer


def _take_back(org: Org, spent: dict[str, str]) -> None:
    if spent["family"]:
        families.revoke(org, spent["family"])
    forget_access_token(org, spent["access_token"])


def _group_ids(org: Org, user: Row) -> frozenset[str]:
    return frozenset(group["id"] for group in people.groups_of(org, user))


EXCHANGES: dict[str, Callable[[Org, Row, Row, dict[str, str]], dict[str, object]]] = {
    "authorization_code": by_code,
    "refresh_token": by_refresh,
    "client_credentials": by_client,
}
