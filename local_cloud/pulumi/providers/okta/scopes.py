"""
Scopes of an authorization server.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from local_cloud.pulumi.providers.okta.collection import SERVER_ID, Collection
from local_cloud.pulumi.providers.schema import NAME, Property
from local_cloud.pulumi.providers.values import Properties


def _body(inputs: Properties) -> Properties:
    return {
        "consent": inputs["consent"],
        "default": inputs.get("default", False),
        "description": inputs.get("description", ""),
        "displayName": inputs.get("displayName", ""),
        "metadataPublish": inputs["metadataPublish"],
        "name": inputs["name"],
        "optional": inputs.get("optional", False),
    }


def _state(scope: Properties) -> Properties:
    return {
        "consent": scope["consent"],
        "default": scope.get("default", False),
        "description": scope.get("description") or "",
        "displayName": scope.get("displayName") or "",
        "metadataPublish": scope["metadataPublish"],
        "name": scope["name"],
        "optional": scope.get("optional", False),
        "system": scope.get("system", False),
    }


SCOPE = Collection("scope", "scopes", "authServerId/id", _body, _state).resource(
    {
        "authServerId": SERVER_ID,
        "consent": Property("string", default="IMPLICIT"),
        "default": Property("boolean"),
        "description": Property("string"),
        "displayName": Property("string"),
        "metadataPublish": Property("string", default="ALL_CLIENTS"),
        "name": NAME,
        "optional": Property("boolean"),
        "system": Property("boolean", output=True),
    }
)
