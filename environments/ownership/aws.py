"""What an environment owns on AWS, by name and tags."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from environments.accounts import Clouds, remedy_for
from environments.errors import Unreachable
from environments.ownership.owned import Owned, Owner

ABSENT = ("NotFoundException", "ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException")
API = "aws:apigatewayv2/api:Api"
ROLE = "aws:iam/role:Role"
FUNCTION = "aws:lambda/function:Function"


def find_on_aws(owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    """
    APIs with their parts, the function with its permissions, the role, the table, the log groups.

    Raises:
        Unreachable: AWS refuses or does not answer.
    """
    with asking(clouds):
        yield from _apis(clouds.client("apigatewayv2"), owner, clouds)
        yield from _function(clouds.client("lambda"), owner, clouds)
        yield from _role(clouds.client("iam"), owner, clouds)
        yield from _table(clouds.client("dynamodb"), owner, clouds)
        yield from _log_groups(clouds.client("logs"), owner, clouds)


@contextmanager
def asking(clouds: Clouds) -> Iterator[None]:
    """
    Turn what the SDK raises into our error.

    Raises:
        Unreachable: AWS refuses or does not answer.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        where = clouds.aws_endpoint or f"AWS in {clouds.region or 'no region'}"
        raise Unreachable(
            f"{where} could not be searched: {error}", remedy_for(clouds.aws_endpoint or "aws")
        ) from error


def _apis(api: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    for page in api.get_paginator("get_apis").paginate():
        for item in page["Items"]:
            if item["Name"] == owner.name and owner.has_tagged(item.get("Tags")):
                yield _owned(clouds, (API, item["ApiId"]), item["Name"], api.delete_api, ApiId=item["ApiId"])
                yield from _api_parts(api, item["ApiId"], clouds)


def _api_parts(api: Any, identifier: str, clouds: Clouds) -> Iterator[Owned]:
    """Routes before integrations, since a route holds its integration."""
    for part, label in (("Route", "RouteKey"), ("Integration", "IntegrationType"), ("Stage", "StageName")):
        key = "StageName" if part == "Stage" else f"{part}Id"
        for page in api.get_paginator(f"get_{part.lower()}s").paginate(ApiId=identifier):
            for item in page["Items"]:
                kind = (f"aws:apigatewayv2/{part.lower()}:{part}", identifier, item[key])
                call = getattr(api, f"delete_{part.lower()}")
                yield _owned(
                    clouds, kind, item.get(label, ""), call, (API, identifier), ApiId=identifier, **{key: item[key]}
                )


def _function(functions: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    name = owner.name
    found = _ask(functions.get_function, FunctionName=name)
    if found is None or not owner.has_tagged(found.get("Tags")):
        return
    yield _owned(clouds, (FUNCTION, name), name, functions.delete_function, FunctionName=name)
    policy = _ask(functions.get_policy, FunctionName=name)
    for statement in _statements(policy):
        kind = ("aws:lambda/permission:Permission", name, statement)
        call = partial(functions.remove_permission, FunctionName=name)
        yield _owned(clouds, kind, statement, call, (FUNCTION, name), StatementId=statement)


def _statements(policy: Mapping[str, Any] | None) -> list[str]:
    return [item["Sid"] for item in json.loads(policy["Policy"])["Statement"]] if policy else []


def _role(iam: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    name = owner.name
    found = _ask(iam.get_role, RoleName=name)
    tags = {item["Key"]: item["Value"] for item in (found or {}).get("Role", {}).get("Tags", [])}
    if owner.has_tagged(tags):
        yield _owned(clouds, (ROLE, name), name, partial(_delete_role, iam), RoleName=name)
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            kind = ("aws:iam/rolePolicy:RolePolicy", f"{name}:{policy}")
            call = partial(iam.delete_role_policy, PolicyName=policy)
            yield _owned(clouds, kind, policy, call, (ROLE, name), RoleName=name)


def _delete_role(iam: Any, RoleName: str) -> None:
    """A role goes only without its policies."""
    for policy in iam.list_role_policies(RoleName=RoleName)["PolicyNames"]:
        iam.delete_role_policy(RoleName=RoleName, PolicyName=policy)
    iam.delete_role(RoleName=RoleName)


def _table(tables: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    name = owner.name
    found = _ask(tables.describe_table, TableName=name)
    arn = (found or {}).get("Table", {}).get("TableArn")
    tags = {item["Key"]: item["Value"] for item in tables.list_tags_of_resource(ResourceArn=arn)["Tags"]} if arn else {}
    if owner.has_tagged(tags):
        yield _owned(clouds, ("aws:dynamodb/table:Table", name), name, tables.delete_table, TableName=name)


def _log_groups(logs: Any, owner: Owner, clouds: Clouds) -> Iterator[Owned]:
    for name in (f"/aws/lambda/{owner.name}", f"/aws/vendedlogs/{owner.name}"):
        for item in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
            arn = item["arn"].removesuffix(":*")
            tags = logs.list_tags_for_resource(resourceArn=arn)["tags"] if item["logGroupName"] == name else {}
            if owner.has_tagged(tags):
                kind = ("aws:cloudwatch/logGroup:LogGroup", name)
                yield _owned(clouds, kind, name, logs.delete_log_group, logGroupName=name)


def _owned(
    clouds: Clouds,
    key: tuple[str, ...],
    name: str,
    call: Callable[..., Any],
    parent: tuple[str, ...] | None = None,
    **which: str,
) -> Owned:
    def remove() -> None:
        with asking(clouds):
            _ask(call, **which)

    return Owned(key, name, remove, parent)


def _ask(call: Callable[..., Any], **which: str) -> Any:
    """The answer, or None where there is no such object."""
    try:
        return call(**which)
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return None
        raise
