"""What a plugin refuses before anything is sent, always by name."""

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from local_cloud.pulumi.providers import aws, okta, values
from local_cloud.pulumi.providers.values import UNKNOWN
from tests.local_cloud.pulumi.wire import Aborted, Wire, urn_of
from tests.requirements import requirement

SCOPE = "okta:auth/serverScope:ServerScope"
APP = "okta:app/oAuth:OAuth"
STAGE = "aws:apigatewayv2/stage:Stage"
FUNCTION = "aws:lambda/function:Function"
AUTONAMING = provider_pb2.CheckRequest.AutonamingOptions
GOOD: dict[str, dict[str, Any]] = {
    SCOPE: {"authServerId": "aus1", "name": "mcp:read"},
    APP: {"label": "x", "type": "native"},
    STAGE: {"apiId": "a1", "name": "$default"},
}


def wire_of(token: str) -> Wire:
    """The plugin of the type, not connected: a check sends nothing."""
    return Wire(okta.PLUGIN if token.startswith("okta") else aws.PLUGIN)


@requirement("pulumi:check")
@pytest.mark.parametrize(
    ("token", "wrong", "path", "words"),
    [
        (SCOPE, {"colour": "red"}, "colour", "not emulated"),
        (SCOPE, {"displayName": 7}, "displayName", "must be of type string, and is of type integer"),
        (SCOPE, {"optional": "yes"}, "optional", "must be of type boolean, and is of type string"),
        (SCOPE, {"system": True}, "system", "is an output"),
        (SCOPE, {"authServerId": None}, "authServerId", "is required"),
        (APP, {"refreshTokenLeeway": True}, "refreshTokenLeeway", "must be of type integer, and is of type boolean"),
        (APP, {"refreshTokenLeeway": 1.5}, "refreshTokenLeeway", "must be of type integer, and is of type number"),
        (APP, {"redirectUris": ["http://a", 7]}, "redirectUris[1]", "must be of type string"),
        (APP, {"jwks": [{"kid": "k", "kty": "RSA", "d": "x"}]}, "jwks[0].d", "not emulated"),
        (APP, {"jwks": [{"kid": "k"}]}, "jwks[0].kty", "is required"),
        (APP, {"clientId": "0oa1"}, "clientId", "not emulated"),
        (APP, {"groupsClaim": {"name": "g"}}, "groupsClaim", "not emulated"),
        (
            STAGE,
            {"defaultRouteSettings": {"loggingLevel": "INFO"}},
            "defaultRouteSettings.loggingLevel",
            "not emulated",
        ),
        (STAGE, {"tags": {"a": 1}}, "tags.a", "must be of type string"),
        (STAGE, {"region": "eu-west-1"}, "region", "not emulated"),
    ],
)
def test_a_wrong_property_is_named(token: str, wrong: dict[str, Any], path: str, words: str) -> None:
    """Unknown, of the wrong type, an output, missing; also inside objects and lists (issue 4)."""
    _, faults = wire_of(token).check(token, {**GOOD[token], **wrong})

    assert list(faults) == [path]
    assert path in faults[path]
    assert words in faults[path]


@requirement("pulumi:check")
def test_no_reason_holds_the_value() -> None:
    """A value of the wrong type may be a secret all the same (ours)."""
    _, faults = wire_of(APP).check(APP, {**GOOD[APP], "adminNote": ["hush"]})

    assert "hush" not in faults["adminNote"]


@requirement("pulumi:check")
def test_a_path_in_the_place_of_an_archive_is_refused() -> None:
    """`code` takes a FileArchive (pulumi_aws, lambda.Function)."""
    _, faults = wire_of(FUNCTION).check(
        FUNCTION, {"role": "arn:aws:iam::123456789012:role/r", "handler": "h", "runtime": "python3.13", "code": "a.zip"}
    )

    assert faults == {"code": "the property 'code' must be of type archive, and is of type string"}


@requirement("pulumi:preview")
def test_what_is_not_known_yet_passes_the_check() -> None:
    """In a preview the ids of new objects are unknown, also within lists (Pulumi, unknown values)."""
    inputs, faults = wire_of(APP).check(APP, {**GOOD[APP], "redirectUris": ["http://a", UNKNOWN], "adminNote": UNKNOWN})

    assert faults == {}
    assert inputs["adminNote"] == UNKNOWN


