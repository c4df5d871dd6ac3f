"""Groups: the resource and the look-up by name."""

from dataclasses import replace
from typing import Any

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.okta.client import OktaClient, query, seconds
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import NAME, Property
from local_cloud.pulumi.providers.values import Properties

_PATH = "/api/v1/groups"
TRIES_TO_SEE = 6


def _body(inputs: Properties) -> Properties:
    return {"profile": {"name": inputs["name"], "description": inputs.get("description", "")}}


def _create(okta: OktaClient, inputs: Properties) -> str:
    return str(okta.send("POST", _PATH, _body(inputs))["id"])


def _await(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    """
    Wait until a new group can be seen: Okta shows it a moment later.

    Source: recorded traffic of the real plugin, which asks once more before it reads.
    """
    for attempt in range(TRIES_TO_SEE):
        try:
            okta.get(f"{_PATH}/{identifier}")
        except Gone:
            if not okta.patience.back_off(attempt):
                raise
        else:
            return


def _find(okta: OktaClient, inputs: Properties) -> list[Candidate]:
    found = okta.pages(f"{_PATH}?q={query(inputs['name'])}")
    mine = (group for group in found if group["profile"]["name"] == inputs["name"])
    return [Candidate(str(group["id"]), seconds(group.get("created"))) for group in mine]


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
        "name": replace(NAME, longest=255),
        "description": Property("string"),
        "customProfileAttributes": Property("string", refused=True),
        "skipUsers": Property("boolean", refused=True),
    },
    noun="group",
    title="name",
    create=_create,
    complete=_await,
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)


def get_group(okta: OktaClient, args: Properties) -> Properties:
    """
    The group with this name; where one group alone begins with it, that one, as the real plugin has it.

    Raises:
        ProviderError: none has it, or an argument is not emulated.

    Source: recorded traffic of the real plugin: `GET /api/v1/groups?q=NAME`.
    """
    foreign = sorted(name for name, value in args.items() if name != "name" and value)
    if foreign or not args.get("name"):
        raise ProviderError(f"getGroup by {', '.join(foreign) or 'nothing'} is not emulated here; give it a name alone")
    found: list[Any] = okta.get(f"{_PATH}?q={query(args['name'])}")
    group = _chosen(args["name"], found)
    profile = group["profile"]
    described = {"name": profile["name"], "description": profile.get("description") or ""}
    return {"id": group["id"], "type": group.get("type", ""), "users": [], **described}


def get_everyone_group(okta: OktaClient, args: Properties) -> Properties:
    """
    The group of everybody.

    Raises:
        ProviderError: its people were asked for, too.
    """
    if args.get("includeUsers"):
        raise ProviderError("getEveryoneGroup with includeUsers is not emulated here; leave it out")
    found = get_group(okta, {"name": "Everyone"})
    return {"id": found["id"], "description": found["description"], "includeUsers": False}


def _chosen(name: str, found: list[Any]) -> Any:
    if not found:
        raise ProviderError(f'group with name "{name}" does not exist')
    exact = [group for group in found if group["profile"]["name"] == name]
    if not exact and len(found) > 1:
        raise ProviderError(
            f'group starting with name "{name}" matches {len(found)} groups, select a more precise name parameter'
        )
    return (exact or found)[0]
