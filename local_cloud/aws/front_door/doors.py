"""A listener per HTTP API: opened when the API is created, closed when it is deleted."""

import asyncio
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import uvicorn

from local_cloud.aws.account import http_apis
from local_cloud.aws.cloudwatch import Delivery
from local_cloud.aws.control_server import open_listener
from local_cloud.aws.errors import PortTaken
from local_cloud.aws.front_door.access_log import AccessLog
from local_cloud.aws.front_door.door import Door
from local_cloud.aws.lambda_runtime import Functions
from local_cloud.aws.ports import ApiPorts
from local_cloud.errors import LocalCloudError
from local_cloud.hosts import OurHosts
from local_cloud.parts import PartServer

KEEP_ALIVE_SECONDS = 75


@dataclass
class _OpenDoor:
    name: str
    key: str
    port: int
    server: PartServer
    serving: asyncio.Task[None]


class FrontDoors:
    """
    The listeners of all APIs, kept in step with what moto holds.

    Args:
        logs: where each API's access log is written.
    """

    def __init__(self, ports: ApiPorts, functions: Functions, logs: Path, delivery: Delivery) -> None:
        self.rename_www_authenticate = True
        self._ports = ports
        self._functions = functions
        self._logs = logs
        self._delivery = delivery
        self._open: dict[str, _OpenDoor] = {}
        self._changing = asyncio.Lock()

    def endpoint_of(self, api_id: str) -> str | None:
        """The URL of this API; None when it has no door."""
        door = self._open.get(api_id)
        return f"http://127.0.0.1:{door.port}" if door else None

    async def follow(self) -> dict[str, LocalCloudError]:
        """Open what is missing, close what is gone; the answer says for each API that has no door why."""
        async with self._changing:
            wanted = {api.api_id: api.name for api in http_apis()}
            for api_id in self._open.keys() - wanted.keys():
                await self._close(api_id)
            problems: dict[str, LocalCloudError] = {}
            for api_id, name in wanted.items():
                try:
                    self._keep_name(api_id, name) if api_id in self._open else self._open_door(api_id, name)
                except PortTaken as problem:
                    problems[api_id] = problem
            return problems

    def _keep_name(self, api_id: str, name: str) -> None:
        """An API keeps its port, and so its URL, when it is renamed."""
        door = self._open[api_id]
        if door.name != name:
            key = self._free_name(name)
            self._ports.rename(door.key, key)
            door.name, door.key = name, key

    def _open_door(self, api_id: str, name: str) -> None:
        key = self._free_name(name)
        port = self._ports.port_of(key)
        listener = open_listener(port, f"the API {name} (it is part of the audience)")
        access_log = AccessLog(self._logs, api_id, self._delivery)
        door = Door(api_id, self._functions, access_log, lambda: self.rename_www_authenticate)
        server = PartServer(
            uvicorn.Config(
                OurHosts(door),
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # else a caller chooses its own address
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]), name=f"front door of {name}")
        self._open[api_id] = _OpenDoor(name, key, port, server, serving)

    def _free_name(self, name: str) -> str:
        """What the API's port is kept under: its name, with a number where several have the same, as AWS lets them."""
        taken = {door.key for door in self._open.values()}
        candidates = (name if number == 1 else f"{name} ({number})" for number in count(1))
        return next(candidate for candidate in candidates if candidate not in taken)

    async def _close(self, api_id: str) -> None:
        door = self._open.pop(api_id)
        door.server.should_exit = True
        door.server.force_exit = True
        await door.serving

    async def stop(self) -> None:
        """Close every listener."""
        async with self._changing:
            for api_id in [*self._open]:
                await self._close(api_id)
