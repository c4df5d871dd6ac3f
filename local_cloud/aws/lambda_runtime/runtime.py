"""One run of the runtime client: its process and its Runtime API, from start to end."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local_cloud.aws.lambda_runtime.failures import RuntimeFailed, exited, init_error, timed_out
from local_cloud.aws.lambda_runtime.process import RuntimeProcess
from local_cloud.aws.lambda_runtime.runtime_api import RuntimeApi


class Runtime:
    """A process that asks for events, and what it asks."""

    def __init__(self) -> None:
        self.api = RuntimeApi(idle=self._freeze)
        self.process: RuntimeProcess | None = None

    @property
    def usable(self) -> bool:
        """Whether it can take another event."""
        return self.process is not None and self.process.alive and not self.api.overrun

    async def start(
        self,
        python: Path,
        handler: str,
        task_root: Path,
        variables: Callable[[str], Mapping[str, str]],
        say: Callable[[str], None],
    ) -> None:
        """Start the process; `variables` makes its environment from the address of its Runtime API."""
        address = await self.api.start()
        self.process = await RuntimeProcess.spawn(python, handler, task_root, variables(address), say)

    async def initialised(self, request_id: str, seconds: float) -> RuntimeFailed | None:
        """Wait until it asks for its first event; the answer is why it does not."""
        assert self.process is not None
        ready = asyncio.create_task(self.api.ready.wait())
        waiting: set[asyncio.Future[Any]] = {ready, self.process.exited}
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self.api.init_error is not None:
            return init_error(self.api.init_error)
        if self.api.ready.is_set():
            return None
        done = self.process.exited.done()
        return exited(request_id, self.process.exited.result()) if done else timed_out(request_id, int(seconds))

    def _freeze(self) -> None:
        if self.process is not None:
            self.process.freeze()

    async def stop(self) -> None:
        """Kill the process group, wait for its end, and close the port."""
        if self.process is not None:
            await self.process.kill()
        await self.api.stop()
