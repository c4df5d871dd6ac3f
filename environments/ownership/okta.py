"""What an environment owns on Okta, by name and by the mark in description or note."""

from collections.abc import Iterable, Iterator
from typing import Any

import httpx2

from environments.accounts import Clouds
from environments.ownership.org import Org
from environments.ownership.owned import Owned, Owner

SERVERS = "/api/v1/authorizationServers"
APPS = "/api/v1/apps"
GROUPS = "/api/v1/groups"
OKTAS_OWN = "okta."  # the scopes that Okta itself gives every server
SERVER = "okta:auth/server:Server"
POLICY = "okta:auth/serverPolicy:ServerPolicy"


def find_on_okta(
    owner: Owner, clouds: Clouds, groups: Iterable[str] = (), transport: httpx2.BaseTransport | None = None
) -> Iterator[Owned]:
    """
    Authorization servers with their parts, apps, and those of the groups that carry the mark.

    Raises:
        Unreachable: Okta refuses or does not answer.
    """
    org = Org(clouds, transport)
    name, mark = owner.name, owner.okta_mark
    for app in org.pages(APPS, q=name):
        label, note = _text(app.get("label")), _text(app.get("settings", {}).get("notes", {}).get("admin"))
        if (label == name or label.startswith(f"{name}-service-")) and mark in note:
            yield org.owned(("okta:app/oAuth:OAuth", app["id"]), label, f"{APPS}/{app['id']}", deactivate=True)
    for server in org.pages(SERVERS, q=name):
        if server["name"] == name and mark in _text(server.get("description")):
            yield org.owned((SERVER, server["id"]), name, f"{SERVERS}/{server['id']}", deactivate=True)
            yield from _server_parts(org, server["id"])
    for group in groups:
        for found in org.pages(GROUPS, q=group):
            profile = found["profile"]
            if profile["name"] == group and mark in _text(profile.get("description")):
                yield org.owned(("okta:group/group:Group", found["id"]), group, f"{GROUPS}/{found['id']}")


def _server_parts(org: Org, server: str) -> Iterator[Owned]:
    """Rules before policies, policies before scopes, as their deletion needs it."""
    path, parent = f"{SERVERS}/{server}", (SERVER, server)
    for policy in org.pages(f"{path}/policies"):
        if policy.get("system"):
            continue
        place = f"{path}/policies/{policy['id']}"
        for rule in org.pages(f"{place}/rules"):
            kind = ("okta:auth/serverPolicyRule:ServerPolicyRule", rule["id"])
            yield org.owned(kind, rule["name"], f"{place}/rules/{rule['id']}", parent=(POLICY, policy["id"]))
        yield org.owned((POLICY, policy["id"]), policy["name"], place, parent=parent)
    for scope in org.pages(f"{path}/scopes"):
        if not scope.get("system") and not scope["name"].startswith(OKTAS_OWN):
            kind = ("okta:auth/serverScope:ServerScope", scope["id"])
            yield org.owned(kind, scope["name"], f"{path}/scopes/{scope['id']}", parent=parent)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
