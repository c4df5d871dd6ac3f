"""
What scripts of other origins may read, so that browser apps can do without a server of their own.

Okta keeps a list of trusted origins; here the redirect URIs of the org's browser apps are that list.

Source: https://developer.okta.com/docs/guides/enable-cors/main/; Fetch standard §3.2 (CORS protocol).
"""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from local_cloud.okta.apps import oauth_settings
from local_cloud.okta.org import Org

EVERYBODY, TRUSTED = "everybody", "trusted"
ALLOWED_HEADERS = "Accept, Authorization, Content-Type, X-Okta-User-Agent-Extended"
LONGEST_SECONDS = "600"


def add_headers(org: Org, request: Request, response: Response, readers: str) -> None:
    """Let the page that asked read the answer, if it is one of the readers."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    if readers == EVERYBODY:
        response.headers["Access-Control-Allow-Origin"] = "*"
        return
    response.headers.append("Vary", "Origin")
    if is_trusted(org, origin):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"


def preflight(org: Org, request: Request, methods: list[str], readers: str) -> Response:
    """Answer the question that a browser asks before it sends a request with headers of its own."""
    response = Response(status_code=204)
    add_headers(org, request, response, readers)
    if "Access-Control-Allow-Origin" in response.headers:
        response.headers["Access-Control-Allow-Methods"] = ", ".join([*methods, "OPTIONS"])
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = LONGEST_SECONDS
    return response


def is_trusted(org: Org, origin: str) -> bool:
    """Whether an active browser app lives at this origin."""
    settings = (oauth_settings(app) for app in org.store.rows("apps", status="ACTIVE"))
    uris = (uri for oauth in settings if oauth["application_type"] == "browser" for uri in oauth["redirect_uris"])
    return origin in {f"{urlsplit(uri).scheme}://{urlsplit(uri).netloc}" for uri in uris}
