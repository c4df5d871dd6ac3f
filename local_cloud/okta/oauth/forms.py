"""Parameters as browsers and clients send them, and the wrapper that every OAuth endpoint shares."""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_cloud.okta.calls import error_response
from local_cloud.okta.errors import OAuthError, OktaError, PageError
from local_cloud.okta.oauth import cors
from local_cloud.okta.oauth.issuers import active_issuer
from local_cloud.okta.oauth.pages import message_page
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

MAY_REPEAT = ("resource", "audience")
Endpoint = Callable[[Org, Row, Request], Awaitable[Response]]


def oauth_route(org: Org, method: str, path: str, endpoint: Endpoint, readers: str | None = None) -> Route:
    """
    Serve a path of an active server; failures become JSON, or pages where a person looks.

    Args:
        readers: whose scripts may read the answer; None where no script should.
    """

    async def serve(request: Request) -> Response:
        response = await _answer(org, endpoint, request)
        await org.store.saved()
        if readers is not None:
            cors.add_headers(org, request, response, readers)
        return response

    return Route(path, serve, methods=[method])


def preflight_route(org: Org, path: str, methods: list[str], readers: str) -> Route:
    """Serve the OPTIONS of a path that scripts may read."""

    async def serve(request: Request) -> Response:
        return cors.preflight(org, request, methods, readers)

    return Route(path, serve, methods=["OPTIONS"])


async def _answer(org: Org, endpoint: Endpoint, request: Request) -> Response:
    try:
        return await endpoint(org, active_issuer(org, request.path_params.get("server")), request)
    except OAuthError as error:
        return oauth_error(error, request)
    except OktaError as error:
        return error_response(error)
    except PageError as error:
        return message_page(error.title, error.message, error.status)


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
    return parse(await read_encoded(request))


async def read_params(request: Request) -> dict[str, str]:
    """
    The parameters that a client sent in the form, the query, or both; Okta's own SDKs do all three.

    Raises:
        OAuthError: as for a form, and for a secret in the query (RFC 6749 §2.3.1).

    Source: okta-oidc-android, IntrospectRequest and RevokeTokenRequest; an SDK in Pulumi's Okta plugin 7.0.1.
    """
    query, form = request.scope["query_string"].decode("latin-1"), await read_encoded(request)
    if "client_secret" in parse(query):
        raise OAuthError("invalid_request", "The parameter 'client_secret' must not be in the URL.")
    return parse(f"{query}&{form}")


async def read_encoded(request: Request) -> str:
    """
    The body of a form as it was sent; no body is an empty form.

    Raises:
        OAuthError: another media type.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind != "application/x-www-form-urlencoded" and (kind or body):
        raise OAuthError("invalid_request", "The Content-Type must be application/x-www-form-urlencoded.")
    return body.decode("utf-8", "replace")


async def page_params(request: Request) -> dict[str, str]:
    """
    The parameters that a browser sent, in the query or in a form.

    Raises:
        PageError: they cannot be read; a person is looking.
    """
    try:
        if request.method == "POST":
            return await read_form(request)
        return parse(request.scope["query_string"].decode("latin-1"))
    except OAuthError as error:
        raise PageError("400 Bad Request", error.description) from error


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
