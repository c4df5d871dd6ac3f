"""
Authorization servers.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from datetime import datetime

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.client import OktaClient, query
from local_cloud.pulumi.providers.okta.collection import SERVERS, STATUS, set_status
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties


def _body(inputs: Properties) -> Properties:
    body = {
        "audiences": inputs["audiences"],
        "credentials": {"signing": {"rotationMode": inputs["credentialsRotationMode"]}},
        "issuerMode": inputs["issuerMode"],
        "name": inputs["name"],
    }
    return body | ({"description": inputs["description"]} if inputs.get("description") else {})


def _create(okta: OktaClient, inputs: Properties) -> str:
    return str(okta.send("POST", SERVERS, _body(inputs))["id"])


def _complete(okta: OktaClient, identifier: str, inputs: Properties) -> None:
    """A new server rotates its keys by itself and is active: what else is wished takes a second request."""
    path = f"{SERVERS}/{identifier}"
    if inputs["credentialsRotationMode"] == "MANUAL":
        okta.send("PUT", path, _body(inputs))
    if inputs["status"] == "INACTIVE":
        set_status(okta, path, "INACTIVE")


def _find(okta: OktaClient, inputs: Properties) -> list[Candidate]:
    return okta.named(f"{SERVERS}?q={query(inputs['name'])}", inputs["name"])


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    return _state(okta.get(f"{SERVERS}/{identifier}"))


def get_server(okta: OktaClient, args: Properties) -> Properties:
    """
    The server with this name.

    Raises:
        ProviderError: none has it.

    Source: Okta's Terraform provider 6.12, data source auth_server.
    """
    name = args.get("name")
    if not name:
        raise ProviderError("getServer: name is required")
    found = [one for one in okta.pages(f"{SERVERS}?q={query(name)}&limit=200") if one["name"] == name]
    if not found:
        raise ProviderError(f"authorization server with name '{name}' does not exist")
    return _state(found[-1])


def _state(server: Properties) -> Properties:
    signing = server["credentials"]["signing"]
    return {
        "id": server["id"],
        "audiences": server["audiences"],
        "credentialsLastRotated": go_time(signing.get("lastRotated")),
        "credentialsNextRotation": go_time(signing.get("nextRotation")),
        "credentialsRotationMode": signing["rotationMode"],
        "description": server.get("description") or "",
        "issuer": server["issuer"],
        "issuerMode": server.get("issuerMode") or "ORG_URL",
        "kid": signing["kid"],
        "name": server["name"],
        "status": server["status"],
    }


def go_time(text: str | None) -> str:
    """A time as the real plugin's Go writes it into the state."""
    if not text:
        return ""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")


def _update(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    if state.get("status") != inputs["status"]:
        set_status(okta, f"{SERVERS}/{identifier}", inputs["status"])
    okta.send("PUT", f"{SERVERS}/{identifier}", _body(inputs))


def _delete(okta: OktaClient, identifier: str, state: Properties) -> None:
    set_status(okta, f"{SERVERS}/{identifier}", "INACTIVE")
    okta.send("DELETE", f"{SERVERS}/{identifier}")


SERVER = Resource(
    schema={
        "audiences": Property("array", required=True, unordered=True),
        "credentialsLastRotated": OUTPUT,
        "credentialsNextRotation": OUTPUT,
        "credentialsRotationMode": Property("string", default="AUTO"),
        "description": Property("string"),
        "issuer": OUTPUT,
        "issuerMode": Property("string", default="ORG_URL"),
        "kid": OUTPUT,
        "name": NAME,
        "status": STATUS,
    },
    noun="authorization server",
    title="name",
    create=_create,
    complete=_complete,
    later=frozenset({"credentialsRotationMode", "status"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
