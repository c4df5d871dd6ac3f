"""client/callback.py and client/pages.py: the loopback listener, over real sockets."""

import socket

import anyio
import httpx2
import pytest

from client.callback import Callback, open_callback
from client.errors import PortsTaken
from client.outputs import Outputs
from tests.client.fake_world import free_port
from tests.client.test_outputs import GOOD
from tests.requirements import requirement

pytestmark = pytest.mark.anyio


def outputs_with(*uris: str) -> Outputs:
    """Outputs with these redirect URIs."""
    return Outputs.from_mapping(GOOD | {"redirect_uris": list(uris)})


async def get(callback: Callback, query: str, path: str = "/callback") -> httpx2.Response:
    """What the browser does at the end."""
    async with httpx2.AsyncClient() as browser:
        return await browser.get(callback.redirect_uri.removesuffix("/callback") + f"{path}?{query}")


@requirement("client:exact-redirect-uri")
async def test_the_first_free_registered_port_is_used_with_its_exact_uri() -> None:
    """docs/facts/okta.md §6: Okta compares letter by letter, so no other port and no other spelling."""
    taken, free = free_port(), free_port()
    registered = [f"http://{host}:{port}/callback" for port in (taken, free) for host in ("127.0.0.1", "localhost")]
    foreign = ["https://claude.ai/api/mcp/auth_callback", "http://example.com:1/callback"]
    with socket.create_server(("127.0.0.1", taken)):
        async with open_callback(outputs_with(*foreign, *registered), 5) as callback:
            assert callback.redirect_uri == f"http://127.0.0.1:{free}/callback"


async def test_a_client_with_localhost_only_is_served_too() -> None:
    """`localhost` and 127.0.0.1 are different entries at Okta."""
    uri = f"http://localhost:{free_port()}/callback"
    async with open_callback(outputs_with(uri), 5) as callback:
        assert callback.redirect_uri == uri


async def test_ports_that_are_all_taken_are_named() -> None:
    """Issue 3, must show: a taken port ends with one clear message."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), pytest.raises(PortsTaken, match=f"ports {port} on"):
        async with open_callback(outputs_with(f"http://127.0.0.1:{port}/callback"), 5):
            pass


@requirement("client:state")
async def test_an_answer_with_another_state_is_put_aside() -> None:
    """RFC 6749 §10.12: neither redeemed nor able to end the sign-in; the right one still counts."""
    async with open_callback(outputs_with(f"http://127.0.0.1:{free_port()}/callback"), 5) as callback:
        assert (await get(callback, "code=early&state=")).status_code == 400
        callback.expect("https://acme.okta.com/authorize?state=right")
        wrong = await get(callback, "code=evil&state=wrong")
        stateless = await get(callback, "code=evil")
        refusal = await get(callback, "error=access_denied&state=wrong")
        right = await get(callback, "code=good&state=right")
        answer = await callback.wait()

    assert [page.status_code for page in (wrong, stateless, refusal, right)] == [400, 400, 400, 200]
    assert "not started here" in wrong.text
    assert answer.code == "good"


@requirement("client:unambiguous-answer")
@pytest.mark.parametrize(
    "query",
    ["code=good&state=s&state=x", "state=x&code=good&state=s", "code=good&code=evil&state=s", "code=&code=good&state=s",
     "code=good&state=s&iss=a&iss=b", "code=good&state=s&more=1&more=2"],
)  # fmt: skip
async def test_an_answer_that_repeats_a_parameter_is_put_aside(query: str) -> None:
    """RFC 6749 §3.1: parameters must not be included more than once; which of the two is meant is not guessed."""
    async with open_callback(outputs_with(f"http://127.0.0.1:{free_port()}/callback"), 5) as callback:
        callback.expect("https://acme.okta.com/authorize?state=s")
        page = await get(callback, query)
        assert (page.status_code, callback.future.done()) == (400, False)
        assert "twice" in page.text
        assert (await get(callback, "code=good&state=s&error=")).status_code == 200
        answer = await callback.wait()

    assert (answer.code, answer.error) == ("good", None)


async def test_a_request_that_is_no_http_is_dropped_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    """Anybody on this machine can connect; the terminal must not show a traceback for it (ours)."""
    port = free_port()
    async with open_callback(outputs_with(f"http://127.0.0.1:{port}/callback"), 5):
        stranger = await anyio.connect_tcp("127.0.0.1", port)
        await stranger.send(b"GET //[ HTTP/1.1\r\n\r\n")
        with pytest.raises(anyio.EndOfStream):
            await stranger.receive()
        await stranger.aclose()

    assert caplog.records == []


async def test_the_page_says_why_okta_refused_and_runs_nothing() -> None:
    """RFC 6749 §4.1.2.1; the description comes from outside and is escaped."""
    async with open_callback(outputs_with(f"http://127.0.0.1:{free_port()}/callback"), 5) as callback:
        callback.expect("https://acme.okta.com/authorize?state=s")
        page = await get(callback, "error=access_denied&error_description=Not%20<script>you&state=s")
        answer = await callback.wait()

    assert "Not &lt;script&gt;you" in page.text and "<script>" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (answer.error, answer.description) == ("access_denied", "Not <script>you")


async def test_other_paths_and_silent_connections_do_not_matter() -> None:
    """Browsers ask for icons and open connections that they never use."""
    port = free_port()
    async with open_callback(outputs_with(f"http://127.0.0.1:{port}/callback"), 5) as callback:
        callback.expect("https://acme.okta.com/authorize?state=s")
        async with await anyio.connect_tcp("127.0.0.1", port):
            assert (await get(callback, "", path="/favicon.ico")).status_code == 404
            assert (await get(callback, "code=c&state=s")).status_code == 200
            assert (await callback.wait()).code == "c"


async def test_a_request_that_is_too_long_is_dropped() -> None:
    """A bound on what is read (ours)."""
    port = free_port()
    async with open_callback(outputs_with(f"http://127.0.0.1:{port}/callback"), 5) as callback:
        with pytest.raises(httpx2.TransportError):
            await get(callback, "code=" + "c" * 40_000)
        assert not callback.future.done()
