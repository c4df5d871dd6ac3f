"""
Custom claims of an authorization server.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerClaims/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.claims import GROUP_FILTERS, refuse_unknown_expression, refuse_unknown_pattern
from local_cloud.okta.errors import duplicate, invalid, not_found, read_only
from local_cloud.okta.ids import new_id
from local_cloud.okta.management import authorization_servers, fields
from local_cloud.okta.management.paging import page
from local_cloud.okta.org import Org
from local_cloud.okta.servers import scopes_of
from local_cloud.okta.store import Row

MEMBERS = (
    "name", "status", "claimType", "valueType", "value", "group_filter_type", "conditions", "alwaysIncludeInToken",
    *fields.COMPUTED, "system",
)  # fmt: skip
RESERVED = ("ver", "jti", "iss", "aud", "iat", "exp", "nbf", "cid", "uid", "scp", "auth_time", "nonce", "amr", "idp")


def list_all(call: Call) -> Response:
    """List the claims of a server."""
    server = authorization_servers.find(call)
    rows = call.org.store.rows("claims", _server=server["id"])
    return page(call, _path(server["id"]), rows, lambda row: show(call.org, row))


def create(call: Call) -> Response:
    """Create a claim."""
    server = authorization_servers.find(call)
    body = checked(call, server)
    _refuse_taken(call, server, body, None)
    row = {"id": new_id("ocl"), **body, "system": False, "apiResourceId": None, "_server": server["id"]}
    return answer(show(call.org, call.org.store.put("claims", row["id"], row)), 201)


def read(call: Call) -> Response:
    """Read a claim."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace a claim; a system claim keeps its name and kind."""
    row, server = find(call), authorization_servers.find(call)
    body = checked(call, server)
    if row["system"] and (body["name"], body["claimType"]) != (row["name"], row["claimType"]):
        raise invalid("name", "The name and type of a system claim cannot be changed")
    _refuse_taken(call, server, body, row)
    kept = {key: row[key] for key in ("id", "system", "apiResourceId", "_server")}
    return answer(show(call.org, call.org.store.put("claims", row["id"], {**kept, **body})))


def delete(call: Call) -> Response:
    """Delete a claim."""
    row = find(call)
    if row["system"]:
        raise read_only("OAuth2Claim")
    call.org.store.remove("claims", row["id"])
    return no_content()


def find(call: Call) -> Row:
    """The claim that the path names."""
    server = authorization_servers.find(call)
    row = call.org.store.get("claims", call.path["claim"])
    if row is None or row["_server"] != server["id"]:
        raise not_found(call.path["claim"], "OAuth2Claim")
    return row


def checked(call: Call, server: Row) -> dict[str, Any]:
    """The body of a create or replace, checked."""
    fields.only(call.body, MEMBERS)
    name = fields.text(call.body, "name")
    if name in RESERVED:
        raise invalid("name", f"The claim name '{name}' is reserved")
    conditions = fields.section(call.body, "conditions")
    fields.only(conditions, ("scopes",), "conditions")
    scopes = fields.texts(conditions, "scopes", field="conditions.scopes")
    known = scopes_of(call.org, server["id"])
    for scope in scopes:
        if scope not in known:
            raise invalid("conditions.scopes", f"The scope '{scope}' does not exist")
    return {
        "name": name,
        "status": fields.choice(call.body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE"),
        "claimType": fields.choice(call.body, "claimType", ("RESOURCE", "IDENTITY")),
        **_checked_value(call.body),
        "conditions": {"scopes": scopes},
        "alwaysIncludeInToken": fields.flag(call.body, "alwaysIncludeInToken", True),
    }


def show(org: Org, row: Row) -> dict[str, Any]:
    """A claim with its links."""
    return shown(row, {"self": link(org, f"{_path(row['_server'])}/{row['id']}", "GET", "PUT", "DELETE")})


def _checked_value(body: dict[str, Any]) -> dict[str, Any]:
    kind = fields.choice(body, "valueType", ("EXPRESSION", "GROUPS"), "EXPRESSION")
    value = fields.text(body, "value", at_most=1024)
    if kind == "EXPRESSION":
        refuse_unknown_expression(value)
        return {"valueType": kind, "value": value}
    test = fields.choice(body, "group_filter_type", GROUP_FILTERS)
    if test == "REGEX":
        refuse_unknown_pattern(value)
    return {"valueType": kind, "value": value, "group_filter_type": test}


def _refuse_taken(call: Call, server: Row, body: dict[str, Any], present: Row | None) -> None:
    same = call.org.store.rows("claims", _server=server["id"], name=body["name"], claimType=body["claimType"])
    if any(row is not present for row in same):
        raise duplicate("name")


def _path(server_id: str) -> str:
    return f"{authorization_servers.PATH}/{server_id}/claims"
