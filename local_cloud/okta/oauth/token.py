"""
The token endpoint.

Source: RFC 6749 §5; https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/ (token).
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.apps import oauth_settings
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.grant_types import CLIENT, CODE, DEVICE, NOT_BUILT, REFRESH
from local_cloud.okta.oauth.clients import authenticate
from local_cloud.okta.oauth.device_exchange import by_device
from local_cloud.okta.oauth.exchanges import by_client, by_code, by_refresh
from local_cloud.okta.oauth.forms import read_params
from local_cloud.okta.oauth.wording import unauthorized_grant, unsupported_grant
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
NO_PKCE = "Browser requests to the token endpoint must use Proof Key for Code Exchange."
EXCHANGES: dict[str, Callable[[Org, Row, Row, dict[str, str]], dict[str, object]]] = {
    CODE: by_code,
    REFRESH: by_refresh,
    CLIENT: by_client,
    DEVICE: by_device,
}


async def token(org: Org, server: Row, request: Request) -> Response:
    """Exchange a grant for tokens."""
    form = await read_params(request)
    app = authenticate(org, request, form)
    kind = check_grant(app, form)
    check_browser(request, kind, form)
    return JSONResponse(EXCHANGES[kind](org, server, app, form), headers=NO_STORE)


def check_grant(app: Row, form: dict[str, str]) -> str:
    """
    The grant type, which the server must know and the app must have.

    Raises:
        OAuthError: invalid_request, unsupported_grant_type or unauthorized_client.
    """
    kind, allowed = form.get("grant_type"), oauth_settings(app)["grant_types"]
    if kind is None:
        raise OAuthError("invalid_request", "The token request must specify a grant type.")
    if kind in NOT_BUILT:
        raise OAuthError("unsupported_grant_type", f"The local Okta does not emulate the grant type '{kind}'.")
    if kind not in EXCHANGES:
        raise OAuthError("unsupported_grant_type", unsupported_grant(list(EXCHANGES)))
    if kind not in allowed:
        raise OAuthError("unauthorized_client", unauthorized_grant(allowed))
    return kind


def check_browser(request: Request, kind: str, form: dict[str, str]) -> None:
    """A page's own script can keep no secret, so that a code without PKCE is refused to it."""
    if "origin" in request.headers and kind == CODE and "code_verifier" not in form:
        raise OAuthError("invalid_request", NO_PKCE)
