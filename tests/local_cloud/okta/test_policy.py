"""The pure evaluation of policies and rules."""

from typing import Any

import pytest

from local_cloud.okta.policy import Ask, first_rule
from tests.requirements import requirement


def policy(
    identifier: str, priority: int = 1, clients: tuple[str, ...] = ("ALL_CLIENTS",), **more: Any
) -> dict[str, Any]:
    """A policy as the store holds it."""
    conditions = {"clients": {"include": list(clients)}}
    return {"id": identifier, "priority": priority, "status": "ACTIVE", "conditions": conditions, **more}


def rule(name: str, priority: int = 1, scopes: tuple[str, ...] = ("*",), **more: Any) -> dict[str, Any]:
    """A rule as the store holds it, which admits the group `staff`."""
    people = {
        "users": {"include": more.pop("users", []), "exclude": more.pop("not_users", [])},
        "groups": {"include": more.pop("groups", ["staff"]), "exclude": more.pop("not_groups", [])},
    }
    grants = {"include": more.pop("grants", ["authorization_code"])}
    conditions = {"people": people, "grantTypes": grants, "scopes": {"include": list(scopes)}}
    facts = {"id": name, "priority": priority, "status": "ACTIVE", "_policy": "p1", "conditions": conditions}
    return {**facts, **more}


def ask(*scopes: str, **more: Any) -> Ask:
    """A request of somebody of the staff."""
    facts: dict[str, Any] = {"client_id": "app", "grant_type": "authorization_code", "user_id": "me"}
    return Ask(**{**facts, "group_ids": frozenset({"staff"}), "scopes": frozenset(scopes), **more})


@requirement("okta:policy")
@pytest.mark.parametrize(
    ("rules", "request_", "winner"),
    [
        ([rule("b", 2), rule("a", 1)], ask("x"), "a"),
        ([rule("a", 1, ("x",)), rule("b", 2, ("x", "y"))], ask("x", "y"), "b"),
        ([rule("a", 1, ("x",))], ask("x", "y"), None),
        ([rule("a", 1, ("x",))], ask("x", "offline_access"), None),
        ([rule("a", 1, ("x", "offline_access"))], ask("x", "offline_access"), "a"),
        ([rule("a", scopes=())], ask("x"), None),
        ([rule("a", status="INACTIVE"), rule("b", 2)], ask("x"), "b"),
        ([rule("a", grants=["client_credentials"])], ask("x"), None),
        ([rule("a", groups=["others"])], ask("x"), None),
        ([rule("a", groups=["others", "staff"])], ask("x"), "a"),
        ([rule("a", groups=[], users=["me"])], ask("x"), "a"),
        ([rule("a", not_users=["me"])], ask("x"), None),
        ([rule("a", not_groups=["staff"])], ask("x"), None),
        ([rule("a", groups=[])], ask("x"), None),
        ([rule("a", groups=["EVERYONE"])], ask("x", group_ids=frozenset()), "a"),
        ([rule("a", not_groups=["EVERYONE"])], ask("x"), None),
        (
            [rule("a", groups=[], grants=["client_credentials"])],
            ask("x", user_id=None, group_ids=frozenset(), grant_type="client_credentials"),
            "a",
        ),
    ],
)
def test_the_first_rule_that_admits_everything_wins(
    rules: list[dict[str, Any]], request_: Ask, winner: str | None
) -> None:
    """First match wins, all scopes or none, reserved scopes too (docs/facts/okta.md §8)."""
    found = first_rule([policy("p1")], rules, request_)

    assert (found and found["id"]) == winner


@pytest.mark.parametrize(
    ("policies", "winner"),
    [
        ([policy("p1", 1), policy("p2", 2)], "a"),
        ([policy("p1", 2), policy("p2", 1)], "b"),
        ([policy("p1", 1, ("other",)), policy("p2", 2, ("app",))], "b"),
        ([policy("p1", 1, status="INACTIVE"), policy("p2", 2)], "b"),
        ([policy("p1", 1, ("other",)), policy("p2", 2, ())], None),
        ([policy("empty", 1), policy("p2", 2)], "b"),
    ],
)
def test_policies_are_asked_in_order_and_only_for_their_clients(
    policies: list[dict[str, Any]], winner: str | None
) -> None:
    """Policies by priority and client (Okta, configure access policies)."""
    found = first_rule(policies, [rule("a"), rule("b", _policy="p2")], ask("x"))

    assert (found and found["id"]) == winner
