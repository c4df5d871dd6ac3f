"""
OAuth apps.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, forbidden, invalid, not_built, not_found
from local_cloud.okta.ids import new_id, new_secret
from local_cloud.okta.management import fields
from local_cloud.okta.management.app_settings import SECRET_METHODS, checked_client, checked_oauth
from local_cloud.okta.management.filters import matching
from local_cloud.okta.management.paging import page, refuse_unknown
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

PATH = "/api/v1/apps"
FILTERS = ("id", "status", "name", "label")
VPN = {"vpn": {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}}


def list_all(call: Call) -> Response:
    """List apps; `q` is the beginning of the label or name."""
    wanted = call.query.get("q", "").lower()
    named = (row for row in call.org.store.rows("apps") if _begins(row, wanted))
    rows = matching(named, call.query.get("filter"), FILTERS)
    return page(call, PATH, rows, lambda row: show(call.org, row), also=("q", "filter"), default=20)


def create(call: Call) -> Response:
    """Create an app; this answer alone holds the client secret, where there is one."""
    refuse_unknown(call, PATH, "activate")
    body = checked(call, None)
    identifier, now = new_id("0oa"), call.org.clock.timestamp()
    body["credentials"]["oauthClient"]["client_id"] = identifier
    method = body["credentials"]["oauthClient"]["token_endpoint_auth_method"]
    row = {
        "id": identifier,
        **body,
        "status": "INACTIVE" if call.query.get("activate") == "false" else "ACTIVE",
        "created": now,
        "lastUpdated": now,
        "_policy": next(call.org.store.rows("access_policies"))["id"],
        "_secret": new_secret(48) if method in SECRET_METHODS else None,
    }
    return answer(show(call.org, call.org.store.put("apps", identifier, row), with_secret=True))


def read(call: Call) -> Response:
    """Read an app."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace an app; id, status and secret stay."""
    row = find(call)
    body = checked(call, row)
    client = body["credentials"]["oauthClient"]
    given = fields.section(fields.section(call.body, "credentials"), "oauthClient").get("client_id", row["id"])
    if given != row["id"]:
        raise invalid("credentials.oauthClient.client_id", "The client id cannot be changed")
    client["client_id"] = row["id"]
    needs_secret = client["token_endpoint_auth_method"] in SECRET_METHODS
    secret = (row["_secret"] or new_secret(48)) if needs_secret else None
    row = call.org.stamp({**row, **body, "_secret": secret})
    return answer(show(call.org, call.org.store.put("apps", row["id"], row)))


def delete(call: Call) -> Response:
    """Delete an app that has been deactivated, with its assignments; policies no longer name it."""
    row = find(call)
    if row["status"] == "ACTIVE":
        why = "The application must be deactivated before deletion."
        raise forbidden("E0000056", "Delete application forbidden.", why)
    for table in ("app_groups", "app_users"):
        call.org.store.remove_where(table, _app=row["id"])
    call.org.store.remove_where("consents", client=row["id"])
    _forget_in_policies(call.org, row["id"])
    call.org.store.remove("apps", row["id"])
    return no_content()


def activate(call: Call) -> Response:
    """Let an app be used again."""
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Response:
    """Stop an app from being used."""
    return _set_status(call, "INACTIVE")


def find(call: Call) -> Row:
    """The app that the path names."""
    row = call.org.store.get("apps", call.path["app"])
    if row is None:
        raise not_found(call.path["app"], "AppInstance")
    return row


def checked(call: Call, present: Row | None) -> dict[str, Any]:
    """The body of a create or replace, checked and completed."""
    for name, value in (("signOnMode", "OPENID_CONNECT"), ("name", "oidc_client")):
        if call.body.get(name) != value:
            raise not_built(f"apps whose {name} is not {value}")
    label = fields.text(call.body, "label", at_most=100)
    if any(row is not present for row in call.org.store.rows("apps", label=label)):
        raise duplicate("label")
    client = checked_client(call.body)
    credentials = fields.section(call.body, "credentials")
    template = {"template": "${source.login}", "type": "BUILT_IN"}
    return {
        "name": "oidc_client",
        "label": label,
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}
        | fields.section(call.body, "accessibility"),
        "visibility": _checked_visibility(call.body),
        "features": [],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "userNameTemplate": template | fields.section(credentials, "userNameTemplate"),
            "signing": {},
            "oauthClient": client,
        },
        "settings": _checked_settings(call.body, client["token_endpoint_auth_method"]),
    }


def show(org: Org, row: Row, *, with_secret: bool = False) -> dict[str, Any]:
    """An app with its links."""
    path = f"{PATH}/{row['id']}"
    opposite = "deactivate" if row["status"] == "ACTIVE" else "activate"
    client = row["credentials"]["oauthClient"]
    if with_secret and row["_secret"]:
        client = {**client, "client_secret": row["_secret"]}
    links = {
        "policies": link(org, f"{path}/policies", "PUT"),
        "groups": link(org, f"{path}/groups"),
        "accessPolicy": link(org, f"/api/v1/policies/{row['_policy']}"),
        "users": link(org, f"{path}/users"),
        opposite: link(org, f"{path}/lifecycle/{opposite}"),
    }
    return shown({**row, "credentials": {**row["credentials"], "oauthClient": client}}, links)


def _checked_settings(body: dict[str, Any], method: str) -> dict[str, Any]:
    settings = fields.section(body, "settings")
    notes = fields.section(settings, "notes", field="settings.notes")
    return {
        "app": fields.section(settings, "app", field="settings.app"),
        "notifications": VPN,
        "manualProvisioning": False,
        "implicitAssignment": fields.flag(settings, "implicitAssignment", False),
        "emOptInStatus": "NONE",
        "notes": {name: fields.optional_text(notes, name) for name in ("admin", "enduser")},
        "oauthClient": checked_oauth(body, method),
    }


def _checked_visibility(body: dict[str, Any]) -> dict[str, Any]:
    given = fields.section(body, "visibility")
    hide = {"iOS": True, "web": True} | fields.section(given, "hide", field="visibility.hide")
    return {
        "autoLaunch": False,
        "autoSubmitToolbar": False,
        **given,
        "hide": hide,
        "appLinks": {"oidc_client_link": True},
    }


def _begins(row: Row, wanted: str) -> bool:
    return row["label"].lower().startswith(wanted) or row["name"].startswith(wanted)


def _forget_in_policies(org: Org, client_id: str) -> None:
    for policy in org.store.rows("policies"):
        named = policy["conditions"]["clients"]["include"]
        if client_id in named:
            kept = {"clients": {"include": [name for name in named if name != client_id]}}
            org.store.put("policies", policy["id"], {**policy, "conditions": kept})


def _set_status(call: Call, status: str) -> Response:
    row = find(call)
    call.org.store.put("apps", row["id"], call.org.stamp({**row, "status": status}))
    return answer({})
