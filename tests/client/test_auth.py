"""client/auth.py and client/login.py: sign-in, refresh and step-up, in process. Sockets only for the callback."""

import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from client.errors import BadAnswer, NetworkError, NotAllowed, ServerError, SignInNeeded
from client.session import open_session
from client.sign_in import sign_in
from client.tokens import FileTokens
from tests.client.fake_world import URL, World
from tests.client.steps import call, expire, stored
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


@requirement("client:base-scopes-first")
@pytest.mark.parametrize("names_scopes", [True, False])
async def test_the_first_sign_in_asks_for_the_base_scopes_only(world: World, names_scopes: bool) -> None:
    """Also where neither challenge nor metadata name any: the SDK alone would ask for all that Okta publishes."""
    world.server.names_scopes = names_scopes

    assert await call(world, world.browser("reader")) == {"subject": "somebody"}

    assert world.okta.asked == ["mcp:read offline_access"]
    assert stored(world).scopes == ("mcp:read", "offline_access")


@requirement("client:pkce-and-resource")
async def test_the_sign_in_carries_pkce_state_and_resource(world: World) -> None:
    """RFC 7636 §4.3, RFC 6749 §10.12, RFC 8707 §2; the fake Okta checks the verifier."""
    browser = world.browser("reader")
    await call(world, browser)
    query = parse_qs(urlsplit(browser.opened[0]).query)

    assert query["code_challenge_method"] == ["S256"]
    assert len(query["state"][0]) >= 32
    assert query["resource"] == [URL]
    assert query["redirect_uri"] == [world.outputs.redirect_uris[0]]
    assert "Okta has signed you in" in browser.pages[0]


@requirement("client:never-registers")
async def test_another_authorization_server_is_refused_before_it_is_asked_anything(world: World) -> None:
    """docs/facts/okta.md §5: the SDK would drop the client id and register; we stop (SEP-2352)."""
    world.server.authorization_server = "https://evil.example/oauth2/aus1"

    with pytest.raises(BadAnswer, match=r"names https://evil\.example/oauth2/aus1, but the outputs name"):
        await call(world, world.browser("reader"))

    assert world.okta.registrations == 0
    assert not any(request.url.host == "evil.example" for request in world.wire.sent)


@requirement("client:resource-identity")
@pytest.mark.parametrize(
    "resource", [URL.removesuffix("mcp"), URL.removesuffix("/mcp"), f"{URL}/", "https://o.example/mcp"]
)
async def test_metadata_of_another_resource_is_refused(world: World, resource: str) -> None:
    """RFC 9728 §3.3: identical, or not used; the SDK alone would take the metadata of a parent."""
    world.server.resource = resource
    browser = world.browser("reader")

    with pytest.raises(BadAnswer, match=f"metadata of {re.escape(resource)}, not its own"):
        await call(world, browser)

    assert (browser.opened, world.okta.asked) == ([], [])


@requirement("client:refresh-in-a-new-process")
async def test_an_expired_token_is_refreshed_without_anybody(world: World) -> None:
    """A new session over the same store knows the expiry and the token endpoint (docs/facts/mcp-on-lambda.md)."""
    await call(world, world.browser("reader"))
    expire(world)
    before = world.server.requests

    assert await call(world, None) == {"subject": "somebody"}

    assert world.okta.refreshes == 1
    assert stored(world).expires_at > 1.0
    refreshed_first = world.wire.sent[-1 - (world.server.requests - before)]
    assert refreshed_first.url.path.endswith("/v1/token")


@requirement("client:refresh-together")
async def test_two_calls_with_one_expired_token_refresh_once(world: World) -> None:
    """Two stores on one folder, as two processes have; Okta ends the whole grant when a spent token comes again."""
    await call(world, world.browser("reader"))
    expire(world)
    answers = []

    async def one() -> None:
        store = FileTokens(world.store.folder)
        async with open_session(world.outputs, store, None, transport=world.wire) as session:
            answers.append(await session.call_tool("whoami"))

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            group.start_soon(one)
            group.start_soon(one)

    assert answers == [{"subject": "somebody"}] * 2
    assert world.okta.refreshes == 1


