"""client/session.py: what the caller of a session gets."""

import logging

import pytest
from starlette.responses import Response

from client.claims import person_of
from client.errors import NotAllowed, ServerError, ToolFailed
from client.session import open_session
from client.tokens import Tokens
from tests.client.fake_world import World
from tests.client.steps import call
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def test_a_tool_that_fails_is_an_error_with_its_words(world: World) -> None:
    """MCP: isError in the result."""
    with pytest.raises(ToolFailed, match="Error executing tool fail"):
        await call(world, world.browser("reader"), "fail")


async def test_the_sdk_prints_no_traceback_when_a_sign_in_is_refused(world: World) -> None:
    """`logger.exception` of mcp.client.auth: even a program that logs to its terminal sees our words only."""
    seen: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = seen.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        with pytest.raises(NotAllowed):
            await call(world, world.browser("outsider"))
    finally:
        logging.getLogger().removeHandler(handler)

    assert not any(record.exc_info for record in seen)
    assert all(logging.getLogger(name).handlers for name in ("client", "mcp", "mcp.client.auth"))


async def test_an_error_in_the_callers_own_code_comes_out_as_it_is(world: World) -> None:
    """The SDK's task groups would wrap it in a group."""
    with pytest.raises(KeyError, match="mine"):
        async with open_session(world.outputs, world.store, world.browser("reader"), transport=world.wire):
            raise KeyError("mine")


async def test_redirects_to_another_host_are_not_followed_with_the_token(world: World) -> None:
    """The SDK follows within the origin only; the token stays home."""
    await call(world, world.browser("reader"))
    world.server.instead = Response(status_code=307, headers={"Location": "https://evil.example/mcp"})

    with pytest.raises(ServerError, match="not followed"):
        await call(world, None)

    assert not any(request.url.host == "evil.example" for request in world.wire.sent)


@requirement("client:says-who")
async def test_a_session_tells_who_has_just_signed_in(world: World) -> None:
    """Once per sign-in and step-up, not per call; the program decides how to say it (ours)."""
    told: list[Tokens] = []
    for tool in ("whoami", "whoami", "remember"):
        async with open_session(
            world.outputs, world.store, world.browser("editor"), transport=world.wire, signed_in=told.append
        ) as session:
            await session.call_tool(tool, {"text": "tea"} if tool == "remember" else {})

    assert [person_of(tokens) for tokens in told] == ["editor", "editor"]
    assert "mcp:write" in told[1].scopes
