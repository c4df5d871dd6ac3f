"""
Authorization servers.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from datetime import datetime

from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.okta.collection import SERVERS, STATUS, set_status
from local_cloud.pulumi.providers.resource import Resource, finish
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
    """A new server rotates its keys by itself and is active: what else is wished takes a second request."""
    identifier = str(okta.send("POST", SERVERS, _body(inputs))["id"])
    what, path = f"the authorization server {inputs['name']}", f"{SERVERS}/{identifier}"
    if inputs["credentialsRotationMode"] == "MANUAL":
        finish(identifier, inputs, what, lambda: okta.send("PUT", path, _body(inputs)))
    if inputs["status"] == "INACTIVE":
        finish(identifier, inputs, what, lambda: set_status(okta, path, "INACTIVE"))
    return identifier


def _read(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    server = okta.get(f"{SERVERS}/{identifier}")
    signing = server["credentials"]["signing"]
    return {
        "id": identifier,
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
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
