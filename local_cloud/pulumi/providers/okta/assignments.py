"""
Groups that are assigned to an app.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

import json

from local_cloud.pulumi.providers.okta.app_state import META
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Candidate, Resource, import_parts
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties


def _path(inputs: Properties) -> str:
    return f"/api/v1/apps/{inputs['appId']}/groups/{inputs['groupId']}"


def _assign(okta: OktaClient, inputs: Properties) -> str:
    body = {"priority": inputs["priority"]} if "priority" in inputs else None
    return str(okta.send("PUT", _path(inputs), body)["id"])


def _find(okta: OktaClient, inputs: Properties) -> list[Candidate]:
    return [Candidate(inputs["groupId"])]


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    if "appId" not in given:
        given = import_parts(identifier, "appId/groupId")
    found = okta.get(_path(given))
    return {
        "__meta": META,
        "id": found["id"],
        "appId": given["appId"],
        "groupId": given["groupId"],
        "priority": found.get("priority"),
        "profile": json.dumps(found.get("profile"), separators=(",", ":")),
        "retainAssignment": given.get("retainAssignment", False),
    }


def _update(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    _assign(okta, inputs)


def _unassign(okta: OktaClient, identifier: str, state: Properties) -> None:
    if not state.get("retainAssignment"):
        okta.send("DELETE", _path(state))


ASSIGNMENT = Resource(
    schema={
        "appId": Property("string", required=True, replace=True),
        "groupId": Property("string", required=True, replace=True),
        "priority": Property("integer", computed=True),
        "profile": Property("string", refused=True),
        "retainAssignment": Property("boolean", prefer_given=True),
    },
    noun="assignment of the group",
    title="groupId",
    create=_assign,
    read=_read,
    update=_update,
    delete=_unassign,
    find=_find,
    import_form="appId/groupId",
)
