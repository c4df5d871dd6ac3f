"""The audit line of each request, which is its metrics, too."""

import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import jsonschema
import pytest
from botocore.exceptions import EndpointConnectionError
from starlette.applications import Starlette

from lambda_server.audit import NOTES_UNAVAILABLE, blame, outcome_of
from lambda_server.auth.needs import Needs
from lambda_server.auth.reasons import Reason
from lambda_server.log import JsonLines
from lambda_server.metrics import Measured, embed
from lambda_server.notes import Notes
from lambda_server.resources import RESOURCES
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.lambda_server.both_eras import LEGACY, both_eras, headers, message
from tests.lambda_server.okta_in_memory import CLIENT_ID, ENVIRONMENT, HOST, SERVICE_ID, OktaInMemory
from tests.requirements import requirement

SCHEMA = json.loads((Path(__file__).parents[1] / "vectors/emf.schema.json").read_text())
FUNCTION = "mcp-okta-dev-function"
EDITOR = ["mcp:read", "mcp:write"]
NEEDS = Needs(
    tools={tool.name: tool.needs for tool in TOOLS} | {"crash": ("mcp:read",)},
    resources={one.uri: one.needs for one in RESOURCES},
)


def crash() -> str:
    """A tool that breaks."""
    raise RuntimeError("s3cret")


@pytest.fixture
def app(okta: OktaInMemory) -> Starlette:
    """The application as Lambda runs it, with one more tool."""
    server = build_server(prompts=(), needs=NEEDS, notes=Notes("unused", TableIsDown))
    server.add_tool(crash)
    settings = Settings.from_environment(ENVIRONMENT | {"AWS_LAMBDA_FUNCTION_NAME": FUNCTION})
    return build_app(settings, server=server, transport=okta, now=okta.now)


@pytest.fixture
async def lines(app: Starlette, caplog: pytest.LogCaptureFixture) -> AsyncIterator["Lines"]:
    """A client, and the audit lines that its requests leave."""
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"https://{HOST}") as http:
            yield Lines(http, caplog)


