"""
Groups.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta import people
from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, invalid, not_found, read_only
from local_cloud.okta.management import fields
from local_cloud.okta.management.filters import BEGINS, EQUAL, HAS, LACKING, matching
from local_cloud.okta.management.paging import page
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

PATH = "/api/v1/groups"
FILTERS = {"id": EQUAL, "type": EQUAL, "lastUpdated": LACKING, "lastMembershipUpdated": LACKING}
SEARCHES = {
    "id": BEGINS, "type": BEGINS, "profile.name": HAS, "profile.description": HAS,
    "created": LACKING, "lastUpdated": LACKING, "lastMembershipUpdated": LACKING, "source.id": LACKING,
}  # fmt: skip
MAXIMUM = 10_000
MOST_FOUND = 300
COMPUTED = (*fields.COMPUTED, "lastMembershipUpdated", "objectClass", "type")


def list_all(call: Call) -> Response:
    """List groups; `q` is the beginning of the name, and finds one page."""
    wanted = call.query.get("q", "").lower()
    named = (row for row in call.org.store.rows("groups") if row["profile"]["name"].lower().startswith(wanted))
    rows = matching(call, matching(call, named, "filter", FILTERS), "search", SEARCHES)
    default = MOST_FOUND if wanted else MAXIMUM
    return page(call, PATH, rows, lambda row: show(call.org, row), default=default, maximum=MAXIMUM, paged=not wanted)


def create(call: Call) -> Response:
    """Create a group."""
    return answer(show(call.org, people.create_group(call.org, checked(call, None))))


def read(call: Call) -> Response:
    """Read a group."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace a group's name and description."""
    row = find(call)
    _refuse_built_in(row)
    row = call.org.stamp({**row, "profile": checked(call, row)})
    return answer(show(call.org, call.org.store.put("groups", row["id"], row)))


def delete(call: Call) -> Response:
    """Delete a group: memberships, assignments and mentions in rules go with it."""
    row = find(call)
    _refuse_built_in(row)
    for user in people.members_of(call.org, row):
        people.leave(call.org, user, row)
    call.org.store.remove_where("app_groups", _group=row["id"])
    forget_in_rules(call.org, "groups", row["id"])
    call.org.store.remove("groups", row["id"])
    return no_content()


def find(call: Call) -> Row:
    """The group that the path names."""
    row = call.org.store.get("groups", call.path["group"])
    if row is None:
        raise not_found(call.path["group"], "UserGroup")
    return row


def checked(call: Call, present: Row | None) -> dict[str, Any]:
    """The profile of a create or replace, checked."""
    fields.only(call.body, ("profile", *COMPUTED))
    profile = fields.section(call.body, "profile")
    name = fields.text(profile, "name")
    for key in profile:
        if key not in ("name", "description"):
            raise invalid("profile", f"Property name '{key}' is not defined in profile")
    same = people.find_group(call.org, name)
    if same is not None and same is not present:
        raise duplicate("name")
    return {"name": name, "description": fields.optional_text(profile, "description")}


def show(org: Org, row: Row) -> dict[str, Any]:
    """A group with its links."""
    path = f"{PATH}/{row['id']}"
    return shown(row, {"users": link(org, f"{path}/users"), "apps": link(org, f"{path}/apps")})


def forget_in_rules(org: Org, table: str, identifier: str) -> None:
    """Take a person or a group out of every rule."""
    for rule in org.store.rows("rules"):
        named = rule["conditions"]["people"][table]
        if identifier in (*named["include"], *named["exclude"]):
            kept = {key: [item for item in items if item != identifier] for key, items in named.items()}
            about_people = {**rule["conditions"]["people"], table: kept}
            org.store.put("rules", rule["id"], {**rule, "conditions": {**rule["conditions"], "people": about_people}})


def _refuse_built_in(row: Row) -> None:
    if row["type"] == "BUILT_IN":
        raise read_only("UserGroup")
