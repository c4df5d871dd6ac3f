"""
Secrets of a client: two at most, so that a new one can be brought out before the old one goes.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
(client secrets); https://developer.okta.com/docs/guides/client-secret-rotation-key/
"""

from typing import Any

from local_cloud.okta.apps import SHORTEST_HMAC_SECRET
from local_cloud.okta.errors import invalid
from local_cloud.okta.ids import new_id, new_secret
from local_cloud.okta.management import fields
from local_cloud.okta.store import Row

MOST = 2
SHORTEST, LONGEST = 14, 100


def new_row(value: str | None, now: str, status: str = "ACTIVE") -> Row:
    """A secret, made here unless it was brought along."""
    row = {"id": new_id("ocs"), "status": status, "created": now, "lastUpdated": now}
    return {**row, "client_secret": value or new_secret(48)}


def checked_secret(given: dict[str, Any], field: str) -> str | None:
    """
    A secret that somebody brings along; None where it is left to Okta.

    Raises:
        OktaError: E0000001 with the field's name.
    """
    value = given.get("client_secret")
    if value is None:
        return None
    text = fields.text(given, "client_secret", at_most=LONGEST, field=field)
    if len(text) < SHORTEST or not (text.isascii() and text.isprintable()):
        raise invalid(field, f"The secret must have {SHORTEST} to {LONGEST} printable ASCII characters")
    return text


def check_lengths(method: str, secrets: list[Row], field: str) -> list[Row]:
    """
    Accept only secrets that the client's method can work with; the answer is the secrets.

    Raises:
        OktaError: E0000001 with the field's name.

    Source: https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/ (JWT with shared key).
    """
    shortest = min((len(secret["client_secret"]) for secret in secrets), default=LONGEST)
    if method == "client_secret_jwt" and shortest < SHORTEST_HMAC_SECRET:
        raise invalid(field, f"'client_secret_jwt' needs a secret of at least {SHORTEST_HMAC_SECRET} characters")
    return secrets


def kept_secrets(present: list[Row], given: str | None, now: str, *, needed: bool) -> list[Row]:
    """The secrets of an app after a create or replace; the one that is given takes the place of the newest."""
    if not needed:
        return []
    if not present:
        return [new_row(given, now)]
    newest = present[-1]
    if given is None or given == newest["client_secret"]:
        return present
    return [*present[:-1], {**newest, "client_secret": given, "lastUpdated": now}]
