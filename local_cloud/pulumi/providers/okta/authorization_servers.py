"""
Authorization servers with their scopes, claims, policies and rules.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from datetime import datetime
from typing import Any

from local_cloud.pulumi.providers.errors import HalfCreated, ProviderError
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

_SERVERS = "/api/v1/authorizationServers"
_STATUS = Property("string", default="ACTIVE")


def _server_body(inputs: Properties) -> Properties:
    body = {
        "audiences": inputs["audiences"],
        "credentials": {"signing": {"rotationMode": inputs["credentialsRotationMode"]}},
        "issuerMode": inputs["issuerMode"],
        "name": inputs["name"],
    }
    return body | ({"description": inputs["description"]} if "description" in inputs else {})


def _create_server(okta: OktaClient, inputs: Properties) -> str:
    identifier = okta.send("POST", _SERVERS, _server_body(inputs))["id"]
    if inputs["status"] == "INACTIVE":
        _or_half_created(identifier, inputs, lambda: _set_status(okta, f"{_SERVERS}/{identifier}", "INACTIVE"))
    return identifier


def _or_half_created(identifier: str, inputs: Properties, step: Any) -> None:
    try:
        step()
    except ProviderError as error:
        raise HalfCreated(identifier, inputs, str(error)) from error


def _set_status(okta: OktaClient, path: str, status: str) -> None:
    okta.send("POST", f"{path}/lifecycle/{'activate' if status == 'ACTIVE' else 'deactivate'}")


def _read_server(okta: OktaClient, identifier: str, given: Properties) -> Properties:
    server = okta.get(f"{_SERVERS}/{identifier}")
    signing = server["credentials"]["signing"]
    return {
        "id": identifier,
        "audiences": server["audiences"],
        "credentialsLastRotated": _go_time(signing.get("lastRotated")),
        "credentialsNextRotation": _go_time(signing.get("nextRotation")),
        "credentialsRotationMode": signing["rotationMode"],
        "description": server.get("description") or "",
        "issuer": server["issuer"],
        "issuerMode": server["issuerMode"],
        "kid": signing["kid"],
        "name": server["name"],
        "status": server["status"],
    }


def _go_time(text: str | None) -> str:
    """A time as the real plugin's Go writes it into the state."""
    if not text:
        return ""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")


