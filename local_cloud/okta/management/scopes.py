"""
Scopes of an authorization server.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerScopes/
"""

import re
from typing import Any

from starlette.responses import Response

from local_cloud.okta import servers
from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, invalid, not_found, read_only
from local_cloud.okta.management import authorization_servers, fields
from local_cloud.okta.management.paging import page
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

MEMBERS = (
    "name", "displayName", "description", "consent", "metadataPublish", "default", "optional",
    *fields.COMPUTED, "system",
)  # fmt: skip
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,255}")


def list_all(call: Call) -> Response:
    """List the scopes of a server, the reserved ones too."""
    server = authorization_servers.find(call)
    wanted = call.query.get("q", "")
    rows = (row for row in call.org.store.rows("scopes", _server=server["id"]) if row["name"].startswith(wanted))
    return page(call, _path(server["id"]), rows, lambda row: show(call.org, row))


def create(call: Call) -> Response:
    """Create a scope."""
    server = authorization_servers.find(call)
    body = checked(call)
    refuse_taken(call, server, body["name"])
    return answer(show(call.org, servers.create_scope(call.org, server["id"], body)), 201)


def read(call: Call) -> Response:
    """Read a scope."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace a scope; a system scope keeps its name, and rules and claims follow a new one."""
    row = find(call)
    body = checked(call)
    if body["name"] != row["name"]:
        if row["system"]:
            raise invalid("name", "The name of a system scope cannot be changed")
        refuse_taken(call, authorization_servers.find(call), body["name"])
        _rename(call.org, row, body["name"])
    return answer(show(call.org, call.org.store.put("scopes", row["id"], {**row, **body})))


def delete(call: Call) -> Response:
    """Delete a scope; rules and claims that named it no longer do."""
    row = find(call)
    if row["system"]:
        raise read_only("OAuth2Scope")
    _rename(call.org, row, None)
    call.org.store.remove("scopes", row["id"])
    return no_content()


def find(call: Call) -> Row:
    """The scope that the path names."""
    server = authorization_servers.find(call)
    row = call.org.store.get("scopes", call.path["scope"])
    if row is None or row["_server"] != server["id"]:
        raise not_found(call.path["scope"], "OAuth2Scope")
    return row


def refuse_taken(call: Call, server: Row, name: str) -> None:
    """Refuse a name that another scope of the server has; the reserved ones exist already."""
    if name in servers.RESERVED_SCOPES:
        raise invalid("name", f"The scope name '{name}' is reserved")
    if name in servers.scopes_of(call.org, server["id"]):
        raise duplicate("name")


def checked(call: Call) -> dict[str, Any]:
    """The body of a create or replace, checked."""
    fields.only(call.body, MEMBERS)
    name = fields.text(call.body, "name")
    _check_name(name)
    return {
        "name": name,
        "displayName": fields.optional_text(call.body, "displayName"),
        "description": fields.optional_text(call.body, "description"),
        "consent": fields.choice(call.body, "consent", ("IMPLICIT", "REQUIRED", "FLEXIBLE"), "IMPLICIT"),
        "metadataPublish": fields.choice(call.body, "metadataPublish", ("ALL_CLIENTS", "NO_CLIENTS"), "NO_CLIENTS"),
        "default": fields.flag(call.body, "default", False),
        "optional": fields.flag(call.body, "optional", False),
    }


def show(org: Org, row: Row) -> dict[str, Any]:
    """A scope with its links."""
    return shown(row, {"self": link(org, f"{_path(row['_server'])}/{row['id']}", "GET", "PUT", "DELETE")})


def _check_name(name: str) -> None:
    """
    Accept a scope-token, and leave Okta its own names.

    Source: RFC 6749 §3.3; https://developer.okta.com/docs/reference/api/oidc/#scope-properties (notes).
    """
    if not SCOPE_TOKEN.fullmatch(name):
        raise invalid("name", "The scope name must not have spaces, quotes, backslashes or non-ASCII characters")
    if name.startswith(("okta.", "okta:")) or name in ("okta", "*"):
        raise invalid("name", "The scope name must not start with 'okta.' or 'okta:', nor be only 'okta' or '*'")
    if {"<", ">"} <= set(name):
        raise invalid("name", "The scope name may have '<' or '>', and not both")


def _path(server_id: str) -> str:
    return f"{authorization_servers.PATH}/{server_id}/scopes"


def _rename(org: Org, scope: Row, name: str | None) -> None:
    """Let rules and claims that named a scope name it by its new name, or no longer."""
    for policy in org.store.rows("policies", _server=scope["_server"]):
        for rule in org.store.rows("rules", _policy=policy["id"]):
            named = rule["conditions"]["scopes"]["include"]
            if scope["name"] in named:
                changed = {**rule["conditions"], "scopes": {"include": _replaced(named, scope["name"], name)}}
                org.store.put("rules", rule["id"], {**rule, "conditions": changed})
    for claim in org.store.rows("claims", _server=scope["_server"]):
        named = claim["conditions"]["scopes"]
        if scope["name"] in named:
            kept = _replaced(named, scope["name"], name)
            # Bound to no scope at all, a claim would be in every token.
            status = claim["status"] if kept else "INACTIVE"
            conditions = {**claim["conditions"], "scopes": kept}
            org.store.put("claims", claim["id"], {**claim, "conditions": conditions, "status": status})


def _replaced(names: list[str], old: str, new: str | None) -> list[str]:
    changed = (new if name == old else name for name in names)
    return [name for name in changed if name is not None]
