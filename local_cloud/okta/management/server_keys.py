"""
Signing keys of an authorization server.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerKeys/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta import servers
from local_cloud.okta.calls import Call, answer, link
from local_cloud.okta.errors import invalid, not_found
from local_cloud.okta.management import authorization_servers, fields
from local_cloud.okta.signing_keys import public_jwk
from local_cloud.okta.store import Row


def list_all(call: Call) -> Response:
    """List the published keys with their states."""
    return answer(_keys(call, authorization_servers.find(call)["id"]))


def read(call: Call) -> Response:
    """Read a published key."""
    server, kid = authorization_servers.find(call), call.path["key"]
    row = call.org.store.get("keys", kid)
    if row is None or row["server"] != server["id"]:
        raise not_found(kid, "AuthorizationServerJsonWebKey")
    return answer(_shown(call, row))


def rotate(call: Call) -> Response:
    """Let the next key sign from now on."""
    fields.only(call.body, ("use",))
    if call.body.get("use") != "sig":
        raise invalid("use", "The value must be sig")
    row = authorization_servers.find(call)
    servers.rotate(call.org, row)
    return answer(_keys(call, row["id"]))


def _keys(call: Call, server_id: str) -> list[dict[str, Any]]:
    return [_shown(call, row) for row in call.org.store.rows("keys", server=server_id)]


def _shown(call: Call, row: Row) -> dict[str, Any]:
    path = f"{authorization_servers.PATH}/{row['server']}/credentials/keys/{row['id']}"
    return {"status": row["status"], **public_jwk(call.org, row), "_links": {"self": link(call.org, path, "GET")}}
