"""Management API calls: who may call, what the body holds, and how answers and errors are written."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_cloud.okta.errors import OktaError, invalid_token, malformed_body
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

RATE_LIMIT = 600
RATE_WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Call:
    """
    One authorized call.

    Args:
        path: the variable parts of the path.
        query: the query's parameters; the last one counts where one is repeated.
        body: a JSON object; empty where the endpoint takes none.
    """

    org: Org
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]


Handler = Callable[[Call], Response]


def management_route(
    org: Org,
    method: str,
    path: str,
    handler: Handler,
    *,
    takes_body: bool = False,
    body_optional: bool = False,
    limited: bool = True,
) -> Route:
    """
    Serve one method of one path of the Management API.

    Args:
        limited: whether the call counts against the rate limit.
    """

    async def endpoint(request: Request) -> Response:
        try:
            check_token(org, request.headers.get("authorization", ""))
            if limited:
                check_rate(org)
            body = await read_object(request, optional=body_optional) if takes_body or body_optional else {}
            response = handler(Call(org, request.path_params, dict(request.query_params), body))
        except OktaError as error:
            response = error_response(error)
        org.store.save()
        response.headers.update(rate_headers(org))
        return response

    return Route(path, endpoint, methods=[method])


def check_token(org: Org, authorization: str) -> None:
    """
    Accept the org's API token; `SSWS` may touch it, as one of Okta's SDKs sends it.

    Raises:
        OktaError: E0000011.
    """
    scheme, token = authorization[:4], authorization[4:].strip()
    if scheme.upper() != "SSWS" or not hmac.compare_digest(token.encode(), org.settings.api_token.encode()):
        raise invalid_token()


def check_rate(org: Org) -> None:
    """
    Count the call where a limit was set.

    Raises:
        OktaError: E0000047, when none is left.
    """
    if org.rate_limit_remaining is None:
        return
    if org.rate_limit_remaining <= 0:
        raise OktaError(429, "E0000047", "API call exceeded rate limit due to too many requests.")
    org.rate_limit_remaining -= 1


async def read_object(request: Request, *, optional: bool) -> dict[str, Any]:
    """
    Read a JSON object that can be written back; an absent one is empty where it is optional.

    Raises:
        OktaError: E0000003 for anything else, E0000021 for another media type.
    """
    raw = await request.body()
    if optional and not raw.strip():
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and kind != "application/json":
        summary = "Bad request. Accept and/or Content-Type headers likely do not match supported values."
        raise OktaError(400, "E0000021", summary)
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise malformed_body() from error
    if body is None and optional:
        return {}
    if not isinstance(body, dict):
        raise malformed_body()
    return body


def answer(content: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return JSONResponse(content, status)


def no_content() -> Response:
    """The answer of a delete and of most lifecycle calls."""
    return Response(status_code=204)


def error_response(error: OktaError) -> Response:
    """An error in Okta's envelope."""
    return JSONResponse(error.body(), error.status)


def shown(row: Row, links: dict[str, Any]) -> dict[str, Any]:
    """An object as the Management API shows it."""
    return {**{key: value for key, value in row.items() if not key.startswith("_")}, "_links": links}


def link(org: Org, path: str, *allow: str) -> dict[str, Any]:
    """One entry of `_links`."""
    target: dict[str, Any] = {"href": org.url(path)}
    return {**target, "hints": {"allow": list(allow)}} if allow else target


def rate_headers(org: Org) -> dict[str, str]:
    """What Okta says of the rate limit on every answer. Source: https://developer.okta.com/docs/reference/rl-best-practices/"""
    remaining = RATE_LIMIT - 1 if org.rate_limit_remaining is None else org.rate_limit_remaining
    reset = int(org.now()) + RATE_WINDOW_SECONDS
    return {
        "X-Rate-Limit-Limit": str(RATE_LIMIT),
        "X-Rate-Limit-Remaining": str(remaining),
        "X-Rate-Limit-Reset": str(reset),
    }
