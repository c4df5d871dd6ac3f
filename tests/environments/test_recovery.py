"""What a killed run left in the engine's state."""

from typing import Any

from environments.ownership import Owned, known_to_state, outermost
from environments.recovery import was_begun
from environments.state import group_names, is_empty, pending
from tests.requirements import requirement

SCOPE = "okta:auth/serverScope:ServerScope"
BEGUN: dict[str, Any] = {
    "pending_operations": [
        {
            "type": "creating",
            "resource": {"type": SCOPE, "urn": "urn:pulumi:l::p::a$b::scope-mcp-read", "inputs": {"name": "mcp:read"}},
        }
    ]
}


def owned(*key: str, name: str = "", parent: tuple[str, ...] | None = None) -> Owned:
    """An object on a cloud."""
    return Owned(key, name, lambda: None, parent)


@requirement("environments:pending")
def test_only_what_the_engine_was_creating_is_taken_for_its_own() -> None:
    """Okta makes scopes of its own in each server: those stay (seen on the local Okta)."""
    assert was_begun(owned(SCOPE, "scp1", name="mcp:read"), BEGUN)
    assert not was_begun(owned(SCOPE, "scp2", name="okta.myAccount.email.read"), BEGUN)
    assert not was_begun(owned("okta:app/oAuth:OAuth", "0oa1", name="mcp:read"), BEGUN)
    assert pending(BEGUN) == ["creating ServerScope scope-mcp-read"]


def test_objects_compare_with_the_state_by_type_and_id() -> None:
    """`$default` is every API's stage: its API is part of its key (AWS, API Gateway)."""
    stage = {"type": "aws:apigatewayv2/stage:Stage", "id": "$default", "outputs": {"apiId": "a1", "name": "$default"}}
    known = known_to_state({"resources": [stage]})

    assert owned("aws:apigatewayv2/stage:Stage", "a1", "$default").key in known
    assert owned("aws:apigatewayv2/stage:Stage", "a2", "$default").key not in known


def test_a_child_goes_with_its_parent() -> None:
    """Deleting an API deletes its routes (AWS, API Gateway)."""
    api = owned("api", "1")
    route = owned("route", "1", "2", parent=api.key)

    assert outermost([api, route]) == [api]
    assert outermost([route]) == [route]


def test_connections_alone_are_nothing() -> None:
    """A first `up` that failed in the program leaves the stack and its providers in the state (seen with 3.259.0)."""
    connection = {"type": "pulumi:providers:okta", "id": "1", "custom": True}

    assert is_empty({"resources": [{"type": "pulumi:pulumi:Stack"}, connection]})
    assert not is_empty({"resources": [{"type": SCOPE, "id": "1", "custom": True}]})
    assert not is_empty(BEGUN)


def test_groups_that_the_stack_made_are_looked_for_by_their_own_names() -> None:
    """They are not called after the environment (infra, createGroups)."""
    group = {"type": "okta:group/group:Group", "inputs": {"name": "mcp-users"}}

    assert group_names({"resources": [group]}) == ["mcp-users"]
