"""A real MCP server (the SDK's) behind a door that checks tokens and challenges as the function does."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.client.fake_okta import FakeOkta

NEEDS = {"whoami": {"mcp:read"}, "remember": {"mcp:read", "mcp:write"}, "fail": {"mcp:read"}}


async def read_body(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def build_mcp() -> MCPServer:
    """Three tools: one to read, one to write, one that fails."""
    server = MCPServer("fake", log_level="ERROR")

    @server.tool()
    async def whoami() -> dict[str, Any]:
        """Who is asking."""
        return {"subject": "somebody"}

    @server.tool()
    async def remember(text: str, times: int = 1, loud: bool = False) -> dict[str, Any]:
        """Remember a text."""
        return {"text": text, "times": times, "loud": loud}

    @server.tool()
    async def fail() -> dict[str, Any]:
        """Always fail."""
        raise ValueError("the cellar is flooded")

    return server


class FakeServer:
    """The door: 401 without a good token, 403 without the scope, and a challenge in the chosen form."""

    def __init__(self, url: str, okta: FakeOkta, base_scopes: str = "mcp:read") -> None:
        self.url = okta.audience = url
        self.okta = okta
        self.base_scopes = base_scopes
        self.form = "header"
        self.names_scopes = True
        self.authorization_server = okta.issuer
        self.resource = url
        self.resource_metadata = f"{url.removesuffix('/mcp')}/.well-known/oauth-protected-resource/mcp"
        self.instead: Response | None = None
        self.refuse_all = False
        self.requests = 0
        self._app: ASGIApp | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeServer"]:
        """Run the SDK's session manager for as long as the block."""
        mcp = build_mcp()
        security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self._app = mcp.streamable_http_app(stateless_http=True, json_response=True, transport_security=security)
        async with mcp.session_manager.run():
            yield self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        assert self._app is not None
        if scope["path"].startswith("/.well-known/oauth-protected-resource"):
            await self.metadata()(scope, receive, send)
            return
        self.requests += 1
        body = await read_body(receive)
        refusal = self.instead or self.refusal(scope, json.loads(body or b"{}"))
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)

    def metadata(self) -> Response:
        """RFC 9728."""
        return JSONResponse(
            {
                "resource": self.resource,
                "authorization_servers": [self.authorization_server],
                **({"scopes_supported": self.base_scopes.split()} if self.names_scopes else {}),
            }
        )

    def refusal(self, scope: Scope, body: dict[str, Any]) -> Response | None:
        """The answer to a request that may not pass."""
        header = dict(scope["headers"]).get(b"authorization", b"").decode()
        granted = self.okta.scopes_of(header.removeprefix("Bearer ")) if header else None
        if granted is None or self.refuse_all:
            error = 'error="invalid_token", ' if header else ""
            return self.challenge(401, f"Bearer {error}{self.scope_of(self.base_scopes)}")
        name = body.get("params", {}).get("name") if body.get("method") == "tools/call" else None
        needed = NEEDS.get(name or "", set())
        if needed <= granted:
            return None
        return self.challenge(403, f'Bearer error="insufficient_scope", {self.scope_of(" ".join(sorted(needed)))}')

    def scope_of(self, scopes: str) -> str:
        """The challenge's parameters."""
        named = f'scope="{scopes}", ' if self.names_scopes else ""
        return f'{named}resource_metadata="{self.resource_metadata}"'

    def challenge(self, status: int, value: str) -> Response:
        """The challenge in the form that survived the way."""
        names = {"header": "WWW-Authenticate", "ours": "mcp-challenge", "renamed": "x-amzn-remapped-www-authenticate"}
        body = {"error_description": "no"} | ({"challenge": value} if self.form == "body" else {})
        headers = {names[self.form]: value} if self.form in names else {}
        return JSONResponse(body, status, headers=headers)
