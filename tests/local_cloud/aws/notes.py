"""A function that hands what it is told to the AWS SDK, with the SDK in its zip: what a notes tool would do."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3

from tests.local_cloud.aws.account import Account

SITE = Path(boto3.__file__).parents[1]
CODE = """
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
SETTINGS = Config(retries={"total_max_attempts": 1})
def handler(event, context):
    client = boto3.client(event["service"], config=SETTINGS, **event.get("client", {}))
    try:
        answer = getattr(client, event["call"])(**event["arguments"])
    except ClientError as error:
        return error.response
    answer.pop("ResponseMetadata", None)
    return answer
"""
DESCRIBED = ("dynamodb", "sts", "logs", "iam", "lambda", "cloudwatch")
LOG = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:*",
}
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/notes"


def _files() -> Iterator[Path]:
    """The SDK without the descriptions of the services that are not called."""
    for package in ("boto3", "botocore", "jmespath", "s3transfer", "dateutil", "urllib3", "six.py"):
        paths = (SITE / package).rglob("*") if (SITE / package).is_dir() else [SITE / package]
        for path in paths:
            parts = path.relative_to(SITE).parts
            needless = parts[:2] == ("botocore", "data") and len(parts) > 3 and parts[2] not in DESCRIBED
            if path.is_file() and "__pycache__" not in parts and not needless:
                yield path


@lru_cache
def zip_with_sdk() -> bytes:
    """The deployable zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("h.py", CODE)
        for path in _files():
            archive.write(path, path.relative_to(SITE))
    return buffer.getvalue()


class Notes:
    """The function, its role's policy, and calls from inside."""

    def __init__(self, account: Account) -> None:
        self.account = account
        account.create_function("", Code={"ZipFile": zip_with_sdk()}, Timeout=20, MemorySize=512)

    def permit(self, *statements: dict[str, Any]) -> None:
        """Replace the role's policy."""
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self.account.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)

    def call(self, service: str, operation: str, client: dict[str, Any] | None = None, **arguments: Any) -> Any:
        """What the SDK inside the function says: the answer, or the error's response."""
        event = {"service": service, "call": operation, "arguments": arguments, "client": client or {}}
        answer = self.account.functions.invoke(FunctionName="f", Payload=json.dumps(event))
        return json.loads(answer["Payload"].read())

    def error(self, service: str, operation: str, client: dict[str, Any] | None = None, **arguments: Any) -> str:
        """The code and the message of a call that fails."""
        answer = self.call(service, operation, client, **arguments)
        assert "Error" in answer, answer
        error = answer["Error"]
        return f"{error['Code']}: {error['Message']}"


def make_table(client: Any, **more: Any) -> None:
    """A table of notes, by owner and name."""
    keys = [("owner", "HASH"), ("name", "RANGE")]
    client.create_table(
        TableName="notes",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
