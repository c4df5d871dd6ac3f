"""
Clients that prove who they are with a signed JWT: private_key_jwt and client_secret_jwt.

Source: RFC 7523 §3; https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/ (JWT claims).
"""

import base64
import json
import math
from collections.abc import Callable
from typing import Any, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, RSAKey
from starlette.requests import Request

from local_cloud.okta.apps import SHORTEST_HMAC_SECRET, active_secrets, auth_method, find_client, oauth_settings
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.ids import digest
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECONDS = 3600
ALGORITHMS = {
    "private_key_jwt": ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
    "client_secret_jwt": ["HS256", "HS384", "HS512"],
}
PUBLIC = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y")}
Key = RSAKey | ECKey | OctKey


def check_assertion(org: Org, request: Request, form: dict[str, str]) -> Row:
    """
    The client that signed an assertion.

    Raises:
        OAuthError: invalid_client with 401, and the first thing that is wrong.
    """
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _refusal("The client_assertion_type is invalid.")
    assertion = form["client_assertion"]
    claims = _unverified(assertion)
    app = find_client(org, str(claims.get("sub", "")))
    if app is None or auth_method(app) not in ALGORITHMS or form.get("client_id", app["id"]) != app["id"]:
        raise _refusal("Client authentication failed. Either the client or the client credentials are invalid.")
    if not _is_signed_by(app, assertion):
        raise _refusal("The client_assertion signature is invalid.")
    check_issuer(claims, app)
    check_audience(claims, org.url(request.scope["path"]))
    check_times(claims, org.now())
    check_unused(org, claims, app)
    return app


def check_issuer(claims: dict[str, Any], app: Row) -> None:
    """A client speaks for itself."""
    if claims.get("iss") != app["id"]:
        raise _refusal("The issuer of the client_assertion must be the client_id.")


def check_audience(claims: dict[str, Any], endpoint: str) -> None:
    """The endpoint itself, in one text; Okta does not take the issuer for it."""
    if claims.get("aud") not in (endpoint, [endpoint]):
        raise _refusal("The audience claim for client_assertion must be the endpoint invoked for the request.")


def check_times(claims: dict[str, Any], now: float) -> None:
    """An hour at most, and not from the future."""
    expires, issued = claims.get("exp"), claims.get("iat", 0)
    if not _is_time(expires) or not _is_time(issued):
        raise _refusal("The client_assertion token must have an 'exp' claim, and its times must be numbers.")
    if expires <= now:
        raise _refusal("The client_assertion token is expired.")
    if expires > now + LONGEST_SECONDS:
        raise _refusal("The client_assertion token has an expiration too far into the future.")
    if issued > now:
        raise _refusal("The client_assertion token was issued in the future.")


def check_unused(org: Org, claims: dict[str, Any], app: Row) -> None:
    """With a `jti`, an assertion works once."""
    org.store.expire("assertions", org.now())
    if "jti" not in claims:
        return
    key = digest(json.dumps([app["id"], claims["jti"]]))
    if org.store.get("assertions", key):
        raise _refusal("The client_assertion token has already been used: each 'jti' works once.")
    org.store.put("assertions", key, {"id": key, "expires": claims["exp"]})


def _is_signed_by(app: Row, assertion: str) -> bool:
    if auth_method(app) == "private_key_jwt":
        return _verifies(app, assertion, lambda sender: _public_key(app, sender))
    return any(_verifies(app, assertion, _shared_key(secret)) for secret in _hmac_secrets(app))


def _hmac_secrets(app: Row) -> list[str]:
    """Those that are long enough; a state file may hold others."""
    secrets = [secret for secret in active_secrets(app) if len(secret) >= SHORTEST_HMAC_SECRET]
    if not secrets:
        raise _refusal("The client secret is too short to verify a JWT HMAC.")
    return secrets


def _verifies(app: Row, assertion: str, key_of: Callable[[Any], Key]) -> bool:
    try:
        jws.deserialize_compact(assertion, key_of, algorithms=ALGORITHMS[auth_method(app)])
    except (JoseError, KeyError, ValueError, TypeError, RecursionError):
        return False
    return True


def _shared_key(secret: str) -> Callable[[Any], Key]:
    return lambda sender: OctKey.import_key(secret)


def _public_key(app: Row, sender: Any) -> RSAKey | ECKey:
    keys = [key for key in oauth_settings(app)["jwks"]["keys"] if key["status"] == "ACTIVE"]
    kid = sender.headers().get("kid")
    # Without a `kid` the only key is meant.
    named = keys if kid is None and len(keys) == 1 else [key for key in keys if key["kid"] == kid]
    jwk = {name: named[0][name] for name in PUBLIC[named[0]["kty"]]} if named else {}
    return ECKey.import_key(jwk) if jwk.get("kty") == "EC" else RSAKey.import_key(jwk)


def _unverified(assertion: str) -> dict[str, Any]:
    try:
        payload = assertion.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError) as error:
        raise _refusal("The parsing of the client_assertion failed.") from error
    return claims if isinstance(claims, dict) else {}


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def _refusal(why: str) -> OAuthError:
    return OAuthError("invalid_client", why, 401)
