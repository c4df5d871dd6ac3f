"""client/answering.py: each failure below a session comes out as itself."""

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from client.errors import ClientError, NetworkError, NotAllowed, ServerError
from tests.client.fake_world import URL, World
from tests.client.steps import call
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


async def test_a_server_that_refuses_fresh_tokens_is_not_asked_for_ever(world: World) -> None:
    """One sign-in, then NotAllowed (ours)."""
    world.server.refuse_all = True
    browser = world.browser("reader")

    with pytest.raises(NotAllowed, match="refuses the token that Okta just gave"):
        await call(world, browser)

    assert len(browser.opened) == 1


@requirement("client:clear-errors")
@pytest.mark.parametrize("host", ["acme.okta.com", URL.split("/")[2]])
async def test_a_host_that_cannot_be_reached_is_named(world: World, host: str) -> None:
    """Issue 3, must show: an unreachable Okta ends with one clear message."""
    del world.wire.hosts[host]

    with pytest.raises(NetworkError, match=rf"https://{host}/\S* cannot be reached: .*not known"):
        await call(world, world.browser("reader"))


@requirement("client:clear-errors")
@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (HTMLResponse("<h1>Wi-Fi sign-in</h1>"), ServerError, "text/html"),
        (Response(b"{", media_type="application/json"), ServerError, "Failed to parse"),
        (JSONResponse({"message": "Internal Server Error"}, 500), ServerError, "answered 500"),
        (JSONResponse({"message": "Not Found"}, 404), ServerError, "does not exist"),
        (JSONResponse({"message": "Forbidden"}, 403), NotAllowed, "status 403"),
        (JSONResponse({"message": "Too Many Requests"}, 429), ServerError, "answered 429"),
    ],
)
async def test_an_answer_that_is_not_the_protocol_names_the_url(
    world: World, answer: Response, kind: type[ClientError], words: str
) -> None:
    """Captive portals, gateways and typing errors (ours)."""
    world.server.instead = answer

    with pytest.raises(kind, match=words) as error:
        await call(world, world.browser("reader"))

    assert URL in error.value.message


async def test_a_person_without_the_app_is_told_which_groups_have_it(world: World) -> None:
    """Okta: User is not assigned to the client application; one browser, though the SDK would try an older era."""
    browser = world.browser("outsider")

    with pytest.raises(NotAllowed, match="User is not assigned") as refusal:
        await call(world, browser)

    assert "mcp-readers or mcp-editors" in refusal.value.remedy
    assert len(browser.opened) == 1
