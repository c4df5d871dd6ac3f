"""A listener per HTTP API: opened when the API is created, closed when it is deleted."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from local_cloud.aws.account import http_apis
from local_cloud.aws.errors import PortTaken
from local_cloud.aws.front_door.door import Door
from local_cloud.aws.lambda_runtime import Functions
from local_cloud.aws.ports import ApiPorts


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the process that it is a part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class FrontDoors:
    """The listeners of all APIs, kept in step with what moto holds."""

    def __init__(self, ports: ApiPorts, functions: Functions, logs: Path) -> None:
        self._ports = ports
        self._functions = functions
        self._logs = logs
        self._open: dict[str, tuple[_Server, asyncio.Task[None]]] = {}
        self._changing = asyncio.Lock()
        self.doors: dict[str, Door] = {}

    def endpoint_of(self, api_name: str) -> str:
        """The URL of the API with this name."""
        return f"http://127.0.0.1:{self._ports.port_of(api_name)}"

    async def follow(self) -> None:
        """
        Open what is missing, close what is gone.

        Raises:
            PortTaken: another process holds an API's port.
        """
        async with self._changing:
            wanted = {api.api_id: api.name for api in http_apis() if api.protocol_type == "HTTP"}
            for api_id in self._open.keys() - wanted.keys():
                await self._close(api_id)
            for api_id in wanted.keys() - self._open.keys():
                await self._open_door(api_id, wanted[api_id])

    async def _open_door(self, api_id: str, name: str) -> None:
        listener = _listen(self._ports.port_of(name), name)
        door = Door(api_id, name, self._functions, self._logs)
        config = uvicorn.Config(door, lifespan="off", log_config=None, access_log=False, server_header=False)
        server = _Server(config)
        self.doors[api_id] = door
        self._open[api_id] = (server, asyncio.create_task(server.serve(sockets=[listener])))

    async def _close(self, api_id: str) -> None:
        server, task = self._open.pop(api_id)
        self.doors.pop(api_id)
        server.should_exit = True
        server.force_exit = True
        await task

    async def stop(self) -> None:
        """Close every listener."""
        async with self._changing:
            for api_id in [*self._open]:
                await self._close(api_id)


def _listen(port: int, name: str) -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only where the protocol is named
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(
            f"port {port} of the API {name} is held by another process, and the port is part of the audience",
            f"stop that process (ss -ltnp 'sport = :{port}'), then: mcp-okta local up",
        ) from None
    listener.listen(128)
    return listener
