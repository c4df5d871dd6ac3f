"""A plugin served over gRPC, and the engine's side of it."""

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local_cloud.pulumi.providers import values
from local_cloud.pulumi.providers.base import Provider
from tests.local_cloud.pulumi.wire import Aborted, Wire, half_made
from tests.local_cloud.pulumi.worlds import World


class ServedWire(Wire):
    """The requests of `Wire`, over a channel."""

    def __init__(self, world: World, address: str) -> None:
        self.plugin = world.plugin
        self._stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(address))

    def ask(self, method: str, request: Any) -> Any:
        """Any request."""
        try:
            return getattr(self._stub, method)(request, timeout=30)
        except grpc.RpcError as error:
            trailing = dict(error.trailing_metadata() or ())
            raise Aborted(error.details(), half_made(trailing.get("grpc-status-details-bin"))) from error


@contextmanager
def served(world: World) -> Iterator[ServedWire]:
    """The plugin on a loopback port, connected to the world's client."""
    provider = Provider(replace(world.plugin, connect=lambda settings, patience: world.client))
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    wire = ServedWire(world, f"127.0.0.1:{port}")
    wire.ask("Configure", provider_pb2.ConfigureRequest(args=values.write({})))
    try:
        yield wire
    finally:
        server.stop(grace=None).wait(5)
