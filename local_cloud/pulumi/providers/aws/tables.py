"""
DynamoDB tables.

Source: AWS, DynamoDB API: CreateTable, UpdateTable, UpdateContinuousBackups, UpdateTimeToLive.
"""

from local_cloud.pulumi.providers.aws.client import AwsClient, retag
from local_cloud.pulumi.providers.aws.gateway import ARN, REGION, TAGS, TAGS_ALL
from local_cloud.pulumi.providers.aws.table_indexes import GLOBAL_INDEX, INDEX
from local_cloud.pulumi.providers.aws.table_requests import changes, check, new_table, pairs
from local_cloud.pulumi.providers.aws.table_state import described, state
from local_cloud.pulumi.providers.errors import Gone, ProviderError, Unanswered
from local_cloud.pulumi.providers.resource import Candidate, Resource
from local_cloud.pulumi.providers.schema import IMMUTABLE_NAME, OUTPUT, Property
from local_cloud.pulumi.providers.values import Properties

MOST_CHANGES = 50  # an account has 20 global indexes per table: each may go and come
MOST_LOST = 3


def _create(aws: AwsClient, inputs: Properties) -> str:
    check(inputs)
    aws.call("dynamodb", "create_table", **new_table(inputs))
    return str(inputs["name"])


def _complete(aws: AwsClient, identifier: str, inputs: Properties) -> None:
    """What a table takes only once it is active."""
    _settle(aws, identifier)
    if (inputs.get("ttl") or {}).get("enabled"):
        _set_ttl(aws, identifier, inputs["ttl"])
    if (inputs.get("pointInTimeRecovery") or {}).get("enabled"):
        _set_recovery(aws, identifier, inputs["pointInTimeRecovery"])


def _settle(aws: AwsClient, name: str) -> None:
    aws.until(f"the table {name}", lambda: _table(aws, name), _is_active)


def _is_active(table: Properties) -> bool:
    indexes = [index.get("IndexStatus", "ACTIVE") for index in table.get("GlobalSecondaryIndexes") or []]
    return {table["TableStatus"], *indexes} == {"ACTIVE"}


def _table(aws: AwsClient, name: str) -> Properties:
    found: Properties = aws.call("dynamodb", "describe_table", TableName=name)["Table"]
    return found


def _set_ttl(aws: AwsClient, name: str, ttl: Properties) -> None:
    wanted = {"Enabled": ttl.get("enabled", False), "AttributeName": ttl["attributeName"]}
    aws.call("dynamodb", "update_time_to_live", TableName=name, TimeToLiveSpecification=wanted)


def _set_recovery(aws: AwsClient, name: str, recovery: Properties) -> None:
    days = {"RecoveryPeriodInDays": recovery["recoveryPeriodInDays"]} if recovery.get("recoveryPeriodInDays") else {}
    wanted = {"PointInTimeRecoveryEnabled": recovery["enabled"], **days}
    aws.call("dynamodb", "update_continuous_backups", TableName=name, PointInTimeRecoverySpecification=wanted)


def _read(aws: AwsClient, identifier: str, given: Properties) -> Properties:
    table = _table(aws, identifier)
    backups = aws.call("dynamodb", "describe_continuous_backups", TableName=identifier)
    ttl = aws.call("dynamodb", "describe_time_to_live", TableName=identifier)["TimeToLiveDescription"]
    found = aws.pages("dynamodb", "list_tags_of_resource", "Tags", ResourceArn=table["TableArn"])
    tags = {item["Key"]: item["Value"] for item in found}
    return {"id": identifier, "region": aws.region, "tags": tags, "tagsAll": tags, **state(table, backups, ttl)}


def _update(aws: AwsClient, identifier: str, old: Properties, inputs: Properties) -> None:
    check(inputs)
    _change(aws, identifier, inputs)
    ttl, recovery = inputs.get("ttl"), inputs.get("pointInTimeRecovery")
    if ttl and bool(ttl.get("enabled")) != bool((old.get("ttl") or {}).get("enabled")):
        _set_ttl(aws, identifier, ttl)
    if recovery and recovery != old.get("pointInTimeRecovery"):
        _set_recovery(aws, identifier, recovery)
    retag(
        inputs,
        old.get("tags"),
        lambda tags: aws.call("dynamodb", "tag_resource", ResourceArn=old["arn"], Tags=pairs(tags)),
        lambda names: aws.call("dynamodb", "untag_resource", ResourceArn=old["arn"], TagKeys=names),
    )


