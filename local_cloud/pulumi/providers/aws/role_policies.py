"""Inline policies of IAM roles."""

from dataclasses import replace

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.documents import document
from local_cloud.pulumi.providers.resource import Candidate, Resource, import_parts
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, Property
from local_cloud.pulumi.providers.values import Properties

_IMPORT = "role:name"


def _put_policy(aws: AwsClient, inputs: Properties) -> str:
    aws.call(
        "iam", "put_role_policy", RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    return [Candidate(f"{inputs['role']}:{inputs['name']}")]


def _read_policy(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    role, name = import_parts(identifier, _IMPORT).values()
    found = aws.call("iam", "get_role_policy", RoleName=role, PolicyName=name)
    policy = document(found["PolicyDocument"], given.get("policy"))
    return {"id": identifier, "name": name, "policy": policy, "role": role}


def _update_policy(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    _put_policy(aws, inputs)


def _delete_policy(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("iam", "delete_role_policy", RoleName=state["role"], PolicyName=state["name"])


ROLE_POLICY = Resource(
    schema={
        "name": replace(IMMUTABLE_NAME, pattern=r"[\w+=,.@-]*", shortest=1, longest=128),
        "policy": Property("string", required=True, json=True, pattern=r"\{.*"),
        "role": Property("string", required=True, replace=True, pattern=r"(?!arn:).*", shortest=1, longest=128),
    },
    noun="role policy",
    title="name",
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    find=_find,
    import_form=_IMPORT,
)
