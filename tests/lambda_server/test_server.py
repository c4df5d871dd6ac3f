"""The application over HTTP, in process: metadata, challenges, both eras, and what is refused at the door."""

from typing import Any

import anyio
import httpx2
import pytest
from mcp.server.mcpserver import MCPServer
from starlette.applications import Starlette

from lambda_server.auth.needs import Needs
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.lambda_server.both_eras import LEGACY, MODERN, both_eras, headers, message
from tests.lambda_server.okta_in_memory import HOST, ISSUER, URL, OktaInMemory
from tests.requirements import requirement

METADATA = f"https://{HOST}/.well-known/oauth-protected-resource/mcp"
EDITOR = ["mcp:read", "mcp:write"]
TOOL_NEEDS = {tool.name: tool.needs for tool in TOOLS}


async def ask(
    http: httpx2.AsyncClient,
    era: str,
    token: str | None,
    method: str,
    params: dict[str, Any] | None = None,
    **more: str,
) -> httpx2.Response:
    """Send one JSON-RPC request."""
    sent = message(era, method, params)
    with anyio.fail_after(5):
        return await http.post("/mcp", json=sent, headers=headers(era, sent, token, **more))


async def call(
    http: httpx2.AsyncClient, era: str, token: str | None, tool: str, **arguments: object
) -> httpx2.Response:
    """Call a tool."""
    return await ask(http, era, token, "tools/call", {"name": tool, "arguments": arguments})


@requirement("server:metadata")
@pytest.mark.anyio
@pytest.mark.parametrize("path", ["", "/mcp"])
async def test_the_metadata_says_where_to_sign_in(http: httpx2.AsyncClient, path: str) -> None:
    """RFC 9728 §2; `scopes_supported` is the base set, since Okta grants all that was asked or nothing."""
    answer = await http.get(f"/.well-known/oauth-protected-resource{path}", headers={"origin": "https://any.example"})

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == {
        "resource": URL,
        "authorization_servers": [ISSUER],
        "scopes_supported": ["mcp:read"],
        "bearer_methods_supported": ["header"],
        "resource_name": "mcp-okta",
    }


@requirement("server:no-token")
@requirement("server:three-ways")
@pytest.mark.anyio
@both_eras
async def test_without_a_token_the_challenge_names_no_error(http: httpx2.AsyncClient, era: str) -> None:
    """RFC 6750 §3.1; the same value in both headers and the body."""
    answer = await call(http, era, None, "whoami")
    challenge = f'Bearer resource_metadata="{METADATA}", scope="mcp:read"'

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == answer.headers["mcp-challenge"] == challenge
    assert answer.json() == {"error_description": "Sign in to call this server.", "challenge": challenge}


@requirement("server:invalid-token")
@pytest.mark.anyio
@both_eras
async def test_every_bad_token_gets_the_same_sentence_and_the_log_the_reason(
    http: httpx2.AsyncClient, okta: OktaInMemory, era: str, caplog: pytest.LogCaptureFixture
) -> None:
    """RFC 6750 §3.1 invalid_token; which check failed is nobody's business but the operator's."""
    bad = [okta.token(aud="https://other.example.com/mcp"), okta.token(exp=1), okta.token(kid="stranger"), "junk", ""]
    answers = [await call(http, era, token, "whoami") for token in bad]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    body = answers[0].json()
    assert body["error"] == "invalid_token"
    assert body["challenge"].startswith('Bearer error="invalid_token", error_description="')
    assert f'resource_metadata="{METADATA}", scope="mcp:read"' in body["challenge"]
    assert answers[0].headers["www-authenticate"] == answers[0].headers["mcp-challenge"] == body["challenge"]
    refused = [record.fields for record in caplog.records if record.message == "token not accepted"]
    assert [fields["reason"] for fields in refused] == [
        "aud_wrong",
        "exp_past",
        "key_unknown",
        "token_segments",
        "token_empty",
    ]
    assert "aud must be" in refused[0]["detail"] and "stranger" in refused[2]["detail"]
    audited = [record.fields["reason"] for record in caplog.records if record.name == "lambda_server.audit"]
    assert audited == [fields["reason"] for fields in refused]


@pytest.mark.anyio
async def test_a_token_elsewhere_than_in_one_header_is_none_or_not_good(
    http: httpx2.AsyncClient, okta: OktaInMemory
) -> None:
    """RFC 6750 §2: not in the query, not twice, not under another scheme."""
    sent = message(LEGACY, "tools/list")
    plain = headers(LEGACY, sent)
    in_query = await http.post(f"/mcp?access_token={okta.token()}", json=sent, headers=plain)
    basic = await http.post("/mcp", json=sent, headers=plain | {"authorization": "Basic eDp5"})
    twice = [*plain.items(), *[("authorization", f"Bearer {okta.token()}")] * 2]

    assert "error" not in in_query.json() and in_query.status_code == 401
    assert "error" not in basic.json() and basic.status_code == 401
    assert (await http.post("/mcp", json=sent, headers=twice)).json()["error"] == "invalid_token"


