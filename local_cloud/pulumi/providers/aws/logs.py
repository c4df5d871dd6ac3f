"""CloudWatch log groups."""

from local_cloud.pulumi.providers.aws.client import AwsClient, tagging
from local_cloud.pulumi.providers.errors import Gone, HalfCreated, ProviderError
from local_cloud.pulumi.providers.resource import Resource
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import Properties


def _create(aws: AwsClient, inputs: Properties) -> str:
    name = inputs["name"]
    aws.call("logs", "create_log_group", logGroupName=name, tags=inputs.get("tags") or {})
    try:
        _retain(aws, name, inputs)
    except (ProviderError, Gone) as error:
        raise HalfCreated(name, inputs, f"the log group {name} keeps its lines for ever: {error}") from error
    return name


def _retain(aws: AwsClient, name: str, inputs: Properties) -> None:
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
    _retain(aws, identifier, inputs)
    tagging(
        inputs,
        lambda tags: aws.call("logs", "tag_resource", resourceArn=state["arn"], tags=tags),
        lambda names: aws.call("logs", "untag_resource", resourceArn=state["arn"], tagKeys=names),
        state.get("tags"),
    )


def _delete(aws: AwsClient, identifier: str, state: Properties) -> None:
    aws.call("logs", "delete_log_group", logGroupName=identifier)


LOG_GROUP = Resource(
    schema={
        "arn": Property("string", output=True),
        "name": Property("string", required=True, replace=True),
        "region": Property("string", output=True),
        "retentionInDays": Property("integer"),
        "tags": Property("object"),
        "tagsAll": Property("object", output=True),
    },
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
)
