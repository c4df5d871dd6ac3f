"""
Access policies of an authorization server.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.collection import SERVER_ID, STATUS, Collection
from local_cloud.pulumi.providers.schema import NAME, Property
from local_cloud.pulumi.providers.values import Properties


def _check(inputs: Properties, new: bool) -> None:
    """Source: Okta's Terraform provider: a policy is born active."""
    if new and inputs["status"] == "INACTIVE":
        raise ProviderError("status: a new policy cannot be INACTIVE, only an existing one")


def _body(inputs: Properties) -> Properties:
    return {
        "conditions": {"clients": {"include": inputs["clientWhitelists"]}},
        "description": inputs["description"],
        "name": inputs["name"],
        "priority": inputs["priority"],
        "status": inputs["status"],
        "type": "OAUTH_AUTHORIZATION_POLICY",
    }


def _state(policy: Properties) -> Properties:
    return {
        "clientWhitelists": sorted(policy["conditions"]["clients"]["include"]),
        "description": policy["description"],
        "name": policy["name"],
        "priority": policy["priority"],
        "status": policy["status"],
    }


POLICY = Collection(
    "access policy", "policies", "authServerId/id", _body, _state, _check, with_lifecycle=True
).resource(
    {
        "authServerId": SERVER_ID,
        "clientWhitelists": Property("array", required=True, unordered=True),
        "description": Property("string", required=True),
        "name": NAME,
        "priority": Property("integer", required=True),
        "status": STATUS,
    }
)