@requirement("server:insufficient-scope")
@requirement("server:three-ways")
@pytest.mark.anyio
@both_eras
async def test_a_reader_s_write_is_answered_with_all_scopes_that_it_needs(
    http: httpx2.AsyncClient, okta: OktaInMemory, era: str
) -> None:
    """RFC 6750 §3.1 insufficient_scope, MCP step-up; in HTTP, not in a JSON-RPC answer."""
    answer = await call(http, era, okta.token(), "add_note", text="hello")
    challenge = answer.headers["www-authenticate"]

    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in challenge and 'scope="mcp:read mcp:write"' in challenge
    assert f'resource_metadata="{METADATA}"' in challenge
    assert answer.headers["mcp-challenge"] == answer.json()["challenge"] == challenge
    assert answer.json()["error"] == "insufficient_scope"


@requirement("server:insufficient-scope")
@pytest.mark.anyio
@both_eras
@pytest.mark.parametrize("state", ["bogus", 5, ["x"]])
async def test_whoever_may_not_call_is_told_so_whatever_state_comes_along(
    http: httpx2.AsyncClient, okta: OktaInMemory, caplog: pytest.LogCaptureFixture, era: str, state: object
) -> None:
    """MCP 2026-07-28, requestState: 403 comes before a look at it, and the audit line names the tool."""
    params = {"name": "add_note", "arguments": {"text": "hello"}, "requestState": state}
    answer = await ask(http, era, okta.token(), "tools/call", params)
    line = caplog.records[-1]

    assert answer.status_code == 403
    assert (line.name, line.fields["name"]) == ("lambda_server.audit", "add_note")  # type: ignore[attr-defined]


@requirement("server:insufficient-scope")
@pytest.mark.anyio
async def test_a_forged_header_does_not_choose_the_scopes(http: httpx2.AsyncClient, okta: OktaInMemory) -> None:
    """The older era ignores Mcp-Name, so the parsed request decides; the newer one refuses the mismatch (-32020)."""
    params = {"name": "add_note", "arguments": {"text": "hello"}}
    forged = {"mcp-method": "tools/call", "mcp-name": "whoami"}
    old = await ask(http, LEGACY, okta.token(), "tools/call", params, **forged)
    new = await ask(http, MODERN, okta.token(), "tools/call", params, **forged)

    assert old.status_code == 403
    assert (new.status_code, new.json()["error"]["code"]) == (400, -32020)