@requirement("client:refresh-before-browser")
async def test_a_token_refused_early_is_refreshed_before_anybody_is_asked(world: World) -> None:
    """Issue 3 §4: 401 for a token that we believed valid; the SDK alone would open the browser."""
    browser = world.browser("reader")
    await call(world, browser)
    world.okta.expire_access_tokens()

    assert await call(world, browser) == {"subject": "somebody"}

    assert (world.okta.refreshes, len(browser.opened)) == (1, 1)


async def test_a_refresh_token_that_okta_ended_leads_to_the_browser_after_one_try(world: World) -> None:
    """RFC 6749 §5.2 invalid_grant."""
    browser = world.browser("reader")
    await call(world, browser)
    expire(world)
    world.okta.grants[0].refresh = None

    assert await call(world, browser) == {"subject": "somebody"}

    assert (world.okta.refreshes, len(browser.opened)) == (1, 2)


@requirement("client:clear-errors")
async def test_an_okta_in_trouble_neither_costs_the_tokens_nor_opens_a_browser(world: World) -> None:
    """503 at the token endpoint says nothing about the refresh token; the SDK would drop it."""
    browser = world.browser("reader")
    await call(world, browser)
    expire(world)
    before = stored(world)
    world.okta.status = 503

    with pytest.raises(ServerError, match=r"https://acme\.okta\.com/oauth2/aus1/v1/token answered 503"):
        await call(world, browser)

    assert stored(world) == before
    assert len(browser.opened) == 1


@requirement("client:challenge-forms")
@pytest.mark.parametrize("form", ["header", "ours", "renamed", "body"])
async def test_sign_in_and_step_up_work_whatever_became_of_the_challenge(world: World, form: str) -> None:
    """docs/facts/mcp-on-lambda.md: the SDK reads WWW-Authenticate only, and API Gateway renames it."""
    world.server.form = form

    assert await call(world, world.browser("editor"), "remember", text="tea") == {
        "text": "tea",
        "times": 1,
        "loud": False,
    }
    assert world.okta.asked == ["mcp:read offline_access", "mcp:read offline_access mcp:write"]


@requirement("client:step-up")
async def test_a_step_up_asks_for_the_union_and_happens_once(world: World) -> None:
    """MCP authorization, step-up; in a new session, so the granted scopes come from the store."""
    browser = world.browser("editor")
    await call(world, browser)

    await call(world, browser, "remember", text="tea")
    await call(world, browser, "remember", text="more tea")

    assert world.okta.asked == ["mcp:read offline_access", "mcp:read offline_access mcp:write"]
    assert set(stored(world).scopes) == {"mcp:read", "mcp:write", "offline_access"}


@requirement("client:superseded-revoked")
async def test_a_step_up_ends_the_tokens_that_it_replaces(world: World) -> None:
    """RFC 7009; Okta keeps the old refresh token alive otherwise."""
    browser = world.browser("editor")
    await call(world, browser)

    await call(world, browser, "remember", text="tea")

    first, second = world.okta.grants
    assert (first.refresh, first.access) == (None, set())
    assert stored(world).refresh_token == second.refresh


@requirement("client:step-up-denied")
async def test_a_denied_step_up_names_scope_and_group_and_leaves_the_session_working(world: World) -> None:
    """Issue 3, must show; the SDK's provider would carry the denied scope into every later step-up."""
    browser = world.browser("reader")
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, browser, transport=world.wire) as session:
            before = await session.call_tool("whoami")
            with pytest.raises(NotAllowed, match=r"mcp:write.*Policy evaluation failed") as refusal:
                await session.call_tool("remember", {"text": "tea"})
            after = await session.call_tool("whoami")

    assert before == after
    assert (refusal.value.scopes, refusal.value.exit_code) == (("mcp:write",), 4)
    assert "mcp-editors" in refusal.value.remedy and "mcp-readers" not in refusal.value.remedy
    assert "Okta refused the sign-in" in browser.pages[1] and "Policy evaluation failed" in browser.pages[1]
    assert stored(world).scopes == ("mcp:read", "offline_access")


