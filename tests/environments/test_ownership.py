"""What an environment owns is found by its marks on both clouds, without any state."""

from collections.abc import Iterator

import httpx2
import pytest

from environments import ownership
from environments.errors import Unreachable
from environments.ownership import Owner
from tests.environments.clouds import (
    aws,
    aws_account,
    clouds,
    forget_aws,
    make_on_aws,
    make_on_okta,
    make_service,
    make_table,
    okta_org,
    post,
)
from tests.requirements import requirement

ID = "0a1b2c3d"
ROUTE = "aws:apigatewayv2/route:Route"


@pytest.fixture(scope="module")
def okta() -> Iterator[httpx2.Client]:
    """One local Okta for all tests; each uses an environment of its own."""
    with okta_org() as client:
        yield client


@pytest.fixture(scope="module")
def running_aws() -> Iterator[str]:
    """One AWS for all tests."""
    with aws_account() as endpoint:
        yield endpoint


@pytest.fixture
def account(running_aws: str) -> str:
    """An empty AWS account's address."""
    forget_aws()
    return running_aws


def kinds(objects: list[ownership.Owned]) -> set[str]:
    """The types of the objects, without their packages' modules."""
    return {item.key[0].rsplit(":", 1)[-1] for item in objects}


@requirement("environments:ownership")
def test_everything_with_the_marks_is_found_and_deleted(okta: httpx2.Client, account: str) -> None:
    """Also what Okta must deactivate and IAM must empty first (docs/facts/okta.md; IAM, DeleteRole)."""
    make_on_aws(account, Owner("one", ID))
    make_on_okta(okta, Owner("one", ID))
    said: list[str] = []

    found = ownership.find(Owner("one", ID), clouds(okta, account))
    ownership.delete(ownership.outermost(found.objects), said.append)

    assert kinds(found.objects) == {
        *("Api", "Function", "Role", "RolePolicy", "LogGroup", "Table"),
        *("Server", "ServerScope", "OAuth"),
    }
    assert found.unseen == []
    assert ownership.find(Owner("one", ID), clouds(okta, account)).objects == []
    assert any("Function mcp-okta-one" in text for text in said)


@requirement("environments:ownership")
def test_the_scopes_that_okta_gives_every_server_are_nobodys(okta: httpx2.Client, account: str) -> None:
    """`okta.myAccount.*` come with the server and go with it; deleting one alone is never ours to do (a fault run)."""
    make_on_okta(okta, Owner("one", ID))

    found = ownership.find(Owner("one", ID), clouds(okta, account)).objects

    assert [item.name for item in found if item.key[0] == "okta:auth/serverScope:ServerScope"] == ["mcp:read"]


