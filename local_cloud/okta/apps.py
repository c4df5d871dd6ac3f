"""OAuth apps as the OAuth endpoints see them: lookup by client id, and who is assigned."""

from typing import Any

from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

# A shorter one is no key for HS256 (RFC 7518 §3.2); Okta counts characters.
SHORTEST_HMAC_SECRET = 32


def find_client(org: Org, client_id: str) -> Row | None:
    """The active app with this client id."""
    app = org.store.get("apps", client_id)
    return app if app is not None and app["status"] == "ACTIVE" else None


def oauth_settings(app: Row) -> dict[str, Any]:
    """The part of an app that OAuth is about."""
    return app["settings"]["oauthClient"]


def auth_method(app: Row) -> str:
    """How the app proves who it is at the token endpoint."""
    return app["credentials"]["oauthClient"]["token_endpoint_auth_method"]


def secrets_of(app: Row) -> list[Row]:
    """The secrets of an app, oldest first; an older state file holds at most one, without its history."""
    if "_secrets" in app:
        secrets: list[Row] = app["_secrets"]
        return secrets
    only, made = app.get("_secret"), app["created"]
    facts = {"id": "ocs" + app["id"][3:], "status": "ACTIVE", "created": made, "lastUpdated": made}
    return [{**facts, "client_secret": only}] if only else []


def active_secrets(app: Row) -> list[str]:
    """The secrets by which an app may prove who it is."""
    return [secret["client_secret"] for secret in secrets_of(app) if secret["status"] == "ACTIVE"]


def is_assigned(org: Org, app: Row, user: Row, group_ids: frozenset[str]) -> bool:
    """Whether a person may use the app: assigned themselves, through a group, or because everybody is."""
    if app["settings"]["implicitAssignment"]:
        return True
    if org.store.get("app_users", f"{app['id']}/{user['id']}"):
        return True
    return any(org.store.get("app_groups", f"{app['id']}/{group}") for group in group_ids)
