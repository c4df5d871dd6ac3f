"""client/remedies.py: the commands that a person is told to type for a sign-in."""

from dataclasses import replace

import pytest

from client.errors import SignInNeeded
from client.remedies import no_browser
from client.sign_in import sign_in
from tests.client.fake_world import World
from tests.client.steps import call
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@requirement("client:no-browser")
@pytest.mark.parametrize("device_login", [True, None, False])
async def test_who_has_a_browser_elsewhere_only_is_told_the_command_for_that(
    world: World, device_login: bool | None
) -> None:
    """By a call and by a sign-in, with the scopes: a loopback address is of no use on another machine (RFC 8628 §1)."""
    world.outputs = replace(world.outputs, device_login=device_login)
    with pytest.raises(SignInNeeded) as first:
        await call(world, None)
    await sign_in(world.outputs, world.store, world.browser("editor"), transport=world.wire)
    with pytest.raises(SignInNeeded) as more:
        await call(world, None, "remember", text="tea")
    with pytest.raises(SignInNeeded) as login:
        await sign_in(world.outputs, world.store, None, ["mcp:write"], transport=world.wire)
    remedies = [error.value.remedy for error in (first, more, login)]

    assert [remedy.split(",")[0] for remedy in remedies] == [
        "mcp-okta login", "mcp-okta login --scope mcp:write", "mcp-okta login --no-browser --scope mcp:write"
    ]  # fmt: skip
    elsewhere = [remedy.partition(" on another device only: ")[2] for remedy in remedies]
    device = "mcp-okta login --device"
    named = [device, f"{device} --scope mcp:write", f"{device} --scope mcp:write"]
    assert elsewhere == ([""] * 3 if device_login is False else named)


@requirement("client:no-browser")
async def test_what_a_server_names_as_scope_is_one_word_of_the_command(world: World) -> None:
    """The command is there to be copied into a shell (CWE-78)."""
    assert "'$(id)'" in no_browser(world.outputs, ["$(id)"]).remedy
