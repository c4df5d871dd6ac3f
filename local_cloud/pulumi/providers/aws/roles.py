"""IAM roles and their inline policies."""

import json
from typing import Any
from urllib.parse import unquote

from local_cloud.pulumi.providers.aws.client import AwsClient, tagging
from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties


def _pairs(tags: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def document(value: Any, given: str | None) -> str:
    """A policy document as text; the given text where it says the same, so that spaces are no difference."""
    found = json.loads(unquote(value)) if isinstance(value, str) else value
    try:
        if given is not None and json.loads(given) == found:
            return given
    except ValueError:
        pass  # an unknown value of a preview, or a text that AWS would have refused
    return json.dumps(found)


def _create(aws: AwsClient, inputs: Properties) -> str:
    aws.call(
        "iam",
        "create_role",
        RoleName=inputs["name"],
        Path=inputs["path"],
        AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
        MaxSessionDuration=inputs["maxSessionDuration"],
        Description=inputs.get("description", ""),
        Tags=_pairs(inputs.get("tags")),
    )
    return inputs["name"]


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    role = aws.call("iam", "get_role", RoleName=identifier)["Role"]
    tags = {item["Key"]: item["Value"] for item in role.get("Tags", [])}
    return {
        "id": identifier,
        "arn": role["Arn"],
        "assumeRolePolicy": document(role["AssumeRolePolicyDocument"], given.get("assumeRolePolicy")),
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "name": identifier,
        "path": role["Path"],
        "tags": tags,
        "tagsAll": tags,
        "uniqueId": role["RoleId"],
    }


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    if state.get("assumeRolePolicy") != inputs["assumeRolePolicy"]:
        trust = inputs["assumeRolePolicy"]
        aws.call("iam", "update_assume_role_policy", RoleName=identifier, PolicyDocument=trust)
    aws.call(
        "iam",
        "update_role",
        RoleName=identifier,
        Description=inputs.get("description", ""),
        MaxSessionDuration=inputs["maxSessionDuration"],
    )
    tagging(
        inputs,
        lambda tags: aws.call("iam", "tag_role", RoleName=identifier, Tags=_pairs(tags)),
        lambda names: aws.call("iam", "untag_role", RoleName=identifier, TagKeys=names),
        state.get("tags"),
    )


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("iam", "delete_role", RoleName=identifier)


ROLE = Resource(
    schema={
        "arn": Property("string", output=True),
        "assumeRolePolicy": Property("string", required=True),
        "createDate": Property("string", output=True),
        "description": Property("string"),
        "maxSessionDuration": Property("integer", default=3600),
        "name": Property("string", required=True, replace=True),
        "path": Property("string", default="/", replace=True),
        "tags": Property("object"),
        "tagsAll": Property("object", output=True),
        "uniqueId": Property("string", output=True),
    },
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)


def _put_policy(aws: AwsClient, inputs: Properties) -> str:
    aws.call(
        "iam", "put_role_policy", RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _read_policy(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    role, separator, name = identifier.partition(":")
    if not separator:
        raise Gone(identifier)
    found = aws.call("iam", "get_role_policy", RoleName=role, PolicyName=name)
    policy = document(found["PolicyDocument"], given.get("policy"))
    return {"id": identifier, "name": name, "policy": policy, "role": role}


def _update_policy(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    _put_policy(aws, inputs)


def _delete_policy(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("iam", "delete_role_policy", RoleName=state["role"], PolicyName=state["name"])


ROLE_POLICY = Resource(
    schema={
        "name": Property("string", required=True, replace=True),
        "policy": Property("string", required=True),
        "role": Property("string", required=True, replace=True),
    },
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
)
