"""A client for the browser to come back to, and its authorization requests."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.contract.clients.served_org import ServedOrg, address_of, serve_app
from tests.local_cloud.okta.sign_in import Login

READER, EDITOR = "reader@example.com", "editor@example.com"


@dataclass(frozen=True)
class Client:
    """An app of the org whose callback listens."""

    org: ServedOrg
    callback: str

    def address(self, **extra: Any) -> str:
        """The address that the client opens in the browser; a None leaves a parameter out."""
        scope = extra.pop("scope", "openid profile mcp:read")
        login = Login(self.org, scope=scope, extra={"redirect_uri": self.callback, **extra})
        return f"{self.org.server['issuer']}/v1/authorize?{urlencode(login.params)}"

    async def change(self, **oauth: Any) -> None:
        """Change the app's OAuth settings."""
        path = f"/api/v1/apps/{self.org.client['id']}"
        app = (await self.org.call("GET", path)).json()
        app["settings"]["oauthClient"] |= oauth
        response = await self.org.call("PUT", path, app)
        assert response.status_code == 200, response.text


@contextmanager
def serve_client(org: ServedOrg) -> Iterator[Client]:
    """Listen at a callback, and register it."""
    app = Starlette(routes=[Route("/callback", _arrived, methods=["GET", "POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = Client(org, f"http://{address_of(listener)}/callback")
        org.run(lambda: client.change(redirect_uris=[client.callback]))
        with serve_app(org.portal, app, listener):
            yield client


async def _arrived(request: Request) -> Response:
    return PlainTextResponse("the client")
