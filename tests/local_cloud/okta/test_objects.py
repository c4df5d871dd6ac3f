"""Objects of the Management API: what is accepted, what is refused, and with which words."""

from typing import Any

import pytest

from tests.local_cloud.okta.org import AUDIENCE, CALLBACK, NATIVE_APP, OktaOrg
from tests.requirements import requirement

pytestmark = pytest.mark.anyio
SERVERS = "/api/v1/authorizationServers"
TAKEN = "An object with this field already exists in the current organization"


async def refusal(org: OktaOrg, method: str, path: str, body: Any = None) -> tuple[int, str, str, list[str]]:
    """What a refused call says."""
    response = await org.call(method, path, body)
    error = response.json()
    causes = [cause["errorSummary"] for cause in error["errorCauses"]]
    return response.status_code, error["errorCode"], error["errorSummary"], causes


def app(**oauth: Any) -> dict[str, Any]:
    """The body of an app with other OAuth settings."""
    return {
        **NATIVE_APP,
        "label": "other",
        "settings": {"oauthClient": {**NATIVE_APP["settings"]["oauthClient"], **oauth}},
    }


async def test_a_server_has_the_fields_that_okta_computes(bare: OktaOrg) -> None:
    """Recorded answers of Okta's Terraform provider: id, issuer, signing key, links."""
    made = await bare.make(SERVERS, {"name": "a", "audiences": [AUDIENCE], "description": "d"})

    assert made["id"].startswith("aus")
    assert len(made["id"]) == 20
    assert made["issuer"].endswith(f"/oauth2/{made['id']}")
    assert (made["status"], made["default"], made["issuerMode"]) == ("ACTIVE", False, "ORG_URL")
    assert set(made["credentials"]["signing"]) == {"kid", "rotationMode", "lastRotated", "nextRotation"}
    assert set(made["_links"]) == {
        "rotateKey",
        "metadata",
        "keys",
        "claims",
        "policies",
        "self",
        "scopes",
        "deactivate",
    }


@requirement("okta:one-audience")
@pytest.mark.parametrize("audiences", [[], ["a", "b"], None, "a", [1]])
async def test_a_server_has_exactly_one_audience(bare: OktaOrg, audiences: Any) -> None:
    """E0000001 (docs/facts/okta.md §3)."""
    status, code, summary, _ = await refusal(bare, "POST", SERVERS, {"name": "a", "audiences": audiences})

    assert (status, code, summary) == (400, "E0000001", "Api validation failed: audiences")


@requirement("okta:unique-names")
async def test_names_are_unique(org: OktaOrg) -> None:
    """E0000001 with the cause, for servers, scopes, policies, rules, apps, groups, logins (Okta error codes)."""
    rule = await org.rule_body("mcp-readers", 1, ["mcp:read"])
    policy = {key: org.policy[key] for key in ("name", "type", "description", "conditions")}
    profile = {"login": "Reader@example.com", "email": "r@example.com", "firstName": "R", "lastName": "R"}
    taken = [
        (SERVERS, {"name": "mcp", "audiences": ["x"]}, "name"),
        (f"{org.server_path}/scopes", {"name": "mcp:read"}, "name"),
        (f"{org.server_path}/policies", policy, "name"),
        (f"{org.server_path}/policies/{org.policy['id']}/rules", rule, "name"),
        ("/api/v1/apps", NATIVE_APP, "label"),
        ("/api/v1/groups", {"profile": {"name": "mcp-readers"}}, "name"),
        ("/api/v1/users", {"profile": profile}, "login"),
    ]
    for path, body, field in taken:
        expected = (400, "E0000001", f"Api validation failed: {field}", [f"{field}: {TAKEN}"])
        assert await refusal(org, "POST", path, body) == expected


@pytest.mark.parametrize("name", ["openid", "offline_access", "device_sso"])
async def test_reserved_scopes_exist_and_cannot_be_made(org: OktaOrg, name: str) -> None:
    """Facts §8."""
    status, code, _, causes = await refusal(org, "POST", f"{org.server_path}/scopes", {"name": name})
    listed = (await org.call("GET", f"{org.server_path}/scopes?q={name}")).json()

    assert (status, code, causes) == (400, "E0000001", [f"name: The scope name '{name}' is reserved"])
    assert [scope["system"] for scope in listed] == [True]
    assert (await org.call("DELETE", f"{org.server_path}/scopes/{listed[0]['id']}")).status_code == 403


