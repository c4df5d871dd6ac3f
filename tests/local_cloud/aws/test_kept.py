"""What would be kept and never run, evaluated or obeyed is refused by name."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.aws import AwsCloud
from tests.local_cloud.aws.account import Account, session_of
from tests.local_cloud.aws.notes import TABLE, make_table
from tests.requirements import requirement

Row = tuple[str, str, dict[str, Any]]
ALARM = {"AlarmName": "a", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}
METRIC = [{"metricName": "E", "metricNamespace": "N", "metricValue": "1"}]
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
MADE: dict[str, Any] = {
    "TableName": "other",
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
NEVER: list[Row] = [
    ("dynamodb", "restore_table_to_point_in_time", {"SourceTableName": "notes", "TargetTableName": "notes2"}),
    ("dynamodb", "create_backup", {"TableName": "notes", "BackupName": "one"}),
    ("dynamodb", "export_table_to_point_in_time", {"TableArn": TABLE, "S3Bucket": "b"}),
    ("dynamodb", "put_resource_policy", {"ResourceArn": TABLE, "Policy": "{}"}),
    ("dynamodb", "enable_kinesis_streaming_destination", {"TableName": "notes", "StreamArn": "a" * 40}),
    ("dynamodb", "execute_statement", {"Statement": "SELECT * FROM notes"}),
    ("dynamodb", "create_table", MADE | STREAM),
    ("dynamodb", "create_table", MADE | {"ResourcePolicy": "{}"}),
    ("dynamodb", "update_table", {"TableName": "notes", **STREAM}),
    ("logs", "put_metric_filter", {"filterName": "f", "filterPattern": "E", "metricTransformations": METRIC}),
    ("logs", "start_query", {"startTime": 0, "endTime": 1, "queryString": "stats count(*) by level"}),
    ("logs", "associate_kms_key", {"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/none"}),
    ("logs", "create_log_group", {"logGroupName": "h", "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/none"}),
    ("logs", "create_log_group", {"logGroupName": "h", "logGroupClass": "INFREQUENT_ACCESS"}),
    ("cloudwatch", "put_metric_alarm", ALARM),
    ("cloudwatch", "put_composite_alarm", {"AlarmName": "a", "AlarmRule": "ALARM(b)"}),
]
LINES = [
    json.dumps({"level": "ERROR", "ms": 5}),
    json.dumps({"level": "INFO", "ms": 50}),
    "plain ERROR line",
    "ERROR, a line",
]
FOUND = [
    ("", LINES),
    ("ERROR", [LINES[0], *LINES[2:]]),
    ("line ERROR", LINES[2:]),
    ('"ERROR line"', LINES[2:3]),
    ('"level": "INFO"', None),
    ('{ $.level = "ERROR" }', None),
    ("[a, b]", None),
    ("?ERROR ?INFO", None),
    ("-ERROR", None),
    ("ERROR -plain", None),
    ("ERROR ?line", None),
    ("%ERR.*%", None),
    ('"a" "b"', None),
    ('ERROR "a line"', None),
    ("50", None),
    (" ERROR", None),
]


@pytest.fixture
def client(account: Account, cloud: AwsCloud) -> Any:
    """A client of a service, beside a table of notes and a log group of four lines."""
    session = session_of(cloud)

    def make(service: str) -> Any:
        return session.client(service, endpoint_url=cloud.endpoint_url)

    make_table(make("dynamodb"))
    logs, now = make("logs"), int(time.time() * 1000)
    logs.create_log_group(logGroupName="g", logGroupClass="STANDARD", tags={"a": "b"})
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    lines = [{"timestamp": now - 1000 + index, "message": line} for index, line in enumerate(LINES)]
    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=lines)
    return make


@requirement("aws:refused")
@pytest.mark.parametrize("row", NEVER, ids=lambda row: f"{row[1]}-{[*row[2]][-1]}")
def test_what_would_be_kept_and_never_run_is_refused(client: Any, row: Row) -> None:
    """NotEmulated with its name: restores, streams, policies of tables, alarms, queries (ours)."""
    service, operation, arguments = row
    where = {"logGroupName": "g"} if service == "logs" else {}
    with pytest.raises(ClientError, match="does not emulate") as raised:
        getattr(client(service), operation)(**(where | arguments))

    assert raised.value.operation_name in str(raised.value)
    assert raised.value.response["Error"]["Code"] == "NotEmulated"


@requirement("aws:cloudwatch")
@pytest.mark.parametrize(("pattern", "lines"), FOUND, ids=[pattern for pattern, _ in FOUND])
def test_a_filter_pattern_is_evaluated_or_refused(client: Any, pattern: str, lines: list[str] | None) -> None:
    """Terms that must all be there, or one phrase; others by name (CloudWatch Logs, filter pattern syntax)."""
    search = client("logs").filter_log_events
    if lines is None:
        with pytest.raises(ClientError, match=r"NotEmulated.* the filterPattern"):
            search(logGroupName="g", filterPattern=pattern)
    else:
        assert [event["message"] for event in search(logGroupName="g", filterPattern=pattern)["events"]] == lines


@requirement("aws:refused")
def test_what_asks_for_nothing_of_the_kind_is_taken(client: Any) -> None:
    """A stream that is off, metrics, and what plugins look for (ours)."""
    made = client("dynamodb").create_table(**MADE, StreamSpecification={"StreamEnabled": False})
    client("cloudwatch").put_metric_data(Namespace="N", MetricData=[{"MetricName": "E", "Value": 5}])

    assert made["TableDescription"]["TableStatus"] == "ACTIVE"
    assert client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert client("logs").describe_metric_filters()["metricFilters"] == []
