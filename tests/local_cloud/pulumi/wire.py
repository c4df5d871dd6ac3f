"""The engine's side of a plugin, in process: the same requests, without a socket."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from google.protobuf import struct_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2

from local_cloud.pulumi.providers import values
from local_cloud.pulumi.providers.base import Provider
from local_cloud.pulumi.providers.resource import Plugin


class Aborted(Exception):
    """The plugin ended a request with an error; `detail` is the half-made object, if it told of one."""

    def __init__(self, text: str, detail: Any) -> None:
        super().__init__(text)
        self.detail = detail


class Context:
    """What gRPC hands to a servicer, as far as the plugins use it."""

    def __init__(self) -> None:
        self.trailing: dict[str, bytes] = {}

    def set_trailing_metadata(self, pairs: Any) -> None:
        """Keep what is sent after the status."""
        self.trailing = dict(pairs)

    def abort(self, code: Any, text: str) -> None:
        """End the request, as gRPC does by raising."""
        raise Aborted(text, half_made(self.trailing.get("grpc-status-details-bin")))


def half_made(status: bytes | None) -> Any:
    """The half-made object in a status, as the engine looks for it."""
    if status is None:
        return None
    detail = provider_pb2.ErrorResourceInitFailed()
    (packed,) = status_pb2.Status.FromString(status).details
    assert packed.Unpack(detail)
    return detail


def urn_of(token: str, name: str = "it") -> str:
    """How the engine names a resource below a component."""
    return f"urn:pulumi:dev::mcp-okta::mcp-okta:infra:Part${token}::{name}"


class Wire:
    """One plugin, and the engine that asks it."""

    def __init__(self, plugin: Plugin, connect: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self.plugin = replace(plugin, connect=lambda settings, patience: connect(settings)) if connect else plugin
        self.provider = Provider(self.plugin)
        if connect:
            self.ask("Configure", provider_pb2.ConfigureRequest(args=values.write({})))

    def ask(self, method: str, request: Any) -> Any:
        """Any request."""
        return getattr(self.provider, method)(request, Context())

    def check(self, token: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **more: Any) -> Any:
        """The inputs after the check, and {property: reason}."""
        olds_struct = None if olds is None else values.write(olds)
        request = provider_pb2.CheckRequest(urn=urn_of(token), news=values.write(news), olds=olds_struct, **more)
        answer = self.ask("Check", request)
        return values.read(answer.inputs), {fault.property: fault.reason for fault in answer.failures}

    def diff(self, token: str, state: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> Any:
        """The whole answer."""
        olds, old_inputs, news = values.write(state), values.write(old), values.write(new)
        return self.ask(
            "Diff", provider_pb2.DiffRequest(urn=urn_of(token), olds=olds, old_inputs=old_inputs, news=news)
        )

    def create(self, token: str, inputs: dict[str, Any], preview: bool = False) -> Any:
        """The whole answer."""
        request = provider_pb2.CreateRequest(urn=urn_of(token), properties=values.write(inputs), preview=preview)
        return self.ask("Create", request)

    def read(self, token: str, identifier: str, state: dict[str, Any], inputs: dict[str, Any]) -> Any:
        """The whole answer."""
        request = provider_pb2.ReadRequest(
            id=identifier, urn=urn_of(token), properties=values.write(state), inputs=values.write(inputs)
        )
        return self.ask("Read", request)

    def update(self, token: str, identifier: str, state: dict[str, Any], news: dict[str, Any], **more: Any) -> Any:
        """The whole answer."""
        request = provider_pb2.UpdateRequest(
            id=identifier, urn=urn_of(token), olds=values.write(state), news=values.write(news), **more
        )
        return self.ask("Update", request)

    def delete(self, token: str, identifier: str, state: dict[str, Any]) -> None:
        """Delete, or raise."""
        request = provider_pb2.DeleteRequest(id=identifier, urn=urn_of(token), properties=values.write(state))
        self.ask("Delete", request)

    def invoke(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """The answer as Python."""
        answer = self.ask("Invoke", provider_pb2.InvokeRequest(tok=token, args=values.write(args)))
        return values.read(getattr(answer, "return"))


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of an answer."""
    return values.read(struct)


def secret_names(struct: struct_pb2.Struct) -> set[str]:
    """The properties that are marked secret on the wire."""
    return {
        name
        for name, value in struct.items()
        if isinstance(value, struct_pb2.Struct)
        and values.SIGNATURE in value
        and value[values.SIGNATURE] == values.SECRET
    }
