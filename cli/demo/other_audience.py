"""A real token of the same org for another resource, through /authorize and /token like any other."""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from cli.demo.browser import read_form
from cli.demo.errors import DemoError, expect

AUDIENCE = "https://elsewhere.example/mcp"
SCOPE = "mcp:read"


@contextmanager
def other_server(okta: httpx2.Client, client_id: str) -> Iterator[str]:
    """The issuer of an authorization server for another audience, open to the same app; deleted at the end."""
    servers = "/api/v1/authorizationServers"
    body = {"name": "mcp-okta-demo-elsewhere", "description": "the demo's other resource", "audiences": [AUDIENCE]}
    server = _created(okta, servers, body)
    path = f"{servers}/{server['id']}"
    try:
        _allow(okta, path, client_id)
        yield server["issuer"]
    finally:
        okta.post(f"{path}/lifecycle/deactivate").raise_for_status()
        okta.delete(path).raise_for_status()


def _allow(okta: httpx2.Client, path: str, client_id: str) -> None:
    """A scope of the same name, and a policy that gives it to everyone."""
    _created(okta, f"{path}/scopes", {"name": SCOPE, "consent": "IMPLICIT"})
    policy = {
        "type": "OAUTH_AUTHORIZATION_POLICY",
        "status": "ACTIVE",
        "name": "demo",
        "description": "demo",
        "priority": 1,
        "conditions": {"clients": {"include": [client_id]}},
    }
    created = _created(okta, f"{path}/policies", policy)
    everyone = next(g["id"] for g in okta.get("/api/v1/groups?q=Everyone").json() if g["type"] == "BUILT_IN")
    rule = {
        "type": "RESOURCE_ACCESS",
        "name": "demo",
        "priority": 1,
        "conditions": {
            "people": {"groups": {"include": [everyone]}, "users": {}},
            "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": [SCOPE]},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": 5, "refreshTokenWindowMinutes": 10080}},
    }
    _created(okta, f"{path}/policies/{created['id']}/rules", rule)


def _created(okta: httpx2.Client, path: str, body: dict[str, Any]) -> Any:
    answer = okta.post(path, json=body)
    expect(answer.status_code in (200, 201), f"Okta did not create {path}: {answer.status_code} {answer.text}")
    return answer.json()


def token_of(issuer: str, client_id: str, redirect_uri: str, login: str, password: str) -> str:
    """
    An access token, as any client gets one: the code flow with PKCE.

    Raises:
        DemoError: Okta refused.

    Source: RFC 7636; Okta, authorization code flow with PKCE.
    """
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": SCOPE,
        "state": secrets.token_urlsafe(8),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with httpx2.Client(timeout=20) as http:
        page = http.get(f"{issuer}/v1/authorize", params=asked)
        action, fields = read_form(page.text)
        fields |= {"identifier": login, "password": password}
        back = http.post(urljoin(str(page.url), action), data=fields)
        code = parse_qs(urlsplit(back.headers.get("location", "")).query).get("code")
        if not code:
            raise DemoError("Okta gave no code for the other resource")
        form = {"grant_type": "authorization_code", "code": code[0], "redirect_uri": redirect_uri}
        form |= {"client_id": client_id, "code_verifier": verifier}
        answer = http.post(f"{issuer}/v1/token", data=form)
    expect(answer.status_code == 200, f"Okta gave no token for the other resource: {answer.text}")
    return answer.json()["access_token"]
