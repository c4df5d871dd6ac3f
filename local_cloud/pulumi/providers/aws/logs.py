"""CloudWatch log groups."""

from dataclasses import replace

from local_cloud.pulumi.providers.aws.client import AwsClient, retag
from local_cloud.pulumi.providers.aws.gateway import REGION, TAGS, TAGS_ALL
from local_cloud.pulumi.providers.errors import Gone
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties


def _create(aws: AwsClient, inputs: Properties) -> str:
    name = inputs["name"]
    aws.call("logs", "create_log_group", logGroupName=name, tags=inputs.get("tags") or {})
    return str(name)


def _complete(aws: AwsClient, identifier: str, inputs: Properties) -> None:
    if inputs.get("retentionInDays"):
        _retain(aws, identifier, inputs)


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    group = _group(aws, inputs["name"])
    return [Candidate(inputs["name"], group["creationTime"] / 1000)]


def _retain(aws: AwsClient, name: str, inputs: Properties) -> None:
    """No days mean for ever."""
    days = inputs.get("retentionInDays", 0)
    if days:
        aws.call("logs", "put_retention_policy", logGroupName=name, retentionInDays=days)
    else:
        aws.call("logs", "delete_retention_policy", logGroupName=name)


def _group(aws: AwsClient, name: str) -> Properties:
    found = aws.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    group = next((item for item in found if item["logGroupName"] == name), None)
    if group is None:
        raise Gone(name)
    return group


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    group = _group(aws, identifier)
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


_RETENTION = (
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

LOG_GROUP = Resource(
    schema={
        "arn": OUTPUT,
        "name": replace(IMMUTABLE_NAME, pattern=r"[0-9A-Za-z_./#-]+", longest=512),
        "region": REGION,
        "retentionInDays": Property("integer", values=_RETENTION),
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
    },
    noun="log group",
    title="name",
    create=_create,
    complete=_complete,
    later=frozenset({"retentionInDays"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
