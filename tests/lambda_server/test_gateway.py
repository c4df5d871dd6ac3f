"""API Gateway's events through the handler, as one process of Lambda sees them one after the other."""

import base64
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from lambda_server.auth.needs import Needs
from lambda_server.errors import BadDeclaration
from lambda_server.gateway import Gateway, too_late
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.lambda_server.both_eras import LEGACY, LambdaContext, both_eras, call_event, event
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement


@contextmanager
def open_gateway(app: ASGIApp) -> Iterator[Gateway]:
    """A handler that is closed again."""
    gateway = Gateway(app)
    try:
        yield gateway
    finally:
        gateway.close()


async def hold_lifespan(receive: Any, send: Any) -> None:
    """The least that an application must do about its lifespan."""
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()


TOOL_NEEDS = {tool.name: tool.needs for tool in TOOLS}


def app_with(tool: Callable[..., Any], settings: Settings, okta: OktaInMemory) -> Starlette:
    """The application with one more tool."""
    server = build_server(prompts=(), resources=(), needs=Needs(tools=TOOL_NEEDS | {"slow": ("mcp:read",)}))
    server.add_tool(tool, name="slow")
    return build_app(settings, server=server, transport=okta, now=okta.now)


def audited(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    """Outcome and status of each audit line so far."""
    lines = [record.fields for record in caplog.records if record.name == "lambda_server.audit"]
    return [(line["outcome"], line["status"]) for line in lines]


@requirement("server:one-lifespan")
def test_the_lifespan_is_entered_once_for_many_events() -> None:
    """Mangum's own lifespan would fail on the second event (ADR 0002)."""
    entered: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        entered.append("in")
        yield
        entered.append("out")

    with open_gateway(Starlette(lifespan=lifespan)) as gateway:
        statuses = [gateway(event("GET", "/"), LambdaContext())["statusCode"] for _ in range(3)]
        assert (statuses, entered) == ([404] * 3, ["in"])

    assert entered == ["in", "out"]


@requirement("server:both-eras")
@both_eras
def test_one_process_serves_many_events_with_one_key_fetch(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """The loop, the session manager and the connection to Okta live as long as the process."""
    answers = [gateway(call_event(era, okta.token(), "whoami"), LambdaContext()) for _ in range(20)]

    assert {answer["statusCode"] for answer in answers} == {200}
    assert len(okta.asked) == 1
    json.dumps(answers)  # as the runtime client does


@requirement("server:three-ways")
def test_a_refusal_keeps_its_challenge_through_the_gateway(gateway: Gateway) -> None:
    """The header of our own is what the integration maps back (design)."""
    answer = gateway(call_event(LEGACY, None, "whoami"), LambdaContext())

    assert answer["statusCode"] == 401
    assert answer["headers"]["mcp-challenge"] == answer["headers"]["www-authenticate"]
    assert json.loads(answer["body"])["challenge"] == answer["headers"]["mcp-challenge"]


@requirement("server:no-stream")
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_method_hangs_the_function(gateway: Gateway, okta: OktaInMemory, method: str) -> None:
    """The SDK would stream for ever (facts)."""
    given = {"authorization": f"Bearer {okta.token()}", "accept": "text/event-stream"}
    answer = gateway(event(method, "/mcp", given), LambdaContext())

    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "POST")


@requirement("server:deadline")
@both_eras
def test_a_tool_that_waits_too_long_is_answered_in_time(
    settings: Settings, okta: OktaInMemory, era: str, caplog: pytest.LogCaptureFixture
) -> None:
    """504 with the request's id, and the process serves the next event (facts)."""
    cancelled: list[bool] = []

    async def slow() -> str:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.append(True)
        return "never"

    with open_gateway(app_with(slow, settings, okta)) as gateway:
        late = gateway(call_event(era, okta.token(), "slow"), LambdaContext(remaining_ms=550))
        good = gateway(call_event(era, okta.token(), "whoami"), LambdaContext())

    assert late["statusCode"] == 504
    assert json.loads(late["body"]) | {"error": None} == {"jsonrpc": "2.0", "id": 7, "error": None}
    assert json.loads(late["body"])["error"]["code"] == -32000
    assert (good["statusCode"], cancelled) == (200, [True])
    assert audited(caplog) == [("too_late", 504), ("ok", 200)]


@requirement("server:deadline")
@both_eras
def test_a_tool_that_blocks_its_thread_does_not_hold_the_answer_back(
    settings: Settings, okta: OktaInMemory, era: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A thread cannot be interrupted; neither the answer nor the audit line waits for it (facts)."""
    release = threading.Event()

    def slow() -> str:
        release.wait(5)
        return "late"

    with open_gateway(app_with(slow, settings, okta)) as gateway:
        started = time.monotonic()
        late = gateway(call_event(era, okta.token(), "slow"), LambdaContext(remaining_ms=550))
        took = time.monotonic() - started
        assert audited(caplog) == [("too_late", 504)]
        release.set()
        good = gateway(call_event(era, okta.token(), "whoami"), LambdaContext())

    assert (late["statusCode"], good["statusCode"]) == (504, 200)
    assert took < 2


@requirement("server:deadline")
def test_an_answer_that_comes_after_the_deadline_goes_nowhere() -> None:
    """The client has its 504; a second answer would be a protocol error of ASGI."""
    outcome: list[str] = []

    async def stubborn(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await hold_lifespan(receive, send)
            return
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await JSONResponse({})(scope, receive, send)
            outcome.append("answered")

    with open_gateway(stubborn) as gateway:
        statuses = [gateway(event("POST", "/mcp"), LambdaContext(remaining_ms=550))["statusCode"] for _ in range(2)]

    assert statuses == [504, 504]
    assert outcome == ["answered", "answered"]


@requirement("server:deadline")
@pytest.mark.parametrize(
    "body,number",
    [
        ('{"id": "a"}', "a"),
        ('{"id": 7}', 7),
        ('{"id": {}}', None),
        ("[1]", None),
        ("{", None),
        (None, None),
        ("[" * 100_000, None),
        (f'{{"id": {"[" * 100_000}', None),
        (f'{{"id": {"9" * 5000}}}', None),
        ('{"id": "\\ud800"}', None),
    ],
)
def test_an_answer_that_is_too_late_carries_the_request_s_id(body: str | None, number: Any) -> None:
    """JSON-RPC 2.0 §5: the id, or null where it cannot be told."""
    answers = [too_late({"body": body})]
    if body is not None:
        answers.append(too_late({"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}))

    assert [answer["id"] for answer in answers] == [number] * len(answers)
    assert all(JSONResponse(answer).body for answer in answers)


@requirement("server:declared")
def test_a_tool_without_scopes_fails_the_init(settings: Settings, okta: OktaInMemory) -> None:
    """Lambda shows the message as the reason of the failed init (design)."""
    server = build_server()
    server.add_tool(lambda: "x", name="stray")

    with pytest.raises(BadDeclaration, match="the tool stray does not say which scopes it needs"):
        Gateway(build_app(settings, server=server, transport=okta))


def test_an_application_that_fails_is_a_500_and_no_end(settings: Settings) -> None:
    """An error in one request must not take the process with it (ours)."""

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await hold_lifespan(receive, send)
            return
        raise RuntimeError("broken")

    with open_gateway(broken) as gateway:
        statuses = [gateway(event("GET", "/"), LambdaContext())["statusCode"] for _ in range(2)]

    assert statuses == [500, 500]
