"""
Access policies of an authorization server.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerPolicies/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, invalid, not_found
from local_cloud.okta.ids import new_id
from local_cloud.okta.management import authorization_servers, fields
from local_cloud.okta.management.paging import page
from local_cloud.okta.management.priorities import insert, next_priority
from local_cloud.okta.org import Org
from local_cloud.okta.policy import ALL_CLIENTS
from local_cloud.okta.store import Row


def list_all(call: Call) -> Response:
    """List the policies of a server."""
    server = authorization_servers.find(call)
    rows = sorted(call.org.store.rows("policies", _server=server["id"]), key=lambda row: row["priority"])
    return page(call, _path(server["id"]), rows, lambda row: show(call.org, row))


def create(call: Call) -> Response:
    """Create a policy. Okta cannot create an inactive one."""
    server = authorization_servers.find(call)
    siblings = list(call.org.store.rows("policies", _server=server["id"]))
    body = checked(call, siblings, next_priority(siblings))
    if body["status"] != "ACTIVE":
        raise invalid("status", "A policy cannot be created inactive")
    now = call.org.clock.timestamp()
    row = {"id": new_id("00p"), **body, "system": False, "created": now, "lastUpdated": now, "_server": server["id"]}
    insert(call.org, "policies", row, siblings)
    return answer(show(call.org, row), 201)


def read(call: Call) -> Response:
    """Read a policy."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace a policy."""
    present = find(call)
    siblings = [row for row in call.org.store.rows("policies", _server=present["_server"]) if row is not present]
    row = call.org.stamp({**present, **checked(call, siblings, present["priority"])})
    insert(call.org, "policies", row, siblings)
    return answer(show(call.org, row))


def delete(call: Call) -> Response:
    """Delete a policy and its rules."""
    row = find(call)
    call.org.store.remove_where("rules", _policy=row["id"])
    call.org.store.remove("policies", row["id"])
    return no_content()


def activate(call: Call) -> Response:
    """Let a policy decide again."""
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Response:
    """Stop a policy from deciding."""
    return _set_status(call, "INACTIVE")


def find(call: Call) -> Row:
    """The policy that the path names."""
    server = authorization_servers.find(call)
    row = call.org.store.get("policies", call.path["policy"])
    if row is None or row["_server"] != server["id"]:
        raise not_found(call.path["policy"], "Policy")
    return row


def checked(call: Call, siblings: list[Row], priority: int) -> dict[str, Any]:
    """The body of a create or replace, checked."""
    name = fields.text(call.body, "name", at_most=100)
    if any(row["name"] == name for row in siblings):
        raise duplicate("name")
    if call.body.get("type") != "OAUTH_AUTHORIZATION_POLICY":
        raise invalid("type", "The value must be OAUTH_AUTHORIZATION_POLICY")
    return {
        "status": fields.choice(call.body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE"),
        "name": name,
        "description": fields.text(call.body, "description", at_most=255),
        "priority": fields.whole(call.body, "priority", 1, 999, priority),
        "conditions": {"clients": {"include": _checked_clients(call)}},
        "type": "OAUTH_AUTHORIZATION_POLICY",
    }


def show(org: Org, row: Row) -> dict[str, Any]:
    """A policy with its links."""
    path = f"{_path(row['_server'])}/{row['id']}"
    opposite = "deactivate" if row["status"] == "ACTIVE" else "activate"
    links = {
        "self": link(org, path, "GET", "PUT", "DELETE"),
        "rules": link(org, f"{path}/rules", "GET"),
        opposite: link(org, f"{path}/lifecycle/{opposite}", "POST"),
    }
    return shown(row, links)


def _checked_clients(call: Call) -> list[str]:
    clients = fields.section(fields.section(call.body, "conditions"), "clients", field="conditions.clients")
    include = fields.texts(clients, "include", field="conditions.clients.include")
    if not include:
        raise invalid("conditions.clients.include", "At least one client is required")
    for client in include:
        if client != ALL_CLIENTS and call.org.store.get("apps", client) is None:
            raise invalid("conditions.clients.include", f"The client '{client}' does not exist")
    return include


def _set_status(call: Call, status: str) -> Response:
    row = find(call)
    call.org.store.put("policies", row["id"], call.org.stamp({**row, "status": status}))
    return no_content()


def _path(server_id: str) -> str:
    return f"{authorization_servers.PATH}/{server_id}/policies"
