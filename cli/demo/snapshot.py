"""Everything that both clouds hold, read over HTTP, so that before and after can be compared."""

from collections.abc import Iterator
from typing import Any

import boto3
import httpx2

Snapshot = dict[str, Any]

_OKTA_CHILDREN = {
    "authorizationServers": ("scopes", "claims", "policies"),
    "policies": ("rules",),
    "apps": ("groups",),
    "groups": ("users",),
}


def take_snapshot(okta_url: str, okta_token: str, aws: dict[str, str]) -> Snapshot:
    """
    Read every object of the org and of the account.

    Args:
        aws: `endpoint_url`, `region_name`, `aws_access_key_id`, `aws_secret_access_key`.
    """
    headers = {"Authorization": f"SSWS {okta_token}", "Accept": "application/json"}
    with httpx2.Client(base_url=okta_url, headers=headers, timeout=10) as okta:
        found = dict(_okta_objects(okta))
    return found | dict(_aws_objects(aws))


def difference(before: Snapshot, after: Snapshot) -> list[str]:
    """Name every object that appeared, vanished or changed between two snapshots."""
    names = sorted(before.keys() | after.keys())
    return [f"{_kind_of_change(name, before, after)}: {name}" for name in names if before.get(name) != after.get(name)]


def _kind_of_change(name: str, before: Snapshot, after: Snapshot) -> str:
    if name not in before:
        return "left behind"
    return "changed" if name in after else "vanished"


def _okta_objects(okta: httpx2.Client) -> Iterator[tuple[str, Any]]:
    for collection in ("authorizationServers", "apps", "groups", "users"):
        yield from _okta_collection(okta, f"/api/v1/{collection}", collection)


def _okta_collection(okta: httpx2.Client, path: str, kind: str) -> Iterator[tuple[str, Any]]:
    for item in _pages(okta, path):
        name = f"{path}/{item['id']}"
        item.pop("lastLogin", None)  # people did sign in, and Okta remembers when
        yield f"okta {name}", item
        for child in _OKTA_CHILDREN.get(kind, ()):
            yield from _okta_collection(okta, f"{name}/{child}", child if child != "groups" else "assignments")


def _pages(okta: httpx2.Client, path: str) -> Iterator[dict[str, Any]]:
    url: str | None = path
    while url:
        answer = okta.get(url)
        answer.raise_for_status()
        yield from answer.json()
        url = answer.links.get("next", {}).get("url")


def _aws_objects(aws: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for name, service, operation, key, identity in (
        ("api", "apigatewayv2", "get_apis", "Items", "ApiId"),
        ("function", "lambda", "list_functions", "Functions", "FunctionArn"),
        ("role", "iam", "list_roles", "Roles", "Arn"),
        ("log group", "logs", "describe_log_groups", "logGroups", "arn"),
    ):
        client = boto3.client(service, **aws)
        for page in client.get_paginator(operation).paginate():
            for item in page[key]:
                yield f"aws {name} {item[identity]}", item
    tables = boto3.client("dynamodb", **aws)
    for page in tables.get_paginator("list_tables").paginate():
        for name in page["TableNames"]:
            yield f"aws table {name}", tables.describe_table(TableName=name)["Table"]
