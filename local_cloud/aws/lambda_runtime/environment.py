"""One execution environment: a process and its Runtime API, for one request at a time."""

import asyncio
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_cloud.aws.account import Function
from local_cloud.aws.lambda_runtime.log import FunctionLog
from local_cloud.aws.lambda_runtime.process import RuntimeProcess
from local_cloud.aws.lambda_runtime.runtime_api import Invocation, RuntimeApi
from local_cloud.aws.lambda_runtime.variables import child_variables

INIT_SECONDS = 10


class RuntimeFailed(Exception):
    """The environment died, timed out, or could not start; `kind` is Lambda's errorType, the text what it logs."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclass(frozen=True)
class Host:
    """What this machine gives every function: the interpreter that holds only the runtime client, and the local AWS."""

    python: Path
    endpoint_url: str


class Environment:
    """A process for one request at a time, reused while it is warm and frozen in between."""

    def __init__(self, function: Function, log: FunctionLog) -> None:
        self.function = function
        self._log = log
        self._api = RuntimeApi(idle=self._freeze)
        self._process: RuntimeProcess | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._init_milliseconds: float | None = None

    @property
    def started(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def usable(self) -> bool:
        """Whether it can take another request."""
        alive = self._process is not None and self._process.alive
        return alive and not self._api.overrun and self._stopping is None

    async def start(self, host: Host, task_root: Path) -> None:
        """
        Start the process and wait until it asks for its first event.

        Raises:
            RuntimeFailed: the module cannot be imported, the process ends, or init takes over 10 s.
        """
        started = time.monotonic()
        address = await self._api.start()
        variables = child_variables(self.function, address, task_root, host.endpoint_url)
        handler = self.function.handler
        self._process = await RuntimeProcess.spawn(host.python, handler, task_root, variables, self._log)
        if self._stopping is not None:
            await self._process.kill()
            raise RuntimeFailed("Runtime.Stopped", "stopped while it started")
        await self._initialised(self._process)
        self._init_milliseconds = (time.monotonic() - started) * 1000

    async def _initialised(self, process: RuntimeProcess) -> None:
        ready = asyncio.create_task(self._api.ready.wait())
        await asyncio.wait({ready, process.exited}, timeout=INIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._api.init_error:
            reason = self._api.init_error
        elif self._api.ready.is_set():
            return
        elif process.exited.done():
            reason = f"Runtime.ExitError: exit status {process.exited.result()}"
        else:
            reason = f"Sandbox.Timedout: init took over {INIT_SECONDS} seconds"
        raise RuntimeFailed(reason.partition(":")[0], f"INIT_REPORT Status: error\tError Type: {reason}")

    def _freeze(self) -> None:
        if self._process is not None:
            self._process.freeze()

    async def invoke(self, payload: bytes) -> tuple[bool, bytes]:
        """
        Run one event; the answer is (whether the handler returned, body).

        Raises:
            RuntimeFailed: the process ended, or the function's timeout passed: the environment must be stopped.
        """
        request_id, process, seconds = str(uuid.uuid4()), self._process, self.function.timeout_seconds
        assert process is not None
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        started, deadline = time.monotonic(), int((time.time() + seconds) * 1000)
        self._log.line(f"START RequestId: {request_id} Version: $LATEST")
        process.thaw()
        self._api.give(Invocation(request_id, payload, deadline, self.function.arn, answer))
        waiting: set[asyncio.Future[Any]] = {answer, process.exited}
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        await self._report(request_id, time.monotonic() - started, process)
        if answer.done():
            return answer.result()
        raise self._failure(request_id, process)

    async def _report(self, request_id: str, seconds: float, process: RuntimeProcess) -> None:
        await process.flush()
        memory = (self.function.memory_megabytes, process.peak_megabytes())
        self._log.line(f"END RequestId: {request_id}")
        self._log.report(request_id, seconds * 1000, self._init_milliseconds, memory)
        self._init_milliseconds = None

    def _failure(self, request_id: str, process: RuntimeProcess) -> RuntimeFailed:
        if process.exited.done():
            status = f"exit status {process.exited.result()}"
            text = f"RequestId: {request_id} Error: Runtime exited with error: {status}"
            return RuntimeFailed("Runtime.ExitError", text)
        text = f"{request_id} Task timed out after {self.function.timeout_seconds:.2f} seconds"
        return RuntimeFailed("Sandbox.Timedout", text)

    async def stop(self) -> None:
        """Kill the process group and wait for its end; safe to call twice, and from a caller that is cancelled."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())
        await asyncio.shield(self._stopping)

    async def _stop(self) -> None:
        if self._process is not None:
            await self._process.kill()
        await self._api.stop()
