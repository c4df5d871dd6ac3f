"""One execution environment: a runtime for one request at a time, with a log stream and credentials of its own."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_cloud.aws.account import RUNTIME, Function
from local_cloud.aws.cloudwatch import Delivery
from local_cloud.aws.identity import Sessions
from local_cloud.aws.lambda_runtime.failures import RuntimeFailed, exited, not_runnable, timed_out
from local_cloud.aws.lambda_runtime.log import EnvironmentLog, FunctionLog
from local_cloud.aws.lambda_runtime.runtime import Runtime
from local_cloud.aws.lambda_runtime.runtime_api import Invocation
from local_cloud.aws.lambda_runtime.variables import child_variables

INIT_SECONDS = 10


@dataclass(frozen=True)
class Host:
    """What this machine gives every function: an interpreter with the runtime client, the local AWS, keys, a log."""

    python: Path
    endpoint_url: str
    sessions: Sessions
    delivery: Delivery

    @property
    def runtime_dir(self) -> Path:
        """Where the runtime client is: /var/runtime on AWS."""
        return self.python.parents[1] / f"lib/{RUNTIME}/site-packages"


class Environment:
    """A process for one request at a time, reused while it is warm and frozen in between."""

    def __init__(self, function: Function, host: Host, file: FunctionLog) -> None:
        self.function = function
        self.task_root: Path | None = None
        self._host = host
        self._session = host.sessions.open(function)
        self._stream = f"{datetime.now(UTC):%Y/%m/%d}/[$LATEST]{uuid.uuid4().hex}"
        self.log = EnvironmentLog(file, host.delivery, function, self._session, self._stream)
        self._runtime = Runtime()
        self._failed = False
        self._stopping: asyncio.Task[None] | None = None
        self._init_milliseconds: float | None = None

    @property
    def usable(self) -> bool:
        """Whether it can take another request."""
        return self._runtime.usable and self._stopping is None

    async def start(self, task_root: Path) -> None:
        """
        Start the process and wait until it asks for its first event. An init that fails is tried again by the call.

        Raises:
            RuntimeFailed: somebody stopped it meanwhile.
        """
        self.task_root = task_root
        self.log.init_start(self.function.runtime)
        self._failed = await self._initialise("init", str(uuid.uuid4()), INIT_SECONDS) is not None

    async def _initialise(self, phase: str, request_id: str, seconds: float) -> RuntimeFailed | None:
        """Run the init phase once; the answer is why it failed, which is in the log already."""
        started, runtime = time.monotonic(), self._runtime
        assert self.task_root is not None
        await runtime.start(self._host.python, self.function.handler, self.task_root, self._variables, self.log.line)
        if self._stopping is not None:
            await runtime.stop()
            raise not_runnable("Runtime.Stopped", "stopped while it started")
        failure = await runtime.initialised(request_id, seconds)
        milliseconds = (time.monotonic() - started) * 1000
        if failure is None:
            self._init_milliseconds = milliseconds
        else:
            await runtime.stop()
            self.log.init_report(milliseconds, phase, *failure.ending)
        return failure

    def _variables(self, runtime_api: str) -> Mapping[str, str]:
        assert self.task_root is not None
        folders, endpoint_url = (self.task_root, self._host.runtime_dir), self._host.endpoint_url
        return child_variables(self.function, runtime_api, folders, endpoint_url, self._session, self._stream)

    async def invoke(self, payload: bytes, client_context: str | None = None) -> tuple[bool, bytes]:
        """
        Run one event; the answer is (whether the handler returned, body).

        Raises:
            RuntimeFailed: the process ended, or the function's timeout passed: the environment must be stopped.
        """
        request_id, started = str(uuid.uuid4()), time.monotonic()
        failure = await self._initialise_again(request_id) if self._failed else None
        self.log.line(f"START RequestId: {request_id} Version: $LATEST")
        answer = None if failure else await self._run(request_id, (payload, client_context), started)
        failure = failure or (None if answer else self._failure(request_id))
        await self._report(request_id, started, failure)
        if failure is not None:
            raise failure
        assert answer is not None
        return answer

    async def _initialise_again(self, request_id: str) -> RuntimeFailed | None:
        """
        The second attempt at an init that failed, within the function's timeout.

        Source: AWS Lambda, execution environment, "Failures during the Init phase".
        """
        self._runtime = Runtime()
        failure = await self._initialise("invoke", request_id, self.function.timeout_seconds)
        self._failed, self._init_milliseconds = failure is not None, None
        return failure

    async def _run(self, request_id: str, event: tuple[bytes, str | None], started: float) -> tuple[bool, bytes] | None:
        """Hand the event over and wait; the answer is None when there is none in time."""
        process, seconds = self._runtime.process, self.function.timeout_seconds - (time.monotonic() - started)
        assert process is not None
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        deadline = int((time.time() + seconds) * 1000)
        process.thaw()
        self._runtime.api.give(Invocation(request_id, event[0], deadline, self.function.arn, answer, event[1]))
        waiting: set[asyncio.Future[Any]] = {answer, process.exited}
        await asyncio.wait(waiting, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
        await process.flush()
        return answer.result() if answer.done() else None

    def _failure(self, request_id: str) -> RuntimeFailed:
        process = self._runtime.process
        if process is not None and process.exited.done():
            return exited(request_id, process.exited.result())
        return timed_out(request_id, self.function.timeout_seconds)

    async def _report(self, request_id: str, started: float, failure: RuntimeFailed | None) -> None:
        milliseconds = (time.monotonic() - started) * 1000
        if failure is not None:
            for line in failure.lines:
                self.log.line(line)
            if failure.status == "timeout":
                milliseconds = min(milliseconds, self.function.timeout_seconds * 1000)
        process = self._runtime.process
        memory = (self.function.memory_megabytes, process.peak_megabytes() if process else 0)
        ending = failure.ending if failure else None
        self.log.report(request_id, milliseconds, self._init_milliseconds, memory, ending)
        self._init_milliseconds = None

    async def stop(self) -> None:
        """Kill the process group and wait for its end; safe to call twice, and from a caller that is cancelled."""
        if self._stopping is None:
            self._host.sessions.close(self._session)
            self._stopping = asyncio.create_task(self._runtime.stop())
        await asyncio.shield(self._stopping)
