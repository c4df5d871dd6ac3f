"""The AWS stand-in against the local control plane (moto), over HTTP on loopback."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.moto_api._internal.models import moto_api_backend

from local_cloud.aws.control_plane import ControlPlane, DataPlane
from local_cloud.aws.control_server import ControlPlaneServer
from local_cloud.errors import LocalCloudError
from local_cloud.pulumi.providers.aws import PLUGIN
from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.connection import connect
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.values import ARCHIVE, SIGNATURE
from tests.local_cloud.pulumi.wire import Aborted, Wire, plain
from tests.requirements import requirement

ZIP = b"PK\x05\x06" + bytes(18)  # the empty zip
ASSUME = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [ASSUME]})
WRITE = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:PutLogEvents"], "Resource": "*"}]}'
)
SETTINGS = {"region": "us-east-1", "accessKey": "local", "secretKey": "local"}
Made = dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]]
API = "aws:apigatewayv2/api:Api"
STAGE = "aws:apigatewayv2/stage:Stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration"
ROUTE = "aws:apigatewayv2/route:Route"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A control plane without a data plane behind it."""
    data_plane = DataPlane(dict, lambda name: f"http://127.0.0.1:1/{name}", no_function, lambda on: None)
    server = ControlPlaneServer(ControlPlane(data_plane), 0)
    yield server.url
    server.stop()


def no_function(name: str, event: bytes, context: str | None) -> Any:
    """Nothing runs here."""
    raise LocalCloudError(f"the function {name} does not run in this test", "do not call it")


