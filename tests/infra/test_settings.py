"""What a stack's configuration may say, and what is said about one that cannot be used."""

import base64
import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import clouds, program
from infra.access import Access, access_warnings
from infra.errors import InvalidSettings
from infra.reader import DEFAULTS, environment_name
from infra.settings import Settings
from lambda_server.scopes import SCOPES
from tests.infra.cloud import ACCESS, REMOTE, settings_of
from tests.requirements import requirement

PROJECT = yaml.safe_load((Path(__file__).parents[2] / "Pulumi.yaml").read_text())
GROUPS = st.text(min_size=1).map(str.strip).filter(bool)
SETS = st.sets(st.sampled_from([scope.name for scope in SCOPES]), min_size=1)
LOCAL = {
    "OKTA_HTTP_PROXY": "http://127.0.0.1:7001",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:7002",
    "MCP_OKTA_LOCAL_ACCESS": ACCESS,
}


def refusal(config: dict[str, str], stack: str = "dev", environment: dict[str, str] = REMOTE) -> InvalidSettings:
    """The error that the configuration leads to."""
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_config({f"mcp-okta:{key}": value for key, value in config.items()}, stack, environment)
    return caught.value


@requirement("infra:problems")
def test_all_problems_are_in_one_message() -> None:
    """Types, ranges and presence at once (issue 3 §2); the message names key, value and range."""
    wrong = {"memory": "lots", "timeout": "30", "createGroups": "yes", "logLevel": "info", "redirectPorts": "80"}
    error = refusal(wrong)

    assert all(f"{key}: {value!r}" in error.message for key, value in wrong.items())
    assert "access: is empty" in error.message
    assert "from 128 to 10240" in error.message
    assert error.remedy == """pulumi config set --stack dev access '{"YOUR-GROUP": ["mcp:read"]}'"""


@requirement("infra:keys")
def test_each_key_is_declared_with_description_and_text_default() -> None:
    """The engine stops at the first typed or required key it dislikes, so all are text with a default (design)."""
    declared = PROJECT["config"]

    assert {key: entry["default"] for key, entry in declared.items()} == DEFAULTS
    assert all(
        set(entry) == {"description", "default"} and len(entry["description"]) > 20 for entry in declared.values()
    )


def test_the_project_is_what_the_contract_says() -> None:
    """Name, entry point and virtual environment (contract: plain Pulumi)."""
    assert PROJECT["name"] == "mcp-okta"
    assert PROJECT["main"] == "infra"
    assert PROJECT["runtime"] == {"name": "python", "options": {"virtualenv": ".venv"}}


def test_an_unknown_key_is_refused_with_the_likely_one() -> None:
    """A typing error would otherwise be ignored without a word (ours)."""
    assert "trottleRate: no such key; did you mean throttleRate?" in refusal({"trottleRate": "1"}).message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stackId", "0A1B2C3D"),
        ("stackId", "0a1b"),
        ("memory", "127"),
        ("memory", "10241"),
        ("memory", "1024.5"),
        ("memory", "１０２４"),
        ("memory", ""),
        ("timeout", "0"),
        ("throttleRate", "0"),
        ("throttleBurst", "5001"),
        ("logRetentionDays", "15"),
        ("tokenCheck", "none"),
        ("accessTokenMinutes", "4"),
        ("accessTokenMinutes", "1441"),
        ("redirectPorts", ""),
        ("redirectPorts", "8765,8765"),
        ("redirectPorts", "8765,"),
        ("extraRedirectUris", "http://example.com/callback"),
        ("extraRedirectUris", "https://example.com/*"),
        ("extraRedirectUris", "https://example.com/#x"),
        ("extraRedirectUris", "javascript:alert(1)"),
        ("allowedOrigins", "https://example.com/"),
        ("allowedOrigins", "*"),
        ("allowedOrigins", "null"),
        ("pythonVersion", "3.10"),
        ("architecture", "riscv64"),
        ("reservedConcurrency", "0"),
        ("createGroups", ""),
    ],
)
def test_a_value_out_of_range_is_refused(key: str, value: str) -> None:
    """Each range is one of the service's own, or of the contract (Lambda, API Gateway, Okta, CloudWatch Logs)."""
    assert f"\n  - {key}: " in refusal({"access": ACCESS, key: value}).message


