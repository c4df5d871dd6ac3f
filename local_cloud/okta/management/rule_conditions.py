"""What a rule may say: whom it admits, to what, and for how long."""

from typing import Any

from local_cloud.okta.errors import invalid
from local_cloud.okta.grant_types import CLIENT, CODE, DEVICE, IMPLICIT, NOT_BUILT, PASSWORD
from local_cloud.okta.management import fields
from local_cloud.okta.org import Org
from local_cloud.okta.policy import ANY_SCOPE, EVERYONE
from local_cloud.okta.servers import scopes_of

GRANT_TYPES = (CODE, CLIENT, DEVICE, *NOT_BUILT)
# Okta names these three, and refuses every rule without people that is for more than services; see issue 1622 of
# okta-developer-docs, where the only grant type is another.
NAMED_GRANTS = (CODE, IMPLICIT, PASSWORD)
LIFETIMES = ("accessTokenLifetimeMinutes", "refreshTokenLifetimeMinutes", "refreshTokenWindowMinutes")
ACCESS_MINUTES = (5, 1440)
LONGEST_MINUTES = 5 * 365 * 24 * 60


def checked_conditions(org: Org, server_id: str, conditions: dict[str, Any]) -> dict[str, Any]:
    """
    The conditions of a rule, complete: Okta always returns grant types, scopes and people.

    Raises:
        OktaError: E0000001 with the condition's name.
    """
    fields.only(conditions, ("people", "grantTypes", "scopes"), "conditions")
    types = fields.section(conditions, "grantTypes", field="conditions.grantTypes")
    fields.only(types, ("include",), "conditions.grantTypes")
    grants = fields.texts(types, "include", field="conditions.grantTypes")
    for grant in grants:
        if grant not in GRANT_TYPES:
            raise invalid("conditions.grantTypes", f"'{grant}' is not a valid grant type")
    if not grants:
        raise invalid("conditions.grantTypes", "At least one grant type is required")
    people = fields.section(conditions, "people", field="conditions.people")
    fields.only(people, ("users", "groups"), "conditions.people")
    included = {
        "users": _people(org, people, "users"),
        "groups": _people(org, people, "groups"),
    }
    if set(grants) - {CLIENT} and not (included["users"]["include"] or included["groups"]["include"]):
        raise invalid(
            "conditions.people",
            "At least one of 'conditions.people.users.include' or 'conditions.people.groups.include' must contain a "
            "valid user or group when 'conditions.grantTypes' contains one or more of "
            f"[{', '.join(NAMED_GRANTS)}].",
        )
    return {
        "people": included,
        "grantTypes": {"include": grants},
        "scopes": {"include": _scopes(org, server_id, conditions)},
    }


def checked_actions(actions: dict[str, Any]) -> dict[str, Any]:
    """
    The lifetimes of a rule, with Okta's defaults: access ≤ window ≤ refresh lifetime, where 0 is without end.

    Raises:
        OktaError: E0000001 with the lifetime's name.
    """
    fields.only(actions, ("token",), "actions")
    token = fields.section(actions, "token", field="actions.token")
    fields.only(token, (*LIFETIMES, "inlineHook"), "actions.token")
    if token.get("inlineHook") is not None:
        raise invalid("actions.token.inlineHook", "The local Okta has no inline hooks")
    access = _minutes(token, "accessTokenLifetimeMinutes", *ACCESS_MINUTES, 60)
    lifetime = _minutes(token, "refreshTokenLifetimeMinutes", 0, LONGEST_MINUTES, 0)
    window = _minutes(token, "refreshTokenWindowMinutes", 10, LONGEST_MINUTES, 10080)
    if window < access:
        raise invalid(
            "actions.token.refreshTokenWindowMinutes", "The window must not be shorter than the access token's lifetime"
        )
    if lifetime and lifetime < window:
        raise invalid("actions.token.refreshTokenLifetimeMinutes", "The lifetime must not be shorter than the window")
    return {
        "token": {
            "accessTokenLifetimeMinutes": access,
            "refreshTokenLifetimeMinutes": lifetime,
            "refreshTokenWindowMinutes": window,
        }
    }


def _minutes(token: dict[str, Any], name: str, low: int, high: int, default: int) -> int:
    return fields.whole(token, name, low, high, default, field=f"actions.token.{name}")


def _people(org: Org, people: dict[str, Any], table: str) -> dict[str, list[str]]:
    condition = fields.section(people, table, field=f"conditions.people.{table}")
    fields.only(condition, ("include", "exclude"), f"conditions.people.{table}")
    named = {}
    for list_name in ("include", "exclude"):
        field = f"conditions.people.{table}.{list_name}"
        named[list_name] = fields.texts(condition, list_name, field=field)
        for identifier in named[list_name]:
            # Okta takes this word for the group of everybody, and answers with it.
            everybody = table == "groups" and identifier == EVERYONE
            if not everybody and org.store.get(table, identifier) is None:
                raise invalid(field, f"'{identifier}' does not exist")
    return named


def _scopes(org: Org, server_id: str, conditions: dict[str, Any]) -> list[str]:
    field = "conditions.scopes.include"
    scopes = fields.section(conditions, "scopes", field="conditions.scopes")
    fields.only(scopes, ("include",), "conditions.scopes")
    named = fields.texts(scopes, "include", field=field)
    known = scopes_of(org, server_id)
    for scope in named:
        if scope != ANY_SCOPE and scope not in known:
            raise invalid(field, f"The scope '{scope}' does not exist")
    return named