def _change(aws: AwsClient, name: str, inputs: Properties) -> None:
    """
    One kind of change at a time, as DynamoDB takes them, until the table is as it is wished.

    Each begins with a look, so that one that was done and not answered is not asked for twice.
    """
    for attempt in range(MOST_CHANGES):
        _settle(aws, name)
        left = changes(described(_table(aws, name)), inputs)
        if not left:
            return
        try:
            aws.call("dynamodb", "update_table", TableName=name, **left[0])
        except Unanswered:
            if attempt >= MOST_LOST or not aws.patience.back_off(attempt):
                raise
    raise ProviderError(f"the table {name} does not become what is wished: {', '.join(left[0])}")


def _delete(aws: AwsClient, identifier: str, old: Properties) -> None:
    """Until it is gone: another of the same name could not be made before."""
    aws.call("dynamodb", "delete_table", TableName=identifier)
    try:
        aws.until(f"the end of the table {identifier}", lambda: _table(aws, identifier), lambda table: False)
    except Gone:
        return


def _find(aws: AwsClient, inputs: Properties) -> list[Candidate]:
    created = _table(aws, inputs["name"]).get("CreationDateTime")
    return [Candidate(inputs["name"], created.timestamp() if created else None)]


_ATTRIBUTE = {
    "name": Property("string", required=True),
    "type": Property("string", required=True, values=("B", "N", "S")),
}
_ENCRYPTION = {
    "enabled": Property("boolean", required=True),
    "kmsKeyArn": Property("string", computed=True, pattern=ARN),
}
_RECOVERY = {
    "enabled": Property("boolean", required=True),
    "recoveryPeriodInDays": Property("integer", computed=True, low=1, high=35),
}
_TTL = {"attributeName": Property("string", required=True), "enabled": Property("boolean")}
_REFUSED = {
    "globalTableWitness": Property("object", refused=True),
    "importTable": Property("object", refused=True),
    "onDemandThroughput": Property("object", refused=True),
    "replicas": Property("array", refused=True),
    "restoreDateTime": Property("string", refused=True, replace=True),
    "restoreSourceName": Property("string", refused=True),
    "restoreSourceTableArn": Property("string", refused=True),
    "restoreToLatestTime": Property("boolean", refused=True, replace=True),
    "streamEnabled": Property("boolean", refused=True),
    "streamViewType": Property("string", refused=True),
    "warmThroughput": Property("object", refused=True),
}

TABLE = Resource(
    schema={
        **_REFUSED,
        "arn": OUTPUT,
        "attributes": Property("array", required=True, unordered=True, fields=_ATTRIBUTE),
        "billingMode": Property("string", default="PROVISIONED", values=("PAY_PER_REQUEST", "PROVISIONED")),
        "deletionProtectionEnabled": Property("boolean"),
        "globalSecondaryIndexes": Property("array", unordered=True, fields=GLOBAL_INDEX),
        "hashKey": Property("string", required=True, replace=True),
        "localSecondaryIndexes": Property("array", unordered=True, fields=INDEX, replace=True),
        "name": IMMUTABLE_NAME,
        "pointInTimeRecovery": Property("object", computed=True, fields=_RECOVERY),
        "rangeKey": Property("string", replace=True),
        "readCapacity": Property("integer", computed=True),
        "region": REGION,
        "serverSideEncryption": Property("object", computed=True, fields=_ENCRYPTION),
        "streamArn": OUTPUT,
        "streamLabel": OUTPUT,
        "tableClass": Property("string", default="STANDARD", values=("STANDARD", "STANDARD_INFREQUENT_ACCESS")),
        "tags": TAGS,
        "tagsAll": TAGS_ALL,
        "ttl": Property("object", computed=True, fields=_TTL),
        "writeCapacity": Property("integer", computed=True),
    },
    noun="table",
    title="name",
    create=_create,
    complete=_complete,
    later=frozenset({"ttl", "pointInTimeRecovery"}),
    read=_read,
    update=_update,
    delete=_delete,
    find=_find,
)