@pytest.fixture
def wire(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The plugin, configured against it; the account is empty."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    moto_api_backend.reset()
    yield Wire(PLUGIN, lambda settings: connect(SETTINGS))
    moto_api_backend.reset()


def make(wire: Wire, made: Made, name: str, token: str, given: dict[str, Any]) -> dict[str, Any]:
    """Check and create one resource; the answer is its state."""
    inputs, faults = wire.check(token, given)
    assert faults == {}
    answer = wire.create(token, inputs)
    made[name] = (token, answer.id, inputs, plain(answer.properties))
    return made[name][3]


def archive(folder: Path, content: bytes) -> dict[str, str]:
    """A file archive as the engine sends it."""
    path = folder / f"{len(content)}.zip"
    path.write_bytes(content)
    return {SIGNATURE: ARCHIVE, "path": str(path), "hash": str(len(content))}


def deploy(wire: Wire, folder: Path) -> Made:
    """One of each type, as the program declares them."""
    made: Made = {}
    tags = {"mcp-okta:environment": "dev"}
    api = make(wire, made, "api", API, {"name": "mcp", "protocolType": "HTTP", "tags": tags})
    log = make(wire, made, "log", LOG_GROUP, {"name": "/aws/vendedlogs/mcp", "retentionInDays": 14, "tags": tags})
    stage = {
        "apiId": api["id"],
        "name": "$default",
        "autoDeploy": True,
        "accessLogSettings": {"destinationArn": log["arn"], "format": "$context.requestId"},
        "defaultRouteSettings": {"throttlingRateLimit": 50, "throttlingBurstLimit": 100},
        "tags": tags,
    }
    make(wire, made, "stage", STAGE, stage)
    role = make(wire, made, "role", ROLE, {"name": "mcp", "assumeRolePolicy": TRUST, "tags": tags})
    make(wire, made, "policy", ROLE_POLICY, {"name": "write-log", "role": "mcp", "policy": WRITE})
    function = make(wire, made, "function", FUNCTION, function_inputs(role["arn"], folder) | {"tags": tags})
    permission = {
        "statementId": "http-api",
        "action": "lambda:InvokeFunction",
        "function": function["name"],
        "principal": "apigateway.amazonaws.com",
        "sourceArn": f"{api['executionArn']}/*/*",
    }
    make(wire, made, "permission", PERMISSION, permission)
    parameters = [
        {"statusCode": code, "mappings": {"overwrite:header.a": "$response.header.b"}} for code in ("401", "403")
    ]
    integration = {
        "apiId": api["id"],
        "integrationType": "AWS_PROXY",
        "integrationUri": function["invokeArn"],
        "payloadFormatVersion": "2.0",
        "timeoutMilliseconds": 30000,
        "responseParameters": parameters,
    }
    target = make(wire, made, "integration", INTEGRATION, integration)
    route = {"apiId": api["id"], "routeKey": "ANY /mcp", "target": f"integrations/{target['id']}"}
    make(wire, made, "route", ROUTE, route)
    return made


def function_inputs(role: str, folder: Path) -> dict[str, Any]:
    """A function's inputs."""
    return {
        "name": "mcp",
        "role": role,
        "runtime": "python3.13",
        "architectures": ["x86_64"],
        "handler": "lambda_server.handler.handler",
        "code": archive(folder, ZIP),
        "memorySize": 1024,
        "timeout": 29,
        "reservedConcurrentExecutions": 5,
        "environment": {"variables": {"MCP_URL": "https://a/mcp"}},
    }


CHANGES: dict[str, dict[str, Any]] = {
    "api": {"description": "new", "tags": {"other": "tag"}},
    "log": {"retentionInDays": 30, "tags": {"other": "tag"}},
    "stage": {"defaultRouteSettings": {"throttlingRateLimit": 5, "throttlingBurstLimit": 9}},
    "role": {"description": "new", "tags": {"other": "tag"}},
    "policy": {"policy": WRITE.replace("Put", "Get")},
    "function": {
        "memorySize": 512,
        "environment": {"variables": {"MCP_URL": "https://b/mcp"}},
        "reservedConcurrentExecutions": 7,
        "tags": {"other": "tag"},
    },
    "integration": {
        "timeoutMilliseconds": 20000,
        "responseParameters": [{"statusCode": "401", "mappings": {"overwrite:header.a": "b"}}],
    },
    "route": {"routeKey": "GET /mcp"},
}


@requirement("pulumi:emulator")
def test_one_of_each_type_lives_its_whole_life(wire: Wire, tmp_path: Path) -> None:
    """Created, unchanged, refreshed, deleted, then read as gone (issue 3 §5)."""
    made = deploy(wire, tmp_path)
    for name, (token, identifier, inputs, state) in made.items():
        assert (name, list(wire.diff(token, state, inputs, inputs).diffs)) == (name, [])
        found = wire.read(token, identifier, state, inputs)
        assert (plain(found.properties), plain(found.inputs)) == (state, inputs)
    for token, identifier, _, state in reversed(made.values()):
        wire.delete(token, identifier, state)
        wire.delete(token, identifier, state)

    assert [wire.read(token, one, state, inputs).id for token, one, inputs, state in made.values()] == [""] * 9


@requirement("pulumi:emulator")
def test_an_update_brings_every_changed_property_and_no_other_change(wire: Wire, tmp_path: Path) -> None:
    """In place, tags and mappings that were taken away included (issue 3, must show)."""
    made = deploy(wire, tmp_path)
    for name, change in CHANGES.items():
        token, identifier, inputs, state = made[name]
        new, _ = wire.check(token, {**inputs, **change})
        diff = wire.diff(token, state, inputs, new)
        found = plain(wire.update(token, identifier, state, new).properties)

        assert (name, sorted(diff.diffs), list(diff.replaces)) == (name, sorted(change), [])
        assert (name, list(wire.diff(token, found, new, new).diffs)) == (name, [])


@requirement("pulumi:emulator")
def test_new_code_and_no_reservation_reach_the_function(wire: Wire, tmp_path: Path) -> None:
    """A changed zip is uploaded; a reservation that is taken away is gone (AWS Lambda API)."""
    made = deploy(wire, tmp_path)
    token, identifier, inputs, state = made["function"]
    new, _ = wire.check(token, {n: v for n, v in inputs.items() if n != "reservedConcurrentExecutions"})
    new["code"] = archive(tmp_path, ZIP + b"x")

    assert set(wire.diff(token, state, inputs, new).diffs) == {"code", "reservedConcurrentExecutions"}
    found = plain(wire.update(token, identifier, state, new).properties)
    assert found["codeSha256"] != state["codeSha256"]
    assert found["reservedConcurrentExecutions"] == -1


@requirement("pulumi:import")
def test_an_import_reads_everything_from_the_id_alone(wire: Wire, tmp_path: Path) -> None:
    """`api/object`, `role:policy`, `function/statement`, else the name (pulumi-aws, import)."""
    for token, identifier, inputs, state in deploy(wire, tmp_path).values():
        above = [inputs[name] for name in ("apiId", "function") if name in inputs]
        found = wire.read(token, "/".join([*above, identifier]), {}, {})
        expected = {name: value for name, value in state.items() if name != "code"}

        assert plain(found.properties) == expected
        changed = set(wire.diff(token, plain(found.properties), plain(found.inputs), inputs).diffs)
        assert changed <= {"code"}


@requirement("pulumi:import")
@pytest.mark.parametrize(
    ("token", "identifier", "form"),
    [(STAGE, "a1", "apiId/id"), (PERMISSION, "a", "function/statementId"), (ROLE_POLICY, "a", "role:name")],
)
def test_an_import_id_of_another_form_is_refused(wire: Wire, token: str, identifier: str, form: str) -> None:
    """The form is in the message (ours)."""
    with pytest.raises(Aborted, match=f"has not the form {form}"):
        wire.read(token, identifier, {}, {})


@requirement("pulumi:half-created")
@pytest.mark.parametrize("step", ["put_function_concurrency", "get_function"])
def test_a_function_that_failed_half_way_is_in_the_state_and_the_next_update_mends_it(
    step: str, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is told with what is missing of it (Pulumi, ErrorResourceInitFailed)."""
    role = make(wire, {}, "role", ROLE, {"name": "mcp", "assumeRolePolicy": TRUST})
    inputs, _ = wire.check(FUNCTION, function_inputs(role["arn"], tmp_path))
    call = AwsClient.call

    def failing(self: AwsClient, service: str, operation: str, **arguments: Any) -> Any:
        if operation == step:
            raise ProviderError(f"{operation}: no")
        return call(self, service, operation, **arguments)

    monkeypatch.setattr(AwsClient, "call", failing)
    with pytest.raises(Aborted, match=f"mcp was created.*{step}: no$") as failure:
        wire.create(FUNCTION, inputs)
    monkeypatch.setattr(AwsClient, "call", call)
    half = failure.value.detail
    mended = plain(wire.update(FUNCTION, half.id, plain(half.properties), inputs).properties)

    assert half.id == "mcp"
    assert mended["memorySize"] == 1024
    wire.delete(FUNCTION, half.id, mended)


@requirement("pulumi:emulator")
def test_the_calls_say_who_and_where(wire: Wire) -> None:
    """getCallerIdentity and getRegion; another region is refused (pulumi-aws)."""
    assert wire.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert wire.invoke("aws:index/getRegion:getRegion", {})["name"] == "us-east-1"
    with pytest.raises(Aborted, match="getRegion by name is not emulated"):
        wire.invoke("aws:index/getRegion:getRegion", {"name": "eu-west-1"})