@requirement("environments:ownership")
def test_objects_of_others_are_left_alone(okta: httpx2.Client, account: str) -> None:
    """The same name without the marks, or a name that only begins alike, is somebody else's (ours)."""
    make_on_aws(account, Owner("two-more", ID))
    make_on_okta(okta, Owner("two-more", ID))
    name = "mcp-okta-two"
    aws(account, "apigatewayv2").create_api(Name=name, ProtocolType="HTTP")
    aws(account, "logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    post(okta, "/api/v1/authorizationServers", {"name": name, "description": "mine", "audiences": ["https://x/mcp"]})

    assert ownership.find(Owner("two", ID), clouds(okta, account)).objects == []


@requirement("environments:ownership")
@pytest.mark.parametrize(("made_by", "looked_for"), [("ffffffff", ID), ("", ID), (ID, "")])
def test_another_stack_of_the_same_name_is_somebody_elses(
    okta: httpx2.Client, account: str, made_by: str, looked_for: str
) -> None:
    """A colleague's backend may hold a stack of the same name on the same accounts; the id tells (ours)."""
    name = f"six-{made_by or 'no'}-{looked_for or 'no'}"
    make_on_aws(account, Owner(name, made_by))
    make_on_okta(okta, Owner(name, made_by))

    assert ownership.find(Owner(name, looked_for), clouds(okta, account)).objects == []
    assert len(ownership.find(Owner(name, made_by), clouds(okta, account)).objects) > 5


@requirement("environments:ownership")
def test_only_what_the_state_does_not_hold_is_a_stranger(okta: httpx2.Client, account: str) -> None:
    """A second API of the same name, from a create that was cut short, goes; the one in the state stays (issue 3)."""
    known = make_on_aws(account, Owner("three", ID))
    twin = aws(account, "apigatewayv2").create_api(
        Name="mcp-okta-three",
        ProtocolType="HTTP",
        Tags={"mcp-okta:project": "mcp-okta", "mcp-okta:environment": "three", "mcp-okta:stack-id": ID},
    )
    aws(account, "apigatewayv2").create_stage(ApiId=twin["ApiId"], StageName="$default")
    log_groups = ["/aws/lambda/mcp-okta-three", "/aws/vendedlogs/mcp-okta-three"]
    state = {
        "resources": [
            {"type": "aws:apigatewayv2/api:Api", "id": known["api"]},
            {"type": "aws:lambda/function:Function", "id": known["function"]},
            {"type": "aws:iam/role:Role", "id": known["role"]},
            {"type": "aws:iam/rolePolicy:RolePolicy", "id": f"{known['role']}:write-log"},
            {"type": "aws:dynamodb/table:Table", "id": known["table"]},
            *({"type": "aws:cloudwatch/logGroup:LogGroup", "id": name} for name in log_groups),
        ]
    }

    found = ownership.find(Owner("three", ID), clouds(okta, account)).objects
    known_keys = ownership.known_to_state(state)
    strange = ownership.outermost([item for item in found if item.key not in known_keys])

    assert [item.key for item in strange] == [("aws:apigatewayv2/api:Api", twin["ApiId"])]


@requirement("environments:ownership-table")
def test_a_table_is_known_by_its_tags_alone(okta: httpx2.Client, account: str) -> None:
    """A table of the same name without the marks, or with another stack's, may hold anybody's data (ours)."""
    for tags in ({}, {"mcp-okta:project": "mcp-okta"}, Owner("seven", "ffffffff").aws_tags):
        make_table(account, "mcp-okta-seven", tags)
        assert ownership.find(Owner("seven", ID), clouds(okta, account)).objects == []
        aws(account, "dynamodb").delete_table(TableName="mcp-okta-seven")
    make_table(account, "mcp-okta-seven", Owner("seven", ID).aws_tags)

    (found,) = ownership.find(Owner("seven", ID), clouds(okta, account)).objects
    assert found.key == ("aws:dynamodb/table:Table", "mcp-okta-seven")
    found.delete()
    found.delete()  # one that is gone is no error
    assert aws(account, "dynamodb").list_tables()["TableNames"] == []


@requirement("environments:ownership-table")
def test_every_service_app_with_the_mark_is_found_whatever_the_settings_say_now(
    okta: httpx2.Client, account: str
) -> None:
    """A service that was removed while an `up` was cut short is in no setting; label and note tell (issue 5 §7)."""
    owner = Owner("eight", ID)
    ours = {make_service(okta, f"mcp-okta-eight-service-{name}", owner.okta_mark) for name in ("nightly", "old")}
    make_service(okta, "mcp-okta-eight-service-mine", "somebody else's")
    make_service(okta, "mcp-okta-eight-dash", owner.okta_mark)
    make_service(okta, "mcp-okta-eight-service-x", Owner("eight", "ffffffff").okta_mark)

    found = ownership.find(owner, clouds(okta, account)).objects
    assert {item.key for item in found} == {("okta:app/oAuth:OAuth", identifier) for identifier in ours}
    ownership.delete(found, lambda _: None)
    assert ownership.find(owner, clouds(okta, account)).objects == []


def test_a_child_is_known_by_its_parent_and_its_own_id() -> None:
    """Route ids are unique in their API only (API Gateway)."""
    route = {"type": ROUTE, "id": "r1", "outputs": {"apiId": "a1"}}

    assert (ROUTE, "a1", "r1") in ownership.known_to_state({"resources": [route]})


def test_without_a_token_okta_is_named_as_not_looked_at(okta: httpx2.Client, account: str) -> None:
    """The Okta plugin may use a private key instead, which this search does not (ours)."""
    found = ownership.find(Owner("four", ID), clouds(okta, account, okta_token=None))

    assert found.objects == []
    assert "OKTA_API_TOKEN" in found.unseen[0]


@pytest.mark.parametrize("changed", [{"okta_token": "wrong"}, {"okta_url": "http://127.0.0.1:9"}])
def test_an_okta_that_refuses_or_is_away_is_named(okta: httpx2.Client, account: str, changed: dict[str, str]) -> None:
    """Address and remedy, never the token (issue 3)."""
    with pytest.raises(Unreachable) as refused:
        ownership.find(Owner("five", ID), clouds(okta, account, **changed))

    assert "http://127.0.0.1" in refused.value.message
    assert "wrong" not in refused.value.message
    assert refused.value.remedy
