"""What an environment owns on AWS, by name and tags."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from environments.accounts import Clouds
from environments.ownership.calls import ask, asking, owned
from environments.ownership.owned import API, FUNCTION, ROLE, Owned, Owner
from environments.ownership.tables import find_table


def searches(owner: Owner, clouds: Clouds) -> dict[str, Iterator[Owned]]:
    """
    APIs with their parts, the function with its permissions, the role, the table, the log groups; by service.

    Each raises Unreachable where AWS refuses or does not answer.
    """
    look = {"apigatewayv2": _apis, "lambda": _function, "iam": _role, "dynamodb": find_table, "logs": _log_groups}
    return {service: _asked(search, service, owner, clouds) for service, search in look.items()}


def _asked(
    search: Callable[[Any, Owner, Clouds], Iterator[Owned]], service: str, owner: Owner, clouds: Clouds
) -> Iterator[Owned]:
    with asking(clouds):
        yield from search(clouds.client(service), owner, clouds)


def _apis(api: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    for page in api.get_paginator("get_apis").paginate():
        for item in page["Items"]:
            if item["Name"] == owner.name and owner.has_tagged(item.get("Tags")):
                yield owned(clouds, (API, item["ApiId"]), item["Name"], api.delete_api, ApiId=item["ApiId"])
                yield from _api_parts(api, item["ApiId"], clouds)


def _api_parts(api: Any, identifier: str, clouds: Clouds) -> Iterator[Owned]:
    """Routes before integrations, since a route holds its integration."""
    for part, label in (("Route", "RouteKey"), ("Integration", "IntegrationType"), ("Stage", "StageName")):
        key = "StageName" if part == "Stage" else f"{part}Id"
        for page in api.get_paginator(f"get_{part.lower()}s").paginate(ApiId=identifier):
            for item in page["Items"]:
                kind = (f"aws:apigatewayv2/{part.lower()}:{part}", identifier, item[key])
                call = getattr(api, f"delete_{part.lower()}")
                yield owned(
                    clouds, kind, item.get(label, ""), call, (API, identifier), ApiId=identifier, **{key: item[key]}
                )


def _function(functions: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    name = owner.name
    found = ask(functions.get_function, FunctionName=name)
    if found is None or not owner.has_tagged(found.get("Tags")):
        return
    yield owned(clouds, (FUNCTION, name), name, functions.delete_function, FunctionName=name)
    policy = ask(functions.get_policy, FunctionName=name)
    for statement in _statements(policy):
        kind = ("aws:lambda/permission:Permission", name, statement)
        call = partial(functions.remove_permission, FunctionName=name)
        yield owned(clouds, kind, statement, call, (FUNCTION, name), StatementId=statement)


def _statements(policy: Mapping[str, Any] | None) -> list[str]:
    return [item["Sid"] for item in json.loads(policy["Policy"])["Statement"]] if policy else []


def _role(iam: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    name = owner.name
    found = ask(iam.get_role, RoleName=name)
    tags = {item["Key"]: item["Value"] for item in (found or {}).get("Role", {}).get("Tags", [])}
    if owner.has_tagged(tags):
        yield owned(clouds, (ROLE, name), name, partial(_delete_role, iam), RoleName=name)
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            kind = ("aws:iam/rolePolicy:RolePolicy", f"{name}:{policy}")
            call = partial(iam.delete_role_policy, PolicyName=policy)
            yield owned(clouds, kind, policy, call, (ROLE, name), RoleName=name)


def _delete_role(iam: Any, RoleName: str) -> None:
    """A role goes only without its policies."""
    for policy in iam.list_role_policies(RoleName=RoleName)["PolicyNames"]:
        iam.delete_role_policy(RoleName=RoleName, PolicyName=policy)
    iam.delete_role(RoleName=RoleName)


def _log_groups(logs: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    for name in (f"/aws/lambda/{owner.name}", f"/aws/vendedlogs/{owner.name}"):
        for item in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
            arn = item["arn"].removesuffix(":*")
            tags = logs.list_tags_for_resource(resourceArn=arn)["tags"] if item["logGroupName"] == name else {}
            if owner.has_tagged(tags):
                kind = ("aws:cloudwatch/logGroup:LogGroup", name)
                yield owned(clouds, kind, name, logs.delete_log_group, logGroupName=name)
