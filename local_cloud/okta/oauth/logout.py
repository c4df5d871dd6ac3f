"""
The end of a browser's session, asked for by an app or by the person.

Source: https://developer.okta.com/docs/guides/sign-users-out/; OpenID Connect RP-Initiated Logout 1.0 §2, §3.
"""

from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local_cloud.okta.apps import find_client, oauth_settings
from local_cloud.okta.errors import PageError
from local_cloud.okta.oauth import sessions
from local_cloud.okta.oauth.forms import page_params
from local_cloud.okta.oauth.pages import message_page
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import read_token

BAD_REQUEST = "400 Bad Request"
BAD_HINT = "Your request resulted in an error. The 'id_token_hint' parameter is missing or invalid."
BAD_URI = "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings: "
SIGNED_OUT = "You are signed out", "You can close this page."
OTHER_PERSON = "Nobody was signed out", "This browser is signed in as somebody else."


async def logout(org: Org, server: Row, request: Request) -> Response:
    """End the session that an ID token is about, and send the browser back to the app if it asks for that."""
    params = await page_params(request)
    claims = check_hint(org, server, params)
    app = find_client(org, claims["aud"])
    target = params.get("post_logout_redirect_uri")
    if app is None or (target is not None and target not in oauth_settings(app)["post_logout_redirect_uris"]):
        raise PageError(BAD_REQUEST, f"Your request resulted in an error. {BAD_URI}{app['label'] if app else ''}")
    session = sessions.find(org, request)
    if session is not None and session["user"] == claims["sub"]:
        sessions.end(org, request)
        session = None
    if target is not None:
        return _back(target, params.get("state"))
    return message_page(*(SIGNED_OUT if session is None else OTHER_PERSON), 200)


async def sign_out(org: Org, server: Row, request: Request) -> Response:
    """End whatever session the browser has. Source: https://developer.okta.com/docs/guides/sign-users-out/"""
    if "fromURI" in request.query_params:
        raise PageError(BAD_REQUEST, "The local Okta does not emulate the 'fromURI' parameter.")
    sessions.end(org, request)
    return message_page(*SIGNED_OUT, 200)


def check_hint(org: Org, server: Row, params: dict[str, str]) -> dict[str, Any]:
    """
    The claims of the ID token, which must be this server's and may have expired.

    Raises:
        PageError: it is missing, or anything else.
    """
    claims = read_token(org, server, params.get("id_token_hint", ""), expired=True)
    if claims is None or "cid" in claims:
        raise PageError(BAD_REQUEST, BAD_HINT)
    return claims


def _back(target: str, state: str | None) -> Response:
    separator = "&" if urlsplit(target).query else "?"
    address = target if state is None else f"{target}{separator}{urlencode({'state': state})}"
    return RedirectResponse(address, 302, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
