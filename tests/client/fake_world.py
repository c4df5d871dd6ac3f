"""One Okta, one MCP server, one browser: everything that a client meets, in this process."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from client.outputs import Outputs
from client.tokens import FileTokens
from tests.client.fake_okta import FakeOkta
from tests.client.fake_server import FakeServer

OKTA = "https://acme.okta.com"
URL = "https://abc123.execute-api.us-east-1.amazonaws.com/mcp"
PEOPLE = {"reader": {"mcp:read"}, "editor": {"mcp:read", "mcp:write"}}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Wire(httpx2.AsyncBaseTransport):
    """The internet: a name leads to an application, and a name that leads nowhere is a network error."""

    def __init__(self, hosts: dict[str, object]) -> None:
        self.hosts = {host: httpx2.ASGITransport(app=app) for host, app in hosts.items()}  # type: ignore[arg-type]
        self.sent: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Deliver the request."""
        self.sent.append(request)
        if request.url.host not in self.hosts:
            raise httpx2.ConnectError("[Errno -2] Name or service not known", request=request)
        return await self.hosts[request.url.host].handle_async_request(request)


class FakeBrowser:
    """A browser in which one person is signed in to Okta."""

    def __init__(self, person: str, wire: Wire) -> None:
        self.person = person
        self.opened: list[str] = []
        self.pages: list[str] = []
        self._wire = wire

    async def __call__(self, url: str) -> None:
        """Open the URL and follow it to the loopback page."""
        self.opened.append(url)
        async with httpx2.AsyncClient(transport=self._wire) as okta:
            answer = await okta.get(url, headers={"x-person": self.person})
        if answer.status_code == 302:
            async with httpx2.AsyncClient() as loopback:
                self.pages.append((await loopback.get(answer.headers["location"])).text)


class World:
    """The pieces, and the outputs that describe them."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        uris = [f"http://{host}:{self.port}/callback" for host in ("127.0.0.1", "localhost")]
        self.okta = FakeOkta(OKTA, "0oa1client", uris, PEOPLE)
        self.server = FakeServer(URL, self.okta)
        self.wire = Wire({"acme.okta.com": self.okta.app(), URL.split("/")[2]: self.server})
        self.store = FileTokens(folder, notice=lambda text: None)
        self.outputs = Outputs.from_mapping(
            {
                "url": URL,
                "issuer": self.okta.issuer,
                "client_id": "0oa1client",
                "redirect_uris": uris,
                "base_scopes": ["mcp:read"],
                "environment": "test",
                "access": {"mcp-readers": ["mcp:read"], "mcp-editors": ["mcp:read", "mcp:write"]},
            }
        )

    def browser(self, person: str) -> FakeBrowser:
        """A browser of this person."""
        return FakeBrowser(person, self.wire)


@asynccontextmanager
async def running_world(folder: Path) -> AsyncIterator[World]:
    """A world whose server runs."""
    world = World(folder)
    async with world.server.running():
        yield world
