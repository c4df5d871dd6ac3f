"""Parameters as browsers and clients send them, and the wrapper that every OAuth endpoint shares."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_cloud.okta.calls import error_response
from local_cloud.okta.errors import OAuthError, OktaError, PageError, not_found
from local_cloud.okta.oauth.pages import message_page
from local_cloud.okta.org import Org
from local_cloud.okta.servers import find_server
from local_cloud.okta.store import Row

MAY_REPEAT = ("resource", "audience")
Endpoint = Callable[[Org, Row, Request], Awaitable[Response]]


def oauth_route(org: Org, method: str, path: str, endpoint: Endpoint) -> Route:
    """Serve a path of an active server; failures become JSON, or pages where a person looks."""

    async def serve(request: Request) -> Response:
        try:
            response = await endpoint(org, active_server(org, request.path_params["server"]), request)
        except OAuthError as error:
            response = oauth_error(error, request)
        except OktaError as error:
            response = error_response(error)
        except PageError as error:
            response = message_page(error.title, error.message, error.status)
        org.store.save()
        return response

    return Route(path, serve, methods=[method])


def active_server(org: Org, name: str) -> Row:
    """
    The server that a path names.

    Raises:
        OktaError: E0000007 for one that does not exist or is inactive.
    """
    server = find_server(org, name)
    if server is None or server["status"] != "ACTIVE":
        raise not_found(name, "AuthorizationServer")
    return server


def oauth_error(error: OAuthError, request: Request) -> Response:
    """A refusal in JSON. Source: RFC 6749 §5.2."""
    body = {"error": error.error, "error_description": error.description}
    response = JSONResponse(body, error.status, {"Cache-Control": "no-store", "Pragma": "no-cache"})
    if error.status == 401 and "authorization" in request.headers:
        response.headers["WWW-Authenticate"] = 'Basic realm="Okta"'
    return response


async def read_form(request: Request) -> dict[str, str]:
    """
    The parameters of a POST.

    Raises:
        OAuthError: another media type, or a parameter that is sent twice (RFC 6749 §3.2).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "The Content-Type must be application/x-www-form-urlencoded.")
    return parse((await request.body()).decode("utf-8", "replace"))


def parse(encoded: str) -> dict[str, str]:
    """
    The parameters of a query or form; empty ones are omitted (RFC 6749 §3.1).

    Raises:
        OAuthError: a parameter that is sent twice, other than those that may be.
    """
    found: dict[str, str] = {}
    for name, value in parse_qsl(encoded):
        if name in found and name not in MAY_REPEAT:
            raise OAuthError("invalid_request", f"The parameter '{name}' must not be included more than once.")
        found[name] = value
    return found
