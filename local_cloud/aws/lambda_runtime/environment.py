"""One execution environment: a child process that runs AWS's runtime client on the deployed bytes."""

import asyncio
import contextlib
import os
import signal
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_cloud.aws.account import REGION, Function
from local_cloud.aws.lambda_runtime.log import FunctionLog
from local_cloud.aws.lambda_runtime.runtime_api import Invocation, RuntimeApi

INIT_SECONDS = 10


class RuntimeFailed(Exception):
    """The environment died, timed out, or could not start; the text is what Lambda would log."""


@dataclass(frozen=True)
class Place:
    """Where a function's code and its interpreter are on disk."""

    python: Path
    task_root: Path


def child_variables(function: Function, runtime_api: str, task_root: Path) -> dict[str, str]:
    """
    The whole environment of the child: what Lambda sets and what the function configures; nothing of the host's.

    Source: AWS, Lambda environment variables, "Defined runtime environment variables".
    """
    reserved: Mapping[str, str] = {
        "AWS_LAMBDA_RUNTIME_API": runtime_api,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_megabytes),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "LAMBDA_TASK_ROOT": str(task_root),
        "_HANDLER": function.handler,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {**dict(function.variables), **reserved}


class Environment:
    """A process for one request at a time, reused while it is warm."""

    def __init__(self, function: Function, place: Place, log: FunctionLog) -> None:
        self.function = function
        self._place = place
        self._log = log
        self._api = RuntimeApi()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._exited: asyncio.Task[int] | None = None
        self._init_milliseconds: float | None = None

    @property
    def alive(self) -> bool:
        """Whether the process can still take a request."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """
        Start the process and wait until it asks for its first event.

        Raises:
            RuntimeFailed: the module cannot be imported, the process ends, or init takes over 10 s.
        """
        started = time.monotonic()
        address = await self._api.start()
        self._process = await asyncio.create_subprocess_exec(
            str(self._place.python), "-m", "awslambdaric", self.function.handler,
            cwd=self._place.task_root,
            env=child_variables(self.function, address, self._place.task_root),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=1024 * 1024,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._copy_output())
        self._exited = asyncio.create_task(self._process.wait())
        await self._initialised()
        self._init_milliseconds = (time.monotonic() - started) * 1000

    async def _initialised(self) -> None:
        ready = asyncio.create_task(self._api.ready.wait())
        assert self._exited is not None
        await asyncio.wait({ready, self._exited}, timeout=INIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._api.init_error:
            raise RuntimeFailed(f"INIT_REPORT Status: error\tError Type: {self._api.init_error}")
        if not self._api.ready.is_set():
            reason = "Runtime.ExitError" if self._exited.done() else "Sandbox.Timedout: init took over 10 seconds"
            raise RuntimeFailed(f"INIT_REPORT Status: error\tError Type: {reason}")

    async def invoke(self, payload: bytes) -> tuple[bool, bytes]:
        """
        Run one event; the answer is (whether the handler returned, body).

        Raises:
            RuntimeFailed: the process ended, or the function's timeout passed: then the process is dead.
        """
        request_id, seconds = str(uuid.uuid4()), self.function.timeout_seconds
        answer: asyncio.Future[tuple[bool, bytes]] = asyncio.get_running_loop().create_future()
        deadline = int((time.time() + seconds) * 1000)
        self._log.line(f"START RequestId: {request_id} Version: $LATEST")
        started = time.monotonic()
        self._api.give(Invocation(request_id, payload, deadline, self.function.arn, answer))
        assert self._exited is not None
        await asyncio.wait({answer, self._exited}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        milliseconds = (time.monotonic() - started) * 1000
        self._log.line(f"END RequestId: {request_id}")
        self._log.report(request_id, milliseconds, self._init_milliseconds, self.function.memory_megabytes)
        self._init_milliseconds = None
        if answer.done():
            return answer.result()
        if self._exited.done():
            raise RuntimeFailed(f"RequestId: {request_id} Error: Runtime exited with error: {self._exited.result()}")
        raise RuntimeFailed(f"{request_id} Task timed out after {seconds:.2f} seconds")

    async def _copy_output(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        while True:
            try:
                line = await self._process.stdout.readline()
            except ValueError:  # a line over the limit: the rest of it follows as lines of their own
                continue
            if not line:
                return
            self._log.line(line.decode("utf-8", "replace"))

    async def stop(self) -> None:
        """Kill the process group and wait for its end."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        self._api.stop()
        if self._reader is not None:
            await self._reader
