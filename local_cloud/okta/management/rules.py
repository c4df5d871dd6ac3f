"""
Rules of an access policy.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerRules/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, invalid, not_found
from local_cloud.okta.ids import new_id
from local_cloud.okta.management import authorization_servers, fields, policies
from local_cloud.okta.management.paging import page
from local_cloud.okta.management.priorities import insert, next_priority, renumber
from local_cloud.okta.management.rule_conditions import checked_actions, checked_conditions
from local_cloud.okta.management.status import opposite, set_status
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

MEMBERS = ("status", "name", "priority", "conditions", "actions", "type", *fields.COMPUTED, "system")


def list_all(call: Call) -> Response:
    """List the rules of a policy."""
    policy = policies.find(call)
    return page(call, _path(policy), in_order(call.org, policy["id"]), lambda row: show(call.org, policy, row))


def create(call: Call) -> Response:
    """Create a rule."""
    policy = policies.find(call)
    siblings = list(call.org.store.rows("rules", _policy=policy["id"]))
    now = call.org.clock.timestamp()
    row = {
        "id": new_id("0pr"),
        **checked(call, siblings, next_priority(siblings)),
        "created": now,
        "lastUpdated": now,
        "system": False,
        "_policy": policy["id"],
    }
    return answer(show(call.org, policy, insert(call.org, "rules", row, siblings)), 201)


def read(call: Call) -> Response:
    """Read a rule."""
    return answer(show(call.org, policies.find(call), find(call)))


def replace(call: Call) -> Response:
    """Replace a rule."""
    present = find(call)
    siblings = [row for row in call.org.store.rows("rules", _policy=present["_policy"]) if row is not present]
    row = call.org.stamp({**present, **checked(call, siblings, present["priority"])})
    return answer(show(call.org, policies.find(call), insert(call.org, "rules", row, siblings)))


def delete(call: Call) -> Response:
    """Delete a rule; those after it move up."""
    row = find(call)
    call.org.store.remove("rules", row["id"])
    renumber(call.org, "rules", in_order(call.org, row["_policy"]))
    return no_content()


def activate(call: Call) -> Response:
    """Let a rule decide again."""
    set_status(call.org, "rules", find(call), "ACTIVE")
    return no_content()


def deactivate(call: Call) -> Response:
    """Stop a rule from deciding."""
    set_status(call.org, "rules", find(call), "INACTIVE")
    return no_content()


def find(call: Call) -> Row:
    """The rule that the path names."""
    policy = policies.find(call)
    row = call.org.store.get("rules", call.path["rule"])
    if row is None or row["_policy"] != policy["id"]:
        raise not_found(call.path["rule"], "PolicyRule")
    return row


def in_order(org: Org, policy_id: str) -> list[Row]:
    """The rules of a policy, first one first."""
    return sorted(org.store.rows("rules", _policy=policy_id), key=lambda row: row["priority"])


def checked(call: Call, siblings: list[Row], priority: int) -> dict[str, Any]:
    """The body of a create or replace, checked."""
    fields.only(call.body, MEMBERS)
    name = fields.text(call.body, "name", at_most=100)
    if any(row["name"] == name for row in siblings):
        raise duplicate("name")
    if call.body.get("type") != "RESOURCE_ACCESS":
        raise invalid("type", "The value must be RESOURCE_ACCESS")
    server = authorization_servers.find(call)
    return {
        "status": fields.choice(call.body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE"),
        "name": name,
        "priority": fields.whole(call.body, "priority", 1, 999, priority),
        "conditions": checked_conditions(call.org, server["id"], fields.section(call.body, "conditions")),
        "actions": checked_actions(fields.section(call.body, "actions")),
        "type": "RESOURCE_ACCESS",
    }


def show(org: Org, policy: Row, row: Row) -> dict[str, Any]:
    """A rule with its links."""
    path = f"{_path(policy)}/{row['id']}"
    verb = opposite(row)
    links = {
        "self": link(org, path, "GET", "PUT", "DELETE"),
        verb: link(org, f"{path}/lifecycle/{verb}", "POST"),
    }
    return shown(row, links)


def _path(policy: Row) -> str:
    return f"{authorization_servers.PATH}/{policy['_server']}/policies/{policy['id']}/rules"
