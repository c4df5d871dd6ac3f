"""What a killed run left in the engine's state."""

from types import SimpleNamespace
from typing import Any

import pytest

from environments import ownership, recovery
from environments.accounts import Clouds
from environments.errors import Unreachable
from environments.ownership import Found, Owned, Owner, known_to_state, outermost
from environments.recovery import clear_failed, recover, was_begun
from environments.state import group_names, is_empty, is_in_doubt, pending
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
@pytest.mark.parametrize(
    ("newest_first", "found"),
    [
        ([], False),
        (["destroy failed", "update succeeded"], True),
        (["update failed", "destroy failed", "update succeeded"], True),
        (["update failed"], True),
        (["destroy in-progress", "update succeeded"], True),
        (["refresh succeeded", "destroy failed"], False),
        (["destroy succeeded", "update failed"], False),
        (["update succeeded", "destroy failed"], True),
        (["import succeeded", "destroy failed"], True),
        (["rename succeeded", "update failed"], True),
        (["refresh failed"] * 20 + ["destroy failed"], True),
        (["update succeeded"] * 3, False),
    ],
)
def test_a_run_that_failed_counts_until_the_clouds_were_asked(newest_first: list[str], found: bool) -> None:
    """Kind and result as `pulumi stack history` has them (Pulumi, apitype.UpdateKind and UpdateResult)."""
    runs = [SimpleNamespace(kind=kind, result=result) for kind, result in (text.split() for text in newest_first)]
    stack: Any = SimpleNamespace(history=lambda **options: runs[: options["page_size"]])

    assert is_in_doubt(stack) is found


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


APP = "okta:app/oAuth:OAuth"
CUT_SHORT: dict[str, Any] = {
    "pending_operations": [
        {"type": "creating", "resource": {"type": kind, "urn": f"urn:x::{name}", "inputs": {"name": name}}}
        for kind, name in ((APP, "mcp-okta-dev"), ("aws:iam/role:Role", "mcp-okta-dev"), (SCOPE, "mcp:read"))
    ]
}


def recovered(monkeypatch: pytest.MonkeyPatch, owner: Owner) -> tuple[list[str], list[str]]:
    """Recover a stack of that owner, whose state holds a server: what was deleted, what was said."""
    gone: list[str] = []
    server = ("okta:auth/server:Server", "aus1")

    def there(*key: str, name: str, parent: tuple[str, ...] | None = None) -> Owned:
        return Owned(key, name, lambda: gone.append(key[1]), parent)

    objects = [
        there(APP, "0oa1", name="mcp-okta-dev"),
        there("aws:iam/role:Role", "role", name="mcp-okta-dev"),
        there(SCOPE, "scp1", name="mcp:read", parent=server),
        there(SCOPE, "scp2", name="mcp:read", parent=("okta:auth/server:Server", "aus2")),
    ]
    state = {"resources": [{"type": server[0], "id": server[1]}]}
    monkeypatch.setattr(ownership, "find", lambda *_: Found(objects))
    monkeypatch.setattr(recovery, "forget_pending", lambda stack: state)
    said: list[str] = []
    handle: Any = None
    recover(handle, CUT_SHORT, owner, Clouds.of({}, {}), lambda: None, said.append)
    return gone, said


@requirement("environments:recovery-proof")
def test_without_an_id_an_app_of_the_same_label_is_named_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Okta lets two apps have one label: it may be a colleague's, who runs plain Pulumi too (Okta, Apps API)."""
    gone, said = recovered(monkeypatch, Owner("dev"))

    assert gone == ["role", "scp1"]
    assert [text for text in said if "left alone" in text] == [
        "left alone, since nothing says that this stack made it: okta OAuth mcp-okta-dev (0oa1); "
        "if it is this stack's, delete it in Okta",
        "left alone, since nothing says that this stack made it: okta ServerScope mcp:read (scp2); "
        "if it is this stack's, delete it in Okta",
    ]


@requirement("environments:recovery-proof")
def test_with_an_id_everything_that_was_begun_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The id is random, and in the marks (ours)."""
    gone, said = recovered(monkeypatch, Owner("dev", "0a1b2c3d"))

    assert gone == ["0oa1", "role", "scp1", "scp2"]
    assert not any("left alone" in text for text in said)


@requirement("environments:recovery-proof")
@pytest.mark.parametrize("kind", ["aws:apigatewayv2/api:Api", "aws:dynamodb/table:Table"])
def test_without_an_id_neither_an_api_nor_notes_are_deleted(kind: str) -> None:
    """API Gateway lets two APIs have one name; a table is one per name, and holds what people wrote (AWS)."""
    begun = {"pending_operations": [{"type": "creating", "resource": {"type": kind, "inputs": {"name": "n"}}}]}
    item = owned(kind, "1", name="n")

    assert recovery.sort([item], Owner("dev"), begun, set()) == ([], [item])
    assert recovery.sort([item], Owner("dev", "0a1b2c3d"), begun, set()) == ([item], [])


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