@requirement("okta:deactivate-first")
async def test_an_active_app_or_server_cannot_be_deleted(org: OktaOrg) -> None:
    """E0000056 with its cause for apps (Okta error codes)."""
    app_path = f"/api/v1/apps/{org.client['id']}"
    refused = await refusal(org, "DELETE", app_path)
    server = await refusal(org, "DELETE", org.server_path)

    why = "The application must be deactivated before deletion."
    assert refused == (403, "E0000056", "Delete application forbidden.", [why])
    assert server[:2] == (400, "E0000001")
    for path, status in ((app_path, 200), (org.server_path, 204)):
        assert (await org.call("POST", f"{path}/lifecycle/deactivate")).status_code == status
        assert (await org.call("DELETE", path)).status_code == 204
        assert (await refusal(org, "GET", path))[:2] == (404, "E0000007")


@requirement("okta:rule-lifetimes")
@pytest.mark.parametrize(
    ("token", "field"),
    [
        ({"accessTokenLifetimeMinutes": 4}, "accessTokenLifetimeMinutes"),
        ({"accessTokenLifetimeMinutes": 1441}, "accessTokenLifetimeMinutes"),
        ({"accessTokenLifetimeMinutes": "60"}, "accessTokenLifetimeMinutes"),
        ({"accessTokenLifetimeMinutes": 60, "refreshTokenWindowMinutes": 30}, "refreshTokenWindowMinutes"),
        ({"refreshTokenWindowMinutes": 9}, "refreshTokenWindowMinutes"),
        ({"refreshTokenLifetimeMinutes": 600, "refreshTokenWindowMinutes": 700}, "refreshTokenLifetimeMinutes"),
        ({"refreshTokenLifetimeMinutes": -1}, "refreshTokenLifetimeMinutes"),
    ],
)
async def test_lifetimes_of_a_rule_are_checked(org: OktaOrg, token: dict[str, Any], field: str) -> None:
    """Access from 5 to 1440 minutes, access ≤ window ≤ lifetime, 0 is without end (docs/facts/okta.md §8)."""
    body = await org.rule_body("mcp-readers", 1, ["mcp:read"], **token)
    path = f"{org.server_path}/policies/{org.policy['id']}/rules"
    status, code, summary, _ = await refusal(org, "POST", path, {**body, "name": "new"})

    assert (status, code, summary) == (400, "E0000001", f"Api validation failed: actions.token.{field}")


@pytest.mark.parametrize(
    ("conditions", "field"),
    [
        ({"grantTypes": {"include": ["client-credentials"]}}, "conditions.grantTypes"),
        ({"grantTypes": {"include": []}}, "conditions.grantTypes"),
        ({"people": {"users": {}}}, "conditions.people"),
        ({"people": {"groups": {"include": ["00gnone"]}}}, "conditions.people.groups.include"),
        ({"scopes": {"include": ["mcp:unknown"]}}, "conditions.scopes.include"),
    ],
)
async def test_conditions_of_a_rule_are_checked(org: OktaOrg, conditions: dict[str, Any], field: str) -> None:
    """E0000001 with the condition's name (okta-developer-docs issue 1622 shows Okta's own)."""
    body = await org.rule_body("mcp-readers", 1, ["mcp:read"])
    body = {**body, "name": "new", "conditions": {**body["conditions"], **conditions}}
    path = f"{org.server_path}/policies/{org.policy['id']}/rules"

    assert (await refusal(org, "POST", path, body))[:3] == (400, "E0000001", f"Api validation failed: {field}")


async def test_a_rule_shows_all_its_conditions(org: OktaOrg) -> None:
    """Grant types, scopes and people are always there (docs/facts/okta.md §9)."""
    shown = (await org.call("GET", f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}")).json()

    assert set(shown["conditions"]) == {"grantTypes", "scopes", "people"}
    assert set(shown["conditions"]["people"]) == {"users", "groups"}
    assert shown["actions"]["token"]["refreshTokenWindowMinutes"] == 10080


async def test_a_rule_that_comes_in_moves_the_others_down(org: OktaOrg) -> None:
    """Priorities have no ties (Okta, policies)."""
    await org.rule("Everyone", 1, ["mcp:read"])
    rules = (await org.call("GET", f"{org.server_path}/policies/{org.policy['id']}/rules")).json()

    order = [(rule["priority"], rule["name"]) for rule in rules]
    assert order == [(1, "Everyone"), (2, "mcp-editors"), (3, "mcp-readers")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (app(redirect_uris=[]), "settings.oauthClient.redirect_uris"),
        (app(redirect_uris=["callback"]), "settings.oauthClient.redirect_uris"),
        (app(redirect_uris=[f"{CALLBACK}#x"]), "settings.oauthClient.redirect_uris"),
        (app(grant_types=["authorization_code", "magic"]), "settings.oauthClient.grant_types"),
        (app(grant_types=["client_credentials"]), "settings.oauthClient.grant_types"),
        (app(response_types=["token"]), "settings.oauthClient.response_types"),
        (app(application_type="toaster"), "application_type"),
        (app(wildcard_redirect="SUBDOMAIN"), "wildcard_redirect"),
        (app(dpop_bound_access_tokens=True), "settings.oauthClient.dpop_bound_access_tokens"),
        (app(refresh_token={"rotation_type": "ROTATE", "leeway": 61}), "settings.oauthClient.refresh_token.leeway"),
        (app(backchannel_token_delivery_mode="poll"), "settings.oauthClient.backchannel_token_delivery_mode"),
        ({**app(), "label": " "}, "label"),
        ({**app(), "label": "x" * 101}, "label"),
    ],
)
async def test_an_app_is_checked(bare: OktaOrg, body: dict[str, Any], field: str) -> None:
    """E0000001 with the setting's name."""
    assert (await refusal(bare, "POST", "/api/v1/apps", body))[:3] == (
        400,
        "E0000001",
        f"Api validation failed: {field}",
    )


