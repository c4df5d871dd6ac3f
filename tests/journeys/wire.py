"""A person's client and browser with everything secret noted that went over the wire."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2

from cli.demo.browser import ScriptedBrowser
from client.transport import Network

# Source: RFC 6749, RFC 7636, RFC 7521, RFC 8628, OpenID Connect Core; the cookies are told apart by length.
SECRET = {
    *("access_token", "refresh_token", "id_token", "code", "code_verifier"),
    *("device_code", "client_assertion", "client_secret", "password"),
}
SHORTEST = 12  # what is shorter would be found by chance


class Wire(httpx2.AsyncBaseTransport):
    """The network, with an ear."""

    def __init__(self) -> None:
        self._network = Network()
        self.heard: dict[str, set[str]] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass the request on; note what both sides sent."""
        await request.aread()
        self.note(parse_qsl(urlsplit(str(request.url)).query))
        self.note(parse_qsl(request.content.decode(errors="replace")))
        response = await self._network.handle_async_request(request)
        await response.aread()
        self.note(parse_qsl(urlsplit(response.headers.get("location", "")).query))
        self.note(_members(response.content))
        self.note(
            ("cookie", text.partition("=")[2].partition(";")[0]) for text in response.headers.get_list("set-cookie")
        )
        return response

    def note(self, pairs: Any) -> None:
        """Keep the secret ones."""
        for name, value in pairs:
            if name in SECRET | {"cookie"} and isinstance(value, str) and len(value) >= SHORTEST:
                self.heard.setdefault(name, set()).add(value)

    async def aclose(self) -> None:
        """Close the network."""
        await self._network.aclose()


def _members(content: bytes) -> Iterator[tuple[str, Any]]:
    try:
        document = json.loads(content)
    except ValueError:
        return
    if isinstance(document, Mapping):
        yield from document.items()


class HeardBrowser(ScriptedBrowser):
    """A scripted browser whose traffic is noted too."""

    def __init__(self, login: str, password: str, wire: Wire) -> None:
        super().__init__(login, password)
        self._http = httpx2.AsyncClient(follow_redirects=True, timeout=20, transport=wire)
