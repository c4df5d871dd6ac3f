"""
Devices that wait for a person: their requests, from the code on their screen to the token.

Source: RFC 8628; https://developer.okta.com/docs/guides/device-authorization-grant/main/
"""

import secrets

from local_cloud.okta.ids import digest, new_secret
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

# Without vowels no word appears by chance (RFC 8628 §6.1).
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 8
LIFETIME_SECONDS = 600
INTERVAL_SECONDS = 5
KEPT_SECONDS = 3600
PENDING, APPROVED, DENIED = "pending", "approved", "denied"


def begin(org: Org, server: Row, app: Row, scopes: tuple[str, ...], *, by_default: bool = False) -> tuple[str, str]:
    """
    Note a device's request; the answer is its device code and its user code.

    Args:
        by_default: whether the scopes are the server's default ones, of which a rule may permit a part.
    """
    org.store.expire("devices", org.now())
    device_code, user_code = new_secret(), _new_user_code(org)
    ends = org.now() + LIFETIME_SECONDS
    row = {
        "id": digest(device_code),
        "user_code": digest(user_code),
        "server": server["id"],
        "client": app["id"],
        "scopes": list(scopes),
        "by_default": by_default,
        "status": PENDING,
        "user": None,
        "auth_time": None,
        "rule": None,
        "why": None,
        "interval": INTERVAL_SECONDS,
        "polled": None,
        "ends": ends,
        "expires": ends + KEPT_SECONDS,
    }
    org.store.put("devices", row["id"], row)
    return device_code, user_code


def find(org: Org, device_code: str) -> Row | None:
    """The request that a device code belongs to."""
    return org.store.get("devices", digest(device_code))


def waiting(org: Org, user_code: str) -> Row | None:
    """The request that a person's code belongs to, while it waits; case, spaces and dashes do not matter."""
    typed = "".join(letter for letter in user_code.upper() if letter not in " -")
    row = next(org.store.rows("devices", user_code=digest(typed), status=PENDING), None)
    return row if row is not None and org.now() < row["ends"] else None


def approve(org: Org, row: Row, session: Row, scopes: tuple[str, ...], rule: Row) -> None:
    """Let the device have its token in the name of the person, as the rule has it at this moment."""
    signed_in = {"user": session["user"], "auth_time": session["auth_time"]}
    decided = {"scopes": list(scopes), "rule": {"actions": rule["actions"]}}
    org.store.put("devices", row["id"], {**row, "status": APPROVED, **signed_in, **decided})


def deny(org: Org, row: Row, why: str) -> None:
    """Tell the device that it gets nothing."""
    org.store.put("devices", row["id"], {**row, "status": DENIED, "why": why})


def poll(org: Org, row: Row) -> bool:
    """Note that the device asked; whether it waited long enough. Source: RFC 8628 §3.5 (slow_down adds 5 s)."""
    now = org.now()
    patient = row["polled"] is None or now - row["polled"] >= row["interval"]
    interval = row["interval"] if patient else row["interval"] + INTERVAL_SECONDS
    org.store.put("devices", row["id"], {**row, "polled": now, "interval": interval})
    return patient


def forget(org: Org, row: Row) -> None:
    """A device code works once."""
    org.store.remove("devices", row["id"])


def _new_user_code(org: Org) -> str:
    taken = {row["user_code"] for row in org.store.rows("devices")}
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        if digest(code) not in taken:
            return code
