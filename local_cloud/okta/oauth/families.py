"""
Refresh tokens: a family per sign-in, rotation with leeway, and the end of the whole family when one is used twice.

A token is a handle, which names the family, and a secret, which changes with every rotation.

Source: RFC 9700 §4.14.2; https://developer.okta.com/docs/guides/refresh-tokens/
"""

from local_cloud.okta.apps import oauth_settings
from local_cloud.okta.ids import digest, new_secret
from local_cloud.okta.issued import ISSUED
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row
from local_cloud.okta.tokens import Grant

HANDLE_LENGTH = 22
KEPT_SECONDS = 24 * 3600
MOST_SIBLINGS = 10


def start(org: Org, grant: Grant) -> tuple[str, str]:
    """Begin a family for a grant; the answer is its id and its first refresh token."""
    org.store.expire("grants", org.now())
    handle, secret, now = new_secret(16), new_secret(), org.now()
    lifetimes = grant.rule["actions"]["token"]
    row = {
        "id": family_id(handle),
        "server": grant.server["id"],
        "client": grant.app["id"],
        "user": grant.user["id"] if grant.user else None,
        "kind": grant.kind,
        "scopes": list(grant.scopes),
        "auth_time": grant.auth_time,
        "created": now,
        "used": now,
        "lifetime_seconds": lifetimes["refreshTokenLifetimeMinutes"] * 60,
        "window_seconds": lifetimes["refreshTokenWindowMinutes"] * 60,
        "revoked": False,
        "current": [digest(secret)],
        "rotated": [],
    }
    _put(org, row)
    return row["id"], handle + secret


def family_id(handle: str) -> str:
    """The public name of a family, which ends the `jti` of its access tokens and does not give the handle away."""
    return f"oar{digest(handle)[:17]}"


def find(org: Org, token: str) -> Row | None:
    """The family that a refresh token belongs to, be it usable or not."""
    return org.store.get("grants", family_id(token[:HANDLE_LENGTH]))


def kind_of(row: Row) -> str:
    """The grant type by which the family began; families of an older state file do not say."""
    return str(row.get("kind", "authorization_code"))


def is_alive(org: Org, row: Row) -> bool:
    """Whether the family is neither revoked nor expired."""
    return not row["revoked"] and org.now() < expires_at(row)


def expires_at(row: Row) -> float:
    """When the family ends if nobody uses it: by its lifetime (0 is without end) or by disuse."""
    idle = row["used"] + row["window_seconds"]
    return min(idle, row["created"] + row["lifetime_seconds"]) if row["lifetime_seconds"] else idle


def accepts(org: Org, row: Row, token: str) -> bool:
    """Whether a token is the family's present one, or was until a moment ago (the app's leeway)."""
    secret = digest(token[HANDLE_LENGTH:])
    late = any(old["id"] == secret and org.now() <= old["until"] for old in row["rotated"])
    return secret in row["current"] or late


def rotate(org: Org, row: Row, app: Row, token: str) -> str:
    """Use a family; the answer is the next refresh token, the same one for an app that does not rotate."""
    settings = oauth_settings(app)["refresh_token"]
    row = {**row, "used": org.now()}
    if settings["rotation_type"] == "STATIC":
        _put(org, row)
        return token
    used, secret = digest(token[HANDLE_LENGTH:]), new_secret()
    rotated = [old for old in row["rotated"] if org.now() <= old["until"]]
    if used in row["current"]:
        rotated.append({"id": used, "until": org.now() + settings["leeway"]})
    current = [kept for kept in row["current"] if kept != used] + [digest(secret)]
    _put(org, {**row, "rotated": rotated, "current": current[-MOST_SIBLINGS:]})
    return token[:HANDLE_LENGTH] + secret


def revoke(org: Org, identifier: str) -> None:
    """End a family with all its refresh and access tokens."""
    org.store.remove_where(ISSUED, family=identifier)
    row = org.store.get("grants", identifier)
    if row is not None:
        _put(org, {**row, "revoked": True, "current": [], "rotated": []})


def _put(org: Org, row: Row) -> None:
    # Kept for as long as an access token of the family may still be asked about.
    org.store.put("grants", row["id"], {**row, "expires": max(expires_at(row), org.now()) + KEPT_SECONDS})
