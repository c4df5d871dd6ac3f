"""What functions and stages log, as the AWS SDK reads it from CloudWatch Logs."""

import json
from typing import Any

import httpx2
import pytest
from moto.core.model_instances import model_data

from local_cloud.aws import AwsCloud
from local_cloud.aws.cloudwatch import groups
from tests.local_cloud.aws.account import ECHO, Account, session_of
from tests.local_cloud.aws.notes import LOG
from tests.local_cloud.aws.test_functions import invoke
from tests.requirements import requirement

GROUP = "/aws/lambda/f"
PRINTS = "import os\ndef handler(event, context):\n    print('hello', event)\n    return os.environ['AWS_{}']"
STREAM = PRINTS.format("LAMBDA_LOG_STREAM_NAME")


@pytest.fixture
def logs(cloud: AwsCloud) -> Any:
    """The administrator's client."""
    return session_of(cloud).client("logs", endpoint_url=cloud.endpoint_url)


def permit(account: Account, *statements: dict[str, Any]) -> None:
    """Replace the policy of the function's role."""
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    account.iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document)


@requirement("aws:cloudwatch")
def test_the_log_group_has_the_lines_of_each_environment_in_its_stream(account: Account, logs: Any) -> None:
    """START, output, END, REPORT, in order and with their times, readable at once (AWS Lambda, CloudWatch Logs)."""
    logs.create_log_group(logGroupName=GROUP)
    account.create_function(STREAM)
    permit(account, LOG)
    stream = invoke(account, 1)
    invoke(account, 2)

    events = logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startFromHead=True)["events"]
    words = [event["message"].split()[0] for event in events]
    assert words == ["INIT_START", *["START", "hello", "END", "REPORT"] * 2]
    times = [event["timestamp"] for event in events]
    assert times == sorted(times) and all(abs(event["ingestionTime"] - event["timestamp"]) < 60_000 for event in events)
    found = logs.filter_log_events(logGroupName=GROUP, filterPattern="hello")["events"]
    assert [event["message"] for event in found] == ["hello 1\n", "hello 2\n"]
    described = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)["logStreams"]
    assert [(item["logStreamName"], item["lastEventTimestamp"]) for item in described] == [(stream, times[-1])]


@requirement("aws:cloudwatch")
def test_a_traceback_is_one_event(account: Account, logs: Any) -> None:
    """Its lines are one message there and readable in the file (AWS Lambda, Python logging)."""
    logs.create_log_group(logGroupName=GROUP)
    account.create_function("def handler(event, context):\n    raise ValueError('no')")
    permit(account, LOG)
    invoke(account)

    (event,) = logs.filter_log_events(logGroupName=GROUP, filterPattern="Traceback")["events"]
    assert event["message"].startswith("[ERROR] ValueError: no\nTraceback (most recent call last):\n")


@requirement("aws:cloudwatch")
def test_without_the_permission_the_group_gets_nothing_and_the_file_says_why(account: Account, logs: Any) -> None:
    """The function runs all the same; said once, with IAM's words (AWS Lambda, execution role)."""
    logs.create_log_group(logGroupName=GROUP)
    account.create_function(STREAM)
    (account.root / ".local/logs/function-f.log").unlink(missing_ok=True)
    invoke(account)
    invoke(account)

    assert logs.describe_log_streams(logGroupName=GROUP)["logStreams"] == []
    (said,) = [line for line in account.log_of().splitlines() if "CloudWatch gets no lines" in line]
    assert "assumed-role/r/f is not authorized to perform: logs:CreateLogStream on resource: " in said
    assert account.log_of().count("hello") == 2
    permit(account, LOG)
    stream = invoke(account)
    assert [item["logStreamName"] for item in logs.describe_log_streams(logGroupName=GROUP)["logStreams"]] == [stream]


@requirement("aws:cloudwatch")
def test_a_missing_group_is_made_only_by_a_role_that_may(account: Account, logs: Any) -> None:
    """logs:CreateLogGroup brings it, as after `down` with a managed policy (AWS Lambda, execution role)."""
    account.create_function(STREAM)
    permit(account, LOG)
    invoke(account)
    assert logs.describe_log_groups()["logGroups"] == []
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    account.iam.attach_role_policy(RoleName="r", PolicyArn=basic)
    invoke(account)

    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == [GROUP]


