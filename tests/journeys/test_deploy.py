"""What `up` changes and what it leaves alone, through the real engine."""

import json

from tests.journeys.checkout import Checkout
from tests.journeys.test_pretence import okta
from tests.requirements import requirement


def planned(checkout: Checkout, *args: str) -> dict[str, list[str]]:
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
    plan = planned(deployed, "-c", "memory=512")
    assert plan.get("update") == ["aws:lambda/function:Function"]
    assert set(plan) == {"same", "update"}

    set_memory = f'eval "$({deployed.root}/.venv/bin/mcp-okta local env)"; pulumi config set memory '
    assert deployed.shell(["sh", "-c", set_memory + "512"]).code == 0
    assert "1 updated" in deployed.ok("up").err
    assert deployed.shell(["sh", "-c", set_memory + "1024"]).code == 0
    assert "1 updated" in deployed.ok("up").err


@requirement("journeys:replace")
def test_a_change_of_an_immutable_property_replaces(fresh: Checkout) -> None:
    """An assignment belongs to one group for ever (the real plugin's `groupId`): a re-created group replaces it."""
    fresh.ok("up")
    with okta(fresh) as org:
        old = next(g for g in org.get("/api/v1/groups?q=mcp-readers").json() if g["profile"]["name"] == "mcp-readers")
        assert org.delete(f"/api/v1/groups/{old['id']}").status_code == 204
        assert org.post("/api/v1/groups", json={"profile": old["profile"]}).status_code == 200

    assert planned(fresh)["replace"] == ["okta:app/groupAssignment:GroupAssignment"]
    fresh.ok("up")
    assert set(planned(fresh)) == {"same"}
