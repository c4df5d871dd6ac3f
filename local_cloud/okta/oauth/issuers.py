"""
The authorization servers behind the OAuth paths: those of the Management API, and the org's own.

Source: https://developer.okta.com/docs/concepts/auth-servers/
"""

from urllib.parse import urlsplit

from local_cloud.okta.errors import not_found
from local_cloud.okta.org import Org
from local_cloud.okta.servers import find_server, scopes_of
from local_cloud.okta.signing_keys import create_keys
from local_cloud.okta.store import Row

ORG = "org"
ORG_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")
# The org's own server has no policies; its lifetimes are fixed: an hour, and 90 days for a refresh token.
ORG_RULE: Row = {
    "actions": {
        "token": {
            "accessTokenLifetimeMinutes": 60,
            "refreshTokenLifetimeMinutes": 90 * 24 * 60,
            "refreshTokenWindowMinutes": 90 * 24 * 60,
        }
    }
}


def org_issuer(org: Org) -> Row:
    """The org's own server, whose issuer and audience are the org's URL; its keys are made when it is first needed."""
    if next(org.store.rows("keys", server=ORG), None) is None:
        create_keys(org, ORG)
    url = org.settings.org_url
    return {"id": ORG, "name": "Okta Org Authorization Server", "issuer": url, "audiences": [url], "status": "ACTIVE"}


def find_issuer(org: Org, name: str) -> Row | None:
    """An active server by its name in a path, or by its id."""
    server = org_issuer(org) if name == ORG else find_server(org, name)
    return server if server is not None and server["status"] == "ACTIVE" else None


def active_issuer(org: Org, name: str | None) -> Row:
    """
    The server that a path names; without a name it is the org's own.

    Raises:
        OktaError: E0000007 for one that does not exist or is inactive.
    """
    if name is None:
        return org_issuer(org)
    server = find_issuer(org, name) if name != ORG else None
    if server is None:
        raise not_found(name, "AuthorizationServer")
    return server


def endpoint(org: Org, server: Row, name: str) -> str:
    """The address of an endpoint of a server."""
    root = org.url("/oauth2") if server["id"] == ORG else server["issuer"]
    return f"{root}/v1/{name}"


def form_path(org: Org, server: Row, name: str) -> str:
    """Where a form of a server goes, on whatever address the browser knows the org by."""
    return urlsplit(endpoint(org, server, name)).path


def known_scopes(org: Org, server: Row) -> dict[str, Row]:
    """The scopes that people may be asked for at a server, by name."""
    if server["id"] != ORG:
        return scopes_of(org, server["id"])
    return {name: _org_scope(name) for name in ORG_SCOPES}


def _org_scope(name: str) -> Row:
    described = {"description": None, "displayName": None, "metadataPublish": "ALL_CLIENTS"}
    return {"name": name, "consent": "IMPLICIT", "default": False, **described}
