"""What the AWS stand-in sends for a stage's throttling, which is what the real plugin sends."""

from typing import Any

import pytest

from tests.local_cloud.pulumi.cases import fresh, on
from tests.local_cloud.pulumi.cases_aws import API, GATEWAY, STAGE
from tests.local_cloud.pulumi.wire import Wire, plain
from tests.local_cloud.pulumi.worlds import World, aws_world
from tests.requirements import requirement

Properties = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> World:
    """An account of its own."""
    return aws_world()


def stage(world: World, **settings: Any) -> tuple[Wire, Properties, Properties]:
    """A stage of a new API: the plugin, its inputs and its state."""
    wire = Wire(world.plugin, lambda configuration: world.clean)
    api = on(world, API, {"name": fresh("api"), "protocolType": "HTTP"})
    inputs, faults = wire.check(STAGE, {"apiId": api["id"], "name": "$default", "autoDeploy": True, **settings})
    assert faults == {}
    return wire, inputs, plain(wire.create(STAGE, inputs).properties)


def held(world: World, inputs: Properties) -> Properties:
    """The throttling that the cloud has."""
    found = world.clean.call(GATEWAY, "get_stage", ApiId=inputs["apiId"], StageName="$default")
    settings = found.get("DefaultRouteSettings") or {}
    return {name: settings[name] for name in ("ThrottlingBurstLimit", "ThrottlingRateLimit") if name in settings}


@requirement("pulumi:emulator")
@pytest.mark.parametrize(
    ("given", "burst", "rate"),
    [
        ({"throttlingRateLimit": 50}, 0, 50),
        ({"throttlingBurstLimit": 100}, 100, 0),
        ({"detailedMetricsEnabled": False}, 0, 0),
        ({}, 0, 0),
        ({"throttlingRateLimit": 50, "throttlingBurstLimit": 100}, 100, 50),
    ],
)
def test_what_the_throttling_leaves_out_is_sent_as_zero(world: World, given: Properties, burst: int, rate: int) -> None:
    """Each request is then 429, here as there (pulumi-aws, issue 2363; terraform-provider-aws, issue 27674)."""
    wire, inputs, state = stage(world, defaultRouteSettings=given)

    assert held(world, inputs) == {"ThrottlingBurstLimit": burst, "ThrottlingRateLimit": rate}
    assert list(wire.diff(STAGE, state, inputs, inputs).diffs) == []


@requirement("pulumi:emulator")
def test_a_limit_that_is_taken_away_becomes_zero(world: World) -> None:
    """An update sends the whole block, too (terraform-provider-aws, apigatewayv2_stage)."""
    wire, inputs, state = stage(world, defaultRouteSettings={"throttlingRateLimit": 50, "throttlingBurstLimit": 100})
    new, _ = wire.check(STAGE, {**inputs, "defaultRouteSettings": {"throttlingRateLimit": 50}})
    assert list(wire.diff(STAGE, state, inputs, new).diffs) == ["defaultRouteSettings"]
    wire.update(STAGE, "$default", state, new)

    assert held(world, inputs) == {"ThrottlingBurstLimit": 0, "ThrottlingRateLimit": 50}


@requirement("pulumi:emulator")
def test_without_a_block_nothing_is_sent_and_nothing_changes(world: World) -> None:
    """The limits of the account count then; a block that goes leaves what is there (apigatewayv2_stage)."""
    wire, inputs, _ = stage(world)
    assert held(world, inputs) == {}
    wire, inputs, state = stage(world, defaultRouteSettings={"throttlingRateLimit": 50, "throttlingBurstLimit": 100})
    new = {name: value for name, value in inputs.items() if name != "defaultRouteSettings"}

    assert list(wire.diff(STAGE, state, inputs, new).diffs) == []
