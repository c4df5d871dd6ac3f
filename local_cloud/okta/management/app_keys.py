"""
The public keys of an app, one by one.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content
from local_cloud.okta.errors import duplicate, invalid, not_found
from local_cloud.okta.management import apps
from local_cloud.okta.management.client_keys import checked_key
from local_cloud.okta.management.status import opposite
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row


def list_all(call: Call) -> Response:
    """List the keys of an app."""
    app = apps.find(call)
    return answer({"keys": [show(call.org, app, key) for key in keys_of(app)]})


def add(call: Call) -> Response:
    """Add a key."""
    app = apps.find(call)
    key = checked_key(call.body, "jwks", call.org.clock.timestamp(), {})
    if keys_of(app) and not all("kid" in each for each in (key, *keys_of(app))):
        raise invalid("kid", "Each of several keys must have a 'kid'")
    if any(other.get("kid") == key.get("kid") for other in keys_of(app)):
        raise duplicate("kid")
    _store(call.org, app, [*keys_of(app), key])
    return answer(show(call.org, app, key), 201)


def read(call: Call) -> Response:
    """Read a key."""
    return answer(show(call.org, apps.find(call), find(call)))


def delete(call: Call) -> Response:
    """Delete a key that is inactive."""
    app, key = apps.find(call), find(call)
    if key["status"] == "ACTIVE":
        raise invalid("status", "The key must be deactivated before it can be deleted")
    _store(call.org, app, [other for other in keys_of(app) if other["id"] != key["id"]])
    return no_content()


def activate(call: Call) -> Response:
    """Let a key prove who the app is again."""
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Response:
    """Stop a key from proving who the app is."""
    return _set_status(call, "INACTIVE")


def find(call: Call) -> Row:
    """The key that the path names."""
    for key in keys_of(apps.find(call)):
        if key["id"] == call.path["key"]:
            return key
    raise not_found(call.path["key"], "JsonWebKey")


def keys_of(app: Row) -> list[Row]:
    """The keys of an app, oldest first."""
    keys: list[Row] = app["settings"]["oauthClient"].get("jwks", {}).get("keys", [])
    return keys


def show(org: Org, app: Row, key: Row) -> dict[str, Any]:
    """A key with its links."""
    path, verb = f"{apps.PATH}/{app['id']}/credentials/jwks/{key['id']}", opposite(key)
    links = {verb: link(org, f"{path}/lifecycle/{verb}", "POST")}
    if verb == "activate":
        links["delete"] = link(org, path, "DELETE")
    return {**key, "_links": links}


def _set_status(call: Call, status: str) -> Response:
    app, key = apps.find(call), call.org.stamp({**find(call), "status": status})
    _store(call.org, app, [key if other["id"] == key["id"] else other for other in keys_of(app)])
    return answer(show(call.org, app, key))


def _store(org: Org, app: Row, keys: list[Row]) -> None:
    oauth = {**app["settings"]["oauthClient"], "jwks": {"keys": keys}}
    org.store.put("apps", app["id"], org.stamp({**app, "settings": {**app["settings"], "oauthClient": oauth}}))
