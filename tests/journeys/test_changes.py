"""Changes of the configuration that must not take from people what is theirs, through the real engine."""

import json

from tests.journeys.checkout import Checkout, Done
from tests.journeys.conftest import configure, make_service
from tests.journeys.test_deploy import planned
from tests.journeys.test_pretence import aws, okta, post_mcp

GROUPS = {"our-readers": ["mcp:read"], "our-editors": ["mcp:read", "mcp:write"]}


def set_config(checkout: Checkout, **values: str) -> None:
    """Write keys into the stack's configuration, as a person does."""
    lines = [f"pulumi config set --stack local {key} '{value}'" for key, value in values.items()]
    done = checkout.shell(["sh", "-ec", "\n".join([f'eval "$({checkout.root}/.venv/bin/mcp-okta local env)"', *lines])])
    assert done.code == 0, done.err


def refreshed_up(checkout: Checkout) -> Done:
    """Plain `pulumi up` that first asks the clouds what is really there."""
    script = f'eval "$({checkout.root}/.venv/bin/mcp-okta local env)"; pulumi up --yes --refresh --skip-preview --json'
    done = checkout.shell(["sh", "-c", script], timeout=300)
    assert done.code == 0, done.err + done.out
    return done


def members_of(checkout: Checkout, name: str) -> tuple[str, list[str]]:
    """The group's id and who is in it."""
    with okta(checkout) as org:
        (group,) = org.get(f"/api/v1/groups?q={name}").raise_for_status().json()
        users = org.get(f"/api/v1/groups/{group['id']}/users").raise_for_status().json()
    return group["id"], [user["profile"]["login"] for user in users]


def add_reader(checkout: Checkout, group: str) -> None:
    """Put a person of the seed into the group, as an administrator does."""
    identifier, _ = members_of(checkout, group)
    with okta(checkout) as org:
        user = org.get("/api/v1/users/reader@example.com").raise_for_status().json()
        org.put(f"/api/v1/groups/{identifier}/users/{user['id']}").raise_for_status()


def test_groups_that_the_stack_made_keep_their_members_until_it_goes(fresh: Checkout) -> None:
    """`createGroups` true → false deletes nothing; a group that the state lost is taken back (ours)."""
    fresh.ok("local", "up")
    fresh.ok("up", timeout=300)
    set_config(fresh, access=json.dumps(GROUPS), createGroups="true")
    fresh.ok("up", timeout=300)
    add_reader(fresh, "our-readers")
    before = members_of(fresh, "our-readers")
    set_config(fresh, createGroups="false")
    kept = fresh.ok("up", timeout=300)
    forget = "pulumi stack export | grep -o 'urn:[^\"]*group-our-readers' | head -1"
    script = f'pulumi state delete --yes --force --target-dependents "$({forget})"'
    forgotten = fresh.shell(["sh", "-ec", f'eval "$({fresh.root}/.venv/bin/mcp-okta local env)"\n{script}'])
    assert forgotten.code == 0, forgotten.err
    fresh.ok("up", timeout=300)

    assert before[1] == ["reader@example.com"]
    assert members_of(fresh, "our-readers") == before
    assert "belong to this stack" in kept.err
    assert set(planned(fresh)) == {"same"}
    fresh.ok("down", timeout=300)
    with okta(fresh) as org:
        assert org.get("/api/v1/groups?q=our-").json() == []


def test_another_key_of_a_service_is_another_app_and_everything_follows_in_the_same_up(fresh: Checkout) -> None:
    """The app is not updated in its place; policy, allow-list and outputs have the new client id (ours)."""
    fresh.ok("local", "up")
    configure(fresh, [make_service(fresh, "nightly")])
    fresh.ok("up", timeout=300)
    first = fresh.outputs()["services"]["nightly"]["client_id"]
    assert set(planned(fresh)) == {"same"}
    (fresh.root / "nightly.pem").unlink()
    configure(fresh, [make_service(fresh, "nightly")])
    plan = planned(fresh)
    fresh.ok("up", timeout=300)
    second = fresh.outputs()["services"]["nightly"]["client_id"]
    me = fresh.ok("call", "whoami", "--json", "--service", "nightly", "--key", "nightly.pem").json

    assert (plan["create"], plan["delete"]) == (["okta:app/oAuth:OAuth"], ["okta:app/oAuth:OAuth"])
    assert first != second == me["client_id"]
    assert set(planned(fresh)) == {"same"}
    with okta(fresh) as org:
        assert org.get(f"/api/v1/apps/{first}").status_code == 404


def test_a_services_app_that_was_changed_outside_is_replaced_and_never_updated(fresh: Checkout) -> None:
    """An update would send its keys without `use`; of the same label, the old one goes first (ours)."""
    fresh.ok("local", "up")
    configure(fresh, [make_service(fresh, "nightly")])
    fresh.ok("up", timeout=300)
    first = fresh.outputs()["services"]["nightly"]["client_id"]
    with okta(fresh) as org:
        app = org.get(f"/api/v1/apps/{first}").raise_for_status().json()
        app["visibility"]["hide"]["web"] = False
        wanted = {name: app[name] for name in ("name", "label", "signOnMode", "credentials", "settings", "visibility")}
        org.put(f"/api/v1/apps/{first}", json=wanted).raise_for_status()
    refreshed_up(fresh)
    second = fresh.outputs()["services"]["nightly"]["client_id"]
    me = fresh.ok("call", "whoami", "--json", "--service", "nightly", "--key", "nightly.pem").json

    assert first != second == me["client_id"]
    assert set(planned(fresh)) == {"same"}


def test_a_role_that_was_made_anew_outside_gets_a_new_function(fresh: Checkout) -> None:
    """Its ARN is the old one's and so nothing else would change (AWS Lambda, KMSAccessDeniedException)."""
    fresh.ok("up", timeout=300)
    assert set(planned(fresh, "-c", "branch=other")) == {"same", "update"}
    iam, role = aws(fresh, "iam"), {"RoleName": "mcp-okta-local"}
    before = iam.get_role(**role)["Role"]["RoleId"]
    for policy in iam.list_role_policies(**role)["PolicyNames"]:
        iam.delete_role_policy(**role, PolicyName=policy)
    iam.delete_role(**role)
    done = refreshed_up(fresh)

    assert iam.get_role(**role)["Role"]["RoleId"] != before
    assert "create-replacement" in done.out
    assert post_mcp(fresh.outputs()["url"]).status_code == 401
    assert set(planned(fresh)) == {"same"}
