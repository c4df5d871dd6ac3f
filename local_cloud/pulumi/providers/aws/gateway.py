"""What the four types of API Gateway v2 share."""

from typing import Any

from local_cloud.pulumi.providers.aws.client import AwsClient, retag
from local_cloud.pulumi.providers.resource import import_parts
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties

SERVICE = "apigatewayv2"
API_ID = Property("string", required=True, replace=True)
TAGS = Property("object")
TAGS_ALL = Property("object", output=True)
ARN = r"(arn:aws(-[a-z]+)*:[^:]*:([a-z]{2}(-[a-z]+)+-\d)?:(aws|aws-managed|third-party|\d{12}|cw.{10})?:.+)?"
FUNCTION_NAME = (
    r"(arn:[\w-]+:lambda:)?([a-z]{2}-(?:[a-z]+-){1,2}\d:)?(\d{12}:)?(function:)?"
    r"[0-9A-Za-z_-]{1,64}(:(\$LATEST|[0-9A-Za-z_-]+))?"
)
REGION = Property("string", refused=True, replace=True)


def arn(aws: AwsClient, path: str) -> str:
    """The name by which tags are set."""
    return f"arn:aws:apigateway:{aws.region}::{path}"


def retag_gateway(aws: AwsClient, name: str, state: Properties, inputs: Properties) -> None:
    """Bring the tags of the object with this ARN up to date."""
    retag(
        inputs,
        state.get("tags"),
        lambda tags: aws.call(SERVICE, "tag_resource", ResourceArn=name, Tags=tags),
        lambda names: aws.call(SERVICE, "untag_resource", ResourceArn=name, TagKeys=names),
    )


def above(identifier: str, given: Properties) -> tuple[str, str]:
    """The API's id and the object's own; an import names them as `api/object`."""
    if "apiId" in given:
        return given["apiId"], identifier
    parts = import_parts(identifier, "apiId/id")
    return parts["apiId"], parts["id"]


def renamed(values: Properties | None, names: dict[str, str]) -> dict[str, Any]:
    """An object's fields under AWS's names."""
    return {names[name]: value for name, value in (values or {}).items()}


def renamed_back(values: dict[str, Any] | None, names: dict[str, str]) -> Properties:
    """An object's fields under Pulumi's names."""
    return {ours: values[theirs] for ours, theirs in names.items() if theirs in values} if values else {}
