"""Inline policies of IAM roles."""

from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.documents import document
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, Property
from local_cloud.pulumi.providers.values import Properties


def _put_policy(aws: AwsClient, inputs: Properties) -> str:
    aws.call(
        "iam", "put_role_policy", RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=inputs["policy"]
    )
    return f"{inputs['role']}:{inputs['name']}"


def _read_policy(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    role, separator, name = identifier.partition(":")
    if not separator:
        raise ProviderError(f"the import id {identifier!r} has not the form role:name")
    found = aws.call("iam", "get_role_policy", RoleName=role, PolicyName=name)
    policy = document(found["PolicyDocument"], given.get("policy"))
    return {"id": identifier, "name": name, "policy": policy, "role": role}


def _update_policy(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    _put_policy(aws, inputs)


def _delete_policy(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("iam", "delete_role_policy", RoleName=state["role"], PolicyName=state["name"])


ROLE_POLICY = Resource(
    schema={
        "name": IMMUTABLE_NAME,
        "policy": Property("string", required=True),
        "role": Property("string", required=True, replace=True),
    },
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
)
