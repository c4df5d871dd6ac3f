"""People and groups: creation, lookup, passwords and membership."""

import hashlib
import hmac
import secrets
from typing import Any

from local_cloud.okta.ids import new_id
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

EVERYONE = "Everyone"
USER_TYPE = {"id": "oty00000000000000000"}
PROVIDER = {"type": "OKTA", "name": "OKTA"}
_SCRYPT_COST = 2**10


def create_group(org: Org, profile: dict[str, Any], kind: str = "OKTA_GROUP") -> Row:
    """Create a group without members."""
    identifier = new_id("00g")
    now = org.clock.timestamp()
    row = {
        "id": identifier,
        "created": now,
        "lastUpdated": now,
        "lastMembershipUpdated": now,
        "objectClass": ["okta:user_group"],
        "type": kind,
        "profile": profile,
    }
    return org.store.put("groups", identifier, row)


def create_user(org: Org, profile: dict[str, Any], password: str | None, *, status: str = "ACTIVE") -> Row:
    """Create a person; without a password nobody can sign in as them."""
    identifier = new_id("00u")
    now = org.clock.timestamp()
    row: Row = {
        "id": identifier,
        "status": status,
        "created": now,
        "activated": now if status == "ACTIVE" else None,
        "statusChanged": None if status == "STAGED" else now,
        "lastLogin": None,
        "lastUpdated": now,
        "passwordChanged": now if password else None,
        "type": USER_TYPE,
        "profile": {"mobilePhone": None, "secondEmail": None, **profile},
        "credentials": {"provider": PROVIDER},
        "_groups": [],
        "_password": None if password is None else hash_password(password),
    }
    return org.store.put("users", identifier, row)


def find_user(org: Org, name: str) -> Row | None:
    """A person by id, or by login without regard to case."""
    by_id = org.store.get("users", name)
    if by_id is not None:
        return by_id
    logins = (row for row in org.store.rows("users") if row["profile"]["login"].lower() == name.lower())
    return next(logins, None)


def find_group(org: Org, name: str) -> Row | None:
    """A group by its exact name."""
    return next((row for row in org.store.rows("groups") if row["profile"]["name"] == name), None)


def groups_of(org: Org, user: Row) -> list[Row]:
    """The groups of a person; everybody is in Everyone."""
    return [row for row in org.store.rows("groups") if row["type"] == "BUILT_IN" or row["id"] in user["_groups"]]


def members_of(org: Org, group: Row) -> list[Row]:
    """The people of a group."""
    everyone = group["type"] == "BUILT_IN"
    return [row for row in org.store.rows("users") if everyone or group["id"] in row["_groups"]]


def join(org: Org, user: Row, group: Row) -> None:
    """Make a person a member of a group."""
    if group["id"] not in user["_groups"]:
        org.store.put("users", user["id"], {**user, "_groups": [*user["_groups"], group["id"]]})
        org.store.put("groups", group["id"], {**group, "lastMembershipUpdated": org.clock.timestamp()})


def leave(org: Org, user: Row, group: Row) -> None:
    """End a person's membership of a group."""
    kept = [identifier for identifier in user["_groups"] if identifier != group["id"]]
    org.store.put("users", user["id"], {**user, "_groups": kept})
    org.store.put("groups", group["id"], {**group, "lastMembershipUpdated": org.clock.timestamp()})


def check_password(user: Row | None, password: str) -> bool:
    """Whether the password is the person's; takes as long for a person who does not exist."""
    stored = (user["_password"] if user else None) or "00$00"
    salt, expected = stored.split("$")
    return hmac.compare_digest(_derive(password, bytes.fromhex(salt)), expected)


def hash_password(password: str) -> str:
    """The form in which a password is stored."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_derive(password, salt)}"


def _derive(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1).hex()
