"""AWS as one part of the local cloud: control plane, front doors and functions, started and stopped together."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio.to_thread

from local_cloud.aws.account import http_apis
from local_cloud.aws.control_plane import ControlPlane, ControlPlaneServer
from local_cloud.aws.front_door import FrontDoors
from local_cloud.aws.lambda_runtime import Functions
from local_cloud.aws.lambda_runtime.interpreter import make_interpreter
from local_cloud.aws.ports import ApiPorts
from local_cloud.errors import LocalCloudError

FOLLOW_SECONDS = 10
_log = logging.getLogger("local_cloud.aws")


class AwsCloud:
    """The local AWS below a repository root; its files are in `ROOT/.local`."""

    def __init__(self, root: Path, port: int = 0, report: Callable[[str], None] = _log.info) -> None:
        self._root = root
        self._port = port
        self._report = report
        local = root / ".local"
        self._python = local / "runtime/bin/python"
        self._functions = Functions(local / "functions", local / "logs", lambda: self._python)
        self.front_doors = FrontDoors(ApiPorts(local / "api-ports.json"), self._functions, local / "logs")
        self._server: ControlPlaneServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> str:
        """
        Start everything; the answer is the endpoint for `AWS_ENDPOINT_URL`.

        Raises:
            LocalCloudError: a port is taken, or the function's interpreter cannot be made.
        """
        self._loop = asyncio.get_running_loop()
        requirements = self._root / "requirements/runtime.txt"
        make = partial(make_interpreter, self._root / ".local/runtime", requirements, self._report)
        self._python = await anyio.to_thread.run_sync(make)
        control_plane = ControlPlane(self.front_doors.endpoint_of, self._changed)
        self._server = ControlPlaneServer(control_plane, self._port)
        return self._server.url

    @property
    def endpoint_url(self) -> str:
        """The endpoint for `AWS_ENDPOINT_URL`."""
        if self._server is None:
            raise LocalCloudError("the local AWS is not running", "mcp-okta local up")
        return self._server.url

    def apis(self) -> dict[str, str]:
        """The URL of each HTTP API, by its name."""
        return {api.name: self.front_doors.endpoint_of(api.name) for api in http_apis()}

    def _changed(self) -> None:
        """Called in the control plane's thread after each change: the data plane follows before the caller goes on."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._follow(), self._loop).result(FOLLOW_SECONDS)

    async def _follow(self) -> None:
        await self.front_doors.follow()
        await self._functions.forget_deleted()

    async def stop(self) -> None:
        """Stop everything; no process and no listener is left."""
        if self._server is not None:
            await anyio.to_thread.run_sync(self._server.stop)
            self._server = None
        await self.front_doors.stop()
        await self._functions.stop()
