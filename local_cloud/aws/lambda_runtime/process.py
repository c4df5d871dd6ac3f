"""The process of one execution environment: started, frozen between requests, thawed, killed with all its children."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from local_cloud.aws.lambda_runtime import launcher

LINE_LIMIT = 1024 * 1024
LAST_WORDS_SECONDS = 1


class RuntimeProcess:
    """AWS's runtime client on the unpacked code; in a process group of its own."""

    def __init__(self, process: asyncio.subprocess.Process, say: Callable[[str], None]) -> None:
        self._process = process
        self._say = say
        self._peak = 0
        self._reader = asyncio.create_task(self._copy_output())
        self.exited: asyncio.Task[int] = asyncio.create_task(process.wait())

    @classmethod
    async def spawn(
        cls, python: Path, handler: str, task_root: Path, variables: Mapping[str, str], say: Callable[[str], None]
    ) -> "RuntimeProcess":
        """Start the runtime client; its handler is looked up in the task root, which is first on its path."""
        command = [str(python), "-I", "-S", launcher.__file__, handler]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=task_root,
            env=dict(variables),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=LINE_LIMIT,
        )
        return cls(process, say)

    @property
    def alive(self) -> bool:
        """Whether the process can still take a request."""
        return self._process.returncode is None

    def freeze(self) -> None:
        """
        Stop the process group where it is.

        Source: AWS, Lambda execution environment: frozen between invocations, background work included.
        """
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the process group go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive:  # once the leader is gone its id may be somebody else's
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def peak_megabytes(self) -> int:
        """The most memory that the process ever used. Source: proc(5), VmHWM."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self._peak = int(line.split()[1]) // 1024
        return self._peak

    async def flush(self) -> None:
        """Let what the process has already printed reach the log: it is in the pipe before the answer is sent."""
        for _ in range(3):  # the pipe is read, the reader wakes, the line is written
            await asyncio.sleep(0)

    async def _copy_output(self) -> None:
        assert self._process.stdout is not None
        while True:
            try:
                line = await self._process.stdout.readline()
            except ValueError:
                self._say(f"(a line of over {LINE_LIMIT} bytes is left out)")
                continue
            if not line:
                return
            self._say(line.decode("utf-8", "replace"))

    async def kill(self) -> None:
        """Kill the process and its children, and wait for its end and its last words."""
        self._signal(signal.SIGKILL)
        await self.exited
        # A grandchild in a session of its own may hold the pipe open for ever.
        await asyncio.wait({self._reader}, timeout=LAST_WORDS_SECONDS)
        self._reader.cancel()
