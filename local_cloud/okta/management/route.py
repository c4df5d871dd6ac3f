"""What every call of the Management API goes through: access, rate limit, query, body, and the errors of them all."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_cloud.okta.access import api_scope, check_access
from local_cloud.okta.calls import Call, Handler, error_response, read_object
from local_cloud.okta.errors import OktaError, feature_missing, not_built
from local_cloud.okta.issued import end_lost
from local_cloud.okta.org import Org
from local_cloud.okta.rate_limits import kind_of

NEEDS_API_ACCESS_MANAGEMENT = "/api/v1/authorizationServers"


def management_route(
    org: Org,
    method: str,
    path: str,
    handler: Handler,
    *,
    query: tuple[str, ...] = (),
    takes_body: bool = False,
    body_optional: bool = False,
    limited: bool = True,
) -> Route:
    """
    Serve one method of one path.

    Args:
        query: the query parameters that the path knows.
        limited: whether the call counts against the rate limit.
    """
    kind, scope = kind_of(path), api_scope(method, path)

    async def called(request: Request) -> Response:
        user_id = check_access(org, request, scope)
        if limited:
            org.rate_limits.take(kind, org.now())
        check_feature(org, path)
        check_query(request, path, query)
        body = await read_object(request, optional=body_optional) if takes_body or body_optional else {}
        response = handler(Call(org, request.path_params, dict(request.query_params), body, user_id))
        if method != "GET":
            end_lost(org)
        return response

    async def endpoint(request: Request) -> Response:
        try:
            response = await called(request)
        except OktaError as error:
            response = error_response(error)
        await org.store.saved()
        response.headers.update(rate_headers(org, kind))
        return response

    return Route(path, endpoint, methods=[method])


def check_feature(org: Org, path: str) -> None:
    """
    Custom authorization servers are a product of their own, which a plan may not include.

    Raises:
        OktaError: E0000015.
    """
    if path.startswith(NEEDS_API_ACCESS_MANAGEMENT) and not org.api_access_management:
        raise feature_missing()


def check_query(request: Request, path: str, known: tuple[str, ...]) -> None:
    """
    Refuse a query parameter that would be ignored.

    Raises:
        OktaError: E0000052 with the parameter's name.
    """
    for name in request.query_params:
        if name not in known:
            raise not_built(f"query parameter {name!r} of {path}")


def rate_headers(org: Org, kind: str) -> dict[str, str]:
    """
    What Okta says of the rate limit on every answer.

    The reset is told by the clock of the `Date` header, which the org's own clock may be ahead of.

    Source: https://developer.okta.com/docs/reference/rl-best-practices/
    """
    window = org.rate_limits.window(kind, org.now())
    return {
        "X-Rate-Limit-Limit": str(window.limit),
        "X-Rate-Limit-Remaining": str(window.remaining),
        "X-Rate-Limit-Reset": str(window.resets_at - int(org.clock.offset_seconds)),
    }
