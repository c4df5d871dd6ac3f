"""The MCP server and the application around it: metadata, gate, endpoint; everything else is 404."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp.server.auth.middleware.auth_context import AuthContextMiddleware
from mcp.server.auth.routes import cors_middleware
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from lambda_server import __version__
from lambda_server.audit import Audit
from lambda_server.auth.challenge import CHALLENGE_HEADER, Challenges
from lambda_server.auth.declarations import check_declarations, declaring
from lambda_server.auth.gate import Gate
from lambda_server.auth.guard import Guard
from lambda_server.auth.needs import Needs
from lambda_server.auth.okta import okta_client
from lambda_server.auth.verifier import Verifier, build_verifier
from lambda_server.listing import Listing
from lambda_server.notes import Notes
from lambda_server.prompts import PROMPTS, Prompt
from lambda_server.prompts.arguments import refuse_wrong_arguments
from lambda_server.request_state import refuse_request_state
from lambda_server.resources import RESOURCES, Resource
from lambda_server.resources.completion import build_completion
from lambda_server.settings import METADATA_PATH, Settings
from lambda_server.tools import TOOLS, Tool

NAME = "mcp-okta"
INSTRUCTIONS = (
    "Tools for people who signed in with Okta: `whoami` says who that is and what they may do, the others keep notes "
    "that only their owner can see."
)

# What a web page may send and read beside what any page may.
SENT_HEADERS = ("Authorization", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id")
READ_HEADERS = ("WWW-Authenticate", CHALLENGE_HEADER, "Mcp-Session-Id")
PREFLIGHT_SECONDS = 3600


def build_server(
    tools: Sequence[Tool] = TOOLS,
    prompts: Sequence[Prompt] = PROMPTS,
    resources: Sequence[Resource] = RESOURCES,
    *,
    needs: Needs | None = None,
    notes: Notes | None = None,
) -> MCPServer[Any]:
    """
    The MCP server; it refuses to start while anything in it does not say what it needs.

    Args:
        needs: the scopes of everything, where there is more than the tables of contents.
        notes: where notes are kept; None where there is no such place.
    """
    needs = needs or Needs.of(tools=tools, prompts=prompts, resources=resources)
    state = {"notes": notes}

    @asynccontextmanager
    async def lifespan(server: MCPServer[Any]) -> AsyncIterator[dict[str, Any]]:
        await check_declarations(server, needs)
        yield state

    server: MCPServer[Any] = MCPServer(
        NAME,
        title="MCP behind Okta",
        instructions=INSTRUCTIONS,
        version=__version__,
        subscriptions=False,  # an endless answer would hang a buffered function
        middleware=[Listing(needs), refuse_wrong_arguments, refuse_request_state],
        lifespan=lifespan,
    )
    server.middleware.insert(0, Guard(needs))
    for tool in tools:
        with declaring("tool", tool):
            server.add_tool(tool.function, title=tool.title, annotations=tool.annotations)
    for prompt in prompts:
        with declaring("prompt", prompt):
            server.prompt(title=prompt.title)(prompt.function)
    for resource in resources:
        with declaring("resource", resource):
            server.resource(resource.uri, title=resource.title, mime_type=resource.mime_type)(resource.function)
    server.completion()(build_completion(resources, state))
    return server


def build_app(
    settings: Settings,
    *,
    server: MCPServer[Any] | None = None,
    verifier: Verifier | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    now: Callable[[], float] = time.time,
) -> Starlette:
    """
    The whole application, stateless, answering in plain JSON.

    Args:
        verifier: judges the tokens; by default the one that the settings ask for.
        transport: carries the requests to Okta; by default the network.
        now: seconds since 1970.
    """
    mcp = server or build_server(notes=Notes(settings.notes_table) if settings.notes_table else None)
    okta = okta_client(settings.issuer, transport)
    gate = build_gate(
        settings, mcp, verifier or build_verifier(settings, okta, now), Audit(settings.function_name, now)
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with okta, mcp.session_manager.run():
            yield

    metadata = cors_middleware(metadata_endpoint(settings), ["GET", "OPTIONS"])
    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route(METADATA_PATH, metadata, methods=["GET", "OPTIONS"]),
            Route(METADATA_PATH + settings.path, metadata, methods=["GET", "OPTIONS"]),
            build_route(settings, gate),
        ],
    )
    app.router.redirect_slashes = False
    return app


def build_route(settings: Settings, gate: Gate) -> Route:
    """
    The endpoint's route; the questions of browsers about allowed pages are answered before the gate.

    Source: WHATWG Fetch, CORS protocol. A preflight carries no token.
    """
    # GET would open an endless stream, DELETE ends a session: there is neither.
    post = Route(settings.path, gate, methods=["POST"])
    if not settings.allowed_origins:
        return post
    pages = CORSMiddleware(
        post.handle,
        allow_origins=settings.allowed_origins,
        allow_methods=["POST"],
        allow_headers=SENT_HEADERS,
        expose_headers=READ_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )
    return Route(settings.path, pages)


def build_gate(settings: Settings, server: MCPServer[Any], verifier: Verifier, audit: Audit) -> Gate:
    """The endpoint behind its checks; Host and Origin must match exactly."""
    doors = TransportSecuritySettings(
        allowed_hosts=list(settings.hosts), allowed_origins=[settings.origin, *settings.allowed_origins]
    )
    server.streamable_http_app(json_response=True, stateless_http=True, transport_security=doors)
    endpoint = AuthContextMiddleware(server.session_manager.handle_request)
    return Gate(endpoint, verifier, Challenges(settings), TransportSecurityMiddleware(doors), audit)


def metadata_endpoint(settings: Settings) -> Callable[[Request], JSONResponse]:
    """
    The protected resource metadata.

    Source: RFC 9728 §2. `scopes_supported` is what every assigned person may have: Okta grants all or nothing.
    """
    document = {
        "resource": settings.url,
        "authorization_servers": [settings.issuer],
        "scopes_supported": list(settings.base_scopes),
        "bearer_methods_supported": ["header"],
        "resource_name": NAME,
    }

    def metadata(_: Request) -> JSONResponse:
        return JSONResponse(document, headers={"Cache-Control": "public, max-age=300"})

    return metadata
