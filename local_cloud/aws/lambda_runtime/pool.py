"""The environments of one function: created on demand, reused while warm, replaced when the function changes."""

import asyncio

from local_cloud.aws.account import Function, find_function
from local_cloud.aws.lambda_runtime.code import UnpackedCode
from local_cloud.aws.lambda_runtime.environment import Environment, Host
from local_cloud.aws.lambda_runtime.failures import RuntimeFailed
from local_cloud.aws.lambda_runtime.log import FunctionLog
from local_cloud.aws.lambda_runtime.outcome import Outcome

PROCESSES_PER_FUNCTION = 10
MOST_RESERVED = 50


class Pool:
    """
    The environments of one function; each serves one request at a time.

    Does not scale beyond ten processes where no concurrency is reserved: further requests wait, where AWS starts more.
    """

    def __init__(self, name: str, host: Host, code: UnpackedCode, log: FunctionLog) -> None:
        self._name = name
        self._host = host
        self._code = code
        self._log = log
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._changed = asyncio.Condition()
        self._closed = False

    async def invoke(self, payload: bytes, client_context: str | None = None) -> Outcome:
        """Run the function with this event, in a warm environment if there is one."""
        taken = await self._take()
        return await self._run(taken, payload, client_context) if isinstance(taken, Environment) else taken

    async def _take(self) -> Environment | Outcome:
        """A warm environment, a new one, or why there is none; the function is read again after each wait."""
        async with self._changed:
            while not self._closed:
                function = find_function(self._name)
                if function is None:
                    break
                if await self._dropped_obsolete(function):
                    continue
                reserved = function.reserved_concurrency
                if len(self._busy) < (PROCESSES_PER_FUNCTION if reserved is None else reserved):
                    return self._chosen(function)
                if reserved is not None:
                    return Outcome("throttled")
                await self._changed.wait()
        return Outcome("missing")

    def _chosen(self, function: Function) -> Environment:
        environment = self._idle.pop() if self._idle else Environment(function, self._host, self._log)
        self._busy.add(environment)
        return environment

    async def refresh(self) -> None:
        """Stop the idle environments of an old version, and remove its code once nobody uses it."""
        async with self._changed:
            function = find_function(self._name)
            if function is not None:
                await self._dropped_obsolete(function)

    async def _dropped_obsolete(self, function: Function) -> bool:
        obsolete = [held for held in self._idle if not held.usable or held.function.revision != function.revision]
        for environment in obsolete:
            self._idle.remove(environment)
            await self._end(environment, function)
        return bool(obsolete)

    async def _run(self, environment: Environment, payload: bytes, client_context: str | None) -> Outcome:
        worked = False
        try:
            if environment.task_root is None:
                await environment.start(await self._code.take(environment.function))
            returned, body = await environment.invoke(payload, client_context)
            worked = True
            return Outcome("ok" if returned else "function_error", body, environment.log.take_tail())
        except RuntimeFailed as error:
            return Outcome("runtime_error", error.body, environment.log.take_tail())
        finally:
            await self._give_back(environment, worked)

    async def _give_back(self, environment: Environment, worked: bool) -> None:
        async with self._changed:
            self._busy.discard(environment)
            current = find_function(self._name)
            same = current is not None and current.revision == environment.function.revision
            keep = worked and same and environment.usable and not self._closed
            if keep:
                self._idle.append(environment)
            self._changed.notify_all()
        if not keep:
            await self._end(environment, current)

    async def _end(self, environment: Environment, current: Function | None) -> None:
        await environment.stop()
        if environment.task_root is not None:
            await self._code.give_back(environment.task_root, current)

    async def close(self) -> None:
        """Stop every environment, also the busy ones, and remove the code."""
        async with self._changed:
            self._closed = True
            environments = [*self._idle, *self._busy]
            self._idle.clear()
            self._changed.notify_all()
        await asyncio.gather(*(environment.stop() for environment in environments))
        await asyncio.to_thread(self._code.remove)
