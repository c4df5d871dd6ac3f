"""
Consent: when a person is asked, and what they have agreed to.

Source: https://developer.okta.com/docs/guides/request-user-consent/ (the table of prompt, consent_method and scope).
"""

from local_cloud.okta.apps import oauth_settings
from local_cloud.okta.oauth.issuers import known_scopes
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row


def missing(
    org: Org, server: Row, app: Row, scopes: tuple[str, ...], user_id: str, *, again: bool = False
) -> list[Row]:
    """
    The scopes that the person must agree to first.

    Args:
        again: whether to ask for what was agreed to, too (`prompt=consent`).
    """
    if not again and oauth_settings(app)["consent_method"] != "REQUIRED":
        return []
    known = known_scopes(org, server)
    row = org.store.get("consents", _key(server, app, user_id))
    agreed = set(row["scopes"]) if row and not again else set()
    return [known[name] for name in scopes if known[name]["consent"] != "IMPLICIT" and name not in agreed]


def record(org: Org, server: Row, app: Row, scopes: tuple[str, ...], user_id: str) -> None:
    """Remember that the person agreed to all that was asked."""
    key = _key(server, app, user_id)
    row = org.store.get("consents", key) or {"id": key, "client": app["id"], "user": user_id, "scopes": []}
    agreed = {"server": server["id"], "scopes": sorted({*row["scopes"], *scopes})}
    org.store.put("consents", key, {**row, **agreed})


def wishes(scopes: list[Row]) -> list[str]:
    """Scopes in words for people."""
    return [row["description"] or row["displayName"] or row["name"] for row in scopes]


def _key(server: Row, app: Row, user_id: str) -> str:
    return f"{server['id']}/{app['id']}/{user_id}"
