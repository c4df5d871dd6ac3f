"""One process that holds all parts: it is up when all of them are, and goes down with the first that dies."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.parts import Part, reason

log = logging.getLogger(__name__)
STOP_SECONDS = 8


class Daemon:
    """
    Starts the parts in order, waits, and stops them in the opposite order.

    Args:
        ready: called once, when every part answers.
        say: told what happens on the way.
    """

    def __init__(self, parts: Sequence[Part], ready: Callable[[], None], say: Callable[[str], None]) -> None:
        self._parts = parts
        self._ready = ready
        self._say = say
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Ask the daemon to end."""
        self._stopped.set()

    async def run(self) -> None:
        """
        Run until somebody asks to stop.

        Raises:
            LocalCloudError: a part did not start, or died.
        """
        started: list[Part] = []
        try:
            for part in self._parts:
                self._say(f"starting {part.name}")
                started.append(part)
                if not await self._unless_stopped(part.start()):
                    return
            self._ready()
            await self._watch()
        finally:
            for part in reversed(started):
                await _stop(part)

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do the work, and tell whether it was done before somebody asked to stop."""
        task = asyncio.create_task(work)
        stopped = asyncio.create_task(self._stopped.wait())
        await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
        done = task.done()
        await (_cancel(stopped) if done else _cancel(task))
        if done:
            await task
        return done

    async def _watch(self) -> None:
        deaths: dict[asyncio.Task[Any], Part] = {asyncio.create_task(part.failure()): part for part in self._parts}
        stopped = asyncio.create_task(self._stopped.wait())
        done, pending = await asyncio.wait([*deaths, stopped], return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            await _cancel(task)
        for task in done - {stopped}:
            why = reason(task) if task.exception() else task.result()
            raise LocalCloudError(f"the local {deaths[task].name} died: {why}", remedy="mcp-okta local up")

    def listen_to_signals(self) -> None:
        """End on SIGTERM and SIGINT, cleanly."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)


async def _stop(part: Part) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await part.stop()
    except TimeoutError:
        log.warning("%s did not stop within %s seconds", part.name, STOP_SECONDS)
    except Exception:
        # The others must still be stopped, whatever this one does.
        log.exception("%s failed while stopping", part.name)


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
