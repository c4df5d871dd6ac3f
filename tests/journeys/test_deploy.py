"""What `up` changes and what it leaves alone, through the real engine."""

import json

from cli.demo.snapshot import difference
from tests.journeys.checkout import Checkout
from tests.journeys.conftest import configure, make_service
from tests.journeys.test_bad_input import snapshot_of
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


@requirement("journeys:empty-group")
def test_a_group_that_nobody_is_in_is_said_before_the_plan(deployed: Checkout) -> None:
    """The deployment goes on: who is in a group is Okta's business, and may change tomorrow (issue 5 §1)."""
    access = {"mcp-readers": ["mcp:read"], "mcp-nobody": ["mcp:read"], "mcp-editors": ["mcp:read", "mcp:write"]}
    settings = deployed.root / "Pulumi.local.yaml"
    kept = settings.read_text()
    with okta(deployed) as org:
        group = org.post("/api/v1/groups", json={"profile": {"name": "mcp-nobody"}}).raise_for_status().json()
        try:
            settings.write_text(kept.replace("config:\n", f"config:\n  mcp-okta:access: '{json.dumps(access)}'\n", 1))
            planned = deployed.ok("preview")
        finally:
            settings.write_text(kept)
            org.delete(f"/api/v1/groups/{group['id']}").raise_for_status()

    assert "nobody is in the Okta group mcp-nobody" in planned.err
    assert planned.err.count("nobody is in") == 1
    assert planned.err.index("nobody is in") < planned.err.index("would be")


@requirement("journeys:lost-state")
def test_what_the_state_lost_goes_with_the_rest(fresh: Checkout) -> None:
    """The notes' table and a service's app are found by their marks (issue 5 §5, §7)."""
    configure(fresh, [make_service(fresh, "nightly")])
    fresh.ok("local", "up")
    before = snapshot_of(fresh)
    fresh.ok("up")
    stacks = fresh.root / ".local/state/.pulumi/stacks/mcp-okta/local.json"
    resources = json.loads(stacks.read_text())["checkpoint"]["latest"]["resources"]
    lost = [item["urn"] for item in resources if item["type"] == "aws:dynamodb/table:Table"]
    lost += [item["urn"] for item in resources if "-service-" in str(item.get("outputs", {}).get("label"))]
    assert len(lost) == 2
    forget = "pulumi state delete --yes --force --target-dependents"
    script = "\n".join([f'eval "$({fresh.root}/.venv/bin/mcp-okta local env)"', *(f"{forget} '{urn}'" for urn in lost)])
    forgotten = fresh.shell(["sh", "-ec", script])
    assert forgotten.code == 0, forgotten.err
    fresh.ok("down")

    assert difference(before, snapshot_of(fresh)) == []
