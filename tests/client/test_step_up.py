"""client/step_up.py and client/auth.py: whose step-up it is, in process. Sockets only for the callback."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import anyio
import jwt
import pytest

from client.errors import NotAllowed, SignInFailed
from client.session import open_session
from client.sign_in import sign_in
from client.step_up import check_same_person
from client.tokens import Tokens
from tests.client.fake_world import World
from tests.client.steps import call, expire, stored
from tests.client.test_tokens import TOKENS
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


def tokens_of(**claims: object) -> Tokens:
    """Tokens whose access token has these claims."""
    return replace(TOKENS, access_token=jwt.encode(claims, "k" * 32, "HS256"))


@requirement("client:step-up-same-person")
async def test_a_step_up_that_somebody_else_finishes_changes_nothing(world: World) -> None:
    """The browser may hold a colleague's session: the call would run as them (RFC 9700 §4.7; CWE-441)."""
    await call(world, world.browser("reader"))
    before = stored(world)

    with pytest.raises(SignInFailed, match=r"finished by editor, but reader is signed in") as error:
        await call(world, world.browser("editor"), "remember", text="a thought of the reader's")

    assert stored(world) == before
    readers, editors = world.okta.grants
    assert (readers.refresh, world.okta.scopes_of(before.access_token)) == (
        before.refresh_token,
        {"mcp:read", "offline_access"},
    )
    assert (editors.refresh, editors.access) == (None, set())
    assert "logout" in error.value.remedy and "sign out of Okta in the browser" in error.value.remedy
    assert all(part not in str(error.value) for part in before.access_token.split("."))


@requirement("client:step-up-same-person")
async def test_after_it_the_session_works_on_as_who_is_signed_in(world: World) -> None:
    """A failed step-up is the end of one call only."""
    await call(world, world.browser("reader"))
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, world.browser("editor"), transport=world.wire) as session:
            with pytest.raises(SignInFailed):
                await session.call_tool("remember", {"text": "tea"})
            assert await session.call_tool("whoami") == {"subject": "somebody"}

    assert stored(world).scopes == ("mcp:read", "offline_access")


@requirement("client:step-up-same-person")
async def test_a_step_up_tells_okta_who_is_meant_and_a_sign_in_does_not(world: World) -> None:
    """OpenID Connect Core §3.1.2.1, login_hint; a sign-in that is asked for may be anybody's."""
    browser = world.browser("editor")
    await call(world, browser)
    await call(world, browser, "remember", text="tea")
    queries = [parse_qs(urlsplit(url).query) for url in browser.opened]

    assert [query.get("login_hint") for query in queries] == [None, ["editor"]]
    assert queries[1]["scope"] == ["mcp:read offline_access mcp:write"]

    await sign_in(world.outputs, world.store, world.browser("reader"), transport=world.wire)
    assert stored(world).scopes == ("mcp:read", "offline_access")


@requirement("client:step-up-once-denied")
async def test_a_denied_step_up_is_not_asked_again_in_the_session(world: World) -> None:
    """MCP authorization, step-up flow: attempts are tracked; each would open the browser for the same answer."""
    browser = world.browser("reader")
    denials = []
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, browser, transport=world.wire) as session:
            for _ in range(3):
                with pytest.raises(NotAllowed, match=r"mcp:write.*Policy evaluation failed") as denial:
                    await session.call_tool("remember", {"text": "tea"})
                denials.append((denial.value.message, denial.value.remedy, denial.value.scopes))
            assert await session.call_tool("whoami") == {"subject": "somebody"}

    assert len(browser.opened) == 2
    assert denials[0] == denials[1] == denials[2]


@requirement("client:step-up-once-denied")
async def test_what_one_person_was_denied_another_may_ask_for(world: World) -> None:
    """Somebody else may have signed in meanwhile, in another process with the same store."""
    browser = world.browser("reader")
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, browser, transport=world.wire) as session:
            with pytest.raises(NotAllowed):
                await session.call_tool("remember", {"text": "tea"})
            browser.person = "editor"
            await sign_in(world.outputs, world.store, browser, transport=world.wire)
            assert (await session.call_tool("remember", {"text": "tea"}))["text"] == "tea"


@requirement("client:step-up-once-denied")
async def test_who_said_no_is_asked_again_at_the_next_call(world: World) -> None:
    """RFC 6749 §4.1.2.1: access_denied is also a person's own answer to the question for consent."""
    browser = world.browser("editor")
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, browser, transport=world.wire) as session:
            await session.call_tool("whoami")
            world.okta.declined = 1
            with pytest.raises(SignInFailed, match="denied the request") as no:
                await session.call_tool("remember", {"text": "tea"})
            assert (await session.call_tool("remember", {"text": "tea"}))["text"] == "tea"

    assert no.value.remedy.startswith("run the same command again and agree; if you did, ask an Okta administrator")


@requirement("client:step-up-nothing-new")
@pytest.mark.parametrize("names_scopes", [True, False])
async def test_a_challenge_for_nothing_new_opens_no_browser(world: World, names_scopes: bool) -> None:
    """Scopes that the token has, or none: no sign-in could bring more (MCP authorization, step-up flow)."""
    browser = world.browser("editor")
    await sign_in(world.outputs, world.store, browser, ["mcp:write"], transport=world.wire)
    grant = world.okta.grants[-1]
    grant.scopes = "mcp:read"  # the server sees less than the client was told
    world.server.names_scopes = names_scopes

    with pytest.raises(NotAllowed, match="refuses the call") as error:
        await call(world, browser, "remember", text="tea")

    assert len(browser.opened) == 1
    assert ("mcp:write" in error.value.message) is names_scopes
    assert stored(world).refresh_token == grant.refresh


@requirement("client:step-up-nothing-new")
async def test_a_scope_that_a_refresh_took_away_is_asked_for_again(world: World) -> None:
    """A policy that changed, and changed back: what counts is what the stored token lacks."""
    browser = world.browser("editor")
    await sign_in(world.outputs, world.store, browser, ["mcp:write"], transport=world.wire)
    world.okta.grants[-1].scopes = "mcp:read offline_access"
    expire(world)

    assert (await call(world, browser, "remember", text="tea"))["text"] == "tea"

    assert (world.okta.refreshes, len(browser.opened)) == (1, 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"uid": "00u1", "sub": "reader@old.example"}, {"uid": "00u1", "sub": "reader@new.example"}),
        ({"sub": "reader"}, {"sub": "reader"}),
        ({"uid": "00u1", "sub": "reader"}, {"sub": "reader"}),
    ],
)
def test_one_person_is_known_by_uid_and_else_by_login(world: World, old: dict, new: dict) -> None:
    """Okta, access tokens: `uid` is the user's id, `sub` the login, which can change."""
    check_same_person(world.outputs, tokens_of(**old), tokens_of(**new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"uid": "00u1", "sub": "reader"}, {"uid": "00u2", "sub": "reader"}),
        ({"sub": "reader"}, {"sub": "Reader"}),
        ({"sub": "reader"}, {}),
        ({}, {}),
        ({"sub": ["reader"]}, {"sub": ["reader"]}),
    ],
)
def test_where_nobody_can_tell_it_is_not_the_same_person(world: World, old: dict, new: dict) -> None:
    """Unknown means refused (CONTRIBUTING.md)."""
    with pytest.raises(SignInFailed, match="step-up"):
        check_same_person(world.outputs, tokens_of(**old), tokens_of(**new))
