"""
Claims of an authorization server.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from local_cloud.pulumi.providers.okta.collection import SERVER_ID, STATUS, Collection
from local_cloud.pulumi.providers.schema import NAME, Property
from local_cloud.pulumi.providers.values import Properties


def _body(inputs: Properties) -> Properties:
    body = {
        "alwaysIncludeInToken": inputs["alwaysIncludeInToken"],
        "claimType": inputs["claimType"],
        "conditions": {"scopes": inputs.get("scopes", [])},
        "name": inputs["name"],
        "status": inputs["status"],
        "value": inputs["value"],
        "valueType": inputs["valueType"],
    }
    return body | ({"group_filter_type": inputs["groupFilterType"]} if inputs.get("groupFilterType") else {})


def _state(claim: Properties) -> Properties:
    return {
        "alwaysIncludeInToken": claim.get("alwaysIncludeInToken", False),
        "claimType": claim["claimType"],
        "groupFilterType": claim.get("group_filter_type") or "",
        "name": claim["name"],
        "scopes": sorted(claim.get("conditions", {}).get("scopes") or []),
        "status": claim["status"],
        "value": claim["value"],
        "valueType": claim["valueType"],
    }


CLAIM = Collection("claim", "claims", "authServerId/id", _body, _state).resource(
    {
        "alwaysIncludeInToken": Property("boolean", default=True),
        "authServerId": SERVER_ID,
        "claimType": Property("string", required=True),
        "groupFilterType": Property("string"),
        "name": NAME,
        "scopes": Property("array", unordered=True),
        "status": STATUS,
        "value": Property("string", required=True),
        "valueType": Property("string", default="EXPRESSION"),
    }
)
