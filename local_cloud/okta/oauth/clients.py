"""
Who a client is at the token, introspection and revocation endpoints.

Source: RFC 6749 §2.3, RFC 7523 §3; https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/
"""

import base64
import hmac
from urllib.parse import unquote_plus

from starlette.requests import Request

from local_cloud.okta.apps import active_secrets, auth_method, find_client
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.oauth.assertions import check_assertion
from local_cloud.okta.oauth.wording import INVALID_CLIENT_ID
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

FAILED = "Client authentication failed. Either the client or the client credentials are invalid."
NO_CREDENTIALS = "No client credentials found."
BAD_SECRET = "The client secret supplied for a confidential client is invalid."  # noqa: S105 (words, no secret)
SEVERAL = (
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, "
    "credentials in the post body, or a client_assertion in the post body."
)


def authenticate(org: Org, request: Request, form: dict[str, str]) -> Row:
    """
    The client that sent a request, authenticated in the way that its app prescribes.

    Raises:
        OAuthError: invalid_client with 401, or invalid_request for several credentials at once, and for DPoP.
    """
    refuse_dpop(request)
    basic = _basic(request.headers.get("authorization"))
    methods = [basic is not None, "client_secret" in form, "client_assertion" in form]
    if sum(methods) > 1:
        raise OAuthError("invalid_request", SEVERAL)
    if basic is not None:
        return _in_header(org, basic, form)
    if "client_secret" in form:
        return _with_secret(org, form.get("client_id", ""), {form["client_secret"]}, "client_secret_post", form)
    if "client_assertion" in form:
        return check_assertion(org, request, form)
    return _public(org, form)


def refuse_dpop(request: Request) -> None:
    """
    A proof would bind the token to a key, which nothing here does.

    Raises:
        OAuthError: there is a DPoP header (RFC 9449 §5).
    """
    if "dpop" in request.headers:
        raise OAuthError("invalid_dpop_proof", "The local Okta does not emulate DPoP: send no 'DPoP' header.")


def _in_header(org: Org, credentials: tuple[str, str], form: dict[str, str]) -> Row:
    """A public client has nothing to put behind its id there (okta-auth-js, lib/oidc/revokeToken.ts)."""
    client_id, secret = credentials
    app = find_client(org, client_id)
    if app is None or auth_method(app) != "none" or secret or form.get("client_id", client_id) != client_id:
        # RFC 6749 §2.3.1 wants a secret encoded, and most clients send it as it is.
        return _with_secret(org, client_id, {secret, unquote_plus(secret)}, "client_secret_basic", form)
    return app


def _public(org: Org, form: dict[str, str]) -> Row:
    if "client_id" not in form:
        raise OAuthError("invalid_client", NO_CREDENTIALS, 401)
    app = find_client(org, form["client_id"])
    if app is None:
        raise OAuthError("invalid_client", INVALID_CLIENT_ID, 401)
    if auth_method(app) != "none":
        raise OAuthError("invalid_client", FAILED, 401)
    return app


def _with_secret(org: Org, client_id: str, given: set[str], method: str, form: dict[str, str]) -> Row:
    app = find_client(org, client_id)
    if app is None or auth_method(app) != method or form.get("client_id", client_id) != client_id:
        raise OAuthError("invalid_client", FAILED, 401)
    pairs = [(secret, known) for secret in given for known in active_secrets(app)]
    if not any(hmac.compare_digest(secret.encode(), known.encode()) for secret, known in pairs):
        raise OAuthError("invalid_client", BAD_SECRET, 401)
    return app


def _basic(header: str | None) -> tuple[str, str] | None:
    if header is None:
        return None
    scheme, _, encoded = header.partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise OAuthError("invalid_client", FAILED, 401) from error
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", FAILED, 401)
    return unquote_plus(name), secret
