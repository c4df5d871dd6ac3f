"""The seam between the program, Pulumi's SDKs and the stand-in plugins: one set of types and properties."""

import asyncio
import importlib
import inspect
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from local_cloud.pulumi.providers import aws, okta
from local_cloud.pulumi.providers.resource import Resource
from tests.infra.cloud import run_program, settings_of
from tests.requirements import requirement

RESOURCES: dict[str, Resource] = {**okta.PLUGIN.resources, **aws.PLUGIN.resources}
CALLS = {**okta.PLUGIN.invokes, **aws.PLUGIN.invokes}
SDK = {"okta": "pulumi_okta", "aws": "pulumi_aws"}
RESERVED = {"lambda": "lambda_"}


def sdk_module(token: str) -> Any:
    """The module of the SDK that has the type or call."""
    package, path, _ = token.split(":")
    folder = path.split("/")[0]
    with warnings.catch_warnings():  # pulumi_aws warns, on import, about a resource of its own
        warnings.simplefilter("ignore", DeprecationWarning)
        parent = importlib.import_module(SDK[package])
        return (
            parent if folder == "index" else importlib.import_module(f"{SDK[package]}.{RESERVED.get(folder, folder)}")
        )


def sdk_class(token: str) -> Any:
    """The SDK's class of the resource type."""
    return getattr(sdk_module(token), token.rsplit(":", 1)[1])


def camel(name: str) -> str:
    """A property's name on the wire, from its name in Python."""
    return re.sub(r"_([a-z0-9])", lambda match: match.group(1).upper(), name)


def sdk_inputs(token: str) -> dict[str, bool]:
    """The inputs that the SDK's class takes: {name on the wire: required}."""
    class_ = sdk_class(token)
    module = importlib.import_module(class_.__module__)
    arguments = getattr(module, f"{class_.__name__}Args")
    parameters = inspect.signature(arguments.__init__).parameters.values()
    return {camel(one.name): one.default is one.empty for one in parameters if one.name not in ("self", "__self__")}


def sdk_outputs(token: str) -> set[str]:
    """The properties that the SDK's class has."""
    return {camel(n) for n, v in vars(sdk_class(token)).items() if isinstance(v, property) and n not in ("urn", "id")}


@requirement("pulumi:sdk")
@pytest.mark.parametrize("token", RESOURCES)
def test_every_property_of_a_stand_in_exists_in_the_sdk_s_class(token: str) -> None:
    """Under the same name, as an input or an output there too, and required there too (issue 3 §8)."""
    inputs, outputs, schema = sdk_inputs(token), sdk_outputs(token), RESOURCES[token].schema

    assert set(schema) - outputs == set()
    assert {name for name, spec in schema.items() if spec.settable or spec.refused} - set(inputs) == set()
    assert {name for name, spec in schema.items() if spec.output} & set(inputs) == set()
    required = {name for name, spec in schema.items() if spec.required} - set(TAKEN_EITHER_WAY.get(token, ()))
    assert required == {name for name, needed in inputs.items() if needed} - set(TAKEN_EITHER_WAY.get(token, ()))


# The real plugin takes an image, an S3 object, a backup instead, for which the stand-in has nothing.
TAKEN_EITHER_WAY = {
    "aws:dynamodb/table:Table": ("attributes", "hashKey"),
    "aws:lambda/function:Function": ("code", "handler", "runtime"),
    "aws:apigatewayv2/integration:Integration": ("integrationUri",),
    "aws:apigatewayv2/route:Route": ("target",),
}


@requirement("pulumi:sdk")
@pytest.mark.parametrize("token", CALLS)
def test_every_call_of_a_stand_in_exists_in_the_sdk(token: str) -> None:
    """`getGroup` is `get_group` there (pulumi_okta, pulumi_aws)."""
    name = re.sub(r"([A-Z])", lambda match: f"_{match.group(1).lower()}", token.rsplit(":", 1)[1])

    assert callable(getattr(sdk_module(token), name))


@requirement("pulumi:program")
def test_every_property_that_the_program_gives_is_known_to_the_stand_ins(tmp_path: Path) -> None:
    """The program, run against a cloud that only remembers, asks for nothing that would be refused (issue 3 §5)."""
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(b"PK")
    declared = run_program(settings_of(reservedConcurrency="5"), bundle).declared.values()
    ours = [found for found in declared if found.type.split(":")[0] in SDK]

    assert {found.type for found in ours} <= set(RESOURCES)
    for found in ours:
        settable = {name for name, spec in RESOURCES[found.type].schema.items() if spec.settable}
        assert (found.type, set(found.inputs) - settable) == (found.type, set())
    asyncio.set_event_loop(None)
