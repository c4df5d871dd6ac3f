"""
Who a client is at the token, introspection and revocation endpoints.

Source: RFC 6749 §2.3, RFC 7523 §3; https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/
"""

import base64
import hmac
import json
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from starlette.requests import Request

from local_cloud.okta.apps import auth_method, find_client, oauth_settings
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 3600
FAILED = "Client authentication failed. Either the client or the client credentials are invalid."
SEVERAL = (
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, "
    "credentials in the post body, or a client_assertion in the post body."
)


def authenticate(org: Org, request: Request, form: dict[str, str]) -> Row:
    """
    The client that sent a request, authenticated in the way that its app prescribes.

    Raises:
        OAuthError: invalid_client with 401, or invalid_request for several credentials at once.
    """
    basic = _basic(request.headers.get("authorization"))
    methods = [basic is not None, "client_secret" in form, "client_assertion" in form]
    if sum(methods) > 1:
        raise OAuthError("invalid_request", SEVERAL)
    if basic is not None:
        return _with_secret(org, basic, "client_secret_basic")
    if "client_secret" in form:
        return _with_secret(org, (form.get("client_id", ""), form["client_secret"]), "client_secret_post")
    if "client_assertion" in form:
        return _with_assertion(org, request, form)
    return _public(org, form)


def _public(org: Org, form: dict[str, str]) -> Row:
    if "client_id" not in form:
        raise OAuthError("invalid_client", FAILED, 401)
    app = find_client(org, form["client_id"])
    if app is None:
        raise OAuthError("invalid_client", "Invalid value for 'client_id' parameter.", 401)
    if auth_method(app) != "none":
        raise OAuthError("invalid_client", FAILED, 401)
    return app


def _with_secret(org: Org, credentials: tuple[str, str], method: str) -> Row:
    client_id, secret = credentials
    app = find_client(org, client_id)
    if app is None or auth_method(app) != method:
        raise OAuthError("invalid_client", FAILED, 401)
    if not hmac.compare_digest(secret.encode(), app["_secret"].encode()):
        raise OAuthError("invalid_client", "The client secret supplied for a confidential client is invalid.", 401)
    return app


def _with_assertion(org: Org, request: Request, form: dict[str, str]) -> Row:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthError("invalid_client", "The client_assertion_type is invalid.", 401)
    claims = _unverified(form["client_assertion"])
    app = find_client(org, str(claims.get("sub", "")))
    if app is None or auth_method(app) != "private_key_jwt" or form.get("client_id", app["id"]) != app["id"]:
        raise OAuthError("invalid_client", FAILED, 401)
    if not _is_signed_by(app, form["client_assertion"]):
        raise OAuthError("invalid_client", "The client_assertion signature is invalid.", 401)
    _check_claims(org, request, app, claims)
    return app


def _check_claims(org: Org, request: Request, app: Row, claims: dict[str, Any]) -> None:
    if claims.get("iss") != app["id"]:
        raise OAuthError("invalid_client", "The issuer of the client_assertion must be the client_id.", 401)
    path = request.scope["path"]
    if claims.get("aud") not in (org.url(path), org.url(path.partition("/v1/")[0])):
        raise OAuthError("invalid_client", "The audience claim for client_assertion must be the endpoint invoked.", 401)
    expires, now = claims.get("exp"), org.now()
    if (
        isinstance(expires, bool)
        or not isinstance(expires, int | float)
        or not now < expires <= now + ASSERTION_SECONDS
    ):
        raise OAuthError("invalid_client", "The client_assertion token is expired or lives too long.", 401)


def _is_signed_by(app: Row, assertion: str) -> bool:
    keys = {key["kid"]: key for key in oauth_settings(app)["jwks"]["keys"] if key["status"] == "ACTIVE"}

    def key_of(sender: Any) -> RSAKey:
        jwk = keys[sender.headers()["kid"]]
        return RSAKey.import_key({name: jwk[name] for name in ("kty", "n", "e")})

    try:
        jws.deserialize_compact(assertion, key_of, algorithms=["RS256", "RS384", "RS512"])
    except (JoseError, KeyError, ValueError, TypeError):
        return False
    return True


def _unverified(assertion: str) -> dict[str, Any]:
    try:
        payload = assertion.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError) as error:
        raise OAuthError("invalid_client", "The client_assertion is not a JWT.", 401) from error
    return claims if isinstance(claims, dict) else {}


def _basic(header: str | None) -> tuple[str, str] | None:
    if header is None:
        return None
    scheme, _, encoded = header.partition(" ")
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise OAuthError("invalid_client", FAILED, 401) from error
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", FAILED, 401)
    return unquote_plus(name), unquote_plus(secret)