def _update_server(okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
    if state.get("status") != inputs["status"]:
        _set_status(okta, f"{_SERVERS}/{identifier}", inputs["status"])
    okta.send("PUT", f"{_SERVERS}/{identifier}", _server_body(inputs))


def _delete_server(okta: OktaClient, identifier: str, state: Properties) -> None:
    okta.send("POST", f"{_SERVERS}/{identifier}/lifecycle/deactivate")
    okta.send("DELETE", f"{_SERVERS}/{identifier}")


SERVER = Resource(
    schema={
        "audiences": Property("array", required=True),
        "credentialsLastRotated": Property("string", output=True),
        "credentialsNextRotation": Property("string", output=True),
        "credentialsRotationMode": Property("string", default="AUTO"),
        "description": Property("string"),
        "issuer": Property("string", output=True),
        "issuerMode": Property("string", default="ORG_URL"),
        "kid": Property("string", output=True),
        "name": Property("string", required=True),
        "status": _STATUS,
    },
    create=_create_server,
    read=_read_server,
    update=_update_server,
    delete=_delete_server,
)


class _Child:
    """What scopes, claims, policies and rules share: a collection below their server."""

    def __init__(self, body: Any, state: Any, collection: str, with_status: bool = False) -> None:
        self._body = body
        self._state = state
        self._collection = collection
        self._with_status = with_status

    def path(self, inputs: Properties) -> str:
        """The collection's path; a rule's is below its policy."""
        return f"{_SERVERS}/{inputs['authServerId']}/" + self._collection.format(**inputs)

    def create(self, okta: OktaClient, inputs: Properties) -> str:
        """POST to the collection."""
        return okta.send("POST", self.path(inputs), self._body(inputs))["id"]

    def read(self, okta: OktaClient, identifier: str, given: Properties) -> Properties:
        """GET the object; an import names it as `server/…/object`, with what is above it in front."""
        if "authServerId" not in given:
            parts = identifier.split("/")
            names = ("authServerId", "policyId")[: len(parts) - 1]
            given, identifier = dict(zip(names, parts[:-1], strict=True)), parts[-1]
        above = {name: given[name] for name in ("authServerId", "policyId") if name in given}
        return {"id": identifier, **above, **self._state(okta.get(f"{self.path(given)}/{identifier}"))}

    def update(self, okta: OktaClient, identifier: str, state: Properties, inputs: Properties) -> None:
        """PUT the object, after its status where that changed."""
        path = f"{self.path(inputs)}/{identifier}"
        if self._with_status and state.get("status") != inputs["status"]:
            _set_status(okta, path, inputs["status"])
        okta.send("PUT", path, self._body(inputs))

    def delete(self, okta: OktaClient, identifier: str, state: Properties) -> None:
        """DELETE the object."""
        okta.send("DELETE", f"{self.path(state)}/{identifier}")

    def resource(self, schema: dict[str, Property]) -> Resource:
        """The resource type with this schema."""
        return Resource(schema, self.create, self.read, self.update, self.delete)


def _scope_body(inputs: Properties) -> Properties:
    return {
        "consent": inputs["consent"],
        "default": inputs.get("default", False),
        "description": inputs.get("description", ""),
        "displayName": inputs.get("displayName", ""),
        "metadataPublish": inputs["metadataPublish"],
        "name": inputs["name"],
        "optional": inputs.get("optional", False),
    }


def _scope_state(scope: Properties) -> Properties:
    return {
        "consent": scope["consent"],
        "default": scope.get("default", False),
        "description": scope.get("description") or "",
        "displayName": scope.get("displayName") or "",
        "metadataPublish": scope["metadataPublish"],
        "name": scope["name"],
        "optional": scope.get("optional", False),
        "system": scope["system"],
    }


_SERVER_ID = Property("string", required=True)

SCOPE = _Child(_scope_body, _scope_state, "scopes").resource(
    {
        "authServerId": _SERVER_ID,
        "consent": Property("string", default="IMPLICIT"),
        "default": Property("boolean"),
        "description": Property("string"),
        "displayName": Property("string"),
        "metadataPublish": Property("string", default="ALL_CLIENTS"),
        "name": Property("string", required=True),
        "optional": Property("boolean"),
        "system": Property("boolean", output=True),
    }
)


def _claim_body(inputs: Properties) -> Properties:
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


def _claim_state(claim: Properties) -> Properties:
    return {
        "alwaysIncludeInToken": claim.get("alwaysIncludeInToken", False),
        "claimType": claim["claimType"],
        "groupFilterType": claim.get("group_filter_type") or "",
        "name": claim["name"],
        "scopes": sorted(claim.get("conditions", {}).get("scopes", [])),
        "status": claim["status"],
        "value": claim["value"],
        "valueType": claim["valueType"],
    }


CLAIM = _Child(_claim_body, _claim_state, "claims").resource(
    {
        "alwaysIncludeInToken": Property("boolean", default=True),
        "authServerId": _SERVER_ID,
        "claimType": Property("string", required=True),
        "groupFilterType": Property("string"),
        "name": Property("string", required=True),
        "scopes": Property("array", unordered=True),
        "status": _STATUS,
        "value": Property("string", required=True),
        "valueType": Property("string", default="EXPRESSION"),
    }
)


def _policy_body(inputs: Properties) -> Properties:
    return {
        "conditions": {"clients": {"include": inputs["clientWhitelists"]}},
        "description": inputs["description"],
        "name": inputs["name"],
        "priority": inputs["priority"],
        "status": inputs["status"],
        "type": "OAUTH_AUTHORIZATION_POLICY",
    }


def _policy_state(policy: Properties) -> Properties:
    return {
        "clientWhitelists": sorted(policy["conditions"]["clients"]["include"]),
        "description": policy["description"],
        "name": policy["name"],
        "priority": policy["priority"],
        "status": policy["status"],
    }


POLICY = _Child(_policy_body, _policy_state, "policies", with_status=True).resource(
    {
        "authServerId": _SERVER_ID,
        "clientWhitelists": Property("array", required=True, unordered=True),
        "description": Property("string", required=True),
        "name": Property("string", required=True),
        "priority": Property("integer", required=True),
        "status": _STATUS,
    }
)


def _rule_body(inputs: Properties) -> Properties:
    people: Properties = {"groups": _in_and_out(inputs, "group"), "users": _in_and_out(inputs, "user")}
    return {
        "actions": {
            "token": {
                "accessTokenLifetimeMinutes": inputs["accessTokenLifetimeMinutes"],
                "refreshTokenLifetimeMinutes": inputs.get("refreshTokenLifetimeMinutes", 0),
                "refreshTokenWindowMinutes": inputs["refreshTokenWindowMinutes"],
            }
        },
        "conditions": {
            "grantTypes": {"include": inputs["grantTypeWhitelists"]},
            "people": people,
            "scopes": {"include": inputs.get("scopeWhitelists", [])},
        },
        "name": inputs["name"],
        "priority": inputs["priority"],
        "status": inputs["status"],
        "type": inputs["type"],
    }


def _in_and_out(inputs: Properties, kind: str) -> Properties:
    pairs = {"include": inputs.get(f"{kind}Whitelists"), "exclude": inputs.get(f"{kind}Blacklists")}
    return {name: value for name, value in pairs.items() if value}


def _rule_state(rule: Properties) -> Properties:
    token, conditions = rule["actions"]["token"], rule["conditions"]
    people = conditions.get("people", {})
    groups, users = people.get("groups") or {}, people.get("users") or {}
    return {
        "accessTokenLifetimeMinutes": token["accessTokenLifetimeMinutes"],
        "grantTypeWhitelists": sorted(conditions["grantTypes"]["include"]),
        "groupBlacklists": _or_null(groups.get("exclude")),
        "groupWhitelists": _or_null(groups.get("include")),
        "inlineHookId": None,
        "name": rule["name"],
        "priority": rule["priority"],
        "refreshTokenLifetimeMinutes": token.get("refreshTokenLifetimeMinutes") or 0,
        "refreshTokenWindowMinutes": token["refreshTokenWindowMinutes"],
        "scopeWhitelists": sorted(conditions["scopes"]["include"]),
        "status": rule["status"],
        "system": rule.get("system", False),
        "type": rule["type"],
        "userBlacklists": _or_null(users.get("exclude")),
        "userWhitelists": _or_null(users.get("include")),
    }


def _or_null(items: list[str] | None) -> list[str] | None:
    return sorted(items) if items else None


RULE = _Child(_rule_body, _rule_state, "policies/{policyId}/rules", with_status=True).resource(
    {
        "accessTokenLifetimeMinutes": Property("integer", default=60),
        "authServerId": _SERVER_ID,
        "grantTypeWhitelists": Property("array", required=True, unordered=True),
        "groupBlacklists": Property("array", unordered=True),
        "groupWhitelists": Property("array", unordered=True),
        "inlineHookId": Property("string", output=True),
        "name": Property("string", required=True),
        "policyId": Property("string", required=True),
        "priority": Property("integer", required=True),
        "refreshTokenLifetimeMinutes": Property("integer"),
        "refreshTokenWindowMinutes": Property("integer", default=10080),
        "scopeWhitelists": Property("array", unordered=True),
        "status": _STATUS,
        "system": Property("boolean", output=True),
        "type": Property("string", default="RESOURCE_ACCESS"),
        "userBlacklists": Property("array", unordered=True),
        "userWhitelists": Property("array", unordered=True),
    }
)
