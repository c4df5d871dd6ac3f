"""The parts of the local cloud: what can be started, stopped, and can die."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Protocol

import uvicorn

from local_cloud.errors import LocalCloudError


class Part(Protocol):
    """One part; the daemon starts them in order and stops them in the opposite one."""

    name: str

    async def start(self) -> None:
        """Return when it answers."""

    async def stop(self) -> None:
        """Return when it has ended and let go of its ports."""

    async def failure(self) -> str:
        """Wait until it dies by itself, and say why."""


class PartServer(uvicorn.Server):
    """A uvicorn server that is a part of a process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon, which has more than one server."""
        yield


class HttpPart:
    """An ASGI application on a socket that already listens."""

    def __init__(self, name: str, app: Any, listener: socket.socket) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._listener = listener
        # No access log: the paths of OAuth endpoints carry codes.
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3)
        self._server = PartServer(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """
        Serve, and return when the application has started.

        Raises:
            LocalCloudError: the application failed in its own start.
        """
        self._task = asyncio.create_task(self._serve(), name=self.name)
        while not self._server.started:
            if self._task.done():
                raise LocalCloudError(f"the local {self.name} did not start: {reason(self._task)}")
            await asyncio.sleep(0.01)

    async def _serve(self) -> None:
        try:
            await self._server.serve(sockets=[self._listener])
        except SystemExit as error:
            # uvicorn exits where an application's own start fails; here there are others to stop first.
            raise LocalCloudError(f"the server gave up with {error.code}; its log says why") from error

    async def stop(self) -> None:
        """Finish the requests at hand, for three seconds at most, and end."""
        self._server.should_exit = True
        if self._task is not None:
            await asyncio.wait([self._task])
        self._listener.close()

    async def failure(self) -> str:
        """Wait for the end of a server that nobody stopped."""
        if self._task is not None:
            await asyncio.wait([self._task])
            return reason(self._task)
        return "it was never started"


def reason(task: asyncio.Task[Any]) -> str:
    """Why a task that should go on has ended."""
    error = None if task.cancelled() else task.exception()
    return f"{type(error).__name__}: {error}" if error else "it stopped by itself"
