"""A cloud that only remembers: what the program declared, with its inputs, parents and dependencies."""

import asyncio
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime import mocks

with warnings.catch_warnings():  # pulumi_aws warns, on import, about a resource of its own
    warnings.simplefilter("ignore", DeprecationWarning)
    from infra import program
from infra.settings import Settings

ENDPOINT = "https://A1.Execute-Api.us-east-1.amazonaws.com"
EXECUTION_ARN = "arn:aws:execute-api:us-east-1:123456789012:a1"
ACCOUNT = "123456789012"
GET_CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"
GET_GROUP = "okta:group/getGroup:getGroup"
ROLE_ID = "AROA1"
ACCESS = '{"readers": ["mcp:read"], "editors": ["mcp:read", "mcp:write"]}'
REMOTE = {"OKTA_ORG_NAME": "acme", "OKTA_BASE_URL": "okta.com"}


class Refused(grpc.RpcError):
    """How the engine hands over what a plugin says to a failed question."""

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self._details = details

    def code(self) -> grpc.StatusCode:
        """Plugins say UNKNOWN."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """The plugin's own sentence."""
        return self._details


@dataclass
class Options:
    """What the engine is told about how to change a resource."""

    imported: str
    replace_on_changes: list[str]
    ignore_changes: list[str]
    delete_before_replace: bool | None
    replacement_trigger: Any

    @classmethod
    def of(cls, request: Any) -> "Options":
        """Those of a request to the engine; None where the provider is to decide."""
        return cls(
            request.importId,
            list(request.replaceOnChanges),
            list(request.ignoreChanges),
            request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
            request.replacement_trigger.string_value,
        )


@dataclass
class Declared:
    """One resource as the program asked for it."""

    type: str
    inputs: dict[str, Any]
    parent: str
    dependencies: set[str]
    options: "Options"


def client_id(app: Mapping[str, Any]) -> str:
    """The people's app, or a service's by the name in its label."""
    _, _, service = app.get("label", "").partition("-service-")
    return f"0oa1-service-{service.rpartition('-')[0]}" if service else "0oa1"


@dataclass
class Cloud(mocks.Mocks):
    """Answers with the inputs and the few outputs that the program reads on."""

    groups: Mapping[str, str] = field(default_factory=lambda: {"readers": "00g-readers", "editors": "00g-editors"})
    described: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    declared: dict[str, Declared] = field(default_factory=dict)

    @property
    def objects(self) -> list[Declared]:
        """All that was declared but the stack itself, also where the program failed."""
        return [found for found in self.declared.values() if found.type != "pulumi:pulumi:Stack"]

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """An id made of the logical name, and outputs as AWS and Okta have them."""
        name = args.inputs.get("name", "")
        more = {
            "aws:apigatewayv2/api:Api": {"apiEndpoint": ENDPOINT, "executionArn": EXECUTION_ARN},
            "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{name}"},
            "aws:iam/role:Role": {"arn": f"arn:aws:iam::123456789012:role/{name}", "uniqueId": ROLE_ID},
            "aws:lambda/function:Function": {
                "arn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
                "invokeArn": f"arn:invoke:{name}",
            },
            "okta:auth/server:Server": {"issuer": "https://acme.okta.com/oauth2/aus1"},
            "okta:app/oAuth:OAuth": {"clientId": client_id(args.inputs)},
            "aws:dynamodb/table:Table": {"arn": f"arn:aws:dynamodb:us-east-1:123456789012:table/{name}"},
        }
        return f"{args.name}-id", {**args.inputs, **more.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:
        """AWS's plugin: whose keys; Okta's: the first group whose name begins with the text; or an error."""
        if args.token in self.refused:
            raise Refused(self.refused[args.token])
        if args.token == GET_CALLER_IDENTITY:
            return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "id": ACCOUNT, "userId": ACCOUNT}
        assert args.token == GET_GROUP
        for name, identifier in self.groups.items():
            if name.startswith(args.args["name"]):
                return {"id": identifier, "name": name, "description": self.described.get(name, "")}
        raise Refused(f'group with name "{args.args["name"]}" does not exist')


class Monitor(mocks.MockMonitor):
    """The engine's side, which also remembers what depends on what."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.declared = cloud.declared

    def RegisterResource(self, request: Any) -> Any:
        """Remember the request by the resource's logical name."""
        inputs = pulumi.runtime.rpc.deserialize_properties(request.object)
        self.declared[request.type + " " + request.name] = Declared(
            request.type,
            inputs,
            request.parent.split("::")[-1],
            {urn.split("::")[-1] for urn in request.dependencies},
            Options.of(request),
        )
        return super().RegisterResource(request)


@dataclass
class Deployment:
    """All that one run of the program declared, and its outputs."""

    declared: dict[str, Declared]
    outputs: dict[str, Any]

    def of(self, kind: str) -> dict[str, Declared]:
        """The resources of one type, by logical name."""
        return {key.split(" ", 1)[1]: found for key, found in self.declared.items() if found.type.endswith(f":{kind}")}

    def one(self, kind: str) -> dict[str, Any]:
        """The inputs of the only resource of one type."""
        (found,) = self.of(kind).values()
        return found.inputs


def settings_of(stack: str = "dev", **config: str) -> Settings:
    """The settings of a stack on real accounts."""
    keys = {"access": ACCESS, **config}
    return Settings.from_config({f"mcp-okta:{key}": value for key, value in keys.items()}, stack, REMOTE)


def run_program(settings: Settings, bundle: Path, cloud: Cloud | None = None) -> Deployment:
    """Run `declare` against the remembering cloud, with the given file in the place of the zip."""
    monitor = Monitor(cloud or Cloud())
    outputs: dict[str, Any] = {}

    def declare() -> pulumi.Output[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(program, "build_bundle", lambda *_, **__: bundle)
            return pulumi.Output.all(**program.declare(settings)).apply(outputs.update)

    with own_loop() as loop, Workers() as workers:
        loop.set_default_executor(workers)
        mocks.set_mocks(monitor.mocks, project="mcp-okta", stack=settings.environment, preview=False, monitor=monitor)
        mocks.test(declare)()
    return Deployment(monitor.declared, outputs)


@contextmanager
def own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop for this thread, closed afterwards; Pulumi's mocks would open one and leave it to the collector."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()


class Workers(ThreadPoolExecutor):
    """Threads that give each task a loop of its own, for the same reason."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # type: ignore[override]
        """Run the task with a loop at hand."""

        def run() -> Any:
            with own_loop():
                return task(*args, **kwargs)

        return super().submit(run)
