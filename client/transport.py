"""The network below the sign-in: proxies chosen per host, and the challenge put back where the SDK reads it."""

import json
import urllib.request

import httpx2

CHALLENGE_HEADERS = ("www-authenticate", "mcp-challenge", "x-amzn-remapped-www-authenticate")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Network(httpx2.AsyncBaseTransport):
    """The real network, through the system's proxy where there is one, and never for this machine."""

    def __init__(self) -> None:
        self._routes: dict[str | None, httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request along the route of its host."""
        proxy = proxy_for(request.url)
        if proxy not in self._routes:
            self._routes[proxy] = httpx2.AsyncHTTPTransport(proxy=proxy)
        return await self._routes[proxy].handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections of every route."""
        for route in self._routes.values():
            await route.aclose()


def proxy_for(url: httpx2.URL) -> str | None:
    """The proxy that the system (HTTPS_PROXY, NO_PROXY, macOS, Windows) has for the URL; none for this machine."""
    if url.host in LOOPBACK or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


class ChallengeTransport(httpx2.AsyncBaseTransport):
    """
    Restore `WWW-Authenticate` on 401 and 403, from the first place that still has the challenge.

    Source: docs/facts/mcp-on-lambda.md: API Gateway renames the header, so the server sends it three ways.
    """

    def __init__(self, below: httpx2.AsyncBaseTransport) -> None:
        self._below = below

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass the request on; mend a refusal."""
        response = await self._below.handle_async_request(request)
        if response.status_code in (401, 403):
            response = await _read(response, request)
            challenge = find_challenge(response)
            if challenge is not None:
                response.headers["www-authenticate"] = challenge
        return response

    async def aclose(self) -> None:
        """Close what is below."""
        await self._below.aclose()


async def _read(response: httpx2.Response, request: httpx2.Request) -> httpx2.Response:
    """Read the whole answer and hand on a copy with the same bytes, so that its body can be looked into."""
    response.request = request
    content = await response.aread()
    await response.aclose()
    headers = [(n, v) for n, v in response.headers.multi_items() if n not in ("content-encoding", "content-length")]
    return httpx2.Response(response.status_code, headers=headers, content=content, extensions=response.extensions)


def find_challenge(response: httpx2.Response) -> str | None:
    """The bearer challenge of a refusal that has been read: from its headers, else from its JSON body."""
    for name in CHALLENGE_HEADERS:
        value = response.headers.get(name, "")
        if value.lower().startswith("bearer"):
            return value
    try:
        body = json.loads(response.content)
    except ValueError:
        return None
    challenge = body.get("challenge") if isinstance(body, dict) else None
    return challenge if isinstance(challenge, str) and challenge.lower().startswith("bearer") else None