@requirement("aws:cloudwatch")
def test_a_function_can_write_a_log_of_its_own_only_where_its_role_may(account: Account, logs: Any) -> None:
    """A policy that cannot be evaluated is said by name and gives nothing (ours)."""
    logs.create_log_group(logGroupName=GROUP)
    account.create_function(STREAM)
    (account.root / ".local/logs/function-f.log").unlink(missing_ok=True)
    permit(account, {**LOG, "Condition": {"StringEquals": {"aws:SourceVpc": "x"}}})
    invoke(account)

    assert logs.filter_log_events(logGroupName=GROUP)["events"] == []
    assert "does not emulate the condition key 'aws:SourceVpc'" in account.log_of()


@requirement("aws:cloudwatch")
def test_the_access_log_reaches_its_group_if_there_is_one(account: Account, logs: Any) -> None:
    """The stage's destination, the same lines as in the file (API Gateway, access logs for HTTP APIs)."""
    api = account.serve("def handler(event, context):\n    return 'ok'")
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/a"
    settings = {"DestinationArn": arn, "Format": '{"s": "$context.status", "p": "$context.path"}'}
    account.gateway.update_stage(ApiId=api["id"], StageName="$default", AccessLogSettings=settings)
    path = account.root / ".local/logs/access-a.log"
    path.unlink(missing_ok=True)
    httpx2.get(f"{api['url']}/before")
    assert logs.describe_log_groups()["logGroups"] == []
    logs.create_log_group(logGroupName="/aws/vendedlogs/a")
    httpx2.get(f"{api['url']}/after")

    events = logs.filter_log_events(logGroupName="/aws/vendedlogs/a")["events"]
    assert [event["message"] for event in events] == ['{"s": "200", "p": "/after"}']
    assert path.read_text().count("there is no log group /aws/vendedlogs/a") == 1


@requirement("aws:cloudwatch")
def test_a_group_keeps_the_newest_lines_and_no_empty_streams(account: Account) -> None:
    """Memory does not grow with the age of the local cloud (ours)."""
    groups.create_group("g")
    for number in range(60):
        groups.create_stream("g", str(number))
        groups.put_events("g", str(number), [{"timestamp": number, "message": "x"} for _ in range(400)])
    kept = groups._backend().groups["g"].streams

    assert [*kept] == [str(number) for number in range(35, 60)]
    assert sum(len(stream.events) for stream in kept.values()) == groups.KEPT_EVENTS
    groups.put_events("g", "59", [{"timestamp": 60, "message": "y" * (groups.KEPT_BYTES - 10)}])
    assert sum(stream.stored_bytes for stream in kept.values()) <= groups.KEPT_BYTES
    assert [*kept] == ["59"]


@requirement("aws:cloudwatch")
def test_what_is_gone_is_not_remembered_behind_the_back(account: Account, logs: Any) -> None:
    """moto tracks each instance for its dashboard; 2,000 calls took 6 MB for ever (scripts/bench load)."""
    account.create_function(ECHO)
    for number in range(3):
        invoke(account, number)
    logs.create_log_group(logGroupName="mine")

    tracked = {name for models in model_data.values() for name, model in models.items() if model.instances_tracked}
    assert tracked == set()


def test_lines_for_a_group_that_is_deleted_meanwhile_are_dropped(account: Account) -> None:
    """Nothing fails behind the back of a request (ours)."""
    groups.put_events("none", "s", [{"timestamp": 1, "message": "x"}])

    assert not groups.has_group("none")


@pytest.mark.parametrize("operation", ["put_subscription_filter", "create_export_task"])
def test_what_would_carry_lines_elsewhere_is_refused(account: Account, logs: Any, operation: str) -> None:
    """Subscriptions and exports would be kept and never run (design: unknown means refused)."""
    arguments = {
        "put_subscription_filter": {
            "logGroupName": GROUP, "filterName": "x", "filterPattern": "", "destinationArn": "arn:aws:lambda:x"
        },
        "create_export_task": {"logGroupName": GROUP, "fromTime": 0, "to": 1, "destination": "bucket"},
    }  # fmt: skip
    with pytest.raises(logs.exceptions.ClientError, match="does not emulate"):
        getattr(logs, operation)(**arguments[operation])
