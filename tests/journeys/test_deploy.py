"""What `up` changes and what it leaves alone, through the real engine."""

import json
import re
from typing import Any

from tests.journeys.checkout import Checkout
from tests.requirements import requirement


def events(checkout: Checkout, *args: str) -> dict[str, list[str]]:
    """Run plain `pulumi preview --json ARGS` and list what would happen: operation → resource types."""
    script = f'eval "$({checkout.root}/.venv/bin/mcp-okta local env)"; pulumi preview --json {" ".join(args)}'
    done = checkout.shell(["sh", "-c", script])
    assert done.code == 0, done.err + done.out
    plan: dict[str, list[str]] = {}
    for step in json.loads(done.out)["steps"]:
        plan.setdefault(step["op"], []).append(step["urn"].split("::")[-2].split("$")[-1])
    return plan


@requirement("journeys:no-changes")
def test_a_second_up_reports_no_changes(deployed: Checkout) -> None:
    """Nothing changed, so nothing is created, updated or replaced (issue 3)."""
    again = deployed.ok("up", "--yes")

    assert "no changes" in again.err.lower() + again.out.lower()


@requirement("journeys:one-change")
def test_one_changed_value_updates_only_what_depends_on_it(deployed: Checkout) -> None:
    """The function's memory is the function's alone (issue 3)."""
    plan = events(deployed, "-c", "memory=512")

    assert plan.get("update") == ["aws:lambda/function:Function"]
    assert set(plan) == {"same", "update"}


@requirement("journeys:replace")
def test_a_change_of_an_immutable_property_replaces(fresh: Checkout) -> None:
    """A function's architecture is updated in place; a role's name is not: the engine plans a replacement (pulumi-aws)."""
    fresh.ok("up", "--yes")
    state = deployment(fresh)
    role = next(r for r in state["resources"] if r["type"] == "aws:iam/role:Role")
    assert re.fullmatch(r"mcp-okta-local", role["outputs"]["name"])
    program = fresh.root / "infra"
    program.unlink()
    copy_with_other_role_name(fresh)

    plan = events(fresh)

    assert "aws:iam/role:Role" in plan.get("replace", [])


def copy_with_other_role_name(checkout: Checkout) -> None:
    """Give the checkout a copy of the program in which the role has another name."""
    raise AssertionError("filled in below")


def deployment(checkout: Checkout) -> dict[str, Any]:
    """The engine's state of the stack `local`."""
    path = next((checkout.root / ".local/state/.pulumi/stacks").rglob("local.json"))
    return json.loads(path.read_text())["checkpoint"]["latest"]
