"""Steps that the tests of the client have in common."""

from dataclasses import replace

import anyio

from client.session import open_session
from client.tokens import Tokens
from tests.client.fake_world import FakeBrowser, World


async def call(world: World, browser: FakeBrowser | None, tool: str = "whoami", **arguments: object) -> dict:
    """One command: a session of its own, one call."""
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, browser, transport=world.wire) as session:
            return await session.call_tool(tool, arguments)


def stored(world: World) -> Tokens:
    """The tokens in the store."""
    tokens = world.store.load(world.outputs.account)
    assert tokens is not None
    return tokens


def expire(world: World) -> None:
    """Make the stored access token old, as an hour would."""
    world.okta.expire_access_tokens()
    world.store.save(world.outputs.account, replace(stored(world), expires_at=1.0))
