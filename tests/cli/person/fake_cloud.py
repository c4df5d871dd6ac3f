"""The fakes of tests/client behind one loopback port, for commands that run in processes of their own."""

import threading
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.client.fake_okta import FakeOkta
from tests.client.fake_server import FakeServer
from tests.client.fake_world import PEOPLE, free_port

BROWSER = """
import html, sys, urllib.request, urllib.error
url = sys.argv[2]
if url.startswith("file:"):
    url = html.unescape(urllib.request.urlopen(url).read().decode().partition('href="')[2].partition('"')[0])
request = urllib.request.Request(url, headers={"x-person": sys.argv[1]})
print("a browser that talks")
try:
    urllib.request.urlopen(request, timeout=10)
except urllib.error.HTTPError:
    pass
"""


class FakeCloud:
    """An Okta and an MCP server at one address, and the files that a person's commands need."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        origin = f"http://127.0.0.1:{self.port}"
        callback = free_port()
        uris = [f"http://{host}:{callback}/callback" for host in ("127.0.0.1", "localhost")]
        self.okta = FakeOkta(origin, "0oa1client", uris, PEOPLE)
        self.server = FakeServer(f"{origin}/mcp", self.okta)
        self.outputs = {
            "url": self.server.url,
            "issuer": self.okta.issuer,
            "client_id": "0oa1client",
            "redirect_uris": uris,
            "base_scopes": ["mcp:read"],
            "environment": "test",
            "access": {"mcp-readers": ["mcp:read"], "mcp-editors": ["mcp:read", "mcp:write"]},
        }
        self.folder = folder / "tokens"
        self.browser = folder / "browser.py"
        self.browser.write_text(BROWSER)

    def app(self) -> ASGIApp:
        """Okta's paths lead to Okta, all others to the server."""
        okta = self.okta.app()

        @asynccontextmanager
        async def lifespan(app: object) -> object:
            async with self.server.running():
                yield

        outer = Starlette(lifespan=lifespan)

        async def route(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan":
                await outer(scope, receive, send)
            elif scope["path"].startswith(("/oauth2", "/.well-known/oauth-authorization-server")):
                await okta(scope, receive, send)
            else:
                await self.server(scope, receive, send)

        return route


@contextmanager
def serving(cloud: FakeCloud) -> Iterator[FakeCloud]:
    """Serve the cloud from a thread until the block ends."""
    config = uvicorn.Config(cloud.app(), host="127.0.0.1", port=cloud.port, log_level="error")
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def announced(sockets: object = None) -> None:
        await startup()
        started.set()

    server.startup = announced  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert started.wait(10)
        yield cloud
    finally:
        server.should_exit = True
        thread.join(10)
