"""
The register of the tokens that are good: what ends a token takes it out, and nothing puts it back.

Source: Okta's OpenID Connect & OAuth 2.0 reference: a token of a deactivated client is "permanently invalidated"
(access token), and so is one whose person was deactivated or whose client was unassigned (limits: revocation).
"""

from local_cloud.okta.apps import find_client, is_assigned
from local_cloud.okta.ids import digest
from local_cloud.okta.org import Org
from local_cloud.okta.people import groups_of
from local_cloud.okta.store import Row

ISSUED = "issued"
# What was given to a client in the name of a person; refresh tokens are in `grants`.
GIVEN = (ISSUED, "grants", "codes", "devices")


def register(org: Org, token: str, client: str, user: str | None, family: str | None, expires: int) -> str:
    """Note a token that was just signed; the answer is the token."""
    org.store.expire(ISSUED, org.now())
    identifier = digest(token)
    row = {"id": identifier, "client": client, "user": user, "family": family, "expires": expires}
    org.store.put(ISSUED, identifier, row)
    return token


def is_registered(org: Org, token: str) -> bool:
    """Whether nothing has ended a token."""
    return org.store.get(ISSUED, digest(token)) is not None


def end_lost(org: Org) -> None:
    """
    End what was given to clients that are inactive by now, and to people who are deactivated or not assigned.

    A suspended person is not among them: Okta's reference does not say that a suspension ends tokens for good.
    """
    given = [(table, row) for table in GIVEN for row in org.store.rows(table)]
    lost = {pair for pair in {_holder(row) for _, row in given} if not _keeps(org, *pair)}
    for table, row in given:
        if _holder(row) in lost:
            org.store.remove(table, row["id"])


def _holder(row: Row) -> tuple[str, str | None]:
    return row["client"], row["user"]


def _keeps(org: Org, client: str, user_id: str | None) -> bool:
    app = find_client(org, client)
    if app is None or user_id is None:
        return app is not None
    user = org.store.get("users", user_id)
    if user is None or user["status"] == "DEPROVISIONED":
        return False
    return is_assigned(org, app, user, frozenset(group["id"] for group in groups_of(org, user)))
