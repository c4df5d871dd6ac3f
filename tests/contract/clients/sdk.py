"""What the answers of Okta's SDK mean: it returns the object, its response and an error, in this order."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from okta.errors.okta_api_error import OktaAPIError

# Its annotations name the object alone, so that a type checker would refuse every call.
Sdk = Any


def got(result: tuple[Any, ...]) -> Any:
    """The object that a call returned; it must have succeeded."""
    assert result[-1] is None, result[-1]
    return result[0]


def refused(result: tuple[Any, ...]) -> tuple[int | None, str]:
    """The status and Okta's code of a refusal that the SDK understood."""
    error = result[-1]
    assert isinstance(error, OktaAPIError), error
    return error.status, error.error_code


async def all_pages(call: Callable[..., Awaitable[tuple[Any, ...]]], *args: Any, limit: int) -> list[list[Any]]:
    """Every page of a list, by the links that the answers carry. Source: the SDK's README, pagination."""
    pages: list[list[Any]] = []
    after: str | None = None
    while after is not None or not pages:
        result = await call(*args, limit=limit, **({"after": after} if after else {}))
        pages.append(got(result))
        found = re.search(r'<([^>]+)>; rel="next"', dict(result[1].headers).get("Link", ""))
        after = parse_qs(urlsplit(found[1]).query)["after"][0] if found else None
        assert len(pages) < 50, "the pages have no end"
    return pages
