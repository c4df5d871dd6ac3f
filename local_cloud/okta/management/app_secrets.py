"""
The client secrets of an app, one by one.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
"""

import base64
import hashlib
from typing import Any

from starlette.responses import Response

from local_cloud.okta.apps import auth_method, secrets_of
from local_cloud.okta.calls import Call, answer, link, no_content
from local_cloud.okta.errors import invalid, not_found
from local_cloud.okta.management import apps, fields
from local_cloud.okta.management.app_settings import SECRET_METHODS
from local_cloud.okta.management.client_secrets import MOST, check_lengths, checked_secret, new_row
from local_cloud.okta.management.status import opposite
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row


def list_all(call: Call) -> Response:
    """List the secrets of an app."""
    app = apps.find(call)
    return answer([show(call.org, app, secret) for secret in secrets_of(app)])


def create(call: Call) -> Response:
    """Add a second secret."""
    app = apps.find(call)
    fields.only(call.body, ("client_secret", "status", "secret_hash", *fields.COMPUTED))
    if auth_method(app) not in SECRET_METHODS:
        raise invalid("client_secret", "The client does not authenticate with a secret")
    if len(secrets_of(app)) >= MOST:
        raise invalid("client_secret", f"A client can have {MOST} secrets at most")
    status = fields.choice(call.body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE")
    secret = new_row(checked_secret(call.body, "client_secret"), call.org.clock.timestamp(), status)
    check_lengths(auth_method(app), [secret], "client_secret")
    _store(call.org, app, [*secrets_of(app), secret])
    return answer(show(call.org, app, secret), 201)


def read(call: Call) -> Response:
    """Read a secret."""
    return answer(show(call.org, apps.find(call), find(call)))


def delete(call: Call) -> Response:
    """Delete a secret that is inactive."""
    app, secret = apps.find(call), find(call)
    if secret["status"] == "ACTIVE":
        raise invalid("status", "The secret must be deactivated before it can be deleted")
    _store(call.org, app, [other for other in secrets_of(app) if other["id"] != secret["id"]])
    return no_content()


def activate(call: Call) -> Response:
    """Let a secret prove who the app is again."""
    return _set_status(call, "ACTIVE")


def deactivate(call: Call) -> Response:
    """Stop a secret from proving who the app is; the only active one stays."""
    app, secret = apps.find(call), find(call)
    if not any(other["status"] == "ACTIVE" and other["id"] != secret["id"] for other in secrets_of(app)):
        raise invalid("status", "The only active secret of a client cannot be deactivated")
    return _set_status(call, "INACTIVE")


def find(call: Call) -> Row:
    """The secret that the path names."""
    for secret in secrets_of(apps.find(call)):
        if secret["id"] == call.path["secret"]:
            return secret
    raise not_found(call.path["secret"], "OAuthClientSecret")


def show(org: Org, app: Row, secret: Row) -> dict[str, Any]:
    """A secret with its hash and links; an administrator may read it, as at Okta."""
    path, verb = f"{apps.PATH}/{app['id']}/credentials/secrets/{secret['id']}", opposite(secret)
    links = {verb: link(org, f"{path}/lifecycle/{verb}", "POST")}
    if verb == "activate":
        links["delete"] = link(org, path, "DELETE")
    hashed = base64.urlsafe_b64encode(hashlib.sha256(secret["client_secret"].encode()).digest()[:16])
    return {**secret, "secret_hash": hashed.rstrip(b"=").decode(), "_links": links}


def _set_status(call: Call, status: str) -> Response:
    app, secret = apps.find(call), call.org.stamp({**find(call), "status": status})
    _store(call.org, app, [secret if other["id"] == secret["id"] else other for other in secrets_of(app)])
    return answer(show(call.org, app, secret))


def _store(org: Org, app: Row, secrets: list[Row]) -> None:
    org.store.put("apps", app["id"], org.stamp({**app, "_secrets": secrets}))
