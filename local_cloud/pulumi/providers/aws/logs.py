"""CloudWatch log groups."""

from local_cloud.pulumi.providers.aws.client import AwsClient, retag
from local_cloud.pulumi.providers.aws.gateway import REGION, TAGS, TAGS_ALL
from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.resource import Resource, finish
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties


def _create(aws: AwsClient, inputs: Properties) -> str:
    name = inputs["name"]
    aws.call("logs", "create_log_group", logGroupName=name, tags=inputs.get("tags") or {})
    if inputs.get("retentionInDays"):
        finish(name, inputs, f"the log group {name}", lambda: _retain(aws, name, inputs))
    return str(name)


def _retain(aws: AwsClient, name: str, inputs: Properties) -> None:
    """No days mean for ever."""
    days = inputs.get("retentionInDays", 0)
    if days:
        aws.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days)
    else:
        aws.call("logs", "delete_retention_policy", logGroupName=name)


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    found = aws.call("logs", "describe_log_groups", logGroupNamePrefix=identifier)["logGroups"]
    group = next((item for item in found if item["logGroupName"] == identifier), None)
    if group is None:
        raise Gone(identifier)
    arn = group["arn"].removesuffix(":*")
    tags = aws.call("logs", "list_tags_for_resource", resourceArn=arn).get("tags", {})
    return {
        "id": identifier,
        "arn": arn,
        "name": identifier,
        "retentionInDays": group.get("retentionInDays", 0),
        "region": aws.region,
        "tags": tags,
        "tagsAll": tags,
    }


def _update(aws: AwsClient, identifier: str, state: Properties, inputs: Properties) -> None:
    if state.get("retentionInDays", 0) != inputs.get("retentionInDays", 0):
        _retain(aws, identifier, inputs)
    retag(
        inputs,
        state.get("tags"),
        lambda tags: aws.call("logs", "tag_resource", resourceArn=state["arn"], tags=tags),
        lambda names: aws.call("logs", "untag_resource", resourceArn=state["arn"], tagKeys=names),
    )


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("logs", "delete_log_group", logGroupName=identifier)


LOG_GROUP = Resource(
    schema={
        "arn": OUTPUT,
        "name": IMMUTABLE_NAME,
        "region": REGION,
        "retentionInDays": Property("integer"),
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
    },
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
