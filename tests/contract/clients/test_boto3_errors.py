"""The local AWS's refusals, as AWS's SDK reads them. Source: issue 4; AWS API references, errors of each call."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.clients.notes_table import NOTES, item
from tests.local_cloud.aws.account import TRUST, Account, policy
from tests.requirements import requirement


def code_of(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """What the SDK makes of a refusal."""
    response: Any = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@requirement("contract:boto3-errors")
@pytest.mark.parametrize(
    ("service", "call", "arguments", "code", "status"),
    [
        ("lambda", "get_function", {"FunctionName": "none"}, "ResourceNotFoundException", 404),
        ("lambda", "invoke", {"FunctionName": "none"}, "ResourceNotFoundException", 404),
        ("lambda", "get_policy", {"FunctionName": "none"}, "ResourceNotFoundException", 404),
        ("apigatewayv2", "get_api", {"ApiId": "none"}, "NotFoundException", 404),
        ("apigatewayv2", "get_stage", {"ApiId": "none", "StageName": "$default"}, "NotFoundException", 404),
        ("iam", "get_role", {"RoleName": "none"}, "NoSuchEntity", 404),
        ("logs", "get_log_events", {"logGroupName": "n", "logStreamName": "s"}, "ResourceNotFoundException", 400),
        ("dynamodb", "describe_table", {"TableName": "none"}, "ResourceNotFoundException", 400),
        ("dynamodb", "get_item", {"TableName": "none", "Key": item("a", "b")}, "ResourceNotFoundException", 400),
    ],
)
def test_what_is_not_there_is_the_error_that_the_sdk_knows(
    clients: dict[str, Any], service: str, call: str, arguments: dict[str, Any], code: str, status: int
) -> None:
    """Code and status of each service's API reference, in its own protocol."""
    with pytest.raises(ClientError) as error:
        getattr(clients[service], call)(**arguments)

    assert code_of(error) == (code, status)


@requirement("contract:boto3-errors")
def test_what_is_there_already_is_a_conflict(aws: dict[str, Any], account: Account, notes: Any) -> None:
    """A second function, log group, role or table of that name (API references, errors)."""
    account.create_function("def handler(event, context):\n    return 1")
    aws["logs"].create_log_group(logGroupName="g")
    role = {"RoleName": "r", "AssumeRolePolicyDocument": policy(TRUST)}

    with pytest.raises(aws["lambda"].exceptions.ResourceConflictException):
        account.create_function("def handler(event, context):\n    return 2")
    with pytest.raises(aws["logs"].exceptions.ResourceAlreadyExistsException):
        aws["logs"].create_log_group(logGroupName="g")
    with pytest.raises(aws["iam"].exceptions.EntityAlreadyExistsException):
        aws["iam"].create_role(**role)
    with pytest.raises(notes.exceptions.ResourceInUseException):
        notes.create_table(**NOTES)
