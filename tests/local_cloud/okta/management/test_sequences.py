"""No sequence of calls breaks the org. Source: issue 4."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from local_cloud.okta.store import Store
from tests.local_cloud.okta.management.invariants import broken
from tests.local_cloud.okta.management.world import app_body
from tests.local_cloud.okta.org import OktaOrg
from tests.requirements import requirement

SERVERS = "/api/v1/authorizationServers"
# Few names, so that they meet again.
NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "openid", " ", None])
PRIORITIES = st.sampled_from([None, None, 1, 1, 2, 3, 99, 0, "1"])
VERBS = st.sampled_from(["activate", "deactivate", "suspend", "unsuspend"])
LIFE = st.sampled_from(["activate", "deactivate"])
MINUTES = st.sampled_from([None, None, 5, 60, 1440, 0, 4])
NOWHERE = "none"


class Administrator(RuleBasedStateMachine):
    """Somebody who creates, changes and deletes, rightly and wrongly; each bundle also holds what is gone again."""

    servers, scopes, policies, access = Bundle("servers"), Bundle("scopes"), Bundle("policies"), Bundle("access")
    apps, groups, users, grants = Bundle("apps"), Bundle("groups"), Bundle("users"), Bundle("grants")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.file = self.folder / "okta.json"
        self.org = OktaOrg(state_file=self.file)
        self.runner = asyncio.Runner()
        self.runner.run(self.deploy())

    async def deploy(self) -> None:
        """What the product creates, and a second policy whose rules name single people."""
        await self.org.deploy()
        second = policy("g", None, self.org.client["id"])
        self.second = (await self.org.make(f"{self.org.server_path}/policies", second))["id"]
        people = [row["id"] for row in (await self.org.call("GET", "/api/v1/users")).json()]
        group = await self.org.group("mcp-readers")
        for name, user in zip("abc", people, strict=False):
            body = rule_body(name, None, group, user, None)
            await self.org.make(f"{self.org.server_path}/policies/{self.second}/rules", body)

    def teardown(self) -> None:
        """A restart gives an equal org."""
        before = self.everything()
        self.org = OktaOrg(state_file=self.file)
        assert self.everything() == before
        self.runner.close()
        shutil.rmtree(self.folder)

    def call(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """Make one call, which must not fail whatever it asks for."""
        response = self.runner.run(self.org.call(method, path, body))
        assert response.status_code < 500 or response.status_code == 501, response.text
        return response

    def write(self, method: str, path: str, body: Any) -> Any:
        """Create or replace; what is read afterwards is what was answered. The answer is its path, if any."""
        response = self.call(method, path, body)
        if response.status_code >= 400:
            return multiple()
        made = response.json()
        own = f"{path}/{made['id']}" if method == "POST" else path
        made.get("credentials", {}).get("oauthClient", {}).pop("client_secret", None)
        assert self.call("GET", own).json() == made
        return own

    def everything(self) -> list[Any]:
        """All that the Management API shows of the org."""
        lists = [SERVERS, "/api/v1/apps", "/api/v1/groups", "/api/v1/users", "/api/v1/policies?type=ACCESS_POLICY"]
        for server in self.call("GET", SERVERS).json():
            own = f"{SERVERS}/{server['id']}"
            lists += [f"{own}/{name}" for name in ("scopes", "claims", "policies")]
            lists += [f"{own}/policies/{row['id']}/rules" for row in self.call("GET", f"{own}/policies").json()]
        for row in self.call("GET", "/api/v1/apps").json():
            lists += [f"/api/v1/apps/{row['id']}/{name}" for name in ("groups", "users", "grants")]
        lists += [f"/api/v1/users/{row['id']}/groups" for row in self.call("GET", "/api/v1/users").json()]
        return [(path, self.call("GET", path).json()) for path in lists]

    @initialize(target=servers)
    def first_servers(self) -> Any:
        """One to work with, the one that every org has, and none."""
        return multiple(self.org.server_path, f"{SERVERS}/default", f"{SERVERS}/{NOWHERE}")

    @initialize(target=scopes)
    def first_scopes(self) -> Any:
        """The reserved ones too."""
        return self.listed(f"{self.org.server_path}/scopes?q=mcp")

    @initialize(target=policies)
    def first_policies(self) -> Any:
        """One after the other."""
        return self.listed(f"{self.org.server_path}/policies")

    @initialize(target=access)
    def first_rules(self) -> Any:
        """One after the other."""
        return self.listed(f"{self.org.server_path}/policies/{self.second}/rules")

    @initialize(target=apps)
    def first_apps(self) -> Any:
        """One to work with, and none."""
        return multiple(f"/api/v1/apps/{self.org.client['id']}", f"/api/v1/apps/{NOWHERE}")

    @initialize(target=groups)
    def first_groups(self) -> Any:
        """Everyone too."""
        return self.listed("/api/v1/groups")

    @initialize(target=users)
    def first_users(self) -> Any:
        """The administrator too."""
        return self.listed("/api/v1/users")

    def listed(self, path: str) -> Any:
        """The paths of what a list shows."""
        return multiple(*(f"{path.partition('?')[0]}/{row['id']}" for row in self.call("GET", path).json()))

    @rule(target=servers, name=NAMES)
    def create_server(self, name: str | None) -> Any:
        """Also twice the same."""
        return self.write("POST", SERVERS, {"name": name, "audiences": ["https://mcp"]})

    @rule(server=servers, name=NAMES, verb=LIFE)
    def change_server(self, server: str, name: str | None, verb: str) -> None:
        """Rename it, and end or begin its life."""
        self.write("PUT", server, {"name": name, "audiences": ["https://other"]})
        self.call("POST", f"{server}/lifecycle/{verb}")
        self.call("POST", f"{server}/credentials/lifecycle/keyRotate", {"use": "sig"})

    @rule(server=servers, first=st.booleans())
    def delete_server(self, server: str, first: bool) -> None:
        """With everything in it, deactivated first or not."""
        if first:
            self.call("POST", f"{server}/lifecycle/deactivate")
        self.call("DELETE", server)

    @rule(target=scopes, server=servers, name=NAMES)
    def create_scope(self, server: str, name: str | None) -> Any:
        """Reserved names too."""
        return self.write("POST", f"{server}/scopes", {"name": name})

    @rule(scope=scopes, name=NAMES)
    def change_scope(self, scope: str, name: str | None) -> None:
        """Rename it."""
        self.write("PUT", scope, {"name": name, "consent": "REQUIRED"})

    @rule(scope=scopes)
    def delete_scope(self, scope: str) -> None:
        """While claims and rules name it."""
        self.call("DELETE", scope)

    @rule(server=servers, name=NAMES, scope=st.sampled_from(["mcp:read", "mcp:write", "a", "b", "openid", NOWHERE]))
    def create_claim(self, server: str, name: str | None, scope: str) -> None:
        """For a scope that may not exist."""
        body = {"name": name, "claimType": "RESOURCE", "value": "user.login", "conditions": {"scopes": [scope]}}
        made = self.write("POST", f"{server}/claims", body)
        if isinstance(made, str):
            self.write("PUT", made, {**body, "claimType": "IDENTITY"})

    @rule(target=policies, server=servers, name=NAMES, priority=PRIORITIES, app=apps)
    def create_policy(self, server: str, name: str | None, priority: Any, app: str) -> Any:
        """For an app that may be gone."""
        return self.write("POST", f"{server}/policies", policy(name, priority, app))

    @rule(this=policies, name=NAMES, priority=PRIORITIES, app=apps, verb=LIFE)
    def change_policy(self, this: str, name: str | None, priority: Any, app: str, verb: str) -> None:
        """Move it, and switch it."""
        self.write("PUT", this, policy(name, priority, app))
        self.call("POST", f"{this}/lifecycle/{verb}")

    @rule(this=policies)
    def delete_policy(self, this: str) -> None:
        """With its rules."""
        self.call("DELETE", this)

    @rule(target=access, this=policies, name=NAMES, priority=PRIORITIES, group=groups, user=users, minutes=MINUTES)
    def create_rule(self, this: str, name: str | None, priority: Any, group: str, user: str, minutes: Any) -> Any:
        """For people who may be gone."""
        return self.write("POST", f"{this}/rules", rule_body(name, priority, group, user, minutes))

    @rule(this=access, name=NAMES, priority=PRIORITIES, group=groups, user=users, minutes=MINUTES, verb=LIFE)
    def change_rule(
        self, this: str, name: str | None, priority: Any, group: str, user: str, minutes: Any, verb: str
    ) -> None:
        """Move it, and switch it."""
        self.write("PUT", this, rule_body(name, priority, group, user, minutes))
        self.call("POST", f"{this}/lifecycle/{verb}")

    @rule(this=access)
    def delete_rule(self, this: str) -> None:
        """Also one that is gone."""
        self.call("DELETE", this)

    @rule(target=apps, label=NAMES, method=st.sampled_from(["none", "client_secret_basic"]))
    def create_app(self, label: Any, method: str) -> Any:
        """With and without a secret."""
        return self.write("POST", "/api/v1/apps", app_body(label, method))

    @rule(app=apps, label=NAMES, verb=LIFE)
    def change_app(self, app: str, label: Any, verb: str) -> None:
        """Rename it, and switch it."""
        self.write("PUT", app, app_body(label, "client_secret_post"))
        self.call("POST", f"{app}/lifecycle/{verb}")

    @rule(app=apps, first=st.booleans())
    def delete_app(self, app: str, first: bool) -> None:
        """Deactivated first or not."""
        if first:
            self.call("POST", f"{app}/lifecycle/deactivate")
        self.call("DELETE", app)

    @rule(app=apps, group=groups, user=users, take=st.booleans())
    def assign(self, app: str, group: str, user: str, take: bool) -> None:
        """Assign, or take away."""
        self.call("DELETE" if take else "PUT", f"{app}/groups/{last(group)}", None if take else {})
        if take:
            self.call("DELETE", f"{app}/users/{last(user)}")
        else:
            self.call("POST", f"{app}/users", {"id": last(user)})

    @rule(target=grants, app=apps, scope=st.sampled_from(["okta.users.read", "okta.apps.manage", "openid"]))
    def grant(self, app: str, scope: str) -> Any:
        """A scope of the Okta API."""
        return self.write("POST", f"{app}/grants", {"scopeId": scope, "issuer": self.org_url})

    @rule(this=consumes(grants))
    def revoke(self, this: str) -> None:
        """Take it back."""
        self.call("DELETE", this)

    @rule(target=groups, name=NAMES)
    def create_group(self, name: Any) -> Any:
        """Also twice the same."""
        return self.write("POST", "/api/v1/groups", {"profile": {"name": name}})

    @rule(group=groups, name=NAMES)
    def change_group(self, group: str, name: Any) -> None:
        """Rename it."""
        self.write("PUT", group, {"profile": {"name": name}})

    @rule(group=groups)
    def delete_group(self, group: str) -> None:
        """While people, apps and rules refer to it."""
        self.call("DELETE", group)

    @rule(target=users, name=NAMES, group=groups, known=st.booleans())
    def create_user(self, name: Any, group: str, known: bool) -> Any:
        """In a group that may be gone, with a password or none."""
        profile = {"login": f"{name}@example.com", "email": "x@example.com", "firstName": name, "lastName": "X"}
        secret = {"credentials": {"password": {"value": "Str0ng-Enough!"}}} if known else {}
        return self.write("POST", "/api/v1/users", {"profile": profile, "groupIds": [last(group)], **secret})

    @rule(user=users, group=groups, verb=VERBS, join=st.booleans())
    def change_user(self, user: str, group: str, verb: str, join: bool) -> None:
        """Change groups and status."""
        self.call("PUT" if join else "DELETE", f"{group}/users/{last(user)}")
        self.call("POST", f"{user}/lifecycle/{verb}")

    @rule(user=users)
    def delete_user(self, user: str) -> None:
        """The first time deactivates, the second forgets."""
        self.call("DELETE", user)
        self.call("DELETE", user)

    @rule()
    def restart(self) -> None:
        """Go on from the file."""
        self.org = OktaOrg(state_file=self.file)

    @invariant()
    def nothing_is_broken(self) -> None:
        """Judged by what is in the file after each step."""
        assert broken(Store(self.file)) == []

    @property
    def org_url(self) -> str:
        """The issuer of grants."""
        return "http://127.0.0.1:8480"


def policy(name: Any, priority: Any, app: str) -> dict[str, Any]:
    """The body of a policy; without a priority it is the last one."""
    body = {"type": "OAUTH_AUTHORIZATION_POLICY", "name": name, "description": "d"}
    placed = {} if priority is None else {"priority": priority}
    return {**body, **placed, "conditions": {"clients": {"include": [last(app)]}}}


def rule_body(name: Any, priority: Any, group: str, user: str, minutes: Any) -> dict[str, Any]:
    """The body of a rule."""
    people = {"groups": {"include": [last(group)]}, "users": {"exclude": [last(user)]}}
    conditions = {"grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["openid"]}}
    token = {} if minutes is None else {"accessTokenLifetimeMinutes": minutes}
    placed = {} if priority is None else {"priority": priority}
    body = {"type": "RESOURCE_ACCESS", "name": name, **placed, "actions": {"token": token}}
    return {**body, "conditions": {**conditions, "people": people}}


def last(path: str) -> str:
    """The id in a path."""
    return path.rpartition("/")[2]


@requirement("okta:invariants")
def test_no_sequence_of_calls_breaks_the_org() -> None:
    """References resolve, names are unique, priorities have no gaps, built-in objects stay (issue 4)."""
    bounded = settings(
        max_examples=25,
        stateful_step_count=50,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    machine: Any = Administrator
    machine.TestCase.settings = bounded
    machine.TestCase().runTest()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda store: store.remove_where("servers", default=True),
        lambda store: store.remove_where("scopes", name="openid"),
        lambda store: store.remove_where("groups", type="BUILT_IN"),
        lambda store: store.put("rules", "x", {**next(store.rows("rules")), "id": "x"}),
        lambda store: store.put("apps", "x", {"id": "x", "label": "x", "_policy": "none"}),
    ],
)
def test_the_detector_sees_a_broken_org(tmp_path: Path, spoil: Callable[[Store], None]) -> None:
    """The invariants would notice what they look for (ours)."""
    file = tmp_path / "okta.json"
    OktaOrg(state_file=file)
    store = Store(file)
    assert broken(store) == []

    spoil(store)

    assert broken(store) != []
