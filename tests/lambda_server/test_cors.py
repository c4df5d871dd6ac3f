"""What a browser asks before and around a call from a web page, and what it is told."""

from collections.abc import AsyncIterator
from dataclasses import replace

import anyio
import httpx2
import pytest

from lambda_server.gateway import Gateway
from lambda_server.server import build_app
from lambda_server.settings import METADATA_PATH, Settings
from tests.lambda_server.both_eras import MODERN, LambdaContext, both_eras, event, headers, message
from tests.lambda_server.okta_in_memory import HOST, OktaInMemory
from tests.requirements import requirement

PAGE, OTHER_PAGE, STRANGER = "https://app.example.com", "http://localhost:3000", "https://evil.example.com"
ASKED = "authorization, content-type, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, accept"
ALLOWED = "access-control-allow-origin"


@pytest.fixture
async def pages(settings: Settings, okta: OktaInMemory) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application that pages of two origins may call."""
    app = build_app(replace(settings, allowed_origins=(PAGE, OTHER_PAGE)), transport=okta, now=okta.now)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}") as client:
            yield client


def preflight(origin: str, method: str = "POST", asked: str = ASKED) -> dict[str, str]:
    """The headers of a browser's question."""
    return {"origin": origin, "access-control-request-method": method, "access-control-request-headers": asked}


def names(header: str) -> set[str]:
    """The names in a header, in lower case."""
    return {name.strip().lower() for name in header.split(",")}


async def call(http: httpx2.AsyncClient, era: str, token: str | None, tool: str, origin: str) -> httpx2.Response:
    """Call a tool from a page."""
    sent = message(era, "tools/call", {"name": tool, "arguments": {"text": "x"} if tool == "add_note" else {}})
    with anyio.fail_after(5):
        return await http.post("/mcp", json=sent, headers=headers(era, sent, token, origin=origin))


@requirement("server:cors")
@pytest.mark.anyio
@pytest.mark.parametrize("origin", [PAGE, OTHER_PAGE])
async def test_a_preflight_of_an_allowed_page_is_answered_without_a_token(
    pages: httpx2.AsyncClient, origin: str
) -> None:
    """Fetch, CORS-preflight: a browser sends no credentials with it; all headers of both eras are allowed."""
    answer = await pages.options("/mcp", headers=preflight(origin))

    assert (answer.status_code, answer.headers[ALLOWED]) == (200, origin)
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert names(ASKED) <= names(answer.headers["access-control-allow-headers"])
    assert int(answer.headers["access-control-max-age"]) > 0
    assert "origin" in names(answer.headers["vary"])
    assert "access-control-allow-credentials" not in answer.headers


@requirement("server:cors")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "origin", [STRANGER, "null", f"{PAGE}.evil.example.com", PAGE.upper(), f"{PAGE}:8443", "http://app.example.com"]
)
async def test_the_preflight_of_another_page_is_refused(pages: httpx2.AsyncClient, origin: str) -> None:
    """Origins are exact: scheme, host, port (RFC 6454 §5)."""
    answer = await pages.options("/mcp", headers=preflight(origin))

    assert answer.status_code == 400
    assert ALLOWED not in answer.headers


@requirement("server:cors")
@pytest.mark.anyio
@pytest.mark.parametrize("asked", [preflight(PAGE, "DELETE"), preflight(PAGE, asked="authorization, x-other")])
async def test_a_preflight_for_more_than_the_protocol_is_refused(
    pages: httpx2.AsyncClient, asked: dict[str, str]
) -> None:
    """POST alone, and no headers but the protocol's."""
    assert (await pages.options("/mcp", headers=asked)).status_code == 400


@requirement("server:cors")
@pytest.mark.anyio
@both_eras
async def test_an_allowed_page_reads_answers_and_refusals(
    pages: httpx2.AsyncClient, okta: OktaInMemory, era: str
) -> None:
    """Success, 401 and 403 alike: without the challenge a page could neither sign in nor ask for more."""
    answers = [
        await call(pages, era, okta.token(), "whoami", PAGE),
        await call(pages, era, None, "whoami", PAGE),
        await call(pages, era, "junk", "whoami", PAGE),
        await call(pages, era, okta.token(), "add_note", PAGE),
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 401, 403]
    assert {answer.headers[ALLOWED] for answer in answers} == {PAGE}
    assert all("origin" in names(answer.headers["vary"]) for answer in answers)
    exposed = {"www-authenticate", "mcp-challenge", "mcp-session-id"}
    assert all(names(answer.headers["access-control-expose-headers"]) == exposed for answer in answers)


@requirement("server:cors")
@pytest.mark.anyio
async def test_another_page_is_refused_and_reads_nothing(pages: httpx2.AsyncClient, okta: OktaInMemory) -> None:
    """The gate refuses it (403) whatever its browser does; `Vary` keeps a cache from mixing pages up."""
    refused = await call(pages, MODERN, okta.token(), "whoami", STRANGER)
    sent = message(MODERN, "tools/list")
    no_page = await pages.post("/mcp", json=sent, headers=headers(MODERN, sent, okta.token()))

    assert (refused.status_code, no_page.status_code) == (403, 200)
    assert ALLOWED not in refused.headers and ALLOWED not in no_page.headers
    assert "origin" in names(refused.headers["vary"]) & names(no_page.headers["vary"])


@requirement("server:no-stream")
@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
async def test_the_endpoint_still_takes_post_alone(pages: httpx2.AsyncClient, method: str) -> None:
    """An OPTIONS that is no preflight included."""
    answer = await pages.request(method, "/mcp", headers={"origin": PAGE})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@requirement("server:cors")
@pytest.mark.anyio
async def test_where_no_origin_is_allowed_nothing_speaks_of_origins(
    http: httpx2.AsyncClient, okta: OktaInMemory
) -> None:
    """The default: no page may call."""
    asked = await http.options("/mcp", headers=preflight(PAGE))
    refused = await call(http, MODERN, okta.token(), "whoami", PAGE)

    assert (asked.status_code, refused.status_code) == (405, 403)
    assert not [name for name in (*asked.headers, *refused.headers) if name == "vary" or name.startswith("access-")]


@requirement("server:cors")
@requirement("server:metadata")
@pytest.mark.parametrize("path", ["", "/mcp"])
def test_any_page_may_read_the_metadata(gateway: Gateway, path: str) -> None:
    """The SDK's clients send `MCP-Protocol-Version` with it, so a browser asks first; through the handler."""
    asked = event("OPTIONS", METADATA_PATH + path, preflight(STRANGER, "GET", "mcp-protocol-version"))
    answer = gateway(asked, LambdaContext())
    read = gateway(event("GET", METADATA_PATH + path, {"origin": STRANGER}), LambdaContext())

    assert (answer["statusCode"], read["statusCode"]) == (200, 200)
    assert answer["headers"][ALLOWED] == read["headers"][ALLOWED] == "*"
    assert "mcp-protocol-version" in names(answer["headers"]["access-control-allow-headers"])


@requirement("server:cors")
def test_a_preflight_passes_through_the_handler(settings: Settings, okta: OktaInMemory) -> None:
    """`ANY /mcp` brings it to the function."""
    gateway = Gateway(build_app(replace(settings, allowed_origins=(PAGE,)), transport=okta, now=okta.now))
    try:
        answer = gateway(event("OPTIONS", "/mcp", preflight(PAGE)), LambdaContext())
    finally:
        gateway.close()

    assert (answer["statusCode"], answer["headers"][ALLOWED]) == (200, PAGE)
