"""Every path of the Management API that the local Okta has."""

from starlette.routing import Route

from local_cloud.okta.calls import Handler, management_route
from local_cloud.okta.management import (
    access_policies,
    apps,
    assignments,
    authorization_servers,
    claims,
    groups,
    id_token_settings,
    memberships,
    policies,
    rules,
    scopes,
    server_keys,
    users,
)
from local_cloud.okta.management.organization import organization_route
from local_cloud.okta.org import Org

SERVERS, SERVER = "/api/v1/authorizationServers", "/api/v1/authorizationServers/{server}"
POLICY = f"{SERVER}/policies/{{policy}}"
RULE = f"{POLICY}/rules/{{rule}}"
APP, GROUP, USER = "/api/v1/apps/{app}", "/api/v1/groups/{group}", "/api/v1/users/{user}"
ISSUER_MODE = "/api/v1/internal/apps/{app}/settings/oauth/idToken"

READS: list[tuple[str, Handler]] = [
    (SERVERS, authorization_servers.list_all),
    (SERVER, authorization_servers.read),
    (f"{SERVER}/credentials/keys", server_keys.list_all),
    (f"{SERVER}/scopes", scopes.list_all),
    (f"{SERVER}/scopes/{{scope}}", scopes.read),
    (f"{SERVER}/claims", claims.list_all),
    (f"{SERVER}/claims/{{claim}}", claims.read),
    (f"{SERVER}/policies", policies.list_all),
    (POLICY, policies.read),
    (f"{POLICY}/rules", rules.list_all),
    (RULE, rules.read),
    ("/api/v1/apps", apps.list_all),
    (APP, apps.read),
    (f"{APP}/groups", assignments.list_groups),
    (f"{APP}/groups/{{group}}", assignments.read_group),
    (f"{APP}/users", assignments.list_users),
    (f"{APP}/users/{{user}}", assignments.read_user),
    (ISSUER_MODE, id_token_settings.read),
    ("/api/v1/groups", groups.list_all),
    (GROUP, groups.read),
    (f"{GROUP}/users", memberships.members),
    ("/api/v1/users", users.list_all),
    ("/api/v1/users/me", users.me),
    (USER, users.read),
    (f"{USER}/groups", memberships.groups_of),
    ("/api/v1/policies", access_policies.list_all),
    ("/api/v1/policies/{policy}", access_policies.read),
]
WRITES: list[tuple[str, str, Handler]] = [
    ("POST", SERVERS, authorization_servers.create),
    ("PUT", SERVER, authorization_servers.replace),
    ("POST", f"{SERVER}/credentials/lifecycle/keyRotate", server_keys.rotate),
    ("POST", f"{SERVER}/scopes", scopes.create),
    ("PUT", f"{SERVER}/scopes/{{scope}}", scopes.replace),
    ("POST", f"{SERVER}/claims", claims.create),
    ("PUT", f"{SERVER}/claims/{{claim}}", claims.replace),
    ("POST", f"{SERVER}/policies", policies.create),
    ("PUT", POLICY, policies.replace),
    ("POST", f"{POLICY}/rules", rules.create),
    ("PUT", RULE, rules.replace),
    ("POST", "/api/v1/apps", apps.create),
    ("PUT", APP, apps.replace),
    ("POST", f"{APP}/users", assignments.assign_user),
    ("POST", ISSUER_MODE, id_token_settings.replace),
    ("POST", "/api/v1/groups", groups.create),
    ("PUT", GROUP, groups.replace),
    ("POST", "/api/v1/users", users.create),
    ("POST", USER, users.update),
    ("PUT", USER, users.replace),
]
ACTS: list[tuple[str, str, Handler]] = [
    ("DELETE", SERVER, authorization_servers.delete),
    ("POST", f"{SERVER}/lifecycle/activate", authorization_servers.activate),
    ("POST", f"{SERVER}/lifecycle/deactivate", authorization_servers.deactivate),
    ("DELETE", f"{SERVER}/scopes/{{scope}}", scopes.delete),
    ("DELETE", f"{SERVER}/claims/{{claim}}", claims.delete),
    ("DELETE", POLICY, policies.delete),
    ("POST", f"{POLICY}/lifecycle/activate", policies.activate),
    ("POST", f"{POLICY}/lifecycle/deactivate", policies.deactivate),
    ("DELETE", RULE, rules.delete),
    ("POST", f"{RULE}/lifecycle/activate", rules.activate),
    ("POST", f"{RULE}/lifecycle/deactivate", rules.deactivate),
    ("DELETE", APP, apps.delete),
    ("POST", f"{APP}/lifecycle/activate", apps.activate),
    ("POST", f"{APP}/lifecycle/deactivate", apps.deactivate),
    ("PUT", f"{APP}/policies/{{policy}}", access_policies.set_for_app),
    ("DELETE", f"{APP}/groups/{{group}}", assignments.unassign_group),
    ("DELETE", f"{APP}/users/{{user}}", assignments.unassign_user),
    ("DELETE", GROUP, groups.delete),
    ("PUT", f"{GROUP}/users/{{user}}", memberships.join),
    ("DELETE", f"{GROUP}/users/{{user}}", memberships.leave),
    ("DELETE", USER, users.delete),
    ("POST", f"{USER}/lifecycle/{{verb}}", users.change_status),
]


def management_routes(org: Org) -> list[Route]:
    """All routes, for one org."""
    return [
        organization_route(org),
        *(management_route(org, "GET", path, handler) for path, handler in READS),
        *(management_route(org, method, path, handler, takes_body=True) for method, path, handler in WRITES),
        *(management_route(org, method, path, handler) for method, path, handler in ACTS),
        management_route(org, "PUT", f"{APP}/groups/{{group}}", assignments.assign_group, body_optional=True),
    ]
