"""The first objects of a new org: the built-in ones of every Okta org, and the people and groups of the seed file."""

import json
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.okta.ids import new_id
from local_cloud.okta.org import Org
from local_cloud.okta.people import EVERYONE, create_group, create_user, find_group, join
from local_cloud.okta.servers import DEFAULT_SERVER, create_server

ACCESS_POLICY = "Any two factors"


def seed_org(org: Org) -> None:
    """
    Fill an empty org.

    Raises:
        LocalCloudError: the seed file cannot be read, or a person in it names a group that it has not.
    """
    seed = _read(org.settings.seed_file)
    everyone = create_group(org, {"name": EVERYONE, "description": "All users in your organization"}, "BUILT_IN")
    server = create_server(org, DEFAULT_SERVER, default=True)
    _create_default_policy(org, server["id"], everyone["id"])
    _create_access_policy(org)
    try:
        owner = _create_person(org, seed["token_owner"])
        for group in seed["groups"]:
            create_group(org, {"name": group["name"], "description": group["description"]})
        for person in seed["users"]:
            _create_person(org, {**person["profile"], "login": person["login"]}, person["password"], person["groups"])
    except (KeyError, TypeError) as error:
        raise _unreadable(org.settings.seed_file, f"{error} is missing") from error
    org.store.put("org", "org", {"id": new_id("00o"), "token_owner": owner})


def _create_person(
    org: Org, profile: dict[str, Any], password: str | None = None, groups: list[str] | None = None
) -> str:
    user = create_user(org, {**profile, "email": profile["login"]}, password)
    for name in groups or []:
        group = find_group(org, name)
        if group is None:
            raise _unreadable(org.settings.seed_file, f"{profile['login']} is in {name!r}, which is no group of it")
        join(org, org.store.get("users", user["id"]) or user, group)
    return user["id"]


def _create_default_policy(org: Org, server_id: str, everyone: str) -> None:
    policy, rule, now = new_id("00p"), new_id("0pr"), org.clock.timestamp()
    common = {"status": "ACTIVE", "priority": 1, "created": now, "lastUpdated": now, "system": False}
    clients = {"clients": {"include": ["ALL_CLIENTS"]}}
    org.store.put(
        "policies",
        policy,
        {**common, "id": policy, "name": "Default Policy", "description": "Default policy", "conditions": clients}
        | {"type": "OAUTH_AUTHORIZATION_POLICY", "_server": server_id},
    )
    conditions = {
        "people": {"users": {"include": [], "exclude": []}, "groups": {"include": [everyone], "exclude": []}},
        "grantTypes": {"include": ["authorization_code", "client_credentials"]},
        "scopes": {"include": ["*"]},
    }
    lifetimes = {
        "accessTokenLifetimeMinutes": 60,
        "refreshTokenLifetimeMinutes": 0,
        "refreshTokenWindowMinutes": 10080,
    }
    org.store.put(
        "rules",
        rule,
        {**common, "id": rule, "name": "Default Policy Rule", "conditions": conditions}
        | {"actions": {"token": lifetimes}, "type": "RESOURCE_ACCESS", "_policy": policy},
    )


def _create_access_policy(org: Org) -> None:
    identifier, now = new_id("rst"), org.clock.timestamp()
    row = {
        "id": identifier,
        "status": "ACTIVE",
        "name": ACCESS_POLICY,
        "description": "Require two factors to access.",
        "priority": 1,
        "system": True,
        "conditions": None,
        "created": now,
        "lastUpdated": now,
        "type": "ACCESS_POLICY",
    }
    org.store.put("access_policies", identifier, row)


def _read(file: Path) -> dict[str, Any]:
    try:
        seed = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise _unreadable(file, type(error).__name__) from error
    if not isinstance(seed, dict):
        raise _unreadable(file, "not a JSON object")
    return seed


def _unreadable(file: Path, why: str) -> LocalCloudError:
    return LocalCloudError(f"the local Okta's seed file {file} is wrong: {why}", remedy=f"mend {file}")
