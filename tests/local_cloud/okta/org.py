"""An org in process, and what the tests ask of it over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from local_cloud.clock import Clock
from local_cloud.okta import OktaSettings, build_okta

ORG_URL = "http://127.0.0.1:8480"
API_TOKEN = "00test"
CALLBACK = "http://127.0.0.1:8765/callback"
AUDIENCE = "http://127.0.0.1:9000/mcp"
SCOPES = ("mcp:read", "mcp:write")
BASE = ["openid", "profile", "email", "offline_access"]
NATIVE_APP: dict[str, Any] = {
    "name": "oidc_client",
    "signOnMode": "OPENID_CONNECT",
    "label": "mcp-okta-test",
    "credentials": {"oauthClient": {"token_endpoint_auth_method": "none", "pkce_required": True}},
    "settings": {
        "oauthClient": {
            "application_type": "native",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "redirect_uris": [CALLBACK],
            "refresh_token": {"rotation_type": "ROTATE", "leeway": 30},
        }
    },
}


class OktaOrg:
    """
    An org with a clock that a test may move, and an administrator.

    Args:
        settings: what differs from a new org in memory.
    """

    def __init__(self, **settings: Any) -> None:
        self.clock = Clock()
        self.app = build_okta(OktaSettings(ORG_URL, API_TOKEN, **settings), self.clock)
        self.server: dict[str, Any] = {}
        self.client: dict[str, Any] = {}

    def browser(self, **options: Any) -> httpx2.AsyncClient:
        """A client that keeps cookies and does not follow redirects."""
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url=ORG_URL, **options)

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> httpx2.Response:
        """Call the Management API as the administrator."""
        async with self.browser(headers={"Authorization": f"SSWS {API_TOKEN}"}) as client:
            return await client.request(method, path, json=body, **options)

    async def make(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create an object."""
        response = await self.call("POST", path, body)
        assert response.status_code in (200, 201), response.text
        return response.json()

    async def group(self, name: str) -> str:
        """The id of a group."""
        found = (await self.call("GET", "/api/v1/groups", params={"q": name})).json()
        return next(group["id"] for group in found if group["profile"]["name"] == name)

    @property
    def server_path(self) -> str:
        """The authorization server in the Management API."""
        return f"/api/v1/authorizationServers/{self.server['id']}"

    async def deploy(self) -> "OktaOrg":
        """Create what the product creates: server, scopes, app, assignments, policy and chained rules."""
        self.server = await self.make("/api/v1/authorizationServers", {"name": "mcp", "audiences": [AUDIENCE]})
        for name in SCOPES:
            scope = {"name": name, "consent": "IMPLICIT", "metadataPublish": "ALL_CLIENTS"}
            await self.make(f"{self.server_path}/scopes", scope)
        self.client = await self.make("/api/v1/apps?activate=true", NATIVE_APP)
        for name in ("mcp-readers", "mcp-editors"):
            await self.call("PUT", f"/api/v1/apps/{self.client['id']}/groups/{await self.group(name)}", {})
        policy = {
            "type": "OAUTH_AUTHORIZATION_POLICY",
            "name": "mcp",
            "description": "test",
            "conditions": {"clients": {"include": [self.client["id"]]}},
        }
        self.policy = await self.make(f"{self.server_path}/policies", policy)
        self.editors = await self.rule("mcp-editors", 1, [*SCOPES, *BASE])
        self.readers = await self.rule("mcp-readers", 2, [SCOPES[0], *BASE])
        return self

    async def rule(self, group: str, priority: int, scopes: list[str], **token: int) -> dict[str, Any]:
        """Create a rule that admits a group to scopes."""
        body = await self.rule_body(group, priority, scopes, **token)
        return await self.make(f"{self.server_path}/policies/{self.policy['id']}/rules", body)

    async def rule_body(self, group: str, priority: int, scopes: list[str], **token: int) -> dict[str, Any]:
        """The body of such a rule."""
        conditions = {
            "grantTypes": {"include": ["authorization_code"]},
            "people": {"groups": {"include": [await self.group(group)]}},
            "scopes": {"include": scopes},
        }
        lifetimes = {"accessTokenLifetimeMinutes": 60, "refreshTokenLifetimeMinutes": 0, **token}
        return {
            "type": "RESOURCE_ACCESS",
            "name": group,
            "priority": priority,
            "conditions": conditions,
            "actions": {"token": lifetimes},
        }


@contextmanager
def moved(org: OktaOrg, seconds: float) -> Iterator[None]:
    """Live so much later, for a while."""
    org.clock.offset_seconds += seconds
    yield
    org.clock.offset_seconds -= seconds
