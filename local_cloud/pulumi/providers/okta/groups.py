"""Groups: the resource and the look-up by name."""

from typing import Any
from urllib.parse import quote

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

_PATH = "/api/v1/groups"


def _body(inputs: Properties) -> Properties:
    return {"profile": {"name": inputs["name"], "description": inputs.get("description", "")}}


def _create(okta: OktaClient, inputs: Properties) -> str:
    return okta.send("POST", _PATH, _body(inputs))["id"]


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    profile = okta.get(f"{_PATH}/{identifier}")["profile"]
    return {
        "id": identifier,
        "name": profile["name"],
        "description": profile.get("description") or "",
        "customProfileAttributes": "{}",
        "skipUsers": False,
    }


def _update(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    okta.send("PUT", f"{_PATH}/{identifier}", _body(inputs))


def _delete(okta: OktaClient, identifier: str, state: Properties) -> None:
    okta.send("DELETE", f"{_PATH}/{identifier}")


GROUP = Resource(
    schema={
        "name": Property("string", required=True),
        "description": Property("string"),
        "customProfileAttributes": Property("string", output=True),
        "skipUsers": Property("boolean", output=True),
    },
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)


def get_group(okta: OktaClient, args: Properties) -> Properties:
    """
    The group with this name.

    Raises:
        ProviderError: none has it, or an argument is not emulated.

    Source: recorded traffic of the real plugin: `GET /api/v1/groups?q=NAME`.
    """
    foreign = sorted(set(args) - {"name", "includeUsers", "type", "delayReadSeconds"})
    if foreign or not args.get("name"):
        raise ProviderError(f"getGroup by {foreign or 'nothing'} is not emulated here; give it a name")
    found: list[Any] = okta.get(f"{_PATH}?q={quote(args['name'])}")
    group = next((item for item in found if item["profile"]["name"] == args["name"]), None)
    if group is None:
        raise ProviderError(f'group with name "{args["name"]}" does not exist')
    return {
        "id": group["id"],
        "name": group["profile"]["name"],
        "description": group["profile"].get("description") or "",
        "type": group.get("type", ""),
        "users": [],
    }
