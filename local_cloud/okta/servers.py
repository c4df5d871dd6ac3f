"""Authorization servers: what a new one holds, and how to find one and what belongs to it."""

from datetime import datetime
from typing import Any

from local_cloud.clock import iso
from local_cloud.okta.ids import new_id
from local_cloud.okta.org import Org
from local_cloud.okta.signing_keys import create_keys, forget_keys, rotate_keys
from local_cloud.okta.store import Row

RESERVED_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access", "device_sso")
ACCOUNT_SCOPES = tuple(
    f"okta.myAccount.{part}.{action}"
    for part in ("appAuthenticator", "appAuthenticator.maintenance", "authenticators", "email", "phone", "profile")
    for action in ("manage", "read")
)
SUBJECT = "(appuser != null) ? appuser.userName : app.clientId"
ROTATION_SECONDS = 90 * 24 * 3600
DEFAULT_SERVER = {
    "name": "default",
    "description": "Default Authorization Server for your Applications",
    "audiences": ["api://default"],
}


def create_server(org: Org, body: dict[str, Any], *, default: bool = False) -> Row:
    """
    Create a server with the scopes, the subject claim and the keys that every server has.

    Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServer/
    """
    identifier = new_id("aus")
    now = org.clock.timestamp()
    row = {
        "id": identifier,
        "name": body["name"],
        "description": body.get("description", ""),
        "audiences": body["audiences"],
        "issuer": org.url(f"/oauth2/{'default' if default else identifier}"),
        "issuerMode": body.get("issuerMode", "ORG_URL"),
        "status": "ACTIVE",
        "created": now,
        "lastUpdated": now,
        "credentials": {"signing": signing(org, create_keys(org, identifier))},
        "default": default,
    }
    org.store.put("servers", identifier, row)
    for name in (*RESERVED_SCOPES, *ACCOUNT_SCOPES):
        create_scope(org, identifier, {"name": name, "system": name in RESERVED_SCOPES})
    _create_subject_claim(org, identifier)
    return row


def create_scope(org: Org, server_id: str, body: dict[str, Any]) -> Row:
    """Create a scope of a server from its name and what else is given."""
    identifier = new_id("scp")
    row = {
        "id": identifier,
        "name": body["name"],
        "displayName": body.get("displayName"),
        "description": body.get("description"),
        "system": body.get("system", False),
        "metadataPublish": body.get("metadataPublish", "ALL_CLIENTS"),
        "consent": body.get("consent", "IMPLICIT"),
        "optional": body.get("optional", False),
        "apiResourceId": None,
        "default": body.get("default", False),
        "_server": server_id,
    }
    return org.store.put("scopes", identifier, row)


def find_server(org: Org, name: str) -> Row | None:
    """A server by its id, or by the word `default`; a rotation of its key that was due by now has happened."""
    default = next(org.store.rows("servers", default=True), None) if name == "default" else None
    row = default or org.store.get("servers", name)
    return rotate(org, row) if row is not None and _is_rotation_due(org, row) else row


def rotate(org: Org, row: Row) -> Row:
    """Let a server's next key sign from now on."""
    mode = row["credentials"]["signing"]["rotationMode"]
    credentials = {"signing": signing(org, rotate_keys(org, row["id"]), mode)}
    return org.store.put("servers", row["id"], org.stamp({**row, "credentials": credentials}))


def scopes_of(org: Org, server_id: str) -> dict[str, Row]:
    """The scopes of a server by name."""
    return {row["name"]: row for row in org.store.rows("scopes", _server=server_id)}


def remove_server(org: Org, server_id: str) -> None:
    """Forget a server and all that belongs to it."""
    for policy in org.store.rows("policies", _server=server_id):
        org.store.remove_where("rules", _policy=policy["id"])
    for table in ("policies", "scopes", "claims"):
        org.store.remove_where(table, _server=server_id)
    forget_keys(org, server_id)
    for table in ("grants", "codes", "consents", "devices"):
        org.store.remove_where(table, server=server_id)
    org.store.remove("servers", server_id)


def signing(org: Org, kid: str, mode: str = "AUTO") -> dict[str, str]:
    """What a server says of its signing key."""
    facts = {"kid": kid, "rotationMode": mode, "lastRotated": org.clock.timestamp()}
    if mode == "AUTO":
        facts["nextRotation"] = iso(org.now() + ROTATION_SECONDS)
    return facts


def _is_rotation_due(org: Org, row: Row) -> bool:
    """Okta rotates four times a year by itself. Source: https://developer.okta.com/docs/concepts/key-rotation/"""
    facts = row["credentials"]["signing"]
    last = datetime.fromisoformat(facts["lastRotated"]).timestamp()
    return facts["rotationMode"] == "AUTO" and org.now() >= last + ROTATION_SECONDS


def _create_subject_claim(org: Org, server_id: str) -> None:
    identifier = new_id("ocl")
    row = {
        "id": identifier,
        "name": "sub",
        "status": "ACTIVE",
        "claimType": "RESOURCE",
        "valueType": "EXPRESSION",
        "value": SUBJECT,
        "conditions": {"scopes": []},
        "system": True,
        "alwaysIncludeInToken": True,
        "apiResourceId": None,
        "_server": server_id,
    }
    org.store.put("claims", identifier, row)
