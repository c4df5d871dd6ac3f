"""
What moto would keep and nothing here would ever run, evaluate or obey.

Source: API references of DynamoDB, CloudWatch and CloudWatch Logs; CloudWatch Logs, Filter pattern syntax.
"""

import re
from collections.abc import Mapping
from typing import Any

from local_cloud.aws.refusals.fields import lacking_field

_OPERATIONS = {
    "dynamodb": {
        "CreateBackup", "RestoreTableFromBackup", "RestoreTableToPointInTime", "ExportTableToPointInTime",
        "ImportTable", "PutResourcePolicy", "EnableKinesisStreamingDestination", "UpdateKinesisStreamingDestination",
        "CreateGlobalTable", "UpdateContributorInsights", "ExecuteStatement", "BatchExecuteStatement",
        "ExecuteTransaction",
    },
    "logs": {
        "PutSubscriptionFilter", "PutDestination", "CreateExportTask", "PutAccountPolicy", "CreateDelivery",
        "PutMetricFilter", "TestMetricFilter", "PutResourcePolicy", "AssociateKmsKey", "StartQuery", "StartLiveTail",
        "PutDeliverySource", "PutDeliveryDestination", "CreateLogAnomalyDetector", "PutDataProtectionPolicy",
    },
    "monitoring": {
        "PutMetricAlarm", "PutCompositeAlarm", "SetAlarmState", "EnableAlarmActions", "PutAnomalyDetector",
        "PutInsightRule", "PutManagedInsightRules", "PutMetricStream", "StartMetricStreams",
    },
}  # fmt: skip
_NEVER = {"StreamSpecification", "ResourcePolicy", "GlobalTableSourceArn", "GlobalTableSettingsReplicationMode"}
# What moto's UpdateTable obeys; the rest it would pass over in silence.
_UPDATE_TABLE = {
    "TableName", "AttributeDefinitions", "GlobalSecondaryIndexUpdates", "ProvisionedThroughput", "BillingMode",
    "DeletionProtectionEnabled", "WarmThroughput",
}  # fmt: skip
# Terms, all of which must be there, or one phrase: what moto evaluates, if the first begins with a letter.
_PATTERN = re.compile(r'[a-zA-Z]\w*( \w+)*|"[^"\\]+"|', re.ASCII)


def never_run(service: str, operation: str, wanted: Mapping[str, Any]) -> str | None:
    """What this call asks for that would be kept and no more, or not be evaluated; None when there is nothing."""
    if operation in _OPERATIONS.get(service, ()):
        return operation
    lacking = _lacking(operation, wanted) if service != "monitoring" else None
    return f"{lacking} of {operation}" if lacking else None


def _lacking(operation: str, wanted: Mapping[str, Any]) -> str | None:
    if operation == "UpdateTable":
        return lacking_field(wanted, _UPDATE_TABLE, {"TableClass": "STANDARD"})
    if operation == "CreateTable":
        return lacking_field({name: wanted[name] for name in wanted if name in _NEVER}, (), {})
    if operation == "CreateLogGroup":
        return lacking_field(wanted, {"logGroupName", "tags"}, {"logGroupClass": "STANDARD"})
    pattern = wanted.get("filterPattern") if operation == "FilterLogEvents" else None
    if isinstance(pattern, str) and not _PATTERN.fullmatch(pattern):
        return f"the filterPattern {pattern!r}, only terms and one quoted phrase,"
    return None
