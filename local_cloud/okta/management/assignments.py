"""
Who may use an app: groups and single people.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationGroups/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import forbidden, not_found
from local_cloud.okta.management import apps, fields, groups, users
from local_cloud.okta.management.paging import page
from local_cloud.okta.org import Org
from local_cloud.okta.people import find_user
from local_cloud.okta.store import Row

ASSIGNMENT = ("profile", "credentials", *fields.COMPUTED, "status", "statusChanged", "passwordChanged", "syncState")


def list_groups(call: Call) -> Response:
    """List the groups that an app is assigned to."""
    app = apps.find(call)
    rows = sorted(call.org.store.rows("app_groups", _app=app["id"]), key=lambda row: row["priority"])
    return page(call, f"{apps.PATH}/{app['id']}/groups", rows, lambda row: show_group(call.org, row), default=20)


def list_apps(call: Call) -> Response:
    """List the apps that are assigned to a group."""
    group = groups.find(call)
    assigned = call.org.store.rows("app_groups", _group=group["id"])
    rows = [row for one in assigned if (row := call.org.store.get("apps", one["_app"]))]
    path = f"{groups.PATH}/{group['id']}/apps"
    return page(call, path, rows, lambda row: apps.show(call.org, row), default=20)


def assign_group(call: Call) -> Response:
    """Assign an app to a group, or change the assignment."""
    app, group = apps.find(call), groups.find(call)
    fields.only(call.body, ("priority", "profile", *fields.COMPUTED))
    present = call.org.store.get("app_groups", f"{app['id']}/{group['id']}")
    others = len(list(call.org.store.rows("app_groups", _app=app["id"])))
    row = {
        "id": group["id"],
        "lastUpdated": call.org.clock.timestamp(),
        "priority": fields.whole(call.body, "priority", 0, 10_000, present["priority"] if present else others),
        "profile": fields.section(call.body, "profile"),
        "_app": app["id"],
        "_group": group["id"],
    }
    return answer(show_group(call.org, call.org.store.put("app_groups", f"{app['id']}/{group['id']}", row)))


def read_group(call: Call) -> Response:
    """Read the assignment of a group."""
    return answer(show_group(call.org, find_group(call)))


def unassign_group(call: Call) -> Response:
    """End the assignment of a group."""
    row = find_group(call)
    call.org.store.remove("app_groups", f"{row['_app']}/{row['_group']}")
    return no_content()


def find_group(call: Call) -> Row:
    """The group assignment that the path names."""
    app, group = apps.find(call), call.path["group"]
    row = call.org.store.get("app_groups", f"{app['id']}/{group}")
    if row is None:
        raise not_found(group, "ApplicationGroupAssignment")
    return row


def show_group(org: Org, row: Row) -> dict[str, Any]:
    """A group assignment with its links."""
    path = f"{apps.PATH}/{row['_app']}"
    links = {
        "app": link(org, path),
        "self": link(org, f"{path}/groups/{row['_group']}"),
        "group": link(org, f"{groups.PATH}/{row['_group']}"),
    }
    return shown(row, links)


def list_users(call: Call) -> Response:
    """List the people that an app is assigned to themselves."""
    app = apps.find(call)
    rows = call.org.store.rows("app_users", _app=app["id"])
    return page(call, f"{apps.PATH}/{app['id']}/users", rows, lambda row: show_user(call.org, row), default=50)


def assign_user(call: Call) -> Response:
    """Assign an app to one person."""
    app = apps.find(call)
    fields.only(call.body, ASSIGNMENT, scope="USER")
    name = fields.text(call.body, "id")
    user = call.org.store.get("users", name)
    if user is None:
        raise not_found(name, "User")
    if user["status"] == "DEPROVISIONED":
        raise forbidden("E0000117", "Cannot assign apps or update app profiles for an inactive user.")
    own = {"userName": user["profile"]["login"]}
    fields.only(fields.section(call.body, "credentials"), (), "credentials", **own)
    present = call.org.store.get("app_users", f"{app['id']}/{user['id']}")
    now = call.org.clock.timestamp()
    row = {
        "id": user["id"],
        "created": present["created"] if present else now,
        "lastUpdated": now,
        "scope": "USER",
        "status": "ACTIVE",
        "credentials": own,
        "profile": fields.section(call.body, "profile"),
        "_app": app["id"],
        "_user": user["id"],
    }
    return answer(show_user(call.org, call.org.store.put("app_users", f"{app['id']}/{user['id']}", row)))


def read_user(call: Call) -> Response:
    """Read the assignment of a person."""
    return answer(show_user(call.org, find_assigned(call)))


def unassign_user(call: Call) -> Response:
    """End the assignment of a person."""
    row = find_assigned(call)
    call.org.store.remove("app_users", f"{row['_app']}/{row['_user']}")
    return no_content()


def find_assigned(call: Call) -> Row:
    """The person's assignment that the path names."""
    app, user = apps.find(call), find_user(call.org, call.path["user"])
    row = call.org.store.get("app_users", f"{app['id']}/{user['id']}") if user else None
    if row is None:
        raise not_found(call.path["user"], "AppUser")
    return row


def show_user(org: Org, row: Row) -> dict[str, Any]:
    """A person's assignment with its links."""
    links = {"app": link(org, f"{apps.PATH}/{row['_app']}"), "user": link(org, f"{users.PATH}/{row['_user']}")}
    return shown(row, links)
