"""Do tools, prompts, resources and scopes fit together: the server starts only if all of them do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.mcpserver import MCPServer

from lambda_server.auth.needs import KINDS, Declared, Needs
from lambda_server.errors import BadDeclaration
from lambda_server.scopes import SCOPE_NAMES

REMEDY = "see lambda_server/{tools,prompts,resources}/__init__.py and lambda_server/scopes.py"


@contextmanager
def declaring(kind: str, entry: Declared) -> Iterator[None]:
    """
    Name the entry of a table of contents that the SDK does not take.

    Raises:
        BadDeclaration: the URI template, the function's parameters or their types do not fit.
    """
    try:
        yield
    except Exception as error:
        raise BadDeclaration(f"the {kind} {entry.name} cannot be served: {error}", REMEDY) from error


async def check_declarations(server: MCPServer[Any], needs: Needs) -> None:
    """
    Accept a server in which everything says what it needs, and nothing is said of what is not there.

    Raises:
        BadDeclaration: the message lists all that is wrong.
    """
    registered = await _registered(server)
    problems = list(_misspelt(needs)) or [*_twice(needs), *_unlike(registered, needs), *_unknown(needs), *_idle(needs)]
    if problems:
        raise BadDeclaration("; ".join(problems), REMEDY)


async def _registered(server: MCPServer[Any]) -> Needs:
    """Everything that the server would answer to, with no scopes yet."""
    templates = await server.list_resource_templates()
    return Needs(
        tools={tool.name: () for tool in await server.list_tools()},
        prompts={prompt.name: () for prompt in await server.list_prompts()},
        resources={str(resource.uri): () for resource in await server.list_resources()}
        | {template.uri_template: () for template in templates},
    )


def _misspelt(needs: Needs) -> Iterator[str]:
    """`("mcp:read")` is a text, whose letters would be taken for scopes."""
    for kind in KINDS:
        for name, scopes in needs.table(kind).items():
            if not isinstance(scopes, tuple | list):
                yield f"the {kind.removesuffix('s')} {name} needs a tuple of scopes, not {scopes!r}: write (SCOPE,)"


def _twice(needs: Needs) -> Iterator[str]:
    yield from (f"the {thing} is declared twice" for thing in needs.twice)


def _unlike(registered: Needs, needs: Needs) -> Iterator[str]:
    for kind in KINDS:
        there, declared, word = registered.table(kind), needs.table(kind), kind.removesuffix("s")
        for name in there:
            if not declared.get(name):
                yield f"the {word} {name} does not say which scopes it needs"
        for name in declared:
            if name not in there:
                yield f"the {word} {name} is declared, and the server has none of that name"


def _unknown(needs: Needs) -> Iterator[str]:
    for kind in KINDS:
        for name, scopes in needs.table(kind).items():
            for scope in sorted(set(scopes) - set(SCOPE_NAMES)):
                yield f"the {kind.removesuffix('s')} {name} needs {scope}, which scopes.py does not name"


def _idle(needs: Needs) -> Iterator[str]:
    """A scope that opens nothing, for which people would be asked all the same."""
    needed = {scope for kind in KINDS for scopes in needs.table(kind).values() for scope in scopes}
    for scope in SCOPE_NAMES:
        if scope not in needed:
            yield f"the scope {scope} is needed by nothing: no tool, prompt or resource names it"
