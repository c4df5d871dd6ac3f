"""May they: the scopes that each tool, prompt and resource needs, decided on the parsed request in both eras."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, INVALID_REQUEST
from starlette.requests import Request

from lambda_server.audit import Call, shorten
from lambda_server.auth.needs import Needs, Table, Target
from lambda_server.errors import BadDeclaration
from lambda_server.scopes import SCOPE_NAMES

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
    """A middleware of the MCP server; never looks at a header, since the older era ignores those."""

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
            result = await call_next(ctx)
        except MCPError as error:
            call.outcome = "insufficient_scope" if call.missing else f"error {error.code}"
            raise
        except Exception:
            call.outcome = "failed"
            raise
        call.outcome = "tool_error" if isinstance(result, dict) and result.get("isError") else "ok"
        return result

    def _check(self, ctx: ServerRequestContext[Any, Any], call: Call) -> None:
        if ctx.method in OPEN_METHODS:
            return
        target = Target.of(ctx.method, ctx.params or {})
        call.name = shorten(target.name)
        needed = self._needs.find(target)
        if needed is None:
            raise MCPError(INVALID_PARAMS, f"Unknown {target.kind.removesuffix('s')}: {target.name}")
        self._require(needed, call)

    def _require(self, needed: tuple[str, ...], call: Call) -> None:
        access = get_access_token()
        granted = access.scopes if access is not None else []
        if not set(needed) <= set(granted):
            call.missing = needed
            raise MCPError(INVALID_REQUEST, "Insufficient scope", {"scope": " ".join(needed)})

    @asynccontextmanager
    async def lifespan(self, server: MCPServer[Any]) -> AsyncIterator[dict[str, Any]]:
        """
        Let the server start only if everything in it says what it needs.

        Raises:
            BadDeclaration: something does not; the message lists all of it.
        """
        problems = list(_undeclared(await _registered(server), self._needs))
        if problems:
            raise BadDeclaration("; ".join(problems), "declare it in lambda_server/tools/__init__.py")
        yield {}


async def _registered(server: MCPServer[Any]) -> Needs:
    """Everything that the server would answer to, with no scopes yet."""
    templates = await server.list_resource_templates()
    return Needs(
        tools={tool.name: () for tool in await server.list_tools()},
        prompts={prompt.name: () for prompt in await server.list_prompts()},
        resources={str(resource.uri): () for resource in await server.list_resources()}
        | {template.uri_template: () for template in templates},
    )


def _undeclared(registered: Needs, needs: Needs) -> Iterator[str]:
    for kind in ("tools", "prompts", "resources"):
        declared: Table = getattr(needs, kind)
        for name in getattr(registered, kind):
            if not declared.get(name):
                yield f"the {kind.removesuffix('s')} {name} does not say which scopes it needs"
        for name, scopes in declared.items():
            for unknown in sorted(set(scopes) - set(SCOPE_NAMES)):
                yield f"the {kind.removesuffix('s')} {name} needs {unknown}, which scopes.py does not name"
