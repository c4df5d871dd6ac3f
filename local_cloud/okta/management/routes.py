"""Every path of the Management API that the local Okta has."""

from starlette.routing import Route

from local_cloud.okta.calls import Handler
from local_cloud.okta.management import (
    access_policies,
    app_grants,
    app_keys,
    app_secrets,
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
from local_cloud.okta.management.refusal import Refusal
from local_cloud.okta.management.route import management_route
from local_cloud.okta.org import Org

SERVERS, SERVER = "/api/v1/authorizationServers", "/api/v1/authorizationServers/{server}"
POLICY = f"{SERVER}/policies/{{policy}}"
RULE = f"{POLICY}/rules/{{rule}}"
APP, GROUP, USER = "/api/v1/apps/{app}", "/api/v1/groups/{group}", "/api/v1/users/{user}"
GRANTS, KEYS, SECRETS = f"{APP}/grants", f"{APP}/credentials/jwks", f"{APP}/credentials/secrets"
ISSUER_MODE = "/api/v1/internal/apps/{app}/settings/oauth/idToken"

READS: list[tuple[str, Handler]] = [
    (SERVERS, authorization_servers.list_all),
    (SERVER, authorization_servers.read),
    (f"{SERVER}/credentials/keys", server_keys.list_all),
    (f"{SERVER}/credentials/keys/{{key}}", server_keys.read),
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
    (GRANTS, app_grants.list_all),
    (f"{GRANTS}/{{grant}}", app_grants.read),
    (KEYS, app_keys.list_all),
    (f"{KEYS}/{{key}}", app_keys.read),
    (SECRETS, app_secrets.list_all),
    (f"{SECRETS}/{{secret}}", app_secrets.read),
    (ISSUER_MODE, id_token_settings.read),
    ("/api/v1/groups", groups.list_all),
    (GROUP, groups.read),
    (f"{GROUP}/users", memberships.members),
    (f"{GROUP}/apps", assignments.list_apps),
    ("/api/v1/users", users.list_all),
    ("/api/v1/users/me", users.me),
    (USER, users.read),
    (f"{USER}/groups", memberships.groups_of),
    (f"{USER}/roles", users.roles),
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
    ("POST", GRANTS, app_grants.create),
    ("POST", KEYS, app_keys.add),
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
    ("DELETE", f"{GRANTS}/{{grant}}", app_grants.revoke),
    ("DELETE", f"{KEYS}/{{key}}", app_keys.delete),
    ("POST", f"{KEYS}/{{key}}/lifecycle/activate", app_keys.activate),
    ("POST", f"{KEYS}/{{key}}/lifecycle/deactivate", app_keys.deactivate),
    ("DELETE", f"{SECRETS}/{{secret}}", app_secrets.delete),
    ("POST", f"{SECRETS}/{{secret}}/lifecycle/activate", app_secrets.activate),
    ("POST", f"{SECRETS}/{{secret}}/lifecycle/deactivate", app_secrets.deactivate),
    ("DELETE", GROUP, groups.delete),
    ("PUT", f"{GROUP}/users/{{user}}", memberships.join),
    ("DELETE", f"{GROUP}/users/{{user}}", memberships.leave),
    ("DELETE", USER, users.delete),
    ("POST", f"{USER}/lifecycle/{{verb}}", users.change_status),
]


MAY_HAVE_BODY: list[tuple[str, str, Handler]] = [
    ("PUT", f"{APP}/groups/{{group}}", assignments.assign_group),
    ("POST", SECRETS, app_secrets.create),
]
# Okta has them, and they look like paths or methods of the above.
NOT_BUILT: list[tuple[str, tuple[str, ...] | None]] = [
    ("/api/v1/groups/rules", None),
    ("/api/v1/groups/rules/{rule}", None),
    (f"{APP}/groups/{{group}}", ("PATCH",)),
    (f"{APP}/users/{{user}}", ("POST",)),
    ("/api/v1/policies", ("POST",)),
    ("/api/v1/policies/{policy}", ("PUT", "DELETE")),
]
PAGE = ("limit", "after")
QUERIES: dict[Handler, tuple[str, ...]] = {
    authorization_servers.list_all: (*PAGE, "q"),
    scopes.list_all: (*PAGE, "q"),
    claims.list_all: PAGE,
    policies.list_all: PAGE,
    rules.list_all: PAGE,
    apps.list_all: (*PAGE, "q", "filter"),
    apps.create: ("activate",),
    app_grants.list_all: ("expand",),
    app_grants.read: ("expand",),
    assignments.list_apps: PAGE,
    assignments.list_groups: PAGE,
    assignments.list_users: PAGE,
    groups.list_all: (*PAGE, "q", "filter", "search"),
    memberships.members: PAGE,
    memberships.groups_of: PAGE,
    users.list_all: (*PAGE, "q", "filter", "search"),
    users.create: ("activate",),
    access_policies.list_all: ("type",),
}


def management_routes(org: Org) -> list[Route]:
    """All routes, for one org."""

    def route(method: str, path: str, handler: Handler, **body: bool) -> Route:
        return management_route(org, method, path, handler, query=QUERIES.get(handler, ()), **body)

    return [
        organization_route(org),
        *(Refusal(path, methods) for path, methods in NOT_BUILT),
        *(route("GET", path, handler) for path, handler in READS),
        *(route(method, path, handler, takes_body=True) for method, path, handler in WRITES),
        *(route(method, path, handler) for method, path, handler in ACTS),
        *(route(method, path, handler, body_optional=True) for method, path, handler in MAY_HAVE_BODY),
    ]
