"""Who calls, as a tool sees it."""

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken


def caller() -> AccessToken:
    """
    The checked token of the request that this tool serves.

    Raises:
        LookupError: it is called outside a request.
    """
    access = get_access_token()
    if access is None:
        raise LookupError("no request is being served")
    return access
