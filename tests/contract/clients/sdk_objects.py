"""What the tests create with Okta's SDK, in the SDK's own types."""

from okta import models

from tests.contract.clients.sdk import Sdk, got
from tests.local_cloud.okta.org import NATIVE_APP


async def make_server(sdk: Sdk, name: str) -> models.AuthorizationServer:
    """Create an authorization server."""
    audience = f"https://{name}.example.com/mcp"
    return got(await sdk.create_authorization_server(models.AuthorizationServer(name=name, audiences=[audience])))


async def make_group(sdk: Sdk, name: str) -> models.Group:
    """Create a group."""
    return got(await sdk.add_group(models.AddGroupRequest.from_dict({"profile": {"name": name}})))


async def make_app(sdk: Sdk, label: str) -> models.OpenIdConnectApplication:
    """Create a native app."""
    return got(await sdk.create_application(models.OpenIdConnectApplication.from_dict({**NATIVE_APP, "label": label})))


async def make_user(sdk: Sdk, login: str) -> models.User:
    """Create a person."""
    profile = {"firstName": "Ada", "lastName": "Doe", "email": login, "login": login}
    body = {"profile": profile, "credentials": {"password": {"value": "Str0ng-Enough!"}}}
    return got(await sdk.create_user(models.CreateUserRequest.from_dict(body)))


def policy_for(client_id: str) -> models.AuthorizationServerPolicy:
    """A policy for one app."""
    body = {"type": "OAUTH_AUTHORIZATION_POLICY", "name": "sdk", "description": "sdk", "priority": 1}
    return models.AuthorizationServerPolicy.from_dict({**body, "conditions": {"clients": {"include": [client_id]}}})


def rule_for(group_id: str, minutes: int) -> models.AuthorizationServerPolicyRuleRequest:
    """A rule that admits a group to signing in."""
    conditions = {
        "grantTypes": {"include": ["authorization_code"]},
        "people": {"groups": {"include": [group_id]}},
        "scopes": {"include": ["openid"]},
    }
    token = {"accessTokenLifetimeMinutes": minutes, "refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 60}
    body = {"type": "RESOURCE_ACCESS", "name": "sdk", "priority": 1, "conditions": conditions}
    return models.AuthorizationServerPolicyRuleRequest.from_dict({**body, "actions": {"token": token}})


def names(group: models.Group) -> str:
    """The name of a group."""
    return group.profile.actual_instance.name