class Lines:
    """Sends requests, and reads the lines as they are written."""

    def __init__(self, http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
        self.http, self._caplog = http, caplog

    async def after(
        self, era: str, token: str | None, method: str, params: dict[str, Any] | None = None, **more: str
    ) -> dict[str, Any]:
        """The one line of a request."""
        sent = message(era, method, params)
        before = len(self.written())
        with anyio.fail_after(5):
            await self.http.post("/mcp", json=sent, headers=headers(era, sent, token, **more))
        [line] = self.written()[before:]
        return line

    async def after_call(self, era: str, token: str | None, tool: str, **arguments: Any) -> dict[str, Any]:
        """The one line of a call of a tool."""
        return await self.after(era, token, "tools/call", {"name": tool, "arguments": arguments})

    def written(self) -> list[dict[str, Any]]:
        """All audit lines so far; each of them is checked against the format that CloudWatch reads."""
        records = [record for record in self._caplog.records if record.name == "lambda_server.audit"]
        written = [json.loads(JsonLines().format(record)) for record in records]
        for line in written:
            check_format(line)
        return written

    def everything(self) -> str:
        """Every line of every logger."""
        return "\n".join(JsonLines().format(record) for record in self._caplog.records)


def check_format(line: dict[str, Any]) -> None:
    """
    Hold a line against the embedded metric format: what it names is there, texts and numbers each in their place.

    Source: CloudWatch embedded metric format, specification: root node, target members.
    """
    jsonschema.validate(line, SCHEMA)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for name in (name for names in directive["Dimensions"] for name in names):
            assert isinstance(line[name], str) and 0 < len(line[name]) <= 1024, name
        for metric in directive["Metrics"]:
            assert type(line[metric["Name"]]) in (int, float), metric


def counted(line: dict[str, Any]) -> tuple[int, int, int]:
    """Calls, refusals and errors."""
    return line["Calls"], line["Refusals"], line["Errors"]


@requirement("server:audit")
@pytest.mark.anyio
@both_eras
async def test_a_line_says_who_called_what_with_which_scopes(lines: Lines, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 6: time, uid, client id, tool, scopes, outcome, milliseconds."""
    line = await lines.after_call(era, okta.token(), "whoami")

    assert line["ms"] >= 0 and line["time"]
    said = {name: line[name] for name in ("uid", "sub", "client_id", "method", "name", "scopes", "outcome", "status")}
    assert said == {
        "uid": "00u1",
        "sub": "reader@example.com",
        "client_id": CLIENT_ID,
        "method": "tools/call",
        "name": "whoami",
        "scopes": ["mcp:read"],
        "outcome": "ok",
        "status": 200,
    }
    assert (line["Environment"], line["Tool"], counted(line)) == (FUNCTION, "whoami", (1, 0, 0))
    assert "reason" not in line and "missing" not in line


@requirement("server:services")
@requirement("server:audit")
@pytest.mark.anyio
@both_eras
async def test_a_service_s_line_has_its_client_id_and_no_uid(lines: Lines, okta: OktaInMemory, era: str) -> None:
    """docs/facts/okta.md §2: a service has sub = cid and no uid."""
    line = await lines.after_call(era, okta.token(cid=SERVICE_ID, sub=SERVICE_ID, uid=None), "whoami")

    assert (line["sub"], line["client_id"], "uid" in line, line["outcome"]) == (SERVICE_ID, SERVICE_ID, False, "ok")


@requirement("server:audit")
@pytest.mark.anyio
@both_eras
async def test_every_refusal_has_a_line_and_a_reason_to_count_it_by(lines: Lines, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 6: refusals with the precise reason; metrics of refusals by reason."""
    write = {"name": "add_note", "arguments": {"text": "x"}}
    refused = [
        await lines.after(era, None, "tools/call", write),
        await lines.after(era, okta.token(exp=1), "tools/call", write),
        await lines.after(era, okta.token(), "tools/call", write, origin="https://evil.example.com"),
        await lines.after(era, okta.token(), "tools/call", write, host="evil.example.com"),
        await lines.after(era, okta.token(), "tools/call", write),
    ]

    assert [(line["Reason"], line["status"]) for line in refused] == [
        ("no_token", 401),
        ("exp_past", 401),
        ("wrong_origin", 403),
        ("wrong_host", 421),
        ("insufficient_scope", 403),
    ]
    assert [counted(line) for line in refused] == [(1, 1, 0)] * 5
    assert [line["Tool"] for line in refused] == ["other"] * 4 + ["add_note"]
    assert (refused[1]["reason"], refused[4]["missing"], refused[4]["scopes"]) == (
        "exp_past",
        ["mcp:write"],
        ["mcp:read"],
    )
    by_reason = refused[0]["_aws"]["CloudWatchMetrics"][1]
    assert by_reason["Dimensions"] == [["Environment", "Reason"]]


@requirement("server:audit")
@pytest.mark.anyio
@both_eras
async def test_neither_token_nor_arguments_are_in_any_line(lines: Lines, okta: OktaInMemory, era: str) -> None:
    """Design; CWE-532: whatever comes of the call."""
    reader, editor = okta.token(), okta.token(scp=EDITOR)
    for token in (None, reader, editor):
        for tool in ("whoami", "add_note", "crash", "nope"):
            await lines.after_call(era, token, tool, text="s3cret-argument", limit={"s3cret-argument": 1})
    written = lines.everything()

    assert "s3cret-argument" not in written
    assert all(part[:40] not in written for token in (reader, editor) for part in token.split("."))


@requirement("server:audit")
@pytest.mark.anyio
@both_eras
async def test_an_error_is_ours_and_a_tool_s_own_words_are_none(lines: Lines, okta: OktaInMemory, era: str) -> None:
    """Ours: an alarm on Errors must not ring for what a caller got wrong."""
    bad_argument = await lines.after_call(era, okta.token(scp=EDITOR), "add_note", text=7)
    unknown = await lines.after_call(era, okta.token(), "nope")
    broken = await lines.after_call(era, okta.token(), "crash")
    okta.instead = httpx2.ConnectError("down")
    okta.clock += 3600 * 25  # whatever is remembered of the keys is too old
    unasked = await lines.after_call(era, okta.token(), "whoami")

    assert [line["outcome"] for line in (bad_argument, unknown, broken)] == ["tool_error", "error -32602", "failed"]
    assert [counted(line) for line in (bad_argument, unknown)] == [(1, 0, 0)] * 2
    assert [counted(line) for line in (broken, unasked)] == [(1, 0, 1)] * 2
    assert (broken["Reason"], unasked["outcome"], unasked["status"]) == ("failed", "check_unavailable", 503)
    assert unasked["Reason"] == unasked["reason"] in set(Reason)


@requirement("server:audit")
@pytest.mark.anyio
@both_eras
@pytest.mark.parametrize(
    "method,params",
    [
        ("tools/call", {"name": "whoami", "arguments": "x"}),
        ("tools/call", {"name": "whoami", "arguments": ["x"]}),
        ("completion/complete", {"ref": {"type": "ref/resource", "uri": "note://{id}"}, "argument": "x"}),
        ("completion/complete", {"ref": {"type": "ref/resource", "uri": "note://{id}"}}),
    ],
)
async def test_parameters_of_another_form_are_the_caller_s_fault(
    lines: Lines, okta: OktaInMemory, era: str, method: str, params: dict[str, Any]
) -> None:
    """The SDK answers -32602, and the line says so: no failure of ours, and no traceback to look for."""
    line = await lines.after(era, okta.token(), method, params)

    assert (line["outcome"], counted(line)) == ("error -32602", (1, 0, 0))
    assert "Traceback" not in lines.everything()


class TableIsDown:
    """An SDK's client while DynamoDB does not answer."""

    def query(self, **_: Any) -> None:
        """Fail."""
        raise EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    get_item = query


@requirement("server:audit")
@requirement("server:notes-unavailable")
@pytest.mark.anyio
@both_eras
@pytest.mark.parametrize(
    "method,params,outcome",
    [
        ("tools/call", {"name": "list_notes", "arguments": {}}, "failed"),
        ("resources/read", {"uri": f"note://{'0' * 32}"}, "error -32603"),
        (
            "completion/complete",
            {"ref": {"type": "ref/resource", "uri": "note://{id}"}, "argument": {"name": "id", "value": ""}},
            "error -32603",
        ),
    ],
)
async def test_an_outage_of_the_table_is_an_error_with_a_reason(
    lines: Lines, okta: OktaInMemory, era: str, method: str, params: dict[str, Any], outcome: str
) -> None:
    """The person reads the tool's own words; an alarm on Errors rings all the same (ours)."""
    line = await lines.after(era, okta.token(), method, params)

    assert (line["outcome"], line["reason"], line["Reason"]) == (outcome, NOTES_UNAVAILABLE, NOTES_UNAVAILABLE)
    assert counted(line) == (1, 0, 1)


@requirement("server:audit")
@pytest.mark.anyio
@both_eras
async def test_a_caller_cannot_make_metrics(lines: Lines, okta: OktaInMemory, era: str) -> None:
    """CloudWatch bills each combination of dimensions: only declared tools are among them (ours)."""
    asked = [
        await lines.after_call(era, okta.token(), "x" * 5000),
        await lines.after(era, okta.token(), "prompts/get", {"name": "whoami"}),
        await lines.after(era, okta.token(), "made/up", {}),
        await lines.after(era, okta.token(), "tools/list"),
    ]

    assert {line["Tool"] for line in asked} == {"other"}
    assert len(asked[0]["name"]) == 128


@requirement("server:audit")
@pytest.mark.anyio
async def test_what_no_handler_sees_has_a_line_that_says_what_it_was(lines: Lines, okta: OktaInMemory) -> None:
    """Exactly one line per request: a notification, a batch, and what is no JSON at all."""
    sent = message(LEGACY, "tools/list")
    given = headers(LEGACY, sent, okta.token())
    bodies = [{"jsonrpc": "2.0", "method": "notifications/initialized"}, [sent, sent], {"x": 1}]
    with anyio.fail_after(5):
        for body in bodies:
            await lines.http.post("/mcp", json=body, headers=given)
        await lines.http.post("/mcp", content=b"{", headers=given)

    outcomes = [line["outcome"] for line in lines.written()]
    assert outcomes == ["notification", "bad_request", "bad_request", "bad_request"]
    assert {counted(line) for line in lines.written()} == {(1, 0, 0)}


@requirement("server:audit")
@pytest.mark.anyio
async def test_only_the_first_request_of_a_process_is_cold(lines: Lines, okta: OktaInMemory) -> None:
    """Issue 5, item 6: cold starts."""
    asked = [await lines.after_call(LEGACY, token, "whoami") for token in (None, okta.token(), okta.token())]

    assert [(line["cold"], line["ColdStarts"]) for line in asked] == [(True, 1), (False, 0), (False, 0)]


@pytest.mark.anyio
async def test_what_never_reaches_the_gate_has_no_line(lines: Lines) -> None:
    """The metadata, 404 and 405 are in the API's access log (lambda_server/audit.py)."""
    for path in ("/.well-known/oauth-protected-resource", "/nope", "/mcp"):
        await lines.http.get(path)

    assert lines.written() == []


@pytest.mark.anyio
async def test_the_line_is_written_whatever_the_log_level(
    lines: Lines, okta: OktaInMemory, caplog: pytest.LogCaptureFixture
) -> None:
    """LOG_LEVEL is about everything else (.env.example)."""
    caplog.set_level(logging.ERROR)
    caplog.handler.setLevel(logging.NOTSET)  # it is the loggers that are asked

    assert (await lines.after_call(LEGACY, okta.token(), "whoami"))["outcome"] == "ok"


@requirement("server:metrics")
@pytest.mark.parametrize("reason", [None, "exp_past"])
def test_the_metrics_are_in_the_format_that_cloudwatch_reads(reason: str | None) -> None:
    """CloudWatch embedded metric format; issue 5, item 6: calls, refusals by reason, latency, cold starts."""
    line = embed(Measured("whoami", reason is not None, False, reason, 12.5, True), "dev", 1_800_000_000.5)
    check_format(line)
    directives = line["_aws"]["CloudWatchMetrics"]

    assert line["_aws"]["Timestamp"] == 1_800_000_000_500
    assert {directive["Namespace"] for directive in directives} == {"mcp-okta"}
    assert directives[0]["Dimensions"] == [["Environment"], ["Environment", "Tool"]]
    units = {metric["Name"]: metric["Unit"] for metric in directives[0]["Metrics"]}
    assert units == dict.fromkeys(("Calls", "Refusals", "Errors", "ColdStarts"), "Count") | {
        "LatencyMs": "Milliseconds"
    }
    assert len(directives) == (1 if reason is None else 2)


@pytest.mark.parametrize(
    "change",
    [
        {"_aws": {}},
        {"_aws": {"Timestamp": 1_800_000_000, "CloudWatchMetrics": []}},
        {"Tool": ""},
        {"Calls": "1"},
        {"Calls": True},
    ],
)
def test_the_check_of_the_format_can_fail(change: dict[str, Any]) -> None:
    """A check that nothing fails proves nothing (ours)."""
    line = embed(Measured(None, False, False, None, 1.0, False), "dev", 1_800_000_000)

    with pytest.raises((AssertionError, jsonschema.ValidationError)):
        check_format(line | change)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"content": []}, "ok"),
        (None, "ok"),
        ({"isError": True, "content": [{"type": "text", "text": "no such note"}]}, "tool_error"),
        ({"isError": True, "content": [{"type": "text", "text": "Error executing tool x: bad"}]}, "tool_error"),
        ({"isError": True, "content": [{"type": "text", "text": "Error executing tool x"}]}, "failed"),
    ],
)
def test_a_tool_that_broke_is_told_from_one_that_explains(result: object, outcome: str) -> None:
    """The SDK's UnexpectedToolError says no more than the tool's name."""
    assert outcome_of(result, "x") == outcome


def test_a_reason_makes_a_failure_of_an_answer_that_is_an_error_and_of_no_other() -> None:
    """A tool that could do without what failed is no failure (ours); outside a request nobody is to blame."""
    blame("nobody")

    assert outcome_of({"isError": True, "content": []}, "x", NOTES_UNAVAILABLE) == "failed"
    assert outcome_of({"content": []}, "x", NOTES_UNAVAILABLE) == "ok"
