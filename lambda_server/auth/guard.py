"""May they: the scopes that each tool, prompt and resource needs, decided on the parsed request in both eras."""

import re
from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, INVALID_REQUEST
from pydantic import ValidationError
from starlette.requests import Request

from lambda_server.audit import FAILED, INSUFFICIENT_SCOPE, Call, outcome_of, serving, shorten
from lambda_server.auth.needs import Needs, Target

# What any caller with a good token may ask; a method in neither list is not served.
OPEN_METHODS = frozenset(
    {
        "initialize",
        "ping",
        "server/discover",
        "tools/list",
        "prompts/list",
        "resources/list",
        "resources/templates/list",
    }
)


class Guard:
    """
    The outermost middleware of the MCP server; never looks at a header, since the older era ignores those.

    Outside of the SDK's own, which would answer a wrong `requestState` to somebody who may not ask at all.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """
        Pass the request on where the token carries all scopes that it needs.

        Raises:
            MCPError: it does not (the gate answers 403), or nothing of that name is declared.

        Source: RFC 6750 §3.1; MCP authorization, insufficient scope.
        """
        if ctx.request_id is None:
            return await call_next(ctx)  # a notification reaches no tool
        call = Call.of(ctx.request.scope) if isinstance(ctx.request, Request) else Call()
        call.method = shorten(ctx.method)
        try:
            self._check(ctx, call)
            with serving(call):
                result = await call_next(ctx)
        except Exception as error:
            call.outcome = INSUFFICIENT_SCOPE if call.wanted else outcome_after(error)
            raise
        call.outcome = outcome_of(result, call.name, call.reason)
        return result

    def _check(self, ctx: ServerRequestContext[Any, Any], call: Call) -> None:
        if ctx.method in OPEN_METHODS:
            return
        target = Target.of(ctx.method, ctx.params or {})
        need = self._needs.find(target)
        if need is None:
            call.name = shorten(scheme_of(target.name) if target.kind == "resources" else target.name)
            raise MCPError(INVALID_PARAMS, f"Unknown {target.kind.removesuffix('s')}: {target.name}")
        call.name = need.name  # a URI that a template matches holds arguments
        call.tool = need.name if ctx.method == "tools/call" else None
        self._require(need.scopes, call)

    def _require(self, needed: tuple[str, ...], call: Call) -> None:
        access = get_access_token()
        granted = access.scopes if access is not None else []
        if not set(needed) <= set(granted):
            call.wanted = needed
            raise MCPError(INVALID_REQUEST, "Insufficient scope", {"scope": " ".join(needed)})


def scheme_of(uri: str) -> str | None:
    """All that the log says of a URI that nothing matches: the rest may be an argument. Source: RFC 3986 §3.1."""
    found = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri)
    return found.group() if found else None


def outcome_after(error: Exception) -> str:
    """What comes of a request whose handler raised. Source: the SDK answers parameters of another form with -32602."""
    if isinstance(error, ValidationError):
        return f"error {INVALID_PARAMS}"
    return f"error {error.code}" if isinstance(error, MCPError) else FAILED
