"""
Authentication policies, as far as an app resource needs them: one, which every app has.

Source: recorded from Okta's Terraform provider; it picks the only item with `"system": true`.
"""

from typing import Any

from starlette.responses import Response

from local_cloud.okta.calls import Call, answer, link, no_content, shown
from local_cloud.okta.errors import OktaError, not_built, not_found
from local_cloud.okta.management import apps
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

PATH = "/api/v1/policies"


def list_all(call: Call) -> Response:
    """List the policies of type ACCESS_POLICY; other types are refused by name."""
    if "type" not in call.query:
        raise OktaError(400, "E0000028", "The request is missing a required parameter.", ("type",))
    if call.query["type"] != "ACCESS_POLICY":
        raise not_built(f"policies of type {call.query.get('type')!r}")
    return answer([show(call.org, row) for row in call.org.store.rows("access_policies")])


def read(call: Call) -> Response:
    """Read a policy."""
    return answer(show(call.org, find(call)))


def set_for_app(call: Call) -> Response:
    """Give an app this policy."""
    app, policy = apps.find(call), find(call)
    call.org.store.put("apps", app["id"], call.org.stamp({**app, "_policy": policy["id"]}))
    return no_content()


def find(call: Call) -> Row:
    """The policy that the path names."""
    row = call.org.store.get("access_policies", call.path["policy"])
    if row is None:
        raise not_found(call.path["policy"], "Policy")
    return row


def show(org: Org, row: Row) -> dict[str, Any]:
    """A policy with its links, to what the local Okta has of it."""
    return shown(row, {"self": link(org, f"{PATH}/{row['id']}", "GET")})
