"""DynamoDB tables, as a tool's author declares them (issue 4: what its users will add next)."""

from typing import Any

import pytest

from local_cloud.pulumi.providers.aws.client import AwsClient
from tests.local_cloud.pulumi.cases import fresh
from tests.local_cloud.pulumi.cases_aws import TABLE, table
from tests.local_cloud.pulumi.wire import Aborted, Wire, plain
from tests.local_cloud.pulumi.worlds import World, aws_world
from tests.requirements import requirement


@pytest.fixture(scope="module")
def world() -> World:
    """An account."""
    return aws_world()


@pytest.fixture
def wire(world: World) -> Wire:
    """The plugin."""
    return Wire(world.plugin, lambda settings: world.client)


def simple(**change: Any) -> dict[str, Any]:
    """The least that a table needs."""
    least = {"name": fresh("table"), "hashKey": "pk", "attributes": [{"name": "pk", "type": "S"}]}
    return {**least, "billingMode": "PAY_PER_REQUEST", **change}


def made(wire: Wire, given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Check and create: (inputs, state)."""
    inputs, faults = wire.check(TABLE, given)
    assert faults == {}
    return inputs, plain(wire.create(TABLE, inputs).properties)


@requirement("pulumi:dynamodb")
def test_the_simplest_table_and_its_defaults(wire: Wire) -> None:
    """PROVISIONED and STANDARD unless it is said otherwise (pulumi_aws, dynamodb.Table)."""
    inputs, state = made(wire, simple())
    defaults, _ = wire.check(TABLE, {"hashKey": "pk", "attributes": [{"name": "pk", "type": "S"}], "name": "t"})

    assert (defaults["billingMode"], defaults["tableClass"]) == ("PROVISIONED", "STANDARD")
    assert state["arn"].endswith(f":table/{inputs['name']}")
    assert state["pointInTimeRecovery"] == {"enabled": False}
    assert (state["streamArn"], state.get("serverSideEncryption")) == ("", None)


@requirement("pulumi:dynamodb")
def test_everything_that_was_given_is_there(wire: Wire, world: World) -> None:
    """Indexes, recovery, time to live, encryption, tags, as DynamoDB itself tells them (AWS, DescribeTable)."""
    inputs, _ = made(wire, table(world))
    name = inputs["name"]
    found = world.clean.call("dynamodb", "describe_table", TableName=name)["Table"]
    ttl = world.clean.call("dynamodb", "describe_time_to_live", TableName=name)["TimeToLiveDescription"]

    assert [key["AttributeName"] for key in found["KeySchema"]] == ["pk", "sk"]
    assert [index["IndexName"] for index in found["GlobalSecondaryIndexes"]] == ["by-n"]
    assert [index["IndexName"] for index in found["LocalSecondaryIndexes"]] == ["own"]
    assert found["SSEDescription"]["Status"] == "ENABLED"
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires")


@requirement("pulumi:dynamodb")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"billingMode": "PROVISIONED"}, "readCapacity: is required when billingMode is PROVISIONED"),
        ({"readCapacity": 5}, "readCapacity: cannot be set when billingMode is PAY_PER_REQUEST"),
    ],
)
def test_a_capacity_that_does_not_fit_is_refused_before_anything_is_sent(
    change: dict[str, Any], words: str, wire: Wire, world: World
) -> None:
    """With the property's name (AWS, CreateTable)."""
    inputs, _ = wire.check(TABLE, simple(**change))
    world.faults.arm(None)

    with pytest.raises(Aborted, match=words):
        wire.create(TABLE, inputs)
    assert world.faults.asked == []


@requirement("pulumi:dynamodb")
@pytest.mark.parametrize(
    "name", ["streamEnabled", "replicas", "importTable", "onDemandThroughput", "restoreSourceName"]
)
def test_what_is_not_emulated_is_refused_by_name(name: str, wire: Wire) -> None:
    """What the local cloud has nothing for is not taken in silence (docs/architecture.md)."""
    _, faults = wire.check(TABLE, simple(**{name: True}))

    assert list(faults) == [name]
    assert "not emulated here" in faults[name]


@requirement("pulumi:dynamodb")
def test_billing_and_capacity_change_in_place(wire: Wire) -> None:
    """From on demand to provisioned and to another capacity (AWS, UpdateTable)."""
    inputs, state = made(wire, simple())
    for change in ({"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 6}, {"readCapacity": 7}):
        new = {**inputs, **change}
        assert list(wire.diff(TABLE, state, inputs, new).replaces) == []
        state = plain(wire.update(TABLE, inputs["name"], state, new).properties)
        inputs = new
        assert {name: state[name] for name in change} == change
        assert list(wire.diff(TABLE, state, inputs, inputs).diffs) == []


@requirement("pulumi:dynamodb")
def test_a_protected_table_is_not_deleted(wire: Wire) -> None:
    """AWS's own words; without the protection it goes (AWS, DeletionProtectionEnabled)."""
    inputs, state = made(wire, simple(deletionProtectionEnabled=True))
    with pytest.raises(Aborted, match=r"delete_table: ValidationException: .*DeletionProtectionEnabled"):
        wire.delete(TABLE, inputs["name"], state)
    new = {**inputs, "deletionProtectionEnabled": False}
    state = plain(wire.update(TABLE, inputs["name"], state, new).properties)

    wire.delete(TABLE, inputs["name"], state)

    assert wire.read(TABLE, inputs["name"], state, new).id == ""


@requirement("pulumi:dynamodb")
def test_a_new_table_is_used_only_when_it_is_active(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that a table takes later wait for it (AWS, TableStatus)."""
    call, looked, settings = AwsClient.call, [], []

    def slow(self: AwsClient, service: str, operation: str, **arguments: Any) -> Any:
        answer = call(self, service, operation, **arguments)
        if operation == "update_time_to_live":
            settings.append(len(looked))
        if operation == "describe_table":
            looked.append(operation)
            if len(looked) < 4:
                answer["Table"]["TableStatus"] = "CREATING"
        return answer

    monkeypatch.setattr(AwsClient, "call", slow)
    made(wire, simple(ttl={"attributeName": "expires", "enabled": True}))

    assert settings == [4]


@requirement("pulumi:dynamodb")
@pytest.mark.parametrize("token", ["aws:secretsmanager/secret:Secret", "aws:s3/bucket:Bucket", "aws:sqs/queue:Queue"])
def test_other_services_are_refused_by_name(token: str, wire: Wire) -> None:
    """Until somebody needs them (docs/architecture.md)."""
    with pytest.raises(Aborted, match=f"the resource type {token} is not emulated here"):
        wire.check(token, {})