@requirement("pulumi:refused")
@pytest.mark.parametrize("token", ["okta:user/user:User", "aws:s3/bucket:Bucket"])
def test_an_unknown_resource_type_is_refused_by_name(token: str) -> None:
    """For every request that names one (docs/architecture.md)."""
    with pytest.raises(Aborted, match=f"{token} is not emulated here; local_cloud/COVERAGE.md"):
        wire_of(token).check(token, {})


@requirement("pulumi:refused")
def test_an_unknown_call_is_refused_by_name() -> None:
    """A call is refused as a resource type is (docs/architecture.md)."""
    with pytest.raises(Aborted, match="okta:user/getUser:getUser is not emulated here"):
        Wire(okta.PLUGIN).invoke("okta:user/getUser:getUser", {})


@requirement("pulumi:refused")
@pytest.mark.parametrize(("plugin", "setting"), [(okta.PLUGIN, "accessToken"), (aws.PLUGIN, "assumeRoles")])
def test_an_unknown_setting_of_a_provider_is_refused_by_name(plugin: Any, setting: str) -> None:
    """What is not emulated is not ignored (docs/architecture.md)."""
    answer = Wire(plugin).ask(
        "CheckConfig", provider_pb2.CheckRequest(news=values.write({setting: "x", "version": "1"}))
    )

    assert [fault.property for fault in answer.failures] == [setting]
    assert f"{plugin.name}:{setting} is not emulated here" in answer.failures[0].reason


@requirement("pulumi:refused")
@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("GetSchema", provider_pb2.GetSchemaRequest()),
        ("Construct", provider_pb2.ConstructRequest(type="okta:x:Y")),
        ("Call", provider_pb2.CallRequest(tok="okta:x:y")),
    ],
)
def test_what_a_plugin_could_do_and_this_one_cannot_is_refused(method: str, request_: Any) -> None:
    """One sentence instead of gRPC's `Method not implemented!` (ours)."""
    with pytest.raises(Aborted, match=r"no schema; .*--generate-code=false|not emulated here"):
        Wire(okta.PLUGIN).ask(method, request_)


@requirement("pulumi:names")
def test_a_name_that_is_left_out_is_made_up_and_kept() -> None:
    """Logical name, hyphen, seven digits; the same at the next check (docs/facts/okta.md §8)."""
    wire, given = wire_of(SCOPE), {"authServerId": "aus1"}
    first, faults = wire.check(SCOPE, given, randomSeed=b"one")
    second, _ = wire.check(SCOPE, given, olds=first, randomSeed=b"two")
    other, _ = wire.check(SCOPE, given, randomSeed=b"two")

    assert faults == {}
    assert first["name"].startswith("it-") and len(first["name"]) == len("it-") + 7
    assert second["name"] == first["name"] != other["name"]


@requirement("pulumi:names")
def test_the_engine_may_propose_a_name_or_forbid_to_make_one_up() -> None:
    """`pulumi:autonaming` in the configuration (Pulumi, CheckRequest.autonaming)."""
    wire, given = wire_of(SCOPE), {"authServerId": "aus1"}
    proposed, _ = wire.check(SCOPE, given, autonaming=AUTONAMING(proposed_name="mine", mode=AUTONAMING.PROPOSE))
    none, _ = wire.check(SCOPE, given, autonaming=AUTONAMING(mode=AUTONAMING.DISABLE))

    assert proposed["name"] == "mine"
    assert "name" not in none


@requirement("pulumi:refused")
def test_our_own_mistake_is_one_sentence_with_its_place() -> None:
    """No `Exception calling application` and no traceback reaches the person (ours)."""
    with pytest.raises(Aborted, match=r"^the stand-in plugin failed: IndexError: .*\(naming.py:\d+\)$"):
        Wire(okta.PLUGIN).ask("Check", provider_pb2.CheckRequest(urn="no urn"))


def test_the_urn_of_a_child_names_its_own_type() -> None:
    """The type is what comes after the last `$` (Pulumi, URN)."""
    assert urn_of(SCOPE).split("::")[2].endswith(f"${SCOPE}")
