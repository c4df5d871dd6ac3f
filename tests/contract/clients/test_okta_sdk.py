"""Okta's own SDK against the local Okta, without knowing. Source: issue 4; okta-sdk-python and its typed models."""

import pytest
from okta import models

from tests.contract.clients.sdk import Sdk, got, refused
from tests.contract.clients.sdk_objects import (
    make_app,
    make_group,
    make_server,
    make_user,
    names,
    policy_for,
    rule_for,
)
from tests.local_cloud.okta.org import NATIVE_APP
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@requirement("contract:okta-sdk")
async def test_an_authorization_server_lives_and_dies(sdk: Sdk) -> None:
    """Created, read, listed, replaced, deactivated, deleted; then Okta's 404 (AuthorizationServer API)."""
    server = await make_server(sdk, "life")
    server.description = "changed"
    replaced = got(await sdk.replace_authorization_server(server.id, server))
    read = got(await sdk.get_authorization_server(server.id))
    listed = got(await sdk.list_authorization_servers(q="life"))

    assert read == replaced
    assert (read.description, read.status, read.issuer_mode) == ("changed", "ACTIVE", "ORG_URL")
    assert read.issuer.endswith(f"/oauth2/{server.id}")
    assert [row.id for row in listed] == [server.id]
    got(await sdk.deactivate_authorization_server(server.id))
    assert got(await sdk.get_authorization_server(server.id)).status == "INACTIVE"
    got(await sdk.delete_authorization_server(server.id))
    assert refused(await sdk.get_authorization_server(server.id)) == (404, "E0000007")


@requirement("contract:okta-sdk")
async def test_scopes_and_claims_live_and_die(sdk: Sdk) -> None:
    """Created, read, replaced, listed, deleted, with the SDK's types (Scopes and Claims APIs)."""
    server = await make_server(sdk, "parts")
    scope = got(await sdk.create_o_auth2_scope(server.id, models.OAuth2Scope(name="notes:read", consent="IMPLICIT")))
    scope.description = "read notes"
    got(await sdk.replace_o_auth2_scope(server.id, scope.id, scope))
    claim = models.OAuth2Claim.from_dict(
        {"name": "mail", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "user.email", "status": "ACTIVE"}
    )
    claim = got(await sdk.create_o_auth2_claim(server.id, claim))
    claim.value = "user.login"
    got(await sdk.replace_o_auth2_claim(server.id, claim.id, claim))

    assert got(await sdk.get_o_auth2_scope(server.id, scope.id)).description == "read notes"
    assert got(await sdk.get_o_auth2_claim(server.id, claim.id)).value == "user.login"
    assert {"openid", "offline_access", "notes:read"} <= {s.name for s in got(await sdk.list_o_auth2_scopes(server.id))}
    assert {"sub", "mail"} <= {c.name for c in got(await sdk.list_o_auth2_claims(server.id))}
    got(await sdk.delete_o_auth2_scope(server.id, scope.id))
    got(await sdk.delete_o_auth2_claim(server.id, claim.id))
    assert refused(await sdk.get_o_auth2_scope(server.id, scope.id)) == (404, "E0000007")
    assert refused(await sdk.get_o_auth2_claim(server.id, claim.id)) == (404, "E0000007")


@requirement("contract:okta-sdk")
async def test_a_policy_and_its_rule_live_and_die(sdk: Sdk) -> None:
    """Created, replaced, switched off and on, deleted (Authorization Server Policies and Rules APIs)."""
    server, group, app = (
        await make_server(sdk, "policy"),
        await make_group(sdk, "ruled"),
        await make_app(sdk, "ruled"),
    )
    policy = got(await sdk.create_authorization_server_policy(server.id, policy_for(app.id)))
    rule = got(await sdk.create_authorization_server_policy_rule(server.id, policy.id, rule_for(group.id, 60)))
    got(await sdk.replace_authorization_server_policy_rule(server.id, policy.id, rule.id, rule_for(group.id, 30)))
    got(await sdk.deactivate_authorization_server_policy_rule(server.id, policy.id, rule.id))
    read = got(await sdk.get_authorization_server_policy_rule(server.id, policy.id, rule.id))

    assert read.actions.token.access_token_lifetime_minutes == 30
    assert read.status == "INACTIVE"
    assert read.conditions.people.groups.include == [group.id]
    assert [p.id for p in got(await sdk.list_authorization_server_policies(server.id))] == [policy.id]
    assert got(await sdk.get_authorization_server_policy(server.id, policy.id)).conditions.clients.include == [app.id]
    got(await sdk.activate_authorization_server_policy_rule(server.id, policy.id, rule.id))
    got(await sdk.delete_authorization_server_policy_rule(server.id, policy.id, rule.id))
    got(await sdk.delete_authorization_server_policy(server.id, policy.id))
    assert refused(await sdk.get_authorization_server_policy(server.id, policy.id)) == (404, "E0000007")


