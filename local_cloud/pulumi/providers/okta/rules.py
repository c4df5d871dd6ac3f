"""
Rules of an access policy.

Source: requests, defaults and state recorded from the real plugin (tests/vectors/okta-plugin).
"""

from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.collection import SERVER_ID, STATUS, Collection
from local_cloud.pulumi.providers.schema import NAME, Property
from local_cloud.pulumi.providers.values import Properties


def _check(inputs: Properties, new: bool) -> None:
    """
    A refresh token lives no shorter than its window, and that no shorter than an access token.

    Source: Okta's Terraform provider, which asks before it sends anything.
    """
    lifetime = inputs.get("refreshTokenLifetimeMinutes", 0)
    access, window = inputs["accessTokenLifetimeMinutes"], inputs["refreshTokenWindowMinutes"]
    if lifetime > 0 and not access <= window <= lifetime:
        raise ProviderError(
            "refreshTokenWindowMinutes must be between accessTokenLifetimeMinutes and refreshTokenLifetimeMinutes"
        )


def _body(inputs: Properties) -> Properties:
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
            "people": {"groups": _in_and_out(inputs, "group"), "users": _in_and_out(inputs, "user")},
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


def _state(rule: Properties) -> Properties:
    token, conditions = rule["actions"]["token"], rule["conditions"]
    people = conditions.get("people") or {}
    groups, users = people.get("groups") or {}, people.get("users") or {}
    return {
        "accessTokenLifetimeMinutes": token["accessTokenLifetimeMinutes"],
        "grantTypeWhitelists": sorted(conditions["grantTypes"]["include"]),
        "groupBlacklists": _or_null(groups.get("exclude")),
        "groupWhitelists": _or_null(groups.get("include")),
        "inlineHookId": (token.get("inlineHook") or {}).get("id"),
        "name": rule["name"],
        "priority": rule["priority"],
        "refreshTokenLifetimeMinutes": token.get("refreshTokenLifetimeMinutes") or 0,
        "refreshTokenWindowMinutes": token.get("refreshTokenWindowMinutes") or 0,
        "scopeWhitelists": sorted(conditions["scopes"]["include"]),
        "status": rule["status"],
        "system": rule.get("system", False),
        "type": rule["type"],
        "userBlacklists": _or_null(users.get("exclude")),
        "userWhitelists": _or_null(users.get("include")),
    }


def _or_null(items: list[str] | None) -> list[str] | None:
    return sorted(items) if items else None


_PATH, _IMPORT = "policies/{policyId}/rules", "authServerId/policyId/id"
_RULES = Collection("policy rule", _PATH, _IMPORT, _body, _state, _check, with_lifecycle=True)
_PEOPLE = Property("array", unordered=True)

RULE = _RULES.resource(
    {
        "accessTokenLifetimeMinutes": Property("integer", default=60),
        "authServerId": SERVER_ID,
        "grantTypeWhitelists": Property("array", required=True, unordered=True),
        "groupBlacklists": _PEOPLE,
        "groupWhitelists": _PEOPLE,
        "inlineHookId": Property("string", refused=True),
        "name": NAME,
        "policyId": Property("string", required=True),
        "priority": Property("integer", required=True),
        "refreshTokenLifetimeMinutes": Property("integer"),
        "refreshTokenWindowMinutes": Property("integer", default=10080),
        "scopeWhitelists": Property("array", unordered=True),
        "status": STATUS,
        "system": Property("boolean", output=True),
        "type": Property("string", default="RESOURCE_ACCESS"),
        "userBlacklists": _PEOPLE,
        "userWhitelists": _PEOPLE,
    }
)