def test_the_defaults_are_enough_with_access() -> None:
    """Nothing but `access` has to be said on real accounts (design, infra)."""
    dev = settings_of()

    assert dev.name == "mcp-okta-dev"
    assert (dev.target.python, dev.target.architecture) == ("3.13", "x86_64")
    assert dev.reserved_concurrency is None
    assert dev.allowed_origins == ()


def test_on_the_local_cloud_the_target_is_this_interpreter() -> None:
    """Locally the zip runs in the interpreter that runs the program (design, locks)."""
    local = Settings.from_config({}, "local", LOCAL)

    assert local.target.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert local.on_local_cloud


@requirement("infra:chain")
def test_sets_that_do_not_contain_one_another_are_refused() -> None:
    """The error names two groups, the largest set comes first otherwise (Okta: no down-scoping)."""
    message = refusal({"access": '{"ones": ["mcp:read"], "others": ["mcp:write"]}'}).message

    assert "gives the groups 'ones' and 'others' sets of which neither contains the other" in message
    assert [grant.scopes for grant in settings_of().access.grants] == [("mcp:read", "mcp:write"), ("mcp:read",)]


@requirement("infra:base-scopes")
def test_base_scopes_are_what_every_group_has() -> None:
    """The intersection of all sets; an empty one is an error before anything is created (design, infra)."""
    message = refusal({"access": '{"ones": ["mcp:read"], "others": ["mcp:write"]}'}).message

    assert settings_of().access.base_scopes == ("mcp:read",)
    assert "leaves no scope that every group has" in message


@pytest.mark.parametrize(
    ("access", "problem"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("7", "is not a JSON object"),
        ("{}", "names no group"),
        ('{"a": []}', "is not a list of scopes"),
        ('{"a": "mcp:read"}', "is not a list of scopes"),
        ('{"a": [1]}', "is not a list of scopes"),
        ('{"a": {"mcp:read": true}}', "is not a list of scopes"),
        ('{"a": ["mcp:admin"]}', "unknown scope 'mcp:admin'"),
        ('{"a": ["openid"]}', "unknown scope 'openid'"),
        ('{"a": ["mcp:read"], "a": ["mcp:write"]}', "names the group 'a' twice"),
        ('{" a": ["mcp:read"]}', "begins or ends with a space"),
    ],
)
def test_an_access_that_cannot_be_meant_is_refused(access: str, problem: str) -> None:
    """Malformed JSON, unknown scopes and double groups each have a sentence (ours)."""
    assert problem in refusal({"access": access}).message


@settings(deadline=None)
@given(st.dictionaries(GROUPS, SETS, min_size=1))
def test_rules_cover_each_group_once_and_shrink(groups: dict[str, set[str]]) -> None:
    """Whatever access is accepted: each group in one rule, each set a strict subset of the one before (ours)."""
    text = json.dumps({name: sorted(scopes) for name, scopes in groups.items()})
    try:
        grants = settings_of(access=text).access.grants
    except InvalidSettings:
        return

    assert sorted(name for grant in grants for name in grant.groups) == sorted(groups)
    assert all(set(b.scopes) < set(a.scopes) for a, b in pairwise(grants))


@requirement("infra:wrong-cloud")
@pytest.mark.parametrize("stack", ["local", "feature-x"])
def test_a_stack_on_the_local_cloud_refuses_a_real_one(stack: str) -> None:
    """`local` and its branches must see loopback endpoints for both clouds (issue 3 §2)."""
    branch = {} if stack == "local" else {"branchOf": "local"}
    error = refusal({"access": ACCESS, **branch}, stack, REMOTE)

    assert "Okta is https://acme.okta.com, not an address of this machine" in error.message
    assert "AWS has no endpoint on this machine" in error.message
    assert 'eval "$(mcp-okta local env)"' in error.remedy


