"""What the two clouds hold, object by object, and what the engine's state says: the same keys, so that they compare."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx2
from botocore.exceptions import ClientError

Key = tuple[str, str]
# Where an id is unique within a parent only: the state's own name of that parent.
PARENTS = {
    "aws:apigatewayv2/stage:Stage": "apiId",
    "aws:apigatewayv2/integration:Integration": "apiId",
    "aws:apigatewayv2/route:Route": "apiId",
    "aws:lambda/permission:Permission": "function",
    "okta:app/groupAssignment:GroupAssignment": "appId",
}


def in_state(root: Path, stack: str = "local") -> dict[str, Any]:
    """The engine's state as its file has it; empty where there is no stack."""
    found = list((root / ".local/state/.pulumi/stacks").rglob(f"{stack}.json"))
    return json.loads(found[0].read_text())["checkpoint"].get("latest") or {} if found else {}


def keys_of(deployment: dict[str, Any]) -> set[Key]:
    """What the state says is there."""
    return {
        key_of(item)
        for item in deployment.get("resources") or []
        if item.get("custom") and item.get("id") and not item["type"].startswith("pulumi:")
    }


def outputs_of(deployment: dict[str, Any]) -> dict[str, Any]:
    """What the program exported."""
    found = [item.get("outputs") or {} for item in deployment["resources"] if item["type"] == "pulumi:pulumi:Stack"]
    return dict(found[0])


def key_of(item: dict[str, Any]) -> Key:
    """The type and the id, with its parent's where it is unique there only."""
    parent = (item.get("outputs") or {}).get(PARENTS.get(item["type"], ""), "")
    return item["type"], f"{parent}/{item['id']}" if parent else item["id"]


def on_clouds(status: dict[str, Any], aws_keys: dict[str, str]) -> set[Key]:
    """
    Everything that is there, without what Okta makes by itself.

    Args:
        status: where the clouds are, and the token, as `.local/cloud.json` has them.
        aws_keys: `aws_access_key_id` and `aws_secret_access_key`.
    """
    headers = {"Authorization": f"SSWS {status['okta_api_token']}"}
    with httpx2.Client(base_url=status["okta_url"], headers=headers, timeout=20, trust_env=False) as org:
        found = set(_on_okta(org))
    return found | set(_on_aws(status["aws_endpoint_url"], aws_keys))


def _on_okta(org: httpx2.Client) -> Iterator[Key]:
    for group in _pages(org, "/api/v1/groups"):
        yield "okta:group/group:Group", group["id"]
    for app in _pages(org, "/api/v1/apps"):
        yield "okta:app/oAuth:OAuth", app["id"]
        for group in _pages(org, f"/api/v1/apps/{app['id']}/groups"):
            yield "okta:app/groupAssignment:GroupAssignment", f"{app['id']}/{group['id']}"
    for server in _pages(org, "/api/v1/authorizationServers"):
        yield "okta:auth/server:Server", server["id"]
        yield from _of_server(org, f"/api/v1/authorizationServers/{server['id']}")


def _of_server(org: httpx2.Client, path: str) -> Iterator[Key]:
    for part, kind in (("scopes", "serverScope:ServerScope"), ("claims", "serverClaim:ServerClaim")):
        for item in _pages(org, f"{path}/{part}"):
            if not item["system"] and not item["name"].startswith("okta."):  # Okta's own scopes of each server
                yield f"okta:auth/{kind}", item["id"]
    for policy in _pages(org, f"{path}/policies"):
        if not policy.get("system"):
            yield "okta:auth/serverPolicy:ServerPolicy", policy["id"]
        for rule in _pages(org, f"{path}/policies/{policy['id']}/rules"):
            if not rule.get("system"):
                yield "okta:auth/serverPolicyRule:ServerPolicyRule", rule["id"]


def _pages(org: httpx2.Client, path: str) -> Iterator[dict[str, Any]]:
    url: str | None = path
    while url:
        answer = org.get(url).raise_for_status()
        yield from answer.json()
        url = answer.links.get("next", {}).get("url")


def _on_aws(endpoint: str, keys: dict[str, str]) -> Iterator[Key]:
    session = boto3.Session(region_name="us-east-1", **keys)
    api, functions, iam, logs, tables = (
        session.client(name, endpoint_url=endpoint) for name in ("apigatewayv2", "lambda", "iam", "logs", "dynamodb")
    )
    for item in api.get_apis()["Items"]:
        yield "aws:apigatewayv2/api:Api", item["ApiId"]
        yield from _of_api(api, item["ApiId"])
    for item in functions.list_functions()["Functions"]:
        yield "aws:lambda/function:Function", item["FunctionName"]
        yield from _permissions(functions, item["FunctionName"])
    for item in iam.list_roles()["Roles"]:
        yield "aws:iam/role:Role", item["RoleName"]
        for policy in iam.list_role_policies(RoleName=item["RoleName"])["PolicyNames"]:
            yield "aws:iam/rolePolicy:RolePolicy", f"{item['RoleName']}:{policy}"
    for item in logs.describe_log_groups()["logGroups"]:
        yield "aws:cloudwatch/logGroup:LogGroup", item["logGroupName"]
    yield from (("aws:dynamodb/table:Table", name) for name in tables.list_tables()["TableNames"])


def _of_api(api: Any, identifier: str) -> Iterator[Key]:
    for kind, operation, key in (
        ("stage:Stage", api.get_stages, "StageName"),
        ("integration:Integration", api.get_integrations, "IntegrationId"),
        ("route:Route", api.get_routes, "RouteId"),
    ):
        for item in operation(ApiId=identifier)["Items"]:
            yield f"aws:apigatewayv2/{kind}", f"{identifier}/{item[key]}"


def _permissions(functions: Any, name: str) -> Iterator[Key]:
    try:
        policy = json.loads(functions.get_policy(FunctionName=name)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return
    for statement in policy["Statement"]:
        yield "aws:lambda/permission:Permission", f"{name}/{statement['Sid']}"
