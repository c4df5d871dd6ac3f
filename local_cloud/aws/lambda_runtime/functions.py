"""Functions and their execution environments: created on demand, reused while warm, replaced when the code changes."""

import asyncio
import contextlib
import hashlib
import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local_cloud.aws.account import Function, find_function, function_names
from local_cloud.aws.lambda_runtime.environment import Environment, Place, RuntimeFailed
from local_cloud.aws.lambda_runtime.log import FunctionLog

PROCESSES_PER_FUNCTION = 10
REQUEST_LIMIT = 6 * 1024 * 1024


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to: `kind` is ok, function_error, runtime_error, throttled, too_large or missing."""

    kind: str
    body: bytes = b""


class _Pool:
    """The environments of one function; each serves one request at a time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.idle: list[Environment] = []
        self.busy: set[Environment] = set()
        self.freed = asyncio.Condition()


class Functions:
    """All functions of the account, run on this machine."""

    def __init__(self, folder: Path, logs: Path, python: Callable[[], Path]) -> None:
        self._folder = folder
        self._logs = logs
        self._python = python
        self._pools: dict[str, _Pool] = {}

    async def invoke(self, name: str, payload: bytes) -> Outcome:
        """Run the function with this event, in a warm environment if there is one."""
        function = find_function(name)
        if function is None:
            return Outcome("missing")
        if len(payload) > REQUEST_LIMIT:
            return Outcome("too_large")
        pool = self._pools.setdefault(name, _Pool(name))
        environment = await self._take(pool, function)
        if environment is None:
            return Outcome("throttled")
        return await self._run(pool, environment, payload)

    async def _take(self, pool: _Pool, function: Function) -> Environment | None:
        """A warm environment, or a new one; None when reserved concurrency is used up."""
        async with pool.freed:
            while True:
                await self._drop_obsolete(pool, function)
                if pool.idle:
                    environment = pool.idle.pop()
                elif function.reserved_concurrency is not None and len(pool.busy) >= function.reserved_concurrency:
                    return None
                elif len(pool.busy) < PROCESSES_PER_FUNCTION:
                    environment = Environment(function, self._place(function), FunctionLog(self._logs, pool.name))
                else:
                    await pool.freed.wait()
                    continue
                pool.busy.add(environment)
                return environment

    async def _drop_obsolete(self, pool: _Pool, function: Function) -> None:
        for environment in [*pool.idle]:
            if not environment.alive or environment.function.revision != function.revision:
                pool.idle.remove(environment)
                await environment.stop()

    async def _run(self, pool: _Pool, environment: Environment, payload: bytes) -> Outcome:
        log = FunctionLog(self._logs, pool.name)
        keep = False
        try:
            if not environment.alive:
                await environment.start()
            returned, body = await environment.invoke(payload)
            keep = environment.alive
            return Outcome("ok" if returned else "function_error", body)
        except RuntimeFailed as error:
            log.line(str(error))
            return Outcome("runtime_error", str(error).encode())
        finally:
            await self._give_back(pool, environment, keep)

    async def _give_back(self, pool: _Pool, environment: Environment, keep: bool) -> None:
        current = find_function(pool.name)
        keep = keep and current is not None and current.revision == environment.function.revision
        async with pool.freed:
            pool.busy.discard(environment)
            if keep:
                pool.idle.append(environment)
            pool.freed.notify()
        if not keep:
            await environment.stop()

    def _place(self, function: Function) -> Place:
        """Unpack the deployed bytes once per zip, read-only in practice: the child writes no bytecode."""
        digest = hashlib.sha256(function.code).hexdigest()[:16]
        root = self._folder / function.name / digest
        if not root.exists():
            temporary = root.with_name(f"{digest}.new")
            shutil.rmtree(temporary, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(function.code)) as archive:
                archive.extractall(temporary)
            temporary.rename(root)
        return Place(self._python(), root)

    async def forget_deleted(self) -> None:
        """Stop the environments of functions that no longer exist, and remove their code from disk."""
        existing = function_names()
        for name in [name for name in self._pools if name not in existing]:
            await self._stop_pool(self._pools.pop(name))
            shutil.rmtree(self._folder / name, ignore_errors=True)

    async def _stop_pool(self, pool: _Pool) -> None:
        for environment in [*pool.idle, *pool.busy]:
            with contextlib.suppress(ProcessLookupError):
                await environment.stop()
        pool.idle.clear()

    async def stop(self) -> None:
        """Stop every environment."""
        for pool in self._pools.values():
            await self._stop_pool(pool)
        self._pools.clear()
        shutil.rmtree(self._folder, ignore_errors=True)
