"""
All groups that are assigned to an app, as one object.

Source: Okta's Terraform provider 6.12, app_group_assignments: it also takes away what others assigned.
"""

import contextlib
import json
from typing import Any

from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.okta.app_state import META
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties


def _path(app: str) -> str:
    return f"/api/v1/apps/{app}/groups"


def _assign(okta: OktaClient, app: str, groups: list[Properties]) -> None:
    for group in groups:
        priority = {"priority": group["priority"]} if "priority" in group else {}
        okta.send("PUT", f"{_path(app)}/{group['id']}", {"profile": json.loads(group["profile"]), **priority})


def _unassign(okta: OktaClient, app: str, groups: set[str]) -> None:
    for group in sorted(groups):
        with contextlib.suppress(Gone):
            okta.send("DELETE", f"{_path(app)}/{group}")


def _create(okta: OktaClient, inputs: Properties) -> str:
    """The first group; from then on there is something to lose. Without groups there is nothing to send."""
    _assign(okta, inputs["appId"], inputs.get("groups", [])[:1])
    return str(inputs["appId"])


def _complete(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    _assign(okta, identifier, inputs.get("groups", [])[1:])


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    """Those that the program names, in its order, then all others; where all are gone, so is the object."""
    found = {one["id"]: one for one in okta.pages(f"{_path(identifier)}?limit=200")}
    if given.get("groups") and not found:
        raise Gone(f"the app {identifier} is assigned to no group")
    known = {group["id"]: group for group in given.get("groups") or [] if group["id"] in found}
    order = [*known, *(name for name in found if name not in known)]
    groups = [_group(found[name], known.get(name)) for name in order]
    return {"__meta": META, "id": identifier, "appId": identifier, "groups": groups}


def _group(found: Any, known: Properties | None) -> Properties:
    priority = {} if found.get("priority") is None else {"priority": found["priority"]}
    return {"id": found["id"], "profile": _profile(found.get("profile") or {}, known), **priority}


def _profile(found: Properties, known: Properties | None) -> str:
    """The attributes that the program gives, as they are now; its own text where that says the same."""
    if known is None:
        return json.dumps(found, separators=(",", ":"), sort_keys=True)
    given = json.loads(known["profile"])
    held = {**given, **{name: value for name, value in found.items() if name in given and value is not None}}
    return str(known["profile"]) if held == given else json.dumps(held, separators=(",", ":"), sort_keys=True)


def _update(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    wanted = inputs.get("groups", [])
    _unassign(okta, identifier, _ids(state) - {group["id"] for group in wanted})
    _assign(okta, identifier, wanted)


def _delete(okta: OktaClient, identifier: str, state: Properties) -> None:
    _unassign(okta, identifier, _ids(state))


def _ids(state: Properties) -> set[str]:
    return {group["id"] for group in state.get("groups") or []}


def _find(okta: OktaClient, inputs: Properties) -> list[Candidate]:
    first = [group["id"] for group in inputs.get("groups", [])[:1]]
    assigned = {one["id"] for one in okta.pages(f"{_path(inputs['appId'])}?limit=200")}
    return [Candidate(inputs["appId"])] if assigned.issuperset(first) else []


_GROUP = {
    "id": Property("string", required=True),
    "priority": Property("integer", computed=True),
    "profile": Property("string", required=True, default="{}", json=True),
}

GROUP_ASSIGNMENTS = Resource(
    schema={
        "appId": Property("string", required=True, replace=True),
        "groups": Property("array", fields=_GROUP),
    },
    noun="assignment of groups to the app",
    title="appId",
    create=_create,
    complete=_complete,
    later=frozenset({"groups"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
    import_form="appId",
)
