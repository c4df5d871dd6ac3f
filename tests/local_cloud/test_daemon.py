"""Unit tests for the daemon, with parts that are no clouds. The real composition: test_supervisor.py."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from local_cloud import daemon as daemon_module
from local_cloud.daemon import Daemon
from local_cloud.errors import LocalCloudError
from local_cloud.parts import HttpPart, Part
from local_cloud.ports import listen_on
from tests.local_cloud.fake_parts import BrokenPart, ClumsyPart, FakePart, SlowPart, StubbornPart
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


def daemon_of(*parts: Part, ready: Callable[[], None] = lambda: None) -> Daemon:
    """A daemon that says nothing."""
    return Daemon(parts, ready, lambda text: None)


async def test_parts_start_in_order_and_stop_in_the_opposite_one() -> None:
    """Whoever needs another part is stopped before it (ours)."""
    history: list[str] = []
    daemon = daemon_of(FakePart("a", history), FakePart("b", history), ready=lambda: daemon.stop())
    with anyio.fail_after(5):
        await daemon.run()

    assert history == ["start a", "start b", "stop b", "stop a"]


@requirement("local:one-dies")
async def test_one_that_dies_takes_the_others_along_with_its_reason() -> None:
    """Half a local cloud is none (issue 3, §5)."""
    history: list[str] = []
    weak = FakePart("weak", history)
    daemon = daemon_of(FakePart("strong", history), weak, ready=lambda: weak.death.set_result("of boredom"))
    with anyio.fail_after(5), pytest.raises(LocalCloudError, match="the local weak died: of boredom") as caught:
        await daemon.run()

    assert history[-2:] == ["stop weak", "stop strong"]
    assert caught.value.remedy == "mcp-okta local up"


async def test_one_that_cannot_start_leaves_nothing_started() -> None:
    """Its own reason comes out, and nobody hears that all is ready (issue 3: nothing half-done)."""
    history: list[str] = []
    daemon = daemon_of(FakePart("a", history), BrokenPart("b", history), ready=lambda: history.append("ready"))
    with anyio.fail_after(5), pytest.raises(LocalCloudError, match="b cannot start"):
        await daemon.run()

    assert history == ["start a", "stop b", "stop a"]


async def test_a_stop_in_the_middle_of_a_start_is_a_stop() -> None:
    """SIGTERM need not wait for the start to end (issue 3: clean stop)."""
    history: list[str] = []
    slow = SlowPart("slow", history)
    daemon = daemon_of(FakePart("a", history), slow, ready=lambda: history.append("ready"))
    with anyio.fail_after(5):
        running = asyncio.create_task(daemon.run())
        await slow.begun.wait()
        daemon.stop()
        await running

    assert history == ["start a", "stop slow", "stop a"]


async def test_one_that_fails_or_hangs_while_stopping_does_not_keep_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part is asked to stop, and none for ever (issue 3: bounded, clean stop)."""
    monkeypatch.setattr(daemon_module, "STOP_SECONDS", 0.01)
    history: list[str] = []
    parts = (FakePart("a", history), StubbornPart("b", history), ClumsyPart("c", history))
    daemon = daemon_of(*parts, ready=lambda: daemon.stop())
    with anyio.fail_after(5):
        await daemon.run()

    assert history[-1] == "stop a"


async def test_an_application_answers_until_it_is_stopped() -> None:
    """A part on a socket of its own; afterwards the port is free (ours)."""
    part = HttpPart("hello", Starlette(routes=[Route("/", lambda request: PlainTextResponse("hello"))]), listen_on(0))
    async with httpx2.AsyncClient() as http:
        with anyio.fail_after(5):
            await part.start()
            answer = await http.get(part.url)
            await part.stop()
        with pytest.raises(httpx2.ConnectError):
            await http.get(part.url)

    assert answer.text == "hello"
    listen_on(int(part.url.rsplit(":", 1)[1])).close()


async def test_an_application_that_fails_in_its_start_is_named() -> None:
    """The reason is in the log, the part in the message (ours)."""

    @asynccontextmanager
    async def broken(app: Starlette) -> AsyncIterator[None]:
        raise RuntimeError("no")
        yield

    part = HttpPart("broken", Starlette(lifespan=broken), listen_on(0))
    with anyio.fail_after(5), pytest.raises(LocalCloudError, match="the local broken did not start"):
        await part.start()
    await part.stop()


async def test_a_server_that_ends_by_itself_has_died() -> None:
    """Its failure is noticed without asking (issue 3, §5)."""
    listener: socket.socket = listen_on(0)
    part = HttpPart("fickle", Starlette(), listener)
    await part.start()
    with anyio.fail_after(5):
        failure = asyncio.create_task(part.failure())
        await part.stop()

        assert await failure == "it stopped by itself"
