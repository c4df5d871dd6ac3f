"""Requests in proxy style: the target is a whole URL, and some SDKs drop the port from it."""

from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send


class AbsoluteForm:
    """
    Strip scheme and authority from the request target, whatever they name.

    Source: RFC 9112 §3.2.2; recorded from Pulumi's Okta plugin behind OKTA_HTTP_PROXY.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on the request with a path that begins with a slash."""
        if scope["type"] == "http" and scope["path"].lower().startswith(("http://", "https://")):
            scope = {**scope, **_origin_form(scope)}
        await self.app(scope, receive, send)


def _origin_form(scope: Scope) -> dict[str, object]:
    raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    try:
        path = urlsplit(raw).path or "/"
    except ValueError:
        path = "/"
    return {"path": unquote(path), "raw_path": path.encode("latin-1")}
