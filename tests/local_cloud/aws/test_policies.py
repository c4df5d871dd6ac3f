"""The evaluator of identity-based policies. Source: IAM, Policy evaluation logic; policy elements reference."""

import json
from typing import Any

import pytest

from local_cloud.aws.identity.calls import read_calls
from local_cloud.aws.identity.conditions import KEYS, holds
from local_cloud.aws.identity.errors import NotEvaluated
from local_cloud.aws.identity.policies import Call, Decision, decide
from tests.requirements import requirement

TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/notes"
FACTS = {"aws:requestedregion": ("us-east-1",), "aws:principalarn": ("arn:aws:iam::123456789012:role/r",)}
CALL = Call("dynamodb:PutItem", TABLE, FACTS)
ALLOW = {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": TABLE}
DENY = {**ALLOW, "Effect": "Deny"}


def decided(*statements: dict[str, Any], call: Call = CALL) -> Decision:
    """What one policy with these statements decides."""
    return decide([json.dumps({"Version": "2012-10-17", "Statement": list(statements)})], call)


@requirement("aws:role")
@pytest.mark.parametrize(
    ("statements", "decision"),
    [
        ([], Decision.NOT_ALLOWED),
        ([ALLOW], Decision.ALLOWED),
        ([ALLOW, DENY], Decision.DENIED),
        ([DENY, ALLOW], Decision.DENIED),
        ([{**ALLOW, "Action": "DynamoDB:putitem"}], Decision.ALLOWED),
        ([{**ALLOW, "Action": ["s3:*", "dynamodb:P?tItem"]}], Decision.ALLOWED),
        ([{**ALLOW, "Action": "*"}], Decision.ALLOWED),
        ([{**ALLOW, "Action": "dynamodb:Put"}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Resource": "*"}], Decision.ALLOWED),
        ([{**ALLOW, "Resource": TABLE.replace("us-east-1", "*")}], Decision.ALLOWED),
        ([{**ALLOW, "Resource": "arn:aws:dynamodb:*:table/notes"}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Resource": f"{TABLE}/index/*"}], Decision.NOT_ALLOWED),
        ([{**ALLOW, "Resource": [TABLE.upper(), TABLE.replace("notes", "n.tes")]}], Decision.NOT_ALLOWED),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": TABLE}], Decision.ALLOWED),
        ([{"Effect": "Allow", "NotAction": ["dynamodb:P*"], "Resource": TABLE}], Decision.NOT_ALLOWED),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "NotResource": f"{TABLE}*"}], Decision.ALLOWED),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::x"}], Decision.DENIED),
        ([ALLOW, {**DENY, "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}], Decision.ALLOWED),
        ([{**DENY, "Action": "s3:*", "Condition": {"Unknown": {"x:y": "z"}}}, ALLOW], Decision.ALLOWED),
    ],
)
def test_deny_goes_before_allow_and_allow_before_nothing(statements: list[dict[str, Any]], decision: Decision) -> None:
    """Actions without regard to case, resources with it, stars within a part of an ARN (IAM)."""
    assert decided(*statements) is decision


def test_a_statement_need_not_be_in_a_list_and_policies_add_up() -> None:
    """One object is as good (IAM, Statement); a deny in another policy counts (evaluation logic)."""
    alone = [json.dumps({"Statement": statement}) for statement in (ALLOW, DENY)]

    assert decide(alone[:1], CALL) is Decision.ALLOWED
    assert decide(alone, CALL) is Decision.DENIED


@requirement("aws:role")
@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ({**ALLOW, "Condition": {"DateLessThan": {"aws:CurrentTime": "2030"}}}, "operator 'DateLessThan'"),
        ({**ALLOW, "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}}, "operator 'ForAnyValue"),
        ({**ALLOW, "Condition": {"StringEquals": {"dynamodb:LeadingKeys": "a"}}}, "key 'dynamodb:LeadingKeys'"),
        ({**ALLOW, "Condition": {"StringLike": {"aws:PrincipalArn": "${aws:username}"}}}, "policy variables"),
        ({**ALLOW, "Resource": f"{TABLE}/${{aws:PrincipalTag/x}}"}, "policy variables"),
        ({**ALLOW, "Principal": "*"}, "the element 'Principal'"),
    ],
)
def test_what_is_not_emulated_is_named_and_decides_nothing(statement: dict[str, Any], named: str) -> None:
    """Neither allowed nor passed over, in a deny as in an allow (design: unknown means refused)."""
    for effect in ("Allow", "Deny"):
        with pytest.raises(NotEvaluated, match=named.replace("$", r"\$")):
            decided({**statement, "Effect": effect})


@requirement("aws:role")
@pytest.mark.parametrize(
    ("operator", "wanted", "held"),
    [
        ("StringEquals", ["eu-west-1", "us-east-1"], True),
        ("StringEquals", "US-EAST-1", False),
        ("StringEqualsIgnoreCase", "US-EAST-1", True),
        ("StringNotEquals", ["eu-west-1", "us-east-1"], False),
        ("StringNotEquals", "eu-west-1", True),
        ("StringLike", "us-*", True),
        ("StringNotLike", "us-*", False),
        ("StringEqualsIfExists", "eu-west-1", False),
    ],
)
def test_conditions_compare_as_documented(operator: str, wanted: Any, held: bool) -> None:
    """Any of several values; negated: none of them (IAM, multiple values)."""
    assert holds({operator: {"aws:RequestedRegion": wanted}}, FACTS) is held


@pytest.mark.parametrize(
    ("operator", "held"), [("StringEquals", False), ("StringNotEquals", True), ("StringEqualsIfExists", True)]
)
def test_a_key_that_the_request_has_not_holds_only_negated_or_if_exists(operator: str, held: bool) -> None:
    """IAM, condition operators: missing keys."""
    assert "aws:securetransport" in KEYS
    assert holds({operator: {"aws:SecureTransport": "true"}}, FACTS) is held


def test_all_conditions_of_a_statement_must_hold() -> None:
    """IAM, Condition: a logical AND."""
    region, arn = {"aws:RequestedRegion": "us-east-1"}, {"aws:PrincipalArn": "arn:aws:iam::*:role/r"}

    assert holds({"StringEquals": region, "ArnLike": arn}, FACTS)
    assert not holds({"StringEquals": region, "ArnNotLike": arn}, FACTS)


@requirement("aws:role")
@pytest.mark.parametrize(
    ("target", "body", "calls"),
    [
        ("DynamoDB_20120810.Query", {"TableName": TABLE}, [("dynamodb:Query", TABLE)]),
        ("DynamoDB_20120810.ListTables", {}, [("dynamodb:ListTables", "*")]),
        ("DynamoDB_20120810.TagResource", {"ResourceArn": TABLE}, [("dynamodb:TagResource", TABLE)]),
        ("DynamoDB_20120810.BatchGetItem", {"RequestItems": {"notes": {}}}, [("dynamodb:BatchGetItem", TABLE)]),
        (
            "DynamoDB_20120810.TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "notes"}}, {"ConditionCheck": {"TableName": "notes"}}]},
            [("dynamodb:PutItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE)],
        ),
        ("DynamoDB_20120810.TransactWriteItems", {"TransactItems": [{"Other": {"TableName": "notes"}}]}, None),
        ("DynamoDB_20120810.TransactWriteItems", {"TransactItems": ["x"]}, None),
        ("DynamoDB_20120810.BatchGetItem", {"RequestItems": []}, None),
        ("DynamoDB_20120810.ExecuteStatement", {"Statement": "SELECT"}, None),
        ("DynamoDB_20120810.PutItem", [], None),
    ],
)
def test_a_request_is_read_as_the_actions_it_needs(target: str, body: Any, calls: list[tuple[str, str]] | None) -> None:
    """Every table and action by itself; of what is not understood none is let through (Service Authorization)."""
    environ = {"HTTP_X_AMZ_TARGET": target, "REQUEST_METHOD": "POST", "PATH_INFO": "/"}
    if calls is None:
        with pytest.raises(NotEvaluated, match=target):
            read_calls("dynamodb", environ, json.dumps(body).encode())
    else:
        assert read_calls("dynamodb", environ, json.dumps(body).encode()) == calls


@pytest.mark.parametrize(
    ("service", "environ", "body", "call"),
    [
        (
            "logs",
            {"HTTP_X_AMZ_TARGET": "Logs_20140328.PutLogEvents"},
            b'{"logGroupName": "g", "logStreamName": "s"}',
            ("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s"),
        ),
        ("monitoring", {}, b"Action=PutMetricData&Namespace=x", ("cloudwatch:PutMetricData", "*")),
        (
            "monitoring",
            {"PATH_INFO": "/service/GraniteServiceVersion20100801/operation/PutMetricData"},
            b"\xbf",
            ("cloudwatch:PutMetricData", "*"),
        ),
        (
            "lambda",
            {"PATH_INFO": "/2015-03-31/functions/other/invocations"},
            b"{}",
            ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:other"),
        ),
    ],
)
def test_other_services_of_a_tool_are_read_too(
    service: str, environ: dict[str, str], body: bytes, call: tuple[str, str]
) -> None:
    """A log of its own, a metric, another function (Service Authorization Reference)."""
    assert read_calls(service, {"REQUEST_METHOD": "POST", "PATH_INFO": "/", **environ}, body) == [call]
