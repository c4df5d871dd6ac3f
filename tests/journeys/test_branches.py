"""Two branch environments side by side on the local cloud."""

import json
from pathlib import Path

import httpx2

from tests.journeys.checkout import Checkout
from tests.journeys.test_sign_in import find_all
from tests.requirements import requirement


def call_with(url: str, token: str) -> int:
    """The status of an MCP initialize with this bearer token."""
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "journey", "version": "1"},
        },
    }
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}
    return httpx2.post(url, json=body, headers=headers, timeout=30).status_code


def access_tokens(folder: Path) -> set[str]:
    """Every access token stored under the folder."""
    return {
        token for path in folder.rglob("*.json") for token in find_all(json.loads(path.read_text()), "access_token")
    }


@requirement("journeys:branches")
def test_two_branches_have_environments_of_their_own(fresh: Checkout) -> None:
    """Each has its URL, client id and authorization server; a token of one is refused by the other (issue 3)."""
    for branch in ("feature/a", "feature-a"):
        fresh.ok("up", "--branch", branch)
    one, two = (fresh.outputs("--branch", branch) for branch in ("feature/a", "feature-a"))
    assert all(one[name] != two[name] for name in ("url", "client_id", "authorization_server_id", "environment"))
    listed = fresh.ok("env", "list", "--json").json["environments"]
    assert {item["branch"] for item in listed} == {"feature/a", "feature-a"}

    fresh.ok("login", "--branch", "feature/a", as_person="reader@example.com")
    (token,) = access_tokens(fresh.root / ".local/tokens")
    assert call_with(one["url"], token) == 200
    assert call_with(two["url"], token) == 401

    fresh.ok("down", "--branch", "feature/a")
    assert access_tokens(fresh.root / ".local/tokens") == set()
    fresh.ok("call", "whoami", "--branch", "feature-a", as_person="reader@example.com")
    listed = fresh.ok("env", "list", "--json").json["environments"]
    assert [item["branch"] for item in listed] == ["feature-a"]
    fresh.ok("down", "--branch", "feature-a")
    assert not list(fresh.root.glob("Pulumi.*.yaml"))
