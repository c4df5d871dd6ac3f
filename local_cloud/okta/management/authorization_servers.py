"""
Authorization servers.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServer/
"""

import re
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from local_cloud.okta import servers
from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import duplicate, invalid, not_found, read_only
from local_cloud.okta.management import fields
from local_cloud.okta.management.paging import page
from local_cloud.okta.management.status import opposite, set_status
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

PATH = "/api/v1/authorizationServers"
MEMBERS = (
    "name", "audiences", "description", "issuerMode", "credentials", *fields.COMPUTED, "default", "issuer", "status",
)  # fmt: skip
# RFC 3986 §2, §3.1.
URI = re.compile(r"[A-Za-z][\w+.-]*:(?:[\w\-.~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", re.ASCII)
SIGNING = ("rotationMode", "kid", "lastRotated", "nextRotation", "use")


def find(call: Call) -> Row:
    """The server that the path names."""
    name = call.path["server"]
    row = servers.find_server(call.org, name)
    if row is None:
        raise not_found(name, "AuthorizationServer")
    return row


def list_all(call: Call) -> Response:
    """List servers; `q` is a part of the name or audience."""
    wanted = call.query.get("q", "").lower()
    rows = (row for row in call.org.store.rows("servers") if wanted in f"{row['name']} {row['audiences'][0]}".lower())
    return page(call, PATH, rows, lambda row: show(call.org, row))


def create(call: Call) -> Response:
    """Create a server; it is active at once."""
    return answer(show(call.org, servers.create_server(call.org, checked(call, None))), 201)


def read(call: Call) -> Response:
    """Read a server."""
    return answer(show(call.org, find(call)))


def replace(call: Call) -> Response:
    """Replace what can be changed of a server."""
    row = find(call)
    body = checked(call, row)
    credentials = {"signing": {**row["credentials"]["signing"], "rotationMode": body.pop("rotationMode")}}
    row = call.org.stamp({**row, **body, "credentials": credentials})
    return answer(show(call.org, call.org.store.put("servers", row["id"], row)))


def delete(call: Call) -> Response:
    """Delete a server that has been deactivated."""
    row = find(call)
    if row["default"]:
        raise read_only("AuthorizationServer")
    if row["status"] == "ACTIVE":
        raise invalid("status", "The authorization server must be deactivated before it can be deleted")
    servers.remove_server(call.org, row["id"])
    return no_content()


def activate(call: Call) -> Response:
    """Let a server answer again."""
    set_status(call.org, "servers", find(call), "ACTIVE")
    return no_content()


def deactivate(call: Call) -> Response:
    """Stop a server from answering."""
    set_status(call.org, "servers", find(call), "INACTIVE")
    return no_content()


def checked(call: Call, present: Row | None) -> dict[str, Any]:
    """The body of a create or replace, checked."""
    fields.only(call.body, MEMBERS)
    name = fields.text(call.body, "name", at_most=100)
    audiences = _checked_audiences(call.body)
    others = (row for row in call.org.store.rows("servers", name=name) if row is not present)
    if next(others, None) is not None:
        raise duplicate("name")
    credentials = fields.section(call.body, "credentials")
    fields.only(credentials, ("signing",), "credentials")
    signing = fields.section(credentials, "signing", field="credentials.signing")
    fields.only(signing, SIGNING, "credentials.signing")
    return {
        "name": name,
        "audiences": audiences,
        "description": fields.optional_text(call.body, "description", ""),
        "issuerMode": fields.choice(call.body, "issuerMode", ("ORG_URL", "DYNAMIC"), "ORG_URL"),
        "rotationMode": fields.choice(signing, "rotationMode", ("AUTO", "MANUAL"), "AUTO"),
    }


def _checked_audiences(body: dict[str, Any]) -> list[str]:
    """
    The audience, a StringOrURI since it becomes `aud`.

    Source: Okta's OpenID Connect & OAuth 2.0 reference, limits: with a colon it must be a valid URI; RFC 7519 §2.
    """
    audiences = fields.texts(body, "audiences")
    if len(audiences) != 1:
        raise invalid("audiences", "Exactly one audience is required")
    if not audiences[0].strip():
        raise invalid("audiences", "The field cannot be left blank")
    if ":" in audiences[0] and not _is_uri(audiences[0]):
        raise invalid("audiences", f"The audience '{audiences[0]}' must be a valid URI")
    return audiences


def _is_uri(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return False
    hosted = parts.hostname or parts.scheme not in ("http", "https")
    return bool(hosted and port != 0 and URI.fullmatch(value))


def show(org: Org, row: Row) -> dict[str, Any]:
    """A server with its links."""
    path = f"{PATH}/{row['id']}"
    verb = opposite(row)
    metadata = [
        {"name": name, **link(org, f"/oauth2/{row['id']}/.well-known/{name}", "GET")}
        for name in ("oauth-authorization-server", "openid-configuration")
    ]
    links = {
        "rotateKey": link(org, f"{path}/credentials/lifecycle/keyRotate", "POST"),
        "metadata": metadata,
        "keys": link(org, f"{path}/credentials/keys", "GET"),
        "claims": link(org, f"{path}/claims", "GET", "POST"),
        "policies": link(org, f"{path}/policies", "GET", "POST"),
        "self": link(org, path, "GET", "DELETE", "PUT"),
        "scopes": link(org, f"{path}/scopes", "GET", "POST"),
        verb: link(org, f"{path}/lifecycle/{verb}", "POST"),
    }
    return shown(row, links)