@pytest.mark.anyio
async def test_neither_a_batch_nor_a_notification_reaches_a_tool(
    http: httpx2.AsyncClient, okta: OktaInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    """The guard sees one request at a time; nothing goes round it."""
    write = message(LEGACY, "tools/call", {"name": "add_note", "arguments": {"text": "hello"}})
    given = headers(LEGACY, write, okta.token(scp=EDITOR))
    with anyio.fail_after(5):
        batch = await http.post("/mcp", json=[write, write], headers=given)
        without_id = {name: value for name, value in write.items() if name != "id"}
        notification = await http.post("/mcp", json=without_id, headers=given)

    assert batch.status_code == 400
    assert notification.status_code == 202


@requirement("server:both-eras")
@pytest.mark.anyio
@both_eras
async def test_both_eras_list_and_call_on_one_url(http: httpx2.AsyncClient, okta: OktaInMemory, era: str) -> None:
    """Design, contract 3; answers are plain JSON."""
    hello = {"protocolVersion": era, "capabilities": {}, "clientInfo": {"name": "tests", "version": "0"}}
    method, params = ("initialize", hello) if era == LEGACY else ("server/discover", {})
    first = await ask(http, era, okta.token(), method, params)
    listed = await ask(http, era, okta.token(), "tools/list")
    called = await call(http, era, okta.token(), "whoami")

    assert first.json()["result"]["capabilities"]["tools"] == {"listChanged": False}
    assert {tool["name"] for tool in listed.json()["result"]["tools"]} == set(TOOL_NEEDS)
    assert called.headers["content-type"] == "application/json"
    assert called.json()["result"]["structuredContent"]["subject"] == "reader@example.com"


@pytest.mark.anyio
@both_eras
async def test_what_the_server_does_not_have_is_an_error(
    http: httpx2.AsyncClient, okta: OktaInMemory, era: str
) -> None:
    """Unknown means refused: -32602 for a tool, resource or prompt (MCP, Error Handling), -32601 for a method."""
    unknown_tool = await call(http, era, okta.token(), "nope")
    unknown_resource = await ask(http, era, okta.token(), "resources/read", {"uri": "memo://1"})
    methods = [("logging/setLevel", {"level": "info"}), ("subscriptions/listen", {}), ("nope/nope", {})]
    unknown_methods = [await ask(http, era, okta.token(), method, params) for method, params in methods]

    unknown_prompt = await ask(http, era, okta.token(), "prompts/get", {"name": "nope"})

    answers = (unknown_tool, unknown_resource, unknown_prompt)
    assert [answer.json()["error"]["code"] for answer in answers] == [-32602] * 3
    assert {answer.json()["error"]["code"] for answer in unknown_methods} == {-32601}


@requirement("server:no-stream")
@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
async def test_the_endpoint_takes_post_alone(http: httpx2.AsyncClient, okta: OktaInMemory, method: str) -> None:
    """There is no stream to open and no session to end; with a token as without."""
    for given in ({}, {"authorization": f"Bearer {okta.token()}", "accept": "text/event-stream"}):
        with anyio.fail_after(5):
            answer = await http.request(method, "/mcp", headers=given)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/", "/mcp/", "/sse", "/authorize", "/.well-known/oauth-authorization-server"])
async def test_every_other_path_is_not_found(http: httpx2.AsyncClient, path: str) -> None:
    """This server is a resource, no authorization server (RFC 9728)."""
    assert [(await http.get(path)).status_code, (await http.post(path)).status_code] == [404, 404]


@requirement("server:host-origin")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "given,status",
    [
        ({"host": f"{HOST}:443"}, 421),
        ({"host": "evil.example.com"}, 421),
        ({"origin": "https://evil.example.com"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": f"https://{HOST}"}, 200),
        ({"origin": "https://app.example.com"}, 200),
    ],
)
async def test_host_and_origin_are_exact(okta: OktaInMemory, given: dict[str, str], status: int) -> None:
    """MCP transports, security: even with a good token, and before the token is looked at."""
    settings = Settings(URL, ISSUER, ("0oa1",), ("mcp:read",), allowed_origins=("https://app.example.com",))
    app = build_app(settings, transport=okta, now=okta.now)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"https://{HOST}") as http,
    ):
        answer = await ask(http, LEGACY, okta.token(), "tools/list", **given)
        without_token = await ask(http, LEGACY, None, "tools/list", **given)

    assert answer.status_code == status
    assert without_token.status_code == (401 if status == 200 else status)


@pytest.mark.anyio
async def test_while_okta_cannot_be_asked_a_token_is_neither_good_nor_bad(
    http: httpx2.AsyncClient, okta: OktaInMemory
) -> None:
    """503 and not 401, so that no client throws a good token away; nobody gets in (ours)."""
    okta.instead = httpx2.ConnectError("down")
    answer = await call(http, LEGACY, okta.token(), "whoami")

    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert int(answer.headers["retry-after"]) > 0


@pytest.fixture
def guarded(settings: Settings, okta: OktaInMemory) -> Starlette:
    """A server with a prompt, a resource and a template, all of them declared."""
    server = build_server(
        prompts=(),
        resources=(),
        needs=Needs(
            tools=TOOL_NEEDS,
            prompts={"draft": ("mcp:write",)},
            resources={"note://all": ("mcp:write",), "note://{id}": ("mcp:read", "mcp:write")},
        ),
    )
    add_prompt_and_resources(server)
    return build_app(settings, server=server, transport=okta, now=okta.now)


def add_prompt_and_resources(server: MCPServer[Any]) -> None:
    """What needs other scopes than what the product itself has."""

    @server.prompt()
    def draft() -> str:
        return "Draft a note."

    @server.resource("note://all")
    def all_notes() -> str:
        return "all"

    @server.resource("note://{id}")
    def one_note(id: str) -> str:
        return id


@requirement("server:insufficient-scope")
@pytest.mark.anyio
@both_eras
async def test_prompts_and_resources_are_guarded_like_tools(guarded: Starlette, okta: OktaInMemory, era: str) -> None:
    """Design: decided on the parsed request for tools/call, prompts/get and resources/read."""
    asked = [
        ("prompts/get", {"name": "draft"}, "mcp:write"),
        ("resources/read", {"uri": "note://all"}, "mcp:write"),
        ("resources/read", {"uri": "note://7"}, "mcp:read mcp:write"),
        ("tools/call", {"name": "add_note", "arguments": {"text": "x"}}, "mcp:read mcp:write"),
    ]
    async with (
        guarded.router.lifespan_context(guarded),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=guarded), base_url=f"https://{HOST}") as http,
    ):
        for method, params, needed in asked:
            refused = await ask(http, era, okta.token(), method, params)
            allowed = await ask(http, era, okta.token(scp=EDITOR), method, params)
            assert (refused.status_code, allowed.status_code) == (403, 200), method
            assert f'scope="{needed}"' in refused.headers["www-authenticate"]
