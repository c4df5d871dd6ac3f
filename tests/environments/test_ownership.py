"""What an environment owns is found by its marks on both clouds, without any state."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from environments import ownership
from environments.errors import Unreachable
from environments.ownership import Owner
from environments.ownership import aws as searches_of_aws
from environments.ownership import tables as table_calls
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


class Table:
    """DynamoDB as it answers about one table, a status a question; deletion and creation take their time."""

    def __init__(self, *statuses: str, protected: bool = False, notes: int = 0) -> None:
        self.statuses, self.protected, self.notes = [*statuses], protected, notes
        self.calls: list[str] = []

    def describe_table(self, TableName: str) -> dict[str, Any]:
        """Tell the next status; the last one for ever."""
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status == "GONE":
            raise refusal("ResourceNotFoundException")
        table = {"TableArn": "arn:aws:dynamodb:x:1:table/x", "TableStatus": status}
        return {"Table": {**table, "DeletionProtectionEnabled": self.protected}}

    def list_tags_of_resource(self, ResourceArn: str) -> dict[str, Any]:
        """Say whose it is; an ARN of what goes away is not found."""
        if self.statuses[0] == "GONE":
            raise refusal("ResourceNotFoundException")
        return {"Tags": [{"Key": key, "Value": value} for key, value in Owner("one", ID).aws_tags.items()]}

    def scan(self, TableName: str, Limit: int, Select: str) -> dict[str, Any]:
        """Count the notes."""
        return {"Count": min(self.notes, Limit)}

    def update_table(self, TableName: str, DeletionProtectionEnabled: bool) -> None:
        """Protect it, or no longer."""
        self.calls.append("update")
        self.protected = DeletionProtectionEnabled

    def delete_table(self, TableName: str) -> None:
        """Begin to delete it, where it is at rest."""
        self.calls.append(f"delete {self.statuses[0]}")
        if self.statuses[0] in ("CREATING", "UPDATING"):
            raise refusal("ResourceInUseException")
        self.statuses = ["DELETING", "GONE"]


def refusal(code: str) -> ClientError:
    """AWS says no."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Call")


def found_table(table: Table, monkeypatch: pytest.MonkeyPatch) -> list[ownership.Owned]:
    """What a search finds of the table; waiting takes no time."""
    monkeypatch.setattr(table_calls, "wait", lambda seconds: None)
    return list(table_calls.find_table(table, Owner("one", ID), clouds(httpx2.Client(), "http://127.0.0.1:1")))


@requirement("environments:table-settles")
def test_a_table_that_is_being_made_is_awaited_deleted_and_seen_to_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """DeleteTable refuses CREATING and UPDATING, and DELETING stays visible (AWS, DynamoDB, DeleteTable)."""
    table = Table("CREATING", "CREATING", "UPDATING", "ACTIVE")
    (item,) = found_table(table, monkeypatch)

    item.delete()

    assert table.calls == ["delete ACTIVE"]
    assert table.statuses == ["GONE"]
    item.delete()  # one that is gone is no error
    assert table.calls == ["delete ACTIVE"]


@requirement("environments:table-settles")
def test_a_table_that_never_settles_is_named_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting is bounded (ours)."""
    (item,) = found_table(Table("CREATING"), monkeypatch)

    with pytest.raises(Unreachable, match="the table mcp-okta-one is still CREATING"):
        item.delete()


@requirement("environments:table-settles")
def test_a_table_that_goes_away_already_is_nothing_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one that goes between two questions (AWS, DynamoDB, DescribeTable)."""
    assert found_table(Table("DELETING"), monkeypatch) == []
    assert found_table(Table("ACTIVE", "GONE"), monkeypatch) == []


@requirement("environments:table-protected")
def test_a_protected_table_with_notes_is_never_deleted_as_a_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost state must not cost what people wrote; `down` takes the protection off after its question (ours)."""
    table = Table("ACTIVE", protected=True, notes=1)
    (item,) = found_table(table, monkeypatch)

    with pytest.raises(Unreachable, match="protected against deletion and holds notes"):
        item.delete()
    assert table.calls == []

    table.notes = 0
    item.delete()
    assert table.calls == ["update", "delete ACTIVE"]


@requirement("environments:table-protected")
def test_down_takes_the_protection_off_its_own_table_only(okta: httpx2.Client, account: str) -> None:
    """By name and tags (AWS, DynamoDB, UpdateTable)."""
    dynamodb = aws(account, "dynamodb")
    for name, owner in (("mcp-okta-one", Owner("one", ID)), ("mcp-okta-two", Owner("two", "ffffffff"))):
        make_table(account, name, owner.aws_tags)
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=True)
    reached = clouds(okta, account)

    assert table_calls.unprotect(Owner("one", ID), reached)
    assert not table_calls.unprotect(Owner("one", ID), reached)
    assert not table_calls.unprotect(Owner("two", ID), reached)
    assert not table_calls.unprotect(Owner("three", ID), reached)

    tables = [dynamodb.describe_table(TableName=f"mcp-okta-{name}")["Table"] for name in ("one", "two")]
    assert [table["DeletionProtectionEnabled"] for table in tables] == [False, True]


@requirement("environments:rights")
def test_where_one_may_not_look_is_said_and_the_rest_is_found(
    okta: httpx2.Client, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The destroy is done by then; a right that is lacking is no reason to fail after it (AWS, IAM)."""
    make_on_aws(account, Owner("nine", ID))

    def refused(*_: Any) -> Iterator[ownership.Owned]:
        raise refusal("AccessDeniedException")
        yield

    monkeypatch.setattr(searches_of_aws, "_role", refused)

    found = ownership.find(Owner("nine", ID), clouds(okta, account))

    assert kinds(found.objects) == {"Api", "Function", "LogGroup", "Table"}
    assert len(found.unseen) == 1 and found.unseen[0].startswith("AWS iam (") and "AccessDenied" in found.unseen[0]


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
