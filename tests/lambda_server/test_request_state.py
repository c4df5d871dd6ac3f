"""Questions to the person in the middle of a call: those that any environment can go on with."""

from dataclasses import replace
from typing import Any

import anyio
import httpx2
import pytest
from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult

from lambda_server.auth.needs import Needs
from lambda_server.prompts import PROMPTS
from lambda_server.resources import RESOURCES
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.lambda_server.both_eras import MODERN, headers, message
from tests.lambda_server.okta_in_memory import HOST, OktaInMemory

SURE = ElicitRequest(
    params=ElicitRequestFormParams(message="sure?", requested_schema={"type": "object", "properties": {}})
)
NEEDS = Needs.of(tools=TOOLS, prompts=PROMPTS, resources=RESOURCES)


def ask_with_state() -> InputRequiredResult:
    """A question of which the answer is to come with what the server said."""
    return InputRequiredResult(input_requests={"sure": SURE}, request_state="step 1")


def ask_plainly() -> InputRequiredResult:
    """A question that the call itself, sent again with the answer, is enough for."""
    return InputRequiredResult(input_requests={"sure": SURE})


async def call(settings: Settings, okta: OktaInMemory, tool: Any) -> dict[str, Any]:
    """The answer of a server that has that tool as well."""
    server = build_server(needs=replace(NEEDS, tools={**NEEDS.tools, tool.__name__: ("mcp:read",)}))
    server.add_tool(tool)
    app = build_app(settings, server=server, transport=okta, now=okta.now)
    sent = message(MODERN, "tools/call", {"name": tool.__name__, "arguments": {}})
    sent["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] = {"elicitation": {}}
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"https://{HOST}") as http,
    ):
        with anyio.fail_after(5):
            answer = await http.post("/mcp", json=sent, headers=headers(MODERN, sent, okta.token()))
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.anyio
async def test_a_question_without_a_state_reaches_the_caller(
    settings: Settings, okta: OktaInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    """MCP 2026-07-28, multi round-trip requests: any environment can go on with the answer."""
    result = (await call(settings, okta, ask_plainly))["result"]

    assert (result["resultType"], list(result["inputRequests"])) == ("input_required", ["sure"])


@pytest.mark.anyio
async def test_a_question_with_a_state_is_refused_and_the_log_says_what_the_author_can_do(
    settings: Settings, okta: OktaInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    """Facts, MCP on Lambda: the SDK seals it with a key of one process, and the next request may reach another."""
    error = (await call(settings, okta, ask_with_state))["error"]
    [said] = [record for record in caplog.records if record.name == "lambda_server.request_state"]

    assert (error["code"], error["message"]) == (-32603, "The server cannot continue a call with requestState")
    assert said.fields["tool"] == "ask_with_state"  # type: ignore[attr-defined]
    assert "request_state cannot be used here" in said.fields["remedy"]  # type: ignore[attr-defined]