async def test_only_the_creation_of_a_confidential_app_shows_its_secret(bare: OktaOrg) -> None:
    """Recorded answers: client_secret in the create's answer, not in a read."""
    confidential = {**NATIVE_APP, "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}}}
    secret = (await bare.make("/api/v1/apps", confidential))["credentials"]["oauthClient"]
    public = (await bare.make("/api/v1/apps", {**NATIVE_APP, "label": "b"}))["credentials"]["oauthClient"]
    read = (await bare.call("GET", f"/api/v1/apps/{secret['client_id']}")).json()["credentials"]["oauthClient"]

    assert len(secret["client_secret"]) == 64
    assert "client_secret" not in public
    assert "client_secret" not in read


async def test_a_deleted_group_leaves_no_trace(org: OktaOrg) -> None:
    """Memberships, assignments and mentions in rules go with it (ours)."""
    group = await org.group("mcp-readers")
    assert (await org.call("DELETE", f"/api/v1/groups/{group}")).status_code == 204
    assigned = (await org.call("GET", f"/api/v1/apps/{org.client['id']}/groups")).json()
    rule = (await org.call("GET", f"{org.server_path}/policies/{org.policy['id']}/rules/{org.readers['id']}")).json()
    groups = (await org.call("GET", "/api/v1/users/reader@example.com/groups")).json()

    assert group not in [item["id"] for item in assigned]
    assert rule["conditions"]["people"]["groups"]["include"] == []
    assert [item["profile"]["name"] for item in groups] == ["Everyone"]
    assert (await refusal(org, "GET", f"/api/v1/groups/{group}"))[
        2
    ] == f"Not found: Resource not found: {group} (UserGroup)"


async def test_everyone_cannot_be_changed(bare: OktaOrg) -> None:
    """A built-in group (Okta, groups)."""
    everyone = await bare.group("Everyone")

    assert (await bare.call("DELETE", f"/api/v1/groups/{everyone}")).status_code == 403
    assert (await bare.call("GET", f"/api/v1/groups/{everyone}")).json()["type"] == "BUILT_IN"


async def test_the_people_of_the_seed_file_fit_the_schema(bare: OktaOrg) -> None:
    """Whoever is there from the beginning can be written back (Okta, users: replace)."""
    for person in (await bare.call("GET", "/api/v1/users")).json():
        response = await bare.call("PUT", f"/api/v1/users/{person['id']}", {"profile": person["profile"]})
        assert (response.status_code, response.json()["profile"]) == (200, person["profile"])


async def test_a_persons_life(bare: OktaOrg) -> None:
    """Create, suspend, unsuspend, deactivate, delete; a wrong move is refused in its own words (Okta, users)."""
    profile = {"login": "new@example.com", "email": "new@example.com", "firstName": "N", "lastName": "N"}
    user = await bare.make("/api/v1/users", {"profile": profile, "credentials": {"password": {"value": "Secret-1!"}}})
    path = f"/api/v1/users/{user['id']}"

    assert "value" not in user["credentials"]["password"]
    assert (await bare.call("POST", f"{path}/lifecycle/suspend")).status_code == 200
    twice = (400, "E0000001", "Api validation failed: suspendUser", ["Cannot suspend a user that is not active"])
    assert await refusal(bare, "POST", f"{path}/lifecycle/suspend") == twice
    assert (await bare.call("POST", f"{path}/lifecycle/unsuspend")).status_code == 200
    assert (await refusal(bare, "POST", f"{path}/lifecycle/activate"))[:2] == (403, "E0000016")
    assert (await bare.call("DELETE", path)).status_code == 204
    assert (await bare.call("GET", path)).json()["status"] == "DEPROVISIONED"
    assert (await refusal(bare, "POST", f"{path}/lifecycle/deactivate"))[:2] == (403, "E0000038")
    assert (await bare.call("DELETE", path)).status_code == 204
    assert (await refusal(bare, "GET", path))[:2] == (404, "E0000007")


async def test_nobody_is_active_without_a_password(bare: OktaOrg) -> None:
    """Activation leaves them PROVISIONED, a password ends that (Users API, user creation scenarios; activateUser)."""
    profile = {"login": "new@example.com", "email": "new@example.com", "firstName": "N", "lastName": "N"}
    made = await bare.make("/api/v1/users?activate=false", {"profile": profile})
    path, secret = f"/api/v1/users/{made['id']}", {"credentials": {"password": {"value": "Secret-1!"}}}
    activated = await bare.call("POST", f"{path}/lifecycle/activate")
    invited = (await bare.call("GET", path)).json()
    renamed = (await bare.call("POST", path, {"profile": {"firstName": "M"}})).json()
    active = (await bare.call("POST", path, secret)).json()

    assert (activated.status_code, activated.json()) == (200, {})
    assert [row["status"] for row in (made, invited, renamed, active)] == ["STAGED", *["PROVISIONED"] * 2, "ACTIVE"]
    assert invited["activated"] is None
    assert active["activated"] == active["statusChanged"] == active["passwordChanged"]
    assert (await refusal(bare, "POST", f"{path}/lifecycle/activate"))[:2] == (403, "E0000016")


async def test_a_password_set_before_activation_makes_active(bare: OktaOrg) -> None:
    """The documented exception from the activation link (Users API, activateUser)."""
    profile = {"login": "new@example.com", "email": "new@example.com", "firstName": "N", "lastName": "N"}
    made = await bare.make("/api/v1/users?activate=false", {"profile": profile})
    path, secret = f"/api/v1/users/{made['id']}", {"credentials": {"password": {"value": "Secret-1!"}}}
    staged = (await bare.call("POST", path, secret)).json()
    await bare.call("POST", f"{path}/lifecycle/activate")

    assert staged["status"] == "STAGED"
    assert (await bare.call("GET", path)).json()["status"] == "ACTIVE"


async def test_who_comes_back_is_provisioned(bare: OktaOrg) -> None:
    """From DEPROVISIONED the way leads to PROVISIONED (Okta's diagram of statuses; okta-developer-docs pull 3153)."""
    profile = {"login": "new@example.com", "email": "new@example.com", "firstName": "N", "lastName": "N"}
    made = await bare.make("/api/v1/users", {"profile": profile, "credentials": {"password": {"value": "Secret-1!"}}})
    path = f"/api/v1/users/{made['id']}"
    for verb in ("deactivate", "activate"):
        assert (await bare.call("POST", f"{path}/lifecycle/{verb}")).status_code == 200
    back = (await bare.call("GET", path)).json()

    assert (back["status"], "password" in back["credentials"]) == ("PROVISIONED", False)


async def test_the_administrator_of_the_seed_stays_active(bare: OktaOrg) -> None:
    """They have a token and no password; suspended and back, they are as before (ours)."""
    path = f"/api/v1/users/{(await bare.call('GET', '/api/v1/users/me')).json()['id']}"
    statuses = [(await bare.call("GET", path)).json()["status"]]
    for verb in ("suspend", "unsuspend"):
        await bare.call("POST", f"{path}/lifecycle/{verb}")
        statuses.append((await bare.call("GET", path)).json()["status"])

    assert statuses == ["ACTIVE", "SUSPENDED", "ACTIVE"]


MISSING = [
    (f"{SERVERS}/ausnone", "ausnone (AuthorizationServer)"),
    (f"{SERVERS}/default/scopes/scpnone", "scpnone (OAuth2Scope)"),
    (f"{SERVERS}/default/claims/oclnone", "oclnone (OAuth2Claim)"),
    (f"{SERVERS}/default/policies/00pnone", "00pnone (Policy)"),
    ("/api/v1/apps/0oanone", "0oanone (AppInstance)"),
    ("/api/v1/groups/00gnone", "00gnone (UserGroup)"),
    ("/api/v1/users/nobody", "nobody (User)"),
]


@pytest.mark.parametrize(("path", "what"), MISSING)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_what_does_not_exist_is_not_found(bare: OktaOrg, path: str, what: str, method: str) -> None:
    """E0000007 (Okta error codes)."""
    expected: tuple[int, str, str, list[str]] = (404, "E0000007", f"Not found: Resource not found: {what}", [])

    assert await refusal(bare, method, path) == expected


async def test_a_scope_of_another_server_is_not_found(org: OktaOrg) -> None:
    """Objects belong to one server (ours)."""
    scope = (await org.call("GET", f"{org.server_path}/scopes?q=mcp:read")).json()[0]

    assert (await org.call("GET", f"{org.server_path}/scopes/{scope['id']}")).status_code == 200
    assert (await org.call("GET", f"{SERVERS}/default/scopes/{scope['id']}")).status_code == 404
