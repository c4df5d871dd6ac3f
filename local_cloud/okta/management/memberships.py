"""
Members of groups.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/ (group users).
"""

from starlette.responses import Response

from local_cloud.okta import people
from local_cloud.okta.calls import Call, no_content
from local_cloud.okta.errors import unsupported
from local_cloud.okta.management import groups, users
from local_cloud.okta.management.paging import page
from local_cloud.okta.store import Row


def members(call: Call) -> Response:
    """List the people of a group."""
    group = groups.find(call)
    rows = people.members_of(call.org, group)
    return page(call, f"{groups.PATH}/{group['id']}/users", rows, lambda row: users.show(call.org, row))


def groups_of(call: Call) -> Response:
    """List the groups of a person."""
    user = users.find(call)
    rows = people.groups_of(call.org, user)
    return page(call, f"{users.PATH}/{user['id']}/groups", rows, lambda row: groups.show(call.org, row))


def join(call: Call) -> Response:
    """Put a person into a group."""
    people.join(call.org, users.find(call), _changeable(call))
    return no_content()


def leave(call: Call) -> Response:
    """Take a person out of a group."""
    people.leave(call.org, users.find(call), _changeable(call))
    return no_content()


def _changeable(call: Call) -> Row:
    group = groups.find(call)
    if group["type"] == "BUILT_IN":
        raise unsupported()
    return group
