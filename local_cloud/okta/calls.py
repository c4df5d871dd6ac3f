"""Management API calls: what they bring along, and how answers and errors are written."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.okta.errors import OktaError, malformed_body
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row


@dataclass(frozen=True)
class Call:
    """
    One authorized call.

    Args:
        path: the variable parts of the path.
        query: the query's parameters; the last one counts where one is repeated.
        body: a JSON object; empty where the endpoint takes none.
        user_id: the person whose token it is; None for a service.
    """

    org: Org
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    user_id: str | None = None


Handler = Callable[[Call], Response]


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
        summary = "Bad request.  Accept and/or Content-Type headers likely do not match supported values."
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
    return JSONResponse(error.body(), error.status, error.headers)


def shown(row: Row, links: dict[str, Any]) -> dict[str, Any]:
    """An object as the Management API shows it."""
    return {**{key: value for key, value in row.items() if not key.startswith("_")}, "_links": links}


def link(org: Org, path: str, *allow: str) -> dict[str, Any]:
    """One entry of `_links`."""
    target: dict[str, Any] = {"href": org.url(path)}
    return {**target, "hints": {"allow": list(allow)}} if allow else target
