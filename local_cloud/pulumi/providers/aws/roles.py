"""IAM roles."""

from dataclasses import replace

from local_cloud.pulumi.providers.aws.client import AwsClient, retag
from local_cloud.pulumi.providers.aws.documents import document
from local_cloud.pulumi.providers.aws.gateway import TAGS, TAGS_ALL
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties


def _pairs(tags: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


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
    return str(inputs["name"])


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    role = aws.call("iam", "get_role", RoleName=inputs["name"])["Role"]
    return [Candidate(inputs["name"], role["CreateDate"].timestamp())]


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
    retag(
        inputs,
        state.get("tags"),
        lambda tags: aws.call("iam", "tag_role", RoleName=identifier, Tags=_pairs(tags)),
        lambda names: aws.call("iam", "untag_role", RoleName=identifier, TagKeys=names),
    )


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("iam", "delete_role", RoleName=identifier)


ROLE = Resource(
    schema={
        "arn": OUTPUT,
        "assumeRolePolicy": Property("string", required=True, json=True),
        "createDate": OUTPUT,
        "description": Property("string", pattern="[^“‘]*", longest=1000),
        "maxSessionDuration": Property("integer", default=3600, low=3600, high=43_200),
        "name": replace(IMMUTABLE_NAME, pattern=r"[\w+=,.@-]*", shortest=1, longest=64),
        "path": Property("string", default="/", replace=True, longest=512),
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
        "uniqueId": OUTPUT,
    },
    noun="role",
    title="name",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
