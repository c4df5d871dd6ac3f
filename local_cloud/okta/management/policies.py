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
from local_cloud.okta.management.priorities import insert, next_priority, renumber
from local_cloud.okta.management.status import opposite, set_status
from local_cloud.okta.org import Org
from local_cloud.okta.policy import ALL_CLIENTS
from local_cloud.okta.store import Row

MEMBERS = ("status", "name", "description", "priority", "conditions", "type", *fields.COMPUTED, "system")


def list_all(call: Call) -> Response:
    """List the policies of a server."""
    server = authorization_servers.find(call)
    return page(call, _path(server["id"]), in_order(call.org, server["id"]), lambda row: show(call.org, row))


def create(call: Call) -> Response:
    """Create a policy. Okta cannot create an inactive one."""
    server = authorization_servers.find(call)
    siblings = list(call.org.store.rows("policies", _server=server["id"]))
    body = checked(call, siblings, next_priority(siblings))
    if body["status"] != "ACTIVE":
        raise invalid("status", "A policy cannot be created inactive")
    now = call.org.clock.timestamp()
    row = {"id": new_id("00p"), **body, "system": False, "created": now, "lastUpdated": now, "_server": server["id"]}
    return answer(show(call.org, insert(call.org, "policies", row, siblings)), 201)


def read(call: Call) -> Response:
    """Read a policy."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace a policy."""
    present = find(call)
    siblings = [row for row in call.org.store.rows("policies", _server=present["_server"]) if row is not present]
    row = call.org.stamp({**present, **checked(call, siblings, present["priority"])})
    return answer(show(call.org, insert(call.org, "policies", row, siblings)))


def delete(call: Call) -> Response:
    """Delete a policy and its rules; the policies after it move up."""
    row = find(call)
    call.org.store.remove_where("rules", _policy=row["id"])
    call.org.store.remove("policies", row["id"])
    renumber(call.org, "policies", in_order(call.org, row["_server"]))
    return no_content()


def activate(call: Call) -> Response:
    """Let a policy decide again."""
    set_status(call.org, "policies", find(call), "ACTIVE")
    return no_content()


def deactivate(call: Call) -> Response:
    """Stop a policy from deciding."""
    set_status(call.org, "policies", find(call), "INACTIVE")
    return no_content()


def find(call: Call) -> Row:
    """The policy that the path names."""
    server = authorization_servers.find(call)
    row = call.org.store.get("policies", call.path["policy"])
    if row is None or row["_server"] != server["id"]:
        raise not_found(call.path["policy"], "Policy")
    return row


def in_order(org: Org, server_id: str) -> list[Row]:
    """The policies of a server, first one first."""
    return sorted(org.store.rows("policies", _server=server_id), key=lambda row: row["priority"])


def checked(call: Call, siblings: list[Row], priority: int) -> dict[str, Any]:
    """The body of a create or replace, checked."""
    fields.only(call.body, MEMBERS)
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
    verb = opposite(row)
    links = {
        "self": link(org, path, "GET", "PUT", "DELETE"),
        "rules": link(org, f"{path}/rules", "GET"),
        verb: link(org, f"{path}/lifecycle/{verb}", "POST"),
    }
    return shown(row, links)


def _checked_clients(call: Call) -> list[str]:
    conditions = fields.section(call.body, "conditions")
    fields.only(conditions, ("clients",), "conditions")
    clients = fields.section(conditions, "clients", field="conditions.clients")
    fields.only(clients, ("include",), "conditions.clients")
    include = fields.texts(clients, "include", field="conditions.clients.include")
    if not include:
        raise invalid("conditions.clients.include", "At least one client is required")
    for client in include:
        if client != ALL_CLIENTS and call.org.store.get("apps", client) is None:
            raise invalid("conditions.clients.include", f"The client '{client}' does not exist")
    return include


def _path(server_id: str) -> str:
    return f"{authorization_servers.PATH}/{server_id}/policies"
