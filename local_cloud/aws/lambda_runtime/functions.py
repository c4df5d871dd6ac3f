"""All functions of the account, run on this machine."""

from itertools import count
from pathlib import Path

from local_cloud.aws.account import find_function
from local_cloud.aws.lambda_runtime.code import UnpackedCode, remove_tree
from local_cloud.aws.lambda_runtime.environment import Host
from local_cloud.aws.lambda_runtime.log import FunctionLog
from local_cloud.aws.lambda_runtime.outcome import Outcome
from local_cloud.aws.lambda_runtime.pool import Pool

# Source: AWS, Lambda quotas, invocation payload: "must be smaller than 6291456 bytes".
REQUEST_LIMIT = 6 * 1024 * 1024


class Functions:
    """
    The functions that moto holds, each with its pool of environments.

    Args:
        folder: where the code is unpacked; it belongs to this object.
        logs: where each function's log is written.
    """

    def __init__(self, folder: Path, logs: Path) -> None:
        self._folder = folder
        self._logs = logs
        self._host: Host | None = None
        self._pools: dict[str, Pool] = {}
        self._numbers = count(1)

    def start(self, host: Host) -> None:
        """Begin to run functions; what a crash left on disk is removed."""
        remove_tree(self._folder)
        self._host = host

    async def invoke(self, name: str, payload: bytes, client_context: str | None = None) -> Outcome:
        """Run the function with this event; `client_context` is JSON on one line, as the runtime gets it."""
        if self._host is None or find_function(name) is None:
            return Outcome("missing")
        if len(payload) >= REQUEST_LIMIT:
            return Outcome("too_large")
        pool = self._pools.get(name) or self._open(name, self._host)
        return await pool.invoke(payload, client_context)

    def _open(self, name: str, host: Host) -> Pool:
        # A folder per pool: the code of a function that is deleted and made again must not be the one being removed.
        code = UnpackedCode(self._folder / f"{name}-{next(self._numbers)}")
        self._pools[name] = Pool(name, host, code, FunctionLog(self._logs, name))
        return self._pools[name]

    async def follow(self) -> None:
        """Stop what no longer exists and what is of an old version, and remove its code from disk."""
        for name, pool in [*self._pools.items()]:
            if find_function(name) is None:
                await self._pools.pop(name).close()
            else:
                await pool.refresh()

    async def stop(self) -> None:
        """Stop every environment."""
        self._host = None
        while self._pools:
            await self._pools.popitem()[1].close()
        remove_tree(self._folder)
