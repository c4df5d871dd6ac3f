"""What an update would change, replace and delete first."""

from typing import Any

import pytest

from local_cloud.pulumi.providers import aws, okta, values
from local_cloud.pulumi.providers.values import ARCHIVE, SIGNATURE, UNKNOWN
from tests.local_cloud.pulumi.wire import Wire
from tests.requirements import requirement

SCOPE = "okta:auth/serverScope:ServerScope"
APP = "okta:app/oAuth:OAuth"
RULE = "okta:auth/serverPolicyRule:ServerPolicyRule"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration"
FUNCTION = "aws:lambda/function:Function"
Properties = dict[str, Any]


def changes(token: str, state: Properties, old: Properties, new: Properties) -> list[str]:
    """The changed properties."""
    return list(diff(token, state, old, new).diffs)


def diff(token: str, state: Properties, old: Properties, new: Properties) -> Any:
    """The plugin's answer."""
    return Wire(okta.PLUGIN if token.startswith("okta") else aws.PLUGIN).diff(token, state, old, new)


@requirement("pulumi:diff")
@pytest.mark.parametrize(
    ("token", "state", "old", "new", "changed"),
    [
        (SCOPE, {"displayName": "a"}, {"displayName": "a"}, {"displayName": "b"}, ["displayName"]),
        (SCOPE, {"displayName": "a"}, {"displayName": "a"}, {}, ["displayName"]),
        (SCOPE, {"displayName": ""}, {}, {"displayName": ""}, []),
        (SCOPE, {"default": True}, {}, {}, []),
        (SCOPE, {"default": False}, {"default": False}, {}, []),
        (SCOPE, {"optional": False}, {}, {"optional": False}, []),
        (APP, {"grantTypes": ["a", "b"]}, {"grantTypes": ["a", "b"]}, {"grantTypes": ["b", "a"]}, []),
        (
            APP,
            {"redirectUris": ["a", "b"]},
            {"redirectUris": ["a", "b"]},
            {"redirectUris": ["b", "a"]},
            ["redirectUris"],
        ),
        (APP, {"grantTypes": ["a"]}, {"grantTypes": ["a"]}, {}, []),
        (APP, {"adminNote": UNKNOWN}, {"adminNote": "a"}, {"adminNote": UNKNOWN}, ["adminNote"]),
        (APP, {"jwks": [{"kid": "k", "x": ""}]}, {}, {"jwks": [{"kid": "k"}]}, []),
        (APP, {"jwks": [{"kid": "k"}]}, {"jwks": [{"kid": "k"}]}, {"jwks": [{"kid": "l"}]}, ["jwks"]),
        (APP, {}, {"skipAuthenticationPolicy": True}, {"skipAuthenticationPolicy": True}, []),
        (STAGE, {"tags": {"a": ""}}, {}, {"tags": {"b": ""}}, ["tags"]),
        (
            STAGE,
            {"defaultRouteSettings": {"throttlingRateLimit": 5, "detailedMetricsEnabled": False}},
            {},
            {"defaultRouteSettings": {"throttlingRateLimit": 5}},
            [],
        ),
        (
            INTEGRATION,
            {
                "responseParameters": [
                    {"statusCode": "401", "mappings": {"a": "b"}},
                    {"statusCode": "403", "mappings": {}},
                ]
            },
            {},
            {
                "responseParameters": [
                    {"statusCode": "403", "mappings": {}},
                    {"statusCode": "401", "mappings": {"a": "b"}},
                ]
            },
            [],
        ),
    ],
)
def test_what_is_a_change(token: str, state: Properties, old: Properties, new: Properties, changed: list[str]) -> None:
    """Sets have no order, lists have; zero and absent are one; computed values stay (Terraform's SDK)."""
    assert changes(token, state, old, new) == changed


@requirement("pulumi:refresh")
def test_drift_in_the_state_is_a_change_although_the_program_is_the_same() -> None:
    """What a refresh found, the next update mends (issue 3, must show)."""
    given = {"accessTokenLifetimeMinutes": 60}

    assert changes(RULE, {"accessTokenLifetimeMinutes": 5}, given, given) == ["accessTokenLifetimeMinutes"]


@requirement("pulumi:diff")
def test_a_zip_is_known_by_its_hash() -> None:
    """The same bytes at another path are no change (Pulumi, asset and archive values)."""

    def archive(path: str, digest: str) -> Properties:
        return {"code": {SIGNATURE: ARCHIVE, "path": path, "hash": digest}}

    assert changes(FUNCTION, {}, archive("a.zip", "1"), archive("b.zip", "1")) == []
    assert changes(FUNCTION, {}, archive("a.zip", "1"), archive("a.zip", "2")) == ["code"]


@requirement("pulumi:diff")
def test_an_immutable_property_replaces_and_others_do_not() -> None:
    """The type of an app replaces it, its label does not (okta-plugin-properties.json)."""
    old = {"type": "native", "label": "a"}

    answer = diff(APP, old, old, {"type": "web", "label": "b"})

    assert list(answer.diffs) == ["label", "type"]
    assert list(answer.replaces) == ["type"]
    assert not answer.deleteBeforeReplace


@requirement("pulumi:diff")
@pytest.mark.parametrize(("name", "first"), [("/aws/lambda/mine", True), ("it-0a1b2c3", False)])
def test_one_with_a_given_name_goes_before_its_successor_comes(name: str, first: bool) -> None:
    """With a name that the plugin made up both can stand side by side (Pulumi's Terraform bridge)."""
    answer = diff(LOG_GROUP, {"name": name}, {"name": name}, {"name": name + "x" if first else "it-0a1b2c4"})

    assert list(answer.replaces) == ["name"]
    assert answer.deleteBeforeReplace is first


@requirement("pulumi:preview")
def test_a_preview_of_a_creation_says_what_nobody_knows_yet() -> None:
    """Outputs are unknown, inputs are there; nothing is sent (Pulumi, CreateRequest.preview)."""
    answer = Wire(aws.PLUGIN).create(API, {"name": "a", "protocolType": "HTTP"}, preview=True)
    found = values.read(answer.properties)

    assert found["apiEndpoint"] == found["executionArn"] == UNKNOWN
    assert found["name"] == "a"
    assert answer.id == ""


@requirement("pulumi:preview")
def test_a_preview_of_an_update_keeps_the_outputs() -> None:
    """What depends on the endpoint does not change with the description (Pulumi, UpdateRequest.preview)."""
    state = {"apiEndpoint": "https://a", "description": "a"}
    answer = Wire(aws.PLUGIN).update(API, "a1", state, {"description": "b"}, preview=True)

    assert values.read(answer.properties) == {"apiEndpoint": "https://a", "description": "b"}
