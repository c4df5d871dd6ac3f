"""What a killed run left in the engine's state."""

from typing import Any

import pytest

from environments import ownership, recovery
from environments.accounts import Clouds
from environments.errors import Unreachable
from environments.ownership import Found, Owned, Owner, known_to_state, outermost
from environments.recovery import clear_failed, was_begun
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


OURS = Owner("dev", "0a1b2c3d")
LOST = ("okta:auth/serverScope:ServerScope", "scp1")


def cleared(monkeypatch: pytest.MonkeyPatch, owner: Owner, state: dict[str, Any]) -> tuple[bool, list[str], list[str]]:
    """Clear up after a failed creation of the scope `mcp:read`: whether, what was deleted, what was said."""
    gone: list[str] = []
    there = [
        Owned(LOST, "mcp:read", lambda: gone.append("lost")),
        Owned((SCOPE, "scp2"), "x", lambda: gone.append("x")),
    ]
    monkeypatch.setattr(ownership, "find", lambda *_: Found(there))
    monkeypatch.setattr(recovery, "state_of", lambda stack: state)
    said: list[str] = []
    handle: Any = None
    done = clear_failed(handle, BEGUN["pending_operations"], owner, Clouds.of({}, {}), said.append)
    return done, gone, said


@requirement("environments:lost-answer")
def test_what_a_failed_creation_made_all_the_same_is_deleted_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin died before it could say so: nothing is pending, and the next `up` would meet it (fault runs)."""
    done, gone, said = cleared(monkeypatch, OURS, {})

    assert (done, gone) == (True, ["lost"])
    assert said == ["deleted what an earlier run had left: okta ServerScope mcp:read"]


@requirement("environments:lost-answer")
def test_what_the_state_knows_or_another_may_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-made objects are in the state; without an id in the marks it may be a colleague's (ours)."""
    known = {"resources": [{"type": SCOPE, "id": "scp1"}]}

    assert cleared(monkeypatch, OURS, known) == (False, [], [])
    assert cleared(monkeypatch, Owner("dev"), {}) == (False, [], [])


@requirement("environments:lost-answer")
def test_a_cloud_that_does_not_answer_is_said_and_does_not_hide_the_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next `up` looks again (ours)."""

    def unreachable(*_: Any) -> Found:
        raise Unreachable("Okta does not answer", "wait")

    monkeypatch.setattr(ownership, "find", unreachable)
    monkeypatch.setattr(recovery, "state_of", lambda stack: {})
    said: list[str] = []
    handle: Any = None

    assert not clear_failed(handle, BEGUN["pending_operations"], OURS, Clouds.of({}, {}), said.append)
    assert said == ["could not look for what the failed step may have made: Okta does not answer"]