@requirement("infra:wrong-cloud")
def test_any_other_stack_refuses_the_local_cloud() -> None:
    """A stack on real accounts must not see loopback endpoints (issue 3 §2)."""
    error = refusal({"access": ACCESS}, "dev", LOCAL)

    assert "Okta is http://127.0.0.1:7001 on this machine" in error.message
    assert "AWS (*) is http://127.0.0.1:7002 on this machine" in error.message


def test_one_service_elsewhere_is_noticed() -> None:
    """A single endpoint of another cloud is enough to be refused, and a partial set does not count (ours)."""
    stray = {**LOCAL, "AWS_ENDPOINT_URL_IAM": "https://iam.amazonaws.com"}
    ignored = {**LOCAL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    partial = {**LOCAL, "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_IAM": "http://localhost:1"}

    assert "AWS (iam) is https://iam.amazonaws.com, not" in refusal({}, "local", stray).message
    assert "AWS has no endpoint on this machine" in refusal({}, "local", partial).message
    assert "AWS has no endpoint on this machine" in refusal({}, "local", ignored).message


def test_the_guard_knows_every_service_that_the_program_uses() -> None:
    """A service that it forgot would be asked on AWS itself (ours). Module names are those of pulumi_aws."""
    spelled = {"cloudwatch": "cloudwatchlogs", "lambda_": "lambda"}
    text = "".join(path.read_text() for path in Path(program.__file__).parent.glob("*.py"))
    used = {spelled.get(name, name) for name in re.findall(r"\baws\.([a-z0-9_]+)\.[A-Z]", text)}
    asked = {"sts"} if "aws.get_caller_identity" in text else set()

    assert {"dynamodb", "lambda"} <= used
    assert [name for name in sorted(used | asked) if not any(name in names for names in clouds.SERVICES)] == []
    assert len(clouds.SERVICES) == len(used | asked)


@pytest.mark.parametrize("left_out", ["APIGATEWAYV2", "CLOUDWATCH_LOGS", "DYNAMODB", "IAM", "LAMBDA", "STS"])
def test_each_service_needs_an_endpoint_on_this_machine(left_out: str) -> None:
    """AWS_ENDPOINT_URL_<SERVICE>, as the AWS SDKs read it, for all services but one (ours)."""
    names = {"APIGATEWAYV2", "CLOUDWATCH_LOGS", "DYNAMODB", "IAM", "LAMBDA", "STS"}
    all_of_them = {f"AWS_ENDPOINT_URL_{name}": "http://127.0.0.1:7002" for name in names}
    local = {**LOCAL, "AWS_ENDPOINT_URL": "", **all_of_them}

    assert Settings.from_config({}, "local", local).on_local_cloud
    del local[f"AWS_ENDPOINT_URL_{left_out}"]
    assert "AWS has no endpoint on this machine" in refusal({}, "local", local).message


def test_the_engines_own_configuration_counts_too() -> None:
    """`okta:httpProxy`, `okta:orgName` and `aws:endpoints` come before the environment (contract)."""
    services = ("apigatewayv2", "logs", "dynamodb", "iam", "lambda", "sts")
    endpoints = json.dumps([dict.fromkeys(services, "http://[::1]:9")])
    local = {"okta:httpProxy": "http://localhost:8", "aws:endpoints": endpoints, "mcp-okta:access": ACCESS}
    broken = {"aws:endpoints": "x", "okta:orgName": "acme", "okta:baseUrl": "okta.com", "mcp-okta:access": ACCESS}

    assert Settings.from_config(local, "local", {}).on_local_cloud
    with pytest.raises(InvalidSettings, match="aws:endpoints is unreadable"):
        Settings.from_config(broken, "dev", {})


def test_the_access_of_the_local_cloud_is_for_the_local_cloud_only() -> None:
    """Only stacks there fall back to the people of the local Okta (contract: MCP_OKTA_LOCAL_ACCESS)."""
    assert set(Settings.from_config({}, "local", LOCAL).access.groups) == {"readers", "editors"}
    assert "access: is empty" in refusal({}, "dev", {**REMOTE, "MCP_OKTA_LOCAL_ACCESS": ACCESS}).message


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "-a", "a" * 42, "ä"])
def test_a_stack_name_that_no_object_may_have_is_refused(name: str) -> None:
    """Names are at most 50 characters, of the alphabet that both clouds share (docs/facts/okta.md §8, Lambda)."""
    with pytest.raises(ValueError, match="letters, digits"):
        environment_name(name)


