"""
Scopes of Okta's own APIs that an app is granted.

Source: Okta's Terraform provider 6.12, app_oauth_api_scope; Okta, Application Grants.
"""

import contextlib
from typing import Any

from local_cloud.pulumi.providers.errors import Gone, Unanswered
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

TRIES = 3


def _path(app: str) -> str:
    return f"/api/v1/apps/{app}/grants"


def _grants(okta: OktaClient, app: str) -> dict[str, Any]:
    return {grant["scopeId"]: grant for grant in okta.pages(_path(app))}


def _grant(okta: OktaClient, inputs: Properties, scopes: list[str]) -> None:
    for scope in scopes:
        _grant_once(okta, inputs["appId"], {"issuer": inputs["issuer"], "scopeId": scope})


def _grant_once(okta: OktaClient, app: str, grant: Properties) -> None:
    """Whether a grant that was not answered exists, the list of grants says."""
    for attempt in range(TRIES):
        try:
            okta.send("POST", _path(app), grant)
        except Unanswered:
            if attempt == TRIES - 1 or not okta.patience.back_off(attempt):
                raise
            if grant["scopeId"] not in _grants(okta, app):
                continue
        return


def _create(okta: OktaClient, inputs: Properties) -> str:
    """The first one; from then on there is something to lose."""
    _grant(okta, inputs, inputs["scopes"][:1])
    return str(inputs["appId"])


def _complete(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    _grant(okta, inputs, inputs["scopes"][1:])


def _find(okta: OktaClient, inputs: Properties) -> list[Candidate]:
    granted = _grants(okta, inputs["appId"])
    return [Candidate(inputs["appId"])] if inputs["scopes"][0] in granted else []


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    """An app that is granted nothing has no such object."""
    granted = _grants(okta, identifier)
    if not granted:
        raise Gone(f"the app {identifier} is granted no scope")
    issuer = next(iter(granted.values()))["issuer"]
    return {"id": identifier, "appId": identifier, "issuer": issuer, "scopes": sorted(granted)}


def _update(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    """Grant what is missing, then revoke what is not wanted any more."""
    granted, wanted = _grants(okta, identifier), inputs["scopes"]
    _grant(okta, inputs, [scope for scope in wanted if scope not in granted])
    _revoke(okta, identifier, {scope: grant for scope, grant in granted.items() if scope not in wanted})


def _revoke(okta: OktaClient, app: str, grants: dict[str, Any]) -> None:
    for grant in grants.values():
        with contextlib.suppress(Gone):
            okta.send("DELETE", f"{_path(app)}/{grant['id']}")


def _delete(okta: OktaClient, identifier: str, state: Properties) -> None:
    granted = _grants(okta, identifier)
    _revoke(okta, identifier, {scope: granted[scope] for scope in state["scopes"] if scope in granted})


API_SCOPES = Resource(
    schema={
        "appId": Property("string", required=True, replace=True),
        "issuer": Property("string", required=True, prefer_given=True),
        "scopes": Property("array", required=True, unordered=True),
    },
    noun="grant of API scopes to the app",
    title="appId",
    create=_create,
    complete=_complete,
    later=frozenset({"scopes"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
    import_form="appId",
)
