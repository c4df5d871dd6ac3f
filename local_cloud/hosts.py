"""
Which names the local cloud answers to: those that it gives itself.

Source: RFC 9110 §7.2 (Host), §15.5.20 (421). A page under a name of its own that leads to this machine gets nothing.
"""

import re
from urllib.parse import unquote, urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# The org's name in OKTA_ORG_NAME and OKTA_BASE_URL; requests for it come to this machine through OKTA_HTTP_PROXY.
ORG_NAME, ORG_DOMAIN = "local", "okta.localhost"
HOSTS = frozenset({"127.0.0.1", "localhost", f"{ORG_NAME}.{ORG_DOMAIN}"})
_NAME_AND_PORT = re.compile(r"([^:]*)(?::\d*)?")


def is_ours(host: str) -> bool:
    """Whether this names the local cloud, with whatever port."""
    found = _NAME_AND_PORT.fullmatch(host)
    return found is not None and found[1].lower() in HOSTS


def why_not(host: str) -> str:
    """What somebody hears who used another name."""
    return f"the local cloud does not answer as {host[:100]!r}, only as 127.0.0.1 or localhost"


class OurHosts:
    """
    The ASGI application in front of one that answers to our names alone.

    A request in proxy style has a whole URL as its target, whose host takes the place of Host: some SDKs drop its port.
    It is handed on with the path alone. A request without Host passes: no browser sends one.

    Source: RFC 9112 §3.2.2; recorded from Pulumi's Okta plugin behind OKTA_HTTP_PROXY.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request to one of our names: 400 for another in the target, 421 in Host."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        absolute = scope["path"].lower().startswith(("http://", "https://"))
        inner = _origin_form(scope) if absolute else scope
        strange = [host for host in _hosts(inner) if not is_ours(host)]
        if strange:
            refusal = PlainTextResponse(why_not(strange[0]), 400 if absolute else 421)
            return await refusal(scope, receive, send)
        return await self.app(inner, receive, send)


def _hosts(scope: Scope) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"]


def _origin_form(scope: Scope) -> Scope:
    """The same request with its target's path as path and its host as Host; what is no URL has an empty one."""
    raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    try:
        parts = urlsplit(raw)
        host, path = parts.netloc.rpartition("@")[2], parts.path or "/"
    except ValueError:
        host, path = "", "/"
    headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
    headers.append((b"host", host.encode("latin-1")))
    return {**scope, "path": unquote(path), "raw_path": path.encode("latin-1"), "headers": headers}
