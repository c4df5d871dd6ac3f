"""
What the plugins refuse of a value in a preview, as the real ones do, and what they leave to the cloud.

Source: the validators in the schemas of terraform-provider-aws and of terraform-provider-okta 6.12.
"""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from local_cloud.pulumi.providers import aws, okta
from local_cloud.pulumi.providers.schema import Property
from local_cloud.pulumi.providers.values import ARCHIVE, SIGNATURE, UNKNOWN
from tests.local_cloud.pulumi.cases_aws import (
    API,
    FUNCTION,
    INTEGRATION,
    LOG_GROUP,
    PERMISSION,
    ROLE,
    ROLE_POLICY,
    ROUTE,
    STAGE,
    TABLE,
)
from tests.local_cloud.pulumi.wire import Wire
from tests.requirements import requirement

APP = "okta:app/oAuth:OAuth"
GROUP = "okta:group/group:Group"
GROUPS = "okta:index/appGroupAssignments:AppGroupAssignments"
RULE = "okta:auth/serverPolicyRule:ServerPolicyRule"
SCOPE = "okta:auth/serverScope:ServerScope"
SERVER = "okta:auth/server:Server"
ROLE_ARN = "arn:aws:iam::123456789012:role/r"
LOG_ARN = "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/aws/x"
KEYS = [{"name": "pk", "type": "S"}]
INDEX = {"name": "i", "hashKey": "pk", "rangeKey": "pk", "projectionType": "ALL"}
GOOD: dict[str, dict[str, Any]] = {
    API: {"name": "a", "protocolType": "HTTP"},
    STAGE: {"apiId": "a", "name": "$default", "accessLogSettings": {"destinationArn": LOG_ARN, "format": "x"}},
    INTEGRATION: {"apiId": "a", "integrationType": "AWS_PROXY", "integrationUri": "u"},
    ROUTE: {"apiId": "a", "routeKey": "GET /x", "target": "integrations/i"},
    LOG_GROUP: {"name": "l"},
    ROLE: {"name": "r", "assumeRolePolicy": "{}"},
    ROLE_POLICY: {"name": "p", "role": "r", "policy": "{}"},
    FUNCTION: {
        "name": "f",
        "role": ROLE_ARN,
        "handler": "h.h",
        "runtime": "python3.13",
        "code": {SIGNATURE: ARCHIVE, "path": "a.zip"},
    },
    PERMISSION: {"statementId": "s", "action": "lambda:InvokeFunction", "function": "f", "principal": "p"},
    TABLE: {
        "name": "t",
        "hashKey": "pk",
        "attributes": KEYS,
        "globalSecondaryIndexes": [INDEX],
        "localSecondaryIndexes": [{name: value for name, value in INDEX.items() if name != "hashKey"}],
        "serverSideEncryption": {"enabled": True},
        "pointInTimeRecovery": {"enabled": True},
    },
    APP: {"label": "a", "type": "native"},
    GROUP: {"name": "g"},
    GROUPS: {"appId": "a", "groups": [{"id": "g", "profile": "{}"}]},
    RULE: {"authServerId": "a", "policyId": "p", "name": "r", "priority": 1, "grantTypeWhitelists": ["implicit"]},
    SCOPE: {"authServerId": "a", "name": "s"},
    SERVER: {"name": "s", "audiences": ["a"]},
}
# type, property, a value that passes, one that does not, and what the failure says of those that do
ROWS: list[tuple[str, str, Any, Any, str]] = [
    (API, "name", "x" * 128, "x" * 129, "1 to 128 characters"),
    (API, "name", "x", "", "1 to 128 characters"),
    (API, "description", "x" * 1024, "x" * 1025, "0 to 1024 characters"),
    (API, "protocolType", "WEBSOCKET", "REST", "one of HTTP, WEBSOCKET"),
    (STAGE, "name", "x" * 128, "x" * 129, "1 to 128 characters"),
    (STAGE, "description", "", "x" * 1025, "0 to 1024 characters"),
    (STAGE, "accessLogSettings.destinationArn", LOG_ARN, "/aws/vendedlogs/x", "match (arn:"),
    (STAGE, "accessLogSettings.destinationArn", "", "arn:aws:logs:us-east-1:1:log-group:x", "match (arn:"),
    (INTEGRATION, "integrationType", "HTTP_PROXY", "LAMBDA", "one of AWS, HTTP, MOCK, HTTP_PROXY, AWS_PROXY"),
    (INTEGRATION, "integrationMethod", "ANY", "post", "one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
    (INTEGRATION, "payloadFormatVersion", "2.0", "3.0", "one of 1.0, 2.0"),
    (ROUTE, "target", "x" * 128, "x" * 129, "1 to 128 characters"),
    (ROUTE, "target", "x", "", "1 to 128 characters"),
    (LOG_GROUP, "name", "/aws/a_b.c-d#e", "a b", "match [0-9A-Za-z_./#-]+"),
    (LOG_GROUP, "name", "x" * 512, "x" * 513, "0 to 512 characters"),
    (LOG_GROUP, "retentionInDays", 14, 2, "one of 0, 1, 3, 5, 7, 14, 30,"),
    (LOG_GROUP, "retentionInDays", 0, 3654, "one of 0, 1, 3, 5, 7, 14, 30,"),
    (ROLE, "name", "x" * 64, "x" * 65, "1 to 64 characters"),
    (ROLE, "name", "a_+=,.@-", "a b", r"match [\w+=,.@-]*"),
    (ROLE, "assumeRolePolicy", '{"Version": "2012-10-17"}', "{", "be a JSON text"),
    (ROLE, "description", "x" * 1000, "x" * 1001, "0 to 1000 characters"),
    (ROLE, "description", "'plain'", "“curly”", "match [^“‘]*"),
    (ROLE, "maxSessionDuration", 43_200, 43_201, "from 3600 to 43200"),
    (ROLE, "maxSessionDuration", 3600, 3599, "from 3600 to 43200"),
    (ROLE, "path", "/" * 512, "/" * 513, "0 to 512 characters"),
    (ROLE_POLICY, "name", "x" * 128, "x" * 129, "1 to 128 characters"),
    (ROLE_POLICY, "policy", "{\n}", "[]", r"match \{.*"),
    (ROLE_POLICY, "policy", "{}", "{,}", "be a JSON text"),
    (ROLE_POLICY, "role", "r", ROLE_ARN, "match (?!arn:)"),
    (FUNCTION, "name", "x" * 64, "x" * 65, "match (arn:"),
    (FUNCTION, "name", "a_b-1", "a b", "match (arn:"),
    (FUNCTION, "role", ROLE_ARN, "r", "match (arn:"),
    (FUNCTION, "handler", "h" * 128, "h" * 129, "1 to 128 characters"),
    (FUNCTION, "runtime", "python3.13", "python3", "one of nodejs, "),
    (FUNCTION, "architectures[0]", "arm64", "sparc", "one of x86_64, arm64"),
    (FUNCTION, "architectures", ["arm64"], ["arm64", "x86_64"], "0 to 1 items"),
    (FUNCTION, "memorySize", 10_240, 10_241, "from 128 to 10240"),
    (FUNCTION, "memorySize", 128, 127, "from 128 to 10240"),
    (FUNCTION, "timeout", 900, 901, "from 1 to 900"),
    (FUNCTION, "timeout", 1, 0, "from 1 to 900"),
    (FUNCTION, "reservedConcurrentExecutions", -1, -2, "at least -1"),
    (PERMISSION, "statementId", "x" * 100, "x" * 101, "1 to 100 characters"),
    (PERMISSION, "statementId", "a-b_1", "a.b", "match [0-9A-Za-z_-]+"),
    (PERMISSION, "action", "lambda:*", "s3:GetObject", "match lambda:"),
    (PERMISSION, "function", "arn:aws:lambda:us-east-1:123456789012:function:f:live", "a/b", "match (arn:"),
    (PERMISSION, "sourceArn", "arn:aws:execute-api:us-east-1:123456789012:a/*/*", "a/*/*", "match (arn:"),
    (TABLE, "attributes[0].type", "N", "L", "one of B, N, S"),
    (TABLE, "billingMode", "PAY_PER_REQUEST", "FREE", "one of PAY_PER_REQUEST, PROVISIONED"),
    (TABLE, "tableClass", "STANDARD_INFREQUENT_ACCESS", "COLD", "one of STANDARD, STANDARD_INFREQUENT_ACCESS"),
    (TABLE, "globalSecondaryIndexes[0].projectionType", "INCLUDE", "SOME", "one of ALL, INCLUDE, KEYS_ONLY"),
    (TABLE, "localSecondaryIndexes[0].projectionType", "KEYS_ONLY", "SOME", "one of ALL, INCLUDE, KEYS_ONLY"),
    (TABLE, "serverSideEncryption.kmsKeyArn", "arn:aws:kms:us-east-1:123456789012:key/k", "alias/k", "match (arn:"),
    (TABLE, "pointInTimeRecovery.recoveryPeriodInDays", 35, 36, "from 1 to 35"),
    (TABLE, "pointInTimeRecovery.recoveryPeriodInDays", 1, 0, "from 1 to 35"),
    (APP, "adminNote", "\N{SNOWMAN}" * 250, "x" * 251, "0 to 250 characters"),
    (APP, "enduserNote", "x" * 250, "x" * 251, "0 to 250 characters"),
    (APP, "responseTypes[0]", "id_token", "none", "one of code, token, id_token"),
    (GROUP, "name", "x" * 255, "x" * 256, "0 to 255 characters"),
    (GROUPS, "groups[0].profile", '{"a": 1}', "a: 1", "be a JSON text"),
]
# What neither real plugin looks at: the cloud's own answer is the first to say it.
LEFT: list[tuple[str, str, Any]] = [
    (INTEGRATION, "timeoutMilliseconds", 31_000),
    (INTEGRATION, "responseParameters", [{"statusCode": "700", "mappings": {}}]),
    (ROUTE, "routeKey", "FOO x"),
    (FUNCTION, "environment", {"variables": {"1": "x"}}),
    (FUNCTION, "description", "x" * 257),
    (FUNCTION, "tags", {"aws:x": "1"}),
    (SCOPE, "consent", "MAYBE"),
    (SCOPE, "metadataPublish", "SOME"),
    (SERVER, "issuerMode", "MINE"),
    (SERVER, "credentialsRotationMode", "NEVER"),
    (SERVER, "status", "ASLEEP"),
    (APP, "type", "desktop"),
    (APP, "grantTypes", ["magic"]),
    (APP, "tokenEndpointAuthMethod", "handshake"),
    (APP, "consentMethod", "ASK"),
    (APP, "refreshTokenRotation", "SOMETIMES"),
    (RULE, "grantTypeWhitelists", ["magic"]),
    (RULE, "accessTokenLifetimeMinutes", 1),
    (RULE, "refreshTokenWindowMinutes", -1),
]


def check(token: str, path: str, value: Any) -> dict[str, str]:
    """The failures of a good object with this value in it."""
    given = deepcopy(GOOD[token])
    *above, last = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", path)]
    place: Any = given
    for part in above:
        place = place.setdefault(part, [None]) if isinstance(place, dict) else place[part]
    place[last] = value
    faults: dict[str, str] = Wire(okta.PLUGIN if token.startswith("okta") else aws.PLUGIN).check(token, given)[1]
    return faults


@requirement("pulumi:check")
@pytest.mark.parametrize(("token", "path", "good", "bad", "words"), ROWS)
def test_a_value_that_the_real_plugin_would_not_take_is_named(
    token: str, path: str, good: Any, bad: Any, words: str
) -> None:
    """With the property and what it may be, and without the value, which may be secret (the providers' validators)."""
    faults = check(token, path, bad)

    assert check(token, path, good) == {}
    assert list(faults) == [path]
    assert f"the property '{path}' must " in faults[path]
    assert words in faults[path]
    assert len(str(bad)) < 5 or f"'{bad}'" not in faults[path]


@requirement("pulumi:check")
@pytest.mark.parametrize(("token", "path", "value"), LEFT)
def test_what_the_real_plugin_leaves_to_the_cloud_passes(token: str, path: str, value: Any) -> None:
    """A stand-in that knew more would hide what a preview does not find (the providers' schemas)."""
    assert check(token, path, value) == {}


@requirement("pulumi:preview")
@pytest.mark.parametrize(("token", "path"), [(token, path) for token, path, *_ in ROWS])
def test_a_value_that_is_not_known_yet_is_not_judged(token: str, path: str) -> None:
    """Whatever the property (Pulumi, unknown values)."""
    assert check(token, path, UNKNOWN) == {}


@requirement("pulumi:check")
def test_a_policy_and_its_absence_cannot_both_be_asked_for() -> None:
    """ConflictsWith (terraform-provider-okta, app_oauth)."""
    both = {"authenticationPolicy": "rst1", "skipAuthenticationPolicy": True}
    _, faults = Wire(okta.PLUGIN).check(APP, {**GOOD[APP], **both})

    assert list(faults) == ["skipAuthenticationPolicy"]
    assert "cannot be set beside 'authenticationPolicy'" in faults["skipAuthenticationPolicy"]


def limited(schema: Mapping[str, Property], above: str = "") -> Iterator[str]:
    """The paths of the properties that have a limit, with [0] for any item."""
    for name, spec in schema.items():
        item = "[0]" if spec.kind == "array" else ""
        if spec.values or spec.pattern or spec.json:
            yield f"{above}{name}{item}"
        if spec.longest is not None or spec.low is not None:
            yield f"{above}{name}"
        yield from limited(spec.fields or {}, f"{above}{name}{item}.")


@pytest.mark.parametrize("plugin", [aws.PLUGIN, okta.PLUGIN], ids=["aws", "okta"])
def test_each_limit_has_a_row(plugin: Any) -> None:
    """No limit without a good and a bad value (ours)."""
    rows = {(token, path) for token, path, *_ in ROWS}
    limits = {(token, path) for token, resource in plugin.resources.items() for path in limited(resource.schema)}

    assert sorted(limits - rows) == []


def test_two_policies_that_say_the_same_are_no_difference() -> None:
    """As the real plugin compares them (terraform-provider-aws, assume_role_policy)."""
    spaced = {**GOOD[ROLE], "assumeRolePolicy": json.dumps({"a": [1], "b": 2}, indent=2)}
    state = {**GOOD[ROLE], "assumeRolePolicy": '{"b":2,"a":[1]}'}

    assert list(Wire(aws.PLUGIN).diff(ROLE, state, state, spaced).diffs) == []
