"""Pages of a list: `limit`, `after`, and the `Link` header that leads to the next page."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer
from local_cloud.okta.errors import OktaError, invalid
from local_cloud.okta.store import Row

MAXIMUM = 200


def page(
    call: Call,
    path: str,
    rows: Iterable[Row],
    show: Callable[[Row], dict[str, Any]],
    *,
    default: int = MAXIMUM,
    maximum: int = MAXIMUM,
    paged: bool = True,
) -> Response:
    """
    Answer with one page of rows.

    Args:
        path: the list's own path, for the links.
        paged: whether there is a page after this one; what `q` finds is cut off.

    Raises:
        OktaError: a bad `limit` or cursor.

    Source: https://developer.okta.com/docs/api/#pagination
    """
    limit = _limit(call, default, maximum)
    listed = list(rows)
    found = _after(listed if paged else [], call.query["after"]) if "after" in call.query else listed
    response = answer([show(row) for row in found[:limit]])
    response.headers.append("link", _link(call, path, {}, "self"))
    if paged and len(found) > limit:
        cursor = {"after": found[limit - 1]["id"], "limit": str(limit)}
        response.headers.append("link", _link(call, path, cursor, "next"))
    return response


def _limit(call: Call, default: int, maximum: int) -> int:
    given = call.query.get("limit", str(default))
    if not (given.isascii() and given.isdecimal() and len(given) < 10 and 1 <= int(given) <= maximum):
        raise invalid("limit", f"The limit must be from 1 to {maximum}")
    return int(given)


def _after(rows: list[Row], cursor: str) -> list[Row]:
    for index, row in enumerate(rows):
        if row["id"] == cursor:
            return rows[index + 1 :]
    raise OktaError(400, "E0000029", "Invalid paging request. Ensure the pagination cursor has not been altered")


def _link(call: Call, path: str, cursor: dict[str, str], relation: str) -> str:
    query = urlencode({**call.query, **cursor})
    return f'<{call.org.url(path)}{"?" + query if query else ""}>; rel="{relation}"'
