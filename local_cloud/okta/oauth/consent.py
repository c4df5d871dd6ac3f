"""
Consent: when a person is asked, and what they have agreed to.

Source: https://developer.okta.com/docs/guides/request-user-consent/ (the table of prompt, consent_method and scope).
"""

from local_cloud.okta.apps import oauth_settings
from local_cloud.okta.oauth.checks import Ask
from local_cloud.okta.org import Org
from local_cloud.okta.servers import scopes_of
from local_cloud.okta.store import Row


def missing(org: Org, ask: Ask, user_id: str) -> list[Row]:
    """The scopes that the person must agree to first; `prompt=consent` asks again for what was agreed to."""
    again = "consent" in ask.prompts
    if not again and oauth_settings(ask.app)["consent_method"] != "REQUIRED":
        return []
    known = scopes_of(org, ask.server["id"])
    row = org.store.get("consents", _key(ask, user_id))
    agreed = set(row["scopes"]) if row and not again else set()
    return [known[name] for name in ask.scopes if known[name]["consent"] != "IMPLICIT" and name not in agreed]


def record(org: Org, ask: Ask, user_id: str) -> None:
    """Remember that the person agreed to all that was asked."""
    key = _key(ask, user_id)
    row = org.store.get("consents", key) or {"id": key, "client": ask.app["id"], "user": user_id, "scopes": []}
    agreed = {"server": ask.server["id"], "scopes": sorted({*row["scopes"], *ask.scopes})}
    org.store.put("consents", key, {**row, **agreed})


def _key(ask: Ask, user_id: str) -> str:
    return f"{ask.server['id']}/{ask.app['id']}/{user_id}"
