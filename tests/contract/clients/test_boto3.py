"""AWS's SDK against the local AWS, as an operator and a tool author use it. Source: issue 4; AWS API references."""

import json
import time
from typing import Any

import pytest

from tests.contract.clients.notes_table import item
from tests.local_cloud.aws.account import Account, zipped
from tests.requirements import requirement


@requirement("contract:boto3")
def test_an_operator_sees_who_they_are_and_what_runs(aws: dict[str, Any], account: Account) -> None:
    """GetCallerIdentity, GetFunction, GetApi, GetRoutes, GetIntegrations, GetStages show what was deployed."""
    api = account.serve(MemorySize=512, Timeout=9)
    function = aws["lambda"].get_function(FunctionName="f")["Configuration"]
    gateway = aws["apigatewayv2"]

    assert aws["sts"].get_caller_identity()["Account"] == function["FunctionArn"].split(":")[4]
    assert (function["MemorySize"], function["Timeout"], function["State"]) == (512, 9, "Active")
    assert gateway.get_api(ApiId=api["id"])["ApiEndpoint"] == api["url"]
    assert [route["RouteKey"] for route in gateway.get_routes(ApiId=api["id"])["Items"]] == ["$default"]
    assert [stage["StageName"] for stage in gateway.get_stages(ApiId=api["id"])["Items"]] == ["$default"]
    integration = gateway.get_integrations(ApiId=api["id"])["Items"][0]
    assert integration["IntegrationUri"] == function["FunctionArn"]


@requirement("contract:boto3")
def test_the_sdk_invokes_what_the_gateway_serves(aws: dict[str, Any], account: Account) -> None:
    """Invoke runs the deployed code; an exception is a FunctionError with AWS's body (Lambda API, Invoke)."""
    account.create_function("def handler(event, context):\n    return {'sum': event['a'] + event['b']}")
    good = aws["lambda"].invoke(FunctionName="f", Payload=json.dumps({"a": 2, "b": 3}))
    bad = aws["lambda"].invoke(FunctionName="f", Payload=b"{}")

    assert json.load(good["Payload"]) == {"sum": 5}
    assert (good["StatusCode"], "FunctionError" in good) == (200, False)
    assert bad["FunctionError"] == "Unhandled"
    assert json.load(bad["Payload"])["errorType"] == "KeyError"


@requirement("contract:boto3")
def test_new_code_counts_at_once(aws: dict[str, Any], account: Account) -> None:
    """UpdateFunctionCode and its waiter, as a deployment script uses them (Lambda API)."""
    account.create_function("def handler(event, context):\n    return 1")
    before = json.load(aws["lambda"].invoke(FunctionName="f")["Payload"])
    changed = "def handler(event, context):\n    return 2"
    aws["lambda"].update_function_code(FunctionName="f", ZipFile=zipped(changed))
    aws["lambda"].get_waiter("function_updated_v2").wait(FunctionName="f", WaiterConfig={"Delay": 1, "MaxAttempts": 3})

    assert (before, json.load(aws["lambda"].invoke(FunctionName="f")["Payload"])) == (1, 2)


@requirement("contract:boto3-paging")
def test_the_sdks_paginators_reach_everything_once(aws: dict[str, Any], account: Account) -> None:
    """ListFunctions and DescribeLogGroups, in small pages (botocore paginators)."""
    for number in range(5):
        account.create_function("def handler(event, context):\n    return 1", name=f"f{number}")
        aws["logs"].create_log_group(logGroupName=f"/aws/lambda/f{number}")
    lists = (("lambda", "list_functions", "Functions"), ("logs", "describe_log_groups", "logGroups"))

    for service, call, key in lists:
        pages = list(aws[service].get_paginator(call).paginate(PaginationConfig={"PageSize": 2}))
        found = [row.get("FunctionName") or row["logGroupName"] for page in pages for row in page[key]]
        assert len(found) == len(set(found)) == 5


@requirement("contract:boto3-paging")
def test_a_query_pages_through_one_owners_notes(notes: Any) -> None:
    """Query with Limit and ExclusiveStartKey, and no other owner's notes (DynamoDB API, Query)."""
    for number in range(7):
        notes.put_item(TableName="notes", Item=item("ada", f"{number}"))
    notes.put_item(TableName="notes", Item=item("eve", "0"))
    wanted = {"KeyConditionExpression": "#o = :o", "ExpressionAttributeNames": {"#o": "owner"}}
    pages = notes.get_paginator("query").paginate(
        TableName="notes",
        ExpressionAttributeValues={":o": {"S": "ada"}},
        PaginationConfig={"PageSize": 3},
        **wanted,
    )

    assert [[row["id"]["S"] for row in page["Items"]] for page in pages if page["Items"]] == [
        ["0", "1", "2"],
        ["3", "4", "5"],
        ["6"],
    ]


@requirement("contract:boto3")
def test_writes_can_be_conditional(notes: Any) -> None:
    """Adding twice and changing an old version are refused by the code that the SDK has a class for (DynamoDB)."""
    absent = "attribute_not_exists(id)"
    notes.put_item(TableName="notes", Item=item("ada", "1", version="1"), ConditionExpression=absent)
    update = {
        "TableName": "notes",
        "Key": item("ada", "1"),
        "UpdateExpression": "SET version = :new",
        "ConditionExpression": "version = :old",
    }
    notes.update_item(ExpressionAttributeValues={":new": {"S": "2"}, ":old": {"S": "1"}}, **update)

    with pytest.raises(notes.exceptions.ConditionalCheckFailedException):
        notes.put_item(TableName="notes", Item=item("ada", "1"), ConditionExpression=absent)
    with pytest.raises(notes.exceptions.ConditionalCheckFailedException):
        notes.update_item(ExpressionAttributeValues={":new": {"S": "3"}, ":old": {"S": "1"}}, **update)
    assert notes.get_item(TableName="notes", Key=item("ada", "1"))["Item"]["version"] == {"S": "2"}


@requirement("contract:boto3")
def test_an_operator_reads_what_the_function_printed(aws: dict[str, Any], account: Account) -> None:
    """FilterLogEvents finds the line of a call in the function's group, as `aws logs tail` does (CloudWatch Logs)."""
    code = "def handler(event, context):\n    print('needle', event['n'])\n    return 1"
    aws["logs"].create_log_group(logGroupName="/aws/lambda/f")
    account.create_function(code)
    allow_logging(aws, "r", "/aws/lambda/f")
    for number in range(3):
        aws["lambda"].invoke(FunctionName="f", Payload=json.dumps({"n": number}))
    events = found_events(aws["logs"], "/aws/lambda/f", "needle", 3)

    assert [event["message"].strip().split()[-2:] for event in events] == [["needle", f"{n}"] for n in range(3)]
    assert [event["timestamp"] for event in events] == sorted(event["timestamp"] for event in events)


def allow_logging(aws: dict[str, Any], role: str, group: str) -> None:
    """Let the function's role write to its group."""
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws["iam"].put_role_policy(RoleName=role, PolicyName="logs", PolicyDocument=document)


def found_events(logs: Any, group: str, pattern: str, count: int) -> list[dict[str, Any]]:
    """The events with the pattern; they arrive a moment after the call that printed them."""
    pages, deadline = logs.get_paginator("filter_log_events"), time.monotonic() + 5
    found: list[dict[str, Any]] = []
    while len(found) < count and time.monotonic() < deadline:
        answers = pages.paginate(logGroupName=group, filterPattern=pattern)
        found = [event for page in answers for event in page["events"]]
    return found