@requirement("contract:okta-sdk")
async def test_an_app_and_its_assignments_live_and_die(sdk: Sdk) -> None:
    """Deletion wants deactivation first; groups and people are assigned and taken away (Apps API)."""
    app, group, user = (
        await make_app(sdk, "assigned"),
        await make_group(sdk, "assignees"),
        await make_user(sdk, "app@x.com"),
    )
    got(await sdk.assign_group_to_application(app.id, group.id, models.ApplicationGroupAssignment(priority=0)))
    got(await sdk.assign_user_to_application(app.id, models.AppUserAssignRequest(id=user.id, scope="USER")))
    app.label = "renamed"
    got(await sdk.replace_application(app.id, app))

    assert got(await sdk.get_application(app.id)).label == "renamed"
    assert [row.id for row in got(await sdk.list_application_group_assignments(app.id))] == [group.id]
    assert [row.id for row in got(await sdk.list_application_users(app.id))] == [user.id]
    got(await sdk.unassign_application_from_group(app.id, group.id))
    got(await sdk.unassign_user_from_application(app.id, user.id))
    assert refused(await sdk.get_application_group_assignment(app.id, group.id)) == (404, "E0000007")
    assert refused(await sdk.delete_application(app.id)) == (403, "E0000056")
    got(await sdk.deactivate_application(app.id))
    got(await sdk.delete_application(app.id))
    assert refused(await sdk.get_application(app.id)) == (404, "E0000007")


@pytest.mark.parametrize(
    ("kind", "method", "grant"),
    [("web", "client_secret_basic", "authorization_code"), ("service", "client_secret_post", "client_credentials")],
)
async def test_an_app_with_a_secret_shows_it_at_its_creation(sdk: Sdk, kind: str, method: str, grant: str) -> None:
    """`client_secret` comes with secret methods only (Apps API, OAuth client credentials)."""
    code = grant == "authorization_code"
    oauth = {"application_type": kind, "grant_types": [grant], "response_types": ["code" if code else "token"]}
    if code:
        oauth["redirect_uris"] = ["https://app.example.com/callback"]
    client = {"token_endpoint_auth_method": method}
    body = {"label": kind, "credentials": {"oauthClient": client}, "settings": {"oauthClient": oauth}}
    app = got(await sdk.create_application(models.OpenIdConnectApplication.from_dict({**NATIVE_APP, **body})))

    assert len(app.credentials.oauth_client.client_secret) >= 40
    assert app.credentials.oauth_client.client_id == app.id


@requirement("contract:okta-sdk")
async def test_groups_and_people_live_and_die(sdk: Sdk) -> None:
    """Membership both ways, search, life cycle of a person, deletion (Groups and Users APIs)."""
    group, user = await make_group(sdk, "members"), await make_user(sdk, "ada@example.com")
    got(await sdk.assign_user_to_group(group.id, user.id))
    got(await sdk.replace_group(group.id, models.AddGroupRequest.from_dict({"profile": {"name": "members-2"}})))
    got(await sdk.update_user(user.id, models.UpdateUserRequest.from_dict({"profile": {"firstName": "Eve"}})))
    found = got(await sdk.list_users(search='profile.login eq "ada@example.com"'))

    assert [row.id for row in got(await sdk.list_group_users(group.id))] == [user.id]
    assert {"Everyone", "members-2"} == {names(row) for row in got(await sdk.list_user_groups(user.id))}
    assert [(row.id, row.profile.first_name, row.profile.last_name) for row in found] == [(user.id, "Eve", "Doe")]
    assert got(await sdk.get_user("ada@example.com")).id == user.id
    got(await sdk.unassign_user_from_group(group.id, user.id))
    assert got(await sdk.list_group_users(group.id)) == []
    got(await sdk.suspend_user(user.id))
    assert got(await sdk.get_user(user.id)).status == "SUSPENDED"
    got(await sdk.unsuspend_user(user.id))
    got(await sdk.deactivate_user(user.id))
    got(await sdk.delete_user(user.id))
    got(await sdk.delete_group(group.id))
    assert refused(await sdk.get_user(user.id)) == (404, "E0000007")
    assert refused(await sdk.get_group(group.id)) == (404, "E0000007")
