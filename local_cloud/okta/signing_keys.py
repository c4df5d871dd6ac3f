"""The RSA keys of the authorization servers: which exist, which signs, and how they rotate."""

from typing import Any

from joserfc.jwk import RSAKey

from local_cloud.okta.ids import new_secret
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

KEY_BITS = 2048


def create_keys(org: Org, server_id: str) -> str:
    """Give a new server its signing key and the one that will follow it; the answer is the signing key's id."""
    _create_key(org, server_id, "NEXT")
    return _create_key(org, server_id, "ACTIVE")


def rotate_keys(org: Org, server_id: str) -> str:
    """
    Let the next key sign; the present one stays published, so that its tokens can still be checked.

    Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerKeys/
    """
    forget_keys(org, server_id, status="EXPIRED")
    active, following = signing_row(org, server_id), _row(org, server_id, "NEXT")
    org.store.put("keys", active["id"], {**active, "status": "EXPIRED"})
    org.store.put("keys", following["id"], {**following, "status": "ACTIVE"})
    _create_key(org, server_id, "NEXT")
    return following["id"]


def signing_row(org: Org, server_id: str) -> Row:
    """The row of the key that signs."""
    return _row(org, server_id, "ACTIVE")


def published_keys(org: Org, server_id: str) -> list[dict[str, Any]]:
    """The public keys of a server: the one that signs, its successor, and its predecessor after a rotation."""
    return [public_jwk(org, row) for row in org.store.rows("keys", server=server_id)]


def public_jwk(org: Org, row: Row) -> dict[str, Any]:
    """One key in the form in which Okta publishes it."""
    jwk = private_key(org, row).as_dict(private=False)
    return {"kty": "RSA", "alg": "RS256", "kid": row["id"], "use": "sig", "e": jwk["e"], "n": jwk["n"]}


def private_key(org: Org, row: Row) -> RSAKey:
    """The key pair of a row, made when it is first needed and kept from then on."""
    kid = row["id"]
    if kid not in org.keyring:
        if row["jwk"] is None:
            made = RSAKey.generate_key(KEY_BITS, private=True)
            row = org.store.put("keys", kid, {**row, "jwk": made.as_dict(private=True)})
        org.keyring[kid] = RSAKey.import_key(row["jwk"])
    return org.keyring[kid]


def forget_keys(org: Org, server_id: str, **match: str) -> None:
    """Forget keys of a server."""
    for row in org.store.rows("keys", server=server_id, **match):
        org.keyring.pop(row["id"], None)
        org.store.remove("keys", row["id"])


def _create_key(org: Org, server_id: str, status: str) -> str:
    kid = new_secret()
    org.store.put("keys", kid, {"id": kid, "server": server_id, "status": status, "jwk": None})
    return kid


def _row(org: Org, server_id: str, status: str) -> Row:
    return next(org.store.rows("keys", server=server_id, status=status))
