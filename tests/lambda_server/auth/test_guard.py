"""Which scopes a request needs, decided on what it says, and what the guard makes of the answer."""

from types import SimpleNamespace
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, METHOD_NOT_FOUND
from pydantic import ValidationError
from starlette.requests import Request

from lambda_server.audit import KEY, Call
from lambda_server.auth.guard import Guard
from lambda_server.auth.needs import Needs, Target

NEEDS = Needs(
    tools={"free": ()},
    prompts={"draft": ("a",), "free": ()},
    resources={
        "note://all": ("b",),
        "note://{id}": ("c", "d"),
        "note://{+path}": ("d", "e"),
        "file://{name}": ("f",),
        "find://all{?q}": ("g",),
    },
)


async def answer_with(value: Any) -> Any:
    """The next handler's answer."""
    return value


async def ask(method: str, value: Any = None, number: int | None = 1, params: Any = None) -> Call:
    """Send a request through the guard; return what the audit line will say."""
    call = Call()
    await Guard(NEEDS)(context_of(method, call, number, params), lambda _: answer_with(value))
    return call


def context_of(method: str, call: Call, number: int | None = 1, params: Any = None) -> Any:
    """A request as the SDK hands it to a middleware."""
    request = Request({"type": "http", "headers": [], KEY: call})
    return SimpleNamespace(request_id=number, request=request, method=method, params=params)


@pytest.mark.parametrize(
    "uri,needed",
    [
        ("note://all", ("b",)),
        ("note://7", ("c", "d", "e")),
        ("note://7/8", ("d", "e")),
        ("note://{id}", ("c", "d", "e")),
        ("note://{+path}", ("d", "e", "c")),
        ("find://all{?q}", ("g",)),
        ("file://x", ("f",)),
        ("other://7", None),
        ("note:", None),
    ],
)
def test_a_resource_needs_what_its_uri_or_all_templates_that_it_matches_need(
    uri: str, needed: tuple[str, ...] | None
) -> None:
    """RFC 6570; nobody knows which of several templates answers, not even where the URI looks like one of them."""
    found = NEEDS.find(Target("resources", uri))

    assert (set(found.scopes) if found else None) == (set(needed) if needed else None)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "uri,named",
    [("other://7?text=s3cret", "other:"), ("my s3cret: text", None), ("s3cret", None), ("a" * 500 + "://x", "a" * 128)],
)
async def test_of_a_uri_that_nothing_matches_the_line_has_the_scheme_alone(uri: str, named: str | None) -> None:
    """Issue 5, item 6: never arguments; a slash too many in an id makes it one that nothing matches."""
    call = Call()
    with pytest.raises(MCPError):
        await Guard(NEEDS)(context_of("resources/read", call, params={"uri": uri}), lambda _: answer_with(None))

    assert call.name == named


@pytest.mark.parametrize(
    "method,params,code",
    [
        ("nope/nope", {}, METHOD_NOT_FOUND),
        ("tools/call", {}, INVALID_PARAMS),
        ("tools/call", {"name": 7}, INVALID_PARAMS),
        ("resources/read", {"name": "note://all"}, INVALID_PARAMS),
        ("completion/complete", {}, INVALID_PARAMS),
        ("completion/complete", {"ref": "draft"}, INVALID_PARAMS),
        ("completion/complete", {"ref": {"type": "ref/tool", "name": "draft"}}, INVALID_PARAMS),
        ("completion/complete", {"ref": {"type": ["ref/prompt"], "name": "draft"}}, INVALID_PARAMS),
        ("completion/complete", {"ref": {"type": "ref/prompt", "uri": "draft"}}, INVALID_PARAMS),
    ],
)
def test_a_request_that_names_nothing_is_refused(method: str, params: dict[str, Any], code: int) -> None:
    """JSON-RPC 2.0 §5.1; unknown means refused."""
    with pytest.raises(MCPError) as caught:
        Target.of(method, params)

    assert caught.value.code == code


@pytest.mark.anyio
async def test_a_request_without_parameters_is_refused_and_no_failure() -> None:
    """JSON-RPC 2.0 §4: params may be left out."""
    with pytest.raises(MCPError) as caught:
        await ask("tools/call")

    assert caught.value.code == INVALID_PARAMS


@pytest.mark.anyio
@pytest.mark.parametrize("value,outcome", [({"isError": True}, "tool_error"), ({}, "ok"), (None, "ok"), (["x"], "ok")])
async def test_the_outcome_is_read_from_whatever_the_handler_answers(value: Any, outcome: str) -> None:
    """Handlers answer with dictionaries, models or nothing (MCP SDK, HandlerResult)."""
    assert (await ask("ping", value)).outcome == outcome


@pytest.mark.anyio
async def test_a_notification_is_passed_on() -> None:
    """JSON-RPC 2.0 §4.1: it gets no answer, so it is no business of the guard's; it reaches no tool either."""
    assert (await ask("notifications/initialized", number=None)).method is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    "method",
    [
        "initialize",
        "ping",
        "server/discover",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    ],
)
async def test_what_any_caller_may_ask_needs_no_scope(method: str) -> None:
    """MCP: a client looks around first; lists say which scopes things need (listing.py)."""
    assert (await ask(method, {})).outcome == "ok"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "error,outcome",
    [
        (MCPError(-32001, "no"), "error -32001"),
        (ValidationError.from_exception_data("x", []), "error -32602"),
        (ValueError("x"), "failed"),
    ],
)
async def test_the_outcome_of_what_a_handler_raises_is_what_the_caller_is_told(error: Exception, outcome: str) -> None:
    """The SDK answers parameters of another form with -32602, and whatever else is raised as a failure."""
    call = Call()

    async def fail() -> Any:
        raise error

    context = context_of("ping", call)
    with pytest.raises(type(error)):
        await Guard(NEEDS)(context, lambda _: fail())

    assert call.outcome == outcome


@pytest.mark.anyio
@pytest.mark.parametrize("method,name,tool", [("tools/call", "free", "free"), ("prompts/get", "free", None)])
async def test_only_a_call_of_a_tool_is_counted_by_its_name(method: str, name: str, tool: str | None) -> None:
    """CloudWatch bills each combination of dimensions (lambda_server/metrics.py)."""
    assert (await ask(method, {}, params={"name": name})).tool == tool


@pytest.mark.anyio
async def test_what_is_not_declared_is_refused_by_name() -> None:
    """Unknown means refused, before any handler is asked (JSON-RPC 2.0 §5.1)."""
    with pytest.raises(MCPError, match="Unknown tool: nope"):
        await ask("tools/call", {}, params={"name": "nope"})
