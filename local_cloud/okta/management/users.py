"""
People.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta import people
from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import OktaError, duplicate, failed, forbidden, not_built, not_found, unsupported
from local_cloud.okta.management import fields
from local_cloud.okta.management.filters import BEGINS, EQUAL, HAS, LACKING, matching
from local_cloud.okta.management.groups import forget_in_rules
from local_cloud.okta.management.paging import MAXIMUM, page
from local_cloud.okta.management.user_profiles import checked_password, checked_profile
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.user_schema import ATTRIBUTES

PATH = "/api/v1/users"
NAMES = ("profile.login", "profile.email", "profile.firstName", "profile.lastName")
FILTERS = {"status": EQUAL, "id": EQUAL, **dict.fromkeys(NAMES, EQUAL), "lastUpdated": LACKING}
SEARCHES = {
    "id": BEGINS, "status": BEGINS, "type.id": BEGINS,
    **{f"profile.{name}": BEGINS for name in ATTRIBUTES}, **dict.fromkeys(NAMES, HAS),
    **dict.fromkeys(("created", "activated", "statusChanged", "lastUpdated"), LACKING),
}  # fmt: skip
MOST_FOUND = 10
MEMBERS = (
    "profile", "credentials", *fields.COMPUTED, "status", "activated", "statusChanged", "lastLogin", "passwordChanged",
    "transitioningToStatus",
)  # fmt: skip
MOVES = {
    "activate": (("STAGED", "DEPROVISIONED"), "ACTIVE"),
    "deactivate": (("STAGED", "PROVISIONED", "ACTIVE", "SUSPENDED"), "DEPROVISIONED"),
    "suspend": (("ACTIVE",), "SUSPENDED"),
    "unsuspend": (("SUSPENDED",), "ACTIVE"),
}


def list_all(call: Call) -> Response:
    """List people; `q` begins a name or the e-mail address; `filter` and `search` find the deprovisioned too."""
    wanted = call.query.get("q", "").lower()
    everybody = not wanted and ("filter" in call.query or "search" in call.query)
    rows = (row for row in call.org.store.rows("users") if everybody or row["status"] != "DEPROVISIONED")
    named = (row for row in rows if any(value.lower().startswith(wanted) for value in _names(row)))
    found = matching(call, matching(call, named, "filter", FILTERS), "search", SEARCHES)
    default = MOST_FOUND if wanted else MAXIMUM
    return page(call, PATH, found, lambda row: show(call.org, row), default=default, paged=not wanted)


def create(call: Call) -> Response:
    """Create a person, active unless `activate=false`; in groups if `groupIds` says so."""
    active = fields.switch(call.query, "activate", True)
    fields.only(call.body, (*MEMBERS, "groupIds"), type=people.USER_TYPE)
    profile = _checked_profile(call, fields.section(call.body, "profile"), None)
    group_ids = fields.texts(call.body, "groupIds")
    for identifier in group_ids:
        group = call.org.store.get("groups", identifier)
        if group is None:
            raise not_found(identifier, "UserGroup")
        if group["type"] == "BUILT_IN":
            raise unsupported()
    password = checked_password(call.body, profile["login"])
    status = _reachable("ACTIVE", password) if active else "STAGED"
    row = people.create_user(call.org, profile, password, status=status)
    row = call.org.store.put("users", row["id"], {**row, "_groups": group_ids})
    return answer(show(call.org, row))


def me(call: Call) -> Response:
    """Read the person whose token it is."""
    row = call.org.store.get("users", call.user_id) if call.user_id else None
    if row is None:
        raise not_found("me", "User")
    return answer(show(call.org, row))


def read(call: Call) -> Response:
    """Read a person by id or login."""
    return answer(show(call.org, find(call)))


def update(call: Call) -> Response:
    """Change the given parts of a profile, or the password."""
    row = find(call)
    fields.only(call.body, MEMBERS, type=people.USER_TYPE)
    given = fields.section(call.body, "profile")
    profile = _checked_profile(call, {**row["profile"], **given}, row)
    return _store(call, row, profile)


def replace(call: Call) -> Response:
    """Replace a profile, and the password if one is given."""
    row = find(call)
    fields.only(call.body, MEMBERS, type=people.USER_TYPE)
    return _store(call, row, _checked_profile(call, fields.section(call.body, "profile"), row))


def delete(call: Call) -> Response:
    """Deprovision a person; a second delete forgets them."""
    row = find(call)
    if row["status"] != "DEPROVISIONED":
        _move(call.org, row, "DEPROVISIONED")
        return no_content()
    call.org.store.remove_where("app_users", _user=row["id"])
    for table in ("consents", "grants", "codes", "devices", "sessions"):
        call.org.store.remove_where(table, user=row["id"])
    forget_in_rules(call.org, "users", row["id"])
    call.org.store.remove("users", row["id"])
    return no_content()


def change_status(call: Call) -> Response:
    """Activate, deactivate, suspend or unsuspend a person. There is no welcome flow: nobody is sent a link."""
    row, verb = find(call), call.path["verb"]
    if verb not in MOVES:
        raise not_built(f"the user lifecycle operation {verb!r}")
    sources, target = MOVES[verb]
    if row["status"] not in sources:
        raise _refusal(verb)
    _move(call.org, row, _reachable(target, row["_password"]) if verb == "activate" else target)
    return answer({})


def roles(call: Call) -> Response:
    """List the admin roles of a person: the local Okta has none to give."""
    find(call)
    return answer([])


def find(call: Call) -> Row:
    """The person that the path names."""
    row = people.find_user(call.org, call.path["user"])
    if row is None:
        raise not_found(call.path["user"], "User")
    return row


def show(org: Org, row: Row) -> dict[str, Any]:
    """A person with their links; a password only as the fact that there is one."""
    path = f"{PATH}/{row['id']}"
    verbs = [verb for verb, (sources, _) in MOVES.items() if row["status"] in sources]
    links = {"self": link(org, path)}
    links |= {verb: {**link(org, f"{path}/lifecycle/{verb}"), "method": "POST"} for verb in verbs}
    secret: dict[str, Any] = {"password": {}} if row["_password"] else {}
    return shown({**row, "credentials": {**secret, **row["credentials"]}}, links)


def _store(call: Call, row: Row, profile: dict[str, Any]) -> Response:
    changed = call.org.stamp({**row, "profile": profile})
    password = checked_password(call.body, profile["login"])
    if password is not None:
        now = call.org.clock.timestamp()
        changed |= {"_password": people.hash_password(password), "passwordChanged": now}
        # With it there is nothing left that the welcome flow would ask for.
        changed |= (
            {"status": "ACTIVE", "statusChanged": now, "activated": now} if row["status"] == "PROVISIONED" else {}
        )
    return answer(show(call.org, call.org.store.put("users", row["id"], changed)))


def _refusal(verb: str) -> OktaError:
    if verb == "activate":
        return forbidden("E0000016", "Activation failed because the user is already active")
    if verb == "deactivate":
        return forbidden("E0000038", "This operation is not allowed in the user's current status.")
    if verb == "suspend":
        return failed("suspendUser", "Cannot suspend a user that is not active")
    return failed("unsuspendUser", "Cannot unsuspend a user that is not suspended")


def _reachable(status: str, password: str | None) -> str:
    """Nobody is active without a password. Source: the Users API's creation scenarios; activateUser."""
    return "PROVISIONED" if status == "ACTIVE" and password is None else status


def _move(org: Org, row: Row, status: str) -> None:
    now = org.clock.timestamp()
    moved: Row = {"status": status, "statusChanged": now}
    if status == "ACTIVE":
        moved["activated"] = row["activated"] or now
    if status == "DEPROVISIONED":
        # Who comes back has to choose another: the way leads to PROVISIONED (okta-developer-docs, pull request 3153).
        moved["_password"] = None
    org.store.put("users", row["id"], org.stamp({**row, **moved}))
    if status != "ACTIVE":
        org.store.remove_where("sessions", user=row["id"])


def _checked_profile(call: Call, given: dict[str, Any], present: Row | None) -> dict[str, Any]:
    profile = checked_profile(given)
    same = people.find_user(call.org, profile["login"])
    if same is not None and same is not present:
        raise duplicate("login")
    return profile


def _names(row: Row) -> tuple[str, str, str]:
    profile = row["profile"]
    return profile["firstName"], profile["lastName"], profile["email"]