def test_a_stack_name_with_capitals_is_refused_with_the_one_to_take() -> None:
    """`Dev` and `dev` would be one role: IAM tells names apart without their case (AWS IAM, quotas: names)."""
    error = refusal({"access": ACCESS}, "Dev")

    assert "stack name: 'Dev' has capital letters" in error.message
    assert "call it 'dev'" in error.message
    assert error.remedy.startswith("mcp-okta up --stack NAME")
    assert environment_name("dev_2-x") == "dev_2-x"


def jwk(bits: int = 2048, **members: object) -> dict[str, object]:
    """A public key with a modulus of so many bits."""
    modulus = (2**bits - 1).to_bytes((bits + 7) // 8)
    return {
        "kty": "RSA",
        "kid": "k1",
        "e": "AQAB",
        "n": base64.urlsafe_b64encode(modulus).decode().rstrip("="),
        **members,
    }


@pytest.mark.parametrize(
    ("services", "problem"),
    [
        ("[]", "is not a JSON object"),
        ("{", "is not JSON"),
        ('{"Nightly": {}}', "names 'Nightly'"),
        ('{"a": {"scopes": ["mcp:read"]}}', "gives 'a' something that is not like"),
        ('{"a": [["scopes", 1], ["keys", 2]]}', "gives 'a' something that is not like"),
        (json.dumps({"a": {"scopes": [], "keys": [jwk()]}}), "not a list of scopes"),
        (json.dumps({"a": {"scopes": ["mcp:raed"], "keys": [jwk()]}}), "the unknown scope 'mcp:raed'"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": []}}), "not a list of public JWKs"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk(d="secret")]}}), "a private key"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk(kty="EC")]}}), "not an RSA JWK"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk(n="%")]}}), "a key of 0 bits"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk(1024)]}}), "a key of 1024 bits"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk(kid="")]}}), "without a `kid`"),
        (json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk(), jwk()]}}), "two keys of the same `kid`"),
        ('{"a": {}, "a": {}}', "names 'a' twice"),
    ],
)
def test_services_that_cannot_be_meant_are_refused(services: str, problem: str) -> None:
    """Each problem is named, and a private key's value is never repeated (issue 5, item 7; RFC 7517, RFC 7518)."""
    with pytest.raises(InvalidSettings) as caught:
        settings_of(services=services)

    assert "services: " in str(caught.value)
    assert problem in str(caught.value)
    assert "secret" not in str(caught.value)


def test_services_and_introspection_exclude_each_other() -> None:
    """Okta tells nobody about a service's token but the service itself (RFC 7662 §2.1)."""
    services = json.dumps({"a": {"scopes": ["mcp:read"], "keys": [jwk()]}})

    with pytest.raises(InvalidSettings, match="choose jwt"):
        settings_of(services=services, tokenCheck="introspection")


@pytest.mark.parametrize(
    ("groups", "served", "warnings"),
    [
        ({"a": ("mcp:read",)}, (), ["no group and no service has mcp:write"]),
        ({"a": ("mcp:read",)}, ("mcp:write",), []),
        ({"Everyone": ("mcp:read", "mcp:write"), "a": ("mcp:read",)}, (), ["Everyone has all that is given to a"]),
        ({"Everyone": ("mcp:read",), "a": ("mcp:read", "mcp:write")}, (), []),
    ],
)
def test_an_access_that_will_hardly_mean_what_it_says_is_warned_of(
    groups: dict[str, tuple[str, ...]], served: tuple[str, ...], warnings: list[str]
) -> None:
    """A scope that nobody has, an entry that can never matter (issue 5, item 1)."""
    found = access_warnings(Access(groups), served, ["mcp:read", "mcp:write"])

    assert [text.partition(": ")[0] for text in found] == warnings
