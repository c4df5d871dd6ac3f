"""What an `up` would take away is known before it does."""

import json
from typing import Any

import pytest

from environments.losses import Plan, lost_access
from environments.progress import Note, Step
from tests.requirements import requirement

DEPLOYED = {
    "access": {"mcp-users": ["mcp:read"], "mcp-admins": ["mcp:read", "mcp:write"]},
    "services": {"nightly": {"client_id": "0oa1", "scopes": ["mcp:read"]}},
}
USERS = {"mcp-users": ["mcp:read"]}
NIGHTLY = {"nightly": {"scopes": ["mcp:read"], "keys": []}}


def settings(access: Any, services: Any = NIGHTLY) -> dict[str, Any]:
    """A stack's configuration."""
    return {"mcp-okta:access": json.dumps(access), "mcp-okta:services": json.dumps(services)}


@requirement("environments:losses")
@pytest.mark.parametrize(
    ("config", "lost"),
    [
        (settings(DEPLOYED["access"]), []),
        (settings(USERS), ["the group mcp-admins would lose all of its access"]),
        (settings({**USERS, "mcp-admins": ["mcp:read"]}), ["the group mcp-admins would lose mcp:write"]),
        (settings(DEPLOYED["access"], {}), ["the service nightly would lose all of its access"]),
        ({"mcp-okta:access": json.dumps(DEPLOYED["access"])}, ["the service nightly would lose all of its access"]),
        ({"mcp-okta:access": "not json", "mcp-okta:services": None}, []),
        ({"mcp-okta:services": "[]"}, []),
    ],
)
def test_who_is_deployed_and_not_in_the_settings_is_named(config: dict[str, Any], lost: list[str]) -> None:
    """A colleague's groups are in a file that one does not have (ours); what cannot be read the program refuses."""
    assert lost_access(config, DEPLOYED) == lost
    assert lost_access(config, {}) == []


def urn(kind: str, name: str) -> str:
    """A URN below a component."""
    return f"urn:pulumi:dev::mcp-okta::mcp-okta:infra:Notes${kind}::{name}"


@requirement("environments:plan-first")
def test_only_what_cannot_be_made_again_is_dangerous() -> None:
    """Notes, tokens, and who is in a group (AWS, DynamoDB; Okta); a function is made again (ours)."""
    plan = Plan()
    for kind, operation in (
        ("aws:dynamodb/table:Table", "create-replacement"),
        ("aws:dynamodb/table:Table", "delete-replaced"),
        ("okta:auth/server:Server", "update"),
        ("okta:group/group:Group", "delete"),
        ("aws:lambda/function:Function", "replace"),
    ):
        plan(Step(urn(kind, "x"), "", operation, "running"))
    plan(Note("hello"))

    assert list(plan.dangers.values()) == [
        "aws Table x would be replaced, with every note in it",
        "okta Group x would be deleted, with the list of who is in it",
    ]
