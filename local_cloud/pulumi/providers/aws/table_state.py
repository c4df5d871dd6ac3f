"""A DynamoDB table as it stands in the state."""

from local_cloud.pulumi.providers.aws.table_indexes import indexes_of, keys_of
from local_cloud.pulumi.providers.values import Properties


def state(table: Properties, backups: Properties, ttl: Properties) -> Properties:
    """The properties of DynamoDB's answers."""
    return {
        **described(table),
        "pointInTimeRecovery": _recovery(backups["ContinuousBackupsDescription"]),
        "ttl": {
            "attributeName": ttl.get("AttributeName", ""),
            "enabled": ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING"),
        },
    }


def described(table: Properties) -> Properties:
    """The properties that the table's description has."""
    billing = (table.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    capacity = table.get("ProvisionedThroughput") or {}
    stream = table.get("StreamSpecification") or {}
    defined = table["AttributeDefinitions"]
    attributes = [{"name": one["AttributeName"], "type": one["AttributeType"]} for one in defined]
    return {
        "arn": table["TableArn"],
        "attributes": sorted(attributes, key=lambda one: str(one["name"])),
        "billingMode": billing,
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "globalSecondaryIndexes": indexes_of(table.get("GlobalSecondaryIndexes")),
        "localSecondaryIndexes": _local(table),
        "name": table["TableName"],
        "readCapacity": capacity.get("ReadCapacityUnits", 0),
        "serverSideEncryption": _encryption(table.get("SSEDescription") or {}),
        "streamArn": table.get("LatestStreamArn", ""),
        "streamEnabled": stream.get("StreamEnabled", False),
        "streamLabel": table.get("LatestStreamLabel", ""),
        "streamViewType": stream.get("StreamViewType", ""),
        "tableClass": (table.get("TableClassSummary") or {}).get("TableClass", "STANDARD"),
        "writeCapacity": capacity.get("WriteCapacityUnits", 0),
        **keys_of(table["KeySchema"]),
    }


def _local(table: Properties) -> list[Properties]:
    """A local index has the table's hash key, which is not said again."""
    found = indexes_of(table.get("LocalSecondaryIndexes"))
    return [{name: value for name, value in one.items() if name != "hashKey"} for one in found]


def _recovery(backups: Properties) -> Properties:
    found = backups.get("PointInTimeRecoveryDescription") or {}
    days = {"recoveryPeriodInDays": found["RecoveryPeriodInDays"]} if found.get("RecoveryPeriodInDays") else {}
    return {"enabled": found.get("PointInTimeRecoveryStatus") == "ENABLED", **days}


def _encryption(found: Properties) -> Properties | None:
    if found.get("Status") not in ("ENABLED", "UPDATING", "ENABLING"):
        return None
    return {"enabled": True, "kmsKeyArn": found.get("KMSMasterKeyArn", "")}
