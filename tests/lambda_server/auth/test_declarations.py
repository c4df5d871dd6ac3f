"""The server starts only where tools, prompts, resources and scopes fit together."""

from dataclasses import replace
from typing import Any

import pytest

from lambda_server.auth.needs import Needs
from lambda_server.errors import BadDeclaration
from lambda_server.prompts import PROMPTS
from lambda_server.resources import RESOURCES, Resource
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.requirements import requirement

NEEDS = Needs.of(tools=TOOLS, prompts=PROMPTS, resources=RESOURCES)


async def start(settings: Settings, server: Any) -> str:
    """What the server has against starting; empty where it starts."""
    app = build_app(settings, server=server)
    try:
        async with app.router.lifespan_context(app):
            return ""
    except BadDeclaration as error:
        return error.message


@requirement("server:declared")
@pytest.mark.anyio
async def test_the_product_s_own_tables_fit_together(settings: Settings) -> None:
    """Issue 5, item 1: the control without which refusing everything would pass."""
    assert await start(settings, build_server()) == ""
    assert await start(settings, build_server(needs=NEEDS)) == ""


@requirement("server:declared")
@pytest.mark.anyio
async def test_what_does_not_say_which_scopes_it_needs_stops_the_server(settings: Settings) -> None:
    """All of it in one message, before the first request (issue 3)."""
    server = build_server()
    server.add_tool(lambda: "x", name="stray")
    server.prompt("draft")(lambda: "Draft a note.")
    server.resource("memo://all", name="all")(lambda: "all")
    server.resource("memo://{id}", name="one")(lambda id: id)
    said = await start(settings, server)

    for thing in ("tool stray", "prompt draft", "resource memo://all", "resource memo://{id}"):
        assert f"the {thing} does not say which scopes it needs" in said


@requirement("server:declared")
@pytest.mark.anyio
@pytest.mark.parametrize("kind,name", [("tools", "whoami"), ("prompts", "review_notes"), ("resources", "note://{id}")])
@pytest.mark.parametrize(
    "needs,words",
    [((), "does not say which scopes"), (("mcp:admin",), "needs mcp:admin, which scopes.py does not name")],
)
async def test_an_empty_or_unknown_scope_is_no_declaration(
    settings: Settings, kind: str, name: str, needs: tuple[str, ...], words: str
) -> None:
    """A tool for everybody is not a thing by accident, and a scope that Okta lacks would lock everybody out."""
    changed = replace(NEEDS, **{kind: {**NEEDS.table(kind), name: needs}})

    assert await start(settings, build_server(needs=changed)) == f"the {kind[:-1]} {name} {words}" + (
        " it needs" if not needs else ""
    )


@requirement("server:declared")
@pytest.mark.anyio
async def test_a_scope_that_nothing_needs_is_named(settings: Settings) -> None:
    """Issue 5, item 1: a scope nobody uses; people would be asked for it all the same."""
    readers = [tool for tool in TOOLS if tool.needs == ("mcp:read",)]
    said = await start(settings, build_server(readers))

    assert said == "the scope mcp:write is needed by nothing: no tool, prompt or resource names it"


@requirement("server:declared")
@pytest.mark.anyio
@pytest.mark.parametrize("kind,name", [("tools", "whoamI"), ("prompts", "review"), ("resources", "note://{ID}")])
async def test_a_declared_name_that_is_not_registered_is_named(settings: Settings, kind: str, name: str) -> None:
    """A typing error would guard nothing (ours)."""
    changed = replace(NEEDS, **{kind: {**NEEDS.table(kind), name: ("mcp:read",)}})
    said = await start(settings, build_server(needs=changed))

    assert said == f"the {kind[:-1]} {name} is declared, and the server has none of that name"


@requirement("server:declared")
@pytest.mark.anyio
async def test_what_is_declared_twice_is_named(settings: Settings) -> None:
    """The second entry would win, or lose, in silence (ours)."""
    weaker = replace(next(tool for tool in TOOLS if tool.name == "add_note"), needs=("mcp:read",))
    changed = Needs.of(tools=(*TOOLS, weaker), prompts=PROMPTS * 2, resources=RESOURCES * 2)
    said = await start(settings, build_server(needs=changed))

    assert said == (
        "the tool add_note is declared twice; the prompt review_notes is declared twice; "
        "the resource note://{id} is declared twice"
    )


@requirement("server:declared")
@pytest.mark.anyio
@pytest.mark.parametrize("needs,shown", [("mcp:read", "'mcp:read'"), (None, "None"), ({"mcp:read"}, "{'mcp:read'}")])
async def test_scopes_that_are_no_tuple_are_named_once(settings: Settings, needs: Any, shown: str) -> None:
    """`("mcp:read")` lacks a comma, and its letters are no scopes."""
    odd = replace(TOOLS[0], needs=needs)

    assert await start(settings, build_server((odd, *TOOLS[1:]))) == (
        f"the tool whoami needs a tuple of scopes, not {shown}: write (SCOPE,)"
    )


async def read(path: str) -> str:
    """A resource's function, with one parameter."""
    return path


@requirement("server:declared")
@pytest.mark.parametrize(
    "uri,words",
    [("file://{name}", "'name'"), ("file://{path", "Unclosed expression")],
)
def test_a_template_that_does_not_fit_its_function_is_named(uri: str, words: str) -> None:
    """The likeliest mistakes of an author; the SDK's own error says neither which entry nor where to look."""
    with pytest.raises(BadDeclaration) as caught:
        build_server(resources=(*RESOURCES, Resource(uri, read, title="A file", needs=("mcp:read",))))

    assert caught.value.message.startswith(f"the resource {uri} cannot be served: ")
    assert words in caught.value.message and "resources" in caught.value.remedy
