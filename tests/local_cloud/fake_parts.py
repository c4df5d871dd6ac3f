"""Parts without a cloud: they note what is done to them, and die when told to."""

import asyncio

from local_cloud.errors import LocalCloudError


class FakePart:
    """
    A part of a local cloud.

    Args:
        history: what happened, in order, shared by all parts of a test.
    """

    def __init__(self, name: str, history: list[str]) -> None:
        self.name = name
        self.history = history
        self.death: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Note it."""
        self.history.append(f"start {self.name}")

    async def stop(self) -> None:
        """Note it."""
        self.history.append(f"stop {self.name}")

    async def failure(self) -> str:
        """Wait for the death that the test brings."""
        return await asyncio.shield(self.death)


class BrokenPart(FakePart):
    """One that cannot start."""

    async def start(self) -> None:
        """Refuse."""
        raise LocalCloudError(f"{self.name} cannot start", remedy="mend it")


class SlowPart(FakePart):
    """One that is not done with its start before somebody cancels it."""

    def __init__(self, name: str, history: list[str]) -> None:
        super().__init__(name, history)
        self.begun = asyncio.Event()

    async def start(self) -> None:
        """Wait for ever."""
        self.begun.set()
        await asyncio.Event().wait()


class StubbornPart(FakePart):
    """One that does not stop."""

    async def stop(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


class ClumsyPart(FakePart):
    """One that fails while stopping."""

    async def stop(self) -> None:
        """Fail."""
        raise RuntimeError("clumsy")