async def test_a_401_and_then_a_403_in_one_request_end_with_the_answer(world: World) -> None:
    """The SDK alone returns the 403 of such a request (docs/facts/mcp-on-lambda.md)."""
    browser = world.browser("editor")
    with anyio.fail_after(10):
        async with open_session(world.outputs, world.store, browser, transport=world.wire) as session:
            world.okta.expire_access_tokens()
            world.okta.grants[0].refresh = None
            answer = await session.call_tool("remember", {"text": "tea"})

    assert answer["text"] == "tea"
    assert world.okta.asked[1:] == ["mcp:read offline_access", "mcp:read offline_access mcp:write"]


@requirement("client:no-browser")
async def test_without_a_browser_the_sign_in_is_asked_for(world: World) -> None:
    """Exit code 3 and the command to type; for a step-up, with the scope."""
    with pytest.raises(SignInNeeded) as needed:
        await call(world, None)
    assert (needed.value.remedy.split(",")[0], needed.value.exit_code) == ("mcp-okta login", 3)

    await call(world, world.browser("editor"))
    with pytest.raises(SignInNeeded, match="mcp:write") as more:
        await call(world, None, "remember", text="tea")
    assert more.value.remedy.startswith("mcp-okta login --scope mcp:write")

    await sign_in(world.outputs, world.store, world.browser("editor"), ["mcp:write"], transport=world.wire)
    assert (await call(world, None, "remember", text="tea"))["text"] == "tea"


@requirement("client:no-secrets-shown")
async def test_a_token_answer_that_is_not_one_keeps_its_content_to_itself(world: World) -> None:
    """The SDK's own error would quote the answer, tokens and all."""
    world.okta.token_body = b'{"access_token": "AT.secret", "expires_in": "soon"}'

    with pytest.raises(BadAnswer, match="answered without a token") as error:
        await call(world, world.browser("reader"))

    assert "AT.secret" not in str(error.value)


@requirement("client:no-secrets-shown")
async def test_neither_tokens_nor_store_show_a_secret(world: World) -> None:
    """repr() ends up in tracebacks and logs."""
    await call(world, world.browser("reader"))
    tokens = stored(world)

    for text in (repr(tokens), repr(world.store), str(tokens)):
        assert tokens.access_token not in text
        assert tokens.refresh_token is not None and tokens.refresh_token not in text


@requirement("client:old-token-until-it-ends")
@pytest.mark.parametrize("status", [503, 429])
async def test_a_token_that_is_still_good_is_used_while_okta_is_in_trouble(world: World, status: int) -> None:
    """The early renewal is for comfort; within its seconds the old token still counts (RFC 6749 §1.5)."""
    browser = world.browser("reader")
    await call(world, browser)
    world.store.save(world.outputs.account, replace(stored(world), expires_at=time.time() + 25))
    world.okta.status = status

    assert await call(world, browser) == {"subject": "somebody"}

    world.store.save(world.outputs.account, replace(stored(world), expires_at=time.time() - 1))
    with pytest.raises(ServerError, match=f"answered {status}"):
        await call(world, browser)
    assert len(browser.opened) == 1


@requirement("client:old-token-until-it-ends")
async def test_a_token_that_is_still_good_is_used_while_okta_cannot_be_reached(world: World) -> None:
    """The same where nobody answers; a token that the server refuses meanwhile still ends with Okta's absence."""
    await call(world, world.browser("reader"))
    world.store.save(world.outputs.account, replace(stored(world), expires_at=time.time() + 25))
    del world.wire.hosts["acme.okta.com"]

    assert await call(world, None) == {"subject": "somebody"}

    world.okta.expire_access_tokens()
    with pytest.raises(NetworkError, match=r"acme\.okta\.com.*cannot be reached"):
        await call(world, None)
