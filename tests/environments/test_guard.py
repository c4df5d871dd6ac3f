"""What is refreshed or deleted must be on the clouds that are reached now."""

from pathlib import Path
from typing import Any

import pytest

from environments import guard
from environments.accounts import Clouds
from environments.errors import WrongCloud
from environments.failures import Place
from environments.guard import refuse_wrong_cloud
from tests.requirements import requirement

REAL = {"OKTA_ORG_NAME": "acme", "OKTA_BASE_URL": "okta.com", "AWS_REGION": "us-east-1"}
LOCAL = {"OKTA_HTTP_PROXY": "http://127.0.0.1:7001", "AWS_ENDPOINT_URL": "http://127.0.0.1:7002"}
ROLE = {"type": "aws:iam/role:Role", "outputs": {"arn": "arn:aws:iam::222222222222:role/mcp-okta-dev"}}


def state(**outputs: str) -> dict[str, Any]:
    """A state with these outputs."""
    return {"resources": [{"type": "pulumi:pulumi:Stack", "outputs": outputs}, ROLE]}


def check(root: Path, stack: str, environ: dict[str, str], deployment: dict[str, Any], **config: Any) -> None:
    """Ask the guard."""
    refuse_wrong_cloud(Place(root, stack, "down"), Clouds.of(config, environ), deployment)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The account that the credentials open."""
    known = ["111111111111"]
    monkeypatch.setattr(guard, "aws_account", lambda clouds: known[0])
    return known


@requirement("environments:wrong-cloud")
def test_the_stacks_own_clouds_are_let_through(tmp_path: Path, account: list[str]) -> None:
    """Org and account as the program exported them (design, safe by construction)."""
    check(tmp_path, "dev", REAL, state(okta_org="https://acme.okta.com", aws_account="111111111111"))
    check(tmp_path, "local", LOCAL, state(okta_org="http://127.0.0.1:7009", aws_account="000000000000"))


@requirement("environments:wrong-cloud")
def test_another_org_or_account_is_named_beside_the_one_that_is_reached(tmp_path: Path, account: list[str]) -> None:
    """A refresh there would forget every object, and a destroy would leave them behind (ours)."""
    with pytest.raises(WrongCloud) as org:
        check(tmp_path, "dev", REAL, state(okta_org="https://other.okta.com", aws_account="111111111111"))
    with pytest.raises(WrongCloud) as aws:
        check(tmp_path, "dev", REAL, state(okta_org="https://acme.okta.com", aws_account="999999999999"))

    assert "https://other.okta.com" in org.value.message and "https://acme.okta.com" in org.value.message
    assert "999999999999" in aws.value.message and "111111111111" in aws.value.message
    assert aws.value.remedy.endswith("mcp-okta down --stack dev")


@requirement("environments:wrong-cloud")
def test_a_first_run_that_was_cut_short_has_the_account_in_its_objects_names(
    tmp_path: Path, account: list[str]
) -> None:
    """Outputs are exported at the end only (Pulumi); ARNs hold the account (AWS)."""
    with pytest.raises(WrongCloud, match="222222222222"):
        check(tmp_path, "dev", REAL, state())
    account[0] = "222222222222"
    check(tmp_path, "dev", REAL, state())


@requirement("environments:wrong-cloud")
@pytest.mark.parametrize(
    ("stack", "environ", "config"),
    [
        ("dev", LOCAL, {}),
        ("dev", {**REAL, "AWS_ENDPOINT_URL": "http://localhost:1"}, {}),
        ("dev", {**REAL, "AWS_ENDPOINT_URL_IAM": "http://127.0.0.2:1"}, {}),
        ("dev", REAL, {"aws:endpoints": [{"iam": "http://127.0.0.1:1"}]}),
        ("dev", REAL, {"aws:endpoints": '[{"iam": "http://127.0.0.1:1"}]'}),
        ("local", REAL, {}),
        ("local", {**LOCAL, "AWS_ENDPOINT_URL": ""}, {}),
        ("local", {**LOCAL, "AWS_ENDPOINT_URL_IAM": "https://iam.amazonaws.com"}, {}),
        ("x-1", REAL, {}),
    ],
)
def test_this_machine_is_for_the_local_stacks_and_nothing_else_is(
    tmp_path: Path, account: list[str], stack: str, environ: dict[str, str], config: dict[str, Any]
) -> None:
    """Also for a state that is older than the outputs (design, on the local cloud)."""
    (tmp_path / "Pulumi.x-1.yaml").write_text("config:\n  mcp-okta:branchOf: local\n")

    with pytest.raises(WrongCloud, match=f"stack {stack} is on"):
        check(tmp_path, stack, environ, {}, **config)


@requirement("environments:wrong-cloud")
def test_a_local_stack_that_was_made_elsewhere_is_refused(tmp_path: Path, account: list[str]) -> None:
    """Its objects are not on this machine (ours)."""
    with pytest.raises(WrongCloud, match=r"acme\.okta\.com"):
        check(tmp_path, "local", LOCAL, state(okta_org="https://acme.okta.com"))


@requirement("environments:region")
def test_another_region_is_named_beside_the_one_that_is_reached(tmp_path: Path, account: list[str]) -> None:
    """A destroy there finds nothing, and says that it deleted everything (AWS, regions)."""
    made = {"okta_org": "https://acme.okta.com", "aws_account": "111111111111", "region": "eu-central-1"}
    with pytest.raises(WrongCloud) as region:
        check(tmp_path, "dev", REAL, state(**made))

    assert "AWS region eu-central-1" in region.value.message and "us-east-1" in region.value.message
    assert "pulumi config set --stack dev aws:region eu-central-1" in region.value.remedy
    check(tmp_path, "dev", REAL, state(**made), **{"aws:region": "eu-central-1"})


@requirement("environments:aws-keys")
@pytest.mark.parametrize("key", ["aws:assumeRole", "aws:assumeRoles", "aws:accessKey", "aws:secretKey", "aws:token"])
def test_what_leads_the_plugin_elsewhere_is_refused(key: str) -> None:
    """The plugin would follow it and the search would not: two accounts under one question (Pulumi, AWS provider)."""
    with pytest.raises(WrongCloud) as refused:
        Clouds.of({key: None, "aws:region": "us-east-1"}, REAL)

    assert key in refused.value.message
    assert "AWS_PROFILE" in refused.value.remedy and "role_arn" in refused.value.remedy


def test_what_leads_nowhere_else_is_let_through() -> None:
    """Tags and retries change no account (Pulumi, AWS provider)."""
    assert Clouds.of({"aws:defaultTags": {"tags": {"a": "b"}}, "aws:profile": "x"}, REAL).profile == "x"
