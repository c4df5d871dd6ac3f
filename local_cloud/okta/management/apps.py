"""
OAuth apps.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.apps import secrets_of
from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import forbidden, invalid, not_found
from local_cloud.okta.ids import new_id
from local_cloud.okta.management import fields
from local_cloud.okta.management.app_bodies import checked
from local_cloud.okta.management.app_settings import CLIENT, SECRET_METHODS
from local_cloud.okta.management.client_secrets import check_lengths, checked_secret, kept_secrets
from local_cloud.okta.management.filters import EQUAL, LACKING, matching
from local_cloud.okta.management.paging import page
from local_cloud.okta.management.status import opposite, set_status
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

PATH = "/api/v1/apps"
FILTERS = {
    "id": EQUAL, "status": EQUAL, "name": EQUAL,
    "credentials.signing.kid": LACKING, "settings.slo.enabled": LACKING,
}  # fmt: skip


def list_all(call: Call) -> Response:
    """List apps; `q` is the beginning of the label or name."""
    wanted = call.query.get("q", "").lower()
    named = (row for row in call.org.store.rows("apps") if _begins(row, wanted))
    rows = matching(call, named, "filter", FILTERS)
    return page(call, PATH, rows, lambda row: show(call.org, row), default=20)


def create(call: Call) -> Response:
    """Create an app; this answer alone holds the client secret, where there is one."""
    active = fields.switch(call.query, "activate", True)
    body = checked(call, None)
    identifier, now = new_id("0oa"), call.org.clock.timestamp()
    body["credentials"]["oauthClient"]["client_id"] = identifier
    row = {
        "id": identifier,
        **body,
        "status": "ACTIVE" if active else "INACTIVE",
        "created": now,
        "lastUpdated": now,
        "_policy": next(call.org.store.rows("access_policies"))["id"],
        "_secrets": _checked_secrets(call, None),
    }
    return answer(show(call.org, call.org.store.put("apps", identifier, row), with_secret=True))


def read(call: Call) -> Response:
    """Read an app."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace an app; id, status and secrets stay."""
    row = find(call)
    body = checked(call, row)
    body["credentials"]["oauthClient"]["client_id"] = row["id"]
    row = call.org.stamp({**row, **body, "_secrets": _checked_secrets(call, row)})
    return answer(show(call.org, call.org.store.put("apps", row["id"], row)))


def delete(call: Call) -> Response:
    """Delete an app that has been deactivated, with its assignments; policies no longer name it."""
    row = find(call)
    if row["status"] == "ACTIVE":
        why = "The application must be deactivated before deletion."
        raise forbidden("E0000056", "Delete application forbidden.", why)
    for table in ("app_groups", "app_users", "app_grants"):
        call.org.store.remove_where(table, _app=row["id"])
    for table in ("consents", "grants", "codes", "devices"):
        call.org.store.remove_where(table, client=row["id"])
    _forget_in_policies(call.org, row["id"])
    call.org.store.remove("apps", row["id"])
    return no_content()


def activate(call: Call) -> Response:
    """Let an app be used again."""
    set_status(call.org, "apps", find(call), "ACTIVE")
    return answer({})


def deactivate(call: Call) -> Response:
    """Stop an app from being used."""
    set_status(call.org, "apps", find(call), "INACTIVE")
    return answer({})


def find(call: Call) -> Row:
    """The app that the path names."""
    row = call.org.store.get("apps", call.path["app"])
    if row is None:
        raise not_found(call.path["app"], "AppInstance")
    return row


def show(org: Org, row: Row, *, with_secret: bool = False) -> dict[str, Any]:
    """An app with its links."""
    path = f"{PATH}/{row['id']}"
    client = row["credentials"]["oauthClient"]
    if with_secret and (secrets := secrets_of(row)):
        client = {**client, "client_secret": secrets[-1]["client_secret"]}
    links = {
        "policies": link(org, f"{path}/policies", "PUT"),
        "groups": link(org, f"{path}/groups"),
        "accessPolicy": link(org, f"/api/v1/policies/{row['_policy']}"),
        "users": link(org, f"{path}/users"),
        opposite(row): link(org, f"{path}/lifecycle/{opposite(row)}"),
    }
    shown_row = {**row, "credentials": {**row["credentials"], "oauthClient": client}}
    if not row.get("profile"):
        shown_row.pop("profile", None)
    return shown(shown_row, links)


def _checked_secrets(call: Call, present: Row | None) -> list[Row]:
    client = fields.section(fields.section(call.body, "credentials"), "oauthClient", field=CLIENT)
    if client.get("client_id") not in (None, present["id"] if present else None):
        raise invalid(f"{CLIENT}.client_id", "The local Okta gives out the client id, and it cannot be changed")
    method = client.get("token_endpoint_auth_method", "client_secret_basic")
    needed = method in SECRET_METHODS
    given = checked_secret(client, f"{CLIENT}.client_secret")
    if given and not needed:
        raise invalid(f"{CLIENT}.client_secret", "The client does not authenticate with a secret")
    secrets = secrets_of(present) if present else []
    kept = kept_secrets(secrets, given, call.org.clock.timestamp(), needed=needed)
    return check_lengths(method, kept, f"{CLIENT}.client_secret")


def _begins(row: Row, wanted: str) -> bool:
    return row["label"].lower().startswith(wanted) or row["name"].startswith(wanted)


def _forget_in_policies(org: Org, client_id: str) -> None:
    for policy in org.store.rows("policies"):
        named = policy["conditions"]["clients"]["include"]
        if client_id in named:
            kept = {"clients": {"include": [name for name in named if name != client_id]}}
            org.store.put("policies", policy["id"], {**policy, "conditions": kept})
