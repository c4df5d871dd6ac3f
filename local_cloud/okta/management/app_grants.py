"""
Which scopes of the Okta API an app may ask for.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationGrants/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, invalid, not_built, not_found
from local_cloud.okta.ids import new_id
from local_cloud.okta.management import apps, fields
from local_cloud.okta.oauth.api_scopes import API_SCOPE
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

COMPUTED = (*fields.COMPUTED, "status", "createdBy", "clientId", "source", "userId")


def list_all(call: Call) -> Response:
    """List the grants of an app."""
    app, expanded = apps.find(call), _expands(call)
    return answer([show(call.org, row, expanded) for row in call.org.store.rows("app_grants", _app=app["id"])])


def create(call: Call) -> Response:
    """Grant a scope."""
    app = apps.find(call)
    fields.only(call.body, ("scopeId", "issuer", *COMPUTED))
    scope = fields.text(call.body, "scopeId")
    if not API_SCOPE.fullmatch(scope):
        raise invalid("scopeId", f"'{scope}' is not a scope of the Okta API")
    if fields.text(call.body, "issuer").rstrip("/") != call.org.settings.org_url:
        raise invalid("issuer", "The issuer must be the org's own authorization server")
    if any(call.org.store.rows("app_grants", _app=app["id"], scopeId=scope)):
        raise duplicate("scopeId")
    row = _new_row(call, app, scope)
    return answer(show(call.org, call.org.store.put("app_grants", row["id"], row), expanded=False), 201)


def read(call: Call) -> Response:
    """Read a grant."""
    return answer(show(call.org, find(call), _expands(call)))


def revoke(call: Call) -> Response:
    """Take a scope back; tokens that were issued with it live on until they expire."""
    call.org.store.remove("app_grants", find(call)["id"])
    return no_content()


def find(call: Call) -> Row:
    """The grant that the path names."""
    app = apps.find(call)
    row = call.org.store.get("app_grants", call.path["grant"])
    if row is None or row["_app"] != app["id"]:
        raise not_found(call.path["grant"], "OAuth2ScopeConsentGrant")
    return row


def show(org: Org, row: Row, expanded: bool) -> dict[str, Any]:
    """A grant with its links, and with its scope where that was asked for."""
    path = f"{apps.PATH}/{row['_app']}"
    app = org.store.get("apps", row["_app"]) or {"label": None}
    links = {
        "app": {**link(org, path), "title": app["label"]},
        "self": link(org, f"{path}/grants/{row['id']}", "GET", "DELETE"),
        "client": {**link(org, f"/oauth2/v1/clients/{row['_app']}"), "title": app["label"]},
    }
    return {**shown(row, links), **({"_embedded": {"scope": {"id": row["scopeId"]}}} if expanded else {})}


def _new_row(call: Call, app: Row, scope: str) -> Row:
    now = call.org.clock.timestamp()
    return {
        "id": new_id("oag"),
        "status": "ACTIVE",
        "created": now,
        "createdBy": {"id": call.user_id or app["id"], "type": "User" if call.user_id else "PublicClientApp"},
        "lastUpdated": now,
        "issuer": call.org.settings.org_url,
        "clientId": app["id"],
        "scopeId": scope,
        "source": "ADMIN",
        "_app": app["id"],
    }


def _expands(call: Call) -> bool:
    wanted = call.query.get("expand")
    if wanted not in (None, "scope"):
        raise not_built(f"expand={wanted} of {apps.PATH}/{{app}}/grants")
    return wanted == "scope"
