"""AWS as one part of the local cloud: control plane, front doors and functions, started and stopped together."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import anyio.to_thread

from local_cloud.aws.account import RUNTIME, http_apis
from local_cloud.aws.cloudwatch import Delivery
from local_cloud.aws.control_plane import ControlPlane, DataPlane
from local_cloud.aws.control_server import ControlPlaneServer
from local_cloud.aws.front_door import FrontDoors
from local_cloud.aws.identity import Administrator, Gate, Sessions
from local_cloud.aws.lambda_runtime import Functions, Host
from local_cloud.aws.lambda_runtime.interpreter import make_interpreter
from local_cloud.aws.ports import ApiPorts
from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.keys import Keys, read_keys

T = TypeVar("T")
FOLLOW_SECONDS = 10
_log = logging.getLogger("local_cloud.aws")


class AwsCloud:
    """The local AWS below a repository root; its files are in `ROOT/.local`. One a process: moto's state is."""

    def __init__(self, root: Path, port: int = 0, report: Callable[[str], None] = _log.info) -> None:
        self._root = root
        self._folder = LocalFolder.of(root)
        self._port = port
        self._report = report
        local = root / ".local"
        self.functions = Functions(local / "functions", local / "logs")
        self._delivery = Delivery()
        self.front_doors = FrontDoors(
            ApiPorts(local / "api-ports.json"), self.functions, local / "logs", self._delivery
        )
        self._server: ControlPlaneServer | None = None
        self._functions_server: ControlPlaneServer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> str:
        """
        Start everything; the answer is the endpoint for `AWS_ENDPOINT_URL`.

        Raises:
            LocalCloudError: a port is taken, a secret cannot be read, or the function's interpreter cannot be made.
        """
        self._loop = asyncio.get_running_loop()
        self._folder.prepare()
        requirements = self._root / "requirements/runtime.txt"
        make = partial(make_interpreter, self._root / ".local/runtime", requirements, self._report)
        python = await anyio.to_thread.run_sync(make)
        control_plane, sessions = ControlPlane(self._data_plane()), Sessions()
        gate = Gate(control_plane, sessions, Administrator.of(self._folder))
        self._server = ControlPlaneServer(gate, self._port)
        self._functions_server = ControlPlaneServer(Gate(control_plane, sessions), 0)
        self.functions.start(Host(python, self._functions_server.url, sessions, self._delivery))
        return self._server.url

    def _data_plane(self) -> DataPlane:
        return DataPlane(
            follow=lambda: self._in_loop(self._follow(), FOLLOW_SECONDS),
            endpoint_of=self.front_doors.endpoint_of,
            invoke=lambda *call: self._in_loop(self.functions.invoke(*call), None),
            rename=self._rename,
            deliver_logs=lambda: self._in_loop(self._deliver_logs(), FOLLOW_SECONDS),
            runtime=RUNTIME,
        )

    async def _deliver_logs(self) -> None:
        self._delivery.flush()

    @property
    def endpoint_url(self) -> str:
        """The endpoint for `AWS_ENDPOINT_URL`."""
        if self._server is None:
            raise LocalCloudError("the local AWS is not running", "mcp-okta local up")
        return self._server.url

    @property
    def keys(self) -> Keys:
        """The administrator's key, once it was started."""
        return read_keys(self._folder)

    @property
    def rename_www_authenticate(self) -> bool:
        """Whether the front doors rename `WWW-Authenticate`, as AWS is reported to do; settable at any time."""
        return self.front_doors.rename_www_authenticate

    @rename_www_authenticate.setter
    def rename_www_authenticate(self, wanted: bool) -> None:
        self.front_doors.rename_www_authenticate = wanted

    def _rename(self, wanted: bool) -> None:
        self.rename_www_authenticate = wanted

    def apis(self) -> dict[str, str]:
        """The URL of each HTTP API, by its name."""
        found = {api.name: self.front_doors.endpoint_of(api.api_id) for api in http_apis()}
        return {name: url for name, url in found.items() if url}

    def _in_loop(self, work: Coroutine[Any, Any, T], seconds: float | None) -> T:
        """Run in the data plane's loop for a thread of the control plane, which waits: changes count at once."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    async def _follow(self) -> Mapping[str, LocalCloudError]:
        problems = await self.front_doors.follow()
        await self.functions.follow()
        return problems

    async def stop(self) -> None:
        """Stop everything; no process and no listener is left."""
        for server in (self._server, self._functions_server):
            if server is not None:
                await anyio.to_thread.run_sync(server.stop)
        self._server = self._functions_server = None
        await self.front_doors.stop()
        await self.functions.stop()
        self._delivery.flush()
